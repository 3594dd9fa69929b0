# ruff: noqa: E501
"""Users, groups, roles, GRANT and REVOKE: what is recorded, as the system views answer; what is wrong."""

from __future__ import annotations

from typing import Any

import pytest

from rsnb.errors import SqlError, UnsupportedSql

U = "create user bob password disable; create user ann password disable; create group g with user bob; create role r; create role q; "
T = f"{U} create schema s; create table s.t (a int, b int); create view s.v as select a from s.t; "
TABLES = "select relation_name, privilege_type, identity_name, identity_type, admin_option from svv_relation_privileges order by 1, 2, 3"
COLUMNS = "select column_name, privilege_type, identity_name from svv_column_privileges order by 1, 2, 3"
SCHEMAS = "select privilege_type, identity_name, identity_type, privilege_scope from svv_schema_privileges where namespace_name = 's' order by 1, 2"

RECORDED: list[tuple[str, list[tuple[Any, ...]]]] = [
    # users
    ("create user bob with password 'Secret123' createdb valid until '2030-01-02 03:04' connection limit 5; "
     "select usename, usecreatedb, usesuper, passwd, valuntil from pg_user where usename = 'bob'",
     [("bob", True, False, "********", "2030-01-02 03:04:00")]),
    ("create user bob password 'md50123456789abcdef0123456789abcdef' createuser session timeout 60 syslog access unrestricted; "
     "select user_name, superuser, connection_limit, syslog_access, session_timeout from svv_user_info where user_name = 'bob'",
     [("bob", True, "UNLIMITED", "UNRESTRICTED", 60)]),
    ("create user iam:bob password disable externalid 'abc'; select external_user_id from svv_user_info where user_name = 'iam:bob'", [("abc",)]),
    (f"{U} alter user bob createdb, connection limit unlimited, reset session timeout; alter user bob nocreatedb createuser; "
     "select usecreatedb, usesuper from pg_user where usename = 'bob'", [(False, True)]),
    (f"{U} alter user bob set search_path to 'public', set timezone = 'UTC'; alter user bob reset timezone; select useconfig from pg_user where usename = 'bob'",
     [("search_path=public",)]),
    (f"{T} alter table s.t owner to bob; grant select on s.v to bob; alter user bob rename to rob; "
     "select (select count(*) from svv_relation_privileges where identity_name = 'rob'), groname, grolist from pg_group", [(1, "g", "{101}")]),
    (f"{U} drop user bob, ann; drop user if exists bob; select usename from pg_user order by 1", [("awsuser",), ("rdsdb",)]),
    # groups
    (f"{U} alter group g add user ann; alter group g drop user bob; alter group g rename to h; select groname, grolist from pg_group", [("h", "{102}")]),
    (f"{U} drop group g; create group h; select groname, grolist from pg_group", [("h", None)]),
    (f"{U} create schema s2; alter user bob set search_path to s2, public; select useconfig from pg_user where usename = 'bob'",
     [("search_path=s2, public",)]),
    # roles
    (f"{U} grant role r to role q; grant role q to bob; select role_is_member_of('q', 'r'), role_is_member_of('r', 'q'), "
     "user_is_member_of('bob', 'r'), user_is_member_of('ann', 'r'), user_is_member_of('bob', 'g')", [(True, False, True, False, True)]),
    (f"{U} grant role r, role q to bob with admin option; grant role r to ann; revoke admin option for role r from bob; "
     "select user_name, role_name, admin_option from svv_user_grants order by 1, 2", [("ann", "r", False), ("bob", "q", True), ("bob", "r", False)]),
    (f"{U} grant role r to role q; grant role sys:dba to role r; select role_name, granted_role_name from svv_role_grants order by 1", [("q", "r"), ("r", "sys:dba")]),
    (f"{U} grant r to ann; alter role r rename to rr; select user_name, role_name from svv_user_grants", [("ann", "rr")]),
    (f"{U} alter role r with owner to bob; alter role q externalid to \"XyZ\"; select role_name, role_owner, external_id from svv_roles where role_name in ('q', 'r') order by 1",
     [("q", "awsuser", "XyZ"), ("r", "bob", None)]),
    (f"{U} grant role r to bob; revoke role r from bob; drop role r; select role_name from svv_roles where role_name in ('q', 'r')", [("q",)]),
    (f"{U} grant role r to role q; grant create table to role r; drop role r force; select count(*) from svv_role_grants", [(0,)]),
    (f"{U} grant create user, create or replace function, vacuum, explain rls to role r; revoke vacuum from role r; "
     "select system_privilege from svv_system_privileges order by 1", [("CREATE OR REPLACE FUNCTION",), ("CREATE USER",), ("EXPLAIN RLS",)]),
    (f"{U} grant create model to bob; grant all privileges to role q; select count(*) from svv_system_privileges where system_privilege = 'CREATE MODEL'", [(2,)]),
    # tables, views, columns
    (f"{T} grant select, insert on table s.t to bob with grant option, role r, group g, public; {TABLES}",
     [("t", p, n, k, n == "bob") for p in ("INSERT", "SELECT") for n, k in (("bob", "user"), ("g", "group"), ("public", "public"), ("r", "role"))]),
    (f"{T} grant all on s.t, s.v to bob; revoke insert, update, delete, drop, references, alter, truncate on s.t, s.v from bob cascade; {TABLES}",
     [("t", "SELECT", "bob", "user", False), ("v", "SELECT", "bob", "user", False)]),
    (f"{T} grant select on all tables in schema s to ann; revoke grant option for select on s.t from ann; {TABLES}",
     [("t", "SELECT", "ann", "user", False), ("v", "SELECT", "ann", "user", False)]),
    (f"{T} grant select on s.t to ann with grant option; grant select on s.t to ann; revoke grant option for select on s.t from ann restrict; {TABLES}",
     [("t", "SELECT", "ann", "user", False)]),
    (f"{T} grant select (a, b), update (b) on s.t to group g; revoke select (b) on s.t from group g; {COLUMNS}", [("a", "SELECT", "g"), ("b", "UPDATE", "g")]),
    (f"{T} grant all (a) on s.t to bob; {COLUMNS}", [("a", "SELECT", "bob"), ("a", "UPDATE", "bob")]),
    (f"{T} grant select on s.t to bob; grant select (a) on s.t to bob; {COLUMNS}", []),
    (f"{T} grant select (a) on s.t to bob; revoke select on s.t from bob; {COLUMNS}", []),
    (f"{T} grant select on s.t to bob; alter table s.t rename column b to c; drop view s.v; alter table s.t rename to u; {TABLES}", [("u", "SELECT", "bob", "user", False)]),
    (f"{T} grant select on s.t to bob; drop table s.t cascade; {TABLES}", []),
    (f"{T} begin; grant select on s.t to bob; rollback; {TABLES}", []),
    # schemas, the database, languages, functions, IAM roles
    (f"{T} grant all on schema s to group g; revoke alter, drop on schema s from group g; {SCHEMAS}", [("CREATE", "g", "group", "SCHEMA"), ("USAGE", "g", "group", "SCHEMA")]),
    (f"{T} grant usage on schema s to bob; drop schema s cascade; create schema s; {SCHEMAS}", []),
    (f"{U} revoke create on schema public from public; select privilege_type from svv_schema_privileges where namespace_name = 'public'", [("USAGE",)]),
    (f"{U} grant temporary, create on database dev to bob; revoke temp on database dev from public; "
     "select privilege_type, identity_name from svv_database_privileges order by 1", [("CREATE", "bob"), ("TEMP", "bob")]),
    (f"{U} grant usage on language plpgsql to bob; revoke usage on language sql from public; select language_name, identity_name from svv_language_privileges", [("plpgsql", "bob")]),
    (f"{U} create function f(float, varchar(9)) returns float stable as $$ select $1 $$ language sql; grant execute on function f(a float, varchar(9)) to bob; "
     "select function_name, argument_types, identity_name from svv_function_privileges", [("f", "double precision,character varying", "bob")]),
    (f"{U} create function f(int) returns int stable as $$ select $1 $$ language sql; grant execute on all functions in schema public to ann; "
     "grant execute on all procedures in schema public to ann; select count(*) from svv_function_privileges", [(1,)]),
    (f"{U} grant assumerole on 'arn:aws:iam::123456789012:role/x' to bob for copy, unload; grant assumerole on default to role r for all; "
     "select iam_arn, command_type, identity_name from svv_iam_privileges order by 2", [("default", "ALL", "r"), ("arn:aws:iam::123456789012:role/x", "COPY", "bob"), ("arn:aws:iam::123456789012:role/x", "UNLOAD", "bob")]),
    (f"{U} revoke assumerole on all from public for all; select count(*) from svv_iam_privileges", [(0,)]),
    # scopes
    (f"{T} grant select, insert for tables in schema s to bob, role r; revoke insert for tables in schema s from bob, role r; {SCHEMAS}",
     [("SELECT", "bob", "user", "TABLES"), ("SELECT", "r", "role", "TABLES")]),
    (f"{T} grant select for tables in schema s to bob; grant execute for functions in database dev to bob; {TABLES}", []),
    (f"{T} grant usage for schemas in database dev to role r; grant execute for functions in database dev to role r; "
     "select database_name, privilege_type, privilege_scope from svv_database_privileges where identity_name = 'r' order by 2", [("dev", "EXECUTE", "FUNCTIONS"), ("dev", "USAGE", "SCHEMAS")]),
    # default privileges
    (f"{T} alter default privileges in schema s grant select on tables to group g, bob with grant option; create table s.n (a int); create table public.n (a int); "
     "select relation_name, identity_name, admin_option from svv_relation_privileges order by 2", [("n", "bob", True), ("n", "g", False)]),
    (f"{U} alter default privileges grant all on tables to public; alter default privileges revoke all on tables from public; alter default privileges for user bob grant execute on functions to ann; "
     "select schema_name, object_type, owner_name, privilege_type, grantee_name, grantee_type, admin_option from svv_default_privileges",
     [(None, "FUNCTION", "bob", "EXECUTE", "ann", "user", False)]),
    (f"{U} alter default privileges grant select on tables to bob; create view v as select 1 as a; create materialized view m as select 1 as a; "
     "create function f(int) returns int stable as $$ select $1 $$ language sql; create temp table x (a int); select relation_name from svv_relation_privileges order by 1", [("m",), ("v",)]),
    # who may do what
    (f"{T} grant select on s.t to role q; grant role q to role r; grant role r to bob; grant insert on s.t to group g; grant delete on s.t to public; "
     "grant update for tables in schema s to ann; alter table s.t owner to rdsdb; set search_path to s; "
     "select has_table_privilege('bob', 't', 'select') as a, has_table_privilege('ann', 's.t', 'SELECT') as b, has_table_privilege('bob', 't', 'insert') as c, "
     "has_table_privilege('ann', 't', 'delete') as d, has_table_privilege('ann', 't', 'update') as e, has_table_privilege('t', 'truncate') as f",
     [(True, False, True, True, True, True)]),
    (f"{T} alter table s.t owner to bob; select usename, has_table_privilege(usename, 's.t', 'drop') as p from pg_user where usename in ('ann', 'bob') order by 1",
     [("ann", False), ("bob", True)]),
    (f"{T} grant usage on schema s to ann; alter schema s owner to bob; select has_schema_privilege('ann', 's', 'usage') as a, has_schema_privilege('ann', 's', 'create') as b, "
     "has_schema_privilege('bob', 's', 'create') as c, has_schema_privilege('ann', 'public', 'create') as d", [(True, False, True, True)]),
    (f"{U} revoke temp on database dev from public; grant create on database dev to role r; grant role r to ann; "
     "select has_database_privilege('bob', 'dev', 'temporary') as a, has_database_privilege('ann', 'dev', 'create') as b", [(False, True)]),
    (f"{U} grant assumerole on 'arn:aws:iam::123456789012:role/x' to bob for copy; grant assumerole on all to group g for unload; "
     "select has_assumerole_privilege('bob', 'arn:aws:iam::123456789012:role/x', 'copy') as a, has_assumerole_privilege('bob', 'arn:aws:iam::1:role/y', 'unload') as b, "
     "has_assumerole_privilege('ann', 'arn:aws:iam::123456789012:role/x', 'copy') as c", [(True, True, False)]),
    # the session
    ("set session authorization default; set session authorization 'awsuser'; reset session authorization; set local session authorization awsuser; select 1 as a", [(1,)]),
]  # fmt: skip

