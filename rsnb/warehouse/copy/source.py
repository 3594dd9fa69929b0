"""The files that a COPY loads: those under a prefix, or those of a manifest.

Source: Redshift Developer Guide, "COPY from Amazon S3", "Using a manifest to specify data files".
"""

from __future__ import annotations

import json
from typing import Any, NoReturn

from rsnb.errors import LoadError
from rsnb.lake import Lake, LakeFile
from rsnb.warehouse.copy.command import COLUMNAR, Copy


def files(copy: Copy, lake: Lake) -> list[LakeFile]:
    """The files to load; raises LoadError when there is none, or a mandatory one is not there."""
    if "manifest" in copy.options:
        found = _of_manifest(copy, lake)
    else:
        found = [f for f in lake.with_prefix(copy.source) if not (copy.format in COLUMNAR and _is_hidden(f))]
    if not found:
        raise LoadError(f"COPY found no files under {copy.source}", hint=lake.where(copy.source))
    return found


def _is_hidden(file: LakeFile) -> bool:
    """Whether Spectrum, which reads the columnar formats, leaves a file out."""
    return file.address.rsplit("/", 1)[-1].startswith(("_", "."))


def _of_manifest(copy: Copy, lake: Lake) -> list[LakeFile]:
    found = []
    for entry in _entries(copy, lake):
        url = entry["url"]
        if copy.format in COLUMNAR and not isinstance(entry.get("meta", {}).get("content_length"), int):
            _malformed(copy, f"{url} has no meta.content_length, which {copy.format.upper()} needs")
        file = lake.file(url)
        if file is not None:
            found.append(file)
        elif entry.get("mandatory", False):
            raise LoadError(
                f"the mandatory file {url} of the manifest {copy.source} is not there",
                hint=lake.where(url),
            )
    return found


def _entries(copy: Copy, lake: Lake) -> list[dict[str, Any]]:
    file = lake.file(copy.source)
    if file is None:
        raise LoadError(f"there is no manifest {copy.source}", hint=lake.where(copy.source))
    try:
        content = json.loads(file.path.read_text(encoding="utf-8"))
    except ValueError as exc:
        _malformed(copy, str(exc))
    entries = content.get("entries") if isinstance(content, dict) else None
    if not isinstance(entries, list):
        _malformed(copy, "it has no list of entries")
    for entry in entries:
        if not isinstance(entry, dict) or not isinstance(entry.get("url"), str):
            _malformed(copy, f"the entry {json.dumps(entry)[:100]} has no url")
        if not isinstance(entry.get("mandatory", False), bool) or not isinstance(entry.get("meta", {}), dict):
            _malformed(copy, f"the entry of {entry['url']} has a wrong mandatory or meta")
    return entries


def _malformed(copy: Copy, reason: str) -> NoReturn:
    raise LoadError(
        f"{copy.source} is not a manifest: {reason}",
        hint='it holds {"entries": [{"url": "s3://bucket/key", "mandatory": true}]}',
    )
