"""DuckDB macros over SUPER values, which are held as JSON, and over JSON texts.

They give NULL where a value's dynamic type does not fit. `{own}` begins the name of another macro.
"""

from __future__ import annotations

from rsnb.warehouse.macro import Macro
from rsnb.warehouse.texts import PREFIX

_NUMBERS = "('UBIGINT', 'BIGINT', 'DOUBLE')"  # DuckDB's types of JSON numbers
_NUMBER = r"'\s*[+-]?[0-9]+(\.[0-9]*)?\s*'"
_KEYS = r"""regexp_extract_all(s, '("(?:[^"\\]|\\.)*")\s*:', 1)"""
_OUTSIDE_STRINGS = r"""regexp_replace(s, '"(?:[^"\\]|\\.)*"', '0', 'g')"""
_NULL = "cast('null' as json)"
_TEXT = "json_extract_string(v, '$')"
_NOT_JSON = "error('Could not convert string ''' || s || ''' to JSON')"
_NOT_ARRAY = "error('Could not convert string ''' || s || ''' to a JSON array')"
_AS = "1.0 as 1, an attribute in another order, a blank at the end"
_DECIMAL = "try_cast(cast(v as varchar) as decimal(38,18))"

MACROS = {
    # the way into a value
    "super_path": Macro("v, path", "super", f"nullif(json_extract(v, path), {_NULL})"),
    "super_element": Macro(
        "v, i",
        "super",
        f"case when i >= 0 then nullif(json_extract(v, '$[' || cast(i as varchar) || ']'), {_NULL}) end",
    ),
    "super_path_strict": Macro(
        "v, path",
        "super",
        "case when v is not null and json_extract(v, path) is null then "
        f"error('there is nothing at ' || path || ' of a SUPER value') else nullif(json_extract(v, path), {_NULL}) end",
    ),
    "super_element_strict": Macro(
        "v, i",
        "super",
        "{own}super_path_strict(v, case when i >= 0 then '$[' || cast(i as varchar) || ']' else '$[-]' end)",
    ),
    "super_cast_strict": Macro(
        "v, made, kind",
        "",
        "case when v is not null and made is null then error('a SUPER value can''t be cast to ' || kind) else made end",
    ),
    "super_elements": Macro(
        "v",
        "super",
        "case when v is null then null when json_type(v) = 'ARRAY' "
        f"then list_transform(json_extract(v, '$[*]'), lambda e: nullif(e, {_NULL})) "
        "else error('a range over a SUPER value that is no array is not supported') end",
    ),
    "super_values": Macro(
        "v",
        "super",
        f"""list_transform(json_keys(v), lambda k: nullif(json_extract(v, '$."' || k || '"'), {_NULL}))""",
    ),
    # a value as of another type
    "super_string": Macro("v", "varchar", f"case when json_type(v) = 'VARCHAR' then rtrim({_TEXT}, ' ') end"),
    "super_digits": Macro(
        "v",
        "varchar",
        f"case when json_type(v) in {_NUMBERS} or (json_type(v) = 'VARCHAR' and regexp_full_match({_TEXT}, {_NUMBER})) "
        f"then {_TEXT} end",
    ),
    "super_number": Macro(
        "v",
        "numeric",
        f"case when json_type(v) in {_NUMBERS} then "
        "coalesce(case when cast(v as varchar) like '%e%' or {own}super_places(v) <= 18 then "
        + f"{_DECIMAL} end, error('a number of a SUPER value is too large or too fine to be compared')) end",
    ),
    "super_bool": Macro("v", "bool", "case when json_type(v) = 'BOOLEAN' then cast(v as varchar) = 'true' end"),
    "super_condition": Macro(
        "v",
        "bool",
        "case when json_type(v) = 'BOOLEAN' then cast(v as varchar) = 'true' when v is not null "
        "then error('a SUPER value that is no boolean as a condition is not supported') end",
    ),
    "super_text": Macro(
        "v",
        "varchar",
        f"case when json_type(v) = 'VARCHAR' then {_TEXT} "
        "when json_type(v) not in ('ARRAY', 'OBJECT', 'NULL') then cast(v as varchar) end",
    ),
    "super_whole": Macro(
        "v, bound",
        "int8",
        "case when json_type(v) = 'BOOLEAN' then cast(cast(v as varchar) = 'true' as bigint) "
        "when abs(try_cast({own}super_digits(v) as decimal(38,9))) < bound "
        "then try_cast(try_cast({own}super_digits(v) as decimal(38,9)) as bigint) end",
    ),
    "super_truth": Macro(
        "v",
        "bool",
        "case json_type(v) when 'BOOLEAN' then cast(v as varchar) = 'true' "
        "when 'UBIGINT' then cast(v as varchar) <> '0' when 'BIGINT' then true "
        f"when 'VARCHAR' then case when lower(trim({_TEXT})) in ('t', 'true', 'y', 'yes', '1') then true "
        f"when lower(trim({_TEXT})) in ('f', 'false', 'n', 'no', '0') then false end end",
    ),
    "super_moment": Macro("v", "varchar", f"case when json_type(v) = 'VARCHAR' then {_TEXT} end"),
    "super_key": Macro(
        "v",
        "varchar",
        "case when json_type(v) in ('ARRAY', 'OBJECT') or (json_type(v) = 'DOUBLE' and cast(v as varchar) like '%e%') "
        "then texts_canonical(cast(v as varchar)) when json_type(v) = 'DOUBLE' and cast(v as varchar) like '%.%' "
        "then regexp_replace(rtrim(rtrim(cast(v as varchar), '0'), '.'), '^-0$', '0') "
        f"when json_type(v) = 'VARCHAR' then cast(to_json(rtrim({_TEXT}, ' ')) as varchar) else cast(v as varchar) end",
    ),
    "super_alone": Macro(
        "v",
        "bool",
        "case when v is null or {own}super_key(v) = cast(v as varchar) then true "
        f"else error('GROUP BY or a set operation over a SUPER value that could be written otherwise ({_AS}) "
        "is not supported') end",
    ),
    "super_alike": Macro(
        "one, other",
        "bool",
        "case when one is distinct from other then error('SELECT DISTINCT of SUPER values that are equal "
        "and written differently is not supported') else true end",
    ),
    # the order of values
    "super_rank": Macro(
        "v",
        "int4",
        "case json_type(v) when 'BOOLEAN' then 1 when 'VARCHAR' then 3 when 'ARRAY' then 4 when 'OBJECT' then 5 "
        "else if(v is null, null, 2) end",
    ),
    "super_size": Macro(
        "v",
        "float8",
        f"case when json_type(v) in {_NUMBERS} then cast({_TEXT} as double) "
        "when json_type(v) = 'BOOLEAN' then if(cast(v as varchar) = 'true', 1, 0) end",
    ),
    "super_digits_of": Macro("v", "numeric", f"case when json_type(v) in {_NUMBERS} then {_DECIMAL} end"),
    "super_compared": Macro(
        "a, b",
        "int4",
        "case when {own}super_rank(a) <> {own}super_rank(b) then null when json_type(a) in ('ARRAY', 'OBJECT') "
        "then error('< or > between two SUPER arrays or objects is not supported') "
        "when json_type(a) = 'VARCHAR' then {own}sign_of({own}super_string(a), {own}super_string(b)) "
        "when json_type(a) = 'BOOLEAN' then {own}sign_of({own}super_bool(a), {own}super_bool(b)) "
        "else {own}sign_of({own}super_number(a), {own}super_number(b)) end",
    ),
    "sign_of": Macro("a, b", "int4", "case when a < b then -1 when a > b then 1 when a = b then 0 end"),
    "super_in_order": Macro(
        "before, v",
        "bool",
        "case when before is null or {own}super_rank(before) <> {own}super_rank(v) then true "
        "when json_type(v) in ('ARRAY', 'OBJECT') and {own}super_key(before) <> {own}super_key(v) "
        "then error('ORDER BY over several SUPER arrays or objects is not supported') "
        "when json_type(v) = 'VARCHAR' and {own}super_string(before) <> {own}super_string(v) and "
        "(lower({own}super_string(before)) >= lower({own}super_string(v)) "
        "or upper({own}super_string(before)) >= upper({own}super_string(v))) "
        "then error('in SUPER, ORDER BY over strings whose order depends on their case (cast them) is not supported') "
        "else true end",
    ),
    "super_array": Macro(
        "v",
        "super",
        "case when json_type(v) = 'ARRAY' then json_extract(v, '$[*]') "
        "when v is not null then error('this function takes a SUPER array') end",
    ),
    # values made and looked at
    "super_joined": Macro("parts", "super", "cast('[' || array_to_string(parts, ',') || ']' as json)"),
    "super_object": Macro("parts", "super", "cast(chr(123) || array_to_string(parts, ',') || chr(125) as json)"),
    "float_to_super": Macro(
        "x",
        "super",
        "case when isinf(x) or isnan(x) then error('this float8 can''t be held in SUPER') when x is not null then "
        "cast(regexp_replace(list_filter(list_transform(range(17), lambda n: printf('%.' || n || 'e', x)), "
        r"lambda t: cast(t as double) = x)[1], 'e([+-])0+([0-9])', 'e\1\2') as json) end",
    ),
    "super_first_position": Macro(
        "found",
        "int4",
        "case when found is not null then coalesce(cast(json_extract(found, '$[0]') as integer), -1) end",
    ),
    "super_attributes": Macro(
        "v",
        "int8",
        "case when v is null then null when json_type(v) = 'OBJECT' then len(json_keys(v)) "
        "else error('GET_NUMBER_ATTRIBUTES of a SUPER value that is no object is not supported') end",
    ),
    # aggregates
    "super_places": Macro("v", "int4", "cast(length(split_part(cast(v as varchar), '.', 2)) as integer)"),
    "super_summand": Macro(
        "v",
        "numeric",
        f"case when v is null then null when json_type(v) not in {_NUMBERS} "
        "then error('SUM, MIN or MAX over a SUPER value that is no number (cast it) is not supported') "
        "when {own}super_places(v) > 18 then error('SUM, MIN or MAX over a SUPER number with so many places "
        "is not supported') else {own}super_number(v) end",
    ),
    "super_sum": Macro(
        "total, places, floats, total_of_floats",
        "super",
        "case when floats then {own}float_to_super(total_of_floats) when total is not null then "
        "cast(rtrim(left(cast(total as varchar), length(cast(total as varchar)) - 18 + places), '.') as json) end",
    ),
    "super_is": Macro("v, kind", "bool", "coalesce(json_type(v) = kind, false)"),
    "super_is_decimal": Macro(
        "v", "bool", f"coalesce(json_type(v) in {_NUMBERS} and not contains(cast(v as varchar), 'e'), false)"
    ),
    "super_is_float": Macro(
        "v", "bool", f"coalesce(json_type(v) in {_NUMBERS} and contains(cast(v as varchar), 'e'), false)"
    ),
    "super_is_whole": Macro(
        "v, low, high",
        "bool",
        "coalesce({own}super_is_decimal(v) and " + f"{_DECIMAL} between low and high and {_DECIMAL} % 1 = 0, false)",
    ),
    "json_typeof": Macro(
        "v",
        "varchar",
        "case json_type(v) when 'VARCHAR' then 'string' when 'ARRAY' then 'array' when 'OBJECT' then 'object' "
        "when 'BOOLEAN' then 'boolean' when 'NULL' then 'null' else case when v is not null then 'number' end end",
    ),
    # JSON texts
    "is_json": Macro(
        "s",
        "bool",
        rf"json_valid(s) and not regexp_matches({_OUTSIDE_STRINGS}, ',\s*[\]\x7d]|[Nn]a[Nn]|[Ii]nf')",
    ),
    "json_parse": Macro(
        "s",
        "super",
        "case when s is null then null when not {own}is_json(s) then "
        + f"{_NOT_JSON} when regexp_matches({_OUTSIDE_STRINGS}, '[0-9][eE]|[0-9.]"
        + "{{17}}') "
        "then error('in SUPER, a JSON number with an exponent or with more than 16 digits is not supported') "
        f"when len({_KEYS}) > list_unique({_KEYS}) and texts_repeats(s) "
        "then error('an object in the JSON has an attribute twice') "
        f"else nullif(json(s), {_NULL}) end",
    ),
    "json_text": Macro(
        "v",
        "varchar",
        f"case when json_type(v) = 'VARCHAR' then {_TEXT} when json_type(v) <> 'NULL' then cast(v as varchar) end",
    ),
    "json_text_at": Macro(  # DuckDB rounds a number with a fraction to a DOUBLE
        "s, path",
        "varchar",
        "case when json_type(json_extract(s, path)) in ('ARRAY', 'DOUBLE', 'OBJECT') and "
        f"regexp_matches(cast(json_extract(s, path) as varchar), '[0-9][.eE]') then {PREFIX}json_written(s, path) "
        "else {own}json_text(json_extract(s, path)) end",
    ),
    "json_at": Macro(
        "s, path, lax",
        "varchar",
        "case when not {own}is_json(s) then case when not lax then " + _NOT_JSON + " end "
        "else {own}json_text_at(s, path) end",
    ),
    "json_element": Macro(
        "s, i, lax",
        "varchar",
        "case when not {own}is_json(s) or json_type(s) <> 'ARRAY' then case when not lax then " + _NOT_ARRAY + " end "
        "when i >= 0 then {own}json_text_at(s, '$[' || i || ']') end",
    ),
    "json_length": Macro(
        "s, lax",
        "int4",
        "case when not {own}is_json(s) or json_type(s) <> 'ARRAY' then case when not lax then " + _NOT_ARRAY + " end "
        "else cast(json_array_length(s) as integer) end",
    ),
}
