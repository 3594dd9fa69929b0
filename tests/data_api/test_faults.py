"""What goes wrong over the Data API: who says it, what it means, what to do, and that the session goes on."""

from __future__ import annotations

import io
import json
import logging
import traceback
from collections.abc import Iterator

import boto3
import pytest

import rsnb
from rsnb import AuthError, ConfigError, ConnectionLost, RsnbError, Session, SqlError
from tests.aws.cloud import ACCOUNT, REGION, Cloud
from tests.aws.data_api import DataApi, Statement

SALES = "data-api://sales/dev?region=eu-west-1"
ANN = f"arn:aws:iam::{ACCOUNT}:user/ann"


@pytest.fixture
def api(data_api: DataApi) -> Iterator[Session]:
    with rsnb.connect(SALES) as session:
        yield session


REFUSED = [  # action, code, message, error, what is said, the hint
    (
        "ExecuteStatement",
        "ActiveStatementsExceededException",
        "",
        SqlError,
        "too many statements of the Data API",
        "wait",
    ),
    (
        "ExecuteStatement",
        "ActiveSessionsExceededException",
        "",
        SqlError,
        "sessions of the Data API",
        "keep_alive = 60",
    ),
    ("ExecuteStatement", "ExpiredTokenException", "", AuthError, "credentials have expired", "aws sso login"),
    (
        "ExecuteStatement",
        "AccessDeniedException",
        f"User: {ANN} is not authorized to perform: redshift-data:ExecuteStatement on resource: arn:aws:redshift:x",
        AuthError,
        f"was denied: {ANN} may not redshift-data:ExecuteStatement on arn:aws:redshift:x",
        "has to allow redshift-data:ExecuteStatement on arn:aws:redshift:x",
    ),
    (
        "GetStatementResult",
        "ResourceNotFoundException",
        "Query does not exist.",
        ConfigError,
        "does not exist",
        "account",
    ),
    (
        "DescribeStatement",
        "InternalServerException",
        "x",
        ConnectionLost,
        "answers InternalServerException",
        "try again",
    ),
    ("ExecuteStatement", "ValidationException", "Database isn't there", ConfigError, "Database isn't there", REGION),
]


@pytest.mark.parametrize(("action", "code", "message", "kind", "said", "hint"), REFUSED)
def test_a_call_that_is_refused(
    api: Session, cloud: Cloud, monkeypatch: pytest.MonkeyPatch,
    action: str, code: str, message: str, kind: type[RsnbError], said: str, hint: str,
) -> None:  # fmt: skip
    monkeypatch.setenv("AWS_MAX_ATTEMPTS", "1")
    api.sql("select 1")
    cloud.fail(action, code, message, times=2)
    with pytest.raises(kind) as caught:
        api.sql("select 2")
    assert said in caught.value.message
    assert hint in (caught.value.hint or "")
    assert caught.value.lines()[0].startswith(f"{kind.__name__}: ")
    cloud.reset()
    assert api.sql("select 3").scalar() == 3


