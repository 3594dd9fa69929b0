"""DuckDB macros of the warehouse's own, for functions that DuckDB answers otherwise than Redshift.

Each raises where Redshift raises, or where Redshift's answer is not known. An argument that a body names
several times grows with every nesting: what is mostly nested stands in a lambda. A `typeof` test is settled when
DuckDB binds the statement: it costs nothing at run time. Source: the function's page in the Developer Guide.
"""

from __future__ import annotations

from rsnb.warehouse import format_macros, moment_macros, privilege_macros, sketch_macros, super_macros
from rsnb.warehouse.chance import FUNCTION, VARIABLE
from rsnb.warehouse.macro import SCHEMA, Macro

__all__ = ["MACROS", "SCHEMA", "WHOLE_NUMBER", "definitions", "qualified"]

WHOLE_NUMBER = r"'\s*[+-]?[0-9]+\s*'"


def _finite(value: str) -> str:
    """A float8 that overflowed is an error; a lambda, so that nested calls do not grow."""
    bad = "error('the value is outside the range of float8')"
    return f"list_transform([{value}], lambda v: case when isinf(v) or isnan(v) then {bad} else v end)[1]"


_TOO_LARGE = "isinf({read}) and regexp_matches(x, '[0-9]')"  # for a float that is read from the text x


def _float(kind: str) -> str:
    """A text as a float; what is too large is an error, not infinite."""
    read = f"cast(x as {kind})"
    large = _TOO_LARGE.format(read=read)
    return (
        f"case when {large} then error(x || ' is outside the range of {kind}') when contains(x, '_') "
        f"then error('Could not convert string ''' || x || ''' to {kind.upper()}') else {read} end"
    )


def _float_or_null(kind: str) -> str:
    """A text as a float, NULL where it is none."""
    read = f"try_cast(x as {kind})"
    return f"case when not ({_TOO_LARGE.format(read=read)}) and not contains(x, '_') then {read} end"


def _too_long(bytes_: str) -> str:
    return f"error('a text of ' || {bytes_} || ' bytes is longer than the longest VARCHAR: 65535')"


_HELD = "case when strlen({0}) > 65535 then " + _too_long("strlen({0})") + " else {0} end"
_TRUNCATED = (
    "case when strlen({0}) <= bytes then {0} else coalesce("
    + ", ".join(f"try(decode(encode({{0}})[1:bytes-{less}]))" for less in range(4))
    + ") end"
)

_WITHOUT_EXCESS = (
    "case when strlen({0}) <= bytes or strlen(rtrim({0}, ' ')) > bytes then {0} else rpad(rtrim({0}, ' '), "
    "cast(length(rtrim({0}, ' ')) + bytes - strlen(rtrim({0}, ' ')) as integer), ' ') end"
)


def _lake_day(year: int, month: str, day: int) -> str:
    """A date from the parts between dashes; a year below 70 is after 2000, one below 100 after 1900."""
    part = "cast(split_part(s, '-', {}) as integer)"
    whole = part.format(year)
    named = f"position(lower(split_part(s, '-', {month[-1]})) in 'janfebmaraprmayjunjulaugsepoctnovdec')"
    number = f"case when {named} % 3 = 1 then ({named} + 2) // 3 end" if month[0] == "a" else part.format(month)
    full = f"{whole} + case when {whole} < 70 then 2000 when {whole} < 100 then 1900 else 0 end"
    return f"try(make_date({full}, {number}, {part.format(day)}))"


# DuckDB's is a power, which misses whole roots by a last digit: one step of Newton's
_EXACT_ROOT = (
    "list_transform([cbrt(x)], lambda y: case when y = 0 or isinf(y) then y else y - (y*y*y - x)/(3*y*y) end)[1]"
)

