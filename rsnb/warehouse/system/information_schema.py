"""INFORMATION_SCHEMA, as PostgreSQL 8.0 has it."""

from __future__ import annotations

from rsnb.warehouse.macros import SCHEMA
from rsnb.warehouse.system.view import View

_NULLS = {
    "columns": """
        datetime_precision integer = null
        interval_type character varying(128) = null
        interval_precision character varying(128) = null
        character_set_catalog character varying(128) = null
        character_set_schema character varying(128) = null
        character_set_name character varying(128) = null
        collation_catalog character varying(128) = null
        collation_schema character varying(128) = null
        collation_name character varying(128) = null
        domain_catalog character varying(128) = null
        domain_schema character varying(128) = null
        domain_name character varying(128) = null""",
    "scope": """
        scope_catalog character varying(128) = null
        scope_schema character varying(128) = null
        scope_name character varying(128) = null
        maximum_cardinality integer = null""",
}
_CONSTRAINT = "{constraint} k cross join {session} s"
_KINDS = "map {'p': 'PRIMARY KEY', 'u': 'UNIQUE', 'f': 'FOREIGN KEY'}[letter]"
_CONSTRAINT_NAME = """
        constraint_catalog character varying(128) = s.database
        constraint_schema character varying(128) = k.schemaname
        constraint_name character varying(128) = k.name"""

VIEWS = (
    View("information_schema.schemata", "{schema} n left join {users} u on u.usesysid = n.owner cross join {session} s "
         "where n.kind <> 't'", """
        catalog_name character varying(128) = database
        schema_name character varying(128) = n.name
        schema_owner character varying(128) = u.usename
        default_character_set_catalog character varying(128) = null
        default_character_set_schema character varying(128) = null
        default_character_set_name character varying(128) = null
        sql_path character varying(128) = null
        """),
    View("information_schema.tables", "{svv_tables} where table_type <> 'EXTERNAL TABLE'", """
        table_catalog character varying(128)
        table_schema character varying(128)
        table_name character varying(128)
        table_type character varying(128)
        self_referencing_column_name character varying(128) = null
        reference_generation character varying(128) = null
        user_defined_type_catalog character varying(128) = null
        user_defined_type_schema character varying(128) = null
        user_defined_type_name character varying(128) = null
        """),
    View("information_schema.columns", "{svv_columns} c left join {type} t on t.format = c.data_type "
         f"where (table_schema, table_name) not in (select schemaname, tablename from {SCHEMA}.external_table)", """
        table_catalog character varying(128)
        table_schema character varying(128)
        table_name character varying(128)
        column_name character varying(128)
        ordinal_position integer
        column_default character varying(4000)
        is_nullable character varying(3)
        data_type character varying(128)
        character_maximum_length integer
        character_octet_length integer = character_maximum_length
        numeric_precision integer
        numeric_precision_radix integer
        numeric_scale integer""" + _NULLS["columns"] + """
        udt_catalog character varying(128) = table_catalog
        udt_schema character varying(128) = 'pg_catalog'
        udt_name character varying(128) = t.name""" + _NULLS["scope"] + """
        dtd_identifier character varying(128) = ordinal_position
        is_self_referencing character varying(3) = 'NO'
        """),
    View("information_schema.views", "{pg_views} cross join {session} s", """
        table_catalog character varying(128) = database
        table_schema character varying(128) = schemaname
        table_name character varying(128) = viewname
        view_definition text = definition
        check_option character varying(128) = 'NONE'
        is_updatable character varying(3) = 'NO'
        is_insertable_into character varying(3) = 'NO'
        """),
    View("information_schema.table_constraints", _CONSTRAINT, _CONSTRAINT_NAME + f"""
        table_catalog character varying(128) = database
        table_schema character varying(128) = k.schemaname
        table_name character varying(128) = k.tablename
        constraint_type character varying(128) = {_KINDS}
        is_deferrable character varying(3) = 'NO'
        initially_deferred character varying(3) = 'NO'
        """),
    View("information_schema.key_column_usage", '(select *, unnest("columns") as "column", '
         'generate_subscripts("columns", 1) as number from {constraint}) k cross join {session} s',
         _CONSTRAINT_NAME + """
        table_catalog character varying(128) = database
        table_schema character varying(128) = k.schemaname
        table_name character varying(128) = k.tablename
        column_name character varying(128) = k."column"
        ordinal_position integer = k.number
        """),
    View("information_schema.constraint_column_usage", "(select *, unnest(case letter when 'f' then parent_columns "
         'else "columns" end) as "column" from {constraint}) k cross join {session} s', """
        table_catalog character varying(128) = database
        table_schema character varying(128) = case letter when 'f' then k.parent_schema else k.schemaname end
        table_name character varying(128) = case letter when 'f' then k.parent_table else k.tablename end
        column_name character varying(128) = k."column\"""" + _CONSTRAINT_NAME),
    View("information_schema.referential_constraints", _CONSTRAINT + " left join {constraint} p on p.relid = "
         "k.parent_relid and p.letter = 'p' where k.letter = 'f'", _CONSTRAINT_NAME + """
        unique_constraint_catalog character varying(128) = s.database
        unique_constraint_schema character varying(128) = p.schemaname
        unique_constraint_name character varying(128) = p.name
        match_option character varying(128) = 'NONE'
        update_rule character varying(128) = 'NO ACTION'
        delete_rule character varying(128) = 'NO ACTION'
        """),
    View("information_schema.information_schema_catalog_name", "{session}", """
        catalog_name character varying(128) = database
        """),
)  # fmt: skip
