"""An open connection: the driver's, with its socket read and written here; statements run on it one at a time."""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterator
from contextlib import suppress
from importlib.metadata import version
from typing import TYPE_CHECKING, Any

from rsnb.auth import Address, Credentials
from rsnb.engines.wire import messages, opening
from rsnb.engines.wire.cells import Cells
from rsnb.engines.wire.cells import columns as cells_of
from rsnb.engines.wire.columns import Column
from rsnb.engines.wire.framing import Places
from rsnb.engines.wire.inbox import Inbox
from rsnb.errors import ConnectionLost, SqlError

if TYPE_CHECKING:
    import pyarrow as pa

KNOWN_DRIVERS = ("2.2.0",)  # whose internals this was read from and tested with
STATES = {b"I": "idle", b"T": "open", b"E": "failed"}


class ServerError(Exception):
    """The server refused; `parts` is what it said."""

    def __init__(self, parts: dict[str, str]) -> None:
        super().__init__(parts.get("M", ""))
        self.parts = parts


class Link:
    """A connection of the driver that is open. state: `idle`, `open` (in a transaction) or `failed`.

    sent: whether the statement that runs may have begun at the server. pid: the session's process there. lost: whether
    the connection is of no more use. native: whether the driver is one whose socket may be read here.
    """

    def __init__(self, driver: Any, address: Address) -> None:
        self.driver = driver
        self.address = address
        self.state = "idle"
        self.sent = False
        self.lost = False
        self.pid = 0
        self.notices: list[str] = []
        self.lock = threading.RLock()  # held by whoever speaks on the connection
        self.protocol = int(driver._client_protocol_version)
        self.native = version("redshift_connector") in KNOWN_DRIVERS
        self._socket = opening.socket_of(driver)
        self._inbox = Inbox(driver._sock)
        self._follow_driver()

    def describe(self, sql: str) -> tuple[messages.Field, ...]:
        """Have the server understand a statement; the columns that it will return."""
        self._send(messages.parse(sql) + messages.DESCRIBE + messages.SYNC)
        fields: tuple[messages.Field, ...] = ()
        for tag, body in self._answers():
            if tag == messages.ROWS_DESCRIBED:
                fields = messages.fields(body, self.protocol)
        return fields

    def run(self, columns: tuple[Column, ...], limit: int = 0) -> Run:
        """Run the statement that was described last."""
        self.sent = True
        self._send(messages.bind([c.format for c in columns]) + messages.execute(limit) + messages.SYNC)
        return Run(self, columns)

    def rows(self, sql: str) -> list[tuple[str | None, ...]]:
        """The few rows of a statement of rsnb's own, as texts."""
        fields = self.describe(sql)
        self._send(messages.bind([messages.TEXT] * len(fields)) + messages.execute() + messages.SYNC)
        return [messages.values(body) for tag, body in self._answers() if tag == messages.ROW]

    def shut(self) -> None:
        """Shut the socket, from any thread: whoever reads from it finds its end."""
        self.lost = True
        with suppress(OSError):
            socket.socket.shutdown(self._socket, socket.SHUT_RDWR)  # of TLS the bare one, which no thread has locked

    def close(self) -> None:
        """Say goodbye and close."""
        if self.lost:
            self.shut()
        with suppress(Exception):  # it may be gone already
            self.driver.close()

    def _send(self, data: bytes) -> None:
        try:
            self._socket.sendall(data)
        except OSError as exc:
            self.lost = True
            raise ConnectionLost(f"the connection to {self.address} is lost: {exc.strerror or exc}") from exc

    def _answers(self) -> Iterator[tuple[bytes, bytes]]:
        """The messages up to the one that says that the server is ready; an error is raised after that."""
        error: ServerError | None = None
        while True:
            try:
                tag, body = self._next(self._inbox.message)
            except ConnectionLost:
                if error is not None:  # the server said why, and hung up
                    break
                raise
            if tag == messages.READY:
                self._ready(body)
                break
            if tag == messages.ERROR:
                error = error or ServerError(messages.said(body))
            elif tag == messages.NOTICE:
                self.notices.append(messages.said(body).get("M", ""))
            elif tag in (messages.COPY_IN, messages.COPY_OUT):
                error = ServerError({"C": "0A000", "M": "COPY through the connection is not there: name files of S3"})
                if tag == messages.COPY_IN:
                    self._send(messages.COPY_FAIL + messages.SYNC)
            else:
                yield tag, body
        if error is not None:
            raise error

    def _next(self, take: Any) -> Any:
        try:
            return take()
        except ConnectionLost as exc:
            self.lost = True
            raise ConnectionLost(f"the connection to {self.address} is lost: {exc.message}") from exc
        except (OSError, ValueError) as exc:  # ValueError: the file is closed
            self.lost = True
            raise ConnectionLost(f"the connection to {self.address} is lost: {exc}") from exc

    def _ready(self, body: bytes) -> None:
        self.state = STATES.get(body, "failed")
        self.driver.in_transaction = self.state != "idle"

    def _follow_driver(self) -> None:
        """Learn the transaction's state also where the driver itself runs a statement."""
        own = self.driver.message_types[messages.READY]

        def ready(body: bytes, cursor: Any) -> None:
            own(body, cursor)
            self._ready(body)

        self.driver.message_types[messages.READY] = ready


