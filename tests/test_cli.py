"""`rsnb VERB` as a real process: formats, parameters, exit codes, errors without a traceback."""

from __future__ import annotations

import csv
import io
import json
import os
import subprocess
import sys
from pathlib import Path

import pyarrow.parquet as pq
import pytest
from click.testing import CliRunner, Result

import rsnb
from rsnb.cli import main

CALL = "import sys; sys.argv[0] = 'rsnb'; from rsnb.cli import main; main()"


def call(*words: str, given: str | bytes = "") -> Result:
    """Run `rsnb` with these words; given is its standard input."""
    return CliRunner().invoke(main, words, input=given, prog_name="rsnb")


def process(*words: str, given: str | bytes = "") -> subprocess.CompletedProcess[str]:
    """The same as a process of its own."""
    ran = subprocess.run(
        [sys.executable, "-W", "error", "-c", CALL, *words],
        input=given.encode() if isinstance(given, str) else given,
        capture_output=True,
        env={**os.environ, "PYTHONIOENCODING": "utf-8"},
        check=False,
    )
    return subprocess.CompletedProcess(words, ran.returncode, ran.stdout.decode(), ran.stderr.decode())


def prints(*words: str, given: str = "") -> str:
    """What `rsnb` prints when all goes well."""
    ran = call(*words, given=given)
    assert ran.exit_code == 0, ran.stderr
    return ran.stdout


def fails(*words: str, given: str | bytes = "", code: int = 1) -> str:
    """What `rsnb` says of a mistake: on standard error only, without a traceback."""
    ran = call(*words, given=given)
    assert (ran.exit_code, ran.stdout) == (code, "")
    assert "Traceback" not in ran.stderr
    return ran.stderr


ROWS = """select 1 as id, 'x,"y' as name, null::int as missing, 1.50 as price, '2020-01-02'::date as day,
          '2020-01-02 03:04:05'::timestamp as at, true as yes, 0.5::float8 as half"""


def test_a_table_for_the_screen(project: Path) -> None:
    ran = call("query", ROWS)
    head, row = ran.stdout.splitlines()
    assert head.split() == ["id", "name", "missing", "price", "day", "at", "yes", "half"]
    assert row.split() == ["1", 'x,"y', "NULL", "1.50", "2020-01-02", "2020-01-02", "03:04:05", "true", "0.5"]
    assert ran.stderr.startswith("1 row · ")


def test_csv(project: Path) -> None:
    printed = prints("query", ROWS, "--format", "csv")
    head, row = csv.reader(io.StringIO(printed))
    assert head == ["id", "name", "missing", "price", "day", "at", "yes", "half"]
    assert row == ["1", 'x,"y', "", "1.50", "2020-01-02", "2020-01-02 03:04:05", "True", "0.5"]
    prints("query", ROWS, "--format", "csv", "--output", "rows.csv")
    assert Path("rows.csv").read_text() == printed


def test_json(project: Path) -> None:
    printed = prints("query", ROWS + ", 'nan'::float8 as nan", "--format", "json")
    assert json.loads(printed) == [
        {"id": 1, "name": 'x,"y', "missing": None, "price": "1.50", "day": "2020-01-02",
         "at": "2020-01-02 03:04:05", "yes": True, "half": 0.5, "nan": None}
    ]  # fmt: skip
    prints("query", "select 'größe' as a", "--format", "json", "--output", "rows.json")
    assert "größe" in Path("rows.json").read_text("utf-8")
    assert "several columns named a" in fails("query", "select 1 as a, 2 as a", "--format", "json")


def test_parquet_to_a_file_only(project: Path) -> None:
    assert prints("query", ROWS, "--format", "parquet", "--output", "rows.parquet") == ""
    assert pq.read_table("rows.parquet").to_pylist()[0]["name"] == 'x,"y'
    assert "parquet is not for the screen: give --output FILE" in fails("query", ROWS, "--format", "parquet", code=2)


@pytest.mark.parametrize("form", ["table", "csv"])
def test_no_rows_are_a_head_and_a_command_is_nothing(project: Path, form: str) -> None:
    assert prints("query", "select 1 as a where false", "--format", form).strip() == "a"
    assert prints("query", "create table t (a int)", "--format", form).strip() == ""


@pytest.mark.parametrize(
    ("given", "shown"),
    [
        ("v=5", "5"),
        ("v=-1.5", "-1.5"),
        ("v=true", "true"),
        ("v=null", "NULL"),
        ("v=text", "text"),
        ('v="5"', "5"),
        ("v=2020-01-01", "2020-01-01"),
        ("v=it's; drop table t", "it's; drop table t"),
        ("v=a=b", "a=b"),
        ("v=", ""),
    ],
)
def test_a_parameter_is_json_or_else_a_text(project: Path, given: str, shown: str) -> None:
    assert prints("query", "select :v as v", "-p", given).strip().removeprefix("v").strip() == shown


