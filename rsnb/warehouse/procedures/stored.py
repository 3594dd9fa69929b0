"""Procedures as the catalog keeps them.

Source: Redshift Developer Guide, "Naming stored procedures".
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING

from rsnb.errors import SqlError, similar
from rsnb.types import Type
from rsnb.types import parse as parse_type
from rsnb.warehouse.definitions.places import split
from rsnb.warehouse.faults import place_of
from rsnb.warehouse.procedures.arguments import Argument
from rsnb.warehouse.procedures.parsing import parse_body
from rsnb.warehouse.procedures.tree import Block
from rsnb.warehouse.procedures.variables import REFCURSOR

if TYPE_CHECKING:
    from rsnb.warehouse.connection import Connection


@dataclass(frozen=True)
class Procedure:
    """A procedure. config: (parameter, value) of its SET clauses."""

    schema: str
    name: str
    arguments: tuple[Argument, ...]
    body: str
    nonatomic: bool = False
    definer: bool = False
    config: tuple[tuple[str, str], ...] = ()

    @property
    def inputs(self) -> list[Argument]:
        """The arguments that CALL gives."""
        return [a for a in self.arguments if a.mode != "out"]

    @property
    def outputs(self) -> list[Argument]:
        """The arguments that CALL gives back."""
        return [a for a in self.arguments if a.mode != "in"]

    @property
    def signature(self) -> list[str]:
        """The types by which it is told from others of its name."""
        return [a.type for a in self.inputs]

    @property
    def granted(self) -> str:
        """The name under which its privileges and its owner are kept."""
        return f"{self.name}({','.join(self.signature)})"

    @property
    def tree(self) -> Block:
        """Its body, parsed."""
        return parsed(self.body, self.nonatomic)

    def __str__(self) -> str:
        return f"{self.name}({', '.join(self.signature)})"


parsed = lru_cache(maxsize=256)(parse_body)


def named(session: Connection, name: Sequence[str], sql: str) -> list[Procedure]:
    """The procedures of a name, of the first schema of the search path that has any."""
    schema, procedure = split(tuple(name), sql)
    columns = ("schemaname", "arguments", "body", "nonatomic", "definer", "config")
    rows = session.catalog.found("procedure", *columns, name=procedure)
    for place in [schema] if schema else session.search_path:
        if found := [_procedure(procedure, *row) for row in rows if row[0] == place]:
            return found
    known = [name for (name,) in session.catalog.found("procedure", "name")]
    raise SqlError(
        f"there is no procedure {'.'.join(name)}", sql=sql, position=place_of(sql, procedure),
        hint=similar(procedure, known),
    )  # fmt: skip


def _procedure(
    name: str, schema: str, arguments: list[list[str]], body: str, nonatomic: bool, definer: bool,
    config: list[list[str]],
) -> Procedure:  # fmt: skip
    given = tuple(Argument(*argument) for argument in arguments)
    return Procedure(schema, name, given, body, nonatomic, definer, tuple((n, v) for n, v in config))


def exact(session: Connection, name: Sequence[str], types: list[str] | None, sql: str) -> Procedure:
    """The procedure of a signature; without types, the only one of its name."""
    found = named(session, name, sql)
    chosen = found if types is None else [p for p in found if p.signature == types]
    if len(chosen) != 1:
        shown = ".".join(name) + ("" if types is None else f"({', '.join(types)})")
        raise SqlError(
            f"there is no procedure {shown}" if types is not None else f"there are {len(found)} procedures {shown}",
            sql=sql, position=place_of(sql, name[-1]), hint="there is " + ", ".join(str(p) for p in found),
        )  # fmt: skip
    return chosen[0]


_WIDER = ("int2", "int4", "int8", "numeric", "float4", "float8")  # each number goes into those behind it
_ALIKE = ("bpchar", "varchar"), ("date", "timestamp", "timestamptz"), ("time", "timetz")


def _distance(given: Type | None, wanted: str) -> int | None:
    """How far a given type is from an argument's; None where it does not go. A bare text goes everywhere."""
    if given is None:
        return 0 if wanted in ("character varying", "character") else 1
    short = "varchar" if wanted == REFCURSOR else parse_type(wanted).short
    if given.short == short:
        return 0
    if given.short in _WIDER and short in _WIDER:
        steps = _WIDER.index(short) - _WIDER.index(given.short)
        return steps if steps > 0 else None
    return 1 if any(given.short in alike and short in alike for alike in _ALIKE) else None


def chosen(found: list[Procedure], types: list[Type | None], sql: str, name: Sequence[str]) -> Procedure:
    """The procedure that takes arguments of these types (None: a bare text or NULL)."""
    fitting = [p for p in found if len(p.inputs) == len(types)]
    if len(fitting) == 1:
        return fitting[0]
    scored = []
    for procedure in fitting:
        steps = [_distance(given, wanted) for given, wanted in zip(types, procedure.signature, strict=True)]
        if None not in steps:
            scored.append((sum(step or 0 for step in steps), procedure))
    best = [p for score, p in scored if score == min(s for s, _ in scored)]
    if len(best) == 1:
        return best[0]
    shown = ", ".join("unknown" if t is None else t.rule.name for t in types)
    raise SqlError(
        f"{'several procedures take' if best else 'there is no procedure'} {'.'.join(name)}({shown})", sql=sql,
        position=place_of(sql, name[-1]),
        hint=("cast the arguments; " if best else "") + "there is " + ", ".join(str(p) for p in found),
    )  # fmt: skip
