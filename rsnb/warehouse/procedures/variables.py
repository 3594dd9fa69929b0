"""Variables of a procedure: their types, their values, and the literals by which SQL sees them.

Source: Redshift Developer Guide, "Structure of PL/pgSQL": variable declaration, record types.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from rsnb.errors import SqlError, UnsupportedSql, similar
from rsnb.literals import quote_literal
from rsnb.types import Type, named
from rsnb.types import parse as parse_type

_UNKNOWN = ("geography", "geometry", "hllsketch", "intervaly2m")
_TEXTS = ("bpchar", "varchar")
REFCURSOR = "refcursor"


@dataclass(frozen=True)
class Kind:
    """A variable's type; free: it was written without a length or precision, and so has none."""

    type: Type
    free: bool = False

    def written(self) -> str:
        """The type that an expression is cast to for it."""
        return "varchar(65535)" if self.type.short in _TEXTS else str(self.type)


def kind_of(text: str, argument: bool = False) -> Kind:
    """The type of a variable as it was written; an argument's length and precision are not kept, as in Redshift."""
    if text.lower() == REFCURSOR:
        return Kind(named("varchar", 65535), True)
    found = parse_type(text)
    if found.short in _UNKNOWN:
        raise UnsupportedSql(f"a variable of type {found.rule.name} is not supported by the embedded warehouse")
    bare = argument or "(" not in text
    if found.short == "numeric" and bare and not argument:
        raise UnsupportedSql(
            "a variable of type numeric without precision is not supported by the embedded warehouse",
            hint="give it its precision and scale: numeric(18, 2)",
        )
    return Kind(found, bare and found.short in (*_TEXTS, "numeric"))


@dataclass
class Variable:
    """A scalar variable."""

    name: str
    kind: Kind
    value: Any = None
    constant: bool = False
    not_null: bool = False

    def put(self, value: Any) -> None:
        """Give it a value of its type; raises SqlError for one that it can't take."""
        if value is None and self.not_null:
            raise SqlError(f"the variable {self.name} can't be NULL")
        limit = self.kind.type
        if limit.short in _TEXTS and not self.kind.free and value is not None:
            kept = value.encode()
            if len(kept) > limit.args[0]:
                value = kept.rstrip(b" ").decode()
                if len(value.encode()) > limit.args[0]:
                    raise SqlError(f"value too long for type {limit}", hint=f"{self.name} holds {limit.args[0]} bytes")
                value = kept[: limit.args[0]].decode()
        self.value = value

    def literal(self) -> str:
        """Its value in SQL, of its type."""
        return literal(self.kind, self.value)


@dataclass
class Record:
    """A variable that takes the shape of the rows put into it; fields is None until the first."""

    name: str
    fields: dict[str, Variable] | None = None

    def field(self, name: str) -> Variable:
        """One of its fields; raises SqlError when there is none."""
        if self.fields is None:
            raise SqlError(f"the record {self.name} has no row yet", hint="fill it with SELECT INTO, FETCH or FOR")
        if name not in self.fields:
            raise SqlError(f"the record {self.name} has no field {name}", hint=similar(name, self.fields))
        return self.fields[name]


@dataclass
class Scope:
    """The variables of a block, and those of the blocks around it; an error stands for one whose value is unknown."""

    label: str = ""
    around: Scope | None = None
    variables: dict[str, Variable | Record | UnsupportedSql] = field(default_factory=dict)

    def find(self, name: str) -> Variable | Record | None:
        """The variable of a name, the innermost first."""
        scope: Scope | None = self
        while scope is not None:
            found = scope.variables.get(name)
            if isinstance(found, UnsupportedSql):
                raise found
            if found is not None:
                return found
            scope = scope.around
        return None

    def labelled(self, label: str) -> Scope | None:
        """The innermost block or loop of a label."""
        scope: Scope | None = self
        while scope is not None and scope.label != label:
            scope = scope.around
        return scope

    def names(self) -> list[str]:
        """Every name that it knows."""
        return [*self.variables, *(self.around.names() if self.around else [])]

    def path(self, parts: tuple[str, ...]) -> tuple[Variable | Record | None, int]:
        """What the first parts of a dotted name are, and how many they are."""
        found = self.find(parts[0])
        if found is None and len(parts) > 1 and (scope := self.labelled(parts[0])) is not None:
            inner, used = Scope(variables=scope.variables).path(parts[1:])
            return inner, used + 1
        if isinstance(found, Record) and len(parts) > 1:
            return found.field(parts[1]), 2
        return found, 1 if found is not None and (len(parts) == 1 or isinstance(found, Record)) else 0


def literal(kind: Kind, value: Any) -> str:
    """A value of a type in SQL."""
    short = kind.type.short
    if value is None:
        return f"cast(null as {kind.type if kind.type.short != 'numeric' or not kind.free else 'numeric(38,0)'})"
    if short == "super":
        return f"json_parse({quote_literal(value)})"
    if short == "varbyte":
        return f"({quote_literal(value)})"
    if short in _TEXTS and kind.free:
        return f"cast({quote_literal(value)} as varchar({max(1, len(value.encode()))}))"
    if short == "numeric" and kind.free:
        return _digits(Decimal(value))
    return f"cast({quote_literal(value)} as {kind.type})"


def _digits(value: Decimal) -> str:
    """A numeric with the precision and scale that it is written with."""
    scale = max(0, -int(value.as_tuple().exponent))
    precision = max(len(value.as_tuple().digits), scale + 1)
    return f"cast({quote_literal(value)} as numeric({min(38, precision)},{scale}))"
