"""Large results by way of S3: the cluster writes Parquet in parallel, it is read in parallel, and removed.

Source: Redshift Developer Guide, UNLOAD. Its query may not end with LIMIT; TIMESTAMPTZ arrives without its zone, which
is UTC; some types have no place in its Parquet.
"""

from __future__ import annotations

import re
import threading
import uuid
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from rsnb import lake as lakes
from rsnb import sql as text
from rsnb.auth import Address
from rsnb.auth.account import Account
from rsnb.engines.wire import places
from rsnb.engines.wire.columns import Column
from rsnb.errors import Cancelled, ConfigError, UnsupportedSql
from rsnb.literals import quote_literal

if TYPE_CHECKING:
    import pyarrow as pa
    import pyarrow.dataset as ds

    from rsnb.engines.wire.memory import Guard

KEPT = {  # types whose values Parquet gives back as they are over the wire
    "bigint", "boolean", "character", "character varying", "date", "double precision", "integer", "numeric", "real",
    "smallint", "super", "timestamp with time zone", "timestamp without time zone",
}  # fmt: skip
LIMITS = {"fetch", "limit", "offset", "top"}
_ESTIMATE = re.compile(r"rows=(\d+) width=(\d+)")


@dataclass
class Unloading:
    """Where a cluster writes results to: a prefix of S3, and the role with which it writes."""

    prefix: str
    role: str
    lake: lakes.Lake
    account: Account

    @staticmethod
    def of(address: Address, keys: Mapping[str, Any], lake: lakes.Lake, prefix: str) -> Unloading:
        """As a profile's keys say it; prefix: what is used where they name none."""
        return Unloading(
            str(keys.get("unload_to") or prefix).rstrip("/"),
            str(keys.get("iam_role") or "default"),
            lake,
            Account.of(address, keys),
        )

    def check(self) -> None:
        """ConfigError when it is not known where to unload to."""
        if not self.prefix.startswith("s3://"):
            raise ConfigError(
                "where to unload to is not known", hint='unload_to = "s3://bucket/prefix" in the profile, or a setting'
            )

    @contextmanager
    def folder(self) -> Iterator[places.Folder]:
        """A new folder under the prefix, which is removed again with all that is in it."""
        folder = places.open_folder(f"{self.prefix}/rsnb-{uuid.uuid4().hex}", self.lake, self.account)
        try:
            yield folder
        finally:
            folder.remove()

    def statement(self, sql: str, folder: places.Folder) -> str:
        """The UNLOAD of a query to a folder; in the query's order, where it has one."""
        words = outer_words(sql)
        query = f"select * from ({sql}) as unloaded" if words & LIMITS else sql
        role = self.role if self.role == "default" else quote_literal(self.role)
        order = " parallel off" if "order" in words else ""
        target = quote_literal(folder.address + "/part_")
        return f"unload ({quote_literal(query)}) to {target} iam_role {role} format parquet{order}"


def refusal(columns: tuple[Column, ...], sql: str) -> UnsupportedSql | None:
    """Why a query can't be unloaded so that its rows are those of the wire; None when it can."""
    names = [column.field.name for column in columns]
    for column in columns:
        if column.kind.name not in KEPT:
            return UnsupportedSql(
                f"the column {column.field.name} is {column.type}, which UNLOAD can't write to Parquet",
                sql=sql,
                hint="cast it to varchar, leave it out, or run it without --unload",
            )
        if names.count(column.field.name) > 1:
            return UnsupportedSql(
                f"Parquet can't hold several columns named {column.field.name}", sql=sql, hint="give one an alias"
            )
    if "order" in (words := outer_words(sql)) and words & LIMITS:
        return UnsupportedSql(
            "UNLOAD takes no LIMIT in the outer query, and one inside would lose its order",
            sql=sql,
            hint="run it without --unload: rows under a LIMIT are few",
        )
    return None


def outer_words(sql: str) -> set[str]:
    """The words of a query that stand in no parentheses, in lower case."""
    depth, found = 0, set()
    for token in text.tokens(sql):
        depth += (token.text == "(") - (token.text == ")")
        if token.kind == "word" and not depth:
            found.add(token.text.lower())
    return found


def estimate(plan: str) -> int:
    """The bytes of a result by the first line of its plan; 0 where the plan does not say."""
    match = _ESTIMATE.search(plan)
    return int(match[1]) * int(match[2]) if match else 0


class Reading:
    """The unloaded files, read into a table of the columns' types. stop: called from another thread, ends it."""

    def __init__(self, folder: places.Folder, columns: tuple[Column, ...]) -> None:
        self._folder = folder
        self._columns = columns
        self._stopped = threading.Event()
        self.stop = self._stopped.set

    def table(self, max_rows: int, guard: Guard) -> pa.Table:
        """The rows, one more than `max_rows` where there are more."""
        import pyarrow as pa

        schema = pa.schema([(c.field.name, c.arrow) for c in self._columns])
        batches = [pa.RecordBatch.from_pylist([], schema)]
        for batch in self._batches(max_rows + 1 if max_rows else 0):
            guard.add(batch.num_rows, batch.nbytes)
            arrays = [_as_column(a, c) for a, c in zip(batch.columns, self._columns, strict=True)]
            batches.append(pa.RecordBatch.from_arrays(arrays, schema=schema))
        return pa.Table.from_batches(batches, schema)

    def _batches(self, limit: int) -> Iterator[pa.RecordBatch]:
        """In the order of the files; they are read ahead, several at a time."""
        dataset = self._dataset()
        left = limit
        for batch in dataset.to_batches() if dataset is not None else ():
            if self._stopped.is_set():
                raise Cancelled("reading the unloaded rows was stopped; the session is usable")
            if limit:
                batch = batch.slice(0, left)
                left -= batch.num_rows
            yield batch
            if limit and not left:
                return

    def _dataset(self) -> ds.Dataset | None:
        import pyarrow.dataset as ds

        files = self._folder.files()
        return ds.dataset(files, filesystem=self._folder.system, format="parquet") if files else None


def _as_column(array: pa.Array, column: Column) -> pa.Array:
    """The values as they are over the wire."""
    import pyarrow.compute as pc

    if column.kind.name == "character" and column.field.modifier > 4:
        return pc.utf8_rpad(array.cast(column.arrow), column.field.modifier - 4)
    return array.cast(column.arrow)
