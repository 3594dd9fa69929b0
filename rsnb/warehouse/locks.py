"""Locks on tables: a writer waits for the other writers of its table, and LOCK keeps readers out too.

Source: Redshift Developer Guide, LOCK and "Managing concurrent write operations".
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

from rsnb.errors import SqlError
from rsnb.warehouse.records import Moment, now

READ, WRITE, EXCLUSIVE = 1, 2, 3  # two of them go together on a table when they come to less than 4
MODES = {READ: "AccessShareLock", WRITE: "ShareRowExclusiveLock", EXCLUSIVE: "AccessExclusiveLock"}
Table = tuple[str, str]


@dataclass
class Lock:
    """A session's lock on a table, or its wait for one."""

    pid: int
    table: Table
    mode: int
    granted: bool
    since: Moment = field(default_factory=now)


class Locks:
    """The locks of a warehouse; a session that can't have one waits."""

    def __init__(self) -> None:
        self._changed = threading.Condition()
        self._held: dict[Table, dict[int, Lock]] = {}
        self._waiting: dict[int, Lock] = {}
        self.exclusive = 0  # tables that LOCK keeps: while there is none, readers need not ask

    def take(self, pid: int, table: Table, mode: int, check: Callable[[], None]) -> None:
        """Take a lock until `release`, waiting for the sessions in its way.

        check: called while it waits; raises to end the wait. SqlError when they wait for each other.
        """
        with self._changed:
            try:
                while blockers := self._blockers(pid, table, mode):
                    self._waiting[pid] = Lock(pid, table, mode, granted=False)
                    self._refuse_deadlock(pid, blockers, table)
                    self._changed.wait(0.05)
                    check()
            finally:
                self._waiting.pop(pid, None)
            self._hold(pid, table, mode)

    def release(self, pid: int) -> None:
        """Give back all locks of a session."""
        with self._changed:
            for table in [table for table, held in self._held.items() if held.pop(pid, None) and not held]:
                del self._held[table]
            self.exclusive = sum(lock.mode == EXCLUSIVE for lock in self._all())
            self._changed.notify_all()

    def blockers(self, pid: int, table: Table, mode: int) -> list[int]:
        """The sessions whose locks are in the way of one."""
        with self._changed:
            return self._blockers(pid, table, mode)

    def is_written(self, table: Table) -> bool:
        """Whether a session may be changing a table's rows."""
        with self._changed:
            return any(lock.mode >= WRITE for lock in self._held.get(table, {}).values())

    def all(self) -> list[Lock]:
        """The locks that are held, and those that are waited for."""
        with self._changed:
            return [*self._all(), *self._waiting.values()]

    def _all(self) -> Iterator[Lock]:
        return (lock for held in self._held.values() for lock in held.values())

    def _blockers(self, pid: int, table: Table, mode: int) -> list[int]:
        return [lock.pid for lock in self._held.get(table, {}).values() if lock.pid != pid and lock.mode + mode >= 4]

    def _hold(self, pid: int, table: Table, mode: int) -> None:
        held = self._held.setdefault(table, {})
        if pid not in held:
            held[pid] = Lock(pid, table, mode, granted=True)
        elif held[pid].mode < mode:
            held[pid].mode = mode
        self.exclusive = sum(lock.mode == EXCLUSIVE for lock in self._all())

    def _refuse_deadlock(self, pid: int, blockers: list[int], table: Table) -> None:
        """Raise when a session in the way waits, over others, for this one."""
        seen: set[int] = set()
        while blockers:
            other = blockers.pop()
            if other == pid:
                raise SqlError(
                    f"deadlock detected: this session and another wait for each other, here for the table "
                    f"{'.'.join(table)}",
                    hint="run the transaction again, its tables in the order of the other",
                )
            if other not in seen and (waits := self._waiting.get(other)):
                seen.add(other)
                blockers += self._blockers(other, waits.table, waits.mode)
