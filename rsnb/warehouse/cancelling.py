"""CANCEL, PG_CANCEL_BACKEND and PG_TERMINATE_BACKEND: one session ends what another does.

Source: Redshift Developer Guide, CANCEL, PG_CANCEL_BACKEND, PG_TERMINATE_BACKEND.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from rsnb.errors import Cancelled, SqlError
from rsnb.warehouse.grammar import Reader
from rsnb.warehouse.outcome import Outcome
from rsnb.warehouse.records import Ending

if TYPE_CHECKING:
    from rsnb.warehouse.connection import Connection


def cancel(session: Connection, sql: str) -> Outcome:
    """CANCEL pid ['message']."""
    read = Reader(sql)
    read.expect("cancel")
    position = read.next.start
    pid = read.number()
    message = read.string() if read.next.kind == "string" else ""
    read.done()
    if not stop_statement(session, pid, message):
        raise SqlError(
            f"there is no session {pid}", sql=sql, position=position, hint="select pid, query from stv_recents"
        )
    return Outcome("CANCEL")


def stop_statement(session: Connection, pid: int, message: str = "") -> bool:
    """Cancel the statement that a session is running; whether there is such a session."""
    other = session.shared.sessions.get(pid)
    if other is None:
        return False
    session.journal.add(Ending(pid, session.user_id, "CANCEL"))
    if running := other.stopping.running:
        why = Cancelled(message or f"the query {running.query} was cancelled on the request of session {session.pid}")
        if other is session:
            raise why
        other.stopping.stop(running, why)
    return True


def end_session(session: Connection, pid: int) -> bool:
    """End a session, its transaction rolled back; whether there is such a session."""
    other = session.shared.sessions.get(pid)
    if other is None:
        return False
    session.journal.add(Ending(pid, session.user_id, "TERMINATE"))
    other.terminate(session)
    return True


HANDLERS = {"cancel": cancel}
