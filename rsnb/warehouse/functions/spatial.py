"""Spatial functions: the types of the arguments choose the form that rsnb.warehouse.spatial computes."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rsnb.warehouse.functions.function import Call, Function, Refused, Wrong, taking
from rsnb.warehouse.spatial.signatures import AGGREGATES, DUCKDB, SIGNATURES, Form, forms
from rsnb.warehouse.translation import typed
from rsnb.warehouse.translation.typed import Typed, to

if TYPE_CHECKING:
    from sqlglot import exp

_FAMILIES = {"float8": "float", "int4": "int", "int8": "int", "varchar": "text"}  # of the others: the type's name


def _build(call: Call) -> exp.Expr:
    """The form of a function that its arguments' types choose."""
    for form in forms(call.name):
        if len(form.takes) == len(call) and all(map(_fits, call.arguments, form.takes)):
            return _called(form, call.arguments)
    kinds = ", ".join(value.type.rule.name for value in call.arguments)
    if "any" in (value.short for value in call.arguments):
        raise Refused(f"{call.name.upper()} of a value whose type can't be worked out")
    raise Wrong(f"there is no {call.name.upper()}({kinds})", "cast an argument: both are GEOMETRY, or both GEOGRAPHY")


def _fits(value: Typed, kind: str) -> bool:
    if value.short == "null" or value.short == kind:
        return True
    if kind == "int8":
        return value.short in ("int2", "int4")
    return kind not in ("geometry", "geography", "varchar") and value.short not in ("any", "varchar", "bpchar")


def _called(form: Form, arguments: list[Typed]) -> exp.Expr:
    values = [v.node if v.short == k else to(v, DUCKDB[k]) for v, k in zip(arguments, form.takes, strict=True)]
    made = typed.call(form.duckdb, form.key, *values)
    return to(made, "JSON") if form.returns == "super" else made


def _collect(call: Call) -> exp.Expr:
    """ST_Collect of two geometries, or of those of all rows."""
    from sqlglot import exp

    if len(call) == 2:
        if call.distinct or call.within or call.windowed:
            raise Wrong("ST_COLLECT of two geometries is no aggregate")
        return _build(call)
    if call.distinct or call.windowed:
        raise Refused(f"ST_COLLECT with {'DISTINCT' if call.distinct else 'OVER'}")
    rows: exp.Expr = call[0].node
    if call.within:
        rows = exp.Order(this=rows, expressions=call.within)
    (form,) = (f for f in forms(call.name) if f.takes == ("geometries",))
    return typed.call(form.duckdb, form.key, typed.call("list", rows))


def _function(name: str) -> Function:
    takes, returns = (part.strip() for part in SIGNATURES[name].split("->"))
    families = " ".join(
        word.replace(word.strip("[]"), _FAMILIES.get(word.strip("[]"), word.strip("[]"))) for word in takes.split()
    )
    if name in AGGREGATES:
        return taking("geometry [geometry]", returns, _collect, kind="aggregate")
    return taking(families, returns, _build)


FUNCTIONS = {name: _function(name) for name in SIGNATURES}
