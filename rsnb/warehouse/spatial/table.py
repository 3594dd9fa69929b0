"""What computes each spatial function: by its Redshift name, with its first argument's type where that decides."""

from __future__ import annotations

from rsnb.warehouse.spatial import (
    accessors,
    buffers,
    constructors,
    editing,
    grids,
    measures,
    output,
    overlays,
    predicates,
    processing,
    simplification,
)
from rsnb.warehouse.spatial.routine import Routine
from rsnb.warehouse.spatial.signatures import Form

ROUTINES: dict[str, Routine] = {
    **accessors.FUNCTIONS,
    **buffers.FUNCTIONS,
    **constructors.FUNCTIONS,
    **editing.FUNCTIONS,
    **grids.FUNCTIONS,
    **measures.FUNCTIONS,
    **output.FUNCTIONS,
    **overlays.FUNCTIONS,
    **predicates.FUNCTIONS,
    **processing.FUNCTIONS,
    **simplification.FUNCTIONS,
}


def routine(form: Form) -> Routine:
    """What computes a form of a function."""
    return ROUTINES.get(f"{form.name} {form.takes[0]}") or ROUTINES[form.name]
