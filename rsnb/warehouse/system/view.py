"""How a system view is written: what it selects from, and a line for each of its columns."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

from rsnb.literals import quote_identifier
from rsnb.types import Type
from rsnb.types import parse as parse_type


@dataclass(frozen=True)
class Column:
    """A column of a system view: its type as Redshift documents it, and the expression that gives it.

    hidden: `*` does not give it.
    """

    name: str
    type: str
    expression: str
    hidden: bool = False

    @cached_property
    def kind(self) -> Type:
        """The type in which the column is returned."""
        return parse_type(_INTERNAL.get(self.type, self.type))

    @property
    def shown(self) -> str:
        """The type as the catalog prints it."""
        return self.type if self.type in _INTERNAL or self.type in ("name", "text") else str(self.kind)


_INTERNAL = {  # PostgreSQL's types of its catalogs, as a driver reads them
    "aclitem[]": "text", "char": "char(1)", "int2vector": "text", "oid": "integer", "oidvector": "text",
    "regproc": "text", "smallint[]": "text", "text[]": "text", "xid": "bigint",
}  # fmt: skip


@dataclass(frozen=True)
class View:
    """A system view.

    lines: `name type [hidden] = expression`, one a line. Without an expression it is the source's column of that
    name; `= null` is a column whose value is not known here. source: what stands after FROM, in DuckDB's SQL, where
    `{name}` stands for another view, for one of the PARTS beside the views, or for one of the SOURCES.
    """

    name: str
    source: str
    lines: str

    @cached_property
    def columns(self) -> list[Column]:
        """The columns in order."""
        return [_column(line) for line in self.lines.splitlines() if line.strip()]

    @property
    def leader(self) -> bool:
        """Whether Redshift's leader node answers from it alone."""
        return self.name.startswith(("information_schema", "pg_", "svv_"))

    def sql(self, places: Mapping[str, str]) -> str:
        """DuckDB SQL for the rows. places: what to put for the names in braces."""
        items = ", ".join(
            f"CAST({c.expression} AS {c.kind.duckdb}) AS {quote_identifier(c.name)}" for c in self.columns
        )
        return f"SELECT {items} FROM {self.source.format_map(places)}"


def empty(name: str, lines: str) -> View:
    """A view without rows: of what there is none here."""
    declared = [line.partition(" = ")[0].rstrip() for line in lines.splitlines() if line.strip()]
    return View(name, "{empty}", "\n".join(f"{line} = null" for line in declared))


def _column(line: str) -> Column:
    declared, _, expression = line.strip().partition(" = ")
    name, _, kind = declared.strip().partition(" ")
    hidden = kind.endswith(" hidden")
    return Column(name.strip('"'), kind.strip().removesuffix(" hidden"), expression.strip() or name, hidden)
