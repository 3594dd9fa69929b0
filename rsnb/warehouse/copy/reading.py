"""How the rows of a file reach SQL: a relation of texts, and the text of each column in it.

The same columns come from DuckDB's readers, the fast way, and from batches of records, the exact one.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from rsnb.warehouse.copy import jsons, lines
from rsnb.warehouse.copy.command import Copy
from rsnb.warehouse.copy.jsons import JsonPath
from rsnb.warehouse.copy.record import INVALID_PATH, NOT_AN_OBJECT, Reason, Record
from rsnb.warehouse.copy.target import Target
from rsnb.warehouse.spelling import text, texts

_NOTHING = "\x02no value\x03"  # DuckDB's mark of a missing field; no file has it
DOUBT = "rsnb: a text that may be at fault"


@dataclass(frozen=True)
class Field:
    """The text of a column in the relation; guard is a condition on the row, reason why it fails.

    doubt: a condition on a text `{x}` that DuckDB split off, under which Redshift may have split it off otherwise.
    """

    text: str
    guard: str = "true"
    reason: Reason | None = None
    doubt: str = ""


@dataclass(frozen=True)
class Reading:
    """How the files of a COPY are read: paths and keys are those of JSON."""

    copy: Copy
    targets: list[Target]
    paths: list[JsonPath]
    keys: dict[str, list[str]]

    @property
    def names(self) -> list[str]:
        """The columns of the relation."""
        if self.copy.objects:
            return ["json"]
        return ["line"] if self.copy.format == "fixedwidth" else [f"f{i}" for i in range(len(self.targets))]

    def fields(self) -> list[Field]:
        """The texts of the columns to load, in their order."""
        if self.copy.objects:
            return [self._json_field(i, target) for i, target in enumerate(self.targets)]
        if self.copy.format == "fixedwidth":
            return _of_widths(self.copy.widths)
        return [Field(n, doubt=self._doubt(t)) for n, t in zip(self.names, self.targets, strict=True)]

    def _json_field(self, index: int, target: Target) -> Field:
        if self.copy.options[self.copy.format] == "noshred":
            return Field("CAST(json AS VARCHAR)")
        if self.paths:
            path = self.paths[index]
            return Field(_extracted(target, path.sql), path.guard, INVALID_PATH)
        keys = [f'$."{key}"' for key in self.keys.get(target.name, [target.name])]
        found = ", ".join(_extracted(target, key) for key in keys)
        once = " + ".join(f"(json_exists(json, {text(key)}))::INTEGER" for key in keys)
        guard = "json_type(json) = 'OBJECT'" + (f" AND {once} <= 1" if len(keys) > 1 else "")
        return Field(f"coalesce({found})" if len(keys) > 1 else found, guard, NOT_AN_OBJECT)

    def relation(self, path: Path) -> str:
        """A DuckDB query for the texts of a plain file; an error of DuckDB's, or DOUBT, says to read it exactly."""
        if self.copy.objects:
            return (
                f"SELECT json FROM read_json_objects({texts([str(path)])}, format='unstructured', compression='none')"
            )
        if self.copy.format == "fixedwidth":
            return self._fixed_width(path)
        return f"SELECT * FROM {self._read_csv(path)}"

    def _doubt(self, target: Target) -> str:
        """A text in which a quotation mark stands may have been quoted otherwise than Redshift reads."""
        marked = self.copy.format == "csv" or "removequotes" in self.copy.options
        if not marked or not (target.text or target.kind == "super"):
            return ""
        doubt = f"contains({{x}}, {text(self.copy.quote)})"
        return doubt if self.copy.format == "csv" else f"{doubt} OR starts_with({{x}}, '''')"

    def _read_csv(self, path: Path) -> str:
        kinds = ", ".join(f"{text(name)}: 'VARCHAR'" for name in self.names)
        kept = [n for n, t in zip(self.names, self.targets, strict=True) if t.kind != "character"]
        quoted = self.copy.format == "csv" or "removequotes" in self.copy.options
        quote = self.copy.quote if quoted else ""
        return (
            f"read_csv({texts([str(path)])}, columns={{{kinds}}}, auto_detect=false, header=false, "
            f"skip={self.copy.header}, delim={text(self.copy.delimiter)}, quote={text(quote)}, escape={text(quote)}, "
            f"nullstr={text(_NOTHING)}, force_not_null={texts(kept)}, strict_mode=true, compression='none', "
            f"null_padding={str('fillrecord' in self.copy.options).lower()})"
        )

    def _fixed_width(self, path: Path) -> str:
        whole, last = sum(self.copy.widths), self.copy.widths[-1]
        wrong = f"trim(substring(line, {whole + 1})) <> ''"
        if "fillrecord" not in self.copy.options:
            wrong += f" OR length(line) < {whole - last}"
        return (
            f"SELECT CASE WHEN {wrong} THEN error({text(DOUBT)}) ELSE line END AS line FROM read_csv("
            f"{texts([str(path)])}, columns={{'line': 'VARCHAR'}}, auto_detect=false, header=false, "
            f"skip={self.copy.header}, delim={text(_NOTHING[:1])}, quote='', escape='', nullstr={text(_NOTHING)}, "
            "force_not_null=['line'], strict_mode=true, compression='none')"
        )

    def records(self, path: Path) -> Iterator[Record]:
        """The rows of a plain file one after another, exactly."""
        if self.copy.objects:
            return jsons.records(path)
        return lines.records(self.copy, self.targets, path)


def json_objects(path: Path) -> str:
    """A DuckDB table function over the JSON values of a plain file, in its column `json`."""
    return f"read_json_objects({texts([str(path)])}, format='unstructured', compression='none')"


def _extracted(target: Target, path: str) -> str:
    """A value of the object as text; SUPER keeps it as JSON."""
    if target.kind == "super":
        return f"CAST(json_extract(json, {text(path)}) AS VARCHAR)"
    return f"json_extract_string(json, {text(path)})"


def _of_widths(widths: list[int]) -> list[Field]:
    fields = []
    start = 1
    for width in widths:
        fields.append(Field(f"substring(line, {start}, {width})"))
        start += width
    return fields
