"""What DuckDB's own catalog does not hold of a Redshift warehouse, and the system views over both."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from rsnb.types import RULES, of_duckdb
from rsnb.warehouse import macros, privilege_macros
from rsnb.warehouse.macros import SCHEMA
from rsnb.warehouse.spelling import text

if TYPE_CHECKING:
    import duckdb

DATABASE = "dev"
TEMPORARY = "main"  # the schema of DuckDB's temporary tables

TABLES = {
    "external_schema": "schemaname VARCHAR, databasename VARCHAR, esoptions VARCHAR",
    "lake_partition": "databasename VARCHAR, tablename VARCHAR, part VARCHAR[], location VARCHAR",
    "lake_table": "databasename VARCHAR, tablename VARCHAR, definition VARCHAR",
    "bound_view": "schemaname VARCHAR, viewname VARCHAR, definition VARCHAR",
    "column_info": 'schemaname VARCHAR, tablename VARCHAR, "column" VARCHAR, type VARCHAR, encoding VARCHAR, '
    'distkey BOOLEAN, sortkey INTEGER, "default" VARCHAR, identity_seed BIGINT, identity_step BIGINT, '
    "identity_always BOOLEAN",
    "db_group": "id INTEGER, name VARCHAR",
    "db_role": "id INTEGER, name VARCHAR, owner VARCHAR, external_id VARCHAR",
    "db_user": "id INTEGER, name VARCHAR, createdb BOOLEAN, superuser BOOLEAN, syslog VARCHAR, valid_until VARCHAR, "
    "connection_limit INTEGER, session_timeout INTEGER, external_id VARCHAR, password VARCHAR, settings VARCHAR[]",
    "default_privilege": "owner VARCHAR, schemaname VARCHAR, kind VARCHAR, privilege VARCHAR, grantee_kind VARCHAR, "
    "grantee VARCHAR, grantable BOOLEAN",
    "group_member": "groupname VARCHAR, member VARCHAR",
    "late_view": "schemaname VARCHAR, viewname VARCHAR, definition VARCHAR",
    "owner": "kind VARCHAR, schemaname VARCHAR, name VARCHAR, owner VARCHAR",
    "privilege": "kind VARCHAR, schemaname VARCHAR, name VARCHAR, columnname VARCHAR, privilege VARCHAR, "
    "grantee_kind VARCHAR, grantee VARCHAR, scope VARCHAR, grantable BOOLEAN, grantor VARCHAR",
    "procedure": "schemaname VARCHAR, name VARCHAR, signature VARCHAR[], arguments VARCHAR[][], body VARCHAR, "
    "nonatomic BOOLEAN, definer BOOLEAN, config VARCHAR[][]",
    "remark": "kind VARCHAR, schemaname VARCHAR, tablename VARCHAR, name VARCHAR, text VARCHAR",
    "role_grant": "role VARCHAR, grantee_kind VARCHAR, grantee VARCHAR, admin BOOLEAN",
    "schema_info": "schemaname VARCHAR, quota BIGINT",
    "materialized_view": "schemaname VARCHAR, viewname VARCHAR, definition VARCHAR, query VARCHAR, "
    "auto_refresh BOOLEAN, stale BOOLEAN, state INTEGER",
    "sql_function": "schemaname VARCHAR, name VARCHAR, types VARCHAR, arguments VARCHAR[], returns VARCHAR, "
    "body VARCHAR, volatility VARCHAR",
    "table_constraint": "schemaname VARCHAR, tablename VARCHAR, name VARCHAR, kind VARCHAR, columns VARCHAR[], "
    "parent_schema VARCHAR, parent_table VARCHAR, parent_columns VARCHAR[]",
    "table_info": "schemaname VARCHAR, tablename VARCHAR, diststyle VARCHAR, sortstyle VARCHAR, backup BOOLEAN, "
    "encode_auto BOOLEAN, created TIMESTAMP",
    "view_source": "schemaname VARCHAR, viewname VARCHAR, source_schema VARCHAR, source_name VARCHAR",
    "type_name": "duckdb VARCHAR, redshift VARCHAR",
}

USER, USER_ID = "awsuser", 100  # the superuser that a new cluster has
_ROLES = ("sys:operator", "sys:dba", "sys:superuser", "sys:secadmin", "sys:monitor")
FIRST = {  # the rows that a new warehouse has
    "db_role": ", ".join(f"({i}, '{name}', 'rdsdb', NULL)" for i, name in enumerate(_ROLES, 1)),
    "db_user": f"(1, 'rdsdb', true, true, 'unrestricted', 'infinity', NULL, NULL, NULL, 'set', []), "
    f"({USER_ID}, '{USER}', true, true, 'unrestricted', NULL, NULL, NULL, NULL, 'set', [])",
    "privilege": ", ".join(
        f"('{kind}', '{schema}', '{name}', '', '{privilege}', 'public', 'public', '', false, 'rdsdb')"
        for kind, schema, name, privilege in (
            ("schema", "public", "", "create"), ("schema", "public", "", "usage"), ("database", "", DATABASE, "temp"),
            ("language", "", "sql", "usage"),
        )
    ),
}  # fmt: skip

OF_RELATIONS = {  # the tables that keep something of a relation, each with the column of its name
    "bound_view": "viewname",
    "column_info": "tablename",
    "late_view": "viewname",
    "materialized_view": "viewname",
    "owner": "name",
    "privilege": "name",
    "remark": "tablename",
    "table_constraint": "tablename",
    "table_info": "tablename",
    "view_source": "viewname",
}
_SCHEMAS = ("schemaname", "_schema")  # the columns of schemas end so

# What the external schemas show of the data catalog.
LAKE_VIEWS = {
    "external_partition": f"""
        select schemaname, tablename, part, location
        from {SCHEMA}.external_schema join {SCHEMA}.lake_partition using (databasename)""",
    "external_table": f"""
        select schemaname, tablename, definition
        from {SCHEMA}.external_schema join {SCHEMA}.lake_table using (databasename)""",
}


def definitions() -> list[str]:
    """The statements that make what is the same in every warehouse: the names of types, views, macros."""
    types = sorted({rule.duckdb for rule in RULES.values()} - {"DECIMAL"})
    names = [(kind, of_duckdb(kind).rule.name) for kind in types] + [("DECIMAL", "numeric")]
    rows = ", ".join(f"({text(kind)}, {text(name)})" for kind, name in names)
    views = LAKE_VIEWS | privilege_macros.VIEWS
    return [
        f"DELETE FROM {SCHEMA}.type_name",
        f"INSERT INTO {SCHEMA}.type_name VALUES {rows}",
        *(f"CREATE OR REPLACE VIEW {SCHEMA}.{name} AS {body}" for name, body in views.items()),
        *macros.definitions(),
    ]


class Catalog:
    """Reads and writes the warehouse's own tables over one DuckDB connection."""

    def __init__(self, connection: duckdb.DuckDBPyConnection, temporary: str = "") -> None:
        self._connection = connection
        self.temporary = temporary
        self._kept_temporary = False

    def create(self) -> None:
        """Make the schemas, tables and system views of a warehouse that does not have them."""
        self._connection.execute("CREATE SCHEMA IF NOT EXISTS public")
        self._connection.execute(f"CREATE SCHEMA IF NOT EXISTS {SCHEMA}")
        self._create_tables()
        for definition in definitions():
            self._connection.execute(definition)

    def _create_tables(self) -> None:
        """Make the catalog's own tables; those of an older warehouse get the columns that they lack."""
        known = set(self.rows("select table_name, column_name from duckdb_columns() where schema_name = ?", SCHEMA))
        for table, columns in TABLES.items():
            self._connection.execute(f"CREATE TABLE IF NOT EXISTS {SCHEMA}.{table} ({columns})")
            if table in FIRST and table not in {name for name, _ in known}:
                self._connection.execute(f"INSERT INTO {SCHEMA}.{table} VALUES {FIRST[table]}")
            for column in columns.split(", ") if known else []:
                if (table, column.split()[0].strip('"')) not in known:
                    self._connection.execute(f"ALTER TABLE {SCHEMA}.{table} ADD COLUMN IF NOT EXISTS {column}")
        if known:
            self._forget_temporary("pg_temp_%")

    def close(self) -> None:
        """Delete what is kept of the session's temporary tables."""
        if self._kept_temporary:
            self._forget_temporary(self.temporary)

    def _forget_temporary(self, pattern: str) -> None:
        for table in OF_RELATIONS:
            self._connection.execute(f"DELETE FROM {SCHEMA}.{table} WHERE schemaname LIKE ?", [pattern])

    def rename(self, schema: str, old: str, new: str) -> None:
        """Give what is kept of a relation to its new name."""
        for table, column in OF_RELATIONS.items():
            self._connection.execute(
                f"UPDATE {SCHEMA}.{table} SET {column} = ? WHERE schemaname = ? AND {column} = ?",
                [new, self.key(schema), old],
            )
        self.change("table_constraint", {"parent_table": new}, parent_schema=schema, parent_table=old)
        self.change("view_source", {"source_name": new}, source_schema=schema, source_name=old)

    def rename_schema(self, old: str, new: str) -> None:
        """Give what is kept of a schema and of what it holds to its new name."""
        for table, columns in TABLES.items():
            for column in (c.split()[0] for c in columns.split(", ")):
                if column.endswith(_SCHEMAS):
                    self.change(table, {column: new}, **{column: old})

    def forget(self, schema: str, name: str) -> None:
        """Delete what is kept of a relation that was dropped."""
        for table, column in OF_RELATIONS.items():
            self.drop(table, **{"schemaname": schema, column: name})

    def grant_defaults(self, kind: str, schema: str, name: str) -> None:
        """Grant on a new table or function what ALTER DEFAULT PRIVILEGES says."""
        if schema != TEMPORARY:
            self._connection.execute(
                f"INSERT INTO {SCHEMA}.privilege SELECT kind, ?, ?, '', privilege, grantee_kind, grantee, '', "
                f"bool_or(grantable), owner FROM {SCHEMA}.default_privilege WHERE owner = ? AND kind = ? "
                "AND schemaname IN ('', ?) GROUP BY ALL",
                [schema, name, USER, kind, schema],
            )

    def key(self, schema: str) -> str:
        """The schema under which a relation is kept here: temporary tables are told apart by their session."""
        return self.temporary if schema == TEMPORARY else schema

    def found(self, table: str, *columns: str, **key: object) -> list[tuple[Any, ...]]:
        """Columns of the rows of a catalog table that have these values."""
        names = ", ".join(f'"{n}"' for n in columns)
        where = " AND ".join(f'"{n}" = ?' for n in key) or "true"
        return self.rows(f"SELECT {names} FROM {SCHEMA}.{table} WHERE {where} ORDER BY ALL", *self._values(key))

    def _values(self, key: dict[str, object]) -> list[object]:
        return [self.key(str(v)) if n.endswith(_SCHEMAS) and v is not None else v for n, v in key.items()]

    def rows(self, sql: str, *values: object) -> list[tuple[Any, ...]]:
        """The rows of a query over the catalog."""
        return self._connection.execute(sql, list(values)).fetchall()

    def put(self, table: str, key: dict[str, object], **values: object) -> None:
        """Write one row of a catalog table in place of the one with the same key."""
        self.drop(table, **key)
        self.add(table, [{**key, **values}])

    def add(self, table: str, rows: list[dict[str, object]]) -> None:
        """Write rows of a catalog table; all have the same columns."""
        self._kept_temporary |= any(row.get("schemaname") == TEMPORARY for row in rows)
        names = ", ".join(f'"{n}"' for n in rows[0])
        marks = ", ".join(["(" + ", ".join("?" for _ in rows[0]) + ")"] * len(rows))
        values = [value for row in rows for value in self._values(row)]
        self._connection.execute(f"INSERT INTO {SCHEMA}.{table} ({names}) VALUES {marks}", values)

    def change(self, table: str, values: dict[str, object], **key: object) -> None:
        """Write values into the rows of a catalog table that have this key."""
        names = ", ".join(f'"{n}" = ?' for n in values)
        where = " AND ".join(f'"{n}" = ?' for n in key)
        self._connection.execute(
            f"UPDATE {SCHEMA}.{table} SET {names} WHERE {where}", [*self._values(values), *self._values(key)]
        )

    def set_owner(self, kind: str, schema: str, name: str, owner: str) -> None:
        """Note who owns a schema, a table or a function; name is empty for a schema."""
        self.put("owner", {"kind": kind, "schemaname": schema, "name": name}, owner=owner)

    def drop(self, table: str, **key: object) -> None:
        """Delete the rows of a catalog table that have these values."""
        where = " AND ".join(f'"{n}" = ?' for n in key)
        self._connection.execute(f"DELETE FROM {SCHEMA}.{table} WHERE {where}", self._values(key))

    def late_view(self, schema: str, name: str) -> str:
        """The text of a late-binding view."""
        return str(self.found("late_view", "definition", schemaname=schema, viewname=name)[0][0])

    def external_schemas(self) -> set[str]:
        """The names of the external schemas."""
        return {name for (name,) in self.rows(f"SELECT schemaname FROM {SCHEMA}.external_schema")}
