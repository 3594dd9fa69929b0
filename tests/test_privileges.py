"""A denied action says who lacks which privilege and which GRANT would give it.

PostgreSQL denies, through the driver; Redshift's svv_user_grants is not there, so roles are asked for in vain. What
Redshift says of lakes and roles is quoted from users' reports.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import redshift_connector

import rsnb
from rsnb import privileges
from rsnb.errors import RsnbError, SqlError
from tests.postgres.fixtures import postgres, proxied, proxy
from tests.postgres.proxy import Proxy
from tests.postgres.server import Server

__all__ = ["postgres", "proxied", "proxy"]

SETUP = """
create schema marketing authorization scram; create table marketing.campaign (a int);
create table public.event (a int); alter table public.event owner to scram;
create function public.secret() returns int language sql as 'select 1';
revoke execute on function public.secret from public;
create role analysts; grant analysts to open;
revoke temporary on database postgres from public; revoke create on schema public from public;
"""
UNDO = """
drop schema marketing cascade; drop table public.event; drop function public.secret(); drop role analysts;
grant temporary on database postgres to public; grant create on schema public to public;
"""


@pytest.fixture(scope="module")
def guarded(postgres: Server) -> Iterator[Server]:
    postgres.psql(SETUP)
    yield postgres
    postgres.psql(UNDO)


@pytest.fixture
def run(guarded: Server, proxy: Proxy) -> Iterator[Callable[[str], list[str]]]:
    """Runs a query as the user `open`: the first column; a refusal as SqlError."""
    connection = redshift_connector.connect(
        host="127.0.0.1", port=proxy.port, database="postgres", user="open", password="", ssl=False
    )
    connection.autocommit = True

    def ask(sql: str) -> list[str]:
        try:
            found = connection.cursor().execute(sql)
            return [str(row[0]) for row in found.fetchall()] if found.description else []
        except redshift_connector.ProgrammingError as exc:
            raise SqlError(exc.args[0]["M"]) from exc

    yield ask
    connection.close()


DENIED = [  # SQL, what is said, the hint
    (
        "select * from marketing.campaign",
        "permission denied for schema marketing: open (groups analysts) lacks USAGE on it",
        "its owner (scram) or a superuser can: grant usage on schema marketing to open or … to group analysts",
    ),
    (
        "create table marketing.x (a int)",
        "open (groups analysts) lacks CREATE on it",
        "grant create on schema marketing",
    ),
    (
        "select * from event",
        "for table event: open (groups analysts) lacks SELECT on it",
        "grant select on table event",
    ),
    ("-- x\ninsert into event values (1)", "lacks INSERT on it", "(scram) or a superuser can: grant insert on table"),
    ("update event set a = 1", "lacks UPDATE on it", "grant update on table event to open"),
    ("delete from event", "lacks DELETE on it", "grant delete on table event to open"),
    (
        "select secret()",
        "for function secret: open (groups analysts) lacks",
        "grant execute on function secret(…) to",
    ),
    ("create temp table x (a int)", "lacks TEMP on it", "grant temp on database postgres to open"),
    (
        "create schema y",
        "for database postgres: open (groups analysts) lacks CREATE",
        "grant create on database postgres",
    ),
    ("drop table event", "must be owner of table event", "only its owner (scram) or a superuser may; open (groups"),
]


@pytest.mark.parametrize(("sql", "said", "hint"), DENIED)
def test_what_is_missing(run: Callable[[str], list[str]], sql: str, said: str, hint: str) -> None:
    with pytest.raises(SqlError) as caught:
        run(sql)
    privileges.explain(caught.value, sql, run)
    assert said in caught.value.message
    assert hint in (caught.value.hint or "")


def test_the_grant_that_is_named_helps(run: Callable[[str], list[str]], guarded: Server) -> None:
    sql = "select count(*) from event"
    with pytest.raises(SqlError) as caught:
        run(sql)
    privileges.explain(caught.value, sql, run)
    grant = (caught.value.hint or "").partition("can: ")[2].partition(" or ")[0]
    guarded.psql(grant)
    try:
        assert run(sql) == ["0"]
    finally:
        guarded.psql(grant.replace("grant", "revoke").replace(" to ", " from "))


def test_a_session_over_the_wire_explains_also_in_a_transaction(guarded: Server, proxy: Proxy, project: Path) -> None:
    with rsnb.connect(f"redshift://open:none@127.0.0.1:{proxy.port}/postgres?tls=off") as session:
        session.sql("begin")
        with pytest.raises(SqlError) as caught:
            session.sql("select * from marketing.campaign")
        assert session.transaction == "failed"
    assert caught.value.message.endswith("for schema marketing: open (groups analysts) lacks USAGE on it")
    assert "grant usage on schema marketing to open or … to group analysts; the transaction" in (
        caught.value.hint or ""
    )
    assert caught.value.sql == "select * from marketing.campaign"


def nobody(query: str) -> list[str]:
    raise SqlError("nobody answers")


ANN, ROLE = "arn:aws:redshift:eu-west-1:1:dbuser:sales/ann", "arn:aws:iam::1:role/lake"
OTHERS = [  # SQL, what the warehouse says, what is said, the hint
    (
        "select 1",
        "permission denied for relation event",
        "permission denied for relation event: this user lacks SELECT on it",
        "its owner or a superuser can: grant select on table event to USER",
    ),
    (
        "copy t from 's3://b/k/' iam_role default",
        f"User {ANN} is not authorized to assume IAM Role {ROLE}",
        "not authorized to assume",
        f"a policy of {ANN} has to allow sts:AssumeRole on {ROLE}",
    ),
    (
        "select * from spectrum.sales",
        "User: arn:aws:sts::1:assumed-role/lake/RedshiftIamRoleSession is not authorized to perform: glue:GetTable on "
        "resource: arn:aws:glue:eu-west-1:1:catalog because no identity-based policy allows the glue:GetTable action",
        "glue:GetTable",
        "has to allow glue:GetTable on arn:aws:glue:eu-west-1:1:catalog",
    ),
    (
        "copy t from 's3://sales/2020/' iam_role default",
        "S3ServiceException:Access Denied,Status 403,Error AccessDenied,Rid X",
        "Access Denied",
        "s3:GetObject on arn:aws:s3:::sales/2020/* and s3:ListBucket on arn:aws:s3:::sales",
    ),
    ("unload ('select 1') to 's3://out/x_'", "S3ServiceException:Access Denied", "", "s3:PutObject on arn:aws:s3:"),
    ("select 1", "division by zero", "division by zero", ""),
    ("select 1", "permission denied for everything else", "permission denied for everything else", ""),
]  # fmt: skip


@pytest.mark.parametrize(("sql", "message", "said", "hint"), OTHERS)
def test_where_nobody_can_be_asked_and_what_is_denied_by_iam(sql: str, message: str, said: str, hint: str) -> None:
    error = SqlError(message)
    privileges.explain(error, sql, nobody)
    assert said in error.message
    assert hint in (error.hint or "")
    assert bool(error.hint) == bool(hint)


def test_a_session_explains_what_its_engine_was_denied(session: rsnb.Session, monkeypatch: pytest.MonkeyPatch) -> None:
    """In a transaction, too, where the session itself must not be asked."""

    def denied(sql: str, **options: object) -> object:
        raise SqlError("permission denied for schema marketing", sql=sql)

    monkeypatch.setattr(session._engine, "execute", denied)
    with pytest.raises(RsnbError) as caught:
        session.sql("select * from marketing.campaign")
    assert "this user lacks USAGE on it" in caught.value.message
