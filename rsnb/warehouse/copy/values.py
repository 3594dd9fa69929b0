"""The texts of a file as values of their columns: SQL expressions that read what Redshift reads, and no more.

A type has branches: a condition on the text, and its value then. What no branch takes is at fault.
Source: Redshift Developer Guide, COPY "Data conversion parameters", "Data types".
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from rsnb.errors import UnsupportedSql
from rsnb.warehouse.copy import times
from rsnb.warehouse.copy.command import Copy
from rsnb.warehouse.copy.target import Target
from rsnb.warehouse.copy.times import Branch, canonical, pattern
from rsnb.warehouse.macros import qualified
from rsnb.warehouse.spatial.signatures import forms
from rsnb.warehouse.spelling import text

FAULT = "rsnb: a value is at fault"  # the message of the error that sends COPY back to find the rows
_BLANKS = r"E' \t\r\n\f\v'"
_PLAIN_BOOLS = ("t", "f", "true", "false", "1", "0")
_NUMBER = r"[+-]?([0-9]+\.?[0-9]*|\.[0-9]+)"


def read(target: Target, x: str) -> str:
    """What DuckDB reads of a text, which may be more than Redshift does: NULL where it reads nothing."""
    return f"TRY_CAST({x} AS {target.type.duckdb})"


def strict(target: Target, x: str, v: str, copy: Copy, doubt: str = "") -> str:
    """The value of a text, as SQL that raises on one at fault, or where `doubt` holds; v is what `read` gives."""
    case = _case(target, copy, _branches(target, copy), f"error({text(FAULT)})", doubt)
    return case.replace("{v}", v).replace("{x}", x)


def lenient(target: Target, x: str, copy: Copy) -> str:
    """The value of a text, NULL for one at fault."""
    case = _case(target, copy, [(when, f"TRY({value})") for when, value in _branches(target, copy)], "NULL")
    return case.replace("{v}", read(target, x)).replace("{x}", x)


def wrong(target: Target, x: str, copy: Copy) -> str:
    """Whether a text is at fault, as SQL."""
    missing = f"{x} IS NULL" + "".join(f" OR {test}" for test in _nulls(target, copy)).replace("{x}", x)
    at_fault = f"({lenient(target, x, copy)}) IS NULL"
    if target.not_null:
        return at_fault
    if "acceptanydate" in copy.options and _is_moment(target):
        return "false"
    return f"NOT ({missing}) AND {at_fault}"


def _case(target: Target, copy: Copy, branches: Sequence[tuple[str, str]], otherwise: str, doubt: str = "") -> str:
    first, *last = _nulls(target, copy)
    null = otherwise if target.not_null else "NULL"
    if "acceptanydate" in copy.options and _is_moment(target) and not target.not_null:
        branches = [(when, f"TRY({value})" if "TRY(" not in value else value) for when, value in branches]
        otherwise = "NULL"
    (when, value), *others = branches
    unmarked = first == "false" or (copy.null == "\\N" and not target.text)  # the mark is no value of the type
    sure = [when] if unmarked else [when, f"NOT ({first})"]
    sure += [f"NOT ({test})" for test in last if target.text]  # no value of another type is empty
    sure += [f"NOT ({doubt})"] if doubt else []
    cases = [(" AND ".join(f"({test})" for test in sure), value)]  # what most texts are, first
    cases += [(doubt, f"error({text(FAULT)})")] if doubt else []
    cases += [(f"{{x}} IS NULL OR {first}", null), *((test, null) for test in last), *others]
    whens = " ".join(f"WHEN {when} THEN {value}" for when, value in cases)
    return f"CAST(CASE {whens} ELSE {otherwise} END AS {{type}})".replace("{type}", target.type.duckdb)


def _nulls(target: Target, copy: Copy) -> list[str]:
    """The conditions that make a text NULL, the most frequent first."""
    field = "rtrim({x}, ' ')" if copy.format == "fixedwidth" and copy.null.strip() else "{x}"
    tests = ["false" if copy.objects else f"{field} = {_literal(copy.null)}"]
    if not target.text or "blanksasnull" in copy.options:
        tests.append(f"trim({{x}}, {_BLANKS}) = ''")
    elif "emptyasnull" in copy.options:
        tests.append("{x} = ''")
    return tests


def _literal(mark: str) -> str:
    """A text as SQL; a NUL can't stand in it."""
    return " || chr(0) || ".join(text(part) for part in mark.split("\0"))


def _is_moment(target: Target) -> bool:
    return target.kind.startswith(("date", "timestamp"))


def _branches(target: Target, copy: Copy) -> list[Branch]:
    make = _TYPES.get(target.kind)
    if make is None:
        raise UnsupportedSql(
            f"COPY into the column {target.name} of type {target.type} is not supported by the embedded warehouse",
            sql=copy.options.read.sql,
            position=0,
        )
    return make(target, copy)


def _whole(target: Target, copy: Copy) -> list[Branch]:
    return [canonical(), pattern("[+-]?[0-9]+", "CAST({x} AS {type})")]


