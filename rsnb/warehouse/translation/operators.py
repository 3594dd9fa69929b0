"""The operators: which types each takes, what it gives, and the DuckDB expression for it.

Source: Redshift Developer Guide, "Computations with numeric values", "Mathematical operator symbols",
"Comparison condition", "Concatenation operator", "Date and time types".
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from rsnb.types import named
from rsnb.warehouse.translation import blanks, dynamic, lengths, moments, numbers
from rsnb.warehouse.translation.casts import cast
from rsnb.warehouse.translation.coercion import as_text, orderable
from rsnb.warehouse.translation.meeting import common
from rsnb.warehouse.translation.reasons import Refused, Wrong
from rsnb.warehouse.translation.typed import (
    ANY,
    BOOL,
    FLOAT8,
    INT4,
    INTEGERS,
    INTERVALS,
    MOMENTS,
    NULL,
    NUMBERS,
    TEXTS,
    VARCHAR,
    Typed,
    own,
    to,
)

if TYPE_CHECKING:
    from sqlglot import exp

Operator = Callable[[Typed, Typed], Typed]


def arithmetic(symbol: str) -> Operator:
    """The operator `+`, `-`, `*`, `/` or `%` over two values."""

    def operate(left: Typed, right: Typed) -> Typed:
        if "super" in (left.short, right.short):
            return dynamic.calculated(symbol, left, right)
        if symbol == "+" and left.short == right.short == "varbyte":
            return concatenation(left, right)
        if symbol == "+" and {left.short, right.short} & {"varchar", "bpchar"} and {left.short, right.short} <= TEXTS:
            return concatenation(left, right)
        left, right = _numbers_of_texts(left, right)
        if left.type is NULL or right.type is NULL:
            left, right = (_as_other(left, right), _as_other(right, left))
        if left.short in NUMBERS and right.short in NUMBERS:
            return numbers.calculated(symbol, left, right)
        for rule in _MIXED:
            if (result := rule(symbol, left, right)) is not None:
                return result
        if "any" in (left.short, right.short):
            if symbol == "/":
                raise Refused("a division whose operand types can't be worked out (cast the operands)")
            return Typed(numbers.binary(symbol, left, right), ANY)
        raise Wrong(f"there is no {left.type.rule.name} {symbol} {right.type.rule.name}", "cast one of them")

    return operate


def _numbers_of_texts(left: Typed, right: Typed) -> tuple[Typed, Typed]:
    """A quoted text beside a number is a number of its type."""
    if left.is_quoted and right.short in NUMBERS:
        return cast(left, right.type), right
    if right.is_quoted and left.short in NUMBERS:
        return left, cast(right, left.type)
    return left, right


def _as_other(value: Typed, other: Typed) -> Typed:
    kind = other.type if other.short in NUMBERS or other.short in MOMENTS else INT4
    return Typed(to(value, kind), kind) if value.type is NULL else value


_MIXED: tuple[Callable[[str, Typed, Typed], Typed | None], ...] = (moments.arithmetic,)


def negative(value: Typed) -> Typed:
    """The value with the other sign."""
    from sqlglot import exp

    if value.short == "super":
        return dynamic.rounded("-", value)
    if value.is_quoted:
        value = cast(value, FLOAT8)
    if value.short not in NUMBERS | INTERVALS | {"any", "null"}:
        raise Wrong(f"there is no - of {value.type.rule.name}")
    node = exp.Paren(this=value.node) if value.short in INTERVALS else value.node
    return Typed(exp.Neg(this=node), value.type)


def concatenation(left: Typed, right: Typed) -> Typed:
    """`||` of two texts; what is no text is converted."""
    from sqlglot import exp

    if left.short == right.short == "varbyte":
        return Typed(exp.DPipe(this=left.node, expression=right.node), left.type)
    if "super" in (left.short, right.short):
        raise Refused("`||` of a SUPER value (cast it)")
    one, other = as_text(left), as_text(right)
    if "any" in (one.short, other.short):
        raise Refused("`||` of a value whose type can't be worked out (cast it first)")
    length = sum(v.type.args[0] if v.type.args else 1 for v in (one, other))
    text = exp.DPipe(this=lengths.unchecked(one.node), expression=lengths.unchecked(other.node))
    kind = blanks.ending_as(named("varchar", min(length, VARCHAR.args[0])), (one, other))
    return Typed(lengths.held(text, length), kind)


def comparable(values: list[Typed]) -> list[Typed]:
    """Values that a comparison holds against each other; blanks at the end of a text do not count."""
    if any(v.short == "super" for v in values):
        return dynamic.compared(values)
    met, kind = common(_texts_of_numbers(_truths_of_numbers(values)))
    orderable(kind, "in a comparison")
    return [blanks.compared(v) for v in met] if kind.rule.short in TEXTS else met


def _truths_of_numbers(values: list[Typed]) -> list[Typed]:
    """A 0 or 1 beside a truth value is one."""
    from sqlglot import exp

    shorts = {v.short for v in values}
    if "bool" not in shorts or not shorts & INTEGERS:
        return values
    if any(v.short in INTEGERS and v.node not in (exp.Literal.number(0), exp.Literal.number(1)) for v in values):
        raise Refused("a comparison of a truth value with a number other than 0 and 1 (cast one of them)")
    return [cast(v, BOOL) if v.short in INTEGERS else v for v in values]


def _texts_of_numbers(values: list[Typed]) -> list[Typed]:
    """A number beside a text that is no literal is compared as a text; a NUMERIC is not."""
    shorts = {v.short for v in values}
    if not shorts & {"varchar", "bpchar"} or not shorts & NUMBERS:
        return values
    if "numeric" in shorts:
        raise Refused("a comparison of a text with a decimal (cast one of them)")
    return [as_text(v) if v.short in NUMBERS else v for v in values]


def bitwise(symbol: str) -> Operator:
    """The operator `&`, `|`, `<<` or `>>` over two integers."""

    def operate(left: Typed, right: Typed) -> Typed:
        from sqlglot import exp

        kinds = {"&": exp.BitwiseAnd, "|": exp.BitwiseOr, "<<": exp.BitwiseLeftShift, ">>": exp.BitwiseRightShift}
        if left.short == right.short == "varbyte" and symbol in "&|":
            return Typed(own("bytes_together", left, right, symbol), left.type)
        if left.short not in INTEGERS or right.short not in INTEGERS:
            raise Wrong(f"there is no {left.type.rule.name} {symbol} {right.type.rule.name}", "cast to an integer")
        kind = left.type if symbol in ("<<", ">>") else common([left, right])[1]
        return Typed(to(kinds[symbol](this=left.node, expression=right.node), kind), kind)

    return operate


def complement(value: Typed) -> Typed:
    """`~`: every bit of an integer the other way."""
    from sqlglot import exp

    if value.short == "varbyte":
        return Typed(own("bytes_otherwise", value), value.type)
    if value.short not in INTEGERS:
        raise Wrong(f"there is no ~ of {value.type.rule.name}", "cast to an integer")
    return Typed(exp.BitwiseNot(this=value.node), value.type)


def like(node: exp.Expr, value: Typed, pattern: Typed, escape: exp.Expr | None) -> exp.Expr:
    """LIKE and ILIKE: a backslash escapes in a pattern; ILIKE minds the case of letters that are not ASCII."""
    from sqlglot import exp

    text, wanted = as_text(value), as_text(pattern)
    written = pattern.literal
    kind = type(node)
    if kind is exp.ILike and not (written is not None and written.isascii()):
        raise Refused("ILIKE with a pattern that is not an ASCII literal")
    matched: exp.Expr = kind(this=text.node, expression=wanted.node, negate=node.args.get("negate"))
    if escape is not None:
        return exp.Escape(this=matched, expression=escape)
    if written is not None and "\\" not in written:
        return matched
    return exp.Escape(this=matched, expression=exp.Literal.string("\\"))
