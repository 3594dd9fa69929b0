"""What Redshift asks of a window.

Source: Redshift Developer Guide, "Window function syntax summary" and the page of each function.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from rsnb.warehouse.translation.reasons import Refused, Wrong

if TYPE_CHECKING:
    from sqlglot import exp

_OF_FRAME = frozenset(
    {"avg", "count", "first_value", "last_value", "max", "min", "stddev", "stddev_pop", "stddev_samp", "sum",
     "variance", "var_pop", "var_samp"}
)  # fmt: skip
_OF_PARTITION = frozenset({"listagg", "median", "percentile_cont", "percentile_disc", "ratio_to_report"})
_OF_ORDER = frozenset(
    {"cume_dist", "dense_rank", "lag", "lead", "ntile", "percent_rank", "rank", "row_number"}
)  # fmt: skip
_OF_ROWS = frozenset({"lag", "lead"})


def check(window: exp.Expr, call: exp.Expr, function: str) -> None:
    """Raise Wrong or Refused for a window, not yet bound, that the function does not take."""
    name, order, frame = function.upper(), window.args.get("order"), window.args.get("spec")
    if function in _OF_PARTITION and (order or frame):
        raise Wrong(f"{name} takes PARTITION BY alone in OVER")
    if frame is not None:
        _check_frame(frame, name, function in _OF_ORDER, order is not None)
    elif order and function in _OF_FRAME:
        raise Refused("an aggregate window function with ORDER BY and no frame (add `rows unbounded preceding`)")
    if order is None and function in _OF_ROWS:
        raise Wrong(f"{name} takes ORDER BY in OVER")
    for item in order.expressions if order else ():
        if _is_constant(item.this):
            raise Wrong("ORDER BY in OVER takes columns and expressions over them, no constant")
    _check_arguments(call, function)


def _check_frame(frame: exp.Expr, name: str, refused: bool, ordered: bool) -> None:
    if str(frame.args.get("kind")).upper() != "ROWS":
        raise Refused("a window frame of other than ROWS")
    if refused:
        raise Wrong(f"{name} takes no frame in OVER", "take away what begins with rows")
    if not ordered:
        raise Wrong("a frame in OVER goes with ORDER BY")


def _check_arguments(call: exp.Expr, function: str) -> None:
    """LAG and LEAD have no default, NTH_VALUE counts from 1, and a window has no DISTINCT but of LISTAGG."""
    from sqlglot import exp

    given = call.expressions
    if given and isinstance(given[0], exp.Distinct) and function != "listagg":
        raise Wrong(f"{function.upper()} (DISTINCT ...) takes no OVER")
    if function in _OF_ROWS and len(given) > 2:
        raise Wrong(f"{function.upper()} takes no default", "write coalesce(... over (...), default)")
    if function == "nth_value" and len(given) == 2 and _is_below_one(given[1]):
        raise Wrong("NTH_VALUE takes an offset of 1 or more")


def _is_constant(node: exp.Expr) -> bool:
    """Whether an expression is made of literals, operators and casts alone."""
    from sqlglot import exp

    return all(isinstance(found, exp.Cast) for found in node.find_all(exp.Column, exp.Func, exp.Query))


def _is_below_one(node: exp.Expr) -> bool:
    from sqlglot import exp

    return isinstance(node, exp.Neg) or (isinstance(node, exp.Literal) and node.is_int and int(node.name) < 1)
