"""Functions of VARBYTE values, and hashes."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rsnb.warehouse.functions.function import Build, Call, Refused, Wrong, at_most, own, taking
from rsnb.warehouse.texts import PREFIX
from rsnb.warehouse.texts.fnv import OFFSET
from rsnb.warehouse.translation import casts, coercion, typed
from rsnb.warehouse.translation.typed import INT4, INT8, INTEGERS, TEXTS, Typed, sql, to

if TYPE_CHECKING:
    from sqlglot import exp

_FORMATS = {"binary": "binary", "hex": "hex", "utf-8": "utf8", "utf8": "utf8"}


def _format(call: Call) -> str:
    """The format that the second argument of TO_VARBYTE and FROM_VARBYTE names."""
    name = _FORMATS.get(call.word(1))
    if name is None:
        raise Wrong(f"{call.name.upper()} has no format {call.word(1)!r}", "there are binary, hex and utf8")
    return name


def _to_varbyte(call: Call) -> exp.Expr:
    name = _format(call)
    if name == "hex":  # an odd number of digits gets a 0 in front
        return sql("from_hex(if(length({t}) % 2 = 1, '0' || {t}, {t}))", t=call[0])
    return sql("unbin({t})" if name == "binary" else "encode({t})", t=call[0])


def _from_varbyte(call: Call) -> exp.Expr:
    name = _format(call)
    if name == "utf8":
        return sql("decode({b})", b=call[0])
    return sql("lower(hex({b}))" if name == "hex" else "CAST(CAST({b} AS BIT) AS VARCHAR)", b=call[0])


def _to_hex(call: Call) -> exp.Expr:
    """TO_HEX of an integer as its two's complement without leading zeros, of bytes two digits each."""
    value = call.visit(call.nodes[0])
    if value.short == "int8":
        return sql("lower(to_hex({v}))", v=value)
    if value.short in INTEGERS:
        return sql("lower(to_hex(CASE WHEN {v} < 0 THEN {v} + 4294967296 ELSE {v} END))", v=to(value, INT8))
    return sql("lower(hex({b}))", b=coercion.coerce(value, "bytes"))


def _digest(name: str) -> Build:
    """A hash of DuckDB's, in hexadecimal digits."""
    return lambda call: sql(f"{name}({{t}})", t=_content(call[0]))


def _content(value: Typed) -> exp.Expr:
    """The bytes that a hash sees: a text's UTF-8, or those of VARBYTE."""
    if value.short in TEXTS or value.short == "null":
        return sql("encode({t})", t=value)
    if value.short == "varbyte":
        return value.node
    raise Refused(f"a hash of a {value.type.rule.name} value (cast it to a text)")


def _fnv(call: Call) -> Typed:
    """FNV_HASH; an integer's bytes count from the lowest, a seed is the hash so far."""
    value = call[0]
    content = typed.own("reverse_bytes", casts.cast(value, casts.BYTES)) if value.short in INTEGERS else _content(value)
    seed = casts.cast(call[1], INT8).node if len(call) > 1 else typed.node(OFFSET - 2**64)
    return Typed(typed.call(f"{PREFIX}fnv", content, to(seed, INT8)), INT8)


def _sha2(call: Call) -> exp.Expr:
    if call[1].node.name in ("0", "256"):
        return sql("sha256({t})", t=_content(call[0]))
    return typed.call(f"{PREFIX}sha2", _content(call[0]), to(call[1], INT4))


def _farm(call: Call) -> exp.Expr:
    return typed.call(f"{PREFIX}farm", _content(call[0]))


def _crc32(call: Call) -> exp.Expr:
    return typed.call(f"{PREFIX}crc32", _content(call[0]))


def _murmur(call: Call) -> exp.Expr:
    raise Refused("MURMUR3_32_HASH (its documented values are those of FNV_HASH, so its own are not known)")


FUNCTIONS = {
    "crc32": taking("any", "varchar", _crc32),
    "farmfingerprint64": taking("any", "int8", _farm),
    "fnv_hash": taking("any [any]", "int8", _fnv),
    "from_hex": taking("text", "varbyte", own("from_hex")),
    "from_varbyte": taking("bytes word", "varchar", _from_varbyte),
    "func_sha1": taking("any", at_most(40), _digest("sha1")),
    "getbit": taking("bytes int", "int4", own("getbit")),
    "md5": taking("any", at_most(32), _digest("md5")),
    "murmur3_32_hash": taking("any [any]", "int4", _murmur),
    "sha": taking("any", at_most(40), _digest("sha1")),
    "sha1": taking("any", at_most(40), _digest("sha1")),
    "sha2": taking("any int", "varchar", _sha2),
    "to_hex": taking("raw", "varchar", _to_hex),
    "to_varbyte": taking("text word", "varbyte", _to_varbyte),
}
