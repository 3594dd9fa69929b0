"""The steps to a cluster over the wire: its name, its port, its certificate, and who signs in."""

from __future__ import annotations

import socket
import ssl
import struct
from importlib.resources import files

from rsnb.auth import Address, identify
from rsnb.doctor.report import Way
from rsnb.errors import ConnectionLost
from rsnb.profiles import Profile

SECONDS = 10.0  # that each of these steps may take
_SSL_REQUEST = struct.pack("!ii", 8, 80877103)  # PostgreSQL documentation, "SSL Session Encryption"


def steps(profile: Profile) -> Way:
    """The steps before the database answers."""
    address = Address.parse(profile.url)
    mode = address.options.get("tls", "verify-full")
    return [
        ("DNS", lambda: dns(address.host, address.port)),
        ("TCP", lambda: tcp(address.host, address.port)),
        ("TLS", lambda: _tls(address, mode)),
        ("identity", lambda: _identity(address, profile)),
    ]


def dns(host: str, port: int) -> str:
    """The addresses of a host's name."""
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except OSError as exc:
        raise ConnectionLost(
            f"the name {host} has no address: {exc.strerror or exc}",
            hint="is it spelled as the console shows it? a private name needs the VPN, or its DNS",
        ) from exc
    return ", ".join(dict.fromkeys(str(place[4][0]) for place in found))


def tcp(host: str, port: int) -> str:
    """Whether something listens."""
    connected(host, port).close()
    return f"{host} listens on port {port}"


def tls(bare: socket.socket, host: str, context: ssl.SSLContext) -> str:
    """The protocol and whose certificate it is; the socket is closed after."""
    try:
        with context.wrap_socket(bare, server_hostname=host) as secure:
            given = secure.getpeercert() or {}
            until = f", a certificate until {given['notAfter']}" if given else ", the certificate is not looked at"
            return f"{secure.version()}{until}"
    except ssl.SSLCertVerificationError as exc:
        raise ConnectionLost(
            f"the certificate of {host} is not good: {exc.verify_message}",
            hint="name its authority in SSL_CERT_FILE; tls=verify-ca does not compare the host's name",
        ) from exc
    except (ssl.SSLError, OSError) as exc:
        raise ConnectionLost(f"{host} does not finish the TLS handshake: {exc}", hint="is a proxy before it?") from exc


def connected(host: str, port: int) -> socket.socket:
    """An open connection; ConnectionLost says why there is none."""
    try:
        return socket.create_connection((host, port), SECONDS)
    except TimeoutError as exc:
        raise ConnectionLost(
            f"{host} does not answer on port {port} within {SECONDS:.0f} s",
            hint="does its security group let this machine in? is it public, or the VPN open? is it paused?",
        ) from exc
    except OSError as exc:
        raise ConnectionLost(
            f"nothing listens on port {port} of {host}: {exc.strerror or exc}", hint="is the port right? is it paused?"
        ) from exc


def _tls(address: Address, mode: str) -> str:
    if mode == "off":
        return "not used: tls=off"
    bare = connected(address.host, address.port)
    try:
        bare.sendall(_SSL_REQUEST)
        answer = bare.recv(1)
    except OSError as exc:
        bare.close()
        raise ConnectionLost(f"{address.host} hangs up: {exc}", hint="does a warehouse listen on this port?") from exc
    if answer != b"S":
        bare.close()
        raise ConnectionLost(
            f"{address.host} {'refuses TLS' if answer == b'N' else 'does not speak the protocol of a warehouse'}",
            hint="tls=off in the URL, where the network is safe" if answer == b"N" else "is host and port right?",
        )
    return tls(bare, address.host, _context(mode))


def _context(mode: str) -> ssl.SSLContext:
    """What the driver trusts: the system's authorities, SSL_CERT_FILE and Redshift's own."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname = mode == "verify-full"
    context.verify_mode = ssl.CERT_NONE if mode == "require" else ssl.CERT_REQUIRED
    context.load_default_certs()
    context.load_verify_locations(str(files("redshift_connector") / "files" / "redshift-ca-bundle.crt"))
    return context


def _identity(address: Address, profile: Profile) -> str:
    signing_in = identify(address, profile.keys)
    credentials = signing_in.credentials()
    until = f", until {credentials.expires.astimezone():%H:%M}" if credentials.expires else ""
    return f"{signing_in.name}{until}"
