"""Signing in over the wire while what signs in changes: a rotated or deleted secret, credentials that end, a slip.

PostgreSQL behind a proxy that greets as Redshift does checks the passwords; AWS is on loopback.
"""

from __future__ import annotations

import io
import json
import logging
import threading
import traceback
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import boto3
import pytest

import rsnb
from rsnb import AuthError, ConfigError, RsnbError
from rsnb.auth import prompt
from tests import credentials
from tests.aws.cloud import Cloud
from tests.postgres.certificates import Authority
from tests.postgres.fixtures import authority, postgres, proxied, proxy
from tests.postgres.proxy import Proxy
from tests.postgres.server import Server

__all__ = ["authority", "postgres", "proxied", "proxy"]

FIRST, SECOND = "planted-first-password", "planted-second-password"
USERS = ("rotated", "IAMR:analyst")


@pytest.fixture(scope="module")
def server(postgres: Server) -> Iterator[Server]:
    """A server with a user whose password is rotated, and one whom IAM signs in."""
    for user in USERS:
        postgres.psql(f"set password_encryption = 'scram-sha-256'; create role \"{user}\" login password '{FIRST}'")
    admitted = postgres.folder / "data" / "pg_hba.conf"
    before = admitted.read_text()
    lines = ["host all rotated 127.0.0.1/32 scram-sha-256", 'host all "IAMR:analyst" 127.0.0.1/32 trust']
    admitted.write_text("\n".join(lines) + "\n" + before)
    postgres.psql("select pg_reload_conf()")
    yield postgres
    admitted.write_text(before)
    postgres.psql("select pg_reload_conf()")
    for user in USERS:
        postgres.psql(f'drop role "{user}"')


@pytest.fixture
def rotate(server: Server) -> Iterator[Callable[[str], None]]:
    def to(password: str) -> None:
        server.psql(f"set password_encryption = 'scram-sha-256'; alter role rotated password '{password}'")

    to(FIRST)
    yield to
    to(FIRST)


def write_secret(password: str) -> None:
    client, text = boto3.client("secretsmanager"), json.dumps({"username": "rotated", "password": password})
    try:
        client.create_secret(Name="prod", SecretString=text)
    except client.exceptions.ResourceExistsException:
        client.put_secret_value(SecretId="prod", SecretString=text)


def profile(project: Path, proxy: Proxy, *keys: str, user: str = "") -> None:
    url = f"redshift://{user}127.0.0.1:{proxy.port}/postgres?tls=off"
    (project / "rsnb.toml").write_text(
        "\n".join(["[settings]", "reconnect = 5", "[profiles.p]", f'url = "{url}"', *keys])
    )


SECRET = ('identity = "secret"', 'secret = "prod"')


def test_a_secret_that_is_rotated_while_queries_run(
    project: Path, cloud: Cloud, proxy: Proxy, rotate: Callable[[str], None]
) -> None:
    write_secret(FIRST)
    profile(project, proxy, *SECRET)
    ran: list[Any] = []
    with rsnb.connect("p") as session:
        session.sql("select 1")  # logs in
        running = threading.Thread(target=lambda: ran.append(session.sql("select pg_sleep(0.5), 7 as a").df()["a"][0]))
        running.start()
        write_secret(SECOND)
        rotate(SECOND)
        running.join()
        assert ran == [7]  # what runs is not disturbed
        assert session.sql("select 1").scalar() == 1
        assert len(cloud.asked("GetSecretValue")) == 1
        proxy.cut()
        assert session.sql("select current_user").scalar() == "rotated"  # the old one was refused, the new one read
        assert len(cloud.asked("GetSecretValue")) == 2
        with rsnb.connect("p") as other:
            assert other.sql("select 1").scalar() == 1
        assert len(cloud.asked("GetSecretValue")) == 2


def test_a_secret_that_is_gone_when_the_connection_is(
    project: Path, cloud: Cloud, proxy: Proxy, rotate: Callable[[str], None]
) -> None:
    write_secret(FIRST)
    profile(project, proxy, *SECRET)
    with rsnb.connect("p") as session:
        assert session.sql("select 1").scalar() == 1
        rotate(SECOND)
        boto3.client("secretsmanager").delete_secret(SecretId="prod")
        proxy.cut()
        with pytest.raises(AuthError) as caught:
            session.sql("select 1")
    assert "reading the secret prod failed" in caught.value.message
    assert FIRST not in "".join(traceback.format_exception(caught.value))
    with pytest.raises(AuthError, match="reading the secret prod failed"):
        rsnb.connect("p")


def test_a_password_that_the_secret_does_not_know_yet(
    project: Path, cloud: Cloud, proxy: Proxy, rotate: Callable[[str], None]
) -> None:
    """In the middle of a rotation: the warehouse has the new one, the secret still the old."""
    write_secret(FIRST)
    profile(project, proxy, *SECRET)
    rotate(SECOND)
    with pytest.raises(AuthError) as caught:
        rsnb.connect("p")
    assert 'password authentication failed for user "rotated"' in caught.value.message
    assert len(cloud.asked("GetSecretValue")) == 2
    write_secret(SECOND)
    with rsnb.connect("p") as session:
        assert session.sql("select 1").scalar() == 1


