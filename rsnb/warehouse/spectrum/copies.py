"""Copies of files that DuckDB does not read as they are, made once for each file and its time of change.

bzip2 and Snappy are unpacked, ORC becomes Parquet, bytes that are not UTF-8 become a mark, and the backslashes of
OpenCSV become doubled quotes. The copies go when the process ends.
"""

from __future__ import annotations

import bz2
import codecs
import gzip
import tempfile
from collections.abc import Callable, Iterator
from functools import lru_cache
from itertools import count
from pathlib import Path

from rsnb.errors import LoadError
from rsnb.lake import LakeFile
from rsnb.warehouse.spectrum.values import INVALID

Make = Callable[[LakeFile, Path], bool]  # writes the copy; False when the file can be read as it is
BLOCK = 1 << 20

_made: dict[tuple[str, int, int, str], str] = {}
_numbers = count()


@lru_cache(maxsize=1)
def _folder() -> tempfile.TemporaryDirectory[str]:
    return tempfile.TemporaryDirectory(prefix="rsnb-", ignore_cleanup_errors=True)


def copied(file: LakeFile, how: str, make: Make) -> LakeFile:
    """The file, or its copy that `make` writes; `how` tells the copies of a file apart."""
    key = (str(file.path), file.changed, file.size, how)
    if key not in _made:
        target = Path(_folder().name) / f"{next(_numbers)}-{file.path.name}"
        written = make(file, target)
        _made[key] = str(target) if written else str(file.path)
        target.unlink(missing_ok=True) if not written else None
    return LakeFile(file.address, Path(_made[key]), file.size, file.changed)


def named(message: str) -> str:
    """A message in which each copy has the name of its file."""
    for (path, *_), copy in _made.items():
        if copy != path and copy in message:
            message = message.replace(copy, path)
    return message


# Compression


def unpacked(file: LakeFile, compression: str) -> LakeFile:
    """A file that is compressed with bzip2 or Snappy, unpacked; others as they are."""
    blocks = _UNPACKED.get(compression)
    if blocks is None:
        return file

    def make(file: LakeFile, target: Path) -> bool:
        try:
            with target.open("wb") as out:
                out.writelines(blocks(file.path))
        except (OSError, ValueError, EOFError) as exc:
            target.unlink()
            raise LoadError(
                f"{file.address} is not a whole {compression} file: {exc}", hint="copy the file again"
            ) from exc
        return True

    return copied(file, compression, make)


def _bzip2(path: Path) -> Iterator[bytes]:
    with bz2.open(path) as packed:
        while block := packed.read(BLOCK):
            yield block


def _snappy(path: Path) -> Iterator[bytes]:
    """Hadoop's framing: blocks with their size unpacked, in chunks with their size packed, sizes in four bytes."""
    import pyarrow as pa

    codec = pa.Codec("snappy")
    data = path.read_bytes()
    at = 0
    while at < len(data):
        left, at = _size(data, at), at + 4
        while left > 0:
            packed, at = _size(data, at), at + 4
            chunk = data[at : at + packed]
            if len(chunk) < packed:
                raise ValueError("it ends too early")
            size = _uncompressed(chunk)
            yield codec.decompress(chunk, size).to_pybytes()
            left, at = left - size, at + packed


def _size(data: bytes, at: int) -> int:
    if at + 4 > len(data):
        raise ValueError("it ends too early")
    return int.from_bytes(data[at : at + 4], "big")


def _uncompressed(chunk: bytes) -> int:
    """The size that a Snappy block says of itself first: seven bits a byte, the lowest first."""
    size = 0
    for index, byte in enumerate(chunk[:5]):
        size |= (byte & 0x7F) << (7 * index)
        if byte < 0x80:
            return size
    raise ValueError("it is not compressed with Snappy")


_UNPACKED: dict[str, Callable[[Path], Iterator[bytes]]] = {"bzip2": _bzip2, "snappy": _snappy}


# Texts that are not UTF-8


def marked(file: LakeFile, compression: str) -> LakeFile:
    """A text file in which a mark stands for each byte that is not UTF-8; the file itself when all are."""
    return copied(file, f"marked {compression}", lambda f, target: _mark(f, target, compression == "gzip"))


def _mark(file: LakeFile, target: Path, packed: bool) -> bool:
    opened = gzip.open if packed else open
    try:
        with opened(file.path, "rb") as source:
            if _is_utf8(iter(lambda: source.read(BLOCK), b"")):
                return False
        with opened(file.path, "rb") as source, target.open("w", encoding="utf-8", newline="") as out:
            decoder = codecs.getincrementaldecoder("utf-8")("rsnb_mark")
            for block in iter(lambda: source.read(BLOCK), b""):
                out.write(decoder.decode(block))
            out.write(decoder.decode(b"", final=True))
    except (EOFError, gzip.BadGzipFile) as exc:
        raise LoadError(f"{file.path} is not a whole gzip file: it ends too early", hint="copy the file again") from exc
    return True


def _is_utf8(blocks: Iterator[bytes]) -> bool:
    decoder = codecs.getincrementaldecoder("utf-8")()
    try:
        for block in blocks:
            decoder.decode(block)
        decoder.decode(b"", final=True)
    except UnicodeDecodeError:
        return False
    return True


def _replace(error: UnicodeError) -> tuple[str, int]:
    return INVALID, getattr(error, "end", 0)


codecs.register_error("rsnb_mark", _replace)
