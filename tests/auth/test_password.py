"""Signing in by password: where it is looked for, in which order, and what is said when it is not there."""

from __future__ import annotations

import subprocess
import sys
from typing import Any

import pytest

from rsnb.auth import Address, Credentials, identify, log_in
from rsnb.errors import AuthError, ConfigError, RsnbError
from tests import credentials
from tests.auth.conftest import Memory

URL = "redshift://analyst@example.com:5439/dev"


def nobody(question: str) -> str:
    raise AssertionError(f"asked for {question}")


def signs_in(url: str = URL, **keys: Any) -> Credentials:
    return identify(Address.parse(url), keys, nobody).credentials()


@pytest.fixture(autouse=True)
def _no_password_in_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("REDSHIFT_PASSWORD", raising=False)
    credentials.forget()


def test_the_order_of_places(monkeypatch: pytest.MonkeyPatch, memory_keyring: Memory) -> None:
    assert identify(Address.parse(URL), {}, lambda question: f"typed for {question}").credentials() == Credentials(
        "analyst", "typed for password of analyst at example.com"
    )
    monkeypatch.setenv("REDSHIFT_PASSWORD", "general")
    assert signs_in().password == "general"
    memory_keyring.set_password("redshift", "analyst", "kept")
    assert signs_in(keyring="redshift").password == "kept"
    monkeypatch.setenv("PROD", "named")
    assert signs_in(password_env="PROD", keyring="redshift").password == "named"
    assert signs_in("redshift://analyst:in%2Furl@example.com/dev", password_env="PROD").password == "in/url"
    assert signs_in(user="loader", password_env="PROD").driver() == {"user": "loader", "password": "named"}


@pytest.mark.parametrize(
    ("url", "keys", "kind", "said", "hint"),
    [
        (URL, {"password_env": "PROD_PW"}, AuthError, "variable PROD_PW is not set", "export PROD_PW="),
        (URL, {"password_env": "s3cret!"}, ConfigError, "password_env does not name", 'password_env = "PROD_'),
        (URL, {"keyring": "redshift"}, AuthError, "no password of analyst for redshift", "keyring set 'redshift'"),
        ("redshift://example.com/dev", {"password_env": "HOME"}, ConfigError, "nobody is named", "USER@example"),
        (URL, {"identity": "iamm"}, ConfigError, "there is no identity 'iamm'", "did you mean iam?"),
    ],
)
def test_what_is_not_there_is_said(
    memory_keyring: Memory, url: str, keys: dict[str, str], kind: type[RsnbError], said: str, hint: str
) -> None:
    with pytest.raises(kind) as caught:
        signs_in(url, **keys)
    assert said in caught.value.message
    assert hint in (caught.value.hint or "")
    assert "s3cret" not in str(caught.value)


def test_a_locked_keyring_says_so(memory_keyring: Memory) -> None:
    memory_keyring.locked = True
    with pytest.raises(AuthError, match="the keyring can't be read: the collection is locked"):
        signs_in(keyring="redshift")


def test_without_a_terminal_nobody_is_asked() -> None:
    code = f"from rsnb.auth import Address, identify; identify(Address.parse({URL!r}), {{}}).credentials()"
    ran = subprocess.run(
        [sys.executable, "-W", "error", "-c", code], stdin=subprocess.DEVNULL, capture_output=True, text=True
    )
    assert "AuthError: nobody can be asked for password of analyst at example.com: there is no terminal" in ran.stderr
    assert "password_env, keyring or secret" in ran.stderr


def test_a_refused_password_is_looked_for_again_once(monkeypatch: pytest.MonkeyPatch) -> None:
    answers, tried = iter(["wrong", "right", "never"]), []

    def server(credentials: Credentials) -> str:
        tried.append(credentials.password)
        if credentials.password != "right":
            raise AuthError("refused")
        return "in"

    typed = identify(Address.parse(URL), {}, lambda question: next(answers))
    assert log_in(typed, server) == "in"
    assert tried == ["wrong", "right"]
    tried.clear()
    monkeypatch.setenv("PROD", "stays")
    with pytest.raises(AuthError, match="refused"):
        log_in(identify(Address.parse(URL), {"password_env": "PROD"}, nobody), server)
    assert tried == ["stays"]


def test_a_typed_password_is_asked_for_once_for_several_sessions() -> None:
    asked: list[str] = []

    def ask(question: str) -> str:
        asked.append(question)
        return f"password {len(asked)}"

    for _ in range(3):
        assert identify(Address.parse(URL), {}, ask).credentials().password == "password 1"
    assert identify(Address.parse("redshift://other@example.com/dev"), {}, ask).credentials().password == "password 2"


def test_credentials_never_show_the_password() -> None:
    shown = Credentials("analyst", "hunter2", arguments={"token": "hunter2"})
    assert "hunter2" not in repr(shown)
    assert "hunter2" not in repr(Address.parse("redshift://a:hunter2@h/d"))
    assert "hunter2" not in str(Address.parse("redshift://a:hunter2@h/d"))


ADDRESSES = [  # URL, host, port, database, user, password
    ("redshift://h/d", "h", 5439, "d", "", ""),
    ("redshift://h:5440/d?tls=off", "h", 5440, "d", "", ""),
    ("redshift://u@h/d", "h", 5439, "d", "u", ""),
    ("redshift://u:p@h/d", "h", 5439, "d", "u", "p"),
    ("redshift://u%40x:p%40%2F%3F@h/a%20b", "h", 5439, "a b", "u@x", "p@/?"),
    ("redshift://u:p@x@h/d", "h", 5439, "d", "u", "p@x"),
    ("redshift://[::1]:1/d", "::1", 1, "d", "", ""),
]


@pytest.mark.parametrize(("url", "host", "port", "database", "user", "password"), ADDRESSES)
def test_the_parts_of_an_address(url: str, host: str, port: int, database: str, user: str, password: str) -> None:
    parsed = Address.parse(url)
    assert (parsed.host, parsed.port, parsed.database) == (host, port, database)
    assert (parsed.user, parsed.password) == (user, password)


@pytest.mark.parametrize(
    ("url", "said"),
    [
        ("redshift:///d", "names no host"),
        ("redshift://h", "names no database on h"),
        ("redshift://h/", "names no database on h"),
        ("redshift://h/a/b", "names no database on h"),
        ("redshift://u:sec/ret@h/d", "%2F"),
        ("redshift://h:port/d", "%2F"),
        ("redshift://h:99999/d", "%2F"),
    ],
)
def test_a_wrong_address_says_what_is_wrong(url: str, said: str) -> None:
    with pytest.raises(ConfigError) as caught:
        Address.parse(url)
    assert said in caught.value.message
    assert "for instance redshift://" in (caught.value.hint or "")
    assert "sec" not in caught.value.message


HOSTS = [  # host, cluster, workgroup, region
    ("sales.abc123.eu-west-1.redshift.amazonaws.com", "sales", "", "eu-west-1"),
    ("sales.abc123.cn-north-1.redshift.amazonaws.com.cn", "sales", "", "cn-north-1"),
    ("wg.123456789012.eu-west-1.redshift-serverless.amazonaws.com", "", "wg", "eu-west-1"),
    ("redshift.example.com", "", "", ""),
]


@pytest.mark.parametrize(("host", "cluster", "workgroup", "region"), HOSTS)
def test_what_a_host_says(host: str, cluster: str, workgroup: str, region: str) -> None:
    parsed = Address.parse(f"redshift://{host}/dev")
    assert (parsed.cluster, parsed.workgroup, parsed.region) == (cluster, workgroup, region)
