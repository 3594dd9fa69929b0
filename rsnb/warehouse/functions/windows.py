"""Window functions that are no aggregates."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rsnb.types import Type
from rsnb.warehouse.functions.function import Build, Call, Function, Returns, Wrong, taking
from rsnb.warehouse.translation import blanks
from rsnb.warehouse.translation.typed import INT4, to

if TYPE_CHECKING:
    from sqlglot import exp


def _over(name: str, narrow: bool = False) -> Build:
    """A window function of DuckDB's; narrow: its BIGINT is an INTEGER in Redshift."""

    def build(call: Call) -> exp.Expr:
        if not call.windowed:
            raise Wrong(f"{call.name.upper()} is a window function: it takes OVER (...)")
        value = call.aggregate(name, *call.arguments)
        return to(value, INT4) if narrow else value

    return build


def _window(takes: str, returns: Returns, build: Build) -> Function:
    return taking(takes, returns, build, kind="window")


def _of_value_or_default(call: Call) -> Type:
    """The type of the first argument; a text may also be the third."""
    kind = call[0].type
    return blanks.ending_as(kind, [call[0], *call.arguments[2:]])


FUNCTIONS = {
    "cume_dist": _window("", "float8", _over("cume_dist")),
    "dense_rank": _window("", "int4", _over("dense_rank", narrow=True)),
    "first_value": _window("any", "same", _over("first_value")),
    "lag": _window("any [int] [any]", _of_value_or_default, _over("lag")),
    "last_value": _window("any", "same", _over("last_value")),
    "lead": _window("any [int] [any]", _of_value_or_default, _over("lead")),
    "nth_value": _window("any int", "same", _over("nth_value")),
    "ntile": _window("int", "int8", _over("ntile")),
    "percent_rank": _window("", "float8", _over("percent_rank")),
    "rank": _window("", "int4", _over("rank", narrow=True)),
    "row_number": _window("", "int8", _over("row_number")),
}
