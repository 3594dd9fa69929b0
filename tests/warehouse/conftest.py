"""A vocabulary for statements and what they give: `check(sql, rows)` and `refuses(sql, error, words)`."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

import rsnb
from rsnb.errors import RsnbError, SqlError
from rsnb.session import Session

Rows = list[tuple[Any, ...]]
DUCKDB_WORDS = ("Candidate", "TRY(", "LINE 1:", "Binder", "Catalog Error", "rsnb_system", "own_", "explicit type casts")


@pytest.fixture(autouse=True)
def quiet(caplog: pytest.LogCaptureFixture) -> Iterator[None]:
    """What the parser says to its log, a user would see on standard error."""
    yield
    assert [record.getMessage() for record in caplog.get_records("call") if record.name == "sqlglot"] == []


@pytest.fixture
def lake(tmp_path: Path) -> Path:
    """The folder behind s3://lake."""
    (tmp_path / "lake").mkdir()
    (tmp_path / "rsnb.toml").write_text('[lake]\n"s3://lake" = "./lake"\n', encoding="utf-8")
    return tmp_path / "lake"


@pytest.fixture
def session(lake: Path) -> Iterator[Session]:
    with rsnb.connect("embedded://", start=lake.parent) as opened:
        yield opened


@pytest.fixture
def put(lake: Path) -> Callable[[str, str | bytes], str]:
    """Write a file of the lake and return its s3:// address."""

    def write(key: str, content: str | bytes) -> str:
        file = lake / key
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(content.encode() if isinstance(content, str) else content)
        return f"s3://lake/{key}"

    return write


def rows_of(result: rsnb.Result) -> Rows:
    return list(zip(*(column.to_pylist() for column in result.table.columns), strict=True))


@pytest.fixture
def check(session: Session) -> Callable[..., rsnb.Result]:
    """Run statements; the last one's rows are these, and its types, columns and command, where given."""

    def run(
        sql: str,
        expected: Rows | None = None,
        types: list[str] | None = None,
        columns: list[str] | None = None,
        command: str | None = None,
    ) -> rsnb.Result:
        result = session.sql(sql)
        if expected is not None:
            assert rows_of(result) == expected
        if types is not None:
            assert [rsnb.types.of_arrow(k) for k in result.table.schema.types] == types
        if columns is not None:
            assert result.columns == columns
        if command is not None:
            assert result.receipt.command == command
        return result

    return run


@pytest.fixture
def fails(session: Session) -> Callable[..., SqlError]:
    """Run statements, the last of which fails with these words, its caret at this text (None: nowhere)."""

    def run(sql: str, error: type[SqlError], words: str, at: str | None = None) -> SqlError:
        with pytest.raises(error) as caught:
            session.sql(sql)
        shown = str(caught.value)
        assert words in shown
        for word in DUCKDB_WORDS:
            assert word not in shown
        if at is not None:
            assert caught.value.position is not None
            assert caught.value.sql[caught.value.position :].startswith(at)
        return caught.value

    return run


@pytest.fixture
def refuses(session: Session) -> Callable[..., RsnbError]:
    """Run a statement that must fail with this error, these words in it, and none of DuckDB's."""

    def run(sql: str, error: type[RsnbError], *words: str) -> RsnbError:
        with pytest.raises(error) as caught:
            session.sql(sql)
        shown = str(caught.value)
        for word in words:
            assert word in shown
        for word in DUCKDB_WORDS:
            assert word not in shown
        return caught.value

    return run
