"""Large results by way of S3: what is unloaded and read has the types of the wire, and nothing is left behind.

PostgreSQL can't UNLOAD. Here the proxy has an embedded warehouse with the same table run the statement, which writes
the Parquet files into a folder that stands for the bucket, and tells PostgreSQL another statement. S3 itself is moto's.
What Redshift writes into its files was not seen: its documentation says what it is.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from pathlib import Path

import boto3
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from moto.server import ThreadedMotoServer

import rsnb
from rsnb import Cancelled, ConfigError, GuardError, Session, SqlError, UnsupportedSql
from rsnb.auth.account import Account
from rsnb.engines.wire import memory, places
from rsnb.engines.wire.columns import plan
from rsnb.engines.wire.messages import Field
from rsnb.engines.wire.unloading import Reading, estimate, outer_words, refusal
from rsnb.lake import Lake
from tests.aws.cloud import Cloud
from tests.aws.fixtures import cloud, running_cloud
from tests.engines.test_stopping import interrupt
from tests.postgres.proxy import Proxy

__all__ = ["cloud", "running_cloud"]

TABLE = """create table facts (a int2, b int4, c int8, d numeric(12, 2), e numeric(38, 4), f float4, g float8, h bool,
    i char(5), j varchar(20), k date, l timestamp, m timestamptz)"""
ROWS = """insert into facts values
    (1, 2, 3, 4.56, -12345678901234567890.1234, 0.5, 0.25, true, 'ab', 'it''s', '2020-02-29',
     '2020-01-01 10:11:12.123456', '2020-01-01 10:11:12+00'),
    (-1, -2, -3, -4.5, 0, -0.5, 1e100, false, '', 'é\u2028', '1969-12-31', '1900-01-01', '2262-01-01 00:00:00+00'),
    (null, null, null, null, null, null, null, null, null, null, null, null, null)"""


class Unloads:
    """What the proxy does with statements: an UNLOAD is run elsewhere, and noted."""

    def __init__(self, folder: Path, address: str) -> None:
        self.folder = folder
        self.statements: list[str] = []
        self.fails = False
        self._warehouse = rsnb.connect(address)
        self._warehouse.sql(f"{TABLE}; {ROWS}")

    def __call__(self, sql: str) -> str:
        statement = sql.partition("*/ ")[2] or sql
        if not statement.startswith("unload"):
            return sql
        self.statements.append(statement)
        self._warehouse.sql(statement)
        if self.fails:
            return "select 1 / 0"
        return "set application_name to 'unloaded'"

    def close(self) -> None:
        self._warehouse.close()


@pytest.fixture
def unloads(project: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Unloads]:
    (project / "rsnb.toml").write_text('[lake]\n"s3://bucket" = "./bucket"\n')
    (project / "bucket").mkdir()
    monkeypatch.setenv("RSNB_UNLOAD_TO", "s3://bucket/results/")
    made = Unloads(project / "bucket", "embedded://")
    yield made
    made.close()


@pytest.fixture
def session(unloads: Unloads, wired: Callable[..., Session], proxy: Proxy) -> Session:
    proxy.rewrite = unloads
    session = wired(proxy)
    session.sql(f"set timezone to utc; drop table if exists facts; {TABLE}; {ROWS}")
    return session


def left(unloads: Unloads) -> list[Path]:
    return [path for path in unloads.folder.rglob("*") if path.is_file()]


def test_the_rows_are_those_of_the_wire(session: Session, unloads: Unloads) -> None:
    sql = "select * from facts order by a"
    wire, unloaded = session.sql(sql), session.sql(sql, unload=True)
    assert unloaded.table.equals(wire.table)
    assert (unloaded.types, unloaded.table.schema) == (wire.types, wire.table.schema)
    assert unloaded.df().equals(wire.df())
    assert unloaded.receipt.notes[0].startswith("by way of s3://bucket/results/rsnb-")
    assert left(unloads) == []


@pytest.mark.parametrize(
    ("sql", "begins", "ends"),
    [
        ("select j from facts where j <> 'it''s'", "('select j from facts where j <> ''it''''s''')", "parquet"),
        ("select a from facts order by a", "('select a from facts order by a')", "parquet parallel off"),
        ("select a from (select a from facts order by a) x", "('select a from (select", "parquet"),
        ("select a from facts limit 3", "('select * from (select a from facts limit 3) as unloaded')", "parquet"),
    ],
)
def test_the_statement(session: Session, unloads: Unloads, sql: str, begins: str, ends: str) -> None:
    expected = session.sql(sql).table
    by = expected.column_names[0]
    assert session.sql(sql, unload=True).table.sort_by(by).equals(expected.sort_by(by))
    (statement,) = unloads.statements
    assert statement.startswith(f"unload {begins}")
    assert statement.endswith(f"iam_role default format {ends}")


def test_no_rows(session: Session) -> None:
    result = session.sql("select a, b, c from facts where false", unload=True)
    assert (len(result), result.columns) == (0, ["a", "b", "c"])


@pytest.mark.parametrize(
    ("sql", "words"),
    [
        ("select a, b as a from facts", "several columns named a"),
        ("select a from facts order by a limit 2", "LIMIT in the outer query"),
        ("select '1.2.3.4'::inet as ip", "a type of the number 869"),
    ],
)
def test_what_can_not_be_unloaded(
    session: Session, unloads: Unloads, sql: str, words: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Said where it was asked for; where the size alone asks for it, the wire takes it."""
    with pytest.raises(UnsupportedSql, match=words):
        session.sql(sql, unload=True)
    monkeypatch.setattr("rsnb.engines.wire.engine.estimate", lambda _: 1 << 60)
    monkeypatch.setenv("RSNB_UNLOAD_ABOVE", "1")
    with rsnb.connect(session.profile.url) as other:
        assert len(other.sql(sql)) >= 1
    assert unloads.statements == []


