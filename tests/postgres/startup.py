"""A connection's start as Redshift conducts it, in front of PostgreSQL.

What redshift_connector 2.2.0 stumbles over at PostgreSQL: unknown start-up parameters, the empty end of the
list of SASL mechanisms, a server_version that is no plain number.
"""

from __future__ import annotations

import socket
import ssl
import struct
from dataclasses import dataclass, field

from tests.postgres.messages import Message, Splitter, texts

SSL_REQUEST, CANCEL_REQUEST, PROTOCOL = 80877103, 80877102, 196608
KNOWN = ("user", "database", "application_name", "client_encoding", "options")


@dataclass
class Startup:
    """What a client asked for at its start."""

    cancel: bytes = b""  # of a CancelRequest: process and key
    parameters: dict[str, str] = field(default_factory=dict)
    encrypted: bool = False
    socket: ssl.SSLSocket | None = None


def greet(client: socket.socket, tls: ssl.SSLContext | None) -> tuple[socket.socket, Startup]:
    """Read a client's start, with TLS where there is a context for it; its socket from then on, closed on a failure."""
    startup = Startup()
    try:
        return _greeted(client, tls, startup), startup
    except BaseException:
        if startup.socket is not None:
            startup.socket.close()
        raise


def _greeted(client: socket.socket, tls: ssl.SSLContext | None, startup: Startup) -> socket.socket:
    while True:
        (length,) = struct.unpack("!i", receive(client, 4))
        body = receive(client, length - 4)
        (code,) = struct.unpack_from("!i", body)
        if code == SSL_REQUEST:
            client.sendall(b"S" if tls else b"N")
            if tls:
                client = startup.socket = tls.wrap_socket(client, server_side=True)
                startup.encrypted = True
        elif code == CANCEL_REQUEST:
            startup.cancel = body[4:]
            return client
        else:
            names = [text.decode() for text in texts(body[4:])]
            startup.parameters = dict(zip(names[::2], names[1::2], strict=False))
            startup.parameters.pop("", None)
            return client


def forward(server: socket.socket, startup: Startup) -> None:
    """Start a connection to PostgreSQL with the parameters that it knows."""
    known = {name: value for name, value in startup.parameters.items() if name in KNOWN}
    body = b"".join(text.encode() + b"\0" for pair in known.items() for text in pair) + b"\0"
    server.sendall(struct.pack("!ii", len(body) + 8, PROTOCOL) + body)


def sign_in(client: socket.socket, server: socket.socket, protocol: int) -> bool:
    """Pass the login on until the server is ready; whether it succeeded. protocol: what Redshift is to answer."""
    from_server, from_client = Splitter(), Splitter()
    while True:
        for message in from_server.feed(some(server)):
            client.sendall(b"".join(said.encode() for said in _as_redshift(message, protocol)))
            if message.tag == b"E":
                return False
            if message.tag == b"Z":
                return True
            if message.tag == b"R" and struct.unpack_from("!i", message.body)[0] in (3, 5, 10, 11):
                answers: list[Message] = []
                while not answers:
                    answers = list(from_client.feed(some(client)))
                server.sendall(b"".join(answer.encode() for answer in answers if answer.tag != b"H"))


def _as_redshift(message: Message, protocol: int) -> list[Message]:
    if message.tag == b"R" and message.body[:4] == struct.pack("!i", 10):
        return [Message(b"R", message.body.removesuffix(b"\0"))]
    if message.tag == b"S" and message.body.startswith(b"server_version\0"):
        said = [b"server_version\x008.0.2\0", *([b"server_protocol_version\0%d\0" % protocol] if protocol else [])]
        return [Message(b"S", body) for body in said]
    return [message]


def receive(source: socket.socket, size: int) -> bytes:
    """Exactly so many bytes; ConnectionError at the end."""
    got = b""
    while len(got) < size:
        got += some(source, size - len(got))
    return got


def some(source: socket.socket, size: int = 1 << 18) -> bytes:
    """The bytes that are there; ConnectionError at the end."""
    data = source.recv(size)
    if not data:
        raise ConnectionError("the other side hung up")
    return data
