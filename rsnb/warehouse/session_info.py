"""The values of the session's functions that are filled for each statement which asks for them."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from rsnb.errors import SqlError
from rsnb.warehouse import cancelling, setting
from rsnb.warehouse.functions.session import ASKED
from rsnb.warehouse.parameters import PARAMETERS
from rsnb.warehouse.records import COMPUTED, Load, Statement, Unload

if TYPE_CHECKING:
    from rsnb.warehouse.connection import Connection

_MARK = re.compile(rf"'{re.escape(ASKED)}((?:[^']|'')*)'")


def answer(session: Connection, text: str) -> bool:
    """Fill what a translated statement asks for; whether it asks for anything."""
    if ASKED not in text:
        return False
    for request in dict.fromkeys(_MARK.findall(text)):
        name, *arguments = json.loads(request.replace("''", "'"))
        variable = '"' + (ASKED + request.replace("''", "'")).replace('"', '""') + '"'
        session.db.execute(f"SET VARIABLE {variable} = ?", [_ASKED[name](session, *arguments)])
    return True


def _setting(session: Connection, name: str, needed: bool = True) -> str | None:
    value = session.values.get(name) or (session.values[name] if name in PARAMETERS else None)
    if value is None and needed:
        raise SqlError(f"there is no parameter and no context variable {name}", hint="`show all` lists the parameters")
    return value


def _set(session: Connection, name: str, value: str, local: bool) -> str:
    setting.put(session, name, value, local and session.transaction.state != "idle")
    return value


def _last(session: Connection, kinds: frozenset[str]) -> Statement | None:
    """The last statement of some kinds that this session ended; one that began its work, of COPY and UNLOAD."""
    for statement in reversed(session.journal.rows(Statement)):
        mine = statement.pid == session.pid and statement is not session.statement
        if mine and statement.kind in kinds and statement.computed:
            return statement
    return None


def _id(kinds: frozenset[str]) -> Callable[[Connection], int]:
    def find(session: Connection) -> int:
        last = _last(session, kinds)
        return -1 if last is None else last.query

    return find


def _moved(
    stream: type[Load] | type[Unload], last: Callable[[Connection], int], none: int
) -> Callable[[Connection], int]:
    """The rows of the last COPY or UNLOAD."""

    def count(session: Connection) -> int:
        query = last(session)
        return next((row.rows for row in session.journal.rows(stream) if row.query == query), none)

    return count


def _started(stream: type[Load] | type[Unload]) -> Callable[[Connection], int]:
    """The last COPY or UNLOAD of the session that came as far as its files."""

    def find(session: Connection) -> int:
        mine = {s.query for s in session.journal.rows(Statement) if s.pid == session.pid}
        return max((row.query for row in session.journal.rows(stream) if row.query in mine), default=-1)

    return find


def _pid(session: Connection, pid: int | str) -> int:
    return session.pid if pid == "pg_backend_pid()" else int(pid)


_ASKED: dict[str, Callable[..., Any]] = {
    "current_setting": _setting,
    "last_user_query_id": _id(COMPUTED),
    "pg_cancel_backend": lambda session, pid: int(cancelling.stop_statement(session, _pid(session, pid))),
    "pg_last_copy_count": _moved(Load, _started(Load), 0),
    "pg_last_copy_id": _started(Load),
    "pg_last_query_id": _id(COMPUTED),
    "pg_last_unload_count": _moved(Unload, _started(Unload), 0),
    "pg_last_unload_id": _started(Unload),
    "pg_terminate_backend": lambda session, pid: int(cancelling.end_session(session, _pid(session, pid))),
    "set_config": _set,
    "slice_num": lambda session: 10_000 if session.statement.leader else 0,  # there is one slice; the leader's code
}
