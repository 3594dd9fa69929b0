"""The functions that the embedded warehouse has, name by name, in a table for each family.

A name that stands here gives Redshift's answer on DuckDB; any other is refused. Adding one is a line in its
family's table and a case in tests/warehouse/test_functions.py.
Source of each behaviour: the function's page in the Redshift Developer Guide.
"""

from __future__ import annotations

from rsnb.warehouse.functions import (
    aggregates,
    arrays,
    binary,
    catalog,
    conditional,
    formatting,
    mathematical,
    moments,
    parts,
    privileges,
    semistructured,
    session,
    sketches,
    spatial,
    text,
    windows,
    zones,
)
from rsnb.warehouse.functions.function import Function

__all__ = ["FUNCTIONS"]

FUNCTIONS: dict[str, Function] = {
    **aggregates.FUNCTIONS,
    **arrays.FUNCTIONS,
    **catalog.FUNCTIONS,
    **binary.FUNCTIONS,
    **conditional.FUNCTIONS,
    **formatting.FUNCTIONS,
    **mathematical.FUNCTIONS,
    **moments.FUNCTIONS,
    **parts.FUNCTIONS,
    **privileges.FUNCTIONS,
    **semistructured.FUNCTIONS,
    **session.FUNCTIONS,
    **sketches.FUNCTIONS,
    **spatial.FUNCTIONS,
    **text.FUNCTIONS,
    **windows.FUNCTIONS,
    **zones.FUNCTIONS,
}