def test_a_statement_that_can_not_be_followed_is_named(
    api: Session, cloud: Cloud, data_api: DataApi, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AWS_MAX_ATTEMPTS", "1")
    cloud.fail("DescribeStatement", "InternalServerException", "x")
    with pytest.raises(ConnectionLost) as caught:
        api.sql("select 1")
    (name,) = data_api.statements
    assert caught.value.message.endswith(f"; the statement {name} may still run in the warehouse")


def test_throttling_is_waited_out(api: Session, cloud: Cloud) -> None:
    cloud.fail("ExecuteStatement", "ThrottlingException", "Rate exceeded")
    cloud.fail("DescribeStatement", "ThrottlingException", "Rate exceeded")
    assert api.sql("select 1").scalar() == 1
    assert (len(cloud.asked("ExecuteStatement")), len(cloud.asked("DescribeStatement"))) == (2, 2)


def test_expired_credentials_are_got_again_once(api: Session, cloud: Cloud) -> None:
    assert api.sql("select 1").scalar() == 1
    cloud.fail("ExecuteStatement", "ExpiredTokenException", "The security token included in the request is expired")
    assert api.sql("select 2").scalar() == 2


@pytest.mark.parametrize(
    ("url", "said"),
    [
        ("data-api://salse/dev", "salse is neither a cluster nor a workgroup here: "),
        (
            "data-api://salse/dev?type=cluster",
            "sending a statement to the cluster salse failed: Redshift endpoint doesn't",
        ),
    ],
)
def test_an_unknown_warehouse_asks_for_region_and_account(data_api: DataApi, url: str, said: str) -> None:
    with rsnb.connect(url) as session, pytest.raises(ConfigError) as caught:
        session.sql("select 1")
    assert caught.value.message.startswith(said)
    assert "is name, region and account right?" in (caught.value.hint or "")


FAILED = [  # what the warehouse says, what is said, the hint, the marked place
    ("ERROR: Database response exceeded size limit", "larger than the Data API gives (500 MB", "UNLOAD", None),
    ("ERROR: Packet for query is too large (70000 > 65536)", "larger than the 64 KB", "left()", None),
    ("Query timed out after 24 hours", "ran for 24 hours", "split it", None),
    ('ERROR: syntax error at or near "frm"\n  Position: 10', 'syntax error at or near "frm"', None, 9),
    (
        'FATAL: password authentication failed for user "ann"',
        'password authentication failed for user "ann"',
        "its?",
        None,
    ),
]


@pytest.mark.parametrize(("error", "said", "hint", "place"), FAILED)
def test_a_statement_that_the_warehouse_refuses(
    api: Session,
    data_api: DataApi,
    monkeypatch: pytest.MonkeyPatch,
    error: str,
    said: str,
    hint: str,
    place: int | None,
) -> None:
    def run(statement: Statement, given: object) -> None:
        statement.status, statement.error = "FAILED", error
        statement.ended.set()

    monkeypatch.setattr(data_api, "_run", run)
    with pytest.raises(RsnbError) as caught:
        api.sql("select 1 frm t")
    assert said in caught.value.message
    assert (hint or "") in (caught.value.hint or "")
    assert getattr(caught.value, "position", None) == place


def test_an_error_of_the_warehouse_is_marked_in_the_text_of_the_cell(api: Session) -> None:
    with pytest.raises(SqlError) as caught:
        api.sql("select 1;\nselect nosuch")
    assert (caught.value.line, caught.value.column) == (2, 8)


def test_a_result_of_the_notebook_is_not_in_the_warehouse(
    api: Session, data_api: DataApi, monkeypatch: pytest.MonkeyPatch
) -> None:
    def run(statement: Statement, given: object) -> None:
        statement.status, statement.error = "FAILED", 'ERROR: relation "by_city" does not exist'
        statement.ended.set()

    monkeypatch.setitem(rsnb.datasets, "By_City", api.sql("select 1 as a"))
    monkeypatch.setattr(data_api, "_run", run)
    with pytest.raises(SqlError) as caught:
        api.sql("select * from by_city")
    assert "by_city is a result of this notebook" in (caught.value.hint or "")


def test_a_statement_that_somebody_else_stopped(
    api: Session, data_api: DataApi, monkeypatch: pytest.MonkeyPatch
) -> None:
    def run(statement: Statement, given: object) -> None:
        statement.status = "ABORTED"
        statement.ended.set()

    monkeypatch.setattr(data_api, "_run", run)
    with pytest.raises(SqlError, match="was stopped: by somebody else, or by a rule of its queue"):
        api.sql("select 1")


def test_a_statement_that_is_too_long_says_how_long(api: Session) -> None:
    with pytest.raises(SqlError) as caught:
        api.sql("select :text as t", text="x" * 120_000)
    assert "the statement has 120,0" in caught.value.message
    assert "bytes, and the Data API takes 100,000" in caught.value.message
    assert "redshift://" in (caught.value.hint or "")


# Secrets


def secret(password: str) -> None:
    client, text = boto3.client("secretsmanager"), json.dumps({"username": "ann", "password": password})
    try:
        client.create_secret(Name="prod", SecretString=text)
    except client.exceptions.ResourceExistsException:
        client.put_secret_value(SecretId="prod", SecretString=text)


def test_a_secret_that_is_rotated_while_statements_run(data_api: DataApi, cloud: Cloud, project: object) -> None:
    """The service reads the secret at each login; a login that fails in the moment of a rotation says why."""
    secret("old-planted")
    (data_api.folder.parent / "project" / "rsnb.toml").write_text(
        '[profiles.prod]\nurl = "data-api://sales/dev"\nidentity = "secret"\nsecret = "prod"\nkeep_alive = 0'
    )
    data_api.passwords["ann"] = "old-planted"
    with rsnb.connect("prod") as session:
        assert session.sql("select 1").scalar() == 1
        assert cloud.asked("ExecuteStatement")[-1].parameters["SecretArn"] == "prod"
        data_api.passwords["ann"] = "new-planted"
        with pytest.raises(AuthError) as caught:
            session.sql("select 2")
        assert 'password authentication failed for user "ann"' in caught.value.message
        secret("new-planted")
        assert session.sql("select 3").scalar() == 3


def test_nothing_secret_is_logged_or_shown(data_api: DataApi, cloud: Cloud) -> None:
    written = io.StringIO()
    handler, root = logging.StreamHandler(written), logging.getLogger()
    before = root.level
    root.addHandler(handler)
    root.setLevel(logging.DEBUG)
    shown = []
    try:
        with rsnb.connect("data-api://sales/dev?region=eu-west-1") as session:
            session.sql("select 1")
            cloud.fail("ExecuteStatement", "AccessDeniedException", "no", times=2)
            with pytest.raises(AuthError) as caught:
                session.sql("select 2")
            shown += ["".join(traceback.format_exception(caught.value)), repr(session), repr(vars(session._engine))]
    finally:
        root.removeHandler(handler)
        root.setLevel(before)
    assert "planted-secret-key" not in written.getvalue() + "".join(shown)
