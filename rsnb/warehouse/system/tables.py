"""Tables, views and their columns, as SVV views, PG_TABLE_DEF and INFORMATION_SCHEMA list them."""

from __future__ import annotations

from rsnb.warehouse.macros import SCHEMA
from rsnb.warehouse.system.view import View

_BITS = "map {'smallint': 16, 'integer': 32, 'bigint': 64, 'real': 24, 'double precision': 53}[base]"
_PRECISION = f"case when base in ('numeric', 'decimal') then arguments[1] else {_BITS} end"
_RADIX = f"case when base in ('numeric', 'decimal') then 10 when {_BITS} is not null then 2 end"
_SCALE = "case when base in ('numeric', 'decimal') then arguments[2] when base like '%int%' then 0 end"
_LENGTH = "case when base in ('character', 'character varying') then arguments[1] end"
_NULLABLE = "case when \"notnull\" then 'NO' else 'YES' end"
_OF_EXTERNAL = """select 0, schemaname, tablename, columnname, columnnum, external_type, 'none', false, 0, false, null,
    null, regexp_replace(external_type, '\\(.*\\)', ''), regexp_extract_all(external_type, '\\d+')::integer[]
    from {svv_external_columns}"""
_COLUMNS = f"(select * from {{typed_column}} union all {_OF_EXTERNAL}) c cross join {{session}} s"
_LOCAL_COLUMNS = "{typed_column} c cross join {session} s where c.schemaname <> 'pg_catalog'"
_TABLES = """(
    select schemaname, name, if(kind = 'r', if(temporary, 'LOCAL TEMPORARY', 'BASE TABLE'), 'VIEW') as type, remarks,
           owner
    from {relation}
    union all select schemaname, tablename, 'EXTERNAL TABLE', null, null from {svv_external_tables}
    ) t cross join {session} s left join {users} u on u.usesysid = t.owner"""
_FUNCTIONS = f"""(
    select schemaname, name, 'REGULAR FUNCTION' as kind, arguments, returns from {SCHEMA}.sql_function
    union all select schemaname, name, 'STORED PROCEDURE', signature, null from {SCHEMA}.procedure)"""
_SHORT = "if(type = 'BASE TABLE', 'TABLE', type)"


def _spatial(kind: str) -> View:
    """The columns of a spatial type, which says nothing of dimensions and SRID: the values have their own."""
    return View(f"svv_{kind}_columns", f"{_LOCAL_COLUMNS} and base = '{kind}'", f"""
        f_table_catalog character varying(128) = database
        f_table_schema character varying(128) = c.schemaname
        f_table_name character varying(128) = c.relname
        f_{kind}_column character varying(128) = c.name
        coord_dimension integer = 2
        srid integer = 0
        type character varying(128) = '{kind.upper()}'
        """)  # fmt: skip


VIEWS = (
    View("pg_table_def", "{column} c cross join {session} s where c.schemaname = 'pg_catalog' "
         "or c.schemaname = s.temporary or list_contains(s.search_path, c.schemaname) "
         "order by c.schemaname, relname, number",
         """
        schemaname name = c.schemaname
        tablename name = relname
        "column" name = c.name
        type text = c.type
        encoding character(32)
        distkey boolean
        sortkey integer
        "notnull" boolean
        """),
    View("svv_tables", _TABLES, """
        table_catalog text = database
        table_schema text = schemaname
        table_name text = name
        table_type text = type
        remarks text
        """),
    View("svv_all_tables", _TABLES, f"""
        database_name character varying(128) = database
        schema_name character varying(128) = schemaname
        table_name character varying(128) = name
        table_type character varying(128) = {_SHORT}
        table_acl character varying(128) = null
        remarks character varying(256)
        """),
    View("svv_redshift_tables", _TABLES + " where type <> 'EXTERNAL TABLE'", f"""
        database_name character varying(128) = database
        schema_name character varying(128) = schemaname
        table_name character varying(128) = name
        table_type character varying(128) = {_SHORT}
        table_acl character varying(128) = null
        remarks character varying(128)
        table_owner character varying(128) = usename
        """),
    View("svv_redshift_databases", "{session}", """
        database_name character varying(128) = database
        database_owner integer = 100
        database_type character varying(32) = 'local'
        database_acl character varying(128) = null
        database_options character varying(128) = null
        database_isolation_level character varying(128) = 'Snapshot Isolation'
        """),
    View("svv_redshift_schemas", "{schema} n cross join {session} s where n.kind in ('l', 's')", """
        database_name character varying(128) = database
        schema_name character varying(128) = n.name
        schema_owner integer = n.owner
        schema_type character varying(16) = 'local'
        schema_acl character varying(128) = null
        schema_option character varying(128) = null
        """),
    View("svv_all_schemas", f"{{schema}} n cross join {{session}} s left join {SCHEMA}.external_schema e "
         "on e.schemaname = n.name where n.kind <> 't'", """
        database_name character varying(128) = database
        schema_name character varying(128) = n.name
        schema_owner integer = n.owner
        schema_type character varying(128) = case n.kind when 'e' then 'external' else 'local' end
        schema_acl character varying(128) = null
        source_database character varying(128) = e.databasename
        schema_option character varying(256) = e.esoptions
        """),
    View("svv_redshift_functions", f"{_FUNCTIONS} f cross join {{session}} s", """
        database_name character varying(128) = database
        schema_name character varying(128) = f.schemaname
        function_name character varying(128) = f.name
        function_type character varying(128) = f.kind
        argument_type character varying(512) = array_to_string(f.arguments, ', ')
        result_type character varying(128) = f.returns
        """),
    View("svv_columns", _COLUMNS, f"""
        table_catalog text = database
        table_schema text = c.schemaname
        table_name text = c.relname
        column_name text = c.name
        ordinal_position integer = number
        column_default text = "default"
        is_nullable text = {_NULLABLE}
        data_type text = base
        character_maximum_length integer = {_LENGTH}
        numeric_precision integer = {_PRECISION}
        numeric_precision_radix integer = {_RADIX}
        numeric_scale integer = {_SCALE}
        datetime_precision integer = null
        interval_type text = null
        interval_precision text = null
        character_set_catalog text = null
        character_set_schema text = null
        character_set_name text = null
        collation_catalog text = null
        collation_schema text = null
        collation_name text = null
        domain_name text = null
        remarks text
        """),
    _spatial("geography"),
    _spatial("geometry"),
    View("svv_all_columns", _COLUMNS, f"""
        database_name character varying(128) = database
        schema_name character varying(128) = c.schemaname
        table_name character varying(128) = c.relname
        column_name character varying(128) = c.name
        ordinal_position integer = number
        column_default character varying(4000) = "default"
        is_nullable character varying(3) = {_NULLABLE}
        data_type character varying(128) = base
        character_maximum_length integer = {_LENGTH}
        numeric_precision integer = {_PRECISION}
        numeric_scale integer = {_SCALE}
        remarks character varying(256)
        """),
    View("svv_redshift_columns", _LOCAL_COLUMNS, f"""
        database_name character varying(128) = database
        schema_name character varying(128) = c.schemaname
        table_name character varying(128) = c.relname
        column_name character varying(128) = c.name
        ordinal_position integer = number
        data_type character varying(32) = base
        column_default character varying(4000) = "default"
        is_nullable character varying(3) = {_NULLABLE}
        encoding character varying(128)
        distkey boolean
        sortkey integer
        column_acl character varying(128) = null
        remarks character varying(256)
        """),
)  # fmt: skip
