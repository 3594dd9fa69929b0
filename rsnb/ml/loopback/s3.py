"""The S3 REST calls that boto3's upload, download, list and delete make."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import UTC, datetime
from email.utils import formatdate
from typing import TYPE_CHECKING
from urllib.parse import quote, unquote
from xml.etree import ElementTree as Xml
from xml.sax.saxutils import escape

from rsnb.ml.loopback.protocol import Request, Response, ServiceError

if TYPE_CHECKING:
    from rsnb.ml.loopback.storage import Storage, Stored

_SPACE = 'xmlns="http://s3.amazonaws.com/doc/2006-03-01/"'


def handle(storage: Storage, request: Request) -> Response:
    """Answer a request to a bucket or an object: /bucket or /bucket/key."""
    bucket, _, key = request.path.lstrip("/").partition("/")
    calls = _OBJECT if key else _BUCKET if bucket else _SERVICE
    for method, mark, call in calls:
        if method == request.method and (not mark or mark in request.query or mark in request.headers):
            return call(storage, bucket, key, request)
    raise ServiceError("NotImplemented", f"the loopback S3 has no {request.method} {request.path}", 501)


def refusal(error: ServiceError) -> Response:
    """An error as S3 writes it."""
    more = "".join(f"<{k}>{escape(str(v))}</{k}>" for k, v in error.fields.items())
    code = error.code.removesuffix("Exception")  # S3 names the errors that it shares with others without it
    return _xml("Error", f"<Code>{code}</Code><Message>{escape(error.message)}</Message>{more}", error.status)


def _list_buckets(storage: Storage, bucket: str, key: str, request: Request) -> Response:
    rows = "".join(
        f"<Bucket><Name>{name}</Name><CreationDate>{_iso(made)}</CreationDate></Bucket>"
        for name, made in storage.buckets()
    )
    return _xml("ListAllMyBucketsResult", f"<Buckets>{rows}</Buckets>")


def _create_bucket(storage: Storage, bucket: str, key: str, request: Request) -> Response:
    storage.create_bucket(bucket)
    return Response(headers={"Location": f"/{bucket}"})


def _delete_bucket(storage: Storage, bucket: str, key: str, request: Request) -> Response:
    storage.delete_bucket(bucket)
    return Response(204)


def _head_bucket(storage: Storage, bucket: str, key: str, request: Request) -> Response:
    storage.bucket(bucket)
    return Response(headers={"x-amz-bucket-region": request.region})


def _location(storage: Storage, bucket: str, key: str, request: Request) -> Response:
    storage.bucket(bucket)
    return _xml("LocationConstraint", "" if request.region == "us-east-1" else request.region)


def _list(storage: Storage, bucket: str, key: str, request: Request) -> Response:
    """ListObjectsV2, and ListObjects, which names its members otherwise."""
    query, new = request.query, request.query.get("list-type") == "2"
    prefix, delimiter = query.get("prefix", ""), query.get("delimiter", "")
    start = query.get("continuation-token") or query.get("start-after") or query.get("marker") or ""
    limit = min(int(query.get("max-keys") or 1000), 1000)
    rows: dict[str, str] = {}
    for stored in storage.list(bucket, prefix):
        cut = stored.key.find(delimiter, len(prefix)) if delimiter else -1
        name = stored.key if cut < 0 else stored.key[: cut + len(delimiter)]
        if name > start and not (cut >= 0 and name in rows):
            common = f"<CommonPrefixes><Prefix>{_key(name)}</Prefix></CommonPrefixes>"
            rows[name] = _content(stored) if cut < 0 else common
    shown, more = list(rows)[:limit], len(rows) > limit
    token = "NextContinuationToken" if new else "NextMarker"
    following = f"<{token}>{escape(shown[-1])}</{token}>" if more and shown else ""
    head = f"<Name>{bucket}</Name><Prefix>{_key(prefix)}</Prefix><MaxKeys>{limit}</MaxKeys>"
    head += f"<EncodingType>url</EncodingType><IsTruncated>{str(more).lower()}</IsTruncated>"
    head += f"<KeyCount>{len(shown)}</KeyCount>" if new else ""
    return _xml("ListBucketResult", head + following + "".join(rows[name] for name in shown))


def _content(stored: Stored) -> str:
    return (
        f"<Contents><Key>{_key(stored.key)}</Key><LastModified>{_iso(stored.written)}</LastModified>"
        f'<ETag>"{stored.etag}"</ETag><Size>{stored.size}</Size><StorageClass>STANDARD</StorageClass></Contents>'
    )


def _delete_many(storage: Storage, bucket: str, key: str, request: Request) -> Response:
    keys = [str(found.text) for found in _parsed(request.body).iter() if found.tag.endswith("Key")]
    for each in keys:
        storage.delete(bucket, each)
    return _xml("DeleteResult", "".join(f"<Deleted><Key>{escape(each)}</Key></Deleted>" for each in keys))


def _put(storage: Storage, bucket: str, key: str, request: Request) -> Response:
    return Response(headers={"ETag": f'"{storage.put(bucket, key, [content(request)]).etag}"'})


def _copy(storage: Storage, bucket: str, key: str, request: Request) -> Response:
    source, _, name = unquote(request.headers["x-amz-copy-source"]).lstrip("/").partition("/")
    stored = storage.put(bucket, key, [storage.read(source, name.partition("?")[0])])
    times = f"<LastModified>{_iso(stored.written)}</LastModified>"
    return _xml("CopyObjectResult", f'<ETag>"{stored.etag}"</ETag>{times}')


def _get(storage: Storage, bucket: str, key: str, request: Request) -> Response:
    stored = storage.get(bucket, key)
    wanted = request.headers.get("if-match", "").strip('"')
    if wanted and wanted != stored.etag:
        raise ServiceError("PreconditionFailed", "At least one of the pre-conditions you specified did not hold", 412)
    first, last = _range(request.headers.get("range", ""), stored.size)
    headers = {
        "ETag": f'"{stored.etag}"',
        "Last-Modified": formatdate(stored.written, usegmt=True),
        "Accept-Ranges": "bytes",
        "Content-Type": "binary/octet-stream",
    }
    part = "range" in request.headers
    if part:
        headers["Content-Range"] = f"bytes {first}-{last}/{stored.size}"
    if request.method == "HEAD":
        return Response(206 if part else 200, b"", headers, last - first + 1)
    with stored.path.open("rb") as file:
        file.seek(first)
        return Response(206 if part else 200, file.read(last - first + 1), headers)


def _range(asked: str, size: int) -> tuple[int, int]:
    """(first, last) byte of a Range header; the whole object without one."""
    if not asked:
        return 0, size - 1
    found = re.fullmatch(r"bytes=(\d*)-(\d*)", asked)
    if not found or found[0] == "bytes=-":
        raise ServiceError("InvalidRange", "The requested range is not satisfiable", 416)
    if not found[1]:
        return max(0, size - int(found[2])), size - 1
    first, last = int(found[1]), min(int(found[2] or size), size - 1)
    if first > last:
        raise ServiceError("InvalidRange", "The requested range is not satisfiable", 416)
    return first, last


def _delete(storage: Storage, bucket: str, key: str, request: Request) -> Response:
    storage.delete(bucket, key)
    return Response(204)


def _start(storage: Storage, bucket: str, key: str, request: Request) -> Response:
    upload = storage.start_upload(bucket, key)
    names = f"<Bucket>{bucket}</Bucket><Key>{escape(key)}</Key>"
    return _xml("InitiateMultipartUploadResult", f"{names}<UploadId>{upload}</UploadId>")


def _part(storage: Storage, bucket: str, key: str, request: Request) -> Response:
    number = int(request.query["partNumber"])
    return Response(headers={"ETag": f'"{storage.put_part(request.query["uploadId"], number, content(request))}"'})


def _finish(storage: Storage, bucket: str, key: str, request: Request) -> Response:
    numbers = [int(str(found.text)) for found in _parsed(request.body).iter() if found.tag.endswith("PartNumber")]
    stored = storage.finish_upload(bucket, key, request.query["uploadId"], numbers)
    names = f"<Bucket>{bucket}</Bucket><Key>{escape(key)}</Key>"
    return _xml("CompleteMultipartUploadResult", f'{names}<ETag>"{stored.etag}"</ETag>')


def _drop(storage: Storage, bucket: str, key: str, request: Request) -> Response:
    storage.drop_upload(request.query["uploadId"])
    return Response(204)


def content(request: Request) -> bytes:
    """The body, out of the chunks in which an SDK sends one with a checksum at its end."""
    if "aws-chunked" not in request.headers.get("content-encoding", ""):
        return request.body
    found: list[bytes] = []
    at, body = 0, request.body
    while True:
        line = body.index(b"\r\n", at)
        size = int(body[at:line].partition(b";")[0], 16)
        if size == 0:
            return b"".join(found)
        found.append(body[line + 2 : line + 2 + size])
        at = line + 2 + size + 2


def _parsed(body: bytes) -> Xml.Element:
    try:
        return Xml.fromstring(body)  # noqa: S314 - on loopback, from the user's own SDK
    except Xml.ParseError as exc:
        raise ServiceError("MalformedXML", "The XML you provided was not well-formed") from exc


def _xml(root: str, inner: str, status: int = 200) -> Response:
    text = f'<?xml version="1.0" encoding="UTF-8"?>\n<{root} {_SPACE if root != "Error" else ""}>{inner}</{root}>'
    return Response(status, text.encode(), {"Content-Type": "application/xml"})


def _key(key: str) -> str:
    return quote(key, safe="/")


def _iso(seconds: float) -> str:
    return datetime.fromtimestamp(seconds, UTC).strftime("%Y-%m-%dT%H:%M:%S.000Z")


_Call = Callable[["Storage", str, str, Request], Response]
_SERVICE: list[tuple[str, str, _Call]] = [("GET", "", _list_buckets)]
_BUCKET: list[tuple[str, str, _Call]] = [
    ("PUT", "", _create_bucket),
    ("HEAD", "", _head_bucket),
    ("DELETE", "", _delete_bucket),
    ("POST", "delete", _delete_many),
    ("GET", "location", _location),
    ("GET", "", _list),
]
_OBJECT: list[tuple[str, str, _Call]] = [
    ("PUT", "partNumber", _part),
    ("PUT", "x-amz-copy-source", _copy),
    ("PUT", "", _put),
    ("GET", "", _get),
    ("HEAD", "", _get),
    ("POST", "uploads", _start),
    ("POST", "uploadId", _finish),
    ("DELETE", "uploadId", _drop),
    ("DELETE", "", _delete),
]
