"""ALTER TABLE of local tables: what is parsed, as a list of changes.

Source: Redshift Developer Guide, ALTER TABLE.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from rsnb.errors import SqlError
from rsnb.warehouse.definitions.constraints import read_table_constraint
from rsnb.warehouse.definitions.encodings import read_encoding
from rsnb.warehouse.definitions.places import Name
from rsnb.warehouse.definitions.tables import read_column, read_type
from rsnb.warehouse.grammar import Reader
from rsnb.warehouse.privileges.principals import read_principal


@dataclass(frozen=True)
class Change:
    """One change of a table: its kind, and what it needs by name."""

    kind: str
    values: dict[str, Any]


def table_of(sql: str) -> Name:
    """The name of the table that an ALTER TABLE changes."""
    read = Reader(sql)
    read.expect("alter", "table")
    return read.qualified()


def parse_alter_table(sql: str) -> list[Change]:
    """Read `alter table name change [, change ...]`; only ALTER ... changes may be several."""
    read = Reader(sql)
    read.expect("alter", "table")
    read.qualified()
    changes = [_change(read)]
    while read.peek(","):
        if changes[-1].kind not in _TOGETHER:
            read.fail(f"{changes[-1].kind.upper()} stands alone in ALTER TABLE")
        read.take()
        changes.append(_change(read))
        if changes[-1].kind not in _TOGETHER:
            read.fail(f"{changes[-1].kind.upper()} stands alone in ALTER TABLE")
    read.done()
    return changes


def _change(read: Reader) -> Change:
    start = read.next
    action = read.choose(*_ACTIONS)
    if action is None:
        if start.text.lower() in ("set", "partition"):
            read.refuse(f"ALTER TABLE ... {start.text.upper()} of a table that is not external")
        read.fail("expected ADD, ALTER, DROP, OWNER TO, RENAME or APPEND")
    return _ACTIONS[action](read)


def _add(read: Reader) -> Change:
    constraint = read_table_constraint(read)
    if constraint is not None:
        return Change("add constraint", {"constraint": constraint})
    return Change("add column", {"column": read_column(read)})


def _add_column(read: Reader) -> Change:
    if read.peek("if", "not", "exists"):
        read.fail("ADD COLUMN takes no IF NOT EXISTS")
    return Change("add column", {"column": read_column(read)})


def _drop_column(read: Reader) -> Change:
    return Change(
        "drop column", {"name": read.identifier(), "cascade": read.choose("cascade", "restrict") == "cascade"}
    )


def _drop_constraint(read: Reader) -> Change:
    return Change(
        "drop constraint", {"name": read.identifier(), "cascade": read.choose("cascade", "restrict") == "cascade"}
    )


def _rename_column(read: Reader) -> Change:
    old = read.identifier()
    read.expect("to")
    return Change("rename column", {"old": old, "new": read.identifier()})


def _rename(read: Reader) -> Change:
    new = read.identifier()
    if new.startswith("#"):
        raise SqlError("a table is not renamed to a temporary one", sql=read.sql, position=read.last.start)
    return Change("rename", {"new": new})


def _alter_column(read: Reader) -> Change:
    name = read.identifier()
    if read.accept("type"):
        return Change("alter type", {"name": name, "type": read_type(read)})
    if read.accept("encode"):
        return Change("alter encoding", {"name": name, "encoding": read_encoding(read)})
    return read.fail("expected TYPE or ENCODE")


def _diststyle(read: Reader) -> Change:
    style = read.choose("even", "all", "auto", "key") or read.fail("expected EVEN, KEY, ALL or AUTO")
    key = ""
    if style == "key":
        read.expect("distkey")
        key = read.identifier()
    return Change("alter distribution", {"style": style, "key": key})


def _distkey(read: Reader) -> Change:
    return Change("alter distribution", {"style": "key", "key": read.identifier()})


def _sortkey(read: Reader) -> Change:
    if style := read.choose("auto", "none"):
        return Change("alter sort key", {"style": style, "key": []})
    return Change("alter sort key", {"style": "compound", "key": read.names()})


def _append(read: Reader) -> Change:
    source = read.qualified()
    return Change("append", {"source": source, "extra": read.choose("ignoreextra", "filltarget") or ""})


def _interleaved(read: Reader) -> Change:
    return read.fail("a sort key is not altered to an interleaved one: expected SORTKEY")


_TOGETHER = {"alter encoding", "alter distribution", "alter sort key"}
_ACTIONS: dict[str, Callable[[Reader], Change]] = {
    "add column": _add_column,
    "add": _add,
    "alter column": _alter_column,
    "alter compound sortkey": _sortkey,
    "alter distkey": _distkey,
    "alter diststyle": _diststyle,
    "alter encode auto": lambda _read: Change("encode auto", {}),
    "alter interleaved": _interleaved,
    "alter sortkey": _sortkey,
    "append from": _append,
    "drop column": _drop_column,
    "drop constraint": _drop_constraint,
    "drop": _drop_column,
    "owner to": lambda read: Change("owner", {"owner": read_principal(read)}),
    "rename column": _rename_column,
    "rename to": _rename,
    "row level security": lambda read: read.refuse("ROW LEVEL SECURITY (privileges are recorded, not enforced)"),
}
