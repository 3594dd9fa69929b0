"""Batches of records: the good rows go into the table, the others become faults."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice
from typing import TYPE_CHECKING, Any

from rsnb.warehouse.copy import diagnosis, values
from rsnb.warehouse.copy.reading import Reading
from rsnb.warehouse.copy.record import INVALID_JSON, Reason, Record

if TYPE_CHECKING:
    import duckdb

SIZE = 20_000  # records of a batch
_NAME = "rsnb_records"  # the name that a batch is registered under


@dataclass(frozen=True)
class Fault:
    """A record that could not be loaded, and why; index is that of the column at fault, where it is one's."""

    record: Record
    reason: Reason
    index: int | None = None
    value: str = ""


@dataclass(frozen=True)
class Replaced:
    """A record in which ACCEPTINVCHARS replaced bytes; column is empty where they are an object's."""

    record: Record
    column: str


def batches(records: Iterator[Record]) -> Iterator[list[Record]]:
    """The records, many at a time."""
    while batch := list(islice(records, SIZE)):
        yield batch


class Batch:
    """Some records of a file, ready for SQL."""

    def __init__(self, reading: Reading, records: list[Record]) -> None:
        self.reading = reading
        self.faults: list[Fault] = []
        self.replaced: list[Replaced] = []
        self.records = [r for r in map(self._readable, records) if r is not None]

    def _readable(self, record: Record) -> Record | None:
        """The record with texts that are UTF-8; None for one that is at fault already."""
        if record.reason and not record.fields:
            self.faults.append(Fault(record, record.reason))
            return None
        if record.raw.isascii() or not has_bytes(record.raw):
            return record
        return self._without_bytes(record)

    def _without_bytes(self, record: Record) -> Record | None:
        """The record with the bytes that are not UTF-8 replaced, where ACCEPTINVCHARS says so."""
        mark = self.reading.copy.options.get("acceptinvchars")
        fields = list(record.fields)
        for i, field in enumerate(fields):
            if field is None or not has_bytes(field):
                continue
            index = None if self.reading.copy.objects else self._column(i, field)
            target = None if index is None else self.reading.targets[index]
            if mark is None or (target is not None and target.kind not in ("character varying", "super")):
                self.faults.append(Fault(record, diagnosis.of_bytes(field), index, field))
                return None
            fields[i] = "".join(mark if "\udc80" <= c <= "\udcff" else c for c in field)
            self.replaced.append(Replaced(record, target.name if target else ""))
        return record._replace(fields=tuple(fields))

    def _column(self, index: int, field: str) -> int:
        """The column of a field; in a line of fixed width, of the first byte that is wrong."""
        if self.reading.copy.format != "fixedwidth":
            return index
        at = next(i for i, c in enumerate(field) if "\udc80" <= c <= "\udcff")
        for number, width in enumerate(self.reading.copy.widths):
            at -= width
            if at < 0:
                return number
        return len(self.reading.targets) - 1

    def load(self, db: duckdb.DuckDBPyConnection, insert: str | None) -> int:
        """Insert the good rows by `insert ... `, or only check them; returns their number and fills `faults`."""
        import pyarrow as pa

        columns: dict[str, Any] = {"n": pa.array(range(len(self.records)), pa.int64())}
        for i, name in enumerate(self.reading.names):
            columns[name] = pa.array([r.fields[i] for r in self.records], pa.string())
        db.register(_NAME, pa.table(columns))
        try:
            bad = self._find(db)
            if insert is not None:
                kept = f" WHERE n NOT IN ({', '.join(map(str, sorted(bad)))})" if bad else ""
                db.execute(f"{insert} SELECT {self._values()} FROM ({self._relation()}){kept}")
        finally:
            db.unregister(_NAME)
        return len(self.records) - len(bad)

    def _relation(self) -> str:
        if self.reading.copy.objects:
            return f"SELECT n, TRY_CAST(json AS JSON) AS json FROM {_NAME}"
        return f"SELECT * FROM {_NAME}"

    def _values(self) -> str:
        pairs = zip(self.reading.targets, self.reading.fields(), strict=True)
        return ", ".join(values.lenient(t, f.text, self.reading.copy) for t, f in pairs)

    def _find(self, db: duckdb.DuckDBPyConnection) -> set[int]:
        """The numbers of the records at fault, which are added to `faults`."""
        fields = self.reading.fields()
        cases = ["WHEN json IS NULL THEN 0"] if self.reading.copy.objects else []
        for i, (target, field) in enumerate(zip(self.reading.targets, fields, strict=True), 1):
            if field.guard != "true":
                cases.append(f"WHEN NOT coalesce({field.guard}, false) THEN -{i}")
            cases.append(f"WHEN {values.wrong(target, field.text, self.reading.copy)} THEN {i}")
        texts = ", ".join(f.text for f in fields)
        rows = db.execute(
            f"SELECT n, fault, texts[abs(fault)] FROM (SELECT n, CASE {' '.join(cases)} END AS fault, "
            f"[{texts}] AS texts FROM ({self._relation()})) WHERE fault IS NOT NULL ORDER BY n"
        ).fetchall()
        bad = {int(n): self._fault(self.records[n], int(fault), value) for n, fault, value in rows}
        for n, record in enumerate(self.records):
            if record.reason is not None and n not in bad:
                bad[n] = Fault(record, record.reason)
        self.faults += bad.values()
        self.faults.sort(key=lambda fault: fault.record.line)
        return set(bad)

    def _fault(self, record: Record, fault: int, value: str | None) -> Fault:
        if fault == 0:
            return Fault(record, INVALID_JSON)
        index = abs(fault) - 1
        if fault < 0:
            return Fault(record, self.reading.fields()[index].reason or INVALID_JSON, index, value or "")
        reason = diagnosis.of_value(self.reading.targets[index], value, self.reading.copy)
        return Fault(record, reason, index, value or "")


def has_bytes(text: str) -> bool:
    """Whether bytes that are not UTF-8 stand in a text, as lone surrogates."""
    try:
        text.encode()
    except UnicodeEncodeError:
        return True
    return False
