"""Materialized views: a table of DuckDB's, filled by a query that is kept; REFRESH runs it again.

Source: Redshift Developer Guide, CREATE MATERIALIZED VIEW, REFRESH MATERIALIZED VIEW. Which views Redshift
refreshes incrementally changes how long a refresh takes, not what it gives: here it always runs the whole query.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from rsnb.errors import SqlError, UnsupportedSql
from rsnb.warehouse import queries
from rsnb.warehouse.definitions.attributes import Attributes, read_attributes, settle
from rsnb.warehouse.definitions.creation import described, make, rows_of
from rsnb.warehouse.definitions.places import Name, find, refuse_existing, schema_for
from rsnb.warehouse.definitions.refreshing import materialized
from rsnb.warehouse.faults import place_of
from rsnb.warehouse.grammar import Reader
from rsnb.warehouse.outcome import Outcome
from rsnb.warehouse.relations import TEMPORARY
from rsnb.warehouse.spelling import place
from rsnb.warehouse.translate import Translation

if TYPE_CHECKING:
    from rsnb.warehouse.connection import Connection


@dataclass
class MaterializedView:
    """A parsed CREATE MATERIALIZED VIEW."""

    name: Name
    attributes: Attributes = field(default_factory=Attributes)
    auto_refresh: bool = False
    query: str = ""


def parse_materialized_view(sql: str) -> MaterializedView:
    """Read `create materialized view name [attributes] [auto refresh yes | no] as query`."""
    read = Reader(sql)
    read.expect("create", "materialized", "view")
    view = MaterializedView(read.qualified())
    read_attributes(read, view.attributes)
    while read.accept("auto", "refresh"):
        view.auto_refresh = (read.choose("yes", "no") or read.fail("expected YES or NO")) == "yes"
        read_attributes(read, view.attributes)
    read.expect("as")
    view.query = read.rest()
    return view


def create_materialized_view(session: Connection, sql: str) -> Outcome:
    """CREATE MATERIALIZED VIEW: the rows are there at once."""
    view = parse_materialized_view(sql)
    schema, name = schema_for(session, view.name, sql), view.name[-1]
    refuse_existing(session, schema, name, sql)
    body = rows_of(session, view.query, sql)
    _refuse_sources(session, body, view, sql)
    columns = described(body, [], sql)
    settle(view.attributes, [c.name for c in columns], {c.name: c.type.rule.name for c in columns}, sql)
    view.attributes.diststyle = view.attributes.diststyle or ("key" if view.attributes.distkey else "even")
    outcome = Outcome()
    text = queries.ready(session, body, outcome)

    def work() -> None:
        make(session, schema, name, columns, view.attributes)
        session.db.execute(f"INSERT INTO {place(schema, name)} {text}")
        key: dict[str, object] = {"schemaname": schema, "viewname": name}
        session.catalog.put(
            "materialized_view",
            key,
            definition=sql,
            query=view.query,
            auto_refresh=view.auto_refresh,
            stale=False,
            state=0,
        )
        for source_schema, source in sorted(body.sources):
            session.catalog.put("view_source", {**key, "source_schema": source_schema, "source_name": source})

    session.transaction.together(work)
    session.shared.catalog_changed()
    return outcome


def _refuse_sources(session: Connection, body: Translation, view: MaterializedView, sql: str) -> None:
    """Raise for what Redshift does not take in a materialized view's query."""
    for schema, name in sorted(body.sources):
        if schema == TEMPORARY or (schema, name) in session.snapshot.relations.bound_views:
            what = "the temporary table" if schema == TEMPORARY else "the view"
            raise SqlError(f"a materialized view does not read {what} {name}", sql=sql, position=place_of(sql, name))
        if view.auto_refresh and (schema, name) in session.snapshot.relations.materialized:
            raise SqlError(
                f"AUTO REFRESH does not take a view of the materialized view {name}", sql=sql,
                position=place_of(sql, name),
            )  # fmt: skip
    if body.datasets:
        raise SqlError(
            f"{body.datasets[0]} is a result of this notebook: a materialized view reads tables", sql=sql,
            position=place_of(sql, body.datasets[0]),
        )  # fmt: skip
    if view.auto_refresh and body.scans:
        raise SqlError("AUTO REFRESH does not take external tables", sql=sql, position=place_of(sql, "auto"))
    _refuse_words(session, view.query, sql)


def _refuse_words(session: Connection, query: str, sql: str) -> None:
    """Raise for ORDER BY, LIMIT and OFFSET, for user-defined functions, late-binding and system views."""
    read = Reader(query)
    depth, before = 0, ""
    while read.next.kind != "end":
        word = read.next.text.lower()
        if depth == 0 and word in ("order", "limit", "offset"):
            shown = "ORDER BY" if word == "order" else word.upper()
            raise SqlError(f"a materialized view takes no {shown}", sql=sql, position=place_of(sql, word))
        if before in ("from", "join", ",") and read.next.kind in ("word", "identifier"):
            _refuse_relation(session, read.qualified(), sql)
        elif word in session.snapshot.relations.functions and query[read.next.end :].lstrip().startswith("("):
            raise SqlError(
                f"a materialized view takes no user-defined function: {word}", sql=sql, position=place_of(sql, word)
            )
        else:
            depth += (word == "(") - (word == ")")
            read.take()
        before = word


def _refuse_relation(session: Connection, name: Name, sql: str) -> None:
    relation = find(session, name[-2:], sql)
    if relation is not None and relation.kind in ("late_view", "system"):
        raise SqlError(
            f"a materialized view does not read the view {relation.name}", sql=sql, position=place_of(sql, name[-1])
        )


def alter_materialized_view(session: Connection, sql: str) -> Outcome:
    """ALTER MATERIALIZED VIEW name AUTO REFRESH YES | NO."""
    read = Reader(sql)
    read.expect("alter", "materialized", "view")
    view = materialized(session, read.qualified(), sql)
    if read.peek("row"):
        raise UnsupportedSql(
            "ROW LEVEL SECURITY is not supported by the embedded warehouse: privileges are recorded, not enforced",
            sql=sql,
            position=read.next.start,
        )
    read.expect("auto", "refresh")
    choice = read.choose("yes", "no") or read.fail("expected YES or NO")
    read.done()
    key: dict[str, object] = {"schemaname": view.schema, "viewname": view.name}
    session.catalog.change("materialized_view", {"auto_refresh": choice == "yes"}, **key)
    return Outcome()


HANDLERS = {
    "alter_materialized_view": alter_materialized_view,
    "create_materialized_view": create_materialized_view,
}
