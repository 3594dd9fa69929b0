"""What ALTER TABLE changes of a table's storage: distribution, sort key, encodings. Kept for the system views.

Source: Redshift Developer Guide, ALTER TABLE, ALTER DISTSTYLE, ALTER SORTKEY, ALTER ENCODE.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from rsnb.errors import SqlError
from rsnb.warehouse.definitions import columns as kept
from rsnb.warehouse.definitions.attributes import Attributes, settle
from rsnb.warehouse.definitions.encodings import default
from rsnb.warehouse.definitions.tables import Column
from rsnb.warehouse.faults import place_of
from rsnb.warehouse.relations import TEMPORARY, Relation

if TYPE_CHECKING:
    from rsnb.warehouse.connection import Connection

Values = dict[str, Any]


def alter_distribution(session: Connection, table: Relation, values: Values, sql: str) -> None:
    """ALTER DISTSTYLE, ALTER DISTKEY."""
    attributes = kept.attributes_of(session, table)
    _refuse_interleaved(attributes, "the distribution", sql)
    if table.schema == TEMPORARY and values["style"] in ("all", "even"):
        raise SqlError(
            f"ALTER DISTSTYLE {values['style'].upper()} does not take a temporary table", sql=sql,
            position=place_of(sql, table.name),
        )  # fmt: skip
    attributes.diststyle, attributes.distkey = values["style"], values["key"]
    _keep(session, table, attributes, sql)


def alter_sort_key(session: Connection, table: Relation, values: Values, sql: str) -> None:
    """ALTER SORTKEY (columns), AUTO or NONE; AUTO leaves the key that is there."""
    attributes = kept.attributes_of(session, table)
    if values["style"] == "auto":
        attributes.sortstyle = "auto" if not attributes.sortkey else attributes.sortstyle
    else:
        attributes.sortstyle, attributes.sortkey = values["style"], values["key"]
    _keep(session, table, attributes, sql)


def alter_encoding(session: Connection, table: Relation, column: Column, encoding: str, sql: str) -> None:
    """ALTER COLUMN ... ENCODE."""
    attributes = kept.attributes_of(session, table)
    _refuse_interleaved(attributes, "an encoding", sql)
    if encoding == column.encoding:
        raise SqlError(f"the column {column.name} has this encoding", sql=sql, position=place_of(sql, column.name))
    if encoding != "auto":
        key: dict[str, object] = {"schemaname": table.schema, "tablename": table.name}
        session.catalog.change("column_info", {"encoding": encoding}, **key, column=column.name)
        session.catalog.change("table_info", {"encode_auto": False}, **key)


def encode_auto(session: Connection, table: Relation, values: Values, sql: str) -> None:
    """ALTER ENCODE AUTO: the columns keep the encodings that they have."""
    session.catalog.change("table_info", {"encode_auto": True}, schemaname=table.schema, tablename=table.name)


def _refuse_interleaved(attributes: Attributes, what: str, sql: str) -> None:
    if attributes.sortstyle == "interleaved":
        raise SqlError(f"{what} is not altered of a table with an interleaved sort key", sql=sql, position=0)


def _keep(session: Connection, table: Relation, attributes: Attributes, sql: str) -> None:
    """Note keys and style; the encodings of an automatic table follow its sort key."""
    columns = kept.of_table(session, table)
    settle(attributes, [c.name for c in columns], {c.name: c.type.rule.name for c in columns}, sql)
    key: dict[str, object] = {"schemaname": table.schema, "tablename": table.name}
    session.catalog.change("table_info", {"diststyle": attributes.diststyle, "sortstyle": attributes.sortstyle}, **key)
    for column in columns:
        at = attributes.sortkey.index(column.name) + 1 if column.name in attributes.sortkey else 0
        encoding = column.encoding
        if attributes.encode_auto:
            encoding = default(column.type, at > 0, table.schema == TEMPORARY)
        session.catalog.change(
            "column_info",
            {"distkey": column.name == attributes.distkey, "sortkey": at, "encoding": encoding},
            **key,
            column=column.name,
        )
