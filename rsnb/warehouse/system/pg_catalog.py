"""PG_CATALOG: the tables that PostgreSQL's tools join, with the columns that Redshift's have."""

from __future__ import annotations

from rsnb.warehouse.macros import SCHEMA
from rsnb.warehouse.system import acl, pg_types
from rsnb.warehouse.system.view import View

_STYLES = "map {'even': 0, 'key': 1, 'all': 8}"
_TYPMOD = (
    "case when base = 'numeric' then (arguments[1] << 16 | arguments[2]) + 4 "
    "when base in ('character', 'character varying', 'binary varying') then coalesce(arguments[1] + 4, -1) else -1 end"
)
_CLASS = f"""{{relation}} r join {{schema}} n on n.name = r.schemaname
    left join {SCHEMA}.table_info i on (i.schemaname, i.tablename) = (r.schemaname, r.name)
    left join (select relid, count(*) as columns, count("default") as defaults from {{column}} group by all) c
        on c.relid = r.oid
    left join (select schemaname, tablename, bool_or(kind = 'primary key') as has_key from {SCHEMA}.table_constraint
               group by all) k on (k.schemaname, k.tablename) = (r.schemaname, r.name)
    left join {{acl}} a on (a.acl_kind, a.acl_schema, a.acl_name) = ('table', r.schemaname, r.name)
    left join {{users}} u on u.usesysid = r.owner"""
_CLASS_COLUMNS = f"""
        relname name = r.name
        relnamespace oid = n.oid
        reltype oid = 0
        relowner integer = r.owner
        relam oid = 0
        relfilenode oid = r.oid
        reltablespace oid = 0
        relpages integer = null
        reltuples double precision = r.estimated
        reltoastrelid oid = 0
        reltoastidxid oid = 0
        relhasindex boolean = false
        relisshared boolean = false
        relkind char = case r.kind when 'r' then 'r' else 'v' end
        relnatts smallint = coalesce(c.columns, 0)
        relexternid oid = 0
        relisreplicated boolean = null
        relispinned boolean = null
        reldiststyle smallint = case when r.kind in ('r', 'm') then coalesce({_STYLES}[i.diststyle], 9) else 0 end
        relprojbaseid oid = 0
        relchecks smallint = 0
        reltriggers smallint = 0
        relukeys smallint = 0
        relfkeys smallint = 0
        relrefs smallint = 0
        relhasoids boolean = false
        relhaspkey boolean = coalesce(k.has_key, false)
        relhasrules boolean = r.kind <> 'r'
        relhassubclass boolean = false
        relacl aclitem[] = {acl.of("u.usename", "arwdRxtDPA")}"""
_ATTRIBUTE = "{typed_column} c left join {type} t on t.format = c.base"
_ATTRIBUTE_COLUMNS = f"""
        attrelid oid = relid
        attname name = c.name
        atttypid oid = coalesce(t.oid, 705)
        attstattarget integer = -1
        attlen smallint = t.size
        attnum smallint = number
        attndims integer = 0
        attcacheoff integer = -1
        atttypmod integer = {_TYPMOD}
        attbyval boolean = t.size in (1, 2, 4, 8)
        attstorage char = case when t.size < 0 then 'x' else 'p' end
        attalign char = t.align
        attnotnull boolean = "notnull"
        atthasdef boolean = "default" is not null
        attisdropped boolean = false
        attislocal boolean = true
        attinhcount integer = 0
        attisdistkey boolean = distkey
        attispreloaded boolean = null
        attsortkeyord integer = sortkey
        attencodingtype smallint = null
        attencrypttype smallint = null
        attacl aclitem[] = null"""
_OIDS = "map {" + ", ".join(f"'{kind.format}': {kind.oid}" for kind in pg_types.TYPES if kind.oid > 18) + "}"
_PLPGSQL = 10_000  # its oid is this warehouse's


def _oid_of(kind: str) -> str:
    """The oid of a type that is written with what it takes, such as `numeric(5,2)`."""
    return f"{_OIDS}[split_part({kind}, '(', 1)]"


_FUNCTION = f"""(
    select schemaname, name, 'f' as kind, 14 as language, false as definer, volatility, arguments as inputs, returns,
           null::varchar[] as names, null::varchar[] as modes, null::varchar[] as alls, 'select ' || body as source
    from {SCHEMA}.sql_function
    union all
    select schemaname, name, 'p', {_PLPGSQL}, definer, 'volatile', signature, null,
           nullif(list_transform(arguments, lambda a: a[1]), []),
           list_transform(arguments, lambda a: case a[2] when 'inout' then 'b' else a[2][1] end),
           list_transform(arguments, lambda a: a[3]), body
    from {SCHEMA}.procedure) f join {{schema}} n on n.name = f.schemaname"""
