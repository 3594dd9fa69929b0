"""%%redshift and %redshift in a real IPython shell."""

from __future__ import annotations

import atexit
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pandas as pd
import pyarrow as pa
import pytest
from IPython.core.interactiveshell import InteractiveShell

import rsnb
from rsnb.magic import OPTIONS, VERBS, RedshiftMagics


@dataclass
class Ran:
    """What a cell gave: the value of its last line, what it printed, its error."""

    value: Any
    printed: str
    error: BaseException | None


class Notebook:
    """A shell with rsnb loaded; `run` a cell as a user would."""

    def __init__(self, shell: InteractiveShell, capture: pytest.CaptureFixture[str]) -> None:
        self.shell = shell
        self.names = shell.user_ns
        self.capture = capture
        self.redshift: RedshiftMagics = shell.magics_manager.registry["RedshiftMagics"]

    def run(self, cell: str) -> Ran:
        self.capture.readouterr()
        ran = self.shell.run_cell(cell, store_history=True)
        return Ran(ran.result, self.capture.readouterr().out, ran.error_before_exec or ran.error_in_exec)

    def fails(self, cell: str) -> list[str]:
        """The lines that a cell shows of its error; they are all that it shows."""
        ran = self.run(cell)
        assert isinstance(ran.error, rsnb.RsnbError), ran
        shown = [line for line in ran.printed.splitlines() if line.strip()]
        assert "Traceback" not in ran.printed
        assert "/rsnb/" not in ran.printed
        assert shown[-len(ran.error.lines()) :] == ran.error.lines()
        assert len(ran.error.lines()) <= 4
        return ran.error.lines()