MACROS = {
    # mathematical: errors in place of infinity (the setting ieee_floating_point_ops sees to most)
    "cbrt": Macro("x", "float8", _EXACT_ROOT),
    "exp": Macro("x", "float8", _finite("exp(x)")),
    "power": Macro("x, y", "float8", _finite("power(x, y)")),
    "float_text": Macro(
        "x, form",
        "varchar",
        "case when isnan(x) then 'NaN' when isinf(x) then case when x > 0 then 'Infinity' else '-Infinity' end "
        "else printf(form, x) end",
    ),
    "random": Macro(
        "",
        "float8",
        f"case when getvariable('{VARIABLE}') is null then random() "
        f"else {FUNCTION}(random(), cast(getvariable('{VARIABLE}') as bigint)) end",
    ),
    "exact_places": Macro(
        "x, places",
        "float8",
        "case when abs(round(x, places) - x) > 1e-9 * greatest(1, abs(x)) then "
        "error('a percentile with more decimal places than its argument is not supported') else round(x, places) end",
    ),
    "unique": Macro("l", "", "list_filter(l, lambda e, i: list_position(l, e) = i)"),
    "listagg": Macro(
        "l, mark",
        "varchar",
        "case when strlen(array_to_string(l, mark)) > 65535 then "
        "error('the result of LISTAGG is longer than 65535 bytes') "
        "when len(l) > 0 then array_to_string(l, mark) end",
    ),
    # string
    "chr": Macro(
        "n",
        "varchar",
        "case when n = 0 then error('CHR(0) is not a text') when n between 1 and 127 then chr(cast(n as integer)) end",
    ),
    "from_hex": Macro(
        "s", "varbyte", "case when length(s) % 2 = 1 then error('FROM_HEX takes pairs of digits') else from_hex(s) end"
    ),
    "left": Macro("s, n", "varchar", "case when n < 0 then error('LEFT takes a positive length') else left(s, n) end"),
    "right": Macro(
        "s, n", "varchar", "case when n < 0 then error('RIGHT takes a positive length') else right(s, n) end"
    ),
    "lpad": Macro("s, n, fill", "varchar", "PAD"),
    "rpad": Macro("s, n, fill", "varchar", "PAD"),
    "position": Macro(
        "s, part",
        "integer",
        "case when part = '' then error('the position of an empty text is not known') "
        "else cast(strpos(s, part) as integer) end",
    ),
    "initcap": Macro(
        "s",
        "varchar",
        "array_to_string(list_transform(regexp_extract_all(lower(s), '[\\pL\\pN]+|[^\\pL\\pN]+'), "
        "lambda w: upper(w[1]) || w[2:]), '')",
    ),
    "quote_ident": Macro(
        "s, reserved",
        "varchar",
        "case when regexp_full_match(s, '[a-z_][a-z0-9_]*') and not list_contains(reserved, s) then s "
        "else '\"' || replace(s, '\"', '\"\"') || '\"' end",
    ),
    "quote_literal": Macro(
        "s",
        "varchar",
        r"chr(39) || replace(replace(s, '\', '\\'), chr(39), chr(39) || chr(39)) || chr(39)",
    ),
    "subbytes": Macro(
        "b, start, size",
        "varbyte",
        "case when size < 0 then error('SUBSTRING takes a length that is not negative') "
        "else b[greatest(start, 1):greatest(start + size - 1, 0)] end",
    ),
    "reverse_bytes": Macro(
        "b", "varbyte", "from_hex(array_to_string(list_reverse(regexp_extract_all(hex(b), '..')), ''))"
    ),
    "bytes_otherwise": Macro(
        "b",
        "varbyte",
        "if(octet_length(b) = 0, b, from_hex(translate(hex(b), '0123456789ABCDEF', 'FEDCBA9876543210')))",
    ),
    "bytes_together": Macro(
        "a, b, sign",
        "varbyte",
        "case when octet_length(a) <> octet_length(b) "
        "then error('& and | of binary values that differ in length are not supported') "
        "when octet_length(a) = 0 then a else from_hex(hex(cast(if(sign = '&', cast(a as bit) & cast(b as bit), "
        "cast(a as bit) | cast(b as bit)) as blob))) end",
    ),
    "getbit": Macro(
        "b, n",
        "integer",
        "case when n < 0 or n >= octet_length(b) * 8 then error('GETBIT takes a bit that the value has') "
        "else get_bit(cast(b as bit), cast(octet_length(b) * 8 - 1 - n as integer)) end",
    ),
    "whole_of_bytes": Macro(
        "b, width",
        "bigint",
        "case when octet_length(b) <> width then "
        "error('a VARBYTE of ' || octet_length(b) || ' bytes is no integer of ' || width) "
        "else cast(cast(concat('0x', hex(b)) as uhugeint)::hugeint - case when substring(hex(b), 1, 1) >= '8' "
        "then cast(power(2, width * 8) as hugeint) else 0 end as bigint) end",
    ),
    "held": Macro("text", "varchar", _HELD.format("text")),
    "held_once": Macro("text", "varchar", f"list_transform([text], lambda t: {_HELD.format('t')})[1]"),
    "repeat": Macro(
        "s, n",
        "varchar",
        f"case when cast(strlen(s) as hugeint) * n > 65535 then {_too_long('strlen(s) * n')} else repeat(s, n) end",
    ),
    "to_float4": Macro("x", "float4", _float("real")),
    "to_float8": Macro("x", "float8", _float("double")),
    "try_float4": Macro("x", "float4", _float_or_null("real")),
    "try_float8": Macro("x", "float8", _float_or_null("double")),
    "reverse": Macro("s", "varchar", "array_to_string(list_reverse(string_split(s, '')), '')"),
    "split_part": Macro(
        "s, mark, n",
        "varchar",
        "case when n <= 0 then error('SPLIT_PART counts parts from 1') "
        "when mark = '' then error('SPLIT_PART takes a delimiter that is not empty') else split_part(s, mark, n) end",
    ),
    "substring_from": Macro(
        "s, start", "varchar", "case when start < 1 then s when start is not null then substring(s, start) end"
    ),
    "substring": Macro(
        "s, start, size",
        "varchar",
        "case when size < 0 then error('SUBSTRING takes a length that is not negative') "
        "when start >= 1 then substring(s, start, size) "
        "when start < 1 then substring(s, 1, case when start + size > 1 then start + size - 1 else 0 end) end",
    ),
    "truncate_bytes": Macro("text, bytes", "varchar", _TRUNCATED.format("text")),
    "truncate_bytes_once": Macro(
        "text, bytes", "varchar", f"list_transform([text], lambda t: {_TRUNCATED.format('t')})[1]"
    ),
    "without_blanks": Macro("text", "varchar", "case when suffix(text, ' ') then rtrim(text, ' ') else text end"),
    "without_excess": Macro("text, bytes", "varchar", _WITHOUT_EXCESS.format("text")),
    "without_excess_once": Macro(
        "text, bytes", "varchar", f"list_transform([text], lambda t: {_WITHOUT_EXCESS.format('t')})[1]"
    ),
    # date and time
    "add_years": Macro(
        "moment, years",
        "timestamp",
        "list_transform([moment], lambda m: m + to_years(cast(years as integer)) + to_days(case when month(m) = 2 "
        "and day(m) = 29 and day(m + to_years(cast(years as integer))) = 28 then 1 else 0 end))[1]",
    ),
    "getdate": Macro(
        "", "timestamp", "cast(coalesce(cast(getvariable('rsnb_now') as timestamptz), now()) as timestamp)"
    ),
    # the files of the lake
    "lake_date": Macro(
        "s",
        "date",
        "case when s like '____-__-__' then try_cast(s as date) "
        "when regexp_full_match(s, '[0-9]{3,4}-[0-9]{1,2}-[0-9]{1,2}') then try_cast(s as date) "
        f"when regexp_full_match(s, '[0-9]{{1,2}}-[0-9]{{1,2}}-[0-9]{{1,4}}') then {_lake_day(3, '1', 2)} "
        f"when regexp_full_match(s, '[A-Za-z]{{3}}-[0-9]{{1,2}}-[0-9]{{1,4}}') then {_lake_day(3, 'a1', 2)} "
        f"when regexp_full_match(s, '[0-9]{{1,2}}-[A-Za-z]{{3}}-[0-9]{{3,4}}') then {_lake_day(3, 'a2', 1)} "
        f"when regexp_full_match(s, '[0-9]{{3,4}}-[A-Za-z]{{3}}-[0-9]{{1,2}}') then {_lake_day(1, 'a2', 3)} end",
    ),
    "lake_moment": Macro(
        "s",
        "timestamp",
        "case when s like '____-__-__ __:__:__%' and (strlen(s) = 19 or "
        "regexp_full_match(s, '[0-9: -]{19}[.][0-9]{1,6}')) then try_cast(s as timestamp) end",
    ),
    "lake_json_moment": Macro(
        "s",
        "timestamp",
        "case when regexp_full_match(s, '[0-9]{4}-[0-9]{2}-[0-9]{2}([T ][0-9]{2}:[0-9]{2}(:[0-9]{2}([.][0-9]+)?)?"
        "(Z|[+]00:?00)?)?') then try_cast(regexp_replace(s, '(Z|[+]00:?00)$', '') as timestamp) end",
    ),
    "lake_truth": Macro(
        "s",
        "boolean",
        "case lower(s) when 'true' then true when 't' then true when 'false' then false when 'f' then false end",
    ),
    # conversion: what may be cast
    "kept_if": Macro("s, pattern", "varchar", "case when regexp_full_match(s, pattern) then s end"),
    "to_truth": Macro(
        "x",
        "",
        "case when typeof(x) in ('DOUBLE', 'FLOAT') or typeof(x) like 'DECIMAL%' "
        "then error('a value of type ' || typeof(x) || ' can''t be cast to BOOLEAN') "
        "when typeof(x) = 'VARCHAR' and lower(trim(cast(x as varchar))) not in "
        "('t', 'true', 'y', 'yes', '1', 'f', 'false', 'n', 'no', '0') "
        "then error('Could not convert string ''' || cast(x as varchar) || ''' to BOOLEAN') else x end",
    ),
    "to_number": Macro(
        "x",
        "varchar",
        "case when contains(x, '_') then error('Could not convert string ''' || x || ''' to DECIMAL') else x end",
    ),
    "to_whole": Macro(
        "x",
        "",
        f"case when typeof(x) = 'VARCHAR' and not regexp_full_match(cast(x as varchar), {WHOLE_NUMBER}) "
        "then error('Could not convert string ''' || cast(x as varchar) || ''' to INTEGER') else x end",
    ),
}

_PAD = (
    "case when s is null or n is null or fill is null then null when n <= 0 then '' "
    "when fill = '' then substring(s, 1, n) when n > 65535 then "
    + _too_long("n")
    + " else {name}(s, cast(n as integer), fill) end"
)


def qualified(name: str) -> str:
    """A macro's name in SQL; it is not DuckDB's own, which its body calls."""
    return f"{SCHEMA}.own_{name}"


_ALL = (
    MACROS | format_macros.MACROS | moment_macros.MACROS | privilege_macros.MACROS | sketch_macros.MACROS
    | super_macros.MACROS
)  # fmt: skip


def definitions() -> list[str]:
    """The statements that create the macros."""
    return [
        f"CREATE OR REPLACE MACRO {qualified(name)}({macro.arguments}) AS {_body(name, macro)}"
        for name, macro in _ALL.items()
    ]


def _body(name: str, macro: Macro) -> str:
    if macro.body == "PAD":
        return _PAD.format(name=name)
    return macro.body.replace("{own}", f"{SCHEMA}.own_").replace("{{", "{").replace("}}", "}")
