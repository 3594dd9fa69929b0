"""What the body of a procedure is made of.

Source: Redshift Developer Guide, "PL/pgSQL language reference".
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TypeAlias


@dataclass(frozen=True)
class Text:
    """A piece of SQL as written, and its offset in the body."""

    text: str
    start: int


@dataclass(frozen=True)
class Statement:
    """A statement; start is its offset in the body."""

    start: int


Body: TypeAlias = tuple[Statement, ...]
Target: TypeAlias = tuple[str, ...]  # a variable's name, before it a label or a record's, each without quotes
Targets: TypeAlias = tuple[Target, ...]


@dataclass(frozen=True)
class Declaration:
    """A variable, an alias for an argument or a bound cursor.

    type: as written, with %TYPE and %ROWTYPE. alias: the number of the argument. query: of the cursor, whose
    arguments are names and types.
    """

    name: str
    start: int
    type: str = ""
    constant: bool = False
    not_null: bool = False
    default: Text | None = None
    alias: int | None = None
    query: Text | None = None
    arguments: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True)
class Block(Statement):
    """[DECLARE ...] BEGIN ... [EXCEPTION WHEN OTHERS THEN ...] END; handler is None without EXCEPTION."""

    label: str
    declarations: tuple[Declaration, ...]
    body: Body
    handler: Body | None = None


@dataclass(frozen=True)
class Assign(Statement):
    """variable := expression."""

    target: Target
    value: Text


@dataclass(frozen=True)
class Sql(Statement):
    """A statement of SQL; into: the variables of a SELECT ... INTO, which its text no longer has.

    discard: PERFORM, whose rows go nowhere.
    """

    sql: Text
    into: Targets = ()
    discard: bool = False


@dataclass(frozen=True)
class Execute(Statement):
    """EXECUTE expression [INTO variables]."""

    command: Text
    into: Targets = ()


@dataclass(frozen=True)
class Call(Statement):
    """CALL procedure(arguments)."""

    name: tuple[str, ...]
    arguments: tuple[Text, ...]


@dataclass(frozen=True)
class If(Statement):
    """IF and its ELSIFs, and ELSE."""

    branches: tuple[tuple[Text, Body], ...]
    otherwise: Body = ()


@dataclass(frozen=True)
class Case(Statement):
    """CASE [subject] WHEN ...; otherwise is None without ELSE."""

    subject: Text | None
    branches: tuple[tuple[tuple[Text, ...], Body], ...]
    otherwise: Body | None = None


@dataclass(frozen=True)
class Loop(Statement):
    """LOOP, or WHILE with its condition."""

    label: str
    body: Body
    condition: Text | None = None


@dataclass(frozen=True)
class Count(Statement):
    """FOR name IN [REVERSE] low .. high."""

    label: str
    name: str
    first: Text
    last: Text
    reverse: bool
    body: Body


@dataclass(frozen=True)
class Rows(Statement):
    """FOR variables IN query, or IN EXECUTE expression."""

    label: str
    targets: Targets
    query: Text
    dynamic: bool
    body: Body


@dataclass(frozen=True)
class Leave(Statement):
    """EXIT or CONTINUE [label] [WHEN condition]."""

    label: str
    again: bool
    condition: Text | None = None


@dataclass(frozen=True)
class Return(Statement):
    """RETURN."""


@dataclass(frozen=True)
class Nothing(Statement):
    """NULL."""


@dataclass(frozen=True)
class Raise(Statement):
    """RAISE level 'format', variables; without a level, the error in hand again."""

    level: str = ""
    format: str = ""
    arguments: tuple[Text, ...] = ()


@dataclass(frozen=True)
class Open(Statement):
    """OPEN cursor [FOR query | FOR EXECUTE expression | (arguments)]."""

    cursor: Target
    query: Text | None = None
    dynamic: bool = False
    arguments: tuple[Text, ...] = ()


@dataclass(frozen=True)
class Fetch(Statement):
    """FETCH cursor INTO variables."""

    cursor: Target
    into: Targets


@dataclass(frozen=True)
class Close(Statement):
    """CLOSE cursor."""

    cursor: Target


@dataclass(frozen=True)
class Diagnostics(Statement):
    """GET DIAGNOSTICS variable := ROW_COUNT."""

    target: Target


@dataclass(frozen=True)
class Control(Statement):
    """COMMIT, ROLLBACK or START TRANSACTION."""

    kind: str = field(default="commit")
