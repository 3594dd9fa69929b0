"""Profiles: which connection a name, a URL or nothing means; what cannot be opened says why."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

import rsnb
from rsnb import ConfigError, ConnectionLost, RsnbError, WarehouseLocked
from rsnb.engines import Target, connect, without_password
from rsnb.profiles import choose
from rsnb.settings import load

TOML = """
[settings]
connection = "{connection}"
[lake]
"s3://demo" = "lake"
[profiles.prod]
url = "embedded:///./prod.duckdb"
lake = {{ "s3://demo" = "other", "s3://more" = "more" }}
[profiles.nowhere]
lake = {{ "s3://x" = "x" }}
"""


def url(project: Path, name: str = "") -> str:
    return choose(name, load(project)).url


def toml(project: Path, connection: str = "", more: str = "") -> None:
    (project / "rsnb.toml").write_text(TOML.format(connection=connection) + more)


def test_without_anything_it_is_the_embedded_warehouse_in_memory(project: Path) -> None:
    profile = choose("", load())
    assert (profile.name, profile.url, profile.root) == ("embedded", "embedded://", project)


def test_beside_a_toml_it_is_a_file(project: Path) -> None:
    toml(project)
    assert url(project) == "embedded:///./.rsnb/warehouse.duckdb"
    with rsnb.connect(start=project) as session:
        session.sql("create table kept (a int)")
    assert (project / ".rsnb" / "warehouse.duckdb").is_file()
    (project / "notebooks").mkdir()
    with rsnb.connect(start=project / "notebooks") as session:
        assert session.sql("select count(*) from kept").scalar() == 0


def test_the_setting_over_the_default_profile_over_the_embedded_warehouse(project: Path) -> None:
    default = '\n[profiles.default]\nurl = "embedded:///default"\n'
    toml(project, more=default)
    assert url(project) == "embedded:///default"
    toml(project, "prod", default)
    assert url(project) == "embedded:///./prod.duckdb"
    toml(project, "embedded://", default)
    assert url(project) == "embedded://"
    assert url(project, "prod") == "embedded:///./prod.duckdb"


def test_a_profile_adds_its_lake_to_the_project(project: Path) -> None:
    toml(project)
    assert choose("prod", load(project)).lake == {"s3://demo": project / "other", "s3://more": project / "more"}
    assert choose("embedded://", load(project)).lake == {"s3://demo": project / "lake"}


@pytest.mark.parametrize(
    ("name", "message", "hint"),
    [
        ("prd", "there is no profile 'prd'", "did you mean prod?"),
        ("zzz", "there is no profile 'zzz'", "there is nowhere, prod"),
        ("nowhere", "the profile 'nowhere' has no url", "url = "),
        ("oracle://host/db", "'oracle://host/db' names no engine", "a URL starts with data-api://"),
        ("embedded:///", "has no path", "in memory"),
        ("embedded://x.duckdb", "has no path", "in memory"),
    ],
)
def test_what_names_no_connection_says_what_there_is(project: Path, name: str, message: str, hint: str) -> None:
    toml(project)
    with pytest.raises(ConfigError) as caught:
        rsnb.connect(name)
    assert message in caught.value.message
    assert hint in (caught.value.hint or "")


def test_without_a_toml_a_name_says_so(project: Path) -> None:
    with pytest.raises(ConfigError, match=r"there is no profile 'prod' \(no rsnb.toml was found\)"):
        rsnb.connect("prod")


@pytest.mark.parametrize(
    ("url", "shown"),
    [
        ("redshift://host:5439/db", "redshift://host:5439/db"),
        ("redshift://me:secret@host/db", "redshift://…@host/db"),
        ("redshift://me:se@cret@host/db", "redshift://…@host/db"),
        ("redshift://me:sec/ret@host", "redshift://…@host"),
        ("redshift://host/db?password=secret", "redshift://host/db?…"),
        ("redshift://me:secret@host/db?user=x@y", "redshift://…@y"),
        ("redshift:me:secret@host", "redshift:…@host"),
        ("embedded://me:secret@host", "embedded://…@host"),
        ("embedded:///a/b.duckdb", "embedded:///a/b.duckdb"),
    ],
)
def test_a_password_never_shows(project: Path, url: str, shown: str) -> None:
    assert without_password(url) == shown
    if "secret" in url:
        with pytest.raises(RsnbError) as caught:
            rsnb.connect(url)
        assert "secret" not in "".join(caught.value.lines())
        with pytest.raises(RsnbError) as caught:
            connect(Target(url, {}, project))
        assert "secret" not in "".join(caught.value.lines())


def test_what_holds_a_url_does_not_show_it(project: Path) -> None:
    address = "redshift://me:secret@host/db"
    assert "secret" not in repr(choose(address, load())) + repr(Target(address, {}, project))


# The warehouse's file

HOLD = "import duckdb, sys; c = duckdb.connect(sys.argv[1]); print('held', flush=True); sys.stdin.read()"


def test_a_file_that_another_process_holds_says_which(project: Path) -> None:
    file = project / "held.duckdb"
    command = [sys.executable, "-c", HOLD, str(file)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as holder:
        assert holder.stdout is not None
        assert holder.stdout.readline() == "held\n"
        with pytest.raises(WarehouseLocked) as caught:
            rsnb.connect(f"embedded://{file}")
        holder.communicate("")
    assert str(file) in caught.value.message
    assert f"the process {holder.pid}" in caught.value.message
    assert "embedded://" in (caught.value.hint or "")
    with rsnb.connect(f"embedded://{file}") as session:  # it is free again
        assert session.sql("select 1").scalar() == 1


def test_two_sessions_of_one_process_share_a_file(project: Path) -> None:
    address = f"embedded://{project}/shared.duckdb"
    with rsnb.connect(address) as first, rsnb.connect(address) as second:
        first.sql("create table t (a int)")
        assert second.sql("select count(*) from t").scalar() == 0
    with rsnb.connect(address) as third:
        assert third.sql("select count(*) from t").scalar() == 0


@pytest.mark.parametrize("content", [b"this is not a warehouse" * 1000, b"PAR1" * 4000])
def test_a_file_that_is_no_warehouse_is_named_and_left_alone(project: Path, content: bytes) -> None:
    file = project / "notes.txt"
    file.write_bytes(content)
    with pytest.raises(RsnbError, match=str(file)):
        rsnb.connect(f"embedded://{file}")
    assert file.read_bytes() == content


def test_a_folder_is_no_warehouse(project: Path) -> None:
    with pytest.raises(RsnbError, match=str(project)):
        rsnb.connect(f"embedded://{project}")


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write everywhere")
def test_a_folder_that_may_not_be_written_is_named(project: Path) -> None:
    closed = project / "closed"
    closed.mkdir(mode=0o500)
    with pytest.raises(ConnectionLost, match=str(closed)):
        rsnb.connect(f"embedded://{closed}/folder/w.duckdb")


def test_a_place_where_no_folder_can_be_made_is_named(project: Path) -> None:
    (project / "file").write_text("")
    with pytest.raises(ConnectionLost, match=str(project / "file")):
        rsnb.connect(f"embedded://{project}/file/w.duckdb")
