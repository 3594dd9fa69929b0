"""Functions of JSON texts and of SUPER values."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rsnb.warehouse.functions.function import Build, Call, Refused, Wrong, own, taking
from rsnb.warehouse.texts import PREFIX
from rsnb.warehouse.translation import dynamic, typed
from rsnb.warehouse.translation.coercion import coerce
from rsnb.warehouse.translation.typed import BOOL, INT4, Typed, call, sql, to
from rsnb.warehouse.translation.typed import own as own_call

if TYPE_CHECKING:
    from sqlglot import exp


# JSON texts


def _lax(given: Call, at: int) -> Typed:
    """null_if_invalid: the last argument, false when it is left out."""
    return coerce(given[at], "bool") if len(given) > at else Typed(typed.node(False), BOOL)


def _element(given: Call) -> exp.Expr:
    return own_call("json_element", given[0], given[1], _lax(given, 2))


def _length(given: Call) -> exp.Expr:
    return own_call("json_length", given[0], _lax(given, 1))


def _extract_path(given: Call) -> exp.Expr:
    """JSON_EXTRACT_PATH_TEXT: the keys of a path; a key that is a number is an element of an array."""
    keys, lax = given.nodes[1:], Typed(typed.node(False), BOOL)
    last = given.visit(keys[-1])
    if last.short == "bool":
        keys, lax = keys[:-1], last
    path: exp.Expr = typed.node("$")
    for key in keys:
        part = coerce(given.visit(key), "text")
        written = part.node.name if part.node.is_string else None
        if written is not None and path.is_string:
            path = typed.node(path.name + (f"[{written}]" if written.isdigit() else dynamic.attribute(written)))
        else:
            path = sql("""{a} || '."' || replace({key}, '"', '\\"') || '"'""", a=path, key=part)
    return own_call("json_at", given[0], path, lax)


def _valid(kind: str) -> Build:
    return lambda given: sql("rsnb_system.own_is_json({s}) and json_type({s}) = {k}", s=given[0], k=kind)


# SUPER values


def _elements(value: Typed) -> exp.Expr:
    return own_call("super_array", value)


def _held(given: Call, node: exp.Expr) -> exp.Expr:
    """A value as the JSON text that stands for it inside an array or an object."""
    value = given.visit(node)
    if value.short in ("float4", "float8"):
        raise Refused("a float inside a SUPER array or object (cast it to a decimal)")
    held = value if value.short == "super" else dynamic.cast_to(value)
    return sql("coalesce(cast({v} as varchar), 'null')", v=held)


def _listed(parts: list[exp.Expr]) -> exp.Expr:
    from sqlglot import exp

    return exp.Array(expressions=parts) if parts else to(sql("[]"), "VARCHAR[]")


def _array(given: Call) -> exp.Expr:
    return own_call("super_joined", _listed([_held(given, n) for n in given.nodes]))


def _object(given: Call) -> exp.Expr:
    """OBJECT takes names and values in turn."""
    if len(given.nodes) % 2:
        raise Wrong("OBJECT takes names and values in turn")
    pairs = zip(given.nodes[::2], given.nodes[1::2], strict=True)
    parts = [
        sql("cast(to_json({k}) as varchar) || ':' || {v}", k=coerce(given.visit(name), "text"), v=_held(given, value))
        for name, value in pairs
    ]
    return own_call("super_object", _listed(parts))


def _concat(given: Call) -> exp.Expr:
    """ARRAY_CONCAT is NULL where a value is no array."""
    joined = own_call("super_joined", call("list_concat", _elements(given[0]), _elements(given[1])))
    arrays = "json_type({a}) = 'ARRAY' and json_type({b}) = 'ARRAY'"
    return sql(f"case when {arrays} then {{j}} end", a=given[0], b=given[1], j=joined)


def _flatten(given: Call) -> exp.Expr:
    return to(call(f"{PREFIX}flatten", to(given[0], "VARCHAR")), "JSON")


def _array_length(given: Call) -> exp.Expr:
    return to(sql("case when json_type({v}) = 'ARRAY' then json_array_length({v}) end", v=given[0]), INT4)


def _subarray(given: Call) -> exp.Expr:
    """SUBARRAY of a start, counted from 0, and a length."""
    end = sql("{s} + {n}", s=given[1], n=given[2]) if len(given) > 2 else sql("2147483647")
    return own_call("super_joined", sql("list_slice({e}, {s} + 1, {n})", e=_elements(given[0]), s=given[1], n=end))


def _split(given: Call) -> exp.Expr:
    mark = given[1].node if len(given) > 1 else typed.node(",")
    return sql("to_json(string_split({s}, {m}))", s=given[0], m=mark)


def _is(kind: str) -> Build:
    return lambda given: own_call("super_is", given[0], kind)


def _whole(bits: int) -> Build:
    """Whether a value is a whole number of so many bits."""
    return lambda given: own_call("super_is_whole", given[0], -(2 ** (bits - 1)), 2 ** (bits - 1) - 1)


def _is_scalar(given: Call) -> exp.Expr:
    return sql("coalesce(json_type({v}) not in ('ARRAY', 'OBJECT', 'NULL'), false)", v=given[0])


def _digits(pattern: str) -> Build:
    """The number of digits that a pattern leaves of a decimal."""

    def build(given: Call) -> exp.Expr:
        text = sql("cast({v} as varchar)", v=given[0])
        count = to(call("length", call("regexp_replace", text, pattern, "", "g")), INT4)
        return sql("case when rsnb_system.own_super_is_decimal({v}) then {n} end", v=given[0], n=count)

    return build


def _parse(given: Call) -> exp.Expr:
    """JSON_PARSE, as json_parse_dedup_attributes says."""
    last = dynamic.MODE.get().last_repeated
    return own_call("json_parse", call(f"{PREFIX}last_repeated", given[0]) if last else given[0])


def _text(given: Call) -> exp.Expr:
    return to(given[0], "VARCHAR")


def _bytes(given: Call) -> exp.Expr:
    return sql("encode(cast({v} as varchar))", v=given[0])


def _size(given: Call) -> exp.Expr:
    return to(sql("strlen(cast({v} as varchar))", v=given[0]), "BIGINT")


FUNCTIONS = {
    "array": taking("raw*", "super", _array),
    "array_concat": taking("super super", "super", _concat),
    "array_flatten": taking("super", "super", _flatten),
    "can_json_parse": taking("text", "bool", own("is_json")),
    "decimal_precision": taking("super", "int4", _digits("[^0-9]")),
    "decimal_scale": taking("super", "int4", _digits("^[^.]*[.]?")),
    "get_array_length": taking("super", "int4", _array_length),
    "is_array": taking("super", "bool", _is("ARRAY")),
    "is_bigint": taking("super", "bool", _whole(64)),
    "is_boolean": taking("super", "bool", _is("BOOLEAN")),
    "is_char": taking("super", "bool", _is("VARCHAR")),
    "is_decimal": taking("super", "bool", own("super_is_decimal")),
    "is_float": taking("super", "bool", own("super_is_float")),
    "is_integer": taking("super", "bool", _whole(32)),
    "is_object": taking("super", "bool", _is("OBJECT")),
    "is_scalar": taking("super", "bool", _is_scalar),
    "is_smallint": taking("super", "bool", _whole(16)),
    "is_valid_json": taking("text", "bool", _valid("OBJECT")),
    "is_valid_json_array": taking("text", "bool", _valid("ARRAY")),
    "is_varchar": taking("super", "bool", _is("VARCHAR")),
    "json_array_length": taking("text [any]", "int4", _length),
    "json_extract_array_element_text": taking("text int [any]", "varchar", _element),
    "json_extract_path_text": taking("text raw raw*", "varchar", _extract_path),
    "json_parse": taking("text", "super", _parse),
    "json_serialize": taking("super", "varchar", _text),
    "json_serialize_to_varbyte": taking("super", "varbyte", _bytes),
    "json_size": taking("super", "int8", _size),
    "json_typeof": taking("super", "varchar", own("json_typeof")),
    "object": taking("raw*", "super", _object),
    "split_to_array": taking("text [text]", "super", _split),
    "subarray": taking("super int [int]", "super", _subarray),
}