def test_temporary_credentials_are_got_for_each_login_once_they_end(
    project: Path, cloud: Cloud, proxy: Proxy, server: Server
) -> None:
    profile(project, proxy, 'identity = "iam"', 'workgroup = "etl"', 'region = "eu-west-1"')
    with rsnb.connect("p") as session, rsnb.connect("p") as other:
        assert (
            session.sql("select current_user").scalar() == other.sql("select current_user").scalar() == "IAMR:analyst"
        )
        assert len(cloud.asked("GetCredentials")) == 1
        credentials.forget()
        cloud.lifetime = timedelta(seconds=30)  # less than is needed: they are not used a second time
        proxy.cut()
        session.sql("select 1")
        proxy.cut()
        session.sql("select 1")
        assert len(cloud.asked("GetCredentials")) >= 3
        cloud.fail("GetCredentials", "ExpiredTokenException", "expired", times=9)
        proxy.cut()
        with pytest.raises(AuthError, match="the AWS credentials have expired"):
            session.sql("select 1")


def test_a_typing_slip_is_asked_again_once(
    project: Path, proxy: Proxy, rotate: Callable[[str], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    credentials.forget()
    monkeypatch.delenv("REDSHIFT_PASSWORD", raising=False)
    answers = iter(["planted-slip", FIRST, "never"])
    monkeypatch.setattr(prompt.getpass, "getpass", lambda question: next(answers))  # as a kernel does
    with rsnb.connect(f"redshift://rotated@127.0.0.1:{proxy.port}/postgres?tls=off") as session:
        assert session.sql("select current_user").scalar() == "rotated"
        proxy.cut()
        assert session.sql("select 1").scalar() == 1  # nobody is asked again
    credentials.forget()
    answers = iter(["planted-slip", "planted-other-slip", "never"])
    with pytest.raises(AuthError, match="password authentication failed"):
        rsnb.connect(f"redshift://rotated@127.0.0.1:{proxy.port}/postgres?tls=off")
    credentials.forget()


@pytest.fixture
def log() -> Iterator[io.StringIO]:
    written = io.StringIO()
    handler, root = logging.StreamHandler(written), logging.getLogger()
    before = root.level
    root.addHandler(handler)
    root.setLevel(logging.DEBUG)
    yield written
    root.setLevel(before)
    root.removeHandler(handler)


def test_no_password_is_in_the_drivers_log_the_history_or_an_error(
    project: Path, cloud: Cloud, proxy: Proxy, rotate: Callable[[str], None], log: io.StringIO
) -> None:
    write_secret(FIRST)
    profile(project, proxy, *SECRET)
    log.truncate(0)
    shown: list[str] = []
    with rsnb.connect("p") as session:
        shown += [repr(session), repr(vars(session._engine)), repr(session.profile)]
        receipt = session.sql("select 1").receipt
        shown += [repr(receipt), str(receipt)]
    rotate(SECOND)
    credentials.forget()
    for name in ("p", f"redshift://rotated:{SECOND}x@127.0.0.1:{proxy.port}/postgres?tls=off"):
        with pytest.raises(AuthError) as caught:
            rsnb.connect(name)
        shown.append("".join(traceback.format_exception(caught.value)))
    text = log.getvalue() + "".join(shown)
    assert "Building Redshift wire protocol start-up packet" in text  # the driver's own log is there
    assert [word for word in (FIRST, SECOND) if word in text] == []


def test_a_token_is_sent_only_over_tls(project: Path, proxy: Proxy, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ID_TOKEN", "planted-web-token")
    profile(project, proxy, 'identity = "jwt"', 'token_env = "ID_TOKEN"')
    with pytest.raises(ConfigError) as caught:
        rsnb.connect("p")
    assert "tls=off can't be used with this identity" in caught.value.message
    assert not any(b"planted" in sent for sent in proxy.sent)


@pytest.mark.parametrize(
    ("identity", "said"),
    [
        ("jwt", {"idp_type": "AzureAD", "plugin_name": "redshift_connector.plugin.BasicJwtCredentialsProvider"}),
        ("idp-token", {"idp_type": "AwsIdc", "token_type": "ACCESS_TOKEN"}),
    ],
)
def test_a_token_is_announced_and_kept_out_of_the_drivers_log(
    project: Path, proxied: Callable[..., Proxy], authority: Authority, monkeypatch: pytest.MonkeyPatch,
    log: io.StringIO, identity: str, said: dict[str, str],
) -> None:  # fmt: skip
    """PostgreSQL knows no tokens: it refuses the login that the driver announces."""
    monkeypatch.setenv("ID_TOKEN", "planted-web-token")
    monkeypatch.setenv("SSL_CERT_FILE", str(authority.file))
    safe = proxied(tls=authority.server("localhost"))
    url = f'url = "redshift://localhost:{safe.port}/postgres"'
    (project / "rsnb.toml").write_text(f'[profiles.p]\n{url}\nidentity = "{identity}"\ntoken_env = "ID_TOKEN"')
    with pytest.raises(RsnbError) as caught:
        rsnb.connect("p")
    announced = safe.starts[-1].parameters
    assert said.items() <= announced.items()
    shown = log.getvalue() + "".join(traceback.format_exception(caught.value)) + str(announced)
    assert "planted-web-token" not in shown
    assert "Building Redshift wire protocol start-up packet" in shown
