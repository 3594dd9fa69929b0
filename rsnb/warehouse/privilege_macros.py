"""DuckDB macros behind HAS_TABLE_PRIVILEGE and the like, and the view of what each user holds through others.

Source: Redshift Developer Guide, HAS_TABLE_PRIVILEGE, HAS_SCHEMA_PRIVILEGE, HAS_DATABASE_PRIVILEGE,
HAS_ASSUMEROLE_PRIVILEGE.
"""

from __future__ import annotations

from rsnb.warehouse.macro import SCHEMA, Macro

# Under which names a user holds privileges: its own, PUBLIC, its groups, and its roles with the roles in them.
HOLDER = f"""
    with recursive held(username, role) as (
        select grantee, role from {SCHEMA}.role_grant where grantee_kind = 'user'
        union
        select h.username, g.role from held h join {SCHEMA}.role_grant g
            on (g.grantee_kind, g.grantee) = ('role', h.role))
    select name as username, 'user' as kind, name from {SCHEMA}.db_user
    union all select name, 'public', 'public' from {SCHEMA}.db_user
    union all select member, 'group', groupname from {SCHEMA}.group_member
    union all select username, 'role', role from held"""

RELATION_NAME = f"""
    select schema_name as schemaname, table_name as name from duckdb_tables() where not internal
    union all select schema_name, view_name from duckdb_views() where not internal
    union all select schemaname, viewname from {SCHEMA}.late_view
    union all select schemaname, tablename from {SCHEMA}.external_table"""

# Which roles a role has, with the roles in them.
ROLE_IN_ROLE = f"""
    with recursive held(name, role) as (
        select grantee, role from {SCHEMA}.role_grant where grantee_kind = 'role'
        union
        select h.name, g.role from held h join {SCHEMA}.role_grant g on (g.grantee_kind, g.grantee) = ('role', h.role))
    select name, role from held"""

VIEWS = {"holder": HOLDER, "relation_name": RELATION_NAME, "role_in_role": ROLE_IN_ROLE}


def _checked(known: str, what: str, answer: str) -> str:
    """An answer for a user and a privilege that there are; a superuser may do everything."""
    return (
        "case when who is null or which is null then null "
        f"when who not in (select name from {SCHEMA}.db_user) then error('there is no user ' || who) "
        f"when lower(which) not in ({known}) then error('there is no privilege ' || upper(which) || ' on a {what}') "
        f"when (select superuser from {SCHEMA}.db_user where name = who) then true else {answer} end"
    )


def _member(who: str, what: str, known: str, found: str) -> str:
    """Whether something that there is belongs to something that there is."""
    return (
        "case when who is null or what is null then null "
        f"when who not in (select name from {SCHEMA}.db_{who}) then error('there is no {who} ' || who) "
        f"when what not in ({known}) then error('there is no {what} ' || what) else exists({found}) end"
    )


_PATH = "string_split(trim(getvariable('rsnb_session')['schemas'], '{}'), ',')"

_FOUND = "({own}relation(replace(lower(what), '\"', '')))"

MACROS = {
    # what the others call comes first
    "holds": Macro(
        "who, k, s, n, p",
        "bool",
        f"exists(select 1 from {SCHEMA}.privilege g join {SCHEMA}.holder h "
        "on (h.kind, h.name) = (g.grantee_kind, g.grantee) where h.username = who and g.kind = k and g.privilege = p "
        "and (g.scope = 'database' or (g.schemaname = s and (g.scope = 'schema' or g.name = n))))",
    ),
    "owns": Macro(
        "who, k, s, n",
        "bool",
        f"exists(select 1 from {SCHEMA}.owner o where (o.kind, o.schemaname, o.name, o.owner) = (k, s, n, who))",
    ),
    "relation": Macro(
        "what",
        "",
        f"(select {{'s': r.schemaname, 'n': r.name}} from {SCHEMA}.relation_name r "
        "where r.name = split_part(what, '.', -1) "
        "and if(contains(what, '.'), r.schemaname = split_part(what, '.', -2), "
        f"list_contains({_PATH}, r.schemaname)) limit 1)",
    ),
    "role_is_member_of": Macro(
        "who, what",
        "bool",
        _member(
            "role",
            "role",
            f"select name from {SCHEMA}.db_role",
            f"select 1 from {SCHEMA}.role_in_role r where r.name = who and r.role = what",
        ),
    ),
    "user_is_member_of": Macro(
        "who, what",
        "bool",
        _member(
            "user",
            "role or group",
            f"select name from {SCHEMA}.db_role union all select name from {SCHEMA}.db_group",
            f"select 1 from {SCHEMA}.holder h where h.username = who and h.name = what and h.kind in ('role', 'group')",
        ),
    ),
    "has_assumerole_privilege": Macro(
        "who, arn, which",
        "bool",
        "case when arn is null then null else "
        + _checked(
            "'all', 'copy', 'unload', 'external function', 'create model'",
            "role",
            f"exists(select 1 from {SCHEMA}.privilege p join {SCHEMA}.holder h "
            "on (h.kind, h.name) = (p.grantee_kind, p.grantee) where h.username = who and p.kind = 'assumerole' "
            "and p.name in (arn, 'all') and p.privilege in (lower(which), 'all'))",
        )
        + " end",
    ),
    "has_database_privilege": Macro(
        "who, what, which",
        "bool",
        "case when what is null then null when lower(what) <> 'dev' then error('there is no database ' || what) else "
        + _checked(
            "'create', 'temp', 'temporary', 'usage', 'alter'",
            "database",
            "{own}holds(who, 'database', '', lower(what), if(lower(which) = 'temporary', 'temp', lower(which)))",
        )
        + " end",
    ),
    "has_schema_privilege": Macro(
        "who, what, which",
        "bool",
        "case when what is null then null when lower(what) not in (select schema_name from duckdb_schemas() union all "
        f"select schemaname from {SCHEMA}.external_schema) then error('there is no schema ' || what) else "
        + _checked(
            "'create', 'usage', 'alter', 'drop'",
            "schema",
            "{own}owns(who, 'schema', lower(what), '') or {own}holds(who, 'schema', lower(what), '', lower(which))",
        )
        + " end",
    ),
    "has_table_privilege": Macro(
        "who, what, which",
        "bool",
        f"case when what is null then null when {_FOUND} is null then error('there is no table ' || what) else "
        + _checked(
            "'select', 'insert', 'update', 'delete', 'references', 'drop', 'alter', 'truncate'",
            "table",
            f"{{own}}owns(who, 'table', {_FOUND}['s'], {_FOUND}['n']) "
            f"or {{own}}holds(who, 'table', {_FOUND}['s'], {_FOUND}['n'], lower(which))",
        )
        + " end",
    ),
}
