"""Blanks at the end of a text: they do not count where texts are compared, joined, grouped or ordered.

A CHAR is held without them; of a VARCHAR they are taken off where it is compared, unless it is known to have none:
a type can carry the columns whose texts its values are, and a translation can look into these.
Source: Redshift Developer Guide, "Character types", "Examples with character types".
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field

from rsnb.types import Type, named
from rsnb.warehouse.macros import SCHEMA
from rsnb.warehouse.translation.typed import Typed, own

MACRO = "without_blanks"
BLANKLESS = f"{SCHEMA}.own_{MACRO}"  # as a bound statement calls it


@dataclass(frozen=True)
class Column:
    """A column of a table that can be looked into."""

    schema: str
    table: str
    name: str


@dataclass
class Knowledge:
    """What a translation may rely on: look says whether no text of a column ends in a blank.

    trusted: the columns of which it relied on that.
    """

    look: Callable[[Column], bool]
    trusted: set[Column] = field(default_factory=set)
    _seen: dict[Column, bool] = field(default_factory=dict)

    def blankless(self, columns: Iterable[Column]) -> bool:
        """Whether no text of some columns ends in a blank."""
        for column in columns:
            if column not in self._seen:
                self._seen[column] = self.look(column)
            if not self._seen[column]:
                return False
        self.trusted.update(columns)
        return True


@dataclass(frozen=True)
class Traced(Type):
    """The type of a text that ends as texts of some columns do; without any, it is known to end in no blank."""

    columns: frozenset[Column] = frozenset()
    knowledge: Knowledge | None = field(default=None, compare=False, repr=False)

    @property
    def blankless(self) -> bool:
        """Whether no such text ends in a blank."""
        return not self.columns or (self.knowledge is not None and self.knowledge.blankless(self.columns))


def of_column(kind: Type, column: Column, knowledge: Knowledge) -> Type:
    """The type of a table's column."""
    return (
        Traced(kind.rule, kind.args, kind.inner, frozenset((column,)), knowledge) if kind.short == "varchar" else kind
    )


def untraced(kind: Type) -> Type:
    """The type alone, as a result has it."""
    return Type(kind.rule, kind.args, kind.inner) if isinstance(kind, Traced) else kind


def ending_as(kind: Type, values: Iterable[Typed]) -> Type:
    """The type of a text that ends as one of some values does."""
    if kind.short != "varchar":
        return kind
    columns: frozenset[Column] = frozenset()
    knowledge = None
    for value in values:
        if isinstance(value.type, Traced):
            columns |= value.type.columns
            knowledge = value.type.knowledge or knowledge
        elif not _ends_in_none(value):
            return untraced(kind)
    return Traced(kind.rule, kind.args, kind.inner, columns, knowledge)


def without_any(kind: Type) -> Type:
    """The type of a text that is known to end in no blank."""
    return ending_as(kind, ())


def meeting(kind: Type, *sides: Type) -> Type:
    """The type in which the columns of several queries meet, ending as these do."""
    from sqlglot import exp

    return ending_as(kind, [Typed(exp.Null(), side) for side in sides])


def compared_as(kind: Type) -> Type:
    """The type of a column of a query as it is compared."""
    return without_any(named("varchar", *kind.args)) if is_significant(kind) else kind


def is_significant(kind: Type) -> bool:
    """Whether a text of this type may have to be compared without the blanks at its end."""
    return kind.short == "unknown" or (kind.short == "varchar" and not (isinstance(kind, Traced) and kind.blankless))


def compared(value: Typed) -> Typed:
    """A value as it is compared: a text without the blanks at its end."""
    from sqlglot import exp

    if (known := value.literal) is not None:
        return Typed(exp.Literal.string(known.rstrip(" ")), value.type) if known.endswith(" ") else value
    if not is_significant(value.type):
        return value
    return Typed(own(MACRO, value), compared_as(value.type))


def _ends_in_none(value: Typed) -> bool:
    """Whether a value that is no traced text is known to end in no blank."""
    if value.is_quoted:
        return value.literal is not None and not value.literal.endswith(" ")
    return value.short not in ("varchar", "any")
