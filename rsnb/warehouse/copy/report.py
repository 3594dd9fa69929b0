"""What came of a COPY: rows of the journal, the error that ends it, the words at its end."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from rsnb.errors import LoadError
from rsnb.lake import LakeFile
from rsnb.warehouse import records
from rsnb.warehouse.copy.batch import Fault, Replaced
from rsnb.warehouse.copy.command import Copy
from rsnb.warehouse.copy.lines import begin
from rsnb.warehouse.copy.target import Target
from rsnb.warehouse.outcome import Outcome
from rsnb.warehouse.relations import Relation

if TYPE_CHECKING:
    from rsnb.warehouse.connection import Connection

_FORMATS = {"text": "txt", "fixedwidth": "txt"}
_KEPT = 1_000  # faults of one COPY that are kept
_UNITS = {"json": "object", "avro": "record", "parquet": "row", "orc": "row"}


class Report:
    """Collects what happens to each file, and writes it into the journal at the end, whatever the end is."""

    def __init__(
        self, session: Connection, copy: Copy, table: Relation, targets: list[Target], files: list[LakeFile]
    ) -> None:
        self.session = session
        self.copy = copy
        self.table = table
        self.targets = targets
        self.files = files
        self.query = session.statement.query
        self.format = _FORMATS.get(copy.format, copy.format)
        self.begin()

    def begin(self) -> None:
        """Forget what was collected: the files are read again."""
        self._loaded: list[records.LoadedFile] = []
        self._faults: list[tuple[LakeFile, Fault]] = []
        self._replaced: list[tuple[LakeFile, Replaced]] = []
        self.errors = self.rows = 0
        self._start = records.now()

    def loaded(self, file: LakeFile, rows: int, lines: int | None = None, errors: int = 0) -> None:
        """Note a file that was read to its end."""
        self.rows += rows
        scanned = rows + self.copy.header if lines is None else lines
        self._loaded.append(
            records.LoadedFile(
                self.query, self.table.name, file.address, file.size, scanned, errors, self.format,
                file.changed // 1000 or None, self._start,
            )
        )  # fmt: skip
        self._start = records.now()

    def at_fault(self, file: LakeFile, faults: Sequence[Fault]) -> None:
        """Note rows that could not be loaded."""
        self.errors += len(faults)
        self._faults += [(file, fault) for fault in faults[: max(_KEPT - len(self._faults), 0)]]

    def replaced(self, file: LakeFile, replaced: Sequence[Replaced]) -> None:
        """Note rows with bytes that ACCEPTINVCHARS replaced."""
        self._replaced += [(file, each) for each in replaced[: max(100 - len(self._replaced), 0)]]

    def error(self) -> LoadError:
        """The error of a load that has too many rows at fault: it shows the first one."""
        file, fault = self._faults[0]
        column = "" if fault.index is None else f", column {self.targets[fault.index].name}"
        unit = _UNITS.get(self.copy.format, "line")
        shown = fault.record.raw if fault.index is None else fault.value
        more = f"; {self.errors - 1} more rows are at fault" if self.errors > 1 else ""
        return LoadError(
            f"COPY {'.'.join(self.copy.table)}: {file.address}, {unit} {fault.record.line}{column}: {shown[:120]!r}: "
            f"{fault.reason.words} (error {fault.reason.code}){more}",
            hint="nothing was loaded; select * from stl_load_errors shows every row at fault; correct the file"
            + ("" if self.copy.options.get("maxerror") else ", or skip rows with MAXERROR"),
        )

    def failed(self) -> None:
        """Write into the journal what was found before the load ended without success."""
        self.rows = 0
        self._write()

    def outcome(self) -> Outcome:
        """Write into the journal what was loaded, and tell it."""
        for row in self._loaded:
            self.session.journal.add(row)
        self._write()
        self.session.statement.rows = self.rows
        self.session.transaction.wrote(self.table)
        return Outcome(
            f"COPY {self.rows}", s3_files=len(self.files), s3_bytes=sum(f.size for f in self.files), notes=self._notes()
        )

    def _notes(self) -> list[str]:
        into = f"Load into table '{self.table.name}' completed"
        notes = []
        if "noload" in self.copy.options:
            notes.append(f"NOLOAD: {self.rows} record(s) were checked, none was loaded")
        if self.errors:
            notes.append(
                f"{into}, {self.errors} record(s) could not be loaded. "
                "Check 'stl_load_errors' system table for details."
            )
        if self._replaced:
            rows = len({(f.address, r.record.line) for f, r in self._replaced})
            notes.append(f"{into}, {rows} record(s) were loaded with replacements made for ACCEPTINVCHARS.")
        if self.copy.options.authorization.encrypted:
            notes.append("ENCRYPTED: the files of the lake are read as they are")
        return notes

    def _write(self) -> None:
        add = self.session.journal.add
        for file, fault in self._faults:
            add(self._journal_fault(file, fault))
        for file, each in self._replaced:
            add(
                records.LoadReplacement(
                    self.query, self.table.schema, self.table.name, file.address, each.record.line,
                    each.column, _plain(each.record.raw),
                )
            )  # fmt: skip
        scanned = {row.address for row in self._loaded} | {file.address for file, _ in self._faults}
        add(
            records.Load(
                self.query, self.table.schema, self.table.name, self.copy.source, self.format,
                rows=self.rows, bytes=sum(f.size for f in self.files) if self.rows else 0, files=len(self.files),
                file_bytes=sum(f.size for f in self.files), scanned_files=len(scanned),
                scanned_bytes=sum(f.size for f in self.files if f.address in scanned), errors=self.errors,
            )
        )  # fmt: skip

    def _journal_fault(self, file: LakeFile, fault: Fault) -> records.LoadFault:
        index = fault.index
        name, kind, length = _described(self.targets[index]) if index is not None else ("", "", "")
        position = fault.reason.position
        values: list[tuple[str, str, str, str | None]] = []
        if index is not None and not self.copy.objects:
            position = begin(self.copy, fault.record.raw, index)
            values = [(*_described(t), f) for t, f in zip(self.targets, fault.record.fields[: index + 1], strict=False)]
        return records.LoadFault(
            self.query, self.table.schema, self.table.name, file.address, fault.record.line, name, kind, length,
            position, _plain(fault.record.raw), _plain(fault.value), fault.reason.code, fault.reason.words,
            values=tuple(values),
        )  # fmt: skip


def _described(target: Target) -> tuple[str, str, str]:
    """A column's name, type and length as STL_LOAD_ERRORS has them."""
    return target.name, target.type.short, ", ".join(map(str, target.type.args))


def _plain(line: str) -> str:
    """A text as the journal keeps it: a period for each character that is not ASCII."""
    return "".join(c if c.isascii() else "." for c in line[:1024])
