"""COPY as it runs: all of it, or nothing and the reasons.

The fast way gives DuckDB each file as a whole, and stops at whatever Redshift might read otherwise. Only then are
the files read record by record, to find the rows at fault and to load the others.
"""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from rsnb.errors import LoadError, RsnbError
from rsnb.lake import LakeFile
from rsnb.warehouse import locking
from rsnb.warehouse.copy import columnar, jsons, source, values
from rsnb.warehouse.copy.batch import Batch, Fault, batches
from rsnb.warehouse.copy.command import COLUMNAR, Copy, parse_copy
from rsnb.warehouse.copy.keys import keys_of
from rsnb.warehouse.copy.plain import doubtful, plain
from rsnb.warehouse.copy.reading import DOUBT, Reading
from rsnb.warehouse.copy.report import Report
from rsnb.warehouse.copy.target import Target, targets
from rsnb.warehouse.locks import WRITE
from rsnb.warehouse.outcome import Outcome
from rsnb.warehouse.relations import Relation
from rsnb.warehouse.spelling import identifiers, place, text

if TYPE_CHECKING:
    from rsnb.warehouse.connection import Connection


class Doubt(Exception):
    """A file must be read exactly: something in it may not be as Redshift wants it."""


def copy(session: Connection, sql: str) -> Outcome:
    """Load files into a table. LoadError names the file, the line, the column and the value at fault."""
    command = parse_copy(sql)
    table = session.snapshot.relations.local_table(command.table, command.options.read.sql)
    load = Load(session, command, table, targets(session, table, command))
    locking.take(session, (table.schema, table.name), WRITE)
    outcome = load.run()
    session.transaction.wrote(table)
    return outcome


