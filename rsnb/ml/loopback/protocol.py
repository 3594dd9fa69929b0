"""AWS JSON 1.1 as the SageMaker API speaks it: requests, answers, names, errors, pages.

The patterns, lengths and enumerations are those of the service model of SageMaker 2017-07-24.
"""

from __future__ import annotations

import json
import re
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from xml.sax.saxutils import escape

ACCOUNT = "000000000000"
NAME = r"[a-zA-Z0-9](-*[a-zA-Z0-9]){0,62}"
ROLE = r"arn:aws[a-z\-]*:iam::\d{12}:role/?[a-zA-Z_0-9+=,.@\-_/]+"

Fields = dict[str, Any]


class ServiceError(Exception):
    """An error as the service answers it: a code that the SDK knows, a message, an HTTP status."""

    def __init__(self, code: str, message: str, status: int = 400, **fields: object) -> None:
        super().__init__(message)
        self.code = code
        self.message = message
        self.status = status
        self.fields = fields


class Invalid(ServiceError):
    """A request that the service refuses."""

    def __init__(self, message: str) -> None:
        super().__init__("ValidationException", message)


@dataclass(frozen=True)
class Request:
    """An HTTP request. path: decoded. headers: names in lower case. region, service: as it was signed for."""

    method: str
    path: str
    query: Mapping[str, str]
    headers: Mapping[str, str]
    body: bytes
    region: str = "us-east-1"
    service: str = ""

    def fields(self) -> Fields:
        """The JSON object in the body."""
        try:
            read = json.loads(self.body or b"{}")
        except ValueError as exc:
            raise ServiceError("SerializationException", f"the body is not JSON: {exc}") from exc
        if not isinstance(read, dict):
            raise ServiceError("SerializationException", "the body is not a JSON object")
        return read


@dataclass(frozen=True)
class Response:
    """An HTTP answer. length: of the body that a HEAD request is told about and does not receive."""

    status: int = 200
    body: bytes = b""
    headers: Mapping[str, str] = field(default_factory=dict)
    length: int | None = None


def answer(fields: Fields) -> Response:
    """A JSON 1.1 answer; a member without a value is left out, as the service does."""
    kept = {k: v for k, v in fields.items() if v is not None}
    return Response(200, json.dumps(kept).encode(), {"Content-Type": "application/x-amz-json-1.1"})


def refusal(error: ServiceError) -> Response:
    """An error as a JSON answer; the header is where the runtime's REST protocol looks for the code."""
    body = json.dumps({"__type": error.code, "message": error.message, "Message": error.message, **error.fields})
    headers = {"Content-Type": "application/x-amz-json-1.1", "x-amzn-ErrorType": error.code}
    return Response(error.status, body.encode(), headers)


def query_refusal(error: ServiceError) -> Response:
    """An error in the XML of STS and IAM."""
    inner = f"<Code>{escape(error.code)}</Code><Message>{escape(error.message)}</Message>"
    return Response(error.status, f"<ErrorResponse><Error>{inner}</Error></ErrorResponse>".encode())


def need(fields: Fields, *names: str) -> None:
    """Refuse a request in which one of the members is missing."""
    for name in names:
        if fields.get(name) in (None, "", [], {}):
            raise Invalid(_failed("null", name, "Member must not be null"))


def unsupported(fields: Fields, *names: str) -> None:
    """Refuse members that would change the answer, and that the loopback service does nothing with."""
    for name in names:
        if fields.get(name) not in (None, "", [], {}):
            raise Invalid(f"the loopback service has no {name}")


def matches(fields: Fields, name: str, pattern: str, longest: int) -> str:
    """A text member that is there, short enough and of the pattern; Invalid in the service's words."""
    need(fields, name)
    value = str(fields[name])
    if len(value) > longest:
        raise Invalid(_failed(f"'{value}'", name, f"Member must have length less than or equal to {longest}"))
    if not re.fullmatch(pattern, value):
        raise Invalid(_failed(f"'{value}'", name, f"Member must satisfy regular expression pattern: {pattern}"))
    return value


def one_of(fields: Fields, name: str, allowed: tuple[str, ...], default: str) -> str:
    """A member of an enumeration, or the default."""
    value = str(fields.get(name) or default)
    if value not in allowed:
        raise Invalid(_failed(f"'{value}'", name, f"Member must satisfy enum value set: [{', '.join(allowed)}]"))
    return value


def s3_address(address: object, member: str) -> tuple[str, str]:
    """(bucket, key or prefix) of an s3:// address."""
    found = re.fullmatch(r"s3://([^/]+)/?(.*)", str(address or ""))
    if not found:
        raise Invalid(_failed(f"'{address}'", member, "Member must satisfy regular expression pattern: s3://..."))
    return found[1], found[2]


def page(found: list[Fields], fields: Fields) -> tuple[list[Fields], str | None]:
    """The members of a list that a request asks for, and the token of the next page."""
    first, size = int(fields.get("NextToken") or 0), int(fields.get("MaxResults") or 10)
    if not 1 <= size <= 100:
        raise Invalid(_failed(f"'{size}'", "MaxResults", "Member must be between 1 and 100"))
    following = first + size
    return found[first:following], str(following) if following < len(found) else None


def clock() -> float:
    """Now, as the service writes a time: seconds since 1970, to the millisecond."""
    return round(time.time(), 3)


def _failed(value: str, name: str, constraint: str) -> str:
    member = name[:1].lower() + name[1:]
    return f"1 validation error detected: Value {value} at '{member}' failed to satisfy constraint: {constraint}"
