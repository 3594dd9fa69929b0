"""Users, groups, roles and their privileges, as SVV views and PG_CATALOG list them.

Source: Redshift Developer Guide, the page of each view.
"""

from __future__ import annotations

from rsnb.warehouse.macros import SCHEMA
from rsnb.warehouse.system.view import View

_IDENTITY = """
        identity_id integer = i.id
        identity_name text = p.grantee
        identity_type text = p.grantee_kind"""
_TYPE = f"""
        privilege_type text = upper(p.privilege){_IDENTITY}"""
_PRIVILEGE = f"""{_TYPE}
        admin_option boolean = p.grantable"""
_SCOPED = f"""{_PRIVILEGE}
        privilege_scope text = upper(p.kind) || if(p.scope = '', '', 'S')"""


def _granted(kind: str, scope: str = "") -> str:
    """The privileges on a kind of object with who has them; scope: with those FOR all that is in such an object."""
    scoped = f" or p.scope = '{scope}'" if scope else ""
    return (
        f"{SCHEMA}.privilege p join {{identity}} i on (i.kind, i.name) = (p.grantee_kind, p.grantee) "
        f"where (p.kind = '{kind}' and p.scope = ''){scoped}"
    )


_USER = f"""{SCHEMA}.db_user u left join (
    select user, max(start) as start from {{statement}} where type = 'DDL' and kind like 'create %' group by user) d
    on d.user = u.id"""
_CONNECTIONS = "coalesce(connection_limit::varchar, 'UNLIMITED')"

PARTS = {
    "identity": f"""(
        select 'user' as kind, name, id from {SCHEMA}.db_user
        union all select 'group', name, id from {SCHEMA}.db_group
        union all select 'role', name, id from {SCHEMA}.db_role
        union all select 'public', 'public', 0)""",
    "users": f"(select name as usename, id as usesysid from {SCHEMA}.db_user)",
}

VIEWS = (
    View("pg_group", f"""{SCHEMA}.db_group g left join (select m.groupname, list(u.id order by u.id) as members
         from {SCHEMA}.group_member m join {SCHEMA}.db_user u on u.name = m.member group by 1) m
         on m.groupname = g.name""", """
        groname name = g.name
        grosysid integer = g.id
        grolist text = chr(123) || array_to_string(members, ',') || chr(125)
        """),
    View("pg_user", f"{SCHEMA}.db_user", """
        usename name = name
        usesysid integer = id
        usecreatedb boolean = createdb
        usesuper boolean = superuser
        usecatupd boolean = superuser
        passwd text = '********'
        valuntil text = valid_until
        useconfig text = nullif(array_to_string(settings, ', '), '')
        """),
    View("pg_user_info", f"{SCHEMA}.db_user", f"""
        usename name = name
        usesysid integer = id
        usecreatedb boolean = createdb
        usesuper boolean = superuser
        usecatupd boolean = superuser
        passwd text = '********'
        valuntil text = valid_until
        useconfig text = nullif(array_to_string(settings, ', '), '')
        useconnlimit text = {_CONNECTIONS}
        """),
    View("svl_user_info", _USER, f"""
        usename text = name
        usesysid integer = id
        usecreatedb boolean = createdb
        usesuper boolean = superuser
        usecatupd boolean = superuser
        useconnlimit text = {_CONNECTIONS}
        syslogaccess text = upper(syslog)
        last_ddl_ts timestamp = d.start
        sessiontimeout integer = coalesce(session_timeout, 0)
        external_id text
        """),
    View("svv_column_privileges", _granted("column"), f"""
        namespace_name text = p.schemaname
        relation_name text = p.name
        column_name text = p.columnname{_TYPE}
        """),
    View("svv_database_privileges", _granted("database", "database"), f"""
        database_name text = p.name{_SCOPED}
        """),
    View("svv_default_privileges", f"""{SCHEMA}.default_privilege p
         join {{identity}} i on (i.kind, i.name) = (p.grantee_kind, p.grantee)
         join {SCHEMA}.db_user o on o.name = p.owner""", """
        schema_name text = nullif(p.schemaname, '')
        object_type text = if(p.kind = 'table', 'RELATION', upper(p.kind))
        owner_id integer = o.id
        owner_name text = p.owner
        owner_type text = 'user'
        privilege_type text = upper(p.privilege)
        grantee_id integer = i.id
        grantee_name text = p.grantee
        grantee_type text = p.grantee_kind
        admin_option boolean = p.grantable
        """),
    View("svv_function_privileges", _granted("function"), f"""
        namespace_name text = p.schemaname
        function_name text = split_part(p.name, '(', 1)
        argument_types text = nullif(regexp_extract(p.name, '\\((.*)\\)$', 1), ''){_PRIVILEGE}
        """),
    View("svv_iam_privileges", _granted("assumerole"), f"""
        iam_arn text = p.name
        command_type text = upper(p.privilege){_IDENTITY}
        """),
    View("svv_language_privileges", _granted("language"), f"""
        language_name text = p.name{_PRIVILEGE}
        """),
    View("svv_relation_privileges", _granted("table"), f"""
        namespace_name text = p.schemaname
        relation_name text = p.name{_PRIVILEGE}
        """),
    View("svv_role_grants", f"""{SCHEMA}.role_grant p join {SCHEMA}.db_role r on r.name = p.grantee
         join {SCHEMA}.db_role g on g.name = p.role where p.grantee_kind = 'role'""", """
        role_id integer = r.id
        role_name text = r.name
        granted_role_id integer = g.id
        granted_role_name text = g.name
        """),
    View("svv_roles", f"{SCHEMA}.db_role", """
        role_id integer = id
        role_name text = name
        role_owner text = owner
        external_id text
        """),
    View("svv_schema_privileges", _granted("schema", "schema"), f"""
        namespace_name text = p.schemaname{_SCOPED}
        """),
    View("svv_system_privileges", _granted("system"), f"""
        system_privilege text = upper(p.privilege){_IDENTITY}
        """),
    View("svv_user_grants", f"""{SCHEMA}.role_grant p join {SCHEMA}.db_user u on u.name = p.grantee
         join {SCHEMA}.db_role g on g.name = p.role where p.grantee_kind = 'user'""", """
        user_id integer = u.id
        user_name text = u.name
        role_id integer = g.id
        role_name text = g.name
        admin_option boolean = p.admin
        """),
    View("svv_user_info", _USER, f"""
        user_name text = name
        user_id integer = id
        createdb boolean
        superuser boolean
        catalog_update boolean = superuser
        connection_limit text = {_CONNECTIONS}
        syslog_access text = upper(syslog)
        last_ddl_timestamp timestamp = d.start
        session_timeout integer = coalesce(session_timeout, 0)
        external_user_id text = external_id
        """),
)  # fmt: skip
