"""A vocabulary for external tables: `table(files, columns, clauses, properties)` makes s.t over files."""

from __future__ import annotations

import io
from collections.abc import Callable, Mapping
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from pyarrow import orc

TEXT = "row format delimited fields terminated by '|' stored as textfile"
JSON = "row format serde 'org.openx.data.jsonserde.JsonSerDe' stored as textfile"
CSV = "row format serde 'org.apache.hadoop.hive.serde2.OpenCSVSerde' stored as textfile"
SCHEMA = "create external schema s from data catalog database 'd' iam_role default region 'us-east-1'"
Files = Mapping[str, str | bytes] | str | bytes


def with_properties(clauses: str, properties: str) -> str:
    """A SerDe's clauses with properties."""
    return clauses.replace("' stored", f"' with serdeproperties ({properties}) stored", 1)


def handled(name: str, action: str, more: str = "") -> str:
    """The table properties of a data handling."""
    return f"table properties ('data_cleansing_enabled'='true', '{name}'='{action}'{more})"


@pytest.fixture
def external(session: Any) -> Any:
    """A session with the external schema s."""
    session.sql(SCHEMA)
    return session


@pytest.fixture
def table(external: Any, put: Any) -> Callable[..., None]:
    """Make the external table s.t over the files of s3://lake/t: by their keys, or a single one."""

    def make(files: Files, columns: str, clauses: str = TEXT, properties: str = "") -> None:
        for key, content in files.items() if isinstance(files, Mapping) else [("a", files)]:
            put(f"t/{key}", content)
        external.sql(f"create external table s.t ({columns}) {clauses} location 's3://lake/t/' {properties}")

    return make


def parquet(**columns: Any) -> bytes:
    """A Parquet file of Arrow arrays."""
    out = pa.BufferOutputStream()
    pq.write_table(pa.table(columns), out)
    return bytes(out.getvalue().to_pybytes())


def orc_file(**columns: Any) -> bytes:
    """An ORC file of Arrow arrays."""
    out = pa.BufferOutputStream()
    orc.write_table(pa.table(columns), out)
    return bytes(out.getvalue().to_pybytes())


def avro_file(fields: list[dict[str, Any]], rows: list[dict[str, Any]], codec: str = "null") -> bytes:
    """An Avro file of records."""
    import fastavro

    out = io.BytesIO()
    fastavro.writer(out, {"type": "record", "name": "row", "fields": fields}, rows, codec=codec)
    return out.getvalue()
