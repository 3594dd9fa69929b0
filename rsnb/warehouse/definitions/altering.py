"""ALTER TABLE of local tables and views as it runs.

Source: Redshift Developer Guide, ALTER TABLE (what is refused of each change, and why).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from rsnb.errors import SqlError, similar
from rsnb.literals import quote_identifier
from rsnb.warehouse.definitions import columns as kept
from rsnb.warehouse.definitions import constraints, encodings
from rsnb.warehouse.definitions.alter import parse_alter_table, table_of
from rsnb.warehouse.definitions.append import append
from rsnb.warehouse.definitions.attributes import Attributes
from rsnb.warehouse.definitions.dependents import drop_reading, refuse_reading
from rsnb.warehouse.definitions.places import find, make_unrefreshable, refuse_existing
from rsnb.warehouse.definitions.rebuilding import rebuild
from rsnb.warehouse.definitions.storage import alter_distribution, alter_encoding, alter_sort_key, encode_auto
from rsnb.warehouse.definitions.tables import COLUMNS, Column
from rsnb.warehouse.faults import place_of
from rsnb.warehouse.outcome import Outcome
from rsnb.warehouse.privileges.principals import existing
from rsnb.warehouse.relations import Relation
from rsnb.warehouse.spelling import place

if TYPE_CHECKING:
    from rsnb.warehouse.connection import Connection

Values = dict[str, Any]


def alter_table(session: Connection, sql: str) -> Outcome:
    """ALTER TABLE of a local table; RENAME TO and OWNER TO also of a view."""
    name = table_of(sql)
    table = find(session, name, sql)
    if table is None or table.kind not in ("table", "late_view"):
        table = session.snapshot.relations.local_table(name, sql)  # raises with the nearest names
    changes = parse_alter_table(sql)
    if changes[0].kind not in ("rename", "owner"):
        refuse_no_table(session, table, sql)
    if changes[0].kind == "append":
        return append(session, table, changes[0].values, sql)

    def work() -> None:
        for change in changes:
            _CHANGES[change.kind](session, table, change.values, sql)

    session.transaction.together(work)
    session.shared.catalog_changed()
    return Outcome("ALTER TABLE")


def refuse_no_table(session: Connection, table: Relation, sql: str) -> None:
    """Raise for a view."""
    key, relations = (table.schema, table.name), session.snapshot.relations
    if table.kind != "table" or key in relations.bound_views or key in relations.materialized:
        raise SqlError(f"{table.name} is a view", sql=sql, position=place_of(sql, table.name))


def column_of(session: Connection, table: Relation, name: str, sql: str) -> Column:
    """A column of a table; raises with the nearest names."""
    columns = {c.name: c for c in kept.of_table(session, table)}
    if name not in columns:
        raise SqlError(
            f"there is no column {name} in {table.name}",
            sql=sql,
            position=place_of(sql, name),
            hint=similar(name, columns),
        )
    return columns[name]


def _add_column(session: Connection, table: Relation, values: Values, sql: str) -> None:
    column: Column = values["column"]
    columns = kept.of_table(session, table)
    if column.name in {c.name for c in columns}:
        raise SqlError(f"the column {column.name} exists", sql=sql, position=place_of(sql, column.name))
    if len(columns) >= COLUMNS:
        raise SqlError(f"a table has at most {COLUMNS:,} columns", sql=sql, position=0)
    if column.not_null and column.default in (None, "null"):
        raise SqlError(
            "an added column that is NOT NULL needs a default", sql=sql, position=place_of(sql, column.name),
            hint="add column ... default value not null",
        )  # fmt: skip
    rebuild(session, table, [*columns, column])
    kept.keep(session, table.schema, table.name, [column], Attributes())


def _drop_column(session: Connection, table: Relation, values: Values, sql: str) -> None:
    column = column_of(session, table, values["name"], sql)
    attributes = kept.attributes_of(session, table)
    if column.name in (attributes.distkey, *attributes.sortkey):
        raise SqlError(
            f"{column.name} is the distribution key or a sort key of {table.name}",
            sql=sql,
            position=place_of(sql, column.name),
            hint="alter the key first: alter diststyle even, alter sortkey none",
        )
    columns = kept.of_table(session, table)
    if len(columns) == 1:
        raise SqlError(
            f"{column.name} is the last column of {table.name}", sql=sql, position=place_of(sql, column.name)
        )
    named = constraints.naming(session, table.schema, table.name, column.name)
    if named and not values["cascade"]:
        raise SqlError(
            f"the constraint {named[0]} names {column.name}", sql=sql, position=place_of(sql, column.name),
            hint="add CASCADE",
        )  # fmt: skip
    drop_reading(session, table, column.name, values["cascade"], sql)
    make_unrefreshable(session, table.schema, table.name, 101)
    counting = kept.sequences(session, table).get(column.name)
    session.db.execute(f"ALTER TABLE {place(table.schema, table.name)} DROP COLUMN {quote_identifier(column.name)}")
    if counting:
        session.db.execute(f"DROP SEQUENCE {counting}")
    session.catalog.drop("column_info", schemaname=table.schema, tablename=table.name, column=column.name)
    for constraint in named:
        session.catalog.drop("table_constraint", schemaname=table.schema, tablename=table.name, name=constraint)


def _rename_column(session: Connection, table: Relation, values: Values, sql: str) -> None:
    old, new = values["old"], values["new"]
    column_of(session, table, old, sql)
    if new in session.snapshot.relations.columns(table.schema, table.name):
        raise SqlError(f"the column {new} exists", sql=sql, position=place_of(sql, new))
    refuse_reading(session, table, old, sql)
    make_unrefreshable(session, table.schema, table.name, 104)
    session.db.execute(
        f"ALTER TABLE {place(table.schema, table.name)} "
        f"RENAME COLUMN {quote_identifier(old)} TO {quote_identifier(new)}"
    )
    session.catalog.change("column_info", {"column": new}, schemaname=table.schema, tablename=table.name, column=old)
    constraints.rename_column(session, table.schema, table.name, old, new)


def _rename(session: Connection, table: Relation, values: Values, sql: str) -> None:
    new = values["new"]
    refuse_existing(session, table.schema, new, sql)
    key = (table.schema, table.name)
    if key in session.snapshot.relations.materialized:
        raise SqlError(
            f"the materialized view {table.name} is not renamed", sql=sql, position=place_of(sql, table.name)
        )
    refuse_reading(session, table, None, sql)
    make_unrefreshable(session, *key, 103)
    if table.kind == "table":
        what = "VIEW" if key in session.snapshot.relations.bound_views else "TABLE"
        session.db.execute(f"ALTER {what} {place(*key)} RENAME TO {quote_identifier(new)}")
    session.catalog.rename(table.schema, table.name, new)


def _alter_type(session: Connection, table: Relation, values: Values, sql: str) -> None:
    session.transaction.refuse_inside("ALTER COLUMN ... TYPE", sql)
    column = column_of(session, table, values["name"], sql)
    kind = values["type"]
    for unfit, why in (
        (column.type.rule.name != "character varying" or kind.rule is not column.type.rule,
         f"only the size of a VARCHAR column is altered, {column.name} is {column.type}"),
        (column.encoding in ("bytedict", "runlength", "text255", "text32k"),
         f"the column {column.name} has the encoding {column.encoding}"),
        (column.default is not None, f"the column {column.name} has a default"),
        (constraints.naming(session, table.schema, table.name, column.name),
         f"the column {column.name} is part of a constraint"),
    ):  # fmt: skip
        if unfit:
            raise SqlError(why, sql=sql, position=place_of(sql, column.name))
    _refuse_longer(session, table, column, kind.args[0], sql)
    make_unrefreshable(session, table.schema, table.name, 102)
    columns = [replace(c, type=kind) if c.name == column.name else c for c in kept.of_table(session, table)]
    rebuild(session, table, columns)
    session.catalog.change(
        "column_info", {"type": str(kind)}, schemaname=table.schema, tablename=table.name, column=column.name
    )


def _refuse_longer(session: Connection, table: Relation, column: Column, length: int, sql: str) -> None:
    name = quote_identifier(column.name)
    ((longest,),) = session.catalog.rows(f"SELECT max(strlen({name})) FROM {place(table.schema, table.name)}")
    if longest is not None and longest > length:
        raise SqlError(
            f"the column {column.name} holds a value of {longest} bytes", sql=sql, position=place_of(sql, column.name)
        )


def _add_constraint(session: Connection, table: Relation, values: Values, sql: str) -> None:
    constraint: constraints.Constraint = values["constraint"]
    columns = {c.name: c for c in kept.of_table(session, table)}
    have = session.catalog.found("table_constraint", "name", "kind", schemaname=table.schema, tablename=table.name)
    if constraint.kind == "primary key" and "primary key" in [kind for _, kind in have]:
        raise SqlError(f"{table.name} has a primary key", sql=sql, position=place_of(sql, "primary"))
    if constraint.name in [name for name, _ in have]:
        raise SqlError(f"the constraint {constraint.name} exists", sql=sql, position=place_of(sql, constraint.name))
    constraints.check(session, [constraint], list(columns), (table.name,), sql)
    for name in constraint.columns:
        if constraint.kind == "primary key" and not columns[name].not_null:
            raise SqlError(
                f"the column {name} can be NULL: it is no primary key", sql=sql, position=place_of(sql, name)
            )
    constraints.keep(session, table.schema, table.name, [constraint])


def _drop_constraint(session: Connection, table: Relation, values: Values, sql: str) -> None:
    key: dict[str, object] = {"schemaname": table.schema, "tablename": table.name}
    names = [name for (name,) in session.catalog.found("table_constraint", "name", **key)]
    if values["name"] not in names:
        raise SqlError(
            f"there is no constraint {values['name']} on {table.name}",
            sql=sql,
            position=place_of(sql, values["name"]),
            hint=similar(values["name"], names),
        )
    session.catalog.drop("table_constraint", **key, name=values["name"])


def _alter_encoding(session: Connection, table: Relation, values: Values, sql: str) -> None:
    column = column_of(session, table, values["name"], sql)
    encodings.check(sql, values["encoding"], column.type, place_of(sql, column.name))
    alter_encoding(session, table, column, values["encoding"], sql)


def _owner(session: Connection, table: Relation, values: Values, sql: str) -> None:
    owner = existing(session, "user", values["owner"], sql)
    session.catalog.set_owner("table", table.schema, table.name, owner)


_CHANGES: dict[str, Callable[[Connection, Relation, Values, str], None]] = {
    "add column": _add_column,
    "add constraint": _add_constraint,
    "alter distribution": alter_distribution,
    "alter encoding": _alter_encoding,
    "alter sort key": alter_sort_key,
    "alter type": _alter_type,
    "drop column": _drop_column,
    "drop constraint": _drop_constraint,
    "encode auto": encode_auto,
    "owner": _owner,
    "rename": _rename,
    "rename column": _rename_column,
}
