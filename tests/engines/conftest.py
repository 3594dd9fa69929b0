"""Sessions over the wire to the PostgreSQL stand-in."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from urllib.parse import quote

import pytest

import rsnb
from rsnb import Session
from tests.postgres.proxy import Proxy
from tests.postgres.server import PASSWORD


def url(port: int, user: str = "scram", password: str = PASSWORD, database: str = "postgres", tls: str = "off") -> str:
    """The address of a proxy."""
    return f"redshift://{user}:{quote(password, safe='')}@127.0.0.1:{port}/{database}?tls={tls}"


@pytest.fixture
def wired(project: Path) -> Iterator[Callable[..., Session]]:
    """Opens sessions at a proxy, which are closed after the test."""
    with ExitStack() as stack:
        yield lambda proxy, **options: stack.enter_context(rsnb.connect(url(proxy.port, **options)))
    rsnb.datasets.clear()


@pytest.fixture
def wire(wired: Callable[..., Session], proxy: Proxy) -> Session:
    """A session at a proxy that refuses TLS and speaks protocol 0."""
    return wired(proxy)
