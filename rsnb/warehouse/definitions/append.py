"""ALTER TABLE ... APPEND FROM: moves the rows of one table to another, and commits.

Source: Redshift Developer Guide, ALTER TABLE APPEND.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from rsnb.errors import SqlError
from rsnb.warehouse import locking
from rsnb.warehouse.definitions import columns as kept
from rsnb.warehouse.definitions.places import find
from rsnb.warehouse.definitions.tables import Column
from rsnb.warehouse.faults import place_of
from rsnb.warehouse.locks import WRITE
from rsnb.warehouse.outcome import Outcome
from rsnb.warehouse.relations import TEMPORARY, Relation
from rsnb.warehouse.spelling import identifiers, place

if TYPE_CHECKING:
    from rsnb.warehouse.connection import Connection


def append(session: Connection, target: Relation, values: dict[str, Any], sql: str) -> Outcome:
    """Move every row of the source; columns that only one of the tables has need IGNOREEXTRA or FILLTARGET."""
    session.transaction.refuse_inside("ALTER TABLE APPEND", sql)
    source = _source(session, target, values["source"], sql)
    ours = {c.name: c for c in kept.of_table(session, target)}
    theirs = {c.name: c for c in kept.of_table(session, source)}
    _refuse_other_storage(session, target, source, sql)
    shared = [name for name in theirs if name in ours]
    for name in shared:
        _refuse_other(theirs[name], ours[name], sql)
    _refuse_extra(sorted(theirs.keys() - ours.keys()), "ignoreextra", values["extra"], source.name, sql)
    _refuse_extra(sorted(ours.keys() - theirs.keys()), "filltarget", values["extra"], target.name, sql)
    names = identifiers(shared)
    into, out_of = place(target.schema, target.name), place(source.schema, source.name)

    for table in (target, source):
        locking.take(session, (table.schema, table.name), WRITE)

    def work() -> None:
        if shared:
            session.db.execute(f"INSERT INTO {into} ({names}) SELECT {names} FROM {out_of}")
        session.db.execute(f"DELETE FROM {out_of}")

    session.transaction.together(work)
    session.transaction.wrote(target)
    session.transaction.wrote(source)
    return Outcome("ALTER TABLE APPEND")


def _source(session: Connection, target: Relation, name: tuple[str, ...], sql: str) -> Relation:
    source = find(session, name, sql)
    if source is None or source.kind != "table":
        return session.snapshot.relations.local_table(name, sql)  # raises with the nearest names
    views = session.snapshot.relations.bound_views | session.snapshot.relations.materialized
    for relation in (target, source):
        if relation.schema == TEMPORARY or (relation.schema, relation.name) in views:
            raise SqlError(f"{relation.name} is not a permanent table", sql=sql, position=place_of(sql, relation.name))
    if source == target:
        raise SqlError("a table is not appended to itself", sql=sql, position=place_of(sql, source.name))
    return source


def _refuse_other(theirs: Column, ours: Column, sql: str) -> None:
    """Raise unless two columns of one name have the same attributes."""
    if theirs.identity and theirs.identity.always and ours.identity and ours.identity.always:
        raise SqlError(f"the IDENTITY column {ours.name} can't be appended", sql=sql, position=0)
    for what, given, wanted in (
        ("the type", str(theirs.type), str(ours.type)),
        ("the encoding", theirs.encoding, ours.encoding),
        ("NOT NULL", theirs.not_null, ours.not_null),
        ("IDENTITY", theirs.identity, ours.identity),
    ):
        if given != wanted:
            raise SqlError(f"the column {ours.name} differs in {what}: {given} and {wanted}", sql=sql, position=0)


def _refuse_other_storage(session: Connection, target: Relation, source: Relation, sql: str) -> None:
    ours, theirs = kept.attributes_of(session, target), kept.attributes_of(session, source)
    for what, given, wanted in (
        ("distribution style", theirs.diststyle, ours.diststyle),
        ("distribution key", theirs.distkey, ours.distkey),
        ("sort style", theirs.sortstyle, ours.sortstyle),
        ("sort key", theirs.sortkey, ours.sortkey),
    ):
        if given != wanted:
            raise SqlError(f"{source.name} and {target.name} differ in their {what}", sql=sql, position=0)


def _refuse_extra(extra: list[str], needs: str, given: str, table: str, sql: str) -> None:
    if extra and given != needs:
        raise SqlError(
            f"only {table} has the column {extra[0]}", sql=sql, position=0,
            hint="IGNOREEXTRA and FILLTARGET exclude each other" if given else f"add {needs.upper()}",
        )  # fmt: skip
