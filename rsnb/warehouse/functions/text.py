"""Functions of texts."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rsnb.types import VARCHAR_MAX, Type, named
from rsnb.warehouse.functions.function import Build, Call, Refused, at_most, number_at_least, own, same, taking
from rsnb.warehouse.reserved import RESERVED
from rsnb.warehouse.texts import PREFIX
from rsnb.warehouse.translation import blanks, coercion, collation, lengths, operators, typed
from rsnb.warehouse.translation.typed import INT4, Typed, sql, to

if TYPE_CHECKING:
    from sqlglot import exp


def _written(node: exp.Expr) -> bool:
    """Whether a node is a text that is written out, and not empty."""
    from sqlglot import exp

    return isinstance(node, exp.Literal) and node.is_string and bool(node.name)


def python(name: str, *arguments: object) -> exp.Expr:
    """A call of a function that Python computes: rsnb.warehouse.texts."""
    return typed.call(PREFIX + name, *arguments)


def _length(call: Call) -> exp.Expr:
    """LEN counts characters, of VARBYTE bytes."""
    name = "octet_length" if call[0].short == "varbyte" else "length"
    return to(typed.call(name, call[0]), INT4)


def _collate(call: Call) -> Typed:
    """Every text is case_sensitive; what case_insensitive does in a comparison is in rsnb.warehouse.translation."""
    name = call.nodes[1]
    if not name.is_string or str(name.this) not in collation.SENSITIVE:
        raise Refused("COLLATE to other than case_sensitive, or beside other than `=` or `<>`")
    return call[0]


def _bytes(call: Call) -> exp.Expr:
    """OCTET_LENGTH counts bytes; a CHAR's blanks count."""
    if call[0].short == "bpchar":
        return sql("case when {t} is not null then {n} end", t=call[0], n=call[0].type.args[0])
    return to(typed.call("octet_length" if call[0].short == "varbyte" else "strlen", call[0]), INT4)


def _octet_index(call: Call) -> exp.Expr:
    """OCTETINDEX: the byte at which a part begins, counted from 1; 0 when it is not there."""
    found = sql("strpos({s}, {p})", s=call[1], p=call[0])
    return to(sql("case when {f} = 0 then 0 else strlen(left({s}, {f} - 1)) + 1 end", f=found, s=call[1]), INT4)


def _concat(call: Call) -> Typed:
    """CONCAT gives NULL when an argument is NULL, as `||` does; it takes two. A text beside bytes is its UTF-8."""
    if {call[0].short, call[1].short} & {"varbyte"}:
        return operators.concatenation(*(coercion.coerce(value, "bytes") for value in call.arguments))
    return operators.concatenation(call[0], call[1])


def _quote_ident(call: Call) -> exp.Expr:
    """QUOTE_IDENT puts quotes around what is no plain name, and around reserved words."""
    from sqlglot import exp

    words = exp.Array(expressions=[exp.Literal.string(word) for word in sorted(RESERVED)])
    return typed.own("quote_ident", call[0], words)


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
        if number_at_least(call[1].node, 1) and _written(fill) and 4 * int(call[1].node.name) <= VARCHAR_MAX:
            return typed.call(name, call[0], call[1], fill)
        return lengths.held(typed.own(name, call[0], call[1], fill), 4 * VARCHAR_MAX)

    return build


def _repeat(call: Call) -> exp.Expr:
    """REPEAT; what would be longer than a VARCHAR is an error before it is made."""
    times, most = call[1].node, call[0].type.args
    plain = number_at_least(times, 0) and bool(most) and most[0] * int(times.name) <= VARCHAR_MAX
    return (typed.call if plain else typed.own)("repeat", *call.arguments)


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


def _compared(call: Call) -> exp.Expr:
    """-1, 0 or 1 as the first of two texts is less, equal or greater; blanks at the end do not count."""
    one, other = (sql("rtrim({t}, ' ')", t=v) for v in call.arguments)
    return to(sql("case when {a} < {b} then -1 when {a} > {b} then 1 when {a} = {b} then 0 end", a=one, b=other), INT4)


# Regular expressions


def _parameters(call: Call, at: int) -> exp.Expr:
    return call[at].node if len(call) > at else typed.node("c")


def _number(call: Call, at: int, default: int = 1) -> exp.Expr:
    return call[at].node if len(call) > at else typed.node(default)


def _regexp_count(call: Call) -> exp.Expr:
    return python("regexp_count", call[0], call[1], _number(call, 2), _parameters(call, 3))


def _regexp_instr(call: Call) -> exp.Expr:
    numbers = (_number(call, 2), _number(call, 3), _number(call, 4, 0))
    return python("regexp_instr", call[0], call[1], *numbers, _parameters(call, 5))


