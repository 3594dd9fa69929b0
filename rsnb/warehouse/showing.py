"""SHOW: parameters, lists of what there is (each a query of a system view), statements that make it again.

Source: Redshift Developer Guide, SHOW, SHOW COLUMNS, SHOW CONSTRAINTS, SHOW DATABASES, SHOW FUNCTIONS, SHOW SCHEMAS,
SHOW TABLES, SHOW TABLE, SHOW VIEW, SHOW EXTERNAL TABLE.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from rsnb.errors import SqlError, UnsupportedSql, similar
from rsnb.literals import quote_literal
from rsnb.warehouse import queries, recreating
from rsnb.warehouse.catalog import DATABASE
from rsnb.warehouse.definitions.places import find
from rsnb.warehouse.faults import place_of
from rsnb.warehouse.grammar import Reader
from rsnb.warehouse.outcome import Outcome, fetch, shaped
from rsnb.warehouse.parameters import PARAMETERS, parameter
from rsnb.warehouse.relations import Relation
from rsnb.warehouse.setting import read_name

if TYPE_CHECKING:
    import pyarrow as pa

    from rsnb.warehouse.connection import Connection

MOST = 10_000  # rows that a list may have


def table(names: Sequence[str], rows: Sequence[tuple[str | None, ...]]) -> pa.Table:
    """Rows of texts."""
    import pyarrow as pa

    columns = zip(*rows, strict=True) if rows else [()] * len(names)
    return pa.table([pa.array(column, pa.string()) for column in columns], names=list(names))


def show(session: Connection, sql: str) -> Outcome:
    """SHOW {name | ALL}, and the SHOW statements of rsnb.warehouse."""
    read = Reader(sql)
    read.expect("show")
    if what := read.choose(*SHOWS):
        return SHOWS[what](session, read)
    place = read.next
    if begun := next((shown for shown in SHOWS if shown.split()[0] == place.text.lower()), None):
        read.fail(f"expected SHOW {begun.upper()}")
    if read.accept("all"):
        read.done()
        rows = [(name, session.values[name]) for name in PARAMETERS]
        return Outcome("SHOW", table(["name", "setting"], rows))
    name = read_name(read)
    read.done()
    value = session.values.get(name) if "." in name else session.values[parameter(name, sql, place.start).name]
    if value is None:
        raise SqlError(f"the context variable {name} is not set", sql=sql, position=place.start)
    title = PARAMETERS[name].title or name if name in PARAMETERS else name
    return Outcome("SHOW", table([title], [(value,)]))


def _listed(session: Connection, read: Reader, query: str, name: str, order: str = "1, 2, 3") -> Outcome:
    """The rows of a query of a system view, with LIKE on the column `name` and LIMIT as they follow."""
    if name and read.accept("like"):
        query += f" and {name} like {quote_literal(read.string())}"
    limit = MOST
    if read.accept("limit"):
        at = read.next.start
        limit = read.number()
        if limit > MOST:
            raise SqlError(f"LIMIT is 0 to {MOST:,}, not {limit:,}", sql=read.sql, position=at)
    read.done()
    translation = session.snapshot.translate(f"{query} order by {order} limit {limit}")
    outcome = Outcome("SHOW", types=tuple(kind for _, kind in translation.columns))
    rows, _ = fetch(session.db, queries.ready(session, translation, outcome), 0)
    outcome.table = shaped(rows, outcome.types or ())
    return outcome


def _databases(session: Connection, read: Reader) -> Outcome:
    if read.peek("from"):
        read.refuse("SHOW DATABASES FROM DATA CATALOG")
    query = (
        "select database_name, database_owner, database_type, database_acl, database_options as parameters, "
        "database_isolation_level from svv_redshift_databases where true"
    )
    return _listed(session, read, query, "database_name")


def _schemas(session: Connection, read: Reader) -> Outcome:
    _check_database(read)
    return _listed(session, read, "select * from svv_all_schemas where true", "schema_name")


def _in_schema(query: str, name: str) -> Callable[[Connection, Reader], Outcome]:
    """A list of what is in `[database.]schema`."""

    def show(session: Connection, read: Reader) -> Outcome:
        if read.next.kind == "end":
            read.fail("expected a schema")
        schema = _qualified(read, 2)[-1]
        known = session.snapshot.relations.all_schemas | {"pg_catalog", "information_schema"}
        if schema not in known:
            raise SqlError(
                f"there is no schema {schema}", sql=read.sql, position=place_of(read.sql, schema),
                hint=similar(schema, known),
            )  # fmt: skip
        return _listed(session, read, f"{query} where schema_name = {quote_literal(schema)}", name)

    return show


def _columns(session: Connection, read: Reader) -> Outcome:
    relation = _relation(session, read)
    query = f"select * from svv_all_columns where {_is(relation)}"
    return _listed(session, read, query, "column_name", "ordinal_position")


def _is(relation: Relation, prefix: str = "") -> str:
    schema = quote_literal(relation.schema)
    return f"{prefix}schema_name = {schema} and {prefix}table_name = {quote_literal(relation.name)}"


_KEY = f"""select '{DATABASE}' as database_name, n.nspname as schema_name, c.relname as table_name,
    k.conname as pk_name, u.column_name, u.ordinal_position as key_seq
    from pg_constraint k join pg_class c on c.oid = k.conrelid
    join pg_namespace n on n.oid = c.relnamespace join information_schema.key_column_usage u
    on u.constraint_schema = n.nspname and u.constraint_name = k.conname where k.contype = 'p' """
_REFERENCES = f"""select '{DATABASE}' as pk_database_name, q.table_schema as pk_schema_name,
    q.table_name as pk_table_name, q.column_name as pk_column_name, '{DATABASE}' as fk_database_name,
    f.table_schema as fk_schema_name,
    f.table_name as fk_table_name, f.column_name as fk_column_name, f.ordinal_position as key_seq,
    r.constraint_name as fk_name, r.unique_constraint_name as pk_name, null::smallint as update_rule,
    null::smallint as delete_rule, null::smallint as deferrability
    from information_schema.referential_constraints r join information_schema.key_column_usage f
    on f.constraint_schema = r.constraint_schema and f.constraint_name = r.constraint_name
    join information_schema.key_column_usage q on q.constraint_schema = r.unique_constraint_schema
    and q.constraint_name = r.unique_constraint_name and q.ordinal_position = f.ordinal_position where true """


def _primary_keys(session: Connection, read: Reader) -> Outcome:
    relation = _relation(session, read)
    return _listed(session, read, f"select * from ({_KEY}) k where {_is(relation)}", "", "key_seq")


def _foreign_keys(side: str) -> Callable[[Connection, Reader], Outcome]:
    def show(session: Connection, read: Reader) -> Outcome:
        relation = _relation(session, read)
        return _listed(
            session, read, f"select * from ({_REFERENCES}) k where {_is(relation, side)}", "", "fk_name, key_seq"
        )

    return show


def _text(title: str, statement: Callable[[Connection, Relation], str]) -> Callable[[Connection, Reader], Outcome]:
    """One row with the statement that makes a relation."""

    def show(session: Connection, read: Reader) -> Outcome:
        relation = _relation(session, read)
        text = statement(session, relation)
        if title == recreating.EXTERNAL and read.accept("partition"):
            text += recreating.partitions(session, relation)
        read.done()
        return Outcome("SHOW", table([title], [(text,)]))

    return show


def _relation(session: Connection, read: Reader) -> Relation:
    """The table or view of `[[database.]schema.]name`."""
    name = _qualified(read, 3)
    relation = find(session, name, read.sql)
    if relation is None or relation.kind in ("dataset", "system"):
        shown = ".".join(name)
        raise SqlError(
            f"there is no table {shown}", sql=read.sql, position=place_of(read.sql, name[-1]),
            hint=similar(shown, session.snapshot.relations.names()),
        )  # fmt: skip
    return relation


def _qualified(read: Reader, parts: int) -> tuple[str, ...]:
    """A name, its database checked and left out."""
    at = read.next
    name = read.qualified()
    if len(name) == parts:
        if name[0] != DATABASE:
            _refuse_database(read, name[0], at.start)
        name = name[1:]
    return name


def _check_database(read: Reader) -> None:
    at = read.next.start
    if (name := read.name()) != DATABASE:
        _refuse_database(read, name, at)


def _refuse_database(read: Reader, name: str, at: int) -> None:
    raise UnsupportedSql(
        f"the database {name} is not supported by the embedded warehouse: it has one, {DATABASE}", sql=read.sql,
        position=at,
    )  # fmt: skip


def _refused(what: str) -> Callable[[Connection, Reader], Outcome]:
    def show(session: Connection, read: Reader) -> Outcome:
        return read.refuse(f"SHOW {what}")

    return show


_FUNCTIONS = f"""select * from (select '{DATABASE}' as database_name, schema_name, function_name,
    case argument_type when '' then 0 else regexp_count(argument_type, ',') + 1 end as number_of_arguments,
    argument_type as argument_list, result_type as return_type, null::varchar as remarks
    from svv_redshift_functions) f"""

SHOWS: dict[str, Callable[[Connection, Reader], Outcome]] = {
    "columns from table": _columns,
    "constraints foreign keys exported from table": _foreign_keys("pk_"),
    "constraints foreign keys from table": _foreign_keys("fk_"),
    "constraints primary keys from table": _primary_keys,
    "databases": _databases,
    "external table": _text(recreating.EXTERNAL, recreating.external_table),
    "functions from schema": _in_schema(_FUNCTIONS, "function_name"),
    "schemas from database": _schemas,
    "table": _text("Show Table DDL statement", recreating.table),
    "tables from schema": _in_schema("select * from svv_all_tables", "table_name"),
    "view": _text("Show View DDL statement", recreating.view),
    **{what: _refused(what.upper()) for what in ("datashares", "grants", "model", "procedure", "procedures")},
}

HANDLERS = {"show": show}