@pytest.fixture
def notebook(project: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Iterator[Notebook]:
    monkeypatch.setenv("IPYTHONDIR", str(project.parent / "ipython"))
    shell = InteractiveShell()
    shell.run_line_magic("load_ext", "rsnb")
    shell.run_line_magic("colors", "nocolor")
    notebook = Notebook(shell, capsys)
    yield notebook
    for session in notebook.redshift.sessions.values():
        session.close()
    rsnb.datasets.clear()
    shell.history_manager.end_session()
    shell.atexit_operations()
    atexit.unregister(shell.atexit_operations)


# Cells


def test_a_cell_gives_its_rows_and_a_receipt(notebook: Notebook) -> None:
    ran = notebook.run("%%redshift\nselect 1 as a union all select 2")
    assert ran.value["a"].tolist() == [1, 2]
    assert notebook.names["_"] is ran.value
    assert re.match(r"2 rows · \d+\.\d\d s · query \d+\n", ran.printed)


def test_name_receives_the_rows_in_place_of_showing_them(notebook: Notebook) -> None:
    ran = notebook.run("%%redshift visits\nselect 1 as a")
    assert ran.value is None
    assert isinstance(notebook.names["visits"], pd.DataFrame)
    assert notebook.run("%%redshift\nselect a + 1 as b from VISITS").value["b"].tolist() == [2]
    notebook.run("%%redshift visits\nselect 'x' as b")
    assert notebook.run("%%redshift\nselect * from visits").value["b"].tolist() == ["x"]


def test_variables_are_values(notebook: Notebook) -> None:
    notebook.run("import numpy as np; kind, ids, table = \"it's\", np.array([1, 2]), 'svv_tables'")
    assert notebook.run("%%redshift\nselect :kind as k where 2 in (:ids)").value["k"].tolist() == ["it's"]
    assert notebook.run("%%redshift\nselect count(*) as n from :table").error is None
    assert notebook.run("%%redshift\nselect '{kind} $kind :kind' as k").value["k"].tolist() == ["{kind} $kind :kind"]


def test_each_statement_of_a_cell_is_shown(notebook: Notebook) -> None:
    ran = notebook.run(
        "%%redshift\nselect 11 as a;\ncreate table t (b int);\ninsert into t values (1);\nselect 22 as c"
    )
    kinds = re.findall(r"^(1 row|CREATE TABLE|INSERT 1) · ", ran.printed, re.MULTILINE)
    assert kinds == ["1 row", "CREATE TABLE", "INSERT 1", "1 row"]
    assert ran.printed.index("11") < ran.printed.index("CREATE TABLE")
    assert ran.value["c"].tolist() == [22]


def test_what_ran_before_an_error_is_shown(notebook: Notebook) -> None:
    cell = "%%redshift\nselect 11 as first;\nselect 22 as second;\nselect nosuch"
    notebook.fails(cell)
    printed = notebook.run(cell).printed
    assert [word for word in ("first", "second", "SqlError") if word in printed] == ["first", "second", "SqlError"]
    assert notebook.run("%%redshift --no-display\nselect 11 as first; select nosuch").printed.startswith("SqlError")


@pytest.mark.parametrize(("form", "kind"), [("pandas", pd.DataFrame), ("arrow", pa.Table), ("polars", None)])
def test_as_says_what_name_receives(notebook: Notebook, form: str, kind: type | None) -> None:
    import polars

    notebook.run(f"%%redshift x --as {form}\nselect 1 as a")
    assert isinstance(notebook.names["x"], kind or polars.DataFrame)
    assert isinstance(notebook.run(f"%%redshift --as {form}\nselect 1 as a").value, kind or polars.DataFrame)


def test_the_frame_can_be_a_setting(notebook: Notebook, project: Path) -> None:
    (project / "rsnb.toml").write_text('[settings]\nframe = "arrow"\nconnection = "embedded://"')
    notebook.run("%%redshift x\nselect 1 as a")
    assert isinstance(notebook.names["x"], pa.Table)


def test_max_rows_and_no_display(notebook: Notebook) -> None:
    ran = notebook.run("%%redshift x --max-rows 1\nselect 1 as a union all select 2")
    assert "1 row (cut off at max_rows)" in ran.printed
    assert len(notebook.names["x"]) == 1
    ran = notebook.run("%%redshift --no-display\nselect 1 as a; select 2 as b")
    assert (ran.value, ran.printed, ran.error) == (None, "", None)


def test_explain_runs_nothing(notebook: Notebook) -> None:
    notebook.run("%%redshift\ncreate table t (a int); insert into t values (1)")
    notebook.run("n = 5")
    for cell in ("%%redshift --explain\ndelete from t where a < :n", "%redshift explain delete from t where a < :n"):
        ran = notebook.run(cell)
        assert ran.error is None
        assert len(ran.printed.splitlines()) > 1
    assert "explain is for one statement" in notebook.fails("%%redshift --explain\nselect 1; delete from t")[0]
    assert "explain is for one statement" in notebook.fails("%redshift explain select 1; delete from t")[0]
    assert "there is no statement" in notebook.fails("%redshift explain")[0]
    assert notebook.run("%%redshift\nselect count(*) as n from t").value["n"].tolist() == [1]


def test_a_file_is_run(notebook: Notebook, project: Path) -> None:
    (project / "my report.sql").write_text("-- größe\ncreate table t (a int);\nselect :n as größe;\n", encoding="utf-8")
    notebook.run("n = 3")
    ran = notebook.run("%redshift --file 'my report.sql'")
    assert ran.value["größe"].tolist() == [3]
    notebook.run("%%redshift x --file 'my report.sql' --no-display\n-- the file's statements run")
    assert "t exists" in str(notebook.redshift.last_error)


def test_name_without_rows_says_so(notebook: Notebook) -> None:
    ran = notebook.run("%%redshift x\ncreate table t (a int)")
    assert "x is not assigned: the last statement returns no rows" in ran.printed
    assert "x" not in notebook.names


def test_a_transaction_spans_cells(notebook: Notebook) -> None:
    notebook.run("%%redshift\ncreate table t (a int); begin; insert into t values (1)")
    assert notebook.redshift.session().transaction == "open"
    notebook.run("%%redshift\nrollback")
    notebook.run("%%redshift\nbegin")
    notebook.run("%%redshift\ninsert into t values (2)")
    notebook.run("%%redshift\ncommit")
    assert notebook.run("%%redshift\nselect a from t").value["a"].tolist() == [2]
    notebook.run("%%redshift\nbegin; insert into t values (3)")
    assert "leave it with `rollback`" in notebook.fails("%%redshift\nselect nosuch from t")[-1]
    assert "aborted by an earlier error" in notebook.fails("%%redshift\nselect 1")[0]
    notebook.run("%%redshift\nrollback")
    assert notebook.run("%%redshift\nselect a from t").value["a"].tolist() == [2]


def test_a_cell_can_name_its_connection(notebook: Notebook, project: Path) -> None:
    (project / "rsnb.toml").write_text('[profiles.other]\nurl = "embedded://"')
    notebook.run("%%redshift --connection other\ncreate table t (a int)")
    assert "there is no table t" in notebook.fails("%%redshift\nselect * from t")[0]
    assert notebook.run("%%redshift --connection other\nselect * from t").error is None
    assert "connected to other" in notebook.run("%redshift connect other").printed
    assert notebook.run("%%redshift\nselect * from t").error is None
    assert "connected to embedded" in notebook.run("%redshift connect").printed
    assert "there is no table t" in notebook.fails("%%redshift\nselect * from t")[0]


# Mistakes: a few lines


MISTAKES = [  # cell, how its lines begin
    ("%%redshift\nselect :kin", ["ParameterError: the parameter :kin", "line 1:", " ", "→ give kin a value; did you"]),
    ("%%redshift\nselect 1,\n  nosuch", ["SqlError: there is no column nosuch", "line 2:   nosuch", " "]),
    ("%%redshift\nselect 'x", ["SqlError: the string that starts here has no end", "line 1: select 'x", "       "]),
    ("%%redshift\n-- only this", ["SqlError: there is no statement to run"]),
    ("%%redshift\n \n", ["SqlError: there is no statement to run"]),
    ("%%redshift --bad\nselect 1", ["ConfigError: %%redshift: unrecognized arguments: --bad", "→ usage: %%redshift"]),
    ("%%redshift --max\nselect 1", ["ConfigError: %%redshift: unrecognized arguments: --max", "→ usage:"]),
    ("%%redshift --max-rows x\nselect 1", ["ConfigError: %%redshift: argument --max-rows: invalid", "→ usage:"]),
    ("%%redshift --max-rows -1\nselect 1", ["ConfigError: max_rows is -1", "→ 0 is no limit"]),
    ("%%redshift --as dask\nselect 1", ["ConfigError: %%redshift: argument --as: invalid choice: 'dask'", "→ usage:"]),
    ("%%redshift 1x\nselect 1", ["ConfigError: %%redshift: '1x' is not a variable's name", "→ the SQL stands in"]),
    ("%%redshift class\nselect 1", ["ConfigError: %%redshift: 'class' is not a variable's name", "→ the SQL"]),
    ("%%redshift select 1\nselect 1", ["ConfigError: %%redshift: unrecognized arguments: 1", "→ usage"]),
    ("%%redshift 'x\nselect 1", ["ConfigError: %%redshift: the options can't be read: No closing quotation"]),
    ("%%redshift --file nosuch.sql\n-", ["ConfigError: %%redshift --file nosuch.sql can't be read"]),
    ("%redshift --file nosuch.sql", ["ConfigError: %%redshift --file nosuch.sql can't be read"]),
    ("%redshift tabls", ["ConfigError: %redshift: there is no verb 'tabls'", "→ did you mean tables?"]),
    ("%redshift describe nosuch", ["SqlError: there is no table nosuch", "→ there is none yet"]),
    ("%redshift install nosuch", ["ConfigError: there is no function library 'nosuch'", "→ there is utm"]),
    ("%redshift connect nosuch", ["ConfigError: there is no profile 'nosuch'", "→ there is none yet"]),
    ("%redshift close nosuch", ["ConfigError: there is no open connection 'nosuch'", "→ there is none yet"]),
    ("%redshift connect oracle://me:secret@host/db", ["ConfigError: 'oracle://…@host/db' names no engine", "→"]),
    ("%redshift close redshift://me:secret@host/db", ["ConfigError: there is no open connection 'redshift://…@h", "→"]),
]


@pytest.mark.parametrize(("cell", "lines"), MISTAKES)
def test_a_mistake_shows_as_a_few_lines(notebook: Notebook, cell: str, lines: list[str]) -> None:
    notebook.run("kind = 1")
    shown = notebook.fails(cell)
    assert len(shown) == len(lines)
    assert [line[: len(start)] for line, start in zip(shown, lines, strict=True)] == lines
    assert "secret" not in "".join(shown)


def test_a_failed_connect_keeps_the_connection(notebook: Notebook) -> None:
    notebook.run("%%redshift\ncreate table t (a int)")
    notebook.fails("%redshift connect nosuch")
    assert notebook.run("%%redshift\nselect * from t").error is None


def test_a_missing_parameter_offers_no_hidden_name(notebook: Notebook) -> None:
    notebook.run("_private, exit_code = 1, 2")
    hint = notebook.fails("%%redshift\nselect :zzz")[-1]
    assert hint == "→ give zzz a value; there is exit_code"


def test_the_traceback_is_there_when_asked_for(notebook: Notebook) -> None:
    assert notebook.run("%redshift traceback").printed.strip() == "there was no error"
    notebook.fails("%%redshift\nselect nosuch")
    printed = notebook.run("%redshift traceback").printed
    assert printed.startswith("Traceback")
    assert "rsnb.errors.SqlError: there is no column nosuch" in printed


# Verbs


@pytest.mark.parametrize("verb", VERBS)
def test_a_verb_is_documented_by_its_line(notebook: Notebook, verb: str) -> None:
    doc = VERBS[verb].__doc__ or ""
    assert re.match(rf"{verb}( [\[\]A-Za-z ]+)?: .+\.$", doc.splitlines()[0])
    assert f"%redshift {doc.splitlines()[0]}" in notebook.run("%redshift help").printed


def test_help_is_what_nothing_gives_and_lists_the_options(notebook: Notebook) -> None:
    shown = notebook.run("%redshift").printed
    assert shown == notebook.run("%redshift help").printed
    assert all(action.help in " ".join(shown.split()) for action in OPTIONS._actions if action.help)
    assert list(VERBS) == sorted(VERBS)


def test_tables_and_describe(notebook: Notebook) -> None:
    notebook.run(
        "%%redshift\ncreate table event (eventid int not null, eventname varchar(20)); create table venue (v int)"
    )
    assert notebook.run("%redshift tables").value["table_name"].tolist() == ["event", "venue"]
    assert notebook.run("%redshift tables PUBLIC.e%").value["table_name"].tolist() == ["event"]
    assert notebook.run("%redshift tables x%").value["table_name"].tolist() == []
    described = notebook.run("%redshift describe Event").value
    assert described["column_name"].tolist() == ["eventid", "eventname"]
    assert described["is_nullable"].tolist() == ["NO", "YES"]
    assert notebook.run("%redshift describe public.event").value.equals(described)
    assert "did you mean public.event" in notebook.fails("%redshift describe public.evnt")[-1]


def test_datasets_and_history(notebook: Notebook) -> None:
    notebook.run("%%redshift one\nselect 1 as a, 2 as b")
    notebook.run("%%redshift\nselect\n   1")
    listed = notebook.run("%redshift datasets").value
    assert listed[["name", "rows", "columns"]].values.tolist() == [["one", 1, 2]]
    assert notebook.run("%redshift history").value["sql"].tolist() == ["select 1 as a, 2 as b", "select 1"]


def test_install_makes_functions(notebook: Notebook) -> None:
    assert "installed utm" in notebook.run("%redshift install utm").printed


def test_close_ends_the_session_and_the_next_cell_opens_one(notebook: Notebook) -> None:
    notebook.run("%%redshift\ncreate table t (a int)")
    session = notebook.redshift.session()
    assert notebook.run("%redshift close").error is None
    assert session.transaction == "closed"
    assert notebook.fails("%redshift close")[0] == "ConfigError: there is no open connection"
    assert "there is no table t" in notebook.fails("%%redshift\nselect * from t")[0]


def test_a_line_can_be_assigned(notebook: Notebook) -> None:
    notebook.run("%%redshift\ncreate table t (a int)")
    notebook.run("found = %redshift tables")
    assert notebook.names["found"]["table_name"].tolist() == ["t"]