def _regexp_replace(call: Call) -> exp.Expr:
    replacement = call[2].node if len(call) > 2 else typed.node("")
    return python("regexp_replace", call[0], call[1], replacement, _number(call, 3), _parameters(call, 4))


def _regexp_substr(call: Call) -> exp.Expr:
    return python("regexp_substr", call[0], call[1], _number(call, 2), _number(call, 3), _parameters(call, 4))


def _substring(call: Call) -> exp.Expr:
    """A start before the first character counts from there in Redshift, from the end in DuckDB."""
    if call[0].short == "varbyte":
        return _subbytes(call)
    start, size = call[1].node, call[2].node if len(call) > 2 else None
    if number_at_least(start, 1) and (size is None or number_at_least(size, 0)):
        return typed.call("substring", *call.arguments)
    if size is None:
        return typed.own("substring_from", call[0], start)
    return typed.own("substring", call[0], start, size)


def _subbytes(call: Call) -> exp.Expr:
    """SUBSTRING of VARBYTE counts bytes."""
    if len(call) > 2:
        return typed.own("subbytes", call[0], call[1], call[2])
    return typed.own("subbytes", call[0], call[1], 2**30)


def _reverse(call: Call) -> exp.Expr:
    return typed.own("reverse_bytes" if call[0].short == "varbyte" else "reverse", call[0])


def _ending_as_first(call: Call) -> Type:
    """A VARCHAR that ends as the argument does."""
    return blanks.ending_as(_of_first(call), [call[0]])


def _trimmed(call: Call) -> Type:
    """A VARCHAR without blanks at its end, unless other characters are taken off."""
    return blanks.without_any(_of_first(call)) if len(call) == 1 else _of_first(call)


def _of_first(call: Call) -> Type:
    """VARBYTE of VARBYTE; of a text a VARCHAR that is as long, since what is made of it has no more bytes.

    In another case a few rare letters have one byte more.
    """
    kind = call[0].type
    return kind if kind.short == "varbyte" else named("varchar", *kind.args)


FUNCTIONS = {
    "ascii": taking("text", "int4", same("ascii")),
    "bpcharcmp": taking("text text", "int4", _compared),
    "btrim": taking("text [text]", _trimmed, same("trim")),
    "bttext_pattern_cmp": taking("text text", "int4", _compared),
    "char_length": taking("text", "int4", _length),
    "character_length": taking("text", "int4", _length),
    "charindex": taking("text text", "int4", _position(1, 0)),
    "chr": taking("int", "varchar", own("chr")),
    "collate": taking("text word", "same", _collate),
    "concat": taking("textual textual", _of_first, _concat),
    "difference": taking("text text", "int4", lambda call: python("difference", *call.arguments)),
    "initcap": taking("text", _ending_as_first, own("initcap")),
    "left": taking("text int", _of_first, _end("left")),
    "len": taking("textual", "int4", _length),
    "length": taking("textual", "int4", _length),
    "lower": taking("text", _ending_as_first, same("lower")),
    "lpad": taking("text int [text]", "varchar", _pad("lpad")),
    "ltrim": taking("text [text]", _of_first, same("ltrim")),
    "octet_length": taking("textual", "int4", _bytes),
    "octetindex": taking("text text", "int4", _octet_index),
    "position": taking("text text", "int4", _position(1, 0)),
    "quote_ident": taking("text", "varchar", _quote_ident),
    "quote_literal": taking("text", "varchar", own("quote_literal")),
    "regexp_count": taking("text text [int] [text]", "int4", _regexp_count),
    "regexp_instr": taking("text text [int] [int] [int] [text]", "int4", _regexp_instr),
    "regexp_replace": taking("text text [text] [int] [text]", "varchar", _regexp_replace),
    "regexp_substr": taking("text text [int] [int] [text]", "varchar", _regexp_substr),
    "repeat": taking("text int", "varchar", _repeat),
    "replace": taking("text text text", "varchar", same("replace")),
    "replicate": taking("text int", "varchar", _repeat),
    "reverse": taking("textual", _of_first, _reverse),
    "right": taking("text int", _of_first, _end("right")),
    "rpad": taking("text int [text]", "varchar", _pad("rpad")),
    "rtrim": taking("text [text]", _trimmed, same("rtrim")),
    "soundex": taking("text", at_most(4), lambda call: python("soundex", call[0])),
    "split_part": taking("text text int", _of_first, _split_part),
    "strpos": taking("text text", "int4", _position(0, 1)),
    "strtol": taking("text int", "int8", lambda call: python("strtol", *call.arguments)),
    "substr": taking("textual int [int]", _of_first, _substring),
    "substring": taking("textual int [int]", _of_first, _substring),
    "textlen": taking("text", "int4", _length),
    "translate": taking("text text text", "varchar", same("translate")),
    "trim": taking("text [text]", _trimmed, same("trim"), "btrim"),
    "upper": taking("text", _ending_as_first, same("upper")),
}
