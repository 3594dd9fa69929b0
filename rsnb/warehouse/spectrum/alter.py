"""ALTER TABLE of external tables: what is parsed, as one change.

Source: Redshift Developer Guide, ALTER TABLE (the options that apply to external tables), ALTER EXTERNAL TABLE
examples.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

from rsnb.errors import SqlError
from rsnb.warehouse.grammar import Reader
from rsnb.warehouse.spectrum.create import read_column, read_format, read_location, read_property
from rsnb.warehouse.spectrum.formats import TEXTFILE, FileFormat
from rsnb.warehouse.spectrum.table import ExternalColumn

NO_COLUMN = ExternalColumn("", "", "")
AT_ONCE = 100  # partitions that one statement may add
Values = dict[str, str]  # of a partition's keys, as they were written


@dataclass
class Change:
    """One change of an external table: its kind, and what it needs."""

    kind: str
    partitions: list[tuple[Values, str]] = field(default_factory=list)  # with their locations
    if_not_exists: bool = False
    location: str = ""
    format: FileFormat = TEXTFILE
    properties: dict[str, str] = field(default_factory=dict)
    column: ExternalColumn = NO_COLUMN
    name: str = ""
    new_name: str = ""


def parse_alter(sql: str) -> Change:
    """Read `alter table schema.name change`."""
    read = Reader(sql)
    read.expect("alter", "table")
    read.qualified()
    action = read.choose(*_ACTIONS)
    if action is None:
        read.fail("expected ADD, DROP, PARTITION, RENAME COLUMN or SET")
    change = _ACTIONS[action](read)
    read.done()
    return change


def _add(read: Reader) -> Change:
    if_not_exists = read.accept("if", "not", "exists")
    if not read.peek("partition"):
        if if_not_exists:
            read.fail("expected PARTITION")
        read.accept("column")
        column = read_column(read)
        if read.next.text.lower() in ("default", "encode", "not", "null"):
            read.fail(f"a column of an external table takes no {read.next.text.upper()}")
        return Change("add column", column=column)
    found = []
    while read.accept("partition"):
        values = _values(read)
        read.expect("location")
        found.append((values, read_location(read)))
        read.accept(",")
    if len(found) > AT_ONCE:
        raise SqlError(
            f"one statement adds at most {AT_ONCE} partitions, not {len(found)}", sql=read.sql, position=0,
            hint="add the others with further statements",
        )  # fmt: skip
    return Change("add partition", found, if_not_exists)


def _values(read: Reader) -> Values:
    """`(key=value, ...)`; a value that is no text may stand without quotes."""
    values: Values = {}
    for key, value in read.listed(lambda: _value(read)):
        if key in values:
            read.fail(f"{key} stands twice in the partition")
        values[key] = value
    return values


def _value(read: Reader) -> tuple[str, str]:
    key = read.name()
    read.expect("=")
    if read.next.kind == "string":
        return key, read.string()
    sign = "-" if read.accept("-") else ""
    return key, sign + read.until(",", ")")


def _drop(read: Reader) -> Change:
    if read.accept("partition"):
        return Change("drop partition", [(_values(read), "")])
    read.accept("column")
    name = read.name()
    read.choose("cascade", "restrict")  # are ignored for external tables
    return Change("drop column", name=name)


def _move(read: Reader) -> Change:
    values = _values(read)
    read.expect("set", "location")
    return Change("move partition", [(values, read_location(read))])


def _rename(read: Reader) -> Change:
    if read.accept("to"):
        read.fail("an external table can't be renamed")
    read.accept("column")
    old = read.name()
    read.expect("to")
    return Change("rename column", name=old, new_name=read.name())


def _set_format(read: Reader) -> Change:
    return Change("set format", format=read_format(read))


def _set_location(read: Reader) -> Change:
    return Change("set location", location=read_location(read))


def _set_properties(read: Reader) -> Change:
    return Change("set properties", properties=dict(read.listed(lambda: read_property(read))))


_ACTIONS: dict[str, Callable[[Reader], Change]] = {
    "add": _add,
    "drop": _drop,
    "partition": _move,
    "rename": _rename,
    "set file format": _set_format,
    "set location": _set_location,
    "set table properties": _set_properties,
}
