"""Files of S3: listed by prefix, brought to this machine when they are read, written back whole.

What was brought stays until the lake is gone, and is brought again when it has changed.
"""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import cached_property
from hashlib import sha256
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from rsnb.auth.account import Account
from rsnb.auth.buckets import s3
from rsnb.auth.refusals import calling
from rsnb.errors import LoadError
from rsnb.lake.file import LakeFile

if TYPE_CHECKING:
    import pyarrow.fs as fs


class Remote:
    """S3 as an account sees it."""

    def __init__(self, account: Account) -> None:
        self._account = account

    @cached_property
    def _kept(self) -> TemporaryDirectory[str]:
        return TemporaryDirectory(prefix="rsnb-s3-")

    @cached_property
    def _system(self) -> fs.FileSystem:
        return s3(self._account)

    @property
    def folder(self) -> Path:
        """Where the files are brought to."""
        return Path(self._kept.name)

    def close(self) -> None:
        """Delete what was brought."""
        if "_kept" in vars(self):
            self._kept.cleanup()

    def files(self, address: str, hidden: Callable[[str], bool] = lambda name: False) -> list[LakeFile]:
        """The files whose key begins with `address`, sorted; without those below or behind a hidden name."""
        bucket, prefix = _split(address)
        base = prefix[: prefix.rfind("/") + 1]
        found = []
        with calling(f"listing {address}", self._account.where):
            pages = self._account.client("s3").get_paginator("list_objects_v2").paginate(Bucket=bucket, Prefix=prefix)
            for page in pages:
                for item in page.get("Contents", ()):
                    key = item["Key"]
                    if not key.endswith("/") and not any(map(hidden, filter(None, key[len(base) :].split("/")))):
                        changed = int(item["LastModified"].timestamp() * 1e9)
                        found.append(self._file(f"s3://{bucket}/{key}", item["ETag"], item["Size"], changed))
        return sorted(found, key=lambda file: file.address)

    def _file(self, address: str, tag: str, size: int, changed: int) -> LakeFile:
        name = sha256(f"{address} {tag} {changed}".encode()).hexdigest()[:24]
        place = self.folder / name / address.rsplit("/", 1)[-1]
        return LakeFile(address, place, size, changed, lambda place: self._fetch(address, place))

    def _fetch(self, address: str, place: Path) -> None:
        place.parent.mkdir(parents=True, exist_ok=True)
        partial = place.with_name(place.name + ".part")
        with (
            _doing("read", address),
            self._system.open_input_stream(_key(address)) as source,
            open(partial, "wb") as out,
        ):
            shutil.copyfileobj(source, out, 1 << 20)
        partial.replace(place)

    def put(self, file: Path, address: str) -> None:
        """Write a file of this machine to its address."""
        with (
            _doing("written", address),
            open(file, "rb") as source,
            self._system.open_output_stream(_key(address)) as out,
        ):
            shutil.copyfileobj(source, out, 1 << 20)

    def remove(self, address: str) -> None:
        """Delete a file."""
        with _doing("deleted", address):
            self._system.delete_file(_key(address))


def _split(address: str) -> tuple[str, str]:
    parts = urlsplit(address, allow_fragments=False)
    return parts.netloc, address.removeprefix(f"s3://{parts.netloc}").lstrip("/")


def _key(address: str) -> str:
    """An address as pyarrow names it."""
    return address.removeprefix("s3://")


@contextmanager
def _doing(what: str, address: str) -> Iterator[None]:
    try:
        yield
    except OSError as exc:
        raise LoadError(f"{address} can't be {what}: {str(exc).splitlines()[0]}") from exc
