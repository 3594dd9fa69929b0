"""The handlers of the kinds of statements that rsnb.warehouse.statements names."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from rsnb.warehouse import (
    cancelling,
    changes,
    compression,
    cursors,
    definitions,
    explaining,
    locking,
    maintenance,
    merging,
    prepared,
    queries,
    setting,
    showing,
    transactions,
)
from rsnb.warehouse.copy import load
from rsnb.warehouse.outcome import Outcome
from rsnb.warehouse.privileges import defaults, grants, groups, users
from rsnb.warehouse.procedures import calling
from rsnb.warehouse.procedures import definitions as procedure_definitions
from rsnb.warehouse.spectrum import definitions as spectrum_definitions
from rsnb.warehouse.unload import run

if TYPE_CHECKING:
    from rsnb.warehouse.connection import Connection

HANDLERS: dict[str, Callable[[Connection, str], Outcome]] = {
    **calling.HANDLERS,
    **cancelling.HANDLERS,
    **changes.HANDLERS,
    **compression.HANDLERS,
    **cursors.HANDLERS,
    **defaults.HANDLERS,
    **definitions.HANDLERS,
    **explaining.HANDLERS,
    **grants.HANDLERS,
    **groups.HANDLERS,
    **load.HANDLERS,
    **locking.HANDLERS,
    **maintenance.HANDLERS,
    **merging.HANDLERS,
    **prepared.HANDLERS,
    **procedure_definitions.HANDLERS,
    **queries.HANDLERS,
    **run.HANDLERS,
    **setting.HANDLERS,
    **showing.HANDLERS,
    **spectrum_definitions.HANDLERS,
    **transactions.HANDLERS,
    **users.HANDLERS,
}
