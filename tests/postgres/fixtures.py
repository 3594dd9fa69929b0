"""Fixtures: the server of the test session, a proxy for each test, certificates."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from typing import Any

import pytest

from tests.postgres.certificates import Authority
from tests.postgres.proxy import Proxy
from tests.postgres.server import Absent, Server


@pytest.fixture(scope="session")
def postgres() -> Iterator[Server]:
    """A real PostgreSQL server; without one on this machine the test is skipped."""
    try:
        server = Server()
    except Absent as exc:
        pytest.skip(str(exc))
    yield server
    server.close()


@pytest.fixture
def proxied(postgres: Server) -> Iterator[Callable[..., Proxy]]:
    """Opens proxies in front of the server: `proxied(tls=..., protocol=...)`."""
    with ExitStack() as stack:
        yield lambda **options: stack.enter_context(Proxy(postgres.port, **options))


@pytest.fixture
def proxy(proxied: Callable[..., Proxy]) -> Any:
    """A proxy that refuses TLS and speaks protocol 0."""
    return proxied()


@pytest.fixture(scope="session")
def authority(tmp_path_factory: pytest.TempPathFactory) -> Authority:
    """An authority of our own; trust it with SSL_CERT_FILE."""
    return Authority(tmp_path_factory.mktemp("certificates"))
