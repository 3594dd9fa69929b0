"""Asking for a password: in a notebook by its input field, at a terminal without echo, and where nobody is."""

from __future__ import annotations

import os
import pty
import select
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import keyring
import pytest
from click.testing import CliRunner

import rsnb
from rsnb.cli import main
from rsnb.settings import home
from tests.conftest import Kernel
from tests.postgres.fixtures import postgres, proxied, proxy
from tests.postgres.proxy import Proxy
from tests.postgres.server import PASSWORD

__all__ = ["postgres", "proxied", "proxy"]


def url(proxy: Proxy) -> str:
    return f"redshift://scram@127.0.0.1:{proxy.port}/postgres?tls=off"


def test_a_notebook_asks_in_its_input_field(kernel: Kernel, proxy: Proxy) -> None:
    asked: list[dict[str, Any]] = []
    shown: list[str] = []

    def answer(message: dict[str, Any]) -> None:
        asked.append(message["content"])
        kernel.client.input(PASSWORD)

    def show(message: dict[str, Any]) -> None:
        shown.append(str(message["content"]))

    for cell in (
        "import os; os.environ.pop('REDSHIFT_PASSWORD', None)",
        f"%redshift connect {url(proxy)}",
        "%redshift history",
        "%%redshift\nselect current_user as me",
        f"import rsnb\nwith rsnb.connect({url(proxy)!r}) as other: print(other.sql('select 40 + 2').scalar())",
    ):
        kernel.client.execute_interactive(cell, output_hook=show, stdin_hook=answer, timeout=60)
    assert asked == [{"prompt": "password of scram at 127.0.0.1: ", "password": True}]  # once for both sessions
    text = "".join(shown)
    assert "connected to redshift" in text
    assert "scram" in text
    assert "42" in text
    assert PASSWORD not in text
    kernel.run("%redshift close\nfrom tests import credentials; credentials.forget()\n%redshift connect embedded://")


def test_a_notebook_that_runs_by_itself_says_where_to_put_it(kernel: Kernel, proxy: Proxy) -> None:
    shown: list[str] = []
    for cell in ("from tests import credentials; credentials.forget()", f"import rsnb; rsnb.connect({url(proxy)!r})"):
        kernel.client.execute_interactive(
            cell, allow_stdin=False, output_hook=lambda message: shown.append(str(message["content"])), timeout=60
        )
    assert "nobody can be asked for password of scram" in "".join(shown)
    assert "password_env, keyring or secret" in "".join(shown)


SCRIPT = """
import rsnb
with rsnb.connect({url!r}) as session:
    print("signed in as", session.sql("select current_user").scalar())
"""


def test_a_terminal_asks_without_echo(proxy: Proxy, tmp_path: Path) -> None:
    script = tmp_path / "script.py"
    script.write_text(SCRIPT.format(url=url(proxy)))
    environment = {name: value for name, value in os.environ.items() if name != "REDSHIFT_PASSWORD"}
    terminal, own = pty.openpty()
    with subprocess.Popen(
        [sys.executable, str(script)], stdin=own, stdout=own, stderr=own, env=environment, start_new_session=True
    ):
        os.close(own)
        seen = _until(terminal, b"password of scram at 127.0.0.1: ")
        os.write(terminal, PASSWORD.encode() + b"\n")
        seen += _until(terminal, b"signed in as scram")
    os.close(terminal)
    assert PASSWORD.encode() not in seen


def _until(terminal: int, wanted: bytes, seconds: float = 60) -> bytes:
    """What a terminal shows up to and with a text."""
    seen, end = b"", time.monotonic() + seconds
    while wanted not in seen:
        assert time.monotonic() < end, seen
        if select.select([terminal], [], [], 0.5)[0]:
            try:
                seen += os.read(terminal, 4096)
            except OSError:
                raise AssertionError(seen) from None
    return seen


def test_a_profile_with_its_password_in_the_keyring(
    project: Path, proxy: Proxy, memory_keyring: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("REDSHIFT_PASSWORD", raising=False)
    words = ["profile", "add", "prod", "--url", url(proxy), "--keyring", "--no-test"]
    ran = CliRunner().invoke(main, words, input=PASSWORD + "\n")
    assert ran.exit_code == 0, ran.output
    assert (
        "the password of scram from the keyring's rsnb 127.0.0.1" in CliRunner().invoke(main, ["doctor", "prod"]).output
    )
    with rsnb.connect("prod") as session:
        assert session.sql("select current_user").scalar() == "scram"
    assert keyring.get_password("rsnb 127.0.0.1", "scram") == PASSWORD
    assert PASSWORD not in ran.output + home().read_text()
    assert 'keyring = "rsnb 127.0.0.1"' in home().read_text()
