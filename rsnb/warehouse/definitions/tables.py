"""CREATE TABLE as Redshift writes it: columns, constraints, LIKE, attributes, AS a query.

Source: Redshift Developer Guide, CREATE TABLE and CREATE TABLE AS.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

from rsnb.errors import SqlError
from rsnb.types import Type
from rsnb.types import parse as parse_type
from rsnb.warehouse.definitions.attributes import Attributes, read_attributes
from rsnb.warehouse.definitions.constraints import Constraint, read_column_constraint, read_table_constraint
from rsnb.warehouse.definitions.encodings import read_encoding
from rsnb.warehouse.definitions.places import Name
from rsnb.warehouse.faults import place_of
from rsnb.warehouse.grammar import Reader

COLUMNS = 1_600  # the most that a table has


@dataclass(frozen=True)
class Identity:
    """A column that counts by itself; always: it takes no value."""

    seed: int
    step: int
    always: bool


@dataclass
class Column:
    """A column of a table; default is Redshift SQL, encoding is empty where not said."""

    name: str
    type: Type
    not_null: bool = False
    default: str | None = None
    identity: Identity | None = None
    encoding: str = ""


@dataclass(frozen=True)
class Like:
    """The columns of another table, in place of a list."""

    parent: Name
    defaults: bool


@dataclass
class CreateTable:
    """A parsed CREATE TABLE; query is the text after AS and names its column list, if any."""

    name: Name
    temporary: bool = False
    if_not_exists: bool = False
    columns: list[Column | Like] = field(default_factory=list)
    constraints: list[Constraint] = field(default_factory=list)
    attributes: Attributes = field(default_factory=Attributes)
    names: list[str] = field(default_factory=list)
    query: str = ""


def parse_create_table(sql: str) -> CreateTable:
    """Read a CREATE [TEMPORARY] TABLE, with columns or AS a query."""
    read = Reader(sql)
    read.expect("create")
    temporary = read.choose("local temporary", "local temp", "temporary", "temp") is not None
    read.expect("table")
    if_not_exists = read.accept("if", "not", "exists")
    name = read.qualified()
    table = CreateTable(name, temporary or name[-1].startswith("#"), if_not_exists)
    if read.peek("(") and not read.peeks_query():
        if read.peeks_names():
            table.names = read.names()
        else:
            _columns(read, table)
    read_attributes(read, table.attributes)
    if read.accept("as"):
        table.query = read.rest()
    read.done()
    if bool(table.columns) == bool(table.query):
        read.fail("expected columns, or AS and a query" if not table.query else "columns of a table AS have no types")
    if table.names and not table.query:
        read.fail("expected AS and a query after names without types")
    if table.query and if_not_exists:
        read.refuse("IF NOT EXISTS in CREATE TABLE AS")
    return table


def _columns(read: Reader, table: CreateTable) -> None:
    read.expect("(")
    while True:
        if read.accept("like"):
            table.columns.append(_like(read))
        elif constraint := read_table_constraint(read):
            table.constraints.append(constraint)
        else:
            table.columns.append(_column(read, table))
        if not read.accept(","):
            break
    read.expect(")")


def _like(read: Reader) -> Like:
    parent = read.qualified()
    return Like(parent, read.choose("including defaults", "excluding defaults") == "including defaults")


def read_column(read: Reader) -> Column:
    """Read the column of ALTER TABLE ... ADD COLUMN; raises on what it does not take there."""
    table = CreateTable(("",))
    start = read.next.start
    column = _column(read, table)
    for unfit, what in (
        (table.constraints, "a constraint"),
        (table.attributes.are_given, "a distribution or sort key"),
        (column.identity, "IDENTITY"),
    ):
        if unfit:
            raise SqlError(f"an added column takes no {what.removeprefix('a ')}", sql=read.sql, position=start)
    return column


def _column(read: Reader, table: CreateTable) -> Column:
    column = Column(read.identifier(), read_type(read))
    while attribute := read.choose(*_ATTRIBUTES):
        _ATTRIBUTES[attribute](read, table, column)
    if not (read.peek(",") or read.peek(")") or read.next.kind == "end"):
        read.refuse(f"the column attribute {read.next.text.upper()}")
    return column


def _identity(read: Reader, column: Column, always: bool) -> None:
    """`(seed, step)`; (1, 1) where it is left out."""
    seed, step = 1, 1
    if read.accept("("):
        seed = read.signed()
        read.expect(",")
        step = read.signed()
        read.expect(")")
    if column.type.rule.name not in ("integer", "bigint"):
        raise SqlError(
            f"an IDENTITY column is INTEGER or BIGINT, not {column.type}", sql=read.sql, position=read.last.start
        )
    if step == 0:
        raise SqlError("the step of IDENTITY is not 0", sql=read.sql, position=read.last.start)
    column.identity = Identity(seed, step, always)
    column.not_null = True


def _collate(read: Reader) -> None:
    if not read.accept("case_sensitive"):
        read.refuse(f"COLLATE {read.next.text.upper()}")


def _constrain(read: Reader, table: CreateTable, column: Column, kind: str, name: str = "") -> None:
    table.constraints.append(read_column_constraint(read, kind, column.name, name))
    column.not_null = column.not_null or kind == "primary key"


def _named(read: Reader, table: CreateTable, column: Column) -> None:
    name = read.name()
    kind = read.choose("primary key", "unique", "references", "not null", "null")
    if kind is None:
        read.fail("expected PRIMARY KEY, UNIQUE, REFERENCES or NOT NULL")
    if kind.endswith("null"):
        column.not_null = kind == "not null"
    else:
        _constrain(read, table, column, kind, name)


_ATTRIBUTES: dict[str, Callable[[Reader, CreateTable, Column], object]] = {
    "not null": lambda _r, _t, c: setattr(c, "not_null", True),
    "null": lambda _r, _t, _c: None,
    "encode": lambda r, _t, c: setattr(c, "encoding", read_encoding(r, c.type)),
    "distkey": lambda r, t, c: t.attributes.set_distkey(r, c.name),
    "sortkey": lambda r, t, c: t.attributes.set_sortkey(r, "compound", [c.name]),
    "default": lambda r, _t, c: setattr(c, "default", _default(r)),
    "identity": lambda r, _t, c: _identity(r, c, always=True),
    "generated by default as identity": lambda r, _t, c: _identity(r, c, always=False),
    "primary key": lambda r, t, c: _constrain(r, t, c, "primary key"),
    "unique": lambda r, t, c: _constrain(r, t, c, "unique"),
    "references": lambda r, t, c: _constrain(r, t, c, "references"),
    "collate": lambda r, _t, _c: _collate(r),
    "constraint": _named,
}
_AFTER_DEFAULT = (",", ")", *(phrase.split()[0] for phrase in _ATTRIBUTES))


def _default(read: Reader) -> str:
    """An expression up to the next attribute, comma or closing bracket."""
    if read.accept("null"):
        return "null"
    return read.expression(*_AFTER_DEFAULT) or read.fail("expected a default value")


_NOT_OF_COLUMNS = {"interval": "interval year to month, or interval day to second", "string": "varchar"}


def read_type(read: Reader) -> Type:
    """Read a type's name, as many words as it has."""
    start = read.next
    words = [read.take().text]
    more = ("precision", "varying", "with", "without", "time", "zone", "year", "month", "day", "hour", "minute",
            "second", "to", "local")  # fmt: skip
    while read.choose(*more):
        words.append(read.last.text)
    if read.peek("("):
        read.take()
        words.append("(" + read.until(")") + ")")
        read.expect(")")
    while read.choose(*more):
        words.append(read.last.text)
    name = " ".join(words).lower()
    if name in _NOT_OF_COLUMNS:
        raise SqlError(f"there is no type {name!r} of a column", sql=read.sql, position=start.start,
                       hint=f"write {_NOT_OF_COLUMNS[name]}")  # fmt: skip
    try:
        return parse_type(name)
    except SqlError as exc:
        raise SqlError(exc.message, sql=read.sql, position=start.start, hint=exc.hint) from None


def check_columns(names: list[str], sql: str) -> None:
    """Raise for a column that is declared twice, or for too many."""
    if twice := next((n for i, n in enumerate(names) if n in names[:i]), None):
        raise SqlError(f"the column {twice!r} is declared twice", sql=sql, position=place_of(sql, twice))
    if len(names) > COLUMNS:
        raise SqlError(f"a table has at most {COLUMNS:,} columns, not {len(names):,}", sql=sql, position=0)
