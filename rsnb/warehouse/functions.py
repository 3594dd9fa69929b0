"""The functions that the embedded warehouse has, name by name.

A name that stands here gives Redshift's answer on DuckDB, as it is or through its rewrite; any other
is refused. Adding one is a line here and a case in tests/warehouse/test_functions.py.
Source of each behaviour: the function's page in the Redshift Developer Guide.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from rsnb.warehouse import rewrites
from rsnb.warehouse.rewrites import Refused, Rewrite, as_type, own

if TYPE_CHECKING:
    from sqlglot import exp

__all__ = ["FUNCTIONS", "NAMES", "Refused", "special_names"]

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
    "dense_rank": as_type("int"),
    "first_value": None,
    "lag": None,
    "last_value": None,
    "lead": None,
    "ntile": None,
    "percent_rank": None,
    "rank": as_type("int"),
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
    "exp": own("exp"),
    "floor": None,
    "ln": None,
    "log": rewrites.log,
    "mod": None,
    "pi": None,
    "pow": own("power", 2),
    "power": own("power", 2),
    "radians": None,
    "round": None,
    "sign": None,  # typed
    "sin": None,
    "sqrt": None,
    "tan": None,
    "trunc": None,  # typed
    # string
    "ascii": None,
    "btrim": None,
    "charindex": rewrites.position,
    "chr": own("chr"),
    "concat": rewrites.null_if_any_null,
    "left": rewrites.end_of("left"),
    "len": as_type("int"),
    "length": as_type("int"),
    "lower": None,
    "lpad": rewrites.pad,
    "ltrim": None,
    "md5": None,
    "position": rewrites.position,
    "repeat": None,
    "replace": None,
    "reverse": own("reverse"),
    "right": rewrites.end_of("right"),
    "rpad": rewrites.pad,
    "rtrim": None,
    "split_part": rewrites.split_part,
    "strpos": rewrites.position,
    "substr": rewrites.substring,
    "substring": rewrites.substring,
    "trim": None,
    "upper": None,
    # date and time
    "current_date": rewrites.current_date,
    "date_part": rewrites.date_part("double", "DATE_PART"),
    "date_trunc": rewrites.date_trunc,
    "dateadd": rewrites.dateadd,
    "datediff": rewrites.datediff,
    "extract": rewrites.date_part("int", "EXTRACT"),
    "getdate": rewrites.getdate,
    "last_day": rewrites.last_day,
    "sysdate": rewrites.sysdate,
    # conversion
    "cast": rewrites.cast,  # and typed
    "convert": rewrites.cast,
    "from_hex": own("from_hex"),
}


# Redshift's name for the column of a function's result, where it is not the function's own.
NAMES = {
    "current_date": "date",
    "date_part": "pgdate_part",
    "dateadd": "date_add",
    "datediff": "date_diff",
    "decode": "case",
    "extract": "date_part",
    "getdate": "timestamp",
    "log": "dlog10",
    "nvl": "coalesce",
    "sysdate": "timestamp",
    "trim": "btrim",
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
        exp.CurrentTimestamp: "current_timestamp",
        exp.DecodeCase: "decode",
        exp.Extract: "extract",
        exp.Floor: "floor",
        exp.StrPosition: "position",
        exp.Substring: "substring",
        exp.Trim: "trim",
    }
