"""A warehouse in memory has the same catalog whether it is made or copied, whatever the cache holds."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

import rsnb
from rsnb.session import Session

QUERIES = (
    "select function_name, parameters, macro_definition from duckdb_functions() where schema_name = 'rsnb_system'",
    "select schema_name, view_name, sql from duckdb_views() where not internal",
    "select schema_name, table_name, sql from duckdb_tables()",
    "from rsnb_system.type_name",
    "from rsnb_system.db_role",
    "from rsnb_system.db_user",
    "from rsnb_system.privilege",
)


@pytest.fixture
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The folder of the cache, which is not there yet."""
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    return tmp_path / "cache" / "rsnb"


def held(session: Session) -> list[list[Any]]:
    """What the catalog of a session's warehouse holds."""
    db = session._engine._connection.db  # type: ignore[attr-defined]
    return [db.execute(f"from ({query}) order by all").fetchall() for query in QUERIES]


def opened() -> list[list[Any]]:
    """What a new warehouse's catalog holds; its functions run."""
    with rsnb.connect("embedded://") as session:
        assert session.sql("select len('ab '), has_schema_privilege('public', 'usage')").table.num_rows == 1
        return held(session)


def test_a_copied_catalog_is_the_one_that_was_made(cache: Path) -> None:
    made = opened()
    assert all(made)
    [file] = cache.iterdir()
    first = file.stat()
    assert opened() == made
    assert file.stat().st_ino == first.st_ino


def test_a_warehouse_in_a_file_has_the_same_catalog(cache: Path, tmp_path: Path) -> None:
    with rsnb.connect(f"embedded://{tmp_path}/own.duckdb") as session:
        own = held(session)
    assert opened() == own


@pytest.mark.parametrize("content", [b"", b"no database", b"\0" * 20_000])
def test_a_broken_file_is_replaced(cache: Path, content: bytes) -> None:
    made = opened()
    [file] = cache.iterdir()
    file.write_bytes(content)
    assert opened() == made
    assert file.stat().st_size > len(content)
    assert opened() == made


def test_a_cache_that_cant_be_written_changes_nothing(cache: Path) -> None:
    made = opened()
    [file] = cache.iterdir()
    file.unlink()
    cache.rmdir()
    cache.write_text("a file in its place")
    assert opened() == made


def test_warehouses_are_apart(cache: Path) -> None:
    with rsnb.connect("embedded://") as one, rsnb.connect("embedded://") as other:
        one.sql("create user u1 password 'Abc12345'; create table t (a int)")
        assert other.sql("select count(*) from pg_user where usename = 'u1'").table.column(0).to_pylist() == [0]
    with rsnb.connect("embedded://") as later:
        assert later.sql("select count(*) from pg_table_def where tablename = 't'").table.column(0).to_pylist() == [0]
