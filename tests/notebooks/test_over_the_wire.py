"""The SQL cells of the two stories over the wire to PostgreSQL, as far as it can stand in for Redshift.

A table that it can't make is loaded with the embedded warehouse's rows, so that the cells after it run.
"""

from __future__ import annotations

import csv
import io
import re
import shutil
from collections.abc import Iterator
from contextlib import ExitStack
from decimal import Decimal
from pathlib import Path
from typing import Any

import nbformat
import pytest

import rsnb
from rsnb import RsnbError, Session, samples
from tests.engines.conftest import url
from tests.notebooks.conftest import DATA, REAL, ROOT
from tests.postgres.proxy import Proxy
from tests.postgres.server import Server

pytestmark = pytest.mark.xdist_group("notebooks")
PARAMETERS = {"source": "Physician Referral", "top": 5}
CAN_NOT = {  # words of a cell: words of PostgreSQL's error
    "create external schema": 'syntax error at or near "external"',
    "create external table": 'syntax error at or near "external"',
    "from fact": "fact is a result in this notebook",
    "from zones": "zones is a result in this notebook",
    "e.metadata.count": 'relation "seismic.sp_events" does not exist',
    "e.features": 'relation "seismic.sp_events" does not exist',
}
REWRITTEN = {  # what the proxy exchanges for what says the same at PostgreSQL
    r"\bdiststyle \w+\s+sortkey \([^)]*\)": "",  # how a table lies on its nodes
    r"group by zone\s*\)": "group by zone) as t",  # before release 16 a subquery has a name
    r"round\((\w+), 1\)": r"round(\1::numeric, 1)::float8",  # which is for NUMERIC alone
}
OTHERWISE = {"whole_average"}  # PostgreSQL's average of integers has a fraction


def as_postgresql(sql: str) -> str:
    """A statement of a story, for PostgreSQL."""
    for pattern, replacement in REWRITTEN.items():
        sql = re.sub(pattern, replacement, sql)
    return sql


def cells(name: str) -> Iterator[tuple[str, str]]:
    """The name of the result, and the statements, of each SQL cell."""
    for cell in nbformat.read(ROOT / "notebooks" / name, as_version=4).cells:
        if cell.cell_type == "code" and cell.source.startswith("%%redshift"):
            magic, text = cell.source.split("\n", 1)
            yield magic.removeprefix("%%redshift").strip(), text


@pytest.fixture
def sessions(tmp_path: Path, postgres: Server, monkeypatch: pytest.MonkeyPatch) -> Iterator[tuple[Session, Session]]:
    """The embedded warehouse with a lake that is filled, and the wire to a database of its own."""
    monkeypatch.setenv("RSNB_DATA", str(DATA) if REAL else "")
    shutil.copy(ROOT / "rsnb.toml", tmp_path)
    postgres.psql("drop database if exists stories")
    postgres.psql("create database stories")
    postgres.psql("create schema readmissions; create schema seismic", "stories")
    with ExitStack() as stack:
        embedded = stack.enter_context(rsnb.connect("embedded://", start=tmp_path))
        samples.prepare_for(embedded.config)
        proxy = stack.enter_context(Proxy(postgres.port))
        proxy.rewrite = as_postgresql
        yield embedded, stack.enter_context(rsnb.connect(url(proxy.port, database="stories")))
    rsnb.datasets.clear()


@pytest.mark.parametrize(("name", "run"), [("01_readmissions.ipynb", 11), ("02_earthquakes.ipynb", 4)])
def test_the_cells_of_a_story(sessions: tuple[Session, Session], postgres: Server, name: str, run: int) -> None:
    embedded, wire = sessions
    for session in sessions:
        session.install("utm")
    ran = 0
    for result, text in cells(name):
        expected = embedded.sql(text, **used(text))
        if result:
            rsnb.datasets[result] = expected
        why = next((error for words, error in CAN_NOT.items() if words in text), None)
        if why is None:
            assert values(wire.sql(text, **used(text))) == values(expected), text
            ran += 1
            continue
        with pytest.raises(RsnbError) as caught:
            wire.sql(text, **used(text))
        assert why in str(caught.value)
        made = re.search(r"create (?:external )?table (\S+)", text)
        if made and "struct<" not in text:
            load(postgres, embedded, made[1])
    assert ran == run


def used(text: str) -> dict[str, Any]:
    """The values of the notebook that a cell names."""
    return {name: value for name, value in PARAMETERS.items() if f":{name}" in text}


def values(result: rsnb.Result) -> list[tuple[Any, ...]]:
    """The rows, ties in any order, numbers of all types alike."""
    kept = [name for name in result.columns if name not in OTHERWISE]
    rows = zip(*(result.table.column(name).to_pylist() for name in kept), strict=True)
    return sorted((tuple(_plain(value) for value in row) for row in rows), key=repr)


def _plain(value: Any) -> Any:
    return float(f"{value:.9g}") if isinstance(value, (int, float, Decimal)) else str(value)


def load(server: Server, session: Session, table: str) -> None:
    """A table of the embedded warehouse in the server."""
    result = session.sql(f"select * from {table}")
    declared = ", ".join(f"{name} {kind}" for name, kind in result.types.items())
    text = io.StringIO()
    csv.writer(text, lineterminator="\n").writerows(zip(*(c.to_pylist() for c in result.table.columns), strict=True))
    server.psql(f"create table {table} ({declared});\ncopy {table} from stdin csv;\n{text.getvalue()}\\.\n", "stories")