class Run:
    """A statement that runs: its rows, batch after batch, then its command tag.

    cut_off: the limit stopped it. ended: the server is ready for the next one.
    """

    def __init__(self, link: Link, columns: tuple[Column, ...]) -> None:
        self.tag = ""
        self.cut_off = False
        self.ended = False
        self._link = link
        self._answers = link._answers()
        self.columns = columns

    @property
    def schema(self) -> pa.Schema:
        """The columns as Arrow."""
        import pyarrow as pa

        return pa.schema([(c.field.name, c.arrow) for c in self.columns])

    def batches(self) -> Iterator[pa.RecordBatch]:
        """The rows, as Arrow."""
        import pyarrow as pa

        schema, inbox = self.schema, self._link._inbox
        for starts in self._blocks():
            found = cells_of(inbox.block, starts, len(self.columns))
            arrays = [_decoded(column, cells) for column, cells in zip(self.columns, found, strict=True)]
            yield pa.RecordBatch.from_arrays(arrays, schema=schema)

    def drop(self) -> None:
        """Read what is left, and keep nothing."""
        for _ in self._blocks():
            pass

    def _blocks(self) -> Iterator[Places]:
        """Where rows start in the inbox's block, block after block; the other messages are followed."""
        link = self._link
        while not self.ended:
            if link._next(link._inbox.peek) == messages.ROW:
                yield link._next(lambda: link._inbox.rows(len(self.columns)))
                continue
            try:
                answer = next(self._answers, None)
            except ServerError:
                self.ended = True
                raise
            if answer is None:
                self.ended = True
            elif answer[0] == messages.COMPLETE:
                self.tag = answer[1].rstrip(b"\0").decode(errors="replace")
            elif answer[0] == messages.SUSPENDED:
                self.cut_off = True


def _decoded(column: Column, cells: Cells) -> pa.Array:
    try:
        return column.decode(cells, column.arrow)
    except ValueError as exc:  # Arrow's errors are among them
        raise SqlError(
            f"the column {column.field.name} can't be read as {column.type}: {exc}",
            hint=f"ask for it as text: {column.field.name}::varchar",
        ) from exc


def open_link(address: Address, credentials: Credentials, seconds: float) -> Link:
    """Sign in, and learn the session's process at the server."""
    link = Link(opening.connect(address, credentials, seconds), address)
    link.pid = int(link.rows("select pg_backend_pid()")[0][0] or 0)
    return link
