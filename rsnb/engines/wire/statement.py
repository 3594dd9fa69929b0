"""One statement on one connection: described, run, its rows read into a table within the limits."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import suppress
from typing import TYPE_CHECKING

from rsnb.engines import Fetched
from rsnb.engines.wire import columns, driver_path
from rsnb.engines.wire.link import Link, Run, ServerError
from rsnb.engines.wire.memory import Guard
from rsnb.errors import ConnectionLost

if TYPE_CHECKING:
    import pyarrow as pa

STRANGE_DRIVER = "this release of redshift_connector is not known here"


def fetch(link: Link, sql: str, max_rows: int, guard: Guard, stop: Callable[[], None]) -> Fetched:
    """Run a statement and read its rows. stop: has the server stop it, when not all rows are wanted."""
    import pyarrow as pa

    opened = start(link, sql, max_rows + 1 if max_rows else 0)
    if isinstance(opened, str):
        return _by_driver(link, sql, max_rows, opened)
    batches = []
    try:
        for batch in opened.batches():
            guard.add(batch.num_rows, batch.nbytes)
            batches.append(batch)
            if max_rows and guard.rows > max_rows and not opened.ended:
                abandon(link, opened, stop)
    except (ConnectionLost, ServerError):
        raise
    except BaseException:
        abandon(link, opened, stop)
        raise
    table = pa.Table.from_batches(batches, opened.schema) if opened.columns else None
    found = Fetched(_command(opened.tag, sql), table, notes=_notes(link, guard.note))
    found.types = tuple(column.type for column in opened.columns) or None
    return _cut(found, max_rows)


def start(link: Link, sql: str, limit: int = 0) -> Run | str:
    """Have a statement run; or, as a sentence, why the driver has to read its rows."""
    if not link.native:
        return STRANGE_DRIVER
    planned = columns.plan(link.describe(sql), link.protocol)
    return planned if isinstance(planned, str) else link.run(planned, limit)


def abandon(link: Link, run: Run, stop: Callable[[], None]) -> None:
    """Leave the rest of the rows; in a transaction, which a stopped statement would abort, they are read past."""
    if link.state == "idle" and not run.ended:
        stop()
    with suppress(ServerError):
        run.drop()


def _by_driver(link: Link, sql: str, max_rows: int, why: str) -> Fetched:
    table, types = driver_path.fetch(link, sql)
    notes = _notes(link, "" if table is None else f"read by the driver: {why}")
    return _cut(Fetched(_command("", sql), table, notes=notes, types=types or None), max_rows)


def _cut(found: Fetched, max_rows: int) -> Fetched:
    if max_rows and found.table is not None and found.table.num_rows > max_rows:
        found.table, found.cut_off = found.table.slice(0, max_rows), True
    return found


def _notes(link: Link, *more: str) -> tuple[str, ...]:
    """What the server said on the side, and what is to be said of the reading."""
    said, link.notices = link.notices, []
    return tuple(note for note in (*said, *more) if note)


def _command(tag: str, sql: str) -> str:
    """The command without its counts, as `CREATE TABLE`; of a cut-off statement its first word."""
    words = [word for word in tag.split() if not word.isdigit()]
    return " ".join(words) or (sql.split() or [""])[0].upper()


def batches(link: Link, sql: str) -> Iterator[pa.RecordBatch]:
    """The rows of a statement as they come; by the driver's own way all at once."""
    opened = start(link, sql)
    if isinstance(opened, str):
        table, _ = driver_path.fetch(link, sql)
        return iter(() if table is None else table.to_batches())
    return opened.batches()
