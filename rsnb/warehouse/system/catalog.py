"""The warehouse's schemas, relations and columns, from DuckDB's catalog and from what the warehouse keeps beside it.

Schemas, relations and columns have the oids of DuckDB, those that DuckDB does not know a number made of the name;
`public`, `pg_catalog` and the types have PostgreSQL's.
"""

from __future__ import annotations

from rsnb.warehouse.macros import SCHEMA

_HIDDEN = f"('{SCHEMA}', 'information_schema', 'main', 'pg_catalog')"
_OWNER = "coalesce((select usesysid from {users} u where u.usename = o.owner), 100)"

_TYPE = """coalesce(
            i.type, n.redshift || coalesce('(' || nullif(regexp_extract(c.data_type, '\\d+,\\d+'), '') || ')', ''),
            lower(c.data_type))"""


def _oid(kind: str, *names: str) -> str:
    """An oid for what DuckDB has none for."""
    return f"(1000000000 + hash(concat_ws('.', '{kind}', {', '.join(names)})) % 1000000000)::integer"


def _owned(rows: str, kind: str, schema: str, name: str) -> str:
    return f"""(select r.*, {_OWNER} as owner from ({rows}) r left join {SCHEMA}.owner o
        on (o.kind, o.schemaname, o.name) = ('{kind}', r.{schema}, {name}))"""


PARTS = {
    "schema": _owned(
        f"""select if(schema_name = 'public', 2200, oid)::integer as oid, schema_name as name, 'l' as kind
            from duckdb_schemas() where database_name = current_database() and schema_name not in {_HIDDEN}
            union all select {_oid("schema", "schemaname")}, schemaname, 'e' from {SCHEMA}.external_schema
            union all select 11, 'pg_catalog', 's'
            union all select 12, 'information_schema', 's'
            union all select {_oid("schema", "temporary")}, temporary, 't' from {{session}}""",
        "schema", "name", "''",
    ),
    # kind: r(table), v(iew), m(aterialized view), l(ate-binding view), s(ystem view)
    "relation": _owned(
        f"""select t.table_oid::integer as oid, if(t.temporary, s.temporary, t.schema_name) as schemaname,
                   t.table_name as name, if(m.viewname is null, 'r', 'm') as kind, t.comment as remarks,
                   t.temporary as temporary,
                   t.estimated_size as estimated
            from duckdb_tables() t cross join {{session}} s
            left join {SCHEMA}.materialized_view m on (m.schemaname, m.viewname) = (t.schema_name, t.table_name)
            where not t.internal and (t.temporary or t.schema_name not in {_HIDDEN})
            union all
            select view_oid::integer, schema_name, view_name, 'v', comment, false, null from duckdb_views()
            where not internal and not temporary and schema_name not in {_HIDDEN}
            union all
            select {_oid("view", "v.schemaname", "viewname")}, v.schemaname, viewname, 'l', r.text, false, null
            from {SCHEMA}.late_view v left join {SCHEMA}.remark r
                on (r.kind, r.schemaname, r.tablename) = ('view', v.schemaname, v.viewname)
            union all
            select distinct oid, schemaname, name, 's', null, false, null from {{system_column}}""",
        "table", "schemaname", "r.name",
    ),
    # those of local tables and views, and of the system views
    "column": f"""(
        select c.table_oid::integer as relid, if(c.database_name = 'temp', s.temporary, c.schema_name) as schemaname,
               c.table_name as relname, lower(c.column_name) as name, c.column_index::integer as number,
               {_TYPE} as type,
               coalesce(i.encoding, 'none') as encoding, coalesce(i.distkey, false) as distkey,
               coalesce(i.sortkey, 0) as sortkey, not c.is_nullable as "notnull", c.comment as remarks,
               case when i.identity_always is not null
                    then if(i.identity_always, '"identity"', 'default_identity')
                         || format('({{{{}}}}, {{{{}}}}, ''{{{{}}}},{{{{}}}}''::text)', c.table_oid, c.column_index - 1,
                                   i.identity_seed, i.identity_step)
                    else coalesce(i."default", if(i.type is null, c.column_default, null)) end as "default"
        from duckdb_columns() c cross join {{session}} s left join {SCHEMA}.column_info i
            on i.schemaname = if(c.database_name = 'temp', s.temporary, c.schema_name)
            and i.tablename = c.table_name and i."column" = lower(c.column_name)
        left join {SCHEMA}.type_name n on n.duckdb = split_part(c.data_type, '(', 1)
        where not c.internal and not starts_with(c.table_name, 'rsnb_dataset_')
          and (c.database_name = 'temp' or c.schema_name not in {_HIDDEN})
        union all
        select oid, schemaname, name, "column", number, type, 'none', false, 0, false, null, null
        from {{system_column}})""",
    # a type's name without its arguments, and these
    "typed_column": """(
        select *, regexp_replace(type, '\\(.*\\)', '') as base, regexp_extract_all(type, '\\d+')::integer[] as arguments
        from {column})""",
    # letter: p(rimary key), u(nique) or f(oreign key); numbers: the columns'
    "constraint": f"""(
        select k.*, {_oid("constraint", "k.schemaname", "k.tablename", "k.name")} as oid, n.oid as schema_oid,
               k.kind[1] as letter, r.oid as relid, p.oid as parent_relid,
               (select list(number order by list_position(k.columns, c.name)) from {{column}} c
                where c.relid = r.oid and list_contains(k.columns, c.name)) as numbers,
               (select list(number order by list_position(k.parent_columns, c.name)) from {{column}} c
                where c.relid = p.oid and list_contains(k.parent_columns, c.name)) as parent_numbers
        from {SCHEMA}.table_constraint k join {{schema}} n on n.name = k.schemaname
        join {{relation}} r on (r.schemaname, r.name) = (k.schemaname, k.tablename)
        left join {{relation}} p on (p.schemaname, p.name) = (k.parent_schema, k.parent_table))""",
    "table": "(select oid, schemaname, name as tablename from {relation})",
}  # fmt: skip
