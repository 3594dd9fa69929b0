"""A story's folder in the lake: written whole beside its place, then swapped in."""

from __future__ import annotations

import csv
import gzip
import json
import secrets
import shutil
import zlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from rsnb.errors import LoadError

MARKER = "_prepared.json"  # Spectrum ignores files whose names start with `_` or `.`
AGAIN = "copy the file again, or take it away to have the story generated"

Source = Literal["real", "generated"]
Fingerprint = Mapping[str, Any]


@dataclass(frozen=True)
class Prepared:
    """What stands in the lake for one story.

    rows: encounters or events. files: data files, all tables together. origin: the source files, or
    the generator and why it was used. reused: it stood there already and nothing was written.
    """

    name: str
    folder: Path
    rows: int
    files: int
    source: Source
    origin: str
    reused: bool

    def __str__(self) -> str:
        done = "unchanged" if self.reused else "written"
        return f"{self.name}: {self.rows:,} rows in {self.files:,} files, {self.source} ({self.origin}), {done}"


@dataclass(frozen=True)
class Inputs:
    """What a story is made from: the real files, or a generator's seed."""

    source: Source
    origin: str
    fingerprint: Fingerprint
    files: tuple[Path, ...] = ()


def inputs(folder: Path | None, names: Sequence[str], *, version: int, seed: int) -> Inputs:
    """The real files when `folder` holds all of `names`, else the generator.

    version: of the code that writes the story; a new one makes prepared lakes stale.
    """
    files = tuple(folder / name for name in names) if folder else ()
    missing = [file.name for file in files if not file.is_file()]
    if files and not missing:
        stamps = {file.name: [file.stat().st_size, file.stat().st_mtime_ns] for file in files}
        return Inputs("real", " + ".join(map(str, files)), {"version": version, "files": stamps}, files)
    why = f"no {' and no '.join(missing)} in {folder}" if missing else "no data folder given"
    return Inputs("generated", f"seed {seed}; {why}", {"version": version, "seed": seed})


def fill(lake: Path, name: str, made_from: Inputs, write: Callable[[Path], int]) -> Prepared:
    """Write `lake/name` with `write(folder)`, which returns its rows, unless it holds the same already.

    `write` fills a hidden sibling that replaces the tables of `lake/name` only when it is complete;
    what else stands in `lake/name` stays there. One process at a time.
    """
    folder = lake / name
    _settle(folder)
    found = _marker(folder)
    if found and found["fingerprint"] == made_from.fingerprint and found["size"] == _count(folder, found["tables"]):
        return Prepared(name, folder, found["rows"], found["size"][0], made_from.source, made_from.origin, True)
    fresh = lake / f".{name}-{secrets.token_hex(4)}"
    fresh.mkdir()
    try:
        rows = write(fresh)
        tables = sorted(entry.name for entry in fresh.iterdir())
        size = _count(fresh, tables)
        marker = {"fingerprint": made_from.fingerprint, "rows": rows, "tables": tables, "size": size}
        (fresh / MARKER).write_text(json.dumps(marker, indent=1) + "\n", encoding="utf-8")
        _swap(folder, fresh)
    finally:
        shutil.rmtree(fresh, ignore_errors=True)
    return Prepared(name, folder, rows, size[0], made_from.source, made_from.origin, False)


def _marker(folder: Path) -> dict[str, Any] | None:
    try:
        found = json.loads((folder / MARKER).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return None
    return found if isinstance(found, dict) and {"fingerprint", "rows", "tables", "size"} <= set(found) else None


def _count(folder: Path, tables: Sequence[str]) -> list[int]:
    """Files and bytes of the tables, to notice a file that was taken away or cut."""
    sizes = [file.stat().st_size for table in tables for file in (folder / table).glob("*")]
    return [len(sizes), sum(sizes)]


def _old(folder: Path) -> Path:
    return folder.with_name(f".{folder.name}-old")


def _swap(folder: Path, fresh: Path) -> None:
    """Put `fresh` in the place of `folder`; a fault between the two renames puts the old one back."""
    if folder.exists():
        folder.rename(_old(folder))
    try:
        fresh.rename(folder)
    finally:
        _settle(folder)


def _settle(folder: Path) -> None:
    """Finish or undo a swap that was cut off; files that aren't ours move to the new folder."""
    old = _old(folder)
    if not old.exists():
        return
    if not folder.exists():
        old.rename(folder)
        return
    ours = {MARKER, *((_marker(old) or {}).get("tables", ()))}
    for entry in old.iterdir():
        if entry.name not in ours and not (folder / entry.name).exists():
            entry.rename(folder / entry.name)
    shutil.rmtree(old)


def csv_rows(file: Path, columns: Sequence[str]) -> Iterator[tuple[int, dict[str, str]]]:
    """Line number and row of a gzipped CSV file with a header; LoadError names file and line."""
    line = 1
    try:
        with gzip.open(file, "rt", encoding="utf-8", newline="") as stream:
            reader = csv.DictReader(stream, strict=True)
            if missing := set(columns) - set(reader.fieldnames or ()):
                raise LoadError(f"{file}: no column {', '.join(sorted(missing))}", hint=AGAIN)
            for row in reader:
                line = reader.line_num
                if None in row or None in row.values():
                    raise LoadError(f"{file}, line {line}: not {len(reader.fieldnames or ())} values", hint=AGAIN)
                yield line, row
    except (OSError, EOFError, zlib.error, UnicodeDecodeError, csv.Error) as exc:
        raise unreadable(file, exc, after=line) from exc


def unreadable(file: Path, reason: Exception, *, after: int | None = None) -> LoadError:
    """The error for a source file that is cut off, damaged or not what its name says."""
    where = f" after line {after}" if after else ""
    return LoadError(f"can't read {file}{where}: {reason}", hint=AGAIN)
