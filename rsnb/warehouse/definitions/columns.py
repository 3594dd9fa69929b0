"""The columns of a local table: as DuckDB declares them, and as the catalog keeps them."""

from __future__ import annotations

from typing import TYPE_CHECKING
from uuid import uuid4

from rsnb.literals import quote_identifier
from rsnb.types import of_duckdb
from rsnb.types import parse as parse_type
from rsnb.warehouse.definitions.attributes import Attributes
from rsnb.warehouse.definitions.encodings import default as default_encoding
from rsnb.warehouse.definitions.tables import Column, Identity
from rsnb.warehouse.macros import SCHEMA
from rsnb.warehouse.relations import TEMPORARY, Relation
from rsnb.warehouse.spelling import text

if TYPE_CHECKING:
    from rsnb.warehouse.connection import Connection

_LENGTHS = {"character": "strlen", "character varying": "strlen", "binary varying": "octet_length"}


def declaration(session: Connection, column: Column, temporary: bool, sequence: str = "") -> str:
    """A column for DuckDB; a length in bytes becomes a check, IDENTITY the next value of a sequence."""
    name = quote_identifier(column.name)
    parts = [name, column.type.duckdb]
    if column.identity:
        parts.append(f"DEFAULT (nextval({text(sequence or create_sequence(session, column.identity, temporary))}))")
    elif column.default is not None:
        parts.append(f"DEFAULT ({session.snapshot.translator.expression(column.default, {})})")
    if column.not_null:
        parts.append("NOT NULL")
    if (length := _LENGTHS.get(column.type.rule.name)) and column.type.args:
        parts.append(f"CHECK ({length}({name}) <= {column.type.args[0]})")
    return " ".join(parts)


def create_sequence(session: Connection, identity: Identity, temporary: bool) -> str:
    """A new sequence that counts for an IDENTITY column; its name for nextval."""
    seed, step = identity.seed, identity.step
    schema = "temp.main" if temporary else SCHEMA
    name = f"{schema}.identity_{uuid4().hex}"
    session.db.execute(
        f"CREATE {'TEMP ' if temporary else ''}SEQUENCE {name} START {seed} INCREMENT {step} "
        f"MINVALUE {min(seed, -(2**62))} MAXVALUE {2**62}"
    )
    return name


def sequences(session: Connection, table: Relation) -> dict[str, str]:
    """The sequences of a table's IDENTITY columns, by column."""
    rows = session.catalog.rows(
        "select column_name, regexp_extract(column_default, 'nextval\\(''([^'']+)''', 1) from duckdb_columns() "
        "where schema_name = ? and table_name = ? and column_default like '%.identity\\_%' escape '\\'",
        table.schema,
        table.name,
    )
    return dict(rows)


def keep(session: Connection, schema: str, table: str, columns: list[Column], attributes: Attributes) -> None:
    """Note what DuckDB's catalog can't hold of a table's columns."""
    session.catalog.add("column_info", [_row(schema, table, column, attributes) for column in columns])


def _row(schema: str, table: str, column: Column, attributes: Attributes) -> dict[str, object]:
    sorted_by = attributes.sortkey.index(column.name) + 1 if column.name in attributes.sortkey else 0
    encoding = column.encoding if column.encoding not in ("", "auto") else ""
    identity = column.identity
    return {
        "schemaname": schema,
        "tablename": table,
        "column": column.name,
        "type": str(column.type),
        "encoding": encoding or default_encoding(column.type, sorted_by > 0, schema == TEMPORARY),
        "distkey": column.name == attributes.distkey,
        "sortkey": -sorted_by if attributes.sortstyle == "interleaved" and sorted_by % 2 == 0 else sorted_by,
        "default": column.default,
        "identity_seed": identity and identity.seed,
        "identity_step": identity and identity.step,
        "identity_always": identity and identity.always,
    }


def of_table(session: Connection, table: Relation) -> list[Column]:
    """The columns of a local table or view, in order."""
    kept = {
        name: rest
        for name, *rest in session.catalog.found(
            "column_info", "column", "type", "encoding", "default", "identity_seed", "identity_step",
            "identity_always", schemaname=table.schema, tablename=table.name,
        )
    }  # fmt: skip
    rows = session.catalog.rows(
        "select lower(column_name), data_type, is_nullable from duckdb_columns() "
        "where schema_name = ? and table_name = ? order by column_index",
        table.schema,
        table.name,
    )
    return [_column(name, kind, nullable, kept.get(name, [None] * 6)) for name, kind, nullable in rows]


def _column(name: str, kind: str, nullable: bool, kept: list[object]) -> Column:
    declared, encoding, default, seed, step, always = kept
    return Column(
        name,
        parse_type(str(declared)) if declared else of_duckdb(kind),
        not nullable,
        None if default is None else str(default),
        None if seed is None else Identity(int(str(seed)), int(str(step)), bool(always)),
        str(encoding or "none"),
    )


def keep_attributes(session: Connection, schema: str, table: str, attributes: Attributes, encoded: bool) -> None:
    """Note how a table is to be stored; encoded: a column names its encoding."""
    session.catalog.put(
        "table_info",
        {"schemaname": schema, "tablename": table},
        diststyle=attributes.diststyle or ("key" if attributes.distkey else "auto"),
        sortstyle=attributes.sortstyle or "auto",
        backup=attributes.backup is not False,
        encode_auto=attributes.encode_auto or not encoded,
    )
    session.catalog.rows(
        f"UPDATE {SCHEMA}.table_info SET created = current_timestamp WHERE schemaname = ? AND tablename = ?",
        session.catalog.key(schema),
        table,
    )


def attributes_of(session: Connection, table: Relation) -> Attributes:
    """How a table is stored, as it was declared or altered."""
    key = {"schemaname": table.schema, "tablename": table.name}
    rows = session.catalog.found("table_info", "diststyle", "sortstyle", "backup", "encode_auto", **key)
    diststyle, sortstyle, backup, encode_auto = rows[0] if rows else ("auto", "auto", True, True)
    columns = session.catalog.found("column_info", "sortkey", "column", "distkey", **key)
    return Attributes(
        diststyle,
        next((name for _, name, distkey in columns if distkey), ""),
        sortstyle,
        [name for _, name in sorted((abs(at), name) for at, name, _ in columns if at)],
        backup,
        encode_auto,
    )