def test_max_rows(session: Session, unloads: Unloads) -> None:
    result = session.sql("select a from facts", max_rows=2, unload=True)
    assert (len(result), result.receipt.cut_off, left(unloads)) == (2, True, [])


def test_commands_of_the_same_cell_just_run(session: Session) -> None:
    result = session.sql("create temp table t as select 1::int as a; select a from facts where a > 0", unload=True)
    assert result.scalar() == 1


def test_nothing_is_left_when_the_unload_fails(session: Session, unloads: Unloads) -> None:
    unloads.fails = True
    with pytest.raises(SqlError, match="division by zero"):
        session.sql("select a from facts", unload=True)
    assert (len(unloads.statements), left(unloads)) == (1, [])
    assert session.sql("select 1").scalar() == 1


def test_nothing_is_left_when_the_rows_are_too_many(
    session: Session, unloads: Unloads, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(memory, "MARGIN", 0)
    monkeypatch.setattr(memory, "free", lambda: 1)
    with pytest.raises(GuardError):
        session.sql("select a from facts", unload=True)
    assert left(unloads) == []


def test_nothing_is_left_when_reading_is_stopped(
    session: Session, unloads: Unloads, monkeypatch: pytest.MonkeyPatch
) -> None:
    own = Reading._batches

    def slowly(self: Reading, limit: int) -> Iterator[pa.RecordBatch]:
        interrupt(0.1)
        while not self._stopped.is_set():
            time.sleep(0.01)
        yield from own(self, limit)

    monkeypatch.setattr(Reading, "_batches", slowly)
    with pytest.raises(Cancelled, match="reading the unloaded rows was stopped"):
        session.sql("select a from facts", unload=True)
    assert left(unloads) == []
    assert session.sql("select 1").scalar() == 1


@pytest.mark.parametrize(("above", "unloaded"), [("0", False), ("1", True), ("999999999", False)])
def test_by_the_size_that_the_plan_says(
    session: Session, unloads: Unloads, monkeypatch: pytest.MonkeyPatch, above: str, unloaded: bool
) -> None:
    """Redshift's plan names rows and width as PostgreSQL's does."""
    monkeypatch.setenv("RSNB_UNLOAD_ABOVE", above)
    with rsnb.connect(session.profile.url) as other:
        result = other.sql("select a.a from facts a, facts b, facts c, facts d where a.a + b.a is not null")
        assert bool(unloads.statements) is unloaded
        assert len(result) == 36
        with pytest.raises(SqlError, match="nosuch") as caught:
            other.sql("select nosuch from facts")
        assert caught.value.column == 8


# What is in the way


def test_without_a_place(wire: Session) -> None:
    with pytest.raises(ConfigError, match="where to unload to is not known") as caught:
        wire.sql("select 1 as a", unload=True)
    assert "unload_to" in (caught.value.hint or "")


@pytest.mark.parametrize("oid", [3000, 3001, 6551, 1083, 1266, 1190])
def test_types_that_parquet_does_not_keep(oid: int) -> None:
    columns = plan((Field("shape", oid),), 2)
    assert not isinstance(columns, str)
    assert "which UNLOAD can't write to Parquet" in str(refusal(columns, "select shape from t"))


def test_a_profile_names_place_and_role(
    project: Path, unloads: Unloads, session: Session, proxy: Proxy, monkeypatch: pytest.MonkeyPatch
) -> None:
    role = "arn:aws:iam::123456789012:role/unloader"
    (project / "rsnb.toml").write_text(
        f'[lake]\n"s3://bucket" = "./bucket"\n[profiles.prod]\nunload_to = "s3://bucket/own"\niam_role = "{role}"\n'
        f'url = "redshift://open@127.0.0.1:{proxy.port}/postgres?tls=off"\n'
    )
    monkeypatch.setenv("REDSHIFT_PASSWORD", "x")
    session.sql("grant select on facts to public")
    with rsnb.connect("prod") as other:
        assert len(other.sql("select a from facts", unload=True)) == 3
    assert "to 's3://bucket/own/rsnb-" in unloads.statements[-1]
    assert f"iam_role '{role}'" in unloads.statements[-1]


# S3


@pytest.fixture
def s3(cloud: Cloud, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """S3 on loopback, with a bucket."""
    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    monkeypatch.setenv("AWS_ENDPOINT_URL_S3", f"http://{host}:{port}")
    boto3.client("s3").create_bucket(Bucket="bucket", CreateBucketConfiguration={"LocationConstraint": "eu-west-1"})
    yield
    server.stop()


def test_files_on_s3_are_read_and_removed(s3: None) -> None:
    folder = places.open_folder("s3://bucket/results/rsnb-1", Lake(), Account())
    other = places.open_folder("s3://bucket/results/rsnb-12", Lake(), Account())
    assert folder.files() == []
    for i in range(3):
        table = pa.table({"a": pa.array([i, i], pa.int32())})
        pq.write_table(table, f"{folder.path}/part_{i}.parquet", filesystem=folder.system)
        pq.write_table(table, f"{other.path}/part_{i}.parquet", filesystem=other.system)
    columns = plan((Field("n", 20),), 2)
    assert not isinstance(columns, str)
    table = Reading(folder, columns).table(0, memory.Guard(50, 80, 1 << 40))
    assert table.to_pydict() == {"n": [0, 0, 1, 1, 2, 2]}
    assert table.schema == pa.schema([("n", pa.int64())])
    folder.remove()
    assert (folder.files(), len(other.files())) == ([], 3)
    folder.remove()


def test_without_credentials_it_says_so(cloud: Cloud, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("AWS_ACCESS_KEY_ID")
    monkeypatch.delenv("AWS_SECRET_ACCESS_KEY")
    with pytest.raises(rsnb.AuthError, match="there are no AWS credentials to read S3 with"):
        places.open_folder("s3://bucket/x", Lake(), Account())


def test_words_outside_parentheses() -> None:
    assert outer_words("select a from (select b order by c limit 1) x -- limit\n where 'order' = d") == {
        "select", "a", "from", "x", "where", "d",
    }  # fmt: skip


@pytest.mark.parametrize(
    ("line", "size"),
    [
        ("XN Seq Scan on venue  (cost=0.00..2.02 rows=202 width=46)", 9292),
        ("Seq Scan on t  (cost=0.00..1.00 rows=1 width=8)", 8),
        ("Utility", 0),
    ],
)
def test_the_size_that_a_plan_estimates(line: str, size: int) -> None:
    assert estimate(line) == size
