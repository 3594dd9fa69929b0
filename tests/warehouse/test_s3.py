"""The lake on S3 itself: COPY, UNLOAD and external tables over HTTP, with moto in the place of AWS."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import boto3
import pytest

import rsnb
from rsnb.errors import LoadError, RsnbError, SqlError
from rsnb.session import Session
from tests.aws.cloud import Cloud
from tests.aws.fixtures import cloud, running_cloud

__all__ = ["cloud", "running_cloud"]


@pytest.fixture
def bucket(cloud: Cloud) -> Any:
    client = boto3.client("s3")
    client.create_bucket(Bucket="lake", CreateBucketConfiguration={"LocationConstraint": client.meta.region_name})
    return client


@pytest.fixture
def session(bucket: Any, tmp_path: Path) -> Iterator[Session]:
    (tmp_path / "rsnb.toml").write_text('[lake]\n"s3://lake" = "s3"\n"s3://none" = "s3"\n', encoding="utf-8")
    with rsnb.connect("embedded://", start=tmp_path) as opened:
        yield opened


def keys(client: Any) -> list[str]:
    return sorted(item["Key"] for item in client.list_objects_v2(Bucket="lake").get("Contents", ()))


def rows(session: Session, sql: str) -> list[tuple[Any, ...]]:
    return list(session.sql(sql).df().itertuples(index=False, name=None))


def put(client: Any, key: str, content: str) -> None:
    client.put_object(Bucket="lake", Key=key, Body=content.encode())


def test_copy(session: Session, bucket: Any) -> None:
    for key, content in (("in/a", "1\n"), ("in/.b", "2\n"), ("in_2", "3\n"), ("out", "4\n"), ("in/", "")):
        put(bucket, key, content)
    loaded = session.sql("create table t (i int); copy t from 's3://lake/in' iam_role default")
    assert (loaded.receipt.command, loaded.receipt.s3_files, loaded.receipt.s3_bytes) == ("COPY 2", 2, 4)
    put(bucket, "in/a", "5\n")
    put(bucket, "m", json.dumps({"entries": [{"url": "s3://lake/in/a"}, {"url": "s3://lake/no"}]}))
    session.sql("copy t from 's3://lake/m' iam_role default manifest")
    assert rows(session, "select i from t order by i") == [(1,), (3,), (5,)]


def test_unload_and_read_back(session: Session, bucket: Any) -> None:
    session.sql("create table t (i int, k varchar(9)); insert into t values (1, 'a'), (2, 'b')")
    unload = "unload ('select * from t') to 's3://lake/out/' iam_role default parquet partition by (k) manifest"
    session.sql(unload)
    assert keys(bucket) == ["out/k=a/0000_part_00.parquet", "out/k=b/0000_part_00.parquet", "out/manifest"]
    with pytest.raises(SqlError, match="not empty: s3://lake/out/k=a/0000"):
        session.sql(unload)
    session.sql(unload.replace("out/", "clean/") + "; insert into t values (3, 'a')")
    session.sql(unload.replace("out/", "clean/") + " cleanpath")
    session.sql("create external schema spectrum from data catalog database 'x' iam_role default")
    session.sql("create external table spectrum.t (i int) partitioned by (k char(1)) stored as parquet "
                "location 's3://lake/clean/'")  # fmt: skip
    for k in "ab":
        session.sql(f"alter table spectrum.t add partition (k='{k}') location 's3://lake/clean/k={k}/'")
    assert rows(session, "select i, k from spectrum.t order by i") == [(1, "a"), (2, "b"), (3, "a")]


ABSENT = [
    ("copy t from 's3://lake/none' iam_role default", LoadError, "no files under s3://lake/none\n→ that is on S3"),
    ("copy t from 's3://none/in' iam_role default", RsnbError, "listing s3://none/in"),
    ("copy t from 's3://lake/none' iam_role default manifest", LoadError, "no manifest s3://lake/none"),
    ("unload ('select 1') to 's3://none/x' iam_role default", RsnbError, "s3://none/x"),
]  # fmt: skip


@pytest.mark.parametrize(("sql", "error", "words"), ABSENT)
def test_what_is_not_there(session: Session, sql: str, error: type[RsnbError], words: str) -> None:
    session.sql("create table t (i int)")
    with pytest.raises(error) as caught:
        session.sql(sql)
    assert words in str(caught.value)
