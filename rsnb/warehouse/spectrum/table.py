"""The definition of an external table, as the data catalog keeps it."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, field
from typing import Any

from rsnb.types import Type, named
from rsnb.warehouse.spectrum.column_types import hive, in_queries, is_nested, of_text
from rsnb.warehouse.spectrum.formats import TEXTFILE, FileFormat, reader_of

PSEUDOCOLUMNS: dict[str, Type] = {"$path": named("varchar", 1024), "$size": named("int8")}
Partition = tuple[str | None, ...]  # the values of a partition's keys, as their types write them


@dataclass(frozen=True)
class ExternalColumn:
    """A column: its type as declared and as the data catalog names it; part_key counts from 1, 0 is none."""

    name: str
    declared: str
    external_type: str
    part_key: int = 0

    @property
    def type(self) -> Type:
        """The column's type."""
        return of_text(self.declared)


def column(name: str, declared: str, part_key: int = 0) -> ExternalColumn:
    """A column of a declared type."""
    text = " ".join(declared.lower().split())
    return ExternalColumn(name, text, hive(of_text(text)), part_key)


@dataclass
class ExternalTable:
    """An external table: what it holds, where its files are and how they are read.

    schema: the external schema that it was found through. delimiter: of ROW FORMAT DELIMITED.
    """

    schema: str
    name: str
    columns: list[ExternalColumn]
    location: str = ""
    input_format: str = TEXTFILE.input
    output_format: str = TEXTFILE.output
    serde: str = TEXTFILE.serde
    serde_properties: dict[str, str] = field(default_factory=dict)
    table_properties: dict[str, str] = field(default_factory=dict)

    def to_json(self) -> str:
        """The definition as the data catalog stores it."""
        return json.dumps(asdict(self))

    @classmethod
    def from_json(cls, text: str, schema: str) -> ExternalTable:
        """A stored definition, seen through an external schema."""
        values: dict[str, Any] = json.loads(text)
        columns = [ExternalColumn(**c) for c in values["columns"]]
        return cls(**{**values, "columns": columns, "schema": schema})

    @property
    def shown(self) -> str:
        """The table's name for messages."""
        return f"{self.schema}.{self.name}"

    @property
    def types(self) -> dict[str, Type]:
        """Column names and types, as a query sees them."""
        return {c.name: in_queries(c.type) for c in self.columns}

    @property
    def data_columns(self) -> list[ExternalColumn]:
        """The columns that stand in the files."""
        return [c for c in self.columns if not c.part_key]

    @property
    def keys(self) -> list[ExternalColumn]:
        """The columns that stand in the partitions' places, in their order."""
        return sorted((c for c in self.columns if c.part_key), key=lambda c: c.part_key)

    @property
    def nested(self) -> bool:
        """Whether a column is a struct, an array or a map."""
        return any(is_nested(c.type) for c in self.columns)

    @property
    def reader(self) -> str:
        """How the files are read: text, csv, regex, json, parquet, orc or avro."""
        return reader_of(self.serde)

    def set_format(self, chosen: FileFormat) -> None:
        """Give the table a file format's classes."""
        self.input_format, self.output_format, self.serde = chosen.input, chosen.output, chosen.serde
