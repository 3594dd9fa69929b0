"""AWS on loopback for tests: moto's server over HTTP, and around it what moto does not have.

moto answers redshift, secretsmanager, sts and iam. It has neither Redshift Serverless nor Identity Center's tokens nor
GetClusterCredentialsWithIAM, and its AssumeRoleWithSAML reads no answer that offers several roles: those few calls
are answered here, in the documented form. It names no resource in a denial: denials with a resource are answered here
too, as are throttling and expired tokens, by `fail`. Signatures are not checked. The Data API is tests/aws/data_api.py.
"""

from __future__ import annotations

import io
import json
import secrets
import threading
import urllib.request
from collections import defaultdict
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import parse_qsl
from wsgiref.types import StartResponse, WSGIEnvironment

from moto.server import DomainDispatcherApplication, create_backend_app
from werkzeug.serving import make_server

from tests.aws.data_api import DataApi, Refused, as_json

ACCOUNT = "123456789012"
REGION = "eu-west-1"
_PATHS = {"/client/register": "RegisterClient", "/token": "CreateToken"}  # of IAM Identity Center
QUERY = "application/x-www-form-urlencoded"


@dataclass
class Call:
    """A request that was made: its service, action and parameters, the access key that signed it, its session token."""

    service: str
    action: str
    parameters: dict[str, Any]
    access_key: str
    session_token: str = ""


@dataclass
class Cloud:
    """The services behind one URL, what they were asked, and what they fail with next."""

    calls: list[Call] = field(default_factory=list)
    lifetime: timedelta = timedelta(minutes=15)
    data_api: DataApi | None = None
    _faults: defaultdict[str, list[tuple[int, str, str]]] = field(default_factory=lambda: defaultdict(list))
    _extra: dict[tuple[str, str], Callable[[Call], bytes]] = field(default_factory=dict)
    issued: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self._moto = DomainDispatcherApplication(create_backend_app)
        self._server = make_server("127.0.0.1", 0, self._answer, threaded=True)
        self.url = f"http://127.0.0.1:{self._server.server_port}"
        self._extra |= {
            ("redshift", "GetClusterCredentialsWithIAM"): self._cluster_credentials,
            ("redshift", "GetIdentityCenterAuthToken"): self._cluster_token,
            ("", "AssumeRoleWithSAML"): self._saml_credentials,
            ("", "RegisterClient"): self._registered_client,
            ("", "CreateToken"): self._identity_center_token,
            ("redshift-serverless", "GetCredentials"): self._workgroup_credentials,
            ("redshift-serverless", "GetIdentityCenterAuthToken"): self._workgroup_token,
        }
        threading.Thread(target=self._server.serve_forever, daemon=True).start()

    def close(self) -> None:
        """Stop serving."""
        self._server.shutdown()
        self._server.server_close()

    def reset(self) -> None:
        """Forget everything that was created, asked and planned."""
        urllib.request.urlopen(urllib.request.Request(f"{self.url}/moto-api/reset", method="POST")).read()
        self.calls.clear()
        self.issued.clear()
        self._faults.clear()
        self.lifetime = timedelta(minutes=15)

    def fail(self, action: str, code: str, message: str = "", *, times: int = 1, status: int = 400) -> None:
        """The next calls of an action are refused with this code and message."""
        self._faults[action] += [(status, code, message)] * times

    def secret(self, name: str) -> dict[str, str]:
        """What a secret holds now."""
        import boto3

        text = boto3.client("secretsmanager").get_secret_value(SecretId=name)["SecretString"]
        return dict(json.loads(text))

    def asked(self, action: str) -> list[Call]:
        """The calls of an action, in order."""
        return [call for call in self.calls if call.action == action]

    def _answer(self, environ: WSGIEnvironment, start: StartResponse) -> Iterable[bytes]:
        chunked = environ.get("HTTP_TRANSFER_ENCODING") == "chunked"
        body = (
            environ["wsgi.input"].read()
            if chunked
            else environ["wsgi.input"].read(int(environ.get("CONTENT_LENGTH") or 0))
        )
        environ |= {"wsgi.input": io.BytesIO(body), "CONTENT_LENGTH": str(len(body))}
        if environ["PATH_INFO"].startswith("/moto-api"):
            return self._moto(environ, start)
        call = _read(environ, body)
        call.action = _PATHS.get(environ["PATH_INFO"], call.action)
        call.session_token = environ.get("HTTP_X_AMZ_SECURITY_TOKEN", "")
        self.calls.append(call)
        if planned := self._faults[call.action]:
            return _refuse(start, environ, *planned.pop(0))
        if call.service == "redshift-data" and self.data_api:
            return self._of_data_api(start, environ, call)
        if known := self._extra.get((call.service, call.action)):
            json_is_spoken = call.service == "redshift-serverless" or environ["PATH_INFO"] in _PATHS
            kind = "application/x-amz-json-1.1" if json_is_spoken else "text/xml"
            start("200 OK", [("Content-Type", kind)])
            return [known(call)]
        return self._moto(environ, start)

    def _of_data_api(self, start: StartResponse, environ: WSGIEnvironment, call: Call) -> Iterable[bytes]:
        assert self.data_api is not None
        try:
            answer = as_json(self.data_api.answer(call.action, call.parameters))
        except Refused as exc:
            return _refuse(start, environ, 400, exc.code, exc.message)
        start("200 OK", [("Content-Type", "application/x-amz-json-1.1")])
        return [answer]

    def _issue(self) -> tuple[str, str]:
        """A new password or token, and when it ends."""
        self.issued.append(f"issued-{secrets.token_hex(8)}")
        return self.issued[-1], (datetime.now(UTC) + self.lifetime).isoformat()

    def _cluster_credentials(self, call: Call) -> bytes:
        password, end = self._issue()
        fields = f"<DbUser>IAM:ann</DbUser><DbPassword>{password}</DbPassword><Expiration>{end}</Expiration>"
        return _xml("GetClusterCredentialsWithIAM", fields)

    def _cluster_token(self, call: Call) -> bytes:
        token, end = self._issue()
        return _xml("GetIdentityCenterAuthToken", f"<Token>{token}</Token><ExpirationTime>{end}</ExpirationTime>")

    def _saml_credentials(self, call: Call) -> bytes:
        token, end = self._issue()
        keys = f"<AccessKeyId>ASIASAML</AccessKeyId><SecretAccessKey>secret-of-{token}</SecretAccessKey>"
        return _xml(
            "AssumeRoleWithSAML",
            f"<Credentials>{keys}<SessionToken>{token}</SessionToken><Expiration>{end}</Expiration></Credentials>",
        )

    def _registered_client(self, call: Call) -> bytes:
        return json.dumps({"clientId": "c1", "clientSecret": "planted-client", "clientSecretExpiresAt": 1e10}).encode()

    def _identity_center_token(self, call: Call) -> bytes:
        token, _ = self._issue()
        return json.dumps({"accessToken": token, "tokenType": "Bearer", "expiresIn": 3600}).encode()

    def _workgroup_credentials(self, call: Call) -> bytes:
        password, end = self._issue()
        moment = datetime.fromisoformat(end).timestamp()
        return json.dumps({"dbUser": "IAMR:analyst", "dbPassword": password, "expiration": moment}).encode()

    def _workgroup_token(self, call: Call) -> bytes:
        token, end = self._issue()
        return json.dumps({"token": token, "expirationTime": datetime.fromisoformat(end).timestamp()}).encode()


