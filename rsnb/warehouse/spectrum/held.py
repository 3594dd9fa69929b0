"""How a file holds a column's value, which may have other names and another order of fields, and the way to it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

from rsnb.literals import quote_identifier
from rsnb.types import ARRAY, MAP, STRUCT, Type
from rsnb.warehouse.spectrum.column_types import in_queries


@dataclass(frozen=True)
class Held:
    """A value in a file: its DuckDB type; of a struct, array or map, the parts that are there by the table's names.

    Each part has its name in the file. exact: the parts are those of the column's type, in name and order.
    """

    kind: str
    parts: dict[str, tuple[str, Held]] = field(default_factory=dict)
    exact: bool = True


Leaf = Callable[[str, Type, Held], str]


def converted(value: str, kind: Type, held: Held, leaf: Leaf, depth: int = 0) -> str:
    """A value with `leaf` applied to each scalar in it, under the table's names; itself when that changes nothing."""
    if kind.rule is STRUCT:
        return _struct(value, kind, held, leaf, depth)
    if kind.rule is ARRAY:
        item = f"e{depth}"
        inner = converted(item, kind.inner[0][1], held.parts["element"][1], leaf, depth + 1)
        return value if inner == item else f"list_transform({value}, lambda {item}: {inner})"
    if kind.rule is MAP:
        return _map(value, kind, held, leaf, depth)
    return leaf(value, kind, held)


def _struct(value: str, kind: Type, held: Held, leaf: Leaf, depth: int) -> str:
    parts, changed = [], not held.exact
    for name, inner in kind.inner:
        if name not in held.parts:
            parts.append(f"{quote_identifier(name)} := CAST(NULL AS {in_queries(inner).duckdb})")
            continue
        written, inside = held.parts[name]
        part = f"{value}.{quote_identifier(written)}"
        made = converted(part, inner, inside, leaf, depth)
        changed |= made != part or written != name
        parts.append(f"{quote_identifier(name)} := {made}")
    return f"CASE WHEN {value} IS NULL THEN NULL ELSE struct_pack({', '.join(parts)}) END" if changed else value


def _map(value: str, kind: Type, held: Held, leaf: Leaf, depth: int) -> str:
    """A map is an array of structs with a key and a value, as a query ranges over it."""
    item = f"e{depth}"
    parts = [(n, converted(f"{item}.{n}", t, held.parts[n][1], leaf, depth + 1)) for n, t in kind.inner]
    made = ", ".join(f"{quote_identifier(n)} := {part}" for n, part in parts)
    if all(part == f"{item}.{n}" for n, part in parts):
        return f"map_entries({value})"
    return f"list_transform(map_entries({value}), lambda {item}: struct_pack({made}))"
