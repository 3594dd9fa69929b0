"""MERGE, as Redshift runs it: an UPDATE or DELETE of the rows that match, an INSERT of the others, as one.

Source: Redshift Developer Guide, MERGE. What is to be inserted is settled before the target changes.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from rsnb.errors import SqlError
from rsnb.warehouse import queries
from rsnb.warehouse.definitions.altering import refuse_no_table
from rsnb.warehouse.definitions.places import Name, find
from rsnb.warehouse.faults import anchored, place_of
from rsnb.warehouse.grammar import Reader
from rsnb.warehouse.outcome import Outcome
from rsnb.warehouse.relations import Relation
from rsnb.warehouse.spelling import identifiers, place

if TYPE_CHECKING:
    from rsnb.warehouse.connection import Connection

_MEANWHILE = '"temp"."main"."rsnb_unmatched"'


@dataclass
class Merge:
    """A parsed MERGE; the names and conditions are text of the statement.

    action: update, delete, or replace for REMOVE DUPLICATES. changes: what stands after SET.
    """

    target: str
    target_name: Name
    source: str
    source_name: Name
    condition: str
    action: str = "replace"
    changes: str = ""
    columns: list[str] = field(default_factory=list)
    values: str = ""


def parse_merge(sql: str) -> Merge:
    """Read `merge into target using source [[as] alias] on condition when ...`."""
    read = Reader(sql)
    read.expect("merge", "into")
    target, target_name = _name(read)
    if not read.accept("using"):
        read.fail("expected USING (the target of MERGE has no alias)")
    if read.peek("("):
        read.refuse("a subquery as the source of MERGE")
    source, source_name = _name(read)
    if not read.peek("on"):
        read.accept("as")
        source += f" as {_quoted(read)}"
    read.expect("on")
    condition = read.expression("when", "remove") or read.fail("expected a condition")
    merge = Merge(target, target_name, source, source_name, condition)
    if read.accept("remove"):
        read.expect("duplicates")
    else:
        _matched(read, merge)
        _not_matched(read, merge)
    read.done()
    return merge


def _name(read: Reader) -> tuple[str, Name]:
    start = read.next.start
    name = read.qualified()
    return read.sql[start : read.last.end], name


def _quoted(read: Reader) -> str:
    start = read.next.start
    read.name()
    return read.sql[start : read.last.end]


def _matched(read: Reader, merge: Merge) -> None:
    read.expect("when", "matched")
    if read.peek("and"):
        read.refuse("a condition of WHEN MATCHED")
    read.expect("then")
    if read.accept("delete"):
        merge.action = "delete"
        return
    if not read.accept("update", "set"):
        read.fail("expected UPDATE SET or DELETE")
    merge.action = "update"
    merge.changes = read.expression("when") or read.fail("expected column = value")


def _not_matched(read: Reader, merge: Merge) -> None:
    read.expect("when", "not", "matched")
    if read.peek("and"):
        read.refuse("a condition of WHEN NOT MATCHED")
    read.expect("then", "insert")
    if read.peek("("):
        merge.columns = read.names()
    read.expect("values", "(")
    merge.values = read.expression(")") or read.fail("expected values")
    read.expect(")")


def merge(session: Connection, sql: str) -> Outcome:
    """MERGE INTO target USING source ON condition: everything of it, or nothing."""
    parsed = parse_merge(sql)
    target = _target(session, parsed, sql)
    _check_source(session, parsed, target, sql)
    _refuse_parts(parsed, sql)
    outcome = Outcome()
    try:
        steps = _steps(session, parsed, outcome)
        session.transaction.together(lambda: _run(session, steps, target, sql))
    except SqlError as exc:
        anchored(exc, sql)
        raise
    return outcome


def _target(session: Connection, parsed: Merge, sql: str) -> Relation:
    target = session.snapshot.relations.local_table(parsed.target_name, sql)
    refuse_no_table(session, target, sql)
    return target


def _check_source(session: Connection, parsed: Merge, target: Relation, sql: str) -> None:
    source = find(session, parsed.source_name, sql)
    name = parsed.source_name[-1]
    if source is None:
        source = session.snapshot.relations.local_table(parsed.source_name, sql)  # raises with the nearest names
    if source == target:
        raise SqlError("the source and the target of MERGE are two tables", sql=sql, position=place_of(sql, name))
    view = (source.schema, source.name) in session.snapshot.relations.bound_views
    if view or source.kind not in ("table", "external"):
        raise SqlError(f"the source of MERGE is a table: {name} is not", sql=sql, position=place_of(sql, name))
    if parsed.action == "replace":
        ours = session.snapshot.relations.columns(target.schema, target.name)
        theirs = (
            session.snapshot.translator.external(source.schema, source.name)
            if source.kind == "external"
            else session.snapshot.relations.columns(source.schema, source.name)
        )
        if len(ours) != len(theirs):
            raise SqlError(
                f"REMOVE DUPLICATES takes tables of as many columns: {target.name} has {len(ours)}, "
                f"{name} has {len(theirs)}",
                sql=sql,
                position=place_of(sql, "remove"),
            )


def _refuse_parts(parsed: Merge, sql: str) -> None:
    """Raise for a part of a SUPER column, which MERGE does not take in conditions and values."""
    tables = {parsed.target_name[-1], parsed.source_name[-1], Reader(f"{parsed.source}").tokens[-1].text.lower()}
    for text in (parsed.condition, parsed.changes, parsed.values):
        read = Reader(text)
        while read.next.kind != "end":
            if read.next.kind not in ("word", "identifier"):
                read.take()
                continue
            name = read.path()
            if read.peek("[") or (len(name) > 2 and name[0] in tables):
                raise SqlError(
                    "MERGE does not take a part of a SUPER column", sql=sql, position=place_of(sql, name[-1])
                )


@dataclass
class _Steps:
    """DuckDB SQL of a merge: pairs and matched count what matches, unmatched are the rows to insert."""

    pairs: str
    matched: str
    unmatched: str
    change: str
    into: str


def _steps(session: Connection, parsed: Merge, outcome: Outcome) -> _Steps:
    target, source, condition = parsed.target, parsed.source, parsed.condition

    def ready(sql: str) -> str:
        return queries.ready(session, session.snapshot.translate(sql), outcome)

    exists = f"exists (select 1 from {source} where {condition}\n)"
    pairs = ready(f"select count(*) from {target}, {source} where {condition}")
    matched = ready(f"select count(*) from {target} where {exists}")
    columns = f" ({identifiers(parsed.columns)})" if parsed.columns else ""
    if parsed.action == "replace":
        inserted = f"insert into {target} select * from {source}"
        change = ready(f"delete from {target} where {exists}")
    else:
        inserted = (
            f"insert into {target}{columns} select {parsed.values}\nfrom {source} "
            f"where not exists (select 1 from {target} where {condition}\n)"
        )
        if parsed.action == "update":
            change = ready(f"update {target} set {parsed.changes}\nfrom {source} where {condition}")
        else:
            change = ready(f"delete from {target} where {exists}")
    rows, named = session.snapshot.translator.inserted(inserted)
    return _Steps(pairs, matched, queries.ready(session, rows, outcome), change, identifiers(named))


def _run(session: Connection, steps: _Steps, target: Relation, sql: str) -> None:
    ((pairs,),) = session.db.execute(steps.pairs).fetchall()
    ((matched,),) = session.db.execute(steps.matched).fetchall()
    if pairs > matched:
        raise SqlError(
            f"a row of {target.name} matches several rows of the source", sql=sql, position=place_of(sql, "on"),
            hint="MERGE changes a row once: make the source distinct in what the condition compares",
        )  # fmt: skip
    session.db.execute(f"CREATE OR REPLACE TEMP TABLE {_MEANWHILE} AS {steps.unmatched}")
    ((changed,),) = session.db.execute(steps.change).fetchall()
    ((added,),) = session.db.execute(
        f"INSERT INTO {place(target.schema, target.name)} ({steps.into}) SELECT * FROM {_MEANWHILE}"
    ).fetchall()
    session.db.execute(f"DROP TABLE {_MEANWHILE}")
    session.statement.rows = changed + added
    session.transaction.wrote(target)


HANDLERS = {"merge": merge}
