"""HTTP on loopback: connections to requests, and answers back."""

from __future__ import annotations

import re
import socketserver
import sys
from collections.abc import Callable, Mapping
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qsl, unquote, urlsplit

from rsnb.ml.loopback.protocol import Request, Response

REGION = "us-east-1"


class Listener(ThreadingHTTPServer):
    """Listens on an address and gives each request to `answer`, each connection in a thread of its own."""

    daemon_threads = True

    def __init__(self, address: tuple[str, int], answer: Callable[[Request], Response]) -> None:
        self.answer = answer
        super().__init__(address, _Handler)

    def handle_error(self, request: object, client_address: object) -> None:
        if not isinstance(sys.exception(), ConnectionError):  # a client that has gone is no error
            super().handle_error(request, client_address)  # type: ignore[arg-type]

    def server_bind(self) -> None:
        socketserver.TCPServer.server_bind(self)  # HTTPServer's own asks the resolver for the host's name
        self.server_name, self.server_port = str(self.server_address[0]), int(self.server_address[1])


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    wbufsize = -1  # headers and body leave together
    server: Listener

    def do_GET(self) -> None:
        path, _, query = self.path.partition("?")
        headers = {name.lower(): value for name, value in self.headers.items()}
        asked = dict(parse_qsl(query, keep_blank_values=True))
        region, service = _signed(headers, asked)
        request = Request(self.command, unquote(urlsplit(path).path), asked, headers, self._body(), region, service)
        found = self.server.answer(request)
        self.send_response(found.status)
        for name, value in found.headers.items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(found.body) if found.length is None else found.length))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(found.body)

    do_HEAD = do_PUT = do_POST = do_DELETE = do_GET  # noqa: N815 - named by http.server

    def _body(self) -> bytes:
        if self.headers.get("Transfer-Encoding", "").lower() != "chunked":
            return self.rfile.read(int(self.headers.get("Content-Length") or 0))
        parts = []
        while size := int(self.rfile.readline().partition(b";")[0], 16):
            parts.append(self.rfile.read(size))
            self.rfile.readline()
        while self.rfile.readline().strip():
            pass
        return b"".join(parts)

    def handle_expect_100(self) -> bool:
        go_on = super().handle_expect_100()
        self.wfile.flush()
        return go_on

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - named by http.server
        pass


def _signed(headers: Mapping[str, str], query: Mapping[str, str]) -> tuple[str, str]:
    """(region, service) that a request is signed for."""
    scope = headers.get("authorization", "") + "Credential=" + query.get("X-Amz-Credential", "")
    found = re.search(r"Credential=[^/,]+/\d{8}/([^/]+)/([^/]+)/aws4_request", scope)
    return (found[1], found[2]) if found else (REGION, "")
