"""s3:// addresses as folders of this machine: the lake that COPY, UNLOAD and external tables work on."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from urllib.parse import unquote, urlsplit

from rsnb.errors import ConfigError


@dataclass(frozen=True)
class LakeFile:
    """A file of the lake: its s3:// or file:// address, its place on this machine, its size in bytes.

    changed: when it was last written, in nanoseconds.
    """

    address: str
    path: Path
    size: int
    changed: int = 0


class Lake:
    """Maps address prefixes (`s3://bucket` or `s3://bucket/prefix`) to local folders."""

    def __init__(self, folders: Mapping[str, Path] | None = None) -> None:
        self.folders = {address.rstrip("/"): Path(folder) for address, folder in (folders or {}).items()}

    def path(self, address: str) -> Path:
        """Where an address lies on this machine; raises ConfigError when nothing is mapped for it."""
        if address.startswith("file://"):
            return Path(unquote(urlsplit(address).path))
        if not address.startswith("s3://"):
            raise ConfigError(f"{address!r} is not an address of the lake", hint="s3://bucket/key or file:///folder")
        if ".." in address.split("/"):
            raise ConfigError(f"{address!r} leaves its folder", hint="write the address without ..")
        for prefix in sorted(self.folders, key=len, reverse=True):
            if address == prefix or address.startswith(prefix + "/"):
                return self.folders[prefix] / address[len(prefix) :].lstrip("/")
        bucket = "/".join(address.split("/")[:3])
        raise ConfigError(
            f"no folder is mapped to {address}",
            hint=f'add it to rsnb.toml: [lake] "{bucket}" = "./folder"'
            + (f"; mapped are {', '.join(sorted(self.folders))}" if self.folders else ""),
        )

    def files(self, address: str) -> list[LakeFile]:
        """The files whose key starts with `address`, sorted; hidden ones (`.` or `_` first) are left out."""
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
        root, base = self.path(address), address.rstrip("/")
        if not root.is_dir():
            return None
        return [LakeFile(f"{base}/{k}", root / k, size, changed) for k, size, changed in sorted(_walk(root, _hidden))]

    def file(self, address: str) -> LakeFile | None:
        """The one file that has this address; None when there is none."""
        path = self.path(address)
        if not path.is_file():
            return None
        stat = path.stat()
        return LakeFile(address, path, stat.st_size, stat.st_mtime_ns)

    def with_prefix(self, address: str) -> list[LakeFile]:
        """The files whose key begins with `address`, sorted, as S3 lists them; those with a dot first are left out."""
        place = self.path(address)
        stem = "" if address.endswith("/") else place.name
        root = place if not stem else place.parent
        base = address[: len(address) - len(stem)].rstrip("/")
        found = sorted(_walk(root, lambda name: name[0] == ".", stem)) if root.is_dir() else []
        return [LakeFile(f"{base}/{key}", root / key, size, changed) for key, size, changed in found]

    @contextmanager
    def staging(self, address: str) -> Iterator[Path]:
        """A folder for files that are not whole yet: on the disk where those under `address` lie, and hidden there."""
        above = self.path(address)
        above = next(folder for folder in (above, *above.parents) if folder.is_dir())
        with TemporaryDirectory(prefix=".rsnb-", dir=above) as folder:
            yield Path(folder)

    def put(self, file: Path, address: str) -> None:
        """Move a file of this machine to its address, in place of what is there."""
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