_FUNCTION_COLUMNS = f"""
        proname name = f.name
        pronamespace oid = n.oid
        proowner integer = n.owner
        prolang oid = f.language
        proisagg boolean = false
        prosecdef boolean = f.definer
        proisstrict boolean = false
        proretset boolean = false
        provolatile char = f.volatility[1]
        pronargs smallint = len(f.inputs)
        prorettype oid = {_oid_of("f.returns")}
        proargtypes oidvector = array_to_string(list_transform(f.inputs, lambda x: {_oid_of("x")}), ' ')
        proargnames text[] = '{{' || array_to_string(f.names, ',') || '}}'
        prosrc text = f.source
        probin text = null
        proacl aclitem[] = null"""
_FUNCTION_OID = (
    "(1000000000 + hash(concat_ws('.', f.kind, f.schemaname, f.name, array_to_string(f.inputs, ','))) % 1000000000)"
)
_DATABASE_COLUMNS = """
        datname name = database
        datdba integer = 100
        encoding integer = 6
        datistemplate boolean = false
        datallowconn boolean = true
        datlastsysoid oid = 0
        datvacuumxid xid = 0
        datfrozenxid xid = 0
        dattablespace oid = 1663
        datconfig text[] = null
        datacl aclitem[] = null"""
_REFERENCES = (
    "if(letter = 'f', ' REFERENCES ' || parent_table || if(len(parent_columns) = 0, '', "
    "'(' || array_to_string(parent_columns, ', ') || ')'), '')"
)
_VIEW_TEXT = f"""{{relation}} r
    left join {SCHEMA}.bound_view b on (b.schemaname, b.viewname) = (r.schemaname, r.name)
    left join {SCHEMA}.late_view l on (l.schemaname, l.viewname) = (r.schemaname, r.name)
    left join {SCHEMA}.materialized_view m on (m.schemaname, m.viewname) = (r.schemaname, r.name)
    left join {{users}} u on u.usesysid = r.owner"""

