"""Statements that change rows: INSERT, UPDATE, DELETE, with WITH before the last two; TRUNCATE.

Source: Redshift Developer Guide, INSERT, UPDATE, DELETE, TRUNCATE.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from rsnb.errors import SqlError, UnsupportedSql
from rsnb.warehouse import locking
from rsnb.warehouse.definitions.altering import refuse_no_table
from rsnb.warehouse.grammar import Reader
from rsnb.warehouse.locks import WRITE
from rsnb.warehouse.measuring import measured
from rsnb.warehouse.outcome import Outcome
from rsnb.warehouse.queries import ready
from rsnb.warehouse.relations import Relation
from rsnb.warehouse.spectrum import writing
from rsnb.warehouse.spelling import place

if TYPE_CHECKING:
    from rsnb.warehouse.connection import Connection
    from rsnb.warehouse.translate import Translation

_VERBS = ("insert", "update", "delete")


def change(session: Connection, sql: str) -> Outcome:
    """Run an INSERT, UPDATE or DELETE; the command tag holds the number of rows."""
    outcome = Outcome()
    verb = _verb(sql)
    if verb == "insert" and (external := writing.target(session, sql)):
        return writing.insert(session, external, sql)
    translation = session.snapshot.translate(sql)
    text = ready(session, translation, outcome)
    count = 0

    def work() -> None:
        nonlocal count
        if translation.matches:
            _refuse_several(session, translation, sql)
        with measured(session, outcome):
            ((count,),) = session.db.execute(text).fetchall()
        if translation.target is not None:
            session.transaction.wrote(Relation("table", *translation.target))

    if translation.matches or translation.target in session.snapshot.relations.feeds:
        session.transaction.together(work)
    else:
        work()
    session.statement.rows = count
    outcome.command = f"{verb.upper()} {count}"
    return outcome


def _refuse_several(session: Connection, translation: Translation, sql: str) -> None:
    """Raise where an UPDATE finds several rows for one of its table, as error_on_nondeterministic_update asks."""
    if translation.scans:
        raise UnsupportedSql(
            "error_on_nondeterministic_update with an external table is not supported by the embedded warehouse",
            sql=sql, position=0,
        )  # fmt: skip
    if session.db.execute(translation.matches).fetchone() is not None:
        raise SqlError(
            "found multiple matches to update the same tuple", sql=sql, position=0,
            hint="`set error_on_nondeterministic_update to false` updates it with any of them",
        )  # fmt: skip


def _verb(sql: str) -> str:
    """The word that says what a statement does, after its common table expressions."""
    read = Reader(sql)
    if not read.accept("with"):
        return read.next.text.lower()
    depth = 0
    while not (depth == 0 and read.next.text.lower() in _VERBS):
        text = read.take().text
        depth += (text == "(") - (text == ")")
    if read.peek("insert"):
        raise SqlError(
            "WITH does not stand before INSERT", sql=sql, position=0, hint="insert into table with ... select ..."
        )
    return read.next.text.lower()


def truncate(session: Connection, sql: str) -> Outcome:
    """TRUNCATE; it ends the transaction that it stands in."""
    read = Reader(sql)
    read.expect("truncate")
    read.accept("table")
    table = session.snapshot.relations.local_table(read.qualified(), sql)
    read.done()
    refuse_no_table(session, table, sql)
    locking.take(session, (table.schema, table.name), WRITE)

    def work() -> None:
        session.db.execute(f"DELETE FROM {place(table.schema, table.name)}")
        session.transaction.wrote(table)

    session.transaction.together(work)
    session.transaction.commit()
    return Outcome()


HANDLERS = {"change": change, "truncate": truncate}
