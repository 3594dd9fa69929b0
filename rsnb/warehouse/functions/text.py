"""Functions of texts."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rsnb.warehouse.functions.function import Build, Call, number_at_least, own, same, taking
from rsnb.warehouse.translation import operators, typed
from rsnb.warehouse.translation.typed import INT4, Typed, to

if TYPE_CHECKING:
    from sqlglot import exp


def _written(node: exp.Expr) -> bool:
    """Whether a node is a text that is written out, and not empty."""
    from sqlglot import exp

    return isinstance(node, exp.Literal) and node.is_string and bool(node.name)


def _length(call: Call) -> exp.Expr:
    return to(typed.call("length", call[0]), INT4)


def _concat(call: Call) -> Typed:
    """CONCAT gives NULL when an argument is NULL, as `||` does; it takes two."""
    return operators.concatenation(call[0], call[1])


def _end(name: str) -> Build:
    """LEFT and RIGHT take a length that is not negative."""

    def build(call: Call) -> exp.Expr:
        plain = number_at_least(call[1].node, 0)
        return (typed.call if plain else typed.own)(name, *call.arguments)

    return build


def _pad(name: str) -> Build:
    """LPAD and RPAD fill with blanks unless told, and give an empty text for a negative length."""

    def build(call: Call) -> exp.Expr:
        fill = call[2].node if len(call) > 2 else typed.node(" ")
        plain = number_at_least(call[1].node, 1) and _written(fill)
        return (typed.call if plain else typed.own)(name, call[0], call[1], fill)

    return build


def _position(text: int, part: int) -> Build:
    """The place of a part in a text, counted from 1; 0 when it is not there."""

    def build(call: Call) -> exp.Expr:
        whole, wanted = call[text], call[part]
        if _written(wanted.node):
            return to(typed.call("strpos", whole, wanted), INT4)
        return typed.own("position", whole, wanted)

    return build


def _split_part(call: Call) -> exp.Expr:
    plain = _written(call[1].node) and number_at_least(call[2].node, 1)
    return (typed.call if plain else typed.own)("split_part", *call.arguments)


def _substring(call: Call) -> exp.Expr:
    """A start before the first character counts from there in Redshift, from the end in DuckDB."""
    start, size = call[1].node, call[2].node if len(call) > 2 else None
    if number_at_least(start, 1) and (size is None or number_at_least(size, 0)):
        return typed.call("substring", *call.arguments)
    if size is None:
        return typed.own("substring_from", call[0], start)
    return typed.own("substring", call[0], start, size)


FUNCTIONS = {
    "ascii": taking("text", "int4", same("ascii")),
    "btrim": taking("text [text]", "varchar", same("trim")),
    "charindex": taking("text text", "int4", _position(1, 0)),
    "chr": taking("int", "varchar", own("chr")),
    "concat": taking("text text", "varchar", _concat),
    "left": taking("text int", "varchar", _end("left")),
    "len": taking("text", "int4", _length),
    "length": taking("text", "int4", _length),
    "lower": taking("text", "varchar", same("lower")),
    "lpad": taking("text int [text]", "varchar", _pad("lpad")),
    "ltrim": taking("text [text]", "varchar", same("ltrim")),
    "md5": taking("text", "varchar", same("md5")),
    "position": taking("text text", "int4", _position(1, 0)),
    "repeat": taking("text int", "varchar", same("repeat")),
    "replace": taking("text text text", "varchar", same("replace")),
    "reverse": taking("text", "varchar", own("reverse")),
    "right": taking("text int", "varchar", _end("right")),
    "rpad": taking("text int [text]", "varchar", _pad("rpad")),
    "rtrim": taking("text [text]", "varchar", same("rtrim")),
    "split_part": taking("text text int", "varchar", _split_part),
    "strpos": taking("text text", "int4", _position(0, 1)),
    "substr": taking("text int [int]", "varchar", _substring),
    "substring": taking("text int [int]", "varchar", _substring),
    "trim": taking("text [text]", "varchar", same("trim"), "btrim"),
    "upper": taking("text", "varchar", same("upper")),
}
