"""s3:// addresses as folders of this machine, or as S3: the lake that COPY, UNLOAD and external tables work on."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory, gettempdir
from urllib.parse import unquote, urlsplit

from rsnb.auth.account import Account
from rsnb.errors import ConfigError
from rsnb.lake.file import LakeFile
from rsnb.lake.remote import Remote
from rsnb.settings import S3

__all__ = ["Lake", "LakeFile"]


class Lake:
    """Maps address prefixes (`s3://bucket` or `s3://bucket/prefix`) to local folders, or to S3 itself.

    account: whose credentials S3 is asked with.
    """

    def __init__(self, folders: Mapping[str, Path] | None = None, account: Account | None = None) -> None:
        given = {address.rstrip("/"): Path(folder) for address, folder in (folders or {}).items()}
        self.folders = {address: folder for address, folder in given.items() if folder != S3}
        self._remote = Remote(account or Account())
        self._on_s3 = [address for address, folder in given.items() if folder == S3]

    def path(self, address: str) -> Path:
        """Where an address lies on this machine; raises ConfigError when nothing is mapped for it."""
        if address.startswith("file://"):
            return Path(unquote(urlsplit(address).path))
        prefix = self._prefix(address)
        folder = self.folders.get(prefix) or self._remote.folder
        return folder / address[len(prefix) :].lstrip("/")

    def close(self) -> None:
        """Forget what was brought from S3."""
        self._remote.close()

    def where(self, address: str) -> str:
        """A sentence for an error: where an address lies."""
        return "that is on S3" if self._is_remote(address) else f"that is {self.path(address)} on this machine"

    def _is_remote(self, address: str) -> bool:
        return not address.startswith("file://") and self._prefix(address) in self._on_s3

    def _prefix(self, address: str) -> str:
        """The longest mapped prefix of an address."""
        if not address.startswith("s3://"):
            raise ConfigError(f"{address!r} is not an address of the lake", hint="s3://bucket/key or file:///folder")
        if ".." in address.split("/"):
            raise ConfigError(f"{address!r} leaves its folder", hint="write the address without ..")
        known = [*self.folders, *self._on_s3]
        for prefix in sorted(known, key=len, reverse=True):
            if address == prefix or address.startswith(prefix + "/"):
                return prefix
        bucket = "/".join(address.split("/")[:3])
        raise ConfigError(
            f"no folder is mapped to {address}",
            hint=f'add it to rsnb.toml: [lake] "{bucket}" = "./folder", or "s3" for the bucket itself'
            + (f"; mapped are {', '.join(sorted(known))}" if known else ""),
        )

    def files(self, address: str) -> list[LakeFile]:
        """The files whose key starts with `address`, sorted; hidden ones (`.` or `_` first) are left out."""
        if self._is_remote(address):
            return self._remote.files(address, _begins_hidden)
        place = self.path(address)
        whole = address.endswith("/") or place.is_dir()
        root = place if whole else place.parent
        stem = "" if whole else place.name
        base = address.rstrip("/") if whole else address.rsplit("/", 1)[0]
        found = sorted(_walk(root, _begins_hidden, stem)) if root.is_dir() else []
        return [LakeFile(f"{base}/{key}", root / key, size, changed) for key, size, changed in found]

    def folder(self, address: str) -> list[LakeFile] | None:
        """The files below a folder, sorted, without those that Spectrum does not see; None when it is no folder.

        Hidden are names that begin with `.`, `_` or `#` or end with `~`.
        """
        if self._is_remote(address):
            return self._remote.files(address.rstrip("/") + "/", _hidden) or None
        root, base = self.path(address), address.rstrip("/")
        if not root.is_dir():
            return None
        return [LakeFile(f"{base}/{k}", root / k, size, changed) for k, size, changed in sorted(_walk(root, _hidden))]

    def file(self, address: str) -> LakeFile | None:
        """The one file that has this address; None when there is none."""
        if self._is_remote(address):
            return next((f for f in self._remote.files(address) if f.address == address), None)
        path = self.path(address)
        if not path.is_file():
            return None
        stat = path.stat()
        return LakeFile(address, path, stat.st_size, stat.st_mtime_ns)

    def with_prefix(self, address: str) -> list[LakeFile]:
        """The files whose key begins with `address`, sorted, as S3 lists them; those with a dot first are left out."""
        if self._is_remote(address):
            return self._remote.files(address, lambda name: name[0] == ".")
        place = self.path(address)
        stem = "" if address.endswith("/") else place.name
        root = place if not stem else place.parent
        base = address[: len(address) - len(stem)].rstrip("/")
        found = sorted(_walk(root, lambda name: name[0] == ".", stem)) if root.is_dir() else []
        return [LakeFile(f"{base}/{key}", root / key, size, changed) for key, size, changed in found]

    @contextmanager
    def staging(self, address: str) -> Iterator[Path]:
        """A folder for files that are not whole yet: on the disk where those under `address` lie, and hidden there."""
        above = Path(gettempdir()) if self._is_remote(address) else self.path(address)
        above = next(folder for folder in (above, *above.parents) if folder.is_dir())
        with TemporaryDirectory(prefix=".rsnb-", dir=above) as folder:
            yield Path(folder)

    def put(self, file: Path, address: str) -> None:
        """Move a file of this machine to its address, in place of what is there."""
        if self._is_remote(address):
            self._remote.put(file, address)
            return
        place = self.path(address)
        place.parent.mkdir(parents=True, exist_ok=True)
        file.replace(place)

    def write(self, address: str, content: bytes) -> None:
        """Write a small file."""
        with self.staging(address) as folder:
            (folder / "file").write_bytes(content)
            self.put(folder / "file", address)

    def remove(self, file: LakeFile) -> None:
        """Delete a file."""
        if self._is_remote(file.address):
            self._remote.remove(file.address)
        else:
            file.path.unlink()


def _begins_hidden(name: str) -> bool:
    return name[0] in "._"


def _hidden(name: str) -> bool:
    return name[0] in "._#" or name[-1] == "~"


def _walk(folder: Path, hidden: Callable[[str], bool], stem: str = "") -> list[tuple[str, int, int]]:
    """(key below the folder, size, time of change) of every visible file; the first level starts with `stem`."""
    found: list[tuple[str, int, int]] = []
    waiting = [(str(folder), "", stem)]
    while waiting:
        place, above, begin = waiting.pop()
        with os.scandir(place) as entries:
            for entry in entries:
                if hidden(entry.name) or not entry.name.startswith(begin):
                    continue
                if entry.is_dir():
                    waiting.append((entry.path, f"{above}{entry.name}/", ""))
                else:
                    stat = entry.stat()
                    found.append((above + entry.name, stat.st_size, stat.st_mtime_ns))
    return found
