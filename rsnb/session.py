"""A session: the one way a statement runs, whatever the engine.

text → split → bind → tag → engine, in a worker thread → Result(table, types, receipt)
"""

from __future__ import annotations

import itertools
import time
import weakref
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Any, Protocol, TypeVar

from rsnb import engines, functions, privileges, settings, sql, tags, types
from rsnb.engines import Engine, Fetched
from rsnb.errors import ConfigError, ConnectionLost, RsnbError, SqlError
from rsnb.profiles import Profile, choose
from rsnb.result import Receipt, Result
from rsnb.settings import Config
from rsnb.sql import Statement
from rsnb.stream import Stream
from rsnb.watching import Watch
from rsnb.worker import Worker

if TYPE_CHECKING:
    import pyarrow as pa
    import sqlalchemy

T = TypeVar("T")
datasets: dict[str, Result] = {}  # named results, which later statements may select from


def connect(name: str = "", *, start: Path | None = None) -> Session:
    """Open a session: by a profile's name, by a URL, or by nothing for the default.

    start: the folder from which rsnb.toml is looked for upward; the current one by default.
    """
    config = settings.load(start)
    return open_profile(choose(name, config), config)


def open_profile(profile: Profile, config: Config) -> Session:
    """Open a session of a profile, which need not stand in a file."""
    target = engines.Target(profile.url, profile.lake, profile.root, profile.keys, config)
    return Session(engines.connect(target), profile, config)


class Scores(Protocol):
    """A model that can be evaluated inside a warehouse."""

    def score(self, session: Session, table: str, *, into: str, **options: Any) -> int:
        """Write the scores of a table's rows into a new table; the number of rows."""


