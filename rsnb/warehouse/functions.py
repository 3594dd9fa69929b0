"""The functions that the embedded warehouse has, name by name.

A name that stands here gives Redshift's answer on DuckDB, as it is or through its rewrite; any other
is refused. Adding one is a line here and a case in tests/warehouse/test_functions.py.
Source of each behaviour: the function's page in the Redshift Developer Guide.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from rsnb.warehouse.catalog import SCHEMA

if TYPE_CHECKING:
    from sqlglot import exp

Rewrite = Callable[["exp.Expr"], "exp.Expr"]  # may change the node, or give another for its place


class Refused(Exception):
    """A use of a known construct that DuckDB would answer in another way; says which, and where."""

    def __init__(self, construct: str, node: exp.Expr | None = None) -> None:
        super().__init__(construct)
        self.node = node


def _own(name: str) -> Rewrite:
    """Call the warehouse's own macro of this name with the same arguments."""

    def rewrite(node: exp.Expr) -> exp.Expr:
        from sqlglot import exp

        arguments = [a for a in (node.this, node.args.get("expression")) if a is not None]
        return exp.Anonymous(this=f"{SCHEMA}.{name}", expressions=arguments)

    return rewrite


def _null_if_any_null(node: exp.Expr) -> exp.Expr:
    """CONCAT gives NULL when an argument is NULL, as `||` does."""
    from sqlglot import exp

    first, *rest = node.expressions
    for item in rest:
        first = exp.DPipe(this=first, expression=item)
    return exp.Paren(this=first)


def _now(node: exp.Expr) -> exp.Expr:
    """GETDATE and SYSDATE are timestamps without a time zone, in UTC."""
    from sqlglot import exp

    return exp.cast(exp.CurrentTimestamp(), "timestamp")


def _truncated_timestamp(node: exp.Expr) -> exp.Expr:
    """DATE_TRUNC returns a timestamp, also of a date."""
    from sqlglot import exp

    node.set("this", exp.cast(node.this, "timestamp"))
    return node


def _from_first_character(node: exp.Expr) -> exp.Expr:
    """A start before the first character counts from there in Redshift, from the end in DuckDB."""
    _positive(node.args.get("start"), "SUBSTRING with a start that is not a positive literal")
    return node


def _whole_length(node: exp.Expr) -> exp.Expr:
    _positive(node.args.get("expression"), "LEFT or RIGHT with a length that is not a positive literal")
    return node


def _positive(node: Any, what: str) -> None:
    from sqlglot import exp

    if not (isinstance(node, exp.Literal) and node.is_int and int(node.name) > 0):
        raise Refused(what)


_UNITS = {"SECOND", "MINUTE", "HOUR", "DAY", "MONTH", "QUARTER", "YEAR"}


def _boundaries(node: exp.Expr) -> exp.Expr:
    """DATEDIFF in units whose boundaries both count alike (a week starts on Sunday in Redshift)."""
    if str(node.args.get("unit")).upper() not in _UNITS:
        raise Refused(f"DATEDIFF in {node.args.get('unit')}")
    return node


def _part(node: exp.Expr) -> exp.Expr:
    if node.this.name.upper() not in (_UNITS - {"SECOND"}) | {"DAYOFWEEK", "DAYOFYEAR", "DOW", "DOY", "WEEK"}:
        raise Refused(f"the date part {node.this.name}")
    return node


FUNCTIONS: dict[str, Rewrite | None] = {
    # aggregates
    "avg": None,  # typed: warehouse/typed.py
    "count": None,
    "max": None,
    "min": None,
    "stddev": None,
    "stddev_pop": None,
    "stddev_samp": None,
    "sum": None,  # typed
    "var_pop": None,
    "var_samp": None,
    "variance": None,
    # window
    "cume_dist": None,
    "dense_rank": None,
    "first_value": None,
    "lag": None,
    "last_value": None,
    "lead": None,
    "ntile": None,
    "percent_rank": None,
    "rank": None,
    "row_number": None,
    # conditional
    "case": None,
    "coalesce": None,
    "decode": None,
    "greatest": None,
    "least": None,
    "nullif": None,
    "nvl": None,
    "nvl2": None,
    # mathematical
    "abs": None,
    "acos": None,
    "asin": None,
    "atan": None,
    "atan2": None,
    "ceil": None,
    "ceiling": None,
    "cos": None,
    "degrees": None,
    "exp": None,
    "floor": None,
    "ln": _own("ln"),
    "log": _own("log10"),
    "mod": None,
    "pi": None,
    "pow": None,
    "power": None,
    "radians": None,
    "round": None,
    "sign": None,
    "sin": None,
    "sqrt": _own("sqrt"),
    "tan": None,
    "trunc": None,
    # string
    "ascii": None,
    "btrim": None,
    "charindex": None,
    "chr": None,
    "concat": _null_if_any_null,
    "left": _whole_length,
    "len": None,
    "length": None,
    "lower": None,
    "lpad": None,
    "ltrim": None,
    "md5": None,
    "position": None,
    "repeat": None,
    "replace": None,
    "reverse": None,
    "right": _whole_length,
    "rpad": None,
    "rtrim": None,
    "split_part": None,
    "strpos": None,
    "substr": _from_first_character,
    "substring": _from_first_character,
    "trim": None,
    "upper": None,
    # date and time
    "current_date": None,
    "date_part": _part,
    "date_trunc": _truncated_timestamp,
    "dateadd": None,
    "datediff": _boundaries,
    "extract": _part,
    "getdate": _now,
    "last_day": None,
    "sysdate": _now,
    # conversion
    "cast": None,  # typed
    "convert": None,
    "from_hex": None,
}


def special_names() -> dict[type[exp.Expr], str]:
    """The names of functions that sqlglot reads as syntax, without keeping the name as written."""
    from sqlglot import exp

    return {
        exp.Case: "case",
        exp.Cast: "cast",
        exp.Ceil: "ceil",
        exp.Chr: "chr",
        exp.CurrentDate: "current_date",
        exp.CurrentTimestamp: "sysdate",
        exp.DecodeCase: "decode",
        exp.Extract: "extract",
        exp.Floor: "floor",
        exp.StrPosition: "position",
        exp.Substring: "substring",
        exp.Trim: "trim",
    }
