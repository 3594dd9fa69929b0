"""What the readers of the file formats give to a scan: groups of files that one DuckDB table function reads."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from rsnb.lake import LakeFile
from rsnb.literals import quote_identifier
from rsnb.warehouse.spectrum.places import Data
from rsnb.warehouse.spectrum.properties import handling
from rsnb.warehouse.spectrum.table import ExternalTable
from rsnb.warehouse.spectrum.values import Values

if TYPE_CHECKING:
    import duckdb

FILES = "{files}"  # stands in a group's source for the list of its files


@dataclass
class Request:
    """What a scan asks of a reader: the rows of these files, as the table's columns.

    mark: the name of the column that holds a row's file. notes: what the user should know beside the rows.
    """

    db: duckdb.DuckDBPyConnection
    table: ExternalTable
    data: list[Data]
    mark: str
    notes: list[str] = field(default_factory=list)

    @property
    def file_column(self) -> str:
        """The column that holds a row's file, in SQL."""
        return f"f.{quote_identifier(self.mark)}"

    def values(self) -> Values:
        """A converter of this scan's values."""
        return Values(handling(self.table.table_properties), self.file_column)


@dataclass
class Group:
    """Files that are read together: source is the item of FROM that gives their rows, columns their values in SQL.

    paths: where each file is read, which may be a copy. kept: the condition under which a row counts.
    """

    data: list[Data]
    paths: list[str]
    source: str
    columns: dict[str, str]
    kept: str = ""


def grouped(data: list[Data], read: list[LakeFile], keys: list[str]) -> dict[str, tuple[list[Data], list[str]]]:
    """Files by a key of each: the files as they lie in the lake, and where they are read."""
    found: dict[str, tuple[list[Data], list[str]]] = {}
    for item, file, key in zip(data, read, keys, strict=True):
        items, paths = found.setdefault(key, ([], []))
        items.append(item)
        paths.append(str(file.path))
    return found
