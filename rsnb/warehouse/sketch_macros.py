"""DuckDB macros for HyperLogLog sketches.

A sketch is held as the text that Redshift prints. It stays in the sparse form, where Redshift makes a large one dense:
then, and where a type's bytes are not known, its version is 0 and it is not printed.
"""

from __future__ import annotations

from rsnb.warehouse.macro import Macro

PRINTED = 3_072  # entries of 8 bytes that fill a dense sketch: a smaller one is sparse in Redshift too
CELLS = 2**26  # of the sparse form
_TEXT = (
    r"'\{\"version\":1,\"logm\":15,\"sparse\":\{\"indices\":\[([0-9]{1,8}(,[0-9]{1,8})*)?\],"
    r"\"values\":\[([1-9][0-9]?(,[1-9][0-9]?)*)?\]\}\}'"
).replace('\\"', '"')
UNPRINTED = (
    f"the text of a HLLSKETCH of more than {PRINTED} values, or of values other than INTEGER, BIGINT and VARCHAR, "
    "is not supported"
)
UNKNOWN = '{"version":0'
_IS_UNKNOWN = "starts_with({}, '" + UNKNOWN.replace("{", "{{") + "')"
_ENTRIES = (
    "list_transform(list_zip(cast(json_extract({0}, '$.sparse.indices') as uinteger[]), "
    "cast(json_extract({0}, '$.sparse.values') as utinyint[])), lambda e: cast(e[1] * 64 + e[2] as uinteger))"
)


def _numbers(of: str) -> str:
    return f"array_to_string(list_transform(kept, lambda p: {of}), ',')"


MACROS = {
    "sketch": Macro(
        "entries, version",
        "hllsketch",
        "list_transform([list_sort(coalesce(entries, cast([] as uinteger[])))], lambda sorted: "
        "list_transform([list_filter(list_zip(sorted, sorted[2:]), "
        "lambda p: p[1] is not null and (p[2] is null or p[1] >> 6 <> p[2] >> 6))], lambda kept: "
        f"""concat('{{"version":', if(len(kept) > {PRINTED}, 0, version), ',"logm":15,"sparse":{{"indices":[', """
        f"""{_numbers("p[1] >> 6")}, '],"values":[', {_numbers("p[1] & 63")}, ']}}', '}}'))[1])[1]""",
    ),
    "sketches": Macro(
        "texts",
        "hllsketch",
        "list_transform([list_filter(texts, lambda t: t is not null)], lambda known: "
        "case when coalesce(len(known), 0) = 0 then error('HLL_COMBINE of no sketches is not supported') "
        "else {own}sketch("
        f"flatten(list_transform(known, lambda t: {_ENTRIES.format('t')})), "
        f"if(list_bool_or(list_transform(known, lambda t: {_IS_UNKNOWN.format('t')})), 0, 1)) end)[1]",
    ),
    "sketch_cardinality": Macro(
        "s",
        "bigint",
        f"cast(round({CELLS}.0::double * -ln(1 - json_array_length(s, '$.sparse.indices') / {CELLS}.0::double)) "
        "as bigint)",
    ),
    "sketch_of_two": Macro(
        "a, b", "hllsketch", "case when a is not null and b is not null then {own}sketches([a, b]) end"
    ),
    "is_sketch": Macro(
        "t",
        "boolean",
        f"case when regexp_full_match(t, {_TEXT}) then json_array_length(t, '$.sparse.indices') = "
        "json_array_length(t, '$.sparse.values') and "
        f"coalesce(list_max(cast(json_extract(t, '$.sparse.indices') as integer[])), 0) < {CELLS} and "
        "coalesce(list_max(cast(json_extract(t, '$.sparse.values') as integer[])), 0) < 64 else false end",
    ),
    "read_sketch": Macro("t", "hllsketch", f"{{own}}sketch({_ENTRIES.format('t')}, 1)"),
    "to_sketch": Macro(
        "t",
        "hllsketch",
        "case when t is null then null when {own}is_sketch(t) then {own}read_sketch(t) "
        "else error('a HLLSKETCH from another text than a sparse sketch of version 1 is not supported') end",
    ),
    "sketch_text": Macro(
        "s",
        "varchar",
        f"case when {_IS_UNKNOWN.format('s')} then error('{UNPRINTED}') else s end",
    ),
}
