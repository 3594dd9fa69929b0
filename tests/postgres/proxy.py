"""A loopback proxy in front of PostgreSQL that greets as Redshift, and that can break."""

from __future__ import annotations

import contextlib
import socket
import ssl
import threading
from collections.abc import Callable, Mapping
from types import TracebackType

from tests.postgres import startup
from tests.postgres.faults import MARKER, Cut, Fault, Watch
from tests.postgres.messages import Message, Splitter
from tests.postgres.redshift import Transcoder
from tests.postgres.startup import Startup

CLOSED = (ConnectionError, OSError, ssl.SSLError, Cut)


class Proxy:
    """Listens on `port`. Use it as a context manager.

    tls: a server's context; without one, TLS is refused. protocol: the driver's protocol 0, 1 or 2 that it speaks.
    fault: what happens to statements with MARKER in them. replace: texts of the client that are exchanged for others
    of the same length. rewrite: what becomes of the text of a statement. reachable: whether new connections are taken.
    """

    def __init__(self, upstream: int, tls: ssl.SSLContext | None = None, protocol: int = 0) -> None:
        self.upstream = upstream
        self.tls = tls
        self.protocol = protocol
        self.fault: Fault | None = None
        self.replace: Mapping[bytes, bytes] = {}
        self.rewrite: Callable[[str], str] | None = None
        self.reachable = True
        self.starts: list[Startup] = []
        self.sent: list[bytes] = []  # what clients sent after their login
        self.ended = threading.Event()
        self._open: list[Connection] = []
        self._listener = socket.create_server(("127.0.0.1", 0), backlog=128)
        self.port = int(self._listener.getsockname()[1])
        self._thread = threading.Thread(target=self._accept, daemon=True)

    def __enter__(self) -> Proxy:
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.ended.set()
        with contextlib.suppress(OSError):
            self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        self._thread.join()
        self.cut()
        for connection in self._open:
            connection.join()

    def cut(self) -> None:
        """Cut every connection that is open."""
        for connection in self._open:
            connection.cut()

    @property
    def cancels(self) -> int:
        """The number of CancelRequests that came."""
        return sum(bool(start.cancel) for start in self.starts)

    def _accept(self) -> None:
        while not self.ended.is_set():
            try:
                client, _ = self._listener.accept()
            except OSError:
                return
            client.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            if not self.reachable or self._happens("connect"):
                client.close()
                continue
            connection = Connection(self, client)
            self._open.append(connection)
            connection.start()

    def _happens(self, point: str) -> bool:
        return self.fault is not None and self.fault.point == point and self.fault.take()


class Connection:
    """One client and its connection to the server: a thread for each direction."""

    def __init__(self, proxy: Proxy, client: socket.socket) -> None:
        self._proxy = proxy
        self._client = client
        self._server = socket.create_connection(("127.0.0.1", proxy.upstream))
        self._server.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self._watch: Watch | None = None
        self._down = threading.Event()
        self._threads = [threading.Thread(target=self._serve, daemon=True)]

    def start(self) -> None:
        """Begin to pass on."""
        self._threads[0].start()

    def join(self) -> None:
        """Wait until it has ended."""
        for thread in self._threads:
            thread.join(10)

    def cut(self) -> None:
        """Close both sides at once."""
        self._down.set()
        for side in (self._client, self._server):
            with contextlib.suppress(OSError):
                side.shutdown(socket.SHUT_RDWR)

    def _serve(self) -> None:
        with contextlib.suppress(*CLOSED):
            self._client, start = startup.greet(self._client, self._proxy.tls)
            self._proxy.starts.append(start)
            if start.cancel:
                self._server.sendall(b"\0\0\0\x10\x04\xd2\x16\x2e" + start.cancel)
                startup.some(self._server)
            elif not self._proxy._happens("startup"):
                startup.forward(self._server, start)
                if startup.sign_in(self._client, self._server, self._proxy.protocol):
                    self._pass_on()
        self.cut()
        self._client.close()
        self._server.close()

    def _pass_on(self) -> None:
        transcoder = Transcoder(self._proxy.protocol)
        other = threading.Thread(target=self._from_client, args=(transcoder,), daemon=True)
        self._threads.append(other)
        other.start()
        try:
            with contextlib.suppress(*CLOSED):
                self._from_server(transcoder)
        finally:  # also when it does not know what to make of something
            self.cut()
            other.join()

    def _rewritten(self, message: Message) -> bytes:
        if message.tag == b"P" and self._proxy.rewrite is not None:
            name, sql, rest = message.body.split(b"\0", 2)
            message = Message(b"P", b"\0".join([name, self._proxy.rewrite(sql.decode()).encode(), rest]))
        return message.encode()

    def _from_client(self, transcoder: Transcoder) -> None:
        splitter = Splitter()
        with contextlib.suppress(*CLOSED):
            while True:
                data = startup.some(self._client)
                self._proxy.sent.append(data[:2000])
                for given, other in self._proxy.replace.items():
                    data = data.replace(given, other)
                if self._proxy.rewrite is not None:
                    data = b"".join(map(self._rewritten, splitter.feed(data)))
                if self._proxy.fault is not None and MARKER in data:
                    self._arm(self._proxy.fault)
                transcoder.sent(data)
                self._server.sendall(data)
        self.cut()

    def _arm(self, fault: Fault) -> None:
        if not fault.take():
            return
        if fault.point == "statement":
            self._happen(fault)
        self._watch = Watch(fault)

    def _from_server(self, transcoder: Transcoder) -> None:
        splitter = Splitter()
        while True:
            data = startup.some(self._server)
            if self._watch is None and transcoder.idle:
                self._client.sendall(data)
                continue
            for message in splitter.feed(data):
                whole = transcoder.received(message).encode()
                passes = self._watch.before(message) if self._watch else None
                if passes is not None and self._watch:
                    fault, self._watch = self._watch.fault, None
                    self._client.sendall(whole[:passes])
                    self._happen(fault)
                    whole = whole[passes:]
                self._client.sendall(whole)

    def _happen(self, fault: Fault) -> None:
        if fault.cut:
            raise Cut
        self._down.wait(fault.seconds)
        if self._down.is_set():
            raise Cut
