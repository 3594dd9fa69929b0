"""The files of an external table: those of its folder or its partitions' folders, or those that a manifest lists.

Source: Redshift Developer Guide, CREATE EXTERNAL TABLE (LOCATION), "Creating external tables for data managed in
Delta Lake".
"""

from __future__ import annotations

import json
from typing import NamedTuple

from rsnb.errors import LoadError, UnsupportedSql
from rsnb.lake import Lake, LakeFile
from rsnb.warehouse.spectrum.formats import SYMLINKS
from rsnb.warehouse.spectrum.table import ExternalTable, Partition


class Data(NamedTuple):
    """A file and the partition that it belongs to."""

    file: LakeFile
    partition: Partition


def data_files(lake: Lake, table: ExternalTable, places: list[tuple[Partition, str]]) -> list[Data]:
    """The files of these partitions; empty ones are left out."""
    found: list[Data] = []
    for partition, location in places:
        files = lake.folder(location)
        if files is None:
            one = lake.file(location)
            files = [] if one is None else _listed(lake, table, one)
        elif table.input_format == SYMLINKS:
            files = [file for links in files for file in _linked(lake, links)]
        found += [Data(file, partition) for file in files if file.size]
    return found


def _listed(lake: Lake, table: ExternalTable, manifest: LakeFile) -> list[LakeFile]:
    """The files that a manifest lists."""
    if table.input_format == SYMLINKS:
        return _linked(lake, manifest)
    try:
        entries = json.loads(manifest.path.read_text(encoding="utf-8"))["entries"]
        listed = [(str(e["url"]), bool(e.get("mandatory", False))) for e in entries]
    except (ValueError, KeyError, TypeError, AttributeError) as exc:
        raise LoadError(
            f"{manifest.address} is a single file, and no manifest",
            hint='LOCATION is a folder, or a manifest: {"entries": [{"url": "s3://…", "mandatory": true}]}',
        ) from exc
    found = []
    for address, mandatory in listed:
        file = lake.file(address)
        if file is not None:
            found.append(file)
        elif mandatory:
            raise LoadError(f"the manifest {manifest.address} lists {address}, which is not there")
    return found


def _linked(lake: Lake, links: LakeFile) -> list[LakeFile]:
    """The files that a manifest of Delta Lake's lists, one address a line; all in the bucket of the manifest."""
    found = []
    bucket = links.address.split("/")[2]
    for address in links.path.read_text(encoding="utf-8").split():
        if not address.startswith("s3://"):
            raise LoadError(f"Invalid S3 Path: {address[:120]!r} in the Delta Lake manifest {links.address}")
        if address.split("/")[2] != bucket:
            raise LoadError(
                f"Delta Lake manifest in bucket {bucket} cannot contain entries in bucket {address.split('/')[2]}"
            )
        file = lake.file(address)
        if file is None:
            raise LoadError(f"File {address} listed in Delta Lake manifest {links.address} was not found")
        found.append(file)
    return found


COMPRESSIONS = {".gz": "gzip", ".bz2": "bzip2", ".snappy": "snappy"}
_UNREAD = {".deflate": "deflate", ".lz4": "LZ4", ".lzo": "LZO", ".zst": "zstd", ".zip": "zip"}


def compression(table: ExternalTable, file: LakeFile) -> str:
    """How a text file is compressed: as the table says, else as its name ends."""
    if said := table.table_properties.get("compression_type", "").lower():
        return said
    end = file.path.suffix.lower()
    if end in _UNREAD:
        raise UnsupportedSql(
            f"{file.address} is compressed with {_UNREAD[end]}, which Spectrum does not read from text files",
            hint="compress it with gzip, bzip2 or snappy, or leave it uncompressed",
        )
    return COMPRESSIONS.get(end, "none")
