"""Getting to a server over real sockets: what can be wrong, each said with the next step, and never the password."""

from __future__ import annotations

import gc
import logging
import socket
import threading
import time
from collections.abc import Callable
from pathlib import Path
from urllib.parse import quote

import pytest

import rsnb
from rsnb import AuthError, ConfigError, ConnectionLost, RsnbError
from tests.engines.conftest import url
from tests.postgres.certificates import Authority
from tests.postgres.faults import Fault
from tests.postgres.proxy import Proxy
from tests.postgres.server import PASSWORD, Server, free_port


def refused(address: str, kind: type[RsnbError], *words: str) -> RsnbError:
    """Connecting fails with this error, these words, no password, and no socket that is left open."""
    with pytest.raises(kind) as caught:
        rsnb.connect(address)
    gc.collect()  # a socket that was left open is a warning, and that an error
    for word in words:
        assert word in str(caught.value)
    for secret in (PASSWORD, quote(PASSWORD, safe=""), "wrong horse"):
        assert secret not in str(caught.value)
    return caught.value


@pytest.fixture(autouse=True)
def _in_a_project(project: Path) -> None:
    pass


@pytest.mark.parametrize("user", ["scram", "md5user"])
def test_a_wrong_password(proxy: Proxy, user: str) -> None:
    refused(url(proxy.port, user, "wrong horse"), AuthError, f'password authentication failed for user "{user}"')


def test_an_unknown_user(proxy: Proxy) -> None:
    refused(url(proxy.port, "nobody"), AuthError, 'user "nobody"')


def test_an_unknown_database(proxy: Proxy) -> None:
    refused(
        url(proxy.port, database="nosuch"),
        ConfigError,
        'database "nosuch" does not exist',
        "URL ends with the database",
    )


def test_an_unknown_host() -> None:
    refused("redshift://x:y@nosuch.invalid/dev", ConnectionLost, "there is no host nosuch.invalid")


def test_a_port_that_nobody_listens_on() -> None:
    port = free_port()
    refused(url(port), ConnectionLost, f"nothing listens on port {port}", "is the cluster running?")


def test_a_server_that_refuses_tls(proxy: Proxy) -> None:
    for tls in ("verify-full", "verify-ca", "require"):
        refused(url(proxy.port, tls=tls), ConnectionLost, "the server offers no TLS", "tls=off")


def test_a_server_that_speaks_no_postgresql(project: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as other:
        other.listen()

        def answer() -> None:
            client, _ = other.accept()
            client.recv(100)
            client.sendall(b"HTTP/1.1 400 Bad Request\r\n\r\n")
            client.close()

        thread = threading.Thread(target=answer)
        thread.start()
        refused(url(other.getsockname()[1]), ConnectionLost, "does not speak Redshift's protocol")
        thread.join()


# Certificates


@pytest.fixture
def trusted(authority: Authority, monkeypatch: pytest.MonkeyPatch) -> Authority:
    monkeypatch.setenv("SSL_CERT_FILE", str(authority.file))
    return authority


@pytest.mark.parametrize("tls", ["verify-full", "verify-ca", "require"])
def test_a_good_certificate(proxied: Callable[..., Proxy], trusted: Authority, tls: str) -> None:
    proxy = proxied(tls=trusted.server("127.0.0.1"))
    with rsnb.connect(url(proxy.port, tls=tls)) as session:
        table = session.sql("select i, repeat('x', 50) as t from generate_series(1, 100000) i").table
    assert table.num_rows == 100_000
    assert all(start.encrypted for start in proxy.starts)


def test_tls_is_verified_in_full_when_the_url_says_nothing(proxied: Callable[..., Proxy], trusted: Authority) -> None:
    proxy = proxied(tls=trusted.server("other.example"))
    address = url(proxy.port).removesuffix("?tls=off")
    refused(address, ConnectionLost, "safely", "not valid for '127.0.0.1'", "tls=verify-ca")
    with rsnb.connect(address + "?tls=verify-ca") as session:
        assert session.sql("select 1").scalar() == 1


@pytest.mark.parametrize(
    ("options", "words"),
    [({"signed": False}, "self-signed certificate"), ({"days": -1}, "certificate has expired")],
)
def test_a_bad_certificate(
    proxied: Callable[..., Proxy], trusted: Authority, options: dict[str, int], words: str
) -> None:
    proxy = proxied(tls=trusted.server("127.0.0.1", **options))
    for tls in ("verify-full", "verify-ca"):
        refused(url(proxy.port, tls=tls), ConnectionLost, words, "SSL_CERT_FILE")
    with rsnb.connect(url(proxy.port, tls="require")) as session:
        assert session.sql("select 1").scalar() == 1


def test_an_unknown_authority(proxied: Callable[..., Proxy], authority: Authority) -> None:
    proxy = proxied(tls=authority.server("127.0.0.1"))
    refused(url(proxy.port, tls="verify-full"), ConnectionLost, "issuer certificate")


# Faults on the way


@pytest.mark.parametrize("point", ["connect", "startup"])
def test_a_cut_at_the_login(proxy: Proxy, point: str) -> None:
    proxy.fault = Fault(point)
    refused(url(proxy.port), ConnectionLost, "the server hung up during the login")


@pytest.mark.parametrize("tls", ["off", "verify-full", "require"])
def test_a_server_that_says_nothing(monkeypatch: pytest.MonkeyPatch, tls: str) -> None:
    monkeypatch.setenv("RSNB_CONNECT_TIMEOUT", "1")
    with socket.create_server(("127.0.0.1", 0)) as silent:
        start = time.monotonic()
        refused(url(silent.getsockname()[1], tls=tls), ConnectionLost, "no answer within 1 s", "VPN")
        assert time.monotonic() - start < 3


def test_too_many_connections(proxy: Proxy, postgres: Server) -> None:
    postgres.psql("alter role open connection limit 0")
    try:
        refused(url(proxy.port, "open"), ConnectionLost, "too many connections")
    finally:
        postgres.psql("alter role open connection limit -1")


# URLs


@pytest.mark.parametrize(
    ("address", "words"),
    [
        ("redshift://h/d?tls=maybe", "tls can't be 'maybe'"),
        ("redshift://h/d?ssl=true", "unknown option 'ssl'"),
        ("redshift:///d", "names no host"),
        ("redshift://h", "names no database"),
        ("redshift://u:p@h:port/d", "can't be read"),
        ("redshift://h/d", "nobody is named who signs in"),
    ],
)
def test_a_url_that_is_not_right(address: str, words: str) -> None:
    refused(address, ConfigError, words)


# Secrets


def test_no_log_and_no_error_has_the_password(proxy: Proxy, caplog: pytest.LogCaptureFixture) -> None:
    """Also with the driver's own log at its most talkative."""
    caplog.set_level(logging.DEBUG)
    with rsnb.connect(url(proxy.port)) as session:
        session.sql("select 1 as a, '192.168.0.1'::inet as by_driver")
        with pytest.raises(RsnbError) as caught:
            session.sql("select nosuch")
        seen = [repr(session), str(caught.value), *map(repr, (session.profile.name, session))]
    for user in ("scram", "md5user"):
        for address in (url(proxy.port, user, database="nosuch"), url(free_port(), user)):
            with pytest.raises(RsnbError) as caught:
                rsnb.connect(address)
            seen += [str(caught.value), repr(caught.value.__cause__), repr(caught.value.__context__)]
    seen += [record.getMessage() for record in caplog.records]
    assert any("redshift_connector" in record.name for record in caplog.records)
    for text in seen:
        assert PASSWORD not in text
        assert quote(PASSWORD, safe="") not in text
    gc.collect()