class Session:
    """A named connection to a warehouse. Use it as a context manager, or close it.

    cell: the number of the cell that runs statements, for the warehouse's log. on_progress: is given a line of what a
    long statement is doing now, and an empty one at its end.
    """

    _numbers = itertools.count(1)
    cell: str = ""
    on_progress: Callable[[str], None] | None = None

    def __init__(self, engine: Engine, profile: Profile, config: Config) -> None:
        self.profile = profile
        self.config = config
        self._engine = engine
        self._tag = tags.here()
        self._worker = Worker()
        self._end = weakref.finalize(self, _end, self._worker, engine)  # also when it is dropped, or Python exits

    def __enter__(self) -> Session:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def __repr__(self) -> str:
        return f"<Session {self.profile.name} ({self.transaction})>"

    @property
    def transaction(self) -> str:
        """`idle`, `open` (in a transaction), `failed` (in one that an error aborted) or `closed`."""
        return self._engine.transaction if self._end.alive else "closed"

    @property
    def engine(self) -> sqlalchemy.Engine:
        """A SQLAlchemy engine over this very session, for pandas' to_sql, reflection and other tools."""
        if not isinstance(self._engine, engines.Related):
            raise ConfigError(f"{self.profile.name} has no SQLAlchemy engine", hint="it is there for redshift:// URLs")
        return self._engine.alchemy()

    def sql(
        self,
        text: str,
        /,
        *,
        max_rows: int | None = None,
        timeout: int | None = None,
        unload: bool = False,
        **parameters: object,
    ) -> Result:
        """Run one or more statements and return the last one's result.

        parameters: values for `:name` in the text. max_rows: cut the rows off there. timeout: seconds that a statement
        may take. unload: have the cluster write the rows to S3, and read them from there.
        """
        return list(self.run(text, parameters, max_rows=max_rows, timeout=timeout, unload=unload))[-1]

    def run(
        self,
        text: str,
        parameters: Mapping[str, object] | None = None,
        *,
        max_rows: int | None = None,
        timeout: int | None = None,
        unload: bool = False,
    ) -> Iterator[Result]:
        """Run the statements of a text one after another, giving each one's result.

        An error in a transaction aborts it; the error then says so. Nothing after it is run.
        """
        limits = self._limit("max_rows", max_rows), self._limit("timeout", timeout)
        statements = _split(text)
        for statement in statements:
            with self._explained(text, statement, parameters, alone=len(statements) == 1) as bound:
                yield self._execute(bound, *limits, unload=unload)

    def stream(self, text: str, /, **parameters: object) -> Stream:
        """Run statements, and give the last one's rows in batches as they come, in bounded memory.

        Use it as a context manager: until it is closed or at its end, the session runs nothing else.
        """
        *before, last = _split(text)
        for statement in before:
            with self._explained(text, statement, parameters, alone=False) as bound:
                self._execute(bound, 0, self._limit("timeout", None))
        with self._explained(text, last, parameters, alone=not before) as bound:
            return Stream(lambda work: self._timed(work)[0], *self._timed(lambda: self._open_stream(bound))[0])

    def batch(
        self, text: str, parameters: Mapping[str, object] | None = None, *, max_rows: int | None = None
    ) -> list[Result]:
        """Run the statements of a text as one transaction, all of them or none; each one's result.

        Over the Data API that is one call, which needs no kept session.
        """
        if self.transaction == "open":
            raise SqlError("a batch is a transaction of its own, and one is open", hint="commit or roll back first")
        if isinstance(self._engine, engines.Batches):
            return self._in_one_call(self._engine, text, parameters or {}, self._limit("max_rows", max_rows))
        self.sql("begin")
        try:
            results = list(self.run(text, parameters, max_rows=max_rows))
            self.sql("commit")
        finally:
            if self.transaction in ("open", "failed"):
                self.sql("rollback")
        return results

    def install(self, library: str) -> None:
        """Create a library of SQL functions in the warehouse; `rsnb.functions` names them."""
        for _ in self.run(functions.sql(library)):
            pass

    def score(self, model: Scores, table: str, *, into: str, **options: Any) -> int:
        """Write a trained model's score of each row of a table, a view or a query; the number of rows.

        into: the table to create. options: those of the model's own `score`.
        """
        return model.score(self, table, into=into, **options)

    def close(self) -> None:
        """End the session; an open transaction is rolled back."""
        self._end()

    def _limit(self, name: str, given: int | None) -> int:
        limit = self.config.number(name) if given is None else given
        if limit < 0:
            raise ConfigError(f"{name} is {limit}, and can't be below 0", hint="0 is no limit")
        return limit

    @contextmanager
    def _explained(
        self, text: str, statement: Statement, parameters: Mapping[str, object] | None, *, alone: bool
    ) -> Iterator[str]:
        """The statement with its values; what goes wrong with it says where in the text, and what follows from it."""
        before, bound = self.transaction, None
        try:
            bound = sql.bind(statement.text, parameters or {})
            yield bound.text
        except RsnbError as exc:
            privileges.explain(exc, statement.text, self._ask)
            if before == "open" and self.transaction == "failed":
                exc.hint = "; ".join(filter(None, [exc.hint, _ABORTED]))
            if isinstance(exc, SqlError):
                _place_in(exc, text, statement, bound, alone=alone)
            raise

    def _execute(self, text: str, max_rows: int, timeout: int, *, unload: bool = False) -> Result:
        named, engine = _Named(datasets), self._engine
        run = engine.execute
        if unload:
            if not isinstance(engine, engines.Unloads):
                raise ConfigError(f"{self.profile.name} does not unload", hint="it is there for redshift:// URLs")
            run = engine.unload
        fetched, seconds = self._timed(lambda: run(text, datasets=named, max_rows=max_rows), timeout)
        return self._result(text, fetched, seconds)

    def _open_stream(self, text: str) -> tuple[pa.Schema, Iterator[pa.RecordBatch]]:
        import pyarrow as pa

        if isinstance(self._engine, engines.Streams):
            return self._engine.stream(text)
        table = self._engine.execute(text, datasets=_Named(datasets), max_rows=0).table
        table = pa.table({}) if table is None else table
        return table.schema, iter(table.to_batches())

    def _in_one_call(
        self, engine: engines.Batches, text: str, parameters: Mapping[str, object], limit: int
    ) -> list[Result]:
        bound = [sql.bind(statement.text, parameters).text for statement in sql.split(text)]
        named = _Named(datasets)
        fetched, seconds = self._timed(lambda: engine.batch(bound, datasets=named, max_rows=limit))
        return [self._result(ran, one, seconds) for ran, one in zip(bound, fetched, strict=True)]

    def _ask(self, query: str) -> list[str]:
        """The first column of a query's rows; SqlError where asking would disturb a transaction."""
        engine = self._engine
        if isinstance(engine, engines.Aside):
            return self._timed(lambda: engine.aside(query))[0]
        if self.transaction != "idle":
            raise SqlError("a transaction is open")
        table = self._timed(lambda: engine.execute(query, datasets={}, max_rows=100))[0].table
        return [str(value) for value in table.column(0).to_pylist()] if table is not None else []

    def _timed(self, work: Callable[[], T], timeout: int = 0) -> tuple[T, float]:
        """Do an engine's work in the worker's thread, where an interrupt cancels it; also how long it took."""
        if not self._end.alive:
            raise ConnectionLost(f"the session {self.profile.name} is closed", hint="connect again: rsnb.connect()")
        engine, watch = self._engine, None
        if self.on_progress is not None and isinstance(engine, engines.Watched):
            watch = Watch(engine.progress, self.on_progress)
        if isinstance(engine, engines.Logged):
            engine.comment = self._comment()
        start = time.perf_counter()
        try:
            done = self._worker.run(work, engine.cancel, seconds=timeout, watch=watch.tick if watch else None)
        finally:
            if watch is not None:
                watch.close()
        return done, time.perf_counter() - start

    def _comment(self) -> str:
        """What the warehouse's log is to say of who runs a statement."""
        if self.config.text("tag") == "off":
            return ""
        return replace(self._tag, cell=self.cell).comment

    def _result(self, text: str, fetched: Fetched, seconds: float) -> Result:
        import pyarrow as pa

        table = pa.table({}) if fetched.table is None else fetched.table
        receipt = Receipt(
            query_id=next(self._numbers) if fetched.query_id is None else fetched.query_id,
            sql=text,
            connection=self.profile.name,
            command=fetched.command,
            seconds=seconds,
            rows=table.num_rows,
            bytes=table.nbytes,
            cut_off=fetched.cut_off,
            s3_files=fetched.s3_files,
            s3_bytes=fetched.s3_bytes,
            notes=fetched.notes,
            statement_id=fetched.statement_id,
            served=fetched.served,
        )
        known = fetched.types or [types.of_arrow(f.type) for f in table.schema]
        kinds = dict(zip(table.column_names, known, strict=True))
        return Result(table, kinds, receipt)