def test_parameters_of_any_name_and_as_a_list(project: Path) -> None:
    shown = prints("query", "select :max_rows as m where 2 in (:text)", "-p", "max_rows=3", "-p", "text=[1, 2]")
    assert shown.split() == ["m", "3"]


def test_as_a_process(project: Path) -> None:
    (project / "rsnb.toml").write_text("")
    ran = process("query", "-", "-p", "v=größe", given="create table t (a int); select :v as ä")
    assert (ran.returncode, ran.stdout.split()) == (0, ["ä", "größe"])
    assert ran.stderr.startswith("1 row · ")
    assert process("tables").stdout.split()[3:5] == ["public", "t"]
    ran = process("query", "select nosuch")
    assert (ran.returncode, ran.stdout) == (1, "")
    assert ran.stderr == "SqlError: there is no column nosuch\nline 1: select nosuch\n               ^\n"
    assert process("query", "-", given=b"select '\xff'").stderr.startswith("ConfigError: standard input is not UTF-8")
    assert process("query", "select 1", "--max-rows", "x").returncode == 2


def test_standard_input(project: Path) -> None:
    assert prints("query", "-", given="select 'größe' as a; -- end").split() == ["a", "größe"]
    assert "there is no statement to run" in fails("query", "-")
    assert "standard input is not UTF-8" in fails("query", "-", given=b"select '\xff'")


def test_max_rows(project: Path) -> None:
    ran = call("query", "select 1 as a union all select 2", "--max-rows", "1")
    assert ran.stdout.split() == ["a", "1"]
    assert "cut off at max_rows" in ran.stderr


def test_the_warehouse_of_a_project_is_kept(project: Path) -> None:
    (project / "rsnb.toml").write_text('[profiles.other]\nurl = "embedded:///./other.duckdb"\n')
    prints("query", "create table event (eventid int not null, name varchar(20))")
    assert prints("tables").split()[3:] == ["public", "event", "BASE", "TABLE"]
    assert prints("tables", "x%").split() == ["table_schema", "table_name", "table_type"]
    assert prints("tables", "--connection", "other").split() == ["table_schema", "table_name", "table_type"]
    assert "eventid" in prints("describe", "event")
    assert "NULL" in prints("describe", "event")
    assert "did you mean public.event?" in fails("describe", "public.evnt")
    assert "event" in prints("explain", "select * from event").lower()
    assert prints("install", "utm") == "installed utm\n"


def test_explain_runs_nothing(project: Path) -> None:
    (project / "rsnb.toml").write_text("")
    prints("query", "create table t (a int)")
    assert "explain is for one statement" in fails("explain", "select 1; drop table t")
    prints("describe", "t")


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("query", "select nosuch"), "SqlError: there is no column nosuch\nline 1: select nosuch\n"),
        (("query", "select :a"), "ParameterError: the parameter :a has no value"),
        (("query", "select :a", "-p", 'a={"b": 1}'), "a value of type dict has no SQL literal"),
        (("query", "select 1", "--connection", "nosuch"), "ConfigError: there is no profile 'nosuch'"),
        (("query", "select 1", "--connection", "oracle://me:secret@host"), "'oracle://…@host' names no engine"),
        (
            ("query", "select 1", "--output", "nosuch/rows.txt"),
            "ConfigError: nosuch/rows.txt can't be written: No such",
        ),
        (("query", "select 1", "--format", "parquet", "--output", "nosuch/r.p"), "nosuch/r.p can't be written"),
        (("describe", "nosuch"), "SqlError: there is no table nosuch"),
        (("explain", "selec"), "SqlError"),
        (("install", "nosuch"), "ConfigError: there is no function library 'nosuch'\n→ there is utm"),
    ],
)
def test_a_mistake_is_a_few_lines_on_standard_error(project: Path, words: tuple[str, ...], said: str) -> None:
    shown = fails(*words)
    assert said in shown
    assert "secret" not in shown
    assert len(shown.splitlines()) <= 4


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("nosuch",), "No such command 'nosuch'"),
        (("query",), "Missing argument 'SQL'"),
        (("query", "select 1", "--nosuch"), "No such option"),
        (("query", "select 1", "-p", "novalue"), "'novalue' is not NAME=VALUE"),
        (("query", "select 1", "-p", "1x=1"), "'1x=1' is not NAME=VALUE"),
        (("query", "select 1", "--max-rows", "-1"), "-1 is not in the range"),
        (("query", "select 1", "--format", "xml"), "'xml' is not one of"),
    ],
)
def test_a_wrong_call_says_how_to_call(project: Path, words: tuple[str, ...], said: str) -> None:
    shown = fails(*words, code=2)
    assert said in shown
    assert "--help" in shown


def test_help_lists_every_command(project: Path) -> None:
    shown = prints("--help")
    for name, command in main.commands.items():
        assert f"\n  {name} " in shown
        assert command.help
        assert command.help.splitlines()[0].split()[0] in prints(name, "-h")
    assert prints("--version").strip() == f"rsnb, version {rsnb.__version__}"
