"""One statement on one connection: described, run, its rows read into a table within the limits."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING

from rsnb.engines import Fetched
from rsnb.engines.wire import columns, driver_path
from rsnb.engines.wire.link import Link, Run, ServerError
from rsnb.engines.wire.memory import Guard
from rsnb.errors import ConnectionLost
from rsnb.sql import tokens

if TYPE_CHECKING:
    import pyarrow as pa

STRANGE_DRIVER = "this release of redshift_connector is not known here"


@dataclass(frozen=True)
class Limits:
    """What a result may be. stop: has the server stop a statement whose rows are not all wanted."""

    max_rows: int
    guard: Guard
    stop: Callable[[], None]


def fetch(link: Link, sql: str, limits: Limits) -> Fetched:
    """Run a statement and read its rows."""
    import pyarrow as pa

    run = start(link, sql, limits.max_rows + 1 if limits.max_rows else 0)
    if isinstance(run, str):
        return _by_driver(link, sql, limits, run)
    table = pa.Table.from_batches(_kept(link, run, limits), run.schema) if run.columns else None
    if not run.columns:
        run.drop()
    found = Fetched(_command(run.tag, sql), table, notes=_notes(link, limits.guard.note))
    found.types = tuple(column.type for column in run.columns) or None
    return cut(found, limits.max_rows)


def start(link: Link, sql: str, limit: int = 0) -> Run | str:
    """Have a statement run; or, as a sentence, why the driver has to read its rows."""
    if not link.native:
        return STRANGE_DRIVER
    planned = columns.plan(link.describe(sql), link.protocol)
    return planned if isinstance(planned, str) else link.run(planned, limit)


def _kept(link: Link, run: Run, limits: Limits) -> Iterator[pa.RecordBatch]:
    """The rows up to the limits."""
    try:
        for batch in run.batches():
            limits.guard.add(batch.num_rows, batch.nbytes)
            yield batch
            if limits.max_rows and limits.guard.rows > limits.max_rows and not run.ended:
                abandon(link, run, limits.stop)
    except (ConnectionLost, ServerError):
        raise
    except BaseException:
        abandon(link, run, limits.stop)
        raise


def abandon(link: Link, run: Run, stop: Callable[[], None]) -> None:
    """Leave the rest of the rows; in a transaction, which a stopped statement would abort, they are read past."""
    if link.state == "idle" and not run.ended:
        stop()
    with suppress(ServerError):
        run.drop()


def _by_driver(link: Link, sql: str, limits: Limits, why: str) -> Fetched:
    table, types = driver_path.fetch(link, sql)
    notes = _notes(link, "" if table is None else f"read by the driver: {why}")
    return cut(Fetched(_command("", sql), table, notes=notes, types=types or None), limits.max_rows)


def cut(found: Fetched, max_rows: int) -> Fetched:
    """Without the rows beyond the limit, and saying so."""
    if max_rows and found.table is not None and found.table.num_rows > max_rows:
        found.table, found.cut_off = found.table.slice(0, max_rows), True
    return found


def _notes(link: Link, *more: str) -> tuple[str, ...]:
    """What the server said on the side, and what is to be said of the reading."""
    said, link.notices = link.notices, []
    return tuple(note for note in (*said, *more) if note)


def first_word(sql: str) -> str:
    """The statement's first word, past its comments, in lower case."""
    return next((token.text.lower() for token in tokens(sql) if token.kind == "word"), "")


def _command(tag: str, sql: str) -> str:
    """The command without its counts, as `CREATE TABLE`; of a cut-off statement its first word."""
    words = [word for word in tag.split() if not word.isdigit()]
    return " ".join(words) or first_word(sql).upper()


class Rows:
    """A statement's rows as they come, batch after batch."""

    def __init__(self, link: Link, sql: str) -> None:
        self._link = link
        self._run = start(link, sql)
        if isinstance(self._run, Run):
            self._batches = self._run.batches()
            self.schema = self._run.schema
        else:
            table, _ = driver_path.fetch(link, sql)
            self.schema, self._batches = _of_table(table)
        self._first = next(self._batches, None)  # after this one, the statement is not run again

    def __iter__(self) -> Iterator[pa.RecordBatch]:
        first, self._first = self._first, None
        if first is not None:
            yield first
        yield from self._batches

    def leave(self, stop: Callable[[], None]) -> None:
        """Leave what is left of them."""
        if isinstance(self._run, Run) and not self._run.ended and not self._link.lost:
            abandon(self._link, self._run, stop)


def _of_table(table: pa.Table | None) -> tuple[pa.Schema, Iterator[pa.RecordBatch]]:
    import pyarrow as pa

    table = pa.table({}) if table is None else table
    return table.schema, iter(table.to_batches())
