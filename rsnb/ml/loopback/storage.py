"""The objects of the loopback S3, as plain files: `folder/bucket/key`.

A key that is no file name (`..`, an empty part, a part over 255 bytes, a name that is a folder already)
is refused. The lake can map s3:// addresses to the same folders.
"""

from __future__ import annotations

import hashlib
import os
import re
import shutil
import tempfile
import uuid
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from rsnb.ml.loopback.protocol import ServiceError

_UPLOADS = ".uploads"


@dataclass(frozen=True)
class Stored:
    """An object: its key, its file, its size in bytes, when it was written (seconds since 1970), its ETag."""

    key: str
    path: Path
    size: int
    written: float
    etag: str


class Storage:
    """Buckets and objects in a folder."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        folder.mkdir(parents=True, exist_ok=True)

    def buckets(self) -> list[tuple[str, float]]:
        """(name, when it was made) of every bucket."""
        found = [p for p in sorted(self.folder.iterdir()) if p.is_dir() and not p.name.startswith(".")]
        return [(p.name, p.stat().st_mtime) for p in found]

    def create_bucket(self, bucket: str) -> None:
        """Make a bucket; one that is there already is yours."""
        if not re.fullmatch(r"[a-z0-9][a-z0-9.\-]{1,61}[a-z0-9]", bucket) or ".." in bucket:
            raise ServiceError("InvalidBucketName", "The specified bucket is not valid.")
        (self.folder / bucket).mkdir(exist_ok=True)

    def delete_bucket(self, bucket: str) -> None:
        """Remove an empty bucket."""
        if next(self.list(bucket), None):
            raise ServiceError("BucketNotEmpty", "The bucket you tried to delete is not empty", 409)
        shutil.rmtree(self.bucket(bucket))

    def bucket(self, bucket: str) -> Path:
        """A bucket's folder."""
        place = self.folder / bucket
        if not bucket or bucket.startswith(".") or "/" in bucket or not place.is_dir():
            raise ServiceError("NoSuchBucket", "The specified bucket does not exist", 404, BucketName=bucket)
        return place

    def put(self, bucket: str, key: str, parts: Iterable[bytes]) -> Stored:
        """Write an object, whole or not at all."""
        place = self._place(bucket, key)
        if place.is_dir():
            raise _unfit(key, "a folder has this name")
        try:
            place.parent.mkdir(parents=True, exist_ok=True)
            with tempfile.NamedTemporaryFile(dir=self._hidden(), delete=False) as file:
                for part in parts:
                    file.write(part)
            os.replace(file.name, place)
        except (FileExistsError, NotADirectoryError) as exc:
            raise _unfit(key, "an object has the name of its folder") from exc
        return self.get(bucket, key)

    def get(self, bucket: str, key: str) -> Stored:
        """An object that is there."""
        place = self._place(bucket, key)
        if not place.is_file():
            raise ServiceError("NoSuchKey", "The specified key does not exist.", 404, Key=key)
        return _stored(key, place)

    def read(self, bucket: str, key: str) -> bytes:
        """An object's bytes."""
        return self.get(bucket, key).path.read_bytes()

    def delete(self, bucket: str, key: str) -> None:
        """Remove an object, and the folders that are empty then; one that is not there is no error."""
        root, place = self.bucket(bucket), self._place(bucket, key)
        if place.is_file():
            place.unlink()
        for folder in place.parents:
            if folder == root or not folder.is_dir() or any(folder.iterdir()):
                return
            folder.rmdir()

    def list(self, bucket: str, prefix: str = "") -> Iterator[Stored]:
        """The objects whose key starts with `prefix`, in the order of their keys."""
        root = self.bucket(bucket)
        paths = (p for p in root.rglob("*") if p.is_file())
        keys = sorted(k for p in paths if (k := p.relative_to(root).as_posix()).startswith(prefix))
        return (_stored(key, root / key) for key in keys)

    def start_upload(self, bucket: str, key: str) -> str:
        """Begin an object in parts: the upload's id."""
        self._place(bucket, key)
        upload = uuid.uuid4().hex
        (self._hidden() / upload).mkdir()
        return upload

    def put_part(self, upload: str, number: int, body: bytes) -> str:
        """Keep one part: its ETag."""
        (self._upload(upload) / str(number)).write_bytes(body)
        return hashlib.md5(body, usedforsecurity=False).hexdigest()

    def finish_upload(self, bucket: str, key: str, upload: str, numbers: Sequence[int]) -> Stored:
        """Join the parts to the object."""
        folder = self._upload(upload)
        if not numbers or not all((folder / str(n)).is_file() for n in numbers):
            raise ServiceError("InvalidPart", "One or more of the specified parts could not be found.")
        stored = self.put(bucket, key, ((folder / str(n)).read_bytes() for n in numbers))
        self.drop_upload(upload)
        return stored

    def drop_upload(self, upload: str) -> None:
        """Forget an upload and its parts."""
        shutil.rmtree(self._upload(upload))

    def _upload(self, upload: str) -> Path:
        folder = self.folder / _UPLOADS / upload
        if not re.fullmatch(r"[0-9a-f]{32}", upload) or not folder.is_dir():
            raise ServiceError("NoSuchUpload", "The specified multipart upload does not exist.", 404)
        return folder

    def _hidden(self) -> Path:
        place = self.folder / _UPLOADS
        place.mkdir(exist_ok=True)
        return place

    def _place(self, bucket: str, key: str) -> Path:
        parts = key.split("/")
        if any(p in ("", ".", "..") or "\0" in p or len(p.encode()) > 255 for p in parts):
            raise _unfit(key, "a part of it is no file name")
        return self.bucket(bucket).joinpath(*parts)


def _stored(key: str, path: Path) -> Stored:
    found = path.stat()
    mark = hashlib.md5(f"{found.st_mtime_ns} {found.st_size} {found.st_ino}".encode(), usedforsecurity=False)
    return Stored(key, path, found.st_size, found.st_mtime, mark.hexdigest())


def _unfit(key: str, why: str) -> ServiceError:
    return ServiceError("InvalidArgument", f"the loopback S3 keeps objects as files and can't hold {key!r}: {why}")