def _decimal(target: Target, copy: Copy) -> list[Branch]:
    """Digits beyond the scale are cut off, with ROUNDEC rounded."""
    scale = target.type.args[1]
    fits = rf"[+-]?([0-9]+(\.[0-9]{{0,{scale}}})?" + (rf"|\.[0-9]{{1,{scale}}})" if scale else ")")
    value = "CAST({x} AS {type})"
    if "roundec" in copy.options:
        return [canonical(), pattern(_NUMBER, value)]
    cut = text(rf"^\s*([+-]?)([0-9]*)(\.[0-9]{{0,{scale}}})?.*$")
    return [
        canonical(),
        pattern(fits, value),
        pattern(_NUMBER, f"CAST(regexp_replace({{x}}, {cut}, '\\10\\2\\3') AS {{type}})"),
    ]


def _float(target: Target, copy: Copy) -> list[Branch]:
    """What is too large for the type is at fault, not infinite."""
    return [
        Branch("NOT contains({x}, '_') AND isfinite({v})", "{v}"),
        pattern("[+-]?(?i:inf|infinity|nan)", "{v}"),
    ]


def _bool(target: Target, copy: Copy) -> list[Branch]:
    return [
        Branch(" OR ".join(f"{{x}} = '{word}'" for word in _PLAIN_BOOLS), "{v}"),  # faster than IN
        pattern("(?i:t|true|y|yes|1)", "true"),
        pattern("(?i:f|false|n|no|0)", "false"),
    ]


def _varchar(target: Target, copy: Copy) -> list[Branch]:
    value = f"rtrim({{x}}, {_BLANKS})" if "trimblanks" in copy.options else "{x}"
    return _fitting(target, copy, value)


def _char(target: Target, copy: Copy) -> list[Branch]:
    """A CHAR holds ASCII alone; the blanks at its end are not kept."""
    ascii_only = "strlen({x}) = length({x})"
    branches = [Branch(f"{ascii_only} AND {when}", value) for when, value in _fitting(target, copy, "rtrim({x}, ' ')")]
    return [Branch(f"{ascii_only} AND strlen({{x}}) <= {target.length} AND NOT suffix({{x}}, ' ')", "{x}"), *branches]


def _fitting(target: Target, copy: Copy, value: str) -> list[Branch]:
    """A text of at most the column's length, with TRUNCATECOLUMNS cut off there before a whole character."""
    size = target.length
    branches = [Branch(f"strlen({value}) <= {size}", value)]
    if "truncatecolumns" in copy.options:
        cuts = (f"TRY(decode(encode({value})[1:{size - less}]))" for less in range(min(4, size + 1)))
        branches.append(Branch("true", f"coalesce({', '.join(cuts)})"))
    return branches


def _moment(target: Target, copy: Copy) -> list[Branch]:
    """By DATEFORMAT for a DATE, by TIMEFORMAT for the others."""
    given = copy.options.get("dateformat" if target.kind == "date" else "timeformat")
    if given is None:
        return times.DEFAULT[target.kind]
    if given in times.EPOCHS and target.kind.startswith("timestamp"):
        return [times.since_epoch(given, target.kind)]
    if given == "auto":
        return times.DEFAULT[target.kind] if target.kind.startswith("time ") else times.recognised(target.kind)
    return [times.of_format(given)]


def _varbyte(target: Target, copy: Copy) -> list[Branch]:
    """Hexadecimal digits in pairs."""
    digits = pattern("([0-9A-Fa-f]{2})*", "").when
    return [Branch(f"{digits} AND strlen(trim({{x}})) <= {2 * target.length}", "unhex(trim({x}))")]


def _super(target: Target, copy: Copy) -> list[Branch]:
    return [Branch("json_valid({x})", "CAST({x} AS JSON)")]


def _sketch(target: Target, copy: Copy) -> list[Branch]:
    """JSON of a sketch in the sparse form; the dense one in Base64 is not known."""
    return [Branch(f"{qualified('is_sketch')}({{x}})", f"{qualified('read_sketch')}({{x}})")]


def _spatial(target: Target, copy: Copy) -> list[Branch]:
    """(E)WKB in hexadecimal, or (E)WKT."""
    (form,) = forms(f"read_{target.kind}")
    value = form.sql("{x}")
    return [Branch(f"{value} IS NOT NULL", value)]


_TYPES: dict[str, Callable[[Target, Copy], list[Branch]]] = {
    "smallint": _whole,
    "integer": _whole,
    "bigint": _whole,
    "numeric": _decimal,
    "real": _float,
    "double precision": _float,
    "boolean": _bool,
    "character": _char,
    "character varying": _varchar,
    "date": _moment,
    "timestamp without time zone": _moment,
    "timestamp with time zone": _moment,
    "time without time zone": _moment,
    "time with time zone": _moment,
    "binary varying": _varbyte,
    "geography": _spatial,
    "geometry": _spatial,
    "hllsketch": _sketch,
    "super": _super,
}
