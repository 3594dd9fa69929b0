"""What the sessions of one warehouse share: journal, locks, results, knowledge of tables, each other, counts."""

from __future__ import annotations

from typing import TYPE_CHECKING
from weakref import WeakValueDictionary

from rsnb.warehouse.endings import Endings
from rsnb.warehouse.journal import Journal
from rsnb.warehouse.locks import Locks
from rsnb.warehouse.result_cache import ResultCache

if TYPE_CHECKING:
    from rsnb.warehouse.connection import Connection


class Shared:
    """One for each warehouse. version counts the changes of the catalog; sessions are the open ones by process id."""

    def __init__(self) -> None:
        self.version = 0
        self.journal = Journal()
        self.locks = Locks()
        self.results = ResultCache()
        self.endings = Endings()
        self.sessions: WeakValueDictionary[int, Connection] = WeakValueDictionary()

    def catalog_changed(self) -> None:
        """Say that the catalog changed, to every session."""
        self.version += 1
