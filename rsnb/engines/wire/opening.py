"""Opening a connection with redshift_connector: TLS, deadlines, and what went wrong in plain words.

The driver leaves the socket of a failed login open and knows no TLS without checking; a class of ours, handed to the
driver's own `connect`, does both.
"""

from __future__ import annotations

import socket
import ssl
import struct
import types
from contextlib import suppress
from functools import cache
from typing import Any

from rsnb.auth import Address, Credentials
from rsnb.engines.wire import faults
from rsnb.errors import ConfigError, ConnectionLost, RsnbError

TLS = ("verify-full", "verify-ca", "require", "off")
OPTIONS = ("tls",)
APPLICATION = "rsnb"


def tls_of(address: Address) -> str:
    """The URL's `tls`; ConfigError for another value, or for an option that there is not."""
    for name in address.options:
        if name not in OPTIONS:
            raise ConfigError(f"the URL has an unknown option {name!r}", hint=f"known are {', '.join(OPTIONS)}")
    tls = address.options.get("tls", TLS[0])
    if tls not in TLS:
        raise ConfigError(f"tls can't be {tls!r}", hint=f"one of {', '.join(TLS)}")
    return tls


def connect(address: Address, credentials: Credentials, seconds: float) -> Any:
    """A connection of the driver, every statement committing by itself; raises as rsnb's errors what goes wrong."""
    tls = tls_of(address)
    given = credentials.driver()
    if tls in ("require", "off") and (given.get("iam") or given.get("credentials_provider")):
        raise ConfigError(f"tls={tls} can't be used with this identity", hint="tls=verify-full, or tls=verify-ca")
    arguments = {
        "host": address.host,
        "port": address.port,
        "database": address.database,
        "application_name": APPLICATION,
        "max_prepared_statements": 0,
        "timeout": seconds,
        "tcp_keepalive_idle": 30,
        "tcp_keepalive_interval": 10,
        "tcp_keepalive_count": 6,
        **({"ssl": True, "sslmode": tls} if tls.startswith("verify") else {"ssl": False}),
        **given,
    }
    try:
        driver = _connect(tls == "require")(**arguments)
    except Exception as exc:  # the driver's, Python's, an identity provider's
        raise _explain(exc, address, seconds) from None  # a provider's error may quote what it was sent
    driver._usock.settimeout(None)
    driver.autocommit = True
    return driver


@cache
def _connect(unverified: bool) -> Any:
    """The driver's own `connect`, which makes a connection of our class."""
    import redshift_connector
    from redshift_connector.core import Connection

    class Opened(Connection):
        """Leaves no socket open when it fails."""

        def __init__(self, *args: Any, **options: Any) -> None:
            try:
                super().__init__(*args, **options)
            except BaseException:
                for part in (getattr(self, "_sock", None), getattr(self, "_usock", None)):
                    if part is not None:
                        with suppress(OSError):
                            part.close()
                raise

    class Unverified(Opened):
        """Speaks TLS without looking at the certificate."""

        @property
        def _usock(self) -> Any:
            return self.__dict__.get("_socket")

        @_usock.setter
        def _usock(self, made: Any) -> None:
            self.__dict__["_socket"] = _Encrypting(made)

    own = redshift_connector.connect
    names = {**vars(redshift_connector), "Connection": Unverified if unverified else Opened}
    return types.FunctionType(own.__code__, names, own.__name__, own.__defaults__)


class _Encrypting:
    """A socket that speaks TLS once it is connected."""

    def __init__(self, bare: socket.socket) -> None:
        self._socket = bare

    def connect(self, address: tuple[str, int]) -> None:
        """Connect, and ask for TLS."""
        self._socket.connect(address)
        self._socket = encrypted(self._socket)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._socket, name)


def socket_of(driver: Any) -> socket.socket:
    """The socket of a connection of the driver."""
    made = driver._usock
    return made._socket if isinstance(made, _Encrypting) else made


def encrypted(bare: socket.socket) -> ssl.SSLSocket:
    """A connected socket with TLS, whoever the server is; ConnectionRefusedError when it offers none."""
    bare.sendall(struct.pack("!ii", 8, 80877103))
    if bare.recv(1) != b"S":
        bare.close()
        raise ConnectionRefusedError(_NO_TLS)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    return context.wrap_socket(bare)


_NO_TLS = "Server refuses SSL"


def _explain(exc: Exception, address: Address, seconds: float) -> RsnbError:
    """The driver's error at a login, as ours."""
    first, inner = (*exc.args, None, None)[:2]
    if isinstance(first, dict):
        return faults.explain(first)
    cause = inner if isinstance(inner, OSError) else exc
    tried = f"{address} can't be reached"
    if isinstance(cause, TimeoutError) or "time out" in str(first):
        return ConnectionLost(
            f"{tried}: no answer within {seconds:g} s", hint="is the network open (VPN, security group, public access)?"
        )
    if isinstance(cause, socket.gaierror):
        return ConnectionLost(f"{tried}: there is no host {address.host}", hint="is the host's name right? VPN?")
    if isinstance(cause, ssl.SSLCertVerificationError):
        return ConnectionLost(f"{tried} safely: {cause.verify_message}", hint=_CERTIFICATE)
    if _NO_TLS in f"{first} {cause}":
        return ConnectionLost(f"{tried} safely: the server offers no TLS", hint="tls=off, where the network is safe")
    if isinstance(cause, ssl.SSLError):
        return ConnectionLost(
            f"{tried} safely: {cause.reason or cause}", hint="does the server speak TLS on this port?"
        )
    if isinstance(cause, ConnectionRefusedError):
        return ConnectionLost(f"{tried}: nothing listens on port {address.port}", hint="is the cluster running?")
    if isinstance(cause, ConnectionError) or "BrokenPipe" in str(first):
        return ConnectionLost(f"{tried}: the server hung up during the login", hint="is the cluster being resized?")
    if isinstance(exc, (KeyError, IndexError, struct.error)):
        return ConnectionLost(f"{tried}: what answers there does not speak Redshift's protocol", hint="is it the port?")
    if isinstance(cause, OSError):
        return ConnectionLost(f"{tried}: {cause.strerror or cause}")
    return ConnectionLost(f"{tried}: {first}")


_CERTIFICATE = (
    "Redshift's own certificates are known; for others name their authority in SSL_CERT_FILE. "
    "tls=verify-ca does not compare the host's name"
)