WRONG: list[tuple[str, type[SqlError], str, str | None]] = [
    ("create user bob", SqlError, "a user has a PASSWORD", "bob"),
    ("create user public password disable", SqlError, "PUBLIC is no name", "public"),
    (f"{U} create user bob password disable", SqlError, "the user bob exists", "bob"),
    (f"{U} create user r password disable", SqlError, "the role r exists", "r"),
    ("create user bob password 'short1A'", SqlError, "8 to 64 characters", "'***"),
    ("create user bob password 'alllower1'", SqlError, "an uppercase letter", "'***"),
    ("create user bob password 'With space1'", SqlError, "printable ASCII", "'***"),
    ("create user bob password 'sha256|weak'", SqlError, "8 to 64 characters", "'***"),
    ("create user bob password 7", SqlError, "expected 'password' or DISABLE", "7"),
    ("create user bob password disable in group nosuch", SqlError, "there is no group nosuch", "nosuch"),
    ("create user bob password disable session timeout 5", SqlError, "SESSION TIMEOUT is 60", "5"),
    ("create user bob password disable syslog access free", SqlError, "expected RESTRICTED", "free"),
    ("create user bob password disable valid until 'never'", SqlError, "not valid for VALID UNTIL", "until"),
    ("create user bob password 'Secret123' externalid 'x'", SqlError, "PASSWORD DISABLE", None),
    ("create user bob password disable frob", SqlError, "did not expect 'frob'", "frob"),
    ("alter user nosuch createdb", SqlError, "there is no user nosuch", "nosuch"),
    (f"{U} alter user bob", SqlError, "expected an option", None),
    (f"{U} alter user bob rename to ann", SqlError, "the user ann exists", "ann"),
    (f"{U} alter user bob set nosuch to 1", SqlError, "nosuch", "nosuch"),
    ("drop user nosuch", SqlError, "there is no user nosuch", "nosuch"),
    ("drop user awsuser", SqlError, "the present user", "awsuser"),
    (f"{T} alter table s.t owner to bob; drop user bob", SqlError, "it owns some object", "bob"),
    (f"{T} alter schema s owner to bob; drop user bob", SqlError, "it owns some object", "bob"),
    (f"{T} grant select on s.t to bob; drop user bob", SqlError, "it has a privilege on some object", "bob"),
    ("create group __g", SqlError, "reserved", "__g"),
    ("create group g user nosuch", SqlError, "there is no user nosuch", "nosuch"),
    ("alter group nosuch rename to h", SqlError, "there is no group nosuch", "nosuch"),
    (f"{U} alter group g frob", SqlError, "expected ADD USER, DROP USER or RENAME TO", "frob"),
    (f"{T} grant select on s.t to group g; drop group g", SqlError, "it has a privilege on some object", "g"),
    ("create role sys:mine", SqlError, "reserved", "mine"),
    (f"{U} create role bob", SqlError, "the user bob exists", "bob"),
    ("drop role sys:dba", SqlError, "a role of the system's", "dba"),
    (f"{U} alter role r", SqlError, "expected RENAME TO, OWNER TO or EXTERNALID TO", None),
    (f"{U} grant role r to bob; drop role r", SqlError, "tied to the user bob", "r"),
    (f"{U} grant role q to role r; drop role r", SqlError, "tied to the role q", "r"),
    (f"{U} grant create table to role r; drop role r", SqlError, "it has a privilege on some object", "r"),
    (f"{U} grant role r to role q; grant role q to role r", SqlError, "the role q can't be granted to r", "r"),
    (f"{U} grant role r to role r", SqlError, "can't be granted to r", "r"),
    (f"{U} grant role nosuch to bob", SqlError, "there is no role nosuch", "nosuch"),
    (f"{U} grant role r to group g", SqlError, "roles are granted to users and roles", None),
    (f"{U} grant create table to bob", SqlError, "system privileges are granted to roles", None),
    (f"{T} grant select on s.t to nosuch", SqlError, "there is no user nosuch", "nosuch"),
    (f"{T} grant select on s.nosuch to bob", SqlError, "nosuch does not exist", "nosuch"),
    (f"{T} grant frob on s.t to bob", SqlError, "there is no privilege FROB on a table", "frob"),
    (f"{T} grant usage on s.t to bob", SqlError, "there is no privilege USAGE on a table", "usage"),
    (f"{T} grant insert (a) on s.t to bob", SqlError, "there is no privilege INSERT on a column", "insert"),
    (f"{T} grant select (z) on s.t to bob", SqlError, "no column z", "z"),
    (f"{T} grant select (a) on s.t to bob with grant option", SqlError, "take no WITH GRANT OPTION", None),
    (f"{T} grant select (a) on schema s to bob", SqlError, "there is no privilege SELECT on a schema", "select"),
    (f"{T} grant select on s.t to group g with grant option", SqlError, "takes no option", None),
    (f"{T} grant select (a) on s.t to bob; grant select on s.t to bob", SqlError, "for some of its columns", None),
    (f"{T} grant select on s.t to bob; revoke select (a) on s.t from bob", SqlError, "for the whole table", None),
    (f"{T} create view s.l as select a from s.t with no schema binding; grant select (a) on s.l to bob", SqlError, "late-binding view l", "a)"),
    (f"{T} grant select on s.t from bob", SqlError, "expected TO", "from"),
    (f"{T} revoke select on s.t to bob", SqlError, "expected FROM", "to"),
    (f"{T} grant select on s.t to bob, ", SqlError, "expected a name at the end", None),
    (f"{T} grant usage on schema nosuch to bob", SqlError, "there is no schema nosuch", "nosuch"),
    (f"{T} grant temp on database other to bob", SqlError, "there is no database other", "other"),
    (f"{T} grant usage on language cobol to bob", SqlError, "there is no language cobol", "cobol"),
    (f"{T} grant execute on function f(int) to bob", SqlError, "there is no function f(integer)", "f("),
    (f"{T} grant execute on procedure p() to bob", SqlError, "there is no procedure p()", "p("),
    (f"{T} grant select for frobs in schema s to bob", SqlError, "expected TABLES", "frobs"),
    (f"{T} grant select for tables in schema s to group g", SqlError, "granted to users and roles", None),
    (f"{U} grant assumerole on all to bob for frob", SqlError, "expected ALL, COPY", "frob"),
    (f"{U} grant usage on datashare d to namespace 'x'", UnsupportedSql, "GRANT ON DATASHARE", None),
    (f"{U} grant select on external table s.t to iam_role 'x'", UnsupportedSql, "GRANT ON EXTERNAL", None),
    (f"{U} grant execute on model m to bob", UnsupportedSql, "GRANT ON MODEL", None),
    (f"{T} grant select on s.t to rls policy p", UnsupportedSql, "RLS POLICY", "rls"),
    (f"{U} alter default privileges grant usage on tables to bob", SqlError, "there is no privilege USAGE on tables", None),
    (f"{U} alter default privileges grant select on frobs to bob", SqlError, "expected TABLES", "frobs"),
    (f"{U} alter default privileges in schema nosuch grant select on tables to bob", SqlError, "there is no schema nosuch", "nosuch"),
    (f"{U} set session authorization bob", UnsupportedSql, "recorded, not enforced, so bob would see what awsuser sees", "bob"),
    ("set session authorization nosuch", SqlError, "there is no user nosuch", "nosuch"),
    ("create table t (a int); alter table t owner to nosuch", SqlError, "there is no user nosuch", "nosuch"),
    ("create schema s authorization nosuch", SqlError, "there is no user nosuch", "nosuch"),
    ("begin read only; create user bob password disable", SqlError, "the transaction is READ ONLY", None),
]  # fmt: skip


