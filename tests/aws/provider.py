"""An identity provider on loopback for tests: TLS with its own certificate, the login pages of Okta, ADFS and Ping.

It answers with the pages that the driver's plugins read, checks user and password, and gives a SAML answer.
"""

from __future__ import annotations

import base64
import datetime
import json
import ssl
import threading
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

ROLE = "arn:aws:iam::123456789012:role/analyst"
OTHER = "arn:aws:iam::123456789012:role/loader"
PROVIDER = "arn:aws:iam::123456789012:saml-provider/idp"
PASSWORD = "planted-idp-password"
ONE_TIME = "planted-one-time-token"


@dataclass
class Provider:
    """What the provider offers, and what it was asked."""

    roles: tuple[str, ...] = (ROLE,)
    attributes: dict[str, list[str]] = field(default_factory=dict)
    paths: list[str] = field(default_factory=list)
    missing_page: bool = False
    port: int = 0

    def assertion(self) -> str:
        """The SAML answer, as a form carries it."""
        offered = {"https://aws.amazon.com/SAML/Attributes/Role": [f"{role},{PROVIDER}" for role in self.roles]}
        offered["https://aws.amazon.com/SAML/Attributes/RoleSessionName"] = ["ann@example.com"]
        offered |= {f"https://redshift.amazon.com/SAML/Attributes/{k}": v for k, v in self.attributes.items()}
        body = "".join(
            f'<saml2:Attribute Name="{name}">'
            + "".join(f"<saml2:AttributeValue>{value}</saml2:AttributeValue>" for value in values)
            + "</saml2:Attribute>"
            for name, values in offered.items()
        )
        names = (
            'xmlns:saml2p="urn:oasis:names:tc:SAML:2.0:protocol" xmlns:saml2="urn:oasis:names:tc:SAML:2.0:assertion"'
        )
        answer = f"<saml2p:Response {names}><saml2:Assertion>{body}</saml2:Assertion></saml2p:Response>"
        return base64.b64encode(answer.encode()).decode()

    def serve(self, folder: Path) -> ThreadingHTTPServer:
        """Start serving on a free port."""
        server = ThreadingHTTPServer(("127.0.0.1", 0), type("Handler", (_Handler,), {"provider": self}))
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(certificate(folder))
        server.socket = context.wrap_socket(server.socket, server_side=True)
        self.port = server.server_port
        threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True).start()
        return server


class _Handler(BaseHTTPRequestHandler):
    provider: Provider

    def do_GET(self) -> None:
        path = urlsplit(self.path)
        self.provider.paths.append(self.path)
        if path.path.startswith("/home/"):
            known = parse_qs(path.query).get("onetimetoken") == [ONE_TIME] and not self.provider.missing_page
            self._send(self._answer() if known else "", 200 if known else 404)
        else:
            action = path.path if path.path.startswith("/adfs") else "/idp/login"
            self._send(
                f'<form action="{action}"><input type="text" id="username" name="username" value="">'
                '<input type="password" id="password" name="password" value=""></form>'
            )

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"])).decode()
        self.provider.paths.append(self.path)
        if self.path == "/api/v1/authn":
            given = json.loads(body)
            good = given == {"username": "ann", "password": PASSWORD}
            self._send(json.dumps({"status": "SUCCESS", "sessionToken": ONE_TIME}), 200 if good else 401)
        else:
            fields = {name: values[0] for name, values in parse_qs(body).items()}
            good = fields.get("username") == "ann" and fields.get("password") == PASSWORD
            self._send(self._answer() if good else "<p>wrong password</p>")

    def _answer(self) -> str:
        return f'<form><input type="hidden" name="SAMLResponse" value="{self.provider.assertion()}"></form>'

    def _send(self, text: str, status: int = 200) -> None:
        self.send_response(status)
        self.send_header("Content-Length", str(len(text.encode())))
        self.end_headers()
        self.wfile.write(text.encode())

    def log_request(self, code: object = "-", size: object = "-") -> None:
        pass


def certificate(folder: Path) -> Path:
    """A certificate of localhost, signed by itself, with its key in one file."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "localhost")])
    now = datetime.datetime.now(datetime.UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - datetime.timedelta(minutes=1))
        .not_valid_after(now + datetime.timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName("localhost")]), critical=False)
        .sign(key, hashes.SHA256())
    )
    file = folder / "localhost.pem"
    private = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    file.write_bytes(private + made.public_bytes(serialization.Encoding.PEM))
    return file
