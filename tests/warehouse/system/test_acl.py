"""Privileges as PG_CATALOG writes them."""

from __future__ import annotations

from typing import Any

import pytest

from rsnb import Session

MADE = (
    "create table t (a int); create table alone (a int); create schema s; create user bob password disable; "
    "create group g; create role r; "
)
GIVES: list[tuple[str, str, str | None]] = [
    ("grant select on t to public", "relacl from pg_class where relname = 'alone'", None),
    ("grant insert, select on t to bob with grant option; grant delete on t to group g; grant select on t to public",
     "relacl from pg_class where relname = 't'",
     '{awsuser=arwdRxtDPA/awsuser,bob=a*r*/awsuser,"group g=d/awsuser",=r/awsuser}'),
    ("grant all on t to bob; revoke update on t from bob", "relacl from pg_class_info where relname = 't'",
     "{awsuser=arwdRxtDPA/awsuser,bob=ardxDPA/awsuser}"),
    ("grant usage on schema s to bob", "nspacl from pg_namespace where nspname = 's'",
     "{awsuser=UCDA/awsuser,bob=U/awsuser}"),
    ("grant select on t to role r", "relacl from pg_class where relname = 't'", None),
    ("alter default privileges grant select on tables to group g; "
     "alter default privileges grant insert on tables to bob",
     "defaclacl from pg_default_acl where defacluser = 100 and defaclnamespace = 0 and defaclobjtype = 'r'",
     '{"group g=r/awsuser",bob=a/awsuser}'),
    ("alter default privileges for user bob in schema s grant execute on functions to public",
     "defaclacl from pg_default_acl d join pg_namespace n on n.oid = d.defaclnamespace "
     "where nspname = 's' and defaclobjtype = 'f'", "{=X/bob}"),
]  # fmt: skip


@pytest.mark.parametrize(("granted", "asked", "acl"), GIVES, ids=[f"{g}: {a}" for g, a, _ in GIVES])
def test_who_may_what(session: Session, check: Any, granted: str, asked: str, acl: str | None) -> None:
    session.sql(MADE + granted)
    check(f"select {asked}", [(acl,)])
