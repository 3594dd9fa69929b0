"""A warehouse in memory has the same catalog whether it is made or copied, whatever the cache holds."""

from __future__ import annotations

import os
import sys
import threading
import time
from pathlib import Path
from typing import Any

import duckdb
import pytest

import rsnb
from rsnb.session import Session
from rsnb.warehouse import template

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


def test_an_interrupt_is_no_broken_file(cache: Path) -> None:
    opened()
    [file] = cache.iterdir()
    first, db = file.stat(), duckdb.connect(":memory:")
    stopped = threading.Event()

    def interrupt() -> None:
        while not stopped.wait(0.0002):
            db.interrupt()

    thread = threading.Thread(target=interrupt)
    thread.start()
    try:
        with pytest.raises(duckdb.InterruptException):
            template.fill(db)
    finally:
        stopped.set()
        thread.join()
        db.close()
    assert file.stat().st_ino == first.st_ino
    assert list(cache.iterdir()) == [file]


def test_the_files_of_a_few_versions_stay(cache: Path) -> None:
    cache.mkdir(parents=True)
    older = [cache / f"catalog-{number:016}.duckdb" for number in range(template.VERSIONS + 2)]
    for age, path in enumerate(reversed(older), 1):
        path.write_bytes(b"of another version")
        os.utime(path, (time.time() - age * 60,) * 2)
    abandoned, busy, other = cache / "making-1", cache / "making-2", cache / "of the user"
    for folder in (abandoned, busy, other):
        folder.mkdir()
        (folder / "x").touch()
    for folder in (abandoned, other):
        os.utime(folder, (time.time() - 24 * 3600,) * 2)
    opened()
    files = set(cache.iterdir())
    [new] = files - {*older, abandoned, busy, other}
    assert files == {new, busy, other, *older[-(template.VERSIONS - 1) :]}
    opened()
    assert set(cache.iterdir()) == files


@pytest.mark.skipif(sys.platform == "win32", reason="the home is looked up by other means")
@pytest.mark.parametrize("given", ["", "elsewhere"])
def test_without_a_home_nothing_is_kept(
    cache: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, given: str
) -> None:
    import pwd

    made = opened()
    monkeypatch.setenv("XDG_CACHE_HOME", given)  # a relative one is not valid
    monkeypatch.delenv("HOME")
    monkeypatch.setattr(pwd, "getpwuid", {}.__getitem__)  # the user of a container has no entry
    monkeypatch.chdir(tmp_path)
    assert opened() == made
    assert list(tmp_path.iterdir()) == [cache.parent]


def test_warehouses_are_apart(cache: Path) -> None:
    with rsnb.connect("embedded://") as one, rsnb.connect("embedded://") as other:
        one.sql("create user u1 password 'Abc12345'; create table t (a int)")
        assert other.sql("select count(*) from pg_user where usename = 'u1'").table.column(0).to_pylist() == [0]
    with rsnb.connect("embedded://") as later:
        assert later.sql("select count(*) from pg_table_def where tablename = 't'").table.column(0).to_pylist() == [0]
