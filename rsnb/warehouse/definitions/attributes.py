"""The attributes of a table or materialized view: BACKUP, distribution, sort keys, ENCODE AUTO.

Source: Redshift Developer Guide, CREATE TABLE, CREATE TABLE AS, CREATE MATERIALIZED VIEW.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from rsnb.errors import SqlError
from rsnb.warehouse.faults import place_of
from rsnb.warehouse.grammar import Reader

SORT_COLUMNS = {"compound": 400, "interleaved": 8}
_UNKEYED = {"super", "geometry", "geography", "hllsketch", "binary varying"}  # types that are no key


@dataclass
class Attributes:
    """How a table is to be stored; a key is a column's name, or in a table AS a query its position from 1.

    diststyle, sortstyle: empty where not said. Source of the defaults: CREATE TABLE.
    """

    diststyle: str = ""
    distkey: str = ""
    sortstyle: str = ""
    sortkey: list[str] = field(default_factory=list)
    backup: bool | None = None
    encode_auto: bool = False

    @property
    def are_given(self) -> bool:
        """Whether any was written."""
        return self != Attributes()

    def set_distkey(self, read: Reader, column: str) -> None:
        """Note the one distribution key."""
        if self.distkey:
            raise SqlError("a table has one distribution key", sql=read.sql, position=read.last.start)
        self.distkey = column

    def set_sortkey(self, read: Reader, style: str, columns: list[str]) -> None:
        """Note the one sort key."""
        if self.sortstyle:
            raise SqlError("a table has one sort key", sql=read.sql, position=read.last.start)
        self.sortstyle, self.sortkey = style, columns


_PHRASES = ("backup", "diststyle", "distkey", "compound sortkey", "interleaved sortkey", "sortkey", "encode auto")


def read_attributes(read: Reader, into: Attributes) -> None:
    """Read the attributes that come next, in any order."""
    while key := read.choose(*_PHRASES):
        if key == "backup":
            choice = read.choose("yes", "no") or read.fail("expected YES or NO")
            into.backup = choice == "yes"
        elif key == "diststyle":
            into.diststyle = read.choose("even", "key", "all", "auto") or read.fail("expected EVEN, KEY, ALL or AUTO")
        elif key == "distkey":
            (column, *others) = read.listed(lambda: _key(read))
            if others:
                raise SqlError("a table has one distribution key", sql=read.sql, position=read.last.start)
            into.set_distkey(read, column)
        elif key == "encode auto":
            into.encode_auto = True
        elif key == "sortkey" and read.accept("auto"):
            into.set_sortkey(read, "auto", [])
        else:
            style = key.removesuffix("sortkey").strip() or "compound"
            into.set_sortkey(read, style, read.listed(lambda: _key(read)))


def _key(read: Reader) -> str:
    return str(read.number()) if read.next.kind == "number" else read.identifier()


def settle(attributes: Attributes, columns: list[str], types: dict[str, str], sql: str) -> None:
    """Turn positions into names; raise where a key is no column or the style and the key disagree.

    types: the columns' types by Redshift's names, where known.
    """
    attributes.distkey = _column(attributes.distkey, columns, sql) if attributes.distkey else ""
    attributes.sortkey = [_column(key, columns, sql) for key in attributes.sortkey]
    for key in filter(None, [attributes.distkey, *attributes.sortkey]):
        if types.get(key, "") in _UNKEYED:
            raise SqlError(f"a column of type {types[key]} is no key: {key}", sql=sql, position=place_of(sql, key))
    if attributes.distkey and attributes.diststyle not in ("", "key"):
        raise SqlError(
            f"DISTSTYLE {attributes.diststyle.upper()} takes no distribution key", sql=sql,
            position=place_of(sql, "diststyle"),
        )  # fmt: skip
    if attributes.diststyle == "key" and not attributes.distkey:
        raise SqlError("DISTSTYLE KEY needs DISTKEY (column)", sql=sql, position=place_of(sql, "diststyle"))
    most = SORT_COLUMNS.get(attributes.sortstyle, 0)
    if len(attributes.sortkey) > most:
        raise SqlError(
            f"{attributes.sortstyle} sort keys have at most {most} columns", sql=sql, position=place_of(sql, "sortkey")
        )


def _column(key: str, columns: list[str], sql: str) -> str:
    if key.isdigit() and 1 <= int(key) <= len(columns):
        return columns[int(key) - 1]
    if key not in columns:
        raise SqlError(f"the key column {key!r} is not a column of the table", sql=sql, position=place_of(sql, key))
    return key