class _Named(Mapping[str, "pa.Table"]):
    """The datasets as Arrow tables; their names and columns are folded to lower case."""

    def __init__(self, results: Mapping[str, Result]) -> None:
        self._results = {name.lower(): result for name, result in results.items()}

    def __getitem__(self, name: str) -> pa.Table:
        table = self._results[name].table
        return table.rename_columns([c.lower() for c in table.column_names])

    def __iter__(self) -> Iterator[str]:
        return iter(self._results)

    def __len__(self) -> int:
        return len(self._results)


def _split(text: str) -> tuple[Statement, ...]:
    statements = sql.split(text)
    if not statements:
        raise SqlError("there is no statement to run: the text is empty or holds comments only")
    return statements


def _end(worker: Worker, engine: Engine) -> None:
    """End a session, so that no transaction and no file lock outlives it."""
    worker.stop(engine.cancel)
    engine.close()


_ABORTED = "the transaction is aborted by this error: leave it with `rollback`"


def _place_in(error: SqlError, text: str, statement: sql.Statement, bound: sql.Bound | None, *, alone: bool) -> None:
    """Put the error's place into the whole text that the user wrote; of several statements, mark at least which."""
    ran = bound.text if bound else statement.text
    if error.sql not in (ran, statement.text) or (error.position is None and alone):
        return
    position = bound.source(error.position or 0) if bound else error.position or 0
    error.position = statement.start + min(position, len(statement.text))
    error.sql = text