class Load:
    """A COPY on its way: what it loads, and what came of each file."""

    def __init__(self, session: Connection, copy: Copy, table: Relation, columns: list[Target]) -> None:
        self.session = session
        self.copy = copy
        self.targets = columns
        self.files = source.files(copy, session.lake)
        self.report = Report(session, copy, table, columns, self.files)
        into = f"INSERT INTO {place(table.schema, table.name)} ({identifiers(t.name for t in columns)})"
        self.insert = None if "noload" in copy.options else into

    def run(self) -> Outcome:
        """Load the files, report what happened to the journal, and tell how many rows were loaded."""
        try:
            with tempfile.TemporaryDirectory(prefix="rsnb-copy-") as folder:
                self._run(Path(folder))
        except BaseException:
            self.report.failed()
            raise
        return self.report.outcome()

    def _run(self, folder: Path) -> None:
        if self.copy.format in COLUMNAR:
            self.session.transaction.together(self._load_columnar)
            return
        plains = [plain(file, self.copy, folder) for file in self.files]
        reading = self._reading(plains)
        if self.session.transaction.state == "idle":
            try:
                self.session.transaction.together(lambda: self._load_fast(reading, plains))
                return
            except Doubt:
                self.report.begin()
        self.session.transaction.together(lambda: self._load_exactly(reading, plains))

    def _reading(self, plains: list[Path]) -> Reading:
        if not self.copy.objects:
            self._check_widths()
            return Reading(self.copy, self.targets, [], {})
        paths = jsons.paths_of(self.copy, self.session.lake)
        how = self.copy.options[self.copy.format]
        if paths and len(paths) != len(self.targets):
            raise LoadError(
                f"the JSONPaths file {how} has {len(paths)} paths for {len(self.targets)} columns",
                hint="name the columns after the table, in the order of the paths",
            )
        if how == "noshred" and [t.kind for t in self.targets] != ["super"]:
            self.copy.options.wrong(self.copy.format, "'noshred' loads one column of type SUPER")
        keys = keys_of(self.session.db, self.targets, plains) if how == "auto ignorecase" else {}
        return Reading(self.copy, self.targets, paths, keys)

    def _check_widths(self) -> None:
        if self.copy.format == "fixedwidth" and len(self.copy.widths) != len(self.targets):
            self.copy.options.wrong(
                "fixedwidth", f"FIXEDWIDTH has {len(self.copy.widths)} widths for {len(self.targets)} columns"
            )
        if self.copy.format == "fixedwidth" and any(t.kind == "binary varying" for t in self.targets):
            self.copy.options.wrong("fixedwidth", "FIXEDWIDTH does not load VARBYTE columns")

    # The fast way

    def _load_fast(self, reading: Reading, plains: list[Path]) -> None:
        """Load every file by one statement each; raises Doubt."""
        for file, path in zip(self.files, plains, strict=True):
            with self._watched(path):
                self.report.loaded(file, self._whole(reading, path, self.insert))

    def _whole(self, reading: Reading, path: Path, insert: str | None) -> int:
        """Load a file by one statement, or only check it; the number of rows."""
        rows = self._values(reading, path)
        counted = ", ".join(f"count(c{i})" for i in range(len(self.targets)))
        statement = f"{insert} {rows}" if insert else f"SELECT count(*), {counted} FROM ({rows})"
        ((count, *_),) = self.session.db.execute(statement).fetchall()
        return int(count)

    def _values(self, reading: Reading, path: Path) -> str:
        """A DuckDB query for the values of a plain file; it raises on a row at fault."""
        texts, columns = [], []
        for i, (target, field) in enumerate(zip(self.targets, reading.fields(), strict=True)):
            guarded = f"CASE WHEN {field.guard} THEN {field.text} ELSE error({text(DOUBT)}) END"
            x = field.text if field.guard == "true" else guarded
            texts.append(f"{x} AS x{i}" + ("" if target.text else f", {values.read(target, x)} AS v{i}"))
            columns.append(f"{values.strict(target, f'x{i}', f'v{i}', self.copy, field.doubt)} AS c{i}")
        inner = f"SELECT {', '.join(texts)} FROM ({reading.relation(path)})"
        return f"SELECT {', '.join(columns)} FROM ({inner})"

    @contextmanager
    def _watched(self, path: Path) -> Iterator[None]:
        """Look meanwhile for what DuckDB reads and Redshift does not; that, and DuckDB's own errors, raise Doubt."""
        import duckdb

        with ThreadPoolExecutor(1, "rsnb-copy") as beside:
            found = beside.submit(doubtful, path, self.copy, len(self.targets))
            try:
                yield
            except duckdb.InterruptException:
                raise
            except duckdb.Error as exc:
                raise Doubt(str(exc)) from exc
            if found.result():
                raise Doubt

    # The exact way

    def _load_exactly(self, reading: Reading, plains: list[Path]) -> None:
        """Load file by file: by one statement where it checks well, else record by record."""
        for file, path in zip(self.files, plains, strict=True):
            if self._checks(reading, path):
                self.report.loaded(file, self._whole(reading, path, self.insert))
            else:
                self._load_records(reading, file, path)

    def _checks(self, reading: Reading, path: Path) -> bool:
        """Whether a file has no fault, told without touching the transaction."""
        db, self.session.db = self.session.db, self.session.db.cursor()
        try:
            with self._watched(path):
                self._whole(reading, path, None)
        except Doubt:
            return False
        finally:
            self.session.db.close()
            self.session.db = db
        return True

    def _load_records(self, reading: Reading, file: LakeFile, path: Path) -> None:
        lines = rows = 0
        faults: list[Fault] = []
        for records in batches(reading.records(path)):
            self.session.stopping.check()
            batch = Batch(reading, records)
            rows += batch.load(self.session.db, self.insert)
            lines = records[-1].line
            faults += batch.faults
            self.report.at_fault(file, batch.faults)
            self.report.replaced(file, batch.replaced)
            self._check_limit(file)
        self.report.loaded(file, rows, lines, len(faults))

    def _check_limit(self, file: LakeFile) -> None:
        """Raise when there are as many faults as MAXERROR says."""
        if self.copy.limit is not None and self.report.errors >= self.copy.limit:
            raise self.report.error()

    # Columns

    def _load_columnar(self) -> None:
        """Load Parquet or ORC files; the first fault ends it."""
        import duckdb

        for file in self.files:
            try:
                rows = columnar.query(self.session.db, self.copy, self.targets, file)
                ((count,),) = self.session.db.execute(
                    f"{self.insert} {rows}" if self.insert else f"SELECT count(*) FROM ({rows})"
                ).fetchall()
            except duckdb.InterruptException:
                raise
            except duckdb.Error as exc:
                known: RsnbError | None = columnar.explain(self.copy, self.targets, file, str(exc))
                raise known or exc from exc
            self.report.loaded(file, int(count))


HANDLERS = {"copy": copy}
