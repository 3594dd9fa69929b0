"""The session's parameters, as SET, RESET and SHOW know them: a table of data.

A parameter is followed (its value changes what statements do here), recorded (it changes no answer: there is no
cluster behind this warehouse), or it keeps its default, which any other value would answer differently from.
Source: Redshift Developer Guide, "Configuration reference".
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass

from rsnb.errors import SqlError, UnsupportedSql, similar
from rsnb.warehouse.moments import zones

Check = Callable[[str], str | None]  # the value as SHOW prints it, None for one that is not valid

FOLLOWED, RECORDED = "followed", "recorded"


@dataclass(frozen=True)
class Parameter:
    """A parameter of the server. effect: followed, recorded, or why it keeps its default.

    default: its value as SHOW prints it. title: the column that SHOW gives it, where that is not its name.
    """

    name: str
    default: str
    check: Check
    valid: str
    effect: str = RECORDED
    title: str = ""


def _boolean(on: str, off: str) -> Check:
    words = dict.fromkeys(("on", "true", "1", "yes", "t", "y"), on) | dict.fromkeys(
        ("off", "false", "0", "no", "f", "n"), off
    )
    return lambda value: words.get(value.lower())


def _between(least: float, most: float, whole: bool = True) -> Check:
    def check(value: str) -> str | None:
        pattern = r"[+-]?\d+" if whole else r"[+-]?(\d+\.?\d*|\.\d+)"
        if re.fullmatch(pattern, value) and least <= float(value) <= most:
            return str(int(value)) if whole else value
        return None

    return check


def _one_of(*words: str) -> Check:
    return lambda value: next((w for w in words if w.lower() == value.lower()), None)


def _text(value: str) -> str:
    return value


_MILLISECONDS = {"": 1, "ms": 1, "s": 1000, "min": 60_000, "h": 3_600_000, "d": 86_400_000}


def _duration(value: str) -> str | None:
    match = re.fullmatch(r"(\d+)\s*([a-z]*)", value.lower())
    if match is None or match[2] not in _MILLISECONDS:
        return None
    return str(int(match[1]) * _MILLISECONDS[match[2]])


def _date_style(value: str) -> str | None:
    """`ISO, MDY` of a format, an order or both, in any order."""
    found = {"format": "ISO", "order": "MDY"}
    for word in filter(None, re.split(r"[\s,]+", value.lower())):
        if word in ("iso", "postgres", "sql", "german"):
            found["format"] = {"iso": "ISO", "sql": "SQL"}.get(word, word.capitalize())
        elif word in ("dmy", "mdy", "ymd"):
            found["order"] = word.upper()
        else:
            return None
    return f"{found['format']}, {found['order']}"


def _utf8(value: str) -> str | None:
    return "UTF8" if value.lower().replace("-", "") in ("utf8", "unicode") else None


def _zone(value: str) -> str | None:
    found = zones.of_session(value)
    return "UTC" if found == "UTC" else value if found else None


_ON, _TRUE = _boolean("on", "off"), _boolean("true", "false")
_SWITCH = "on or off"

PARAMETERS = {
    p.name: p
    for p in (
        Parameter("analyze_threshold_percent", "10", _between(0, 100, whole=False), "0 to 100"),
        Parameter("application_name", "", _text, "a text"),
        Parameter("cast_super_null_on_error", "on", _ON, _SWITCH, FOLLOWED),
        Parameter("client_encoding", "UTF8", _utf8, "UTF8"),
        Parameter("client_min_messages", "notice", _text, "a level of messages"),
        Parameter("datashare_break_glass_session_var", "", _text, "a text"),
        Parameter("datestyle", "ISO, MDY", _date_style, "a format and an order, such as ISO, MDY", FOLLOWED,
                  "DateStyle"),
        Parameter("default_array_search_null_handling", "true", _TRUE, "true or false",
                  "give ARRAY_CONTAINS, ARRAY_POSITION and ARRAY_POSITIONS the argument null_match"),
        Parameter("default_geometry_encoding", "2", _between(1, 2), "1 or 2", "geometries are encoded as 2 says"),
        Parameter("describe_field_name_in_uppercase", "off", _ON, _SWITCH, FOLLOWED),
        Parameter("downcase_delimited_identifier", "on", _ON, _SWITCH, "names are folded to lower case"),
        Parameter("enable_case_sensitive_identifier", "off", _ON, _SWITCH, "names are folded to lower case"),
        Parameter("enable_case_sensitive_super_attribute", "off", _ON, _SWITCH, FOLLOWED),
        Parameter("enable_numeric_rounding", "off", _ON, _SWITCH, "casts of NUMERIC cut off"),
        Parameter("enable_result_cache_for_session", "on", _ON, _SWITCH, FOLLOWED),
        Parameter("enable_spectrum_oid", "true", _TRUE, "true or false"),
        Parameter("enable_vacuum_boost", "false", _TRUE, "true or false"),
        Parameter("error_on_nondeterministic_update", "false", _TRUE, "true or false", FOLLOWED),
        Parameter("extra_float_digits", "0", _between(-15, 3), "-15 to 3"),
        Parameter("interval_forbid_composite_literals", "true", _TRUE, "true or false", "such a literal is an error"),
        Parameter("json_parse_dedup_attributes", "off", _ON, _SWITCH, FOLLOWED),
        Parameter("json_parse_truncate_strings", "off", _ON, _SWITCH, "texts are not cut off"),
        Parameter("json_serialization_enable", "false", _TRUE, "true or false", "nested columns are not serialized"),
        Parameter("json_serialization_parse_nested_strings", "false", _TRUE, "true or false",
                  "nested columns are not serialized"),
        Parameter("max_concurrency_scaling_clusters", "1", _between(0, 10), "0 to 10"),
        Parameter("max_cursor_result_set_size", "0", _between(0, 14_400_000), "0 to 14400000"),
        Parameter("mv_enable_aqmv_for_session", "true", _TRUE, "true or false"),
        Parameter("navigate_super_null_on_error", "on", _ON, _SWITCH, FOLLOWED),
        Parameter("parse_super_null_on_error", "off", _ON, _SWITCH, "JSON that can't be read is an error"),
        Parameter("pg_federation_repeatable_read", "on", _ON, _SWITCH),
        Parameter("query_group", "unset", _text, "a text", FOLLOWED),
        Parameter("search_path", "$user, public", _text, "schemas", FOLLOWED),
        Parameter("spectrum_enable_pseudo_columns", "true", _TRUE, "true or false", FOLLOWED),
        Parameter("spectrum_query_maxerror", "-1", _between(-(2**31), 2**31 - 1), "a whole number",
                  "errors in files are not counted"),
        Parameter("statement_timeout", "0", _duration, "milliseconds, 0 for none", FOLLOWED),
        Parameter("stored_proc_log_min_messages", "LOG", _one_of("LOG", "INFO", "NOTICE", "WARNING", "EXCEPTION"),
                  "LOG, INFO, NOTICE, WARNING or EXCEPTION"),
        Parameter("timezone", "UTC", _zone, "a name such as America/New_York, or an offset such as -8:00", FOLLOWED,
                  "TimeZone"),
        Parameter("use_fips_ssl", "false", _TRUE, "true or false"),
        Parameter("wlm_query_slot_count", "1", _between(1, 50), "1 to 50"),
    )
}  # fmt: skip


def parameter(name: str, sql: str = "", position: int | None = None) -> Parameter:
    """The parameter of a name; raises SqlError that names those there are."""
    if name not in PARAMETERS:
        raise SqlError(
            f"there is no parameter {name}", sql=sql, position=position,
            hint=similar(name, PARAMETERS) or "`show all` lists them",
        )  # fmt: skip
    return PARAMETERS[name]


def checked(known: Parameter, value: str, sql: str = "", position: int | None = None) -> str:
    """The value as SHOW prints it; raises SqlError for one that is not valid, UnsupportedSql for one not followed."""
    found = known.check(value)
    if found is None:
        raise SqlError(
            f"{value!r} is not a value of {known.name}", sql=sql, position=position, hint=f"it is {known.valid}"
        )
    if known.effect not in (FOLLOWED, RECORDED) and found != known.default:
        raise UnsupportedSql(
            f"{known.name} = {found} is not supported by the embedded warehouse: {known.effect}",
            sql=sql, position=position,
        )  # fmt: skip
    return found


class Values:
    """The values that a session gave its parameters and context variables.

    What SET gave is undone when its transaction is; what SET LOCAL gave, when the transaction ends.
    """

    def __init__(self) -> None:
        self._session: dict[str, str] = {}
        self._local: dict[str, str] = {}
        self._before: dict[str, str] = {}

    def __getitem__(self, name: str) -> str:
        return self.get(name) or PARAMETERS[name].default

    def get(self, name: str) -> str | None:
        """The value that SET gave a parameter or a context variable; None where it gave none."""
        return self._local.get(name, self._session.get(name))

    def put(self, name: str, value: str | None, local: bool = False) -> None:
        """Give a value until the end of the session or of the transaction; None takes it back."""
        self._local.pop(name, None)
        kept = self._local if local else self._session
        if value is None:
            kept.pop(name, None)
        else:
            kept[name] = value

    def clear(self) -> None:
        """Take all values back."""
        self._session, self._local = {}, {}

    def begin(self) -> None:
        """A transaction begins."""
        self._before = dict(self._session)

    def end(self, committed: bool) -> bool:
        """A transaction ended; whether that changed a value."""
        now = (self._session, self._local)
        self._session, self._local = (self._session if committed else self._before), {}
        return now != (self._session, self._local)