@pytest.mark.parametrize(("sql", "rows"), RECORDED)
def test_is_recorded(check: Any, sql: str, rows: list[tuple[Any, ...]] | None) -> None:
    check(sql, rows)


@pytest.mark.parametrize(("sql", "error", "words", "at"), WRONG)
def test_what_is_wrong_is_said_where(fails: Any, sql: str, error: type[SqlError], words: str, at: str | None) -> None:
    fails(sql, error, words, at)


@pytest.mark.parametrize(
    "sql",
    ["create user bob password 'Secret123'", "create user bob password 'Secret123' frob", "create user bob password 'Secret 123'",
     "alter user awsuser password 'Secret123'", "alter user nosuch password 'Secret123'"],
)  # fmt: skip
def test_a_password_is_in_no_text_that_is_kept_or_shown(session: Any, sql: str) -> None:
    shown = ""
    try:
        session.sql(sql)
    except SqlError as exc:
        shown = str(exc)
    kept = session.sql("select text from stl_utilitytext union all select query_text from sys_query_history")
    texts = kept.table.column(0).to_pylist()
    assert any("user" in text for text in texts)
    assert not any("Secret" in text for text in [shown, *texts])


def test_grants_stay_in_a_file(tmp_path: Any) -> None:
    import rsnb

    url = f"embedded://{tmp_path}/w.duckdb"
    with rsnb.connect(url) as session:
        session.sql(f"{T} grant select on s.t to bob")
    with rsnb.connect(url) as session:
        assert session.sql("select count(*) from svv_relation_privileges").scalar() == 1
        assert session.sql("select count(*) from pg_user").scalar() == 4
