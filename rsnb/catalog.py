"""What is in a warehouse: plain SQL over the system views that every engine answers."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from rsnb.errors import SqlError, similar
from rsnb.result import Result
from rsnb.session import Session
from rsnb.sql import split


def tables(session: Session, pattern: str = "%") -> Result:
    """The tables, views and external tables whose `schema.name` is like a pattern; `%` stands for anything."""
    return session.sql(
        """select table_schema, table_name, table_type from svv_tables
           where table_schema not in ('information_schema', 'pg_catalog', 'pg_internal')
             and (table_schema || '.' || table_name like :pattern or table_name like :pattern)
           order by table_schema, table_name""",
        pattern=pattern.lower(),
    )


def describe(session: Session, table: str) -> Result:
    """The columns of a table, a view or an external table: name, type, whether NULL is allowed."""
    schema, _, name = table.lower().rpartition(".")
    result = session.sql(
        """select table_schema, column_name, data_type, character_maximum_length as length, is_nullable
           from svv_columns where table_name = :name and (table_schema = :schema or :schema = '')
           order by table_schema, ordinal_position""",
        name=name,
        schema=schema,
    )
    if not len(result) and (found := _of_view(session, table)):
        return found
    if not len(result):
        known = [f"{s}.{n}" for s, n, _ in tables(session).table.to_pandas().itertuples(index=False)]
        raise SqlError(f"there is no table {table}", hint=similar(table, known))
    return result


def _of_view(session: Session, table: str) -> Result | None:
    """The columns of a late-binding view, which the system views do not list: those of its rows."""
    known = tables(session, table).table.to_pylist()
    if len(known) != 1:
        return None
    import pyarrow as pa

    schema, name = known[0]["table_schema"], known[0]["table_name"]
    rows = session.sql("select * from :schema.:name limit 0", schema=schema, name=name)
    columns = {
        "table_schema": [schema] * len(rows.columns),
        "column_name": rows.columns,
        "data_type": [rows.types[c].split("(")[0] for c in rows.columns],
        "length": pa.nulls(len(rows.columns), pa.int32()),
        "is_nullable": ["YES"] * len(rows.columns),
    }
    return replace(rows, table=pa.table(columns))


def explain(session: Session, text: str, parameters: Mapping[str, object] | None = None) -> Result:
    """The plan of a statement, one line a row; the statement is not run.

    Raises SqlError for several statements, as only the first would be explained and the others would run.
    """
    statements = split(text)
    if len(statements) > 1:
        raise SqlError("explain is for one statement", sql=text, position=statements[1].start)
    return next(iter(session.run(f"explain {text}" if statements else "", parameters)))