VIEWS = (
    View("pg_namespace", """{schema} n left join {acl} a on (a.acl_kind, a.acl_schema) = ('schema', n.name)
         left join {users} u on u.usesysid = n.owner""", f"""
        oid oid hidden = n.oid
        nspname name = n.name
        nspowner integer = n.owner
        nspacl aclitem[] = {acl.of("u.usename", "UCDA")}
        """),
    View("pg_statistic_indicator", "{row_count} n join {relation} r on r.oid = n.oid where r.kind = 'r'", """
        stairelid oid = r.oid
        stairows double precision = n.rows
        staiins double precision = null
        staidels double precision = null
        """),
    View("pg_class", _CLASS, "oid oid hidden = r.oid" + _CLASS_COLUMNS),
    View("pg_class_info", _CLASS, "reloid oid = r.oid" + _CLASS_COLUMNS + """
        relcreationtime timestamp = i.created
        releffectivediststyle integer = if(r.kind in ('r', 'm'), coalesce(_STYLES[i.diststyle], 10), 0)
        """.replace("_STYLES", _STYLES)),
    View("pg_attribute", _ATTRIBUTE, _ATTRIBUTE_COLUMNS),
    View("pg_attribute_info", _ATTRIBUTE, _ATTRIBUTE_COLUMNS),
    View("pg_type", "{type}", """
        oid oid hidden
        typname name = name
        typnamespace oid = 11
        typowner integer = 1
        typlen smallint = size
        typbyval boolean = size in (1, 2, 4, 8)
        typtype char = 'b'
        typisdefined boolean = true
        typdelim char = ','
        typrelid oid = 0
        typelem oid = 0
        typinput regproc = null
        typoutput regproc = null
        typreceive regproc = null
        typsend regproc = null
        typanalyze regproc = null
        typalign char = align
        typstorage char = case when size < 0 then 'x' else 'p' end
        typnotnull boolean = false
        typbasetype oid = 0
        typtypmod integer = -1
        typndims integer = 0
        typdefaultbin text = null
        typdefault text = null
        """),
    View("pg_attrdef", '{column} where "default" is not null', """
        oid oid hidden = relid * 2 + number
        adrelid oid = relid
        adnum smallint = number
        adbin text = "default"
        adsrc text = "default"
        """),
    View("pg_description", """(
        select oid, 0 as number, remarks from {relation} where remarks is not null
        union all select relid, number, remarks from {column} where remarks is not null)""", """
        objoid oid = oid
        classoid oid = 1259
        objsubid integer = number
        description text = remarks
        """),
    View("pg_constraint", "{constraint}", """
        oid oid hidden
        conname name = name
        connamespace oid = schema_oid
        contype char = letter
        condeferrable boolean = false
        condeferred boolean = false
        conrelid oid = relid
        contypid oid = 0
        confrelid oid = coalesce(parent_relid, 0)
        confupdtype char = case when letter = 'f' then 'a' else '' end
        confdeltype char = case when letter = 'f' then 'a' else '' end
        confmatchtype char = case when letter = 'f' then 'u' else '' end
        conkey smallint[] = '{' || array_to_string(numbers, ',') || '}'
        confkey smallint[] = case when letter = 'f' then '{' || array_to_string(parent_numbers, ',') || '}' end
        conbin text = null
        consrc text = null
        """),
    View("pg_index", "{empty}", """
        indexrelid oid = null
        indrelid oid = null
        indkey int2vector = null
        indclass oidvector = null
        indnatts smallint = null
        indisunique boolean = null
        indisprimary boolean = null
        indisclustered boolean = null
        indexprs text = null
        indpred text = null
        """),
    View("pg_database", "{session}", "oid oid hidden = 1" + _DATABASE_COLUMNS),
    View("pg_database_info", "{session}", "datid oid = 1" + _DATABASE_COLUMNS + """
        datconnlimit text = 'UNLIMITED'
        """),
    View("pg_proc", _FUNCTION, f"oid oid hidden = {_FUNCTION_OID}" + _FUNCTION_COLUMNS),
    View("pg_proc_info", _FUNCTION, f"prooid oid = {_FUNCTION_OID}" + _FUNCTION_COLUMNS + """
        prokind char = f.kind
        proargmodes text = if(list_has_any(f.modes, ['b', 'o']), '{' || array_to_string(f.modes, ',') || '}', null)
        proallargtypes text = if(list_has_any(f.modes, ['b', 'o']),
            '{' || array_to_string(list_transform(f.alls, lambda x: _OID), ',') || '}', null)
        """.replace("\n            ", " ").replace("_OID", _oid_of("x")) + """
        """),
    View("pg_language", "(values (12, 'internal', false), (13, 'c', false), (14, 'sql', true), "
         f"({_PLPGSQL}, 'plpgsql', true)) "
         "as l(oid, name, trusted)", """
        oid oid hidden
        lanname name = name
        lanispl boolean = name = 'plpgsql'
        lanpltrusted boolean = trusted
        lanplcallfoid oid = 0
        lanvalidator oid = 0
        lanacl aclitem[] = null
        """),
    View("pg_tables", "{relation} r left join {users} u on u.usesysid = r.owner where kind = 'r'", """
        schemaname name = r.schemaname
        tablename name = r.name
        tableowner name = u.usename
        tablespace name = null
        hasindexes boolean = false
        hasrules boolean = false
        hastriggers boolean = false
        """),
    View("pg_views", _VIEW_TEXT + " where kind in ('v', 'm', 'l')", """
        schemaname name = r.schemaname
        viewname name = r.name
        viewowner name = u.usename
        definition text = coalesce(m.definition, b.definition, l.definition)
        """),
    # what functions of the catalog look up; users do not see these
    View("_view_text", _VIEW_TEXT, """
        rsnb_oid integer = r.oid
        rsnb_text text = coalesce(m.definition, b.definition, l.definition)
        """),
    View("_constraint_text", "{constraint}", """
        rsnb_oid integer = oid
        rsnb_text text = upper(kind) || ' (' || array_to_string("columns", ', ') || ')' || _REFERENCES
        """.replace("_REFERENCES", _REFERENCES)),
    View("_comment", "{pg_description}", """
        rsnb_oid integer = objoid
        rsnb_number integer = objsubid
        rsnb_text text = description
        """),
    View("_visible", "{relation} r cross join {session} s where r.kind = 's' or r.temporary "
         "or list_contains(s.search_path, r.schemaname)", """
        rsnb_oid integer = r.oid
        """),
    View("pg_settings", "{parameter}", """
        name text
        setting text
        category text = null
        short_desc text = null
        extra_desc text = null
        context text = 'user'
        vartype text = null
        source text = case when given then 'session' else 'default' end
        min_val text = null
        max_val text = null
        """),
    View("pg_external_schema", f"{SCHEMA}.external_schema e join {{schema}} n on n.name = e.schemaname", """
        esoid oid = n.oid
        eskind integer = 1
        esdbname text = e.databasename
        esoptions text = e.esoptions
        """),
)  # fmt: skip
