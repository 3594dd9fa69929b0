"""External schemas, tables, columns and partitions."""

from __future__ import annotations

from rsnb.warehouse.macros import SCHEMA
from rsnb.warehouse.system.view import View

_TABLE = f"{SCHEMA}.external_table e cross join {{session}} s"
_COLUMNS = f"""(
    select schemaname, tablename, unnest(from_json(definition->'columns', '["json"]')) as item,
           generate_subscripts(from_json(definition->'columns', '["json"]'), 1) as number
    from {SCHEMA}.external_table) cross join {{session}} s"""

VIEWS = (
    View("svv_external_schemas", f"{SCHEMA}.external_schema e join {{schema}} n on n.name = e.schemaname", """
        esoid oid = n.oid
        eskind smallint = 1
        schemaname name = e.schemaname
        esowner integer = n.owner
        databasename text = e.databasename
        esoptions text = e.esoptions
        """),
    View("svv_external_databases", f"""(
        select databasename, min(esoptions) as esoptions from {SCHEMA}.external_schema group by databasename)""", """
        eskind integer = 1
        esoptions text
        databasename text
        location text = null
        parameters text = null
        """),
    View("svv_external_tables", _TABLE, """
        redshift_database_name text = database
        schemaname text
        tablename text
        tabletype text = 'TABLE'
        location text = definition->>'location'
        input_format text = definition->>'input_format'
        output_format text = definition->>'output_format'
        serialization_lib text = definition->>'serde'
        serde_parameters text = definition->>'serde_properties'
        compressed integer = 0
        parameters text = definition->>'table_properties'
        """),
    View("svv_external_columns", _COLUMNS, """
        redshift_database_name text = database
        schemaname text
        tablename text
        columnname text = item->>'name'
        external_type text = item->>'external_type'
        columnnum integer = number
        part_key integer = (item->>'part_key')::integer
        is_nullable text = 'true'
        """),
    View("svv_external_partitions", f"""{SCHEMA}.external_partition p
        join {SCHEMA}.external_table e using (schemaname, tablename)""", """
        schemaname text = p.schemaname
        tablename text = p.tablename
        "values" text = to_json(part)::varchar
        location text = substr(p.location, 1, 128)
        input_format text = definition->>'input_format'
        output_format text = definition->>'output_format'
        serialization_lib text = definition->>'serde'
        serde_parameters text = definition->>'serde_properties'
        compressed integer = 0
        parameters text = null
        """),
)  # fmt: skip
