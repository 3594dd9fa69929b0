"""A line that changes in place below a running cell, and the limits that a cell sets."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from rsnb.live import LiveLine
from rsnb.worker import Worker

if TYPE_CHECKING:
    from tests.conftest import Kernel


class Bare:
    """A shell without a kernel, as in a terminal."""


def test_in_a_terminal_the_line_is_written_over(capsys: pytest.CaptureFixture[str]) -> None:
    line = LiveLine(Bare())
    for text in ("queued", "running", ""):
        line(text)
    assert capsys.readouterr().err == "\r\x1b[Kqueued\r\x1b[Krunning\r\x1b[K"


def updates(kernel: Kernel, cell: str) -> list[tuple[str, str]]:
    """The displays of a cell, with those that replace an earlier one."""
    shown: list[tuple[str, str]] = []

    def show(message: dict[str, Any]) -> None:
        if message["msg_type"] in ("display_data", "update_display_data"):
            content = message["content"]
            assert content["transient"]["display_id"]
            shown.append((message["msg_type"], content["data"]["text/plain"]))

    kernel.client.execute_interactive(cell, output_hook=show, timeout=60)
    return shown


def test_in_a_notebook_the_line_is_replaced(kernel: Kernel) -> None:
    made = "from rsnb.live import LiveLine; line = LiveLine(get_ipython())"
    assert updates(kernel, f"{made}; line('queued'); line('running'); line('')") == [
        ("display_data", "queued"),
        ("update_display_data", "running"),
        ("update_display_data", ""),
    ]
    assert updates(kernel, f"{made}; line('')") == []


def test_a_cell_has_a_time_limit(kernel: Kernel) -> None:
    kernel.run(
        "%%redshift\ncreate temp table n (i int); insert into n values (1)" + "; insert into n select i + 1 from n" * 12
    )
    *_, error = kernel.run("%%redshift --timeout 1\nselect sum(a.i * b.i * c.i) from n a cross join n b cross join n c")
    assert (error["kind"], error["ename"]) == ("error", "TimedOut")
    assert error["traceback"][0] == (
        "TimedOut: the statement took longer than its 1 s: the statement was cancelled; the session is usable"
    )
    *_, error = kernel.run("%%redshift --unload\nselect 1")
    assert error["traceback"] == ["ConfigError: embedded does not unload", "→ it is there for redshift:// URLs"]


def test_while_it_waits_a_worker_lets_others_look() -> None:
    worker, looks = Worker(), []
    assert worker.run(lambda: __import__("time").sleep(0.5) or 7, lambda: None, watch=lambda: looks.append(1)) == 7
    assert 2 <= len(looks) <= 5
    worker.stop(lambda: None)
