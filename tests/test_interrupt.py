"""Stop stops the statement: in a kernel and in a process, in its middle, at its start, and twice."""

from __future__ import annotations

import signal
import subprocess
import sys
import textwrap
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.conftest import Kernel

PREPARED = """
import os, signal, sys, threading, time
import rsnb

NUMBERS = "create temp table n (i int); insert into n values (1)" + "; insert into n select i + 1 from n" * 12
LONG = "select sum(a.i * b.i * c.i * d.i) from n a cross join n b cross join n c cross join n d"

def standing(thread, function):
    '''Whether a thread is in a function of this name.'''
    frame = sys._current_frames().get(thread.ident)
    while frame is not None and frame.f_code.co_name != function:
        frame = frame.f_back
    return frame is not None

def when(function, act, name="rsnb-session"):
    '''Act, once a thread of this name is in this function.'''
    def watch():
        while not any(standing(t, function) for t in threading.enumerate() if t.name == name):
            time.sleep(0.001)
        act()
    threading.Thread(target=watch, daemon=True).start()

def interrupt():
    os.kill(os.getpid(), signal.SIGINT)

def outcome(run):
    try:
        return len(run())
    except rsnb.Cancelled as exc:
        return exc.lines()
"""


@pytest.fixture
def process(project: Path) -> subprocess.Popen[str]:
    """A real process that reads a program from standard input."""
    return subprocess.Popen(
        [sys.executable, "-X", "dev", "-W", "error", "-"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        cwd=project,
    )


def lines(process: subprocess.Popen[str], program: str) -> list[str]:
    """What a program prints; it ends by itself, well, and with nothing on standard error."""
    out, err = process.communicate(PREPARED + textwrap.dedent(program), timeout=120)
    assert (err, process.returncode) == ("", 0)
    return out.splitlines()


def test_an_interrupt_in_the_middle_cancels_the_statement(process: subprocess.Popen[str]) -> None:
    said, *after = lines(
        process,
        """
        session = rsnb.connect("embedded://")
        session.sql(NUMBERS)
        when("fetch", interrupt)
        print(outcome(lambda: session.sql(LONG)))
        print(session.transaction)
        print(session.sql("select count(*) from n").scalar())
        print(outcome(lambda: session.sql("select 42")))
        """,
    )
    assert said == "['Cancelled: the statement was cancelled; the session is usable']"
    assert after == ["idle", "4096", "1"]


def test_beside_a_library_that_restarts_what_a_signal_interrupts(process: subprocess.Popen[str]) -> None:
    pytest.importorskip("polars")
    said, usable = lines(
        process,
        """
        import polars  # its handler of SIGINT does
        session = rsnb.connect("embedded://")
        session.sql(NUMBERS)
        when("fetch", interrupt)
        print(outcome(lambda: session.sql(LONG)))
        print(outcome(lambda: session.sql("select 42")))
        """,
    )
    assert said == "['Cancelled: the statement was cancelled; the session is usable']"
    assert usable == "1"


def test_in_a_transaction_it_aborts_and_says_so(process: subprocess.Popen[str]) -> None:
    said, *after = lines(
        process,
        """
        session = rsnb.connect("embedded://")
        session.sql(NUMBERS + "; begin; create table made (a int)")
        when("fetch", interrupt)
        print(outcome(lambda: session.sql(LONG)))
        print(session.transaction)
        session.sql("rollback")
        print(session.transaction, session.sql("select count(*) from n").scalar())
        try:
            session.sql("select * from made")
        except rsnb.SqlError as exc:
            print(exc.message)
        """,
    )
    assert "'→ the transaction is aborted by this error: leave it with `rollback`'" in said
    assert after == ["failed", "idle 4096", "there is no table made"]


def test_a_second_interrupt_while_waiting_changes_nothing(process: subprocess.Popen[str]) -> None:
    said, *after = lines(
        process,
        """
        session = rsnb.connect("embedded://")
        session.sql(NUMBERS)
        real, told = session._engine.cancel, []

        def cancel():  # the engine is told only after the second interrupt came
            told.append(1)
            if len(told) == 1:
                interrupt()
            else:
                real()

        session._engine.cancel = cancel
        when("fetch", interrupt)
        print(outcome(lambda: session.sql(LONG)))
        print(len(told) > 1, session.transaction, session.sql("select count(*) from n").scalar())
        """,
    )
    assert said == "['Cancelled: the statement was cancelled; the session is usable']"
    assert after == ["True idle 4096"]


def test_an_interrupt_at_any_moment_leaves_the_session_usable(process: subprocess.Popen[str]) -> None:
    printed = lines(
        process,
        """
        session = rsnb.connect("embedded://")
        session.sql(NUMBERS)
        ended = {"Cancelled": 0, "KeyboardInterrupt": 0}
        for i in range(40):
            timer = threading.Timer(i / 4000, interrupt)
            try:
                timer.start()
                while True:
                    session.sql("select max(i) from n")
            except (rsnb.Cancelled, KeyboardInterrupt) as exc:
                ended[type(exc).__name__] += 1
            assert session.transaction == "idle"
            assert session.sql("select :i", i=i).scalar() == i
        print(sum(ended.values()))
        """,
    )
    assert printed == ["40"]


def test_an_interrupt_before_the_statement_begins_does_not_run_it(process: subprocess.Popen[str]) -> None:
    printed = lines(
        process,
        """
        session = rsnb.connect("embedded://")
        session.sql("create table t (a int)")
        worker, busy, free = session._worker, threading.Event(), threading.Event()
        other = threading.Thread(target=worker.run, args=(lambda: (busy.set(), free.wait()), free.set))
        other.start()
        busy.wait()
        when("await_end", interrupt, name="MainThread")
        print(outcome(lambda: session.sql("insert into t values (1)")))
        print(other.is_alive(), session.transaction)
        free.set()
        other.join()
        print(session.sql("select count(*) from t").scalar())
        """,
    )
    assert printed == ["['Cancelled: interrupted before the statement began']", "True idle", "0"]


def test_a_process_that_ends_while_a_statement_runs_ends_well(process: subprocess.Popen[str]) -> None:
    printed = lines(
        process,
        """
        session = rsnb.connect("embedded://")
        session.sql(NUMBERS)
        running = threading.Event()
        when("fetch", running.set)
        threading.Thread(target=lambda: outcome(lambda: session.sql(LONG)), daemon=True).start()
        running.wait()
        print("the end")
        """,
    )
    assert printed == ["the end"]


@pytest.mark.parametrize("program", ["import rsnb; s = rsnb.connect(); s.sql('begin')", "import rsnb; rsnb.connect()"])
def test_a_process_that_leaves_a_session_open_ends_well(process: subprocess.Popen[str], program: str) -> None:
    assert lines(process, program) == []


def test_the_command_line_ends_with_130(project: Path) -> None:
    program = PREPARED + textwrap.dedent(
        """
        from rsnb.cli import main
        when("fetch", interrupt)
        sys.argv = ["rsnb", "query", NUMBERS + ";" + LONG]
        main()
        """
    )
    ran = subprocess.run(
        [sys.executable, "-X", "dev", "-W", "error", "-c", program], capture_output=True, text=True, timeout=120
    )
    assert ran.returncode == 128 + signal.SIGINT
    assert ran.stderr == "Cancelled: the statement was cancelled; the session is usable\n"
    assert ran.stdout == ""


WATCHED = """
magics = get_ipython().magics_manager.registry["RedshiftMagics"]
when("fetch", lambda: print("running", flush=True))
get_ipython().run_cell_magic("redshift", "", LONG)
"""


def test_in_a_kernel_the_cell_shows_a_line_and_the_next_one_runs(kernel: Kernel) -> None:
    kernel.run(PREPARED)
    kernel.run('get_ipython().run_cell_magic("redshift", "--no-display", NUMBERS)')
    for _ in range(2):
        *_, error = kernel.run(WATCHED, interrupt_at="running")
        assert (error["kind"], error["ename"]) == ("error", "Cancelled")
        assert error["traceback"] == ["Cancelled: the statement was cancelled; the session is usable"]
        *_, frame = kernel.run("%%redshift\nselect count(*) as n from n")
        assert "4096" in frame["data"]["text/plain"]
    (state,) = kernel.run("print(magics.session())")
    assert state["text"] == "<Session embedded (idle)>\n"


def test_in_a_kernel_a_transaction_is_aborted(kernel: Kernel) -> None:
    kernel.run(PREPARED)
    kernel.run('get_ipython().run_cell_magic("redshift", "--no-display", NUMBERS + "; begin")')
    *_, error = kernel.run(WATCHED, interrupt_at="running")
    assert error["traceback"][1:] == ["→ the transaction is aborted by this error: leave it with `rollback`"]
    (state,) = kernel.run("print(magics.session())")
    assert state["text"] == "<Session embedded (failed)>\n"
    kernel.run("%%redshift\nrollback")
    *_, frame = kernel.run("%%redshift\nselect count(*) as n from n")
    assert "4096" in frame["data"]["text/plain"]