def _read(environ: WSGIEnvironment, body: bytes) -> Call:
    """Which call a request is: the query protocol has an Action, the JSON protocol a target."""
    scope = environ.get("HTTP_AUTHORIZATION", "").partition("Credential=")[2].split(",")[0].split("/")
    service = scope[3] if len(scope) > 3 else ""
    target = environ.get("HTTP_X_AMZ_TARGET", "")
    if target:
        return Call(service, target.rpartition(".")[2], json.loads(body or b"{}"), scope[0])
    if environ["PATH_INFO"] in _PATHS:
        return Call("", "", json.loads(body), scope[0])
    query = "" if service == "s3" else body.decode()  # a body of S3 is a file
    parameters = dict(parse_qsl(query, keep_blank_values=True))
    return Call(service, parameters.get("Action", ""), parameters, scope[0])


def _refuse(start: StartResponse, environ: WSGIEnvironment, status: int, code: str, message: str) -> list[bytes]:
    if environ.get("CONTENT_TYPE", "").startswith(QUERY):
        start(f"{status} X", [("Content-Type", "text/xml")])
        error = f"<Error><Type>Sender</Type><Code>{code}</Code><Message>{message}</Message></Error>"
        return [f"<ErrorResponse>{error}<RequestId>1</RequestId></ErrorResponse>".encode()]
    start(f"{status} X", [("Content-Type", "application/x-amz-json-1.1"), ("x-amzn-ErrorType", code)])
    return [json.dumps({"__type": code, "message": message}).encode()]


def _xml(action: str, fields: str) -> bytes:
    return f"<{action}Response><{action}Result>{fields}</{action}Result></{action}Response>".encode()
