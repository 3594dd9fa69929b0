"""The files of a COPY as plain UTF-8 files of this machine, and what in them DuckDB would read otherwise."""

from __future__ import annotations

import codecs
import re
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

from rsnb.errors import LoadError
from rsnb.lake import LakeFile
from rsnb.warehouse.copy.avro import to_json
from rsnb.warehouse.copy.command import Copy

if TYPE_CHECKING:
    import pyarrow as pa

_CHUNK = 1 << 20
_COMPRESSIONS = {"gzip": "gzip", "bzip2": "bz2", "zstd": "zstd"}


def plain(file: LakeFile, copy: Copy, folder: Path) -> Path:
    """The file itself, or a copy of it in `folder` without its compression, its other encoding and its header.

    The header of delimited text stays: it is skipped where the lines are counted.
    """
    place = folder / str(len(list(folder.iterdir())))
    if copy.format == "avro":
        to_json(file.address, file.path, place)
        return place
    compression = copy.options.compression
    skipped = copy.header if copy.objects else 0
    if compression == "none" and copy.encoding == "utf-8" and not skipped:
        return file.path
    try:
        with open(place, "wb") as target, _stream(file.path, compression) as source:
            for chunk in _without_lines(_decoded(source, copy), skipped):
                target.write(chunk)
    except (OSError, EOFError) as exc:
        raise LoadError(
            f"{file.address} is not a whole {compression} file: {_reason(exc)}", hint="copy the file again"
        ) from exc
    except UnicodeError as exc:
        name = copy.options["encoding"].upper()
        raise LoadError(
            f"{file.address} is not in the encoding {name}: {exc}", hint="name its encoding with ENCODING"
        ) from exc
    return place


def _stream(path: Path, compression: str) -> Any:
    import pyarrow as pa

    return pa.input_stream(str(path), compression=_COMPRESSIONS.get(compression))


def _decoded(source: pa.NativeFile, copy: Copy) -> Iterator[bytes]:
    """The bytes in UTF-8, without the mark of the byte order that UTF-16 has."""
    if copy.encoding == "utf-8":
        while chunk := source.read(_CHUNK):
            yield chunk
        return
    decoder = codecs.getincrementaldecoder(copy.encoding)()
    first = True
    while chunk := source.read(_CHUNK):
        if first and copy.encoding == "utf-16" and chunk[:2] not in (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE):
            raise UnicodeError("it has no byte order mark")
        text = decoder.decode(chunk)
        yield (text.removeprefix("\ufeff") if first else text).encode()
        first = False
    yield decoder.decode(b"", final=True).encode()


def _without_lines(chunks: Iterator[bytes], count: int) -> Iterator[bytes]:
    """The chunks without the first lines."""
    for chunk in chunks:
        while count and (end := chunk.find(b"\n")) >= 0:
            chunk, count = chunk[end + 1 :], count - 1
        if not count:
            yield chunk


def _reason(exc: Exception) -> str:
    return str(exc).strip().split("\n")[0]


_BLANK_LINE = re.compile(rb"\n\r?\n")
_LONE_RETURN = re.compile(rb"\r(?!\n)")


def doubtful(path: Path, copy: Copy, columns: int) -> bool:
    """Whether a file of lines holds what Redshift and DuckDB read differently; told quickly, and not quite sharply."""
    if copy.objects:
        return False  # DuckDB reads JSON as it is
    blank = columns > 1 and "ignoreblanklines" not in copy.options
    marks = [m for m, seen in ((b"\0", copy.null != "\0"), (b"\\", "escape" in copy.options)) if seen]
    before = b"\n"
    with open(path, "rb", buffering=0) as file:
        if file.read(3) == codecs.BOM_UTF8:
            return True
        file.seek(0)
        while chunk := file.read(_CHUNK):
            if any(mark in chunk for mark in marks):
                return True
            if b"\r" in chunk and _LONE_RETURN.search(chunk, 0, len(chunk) - 1):
                return True
            joint = before[-2:] + chunk[:2]
            if _LONE_RETURN.search(joint, 0, len(joint) - 1):
                return True
            if blank and (_BLANK_LINE.search(chunk) or _BLANK_LINE.search(joint)):
                return True
            before = chunk
    return False
