"""SET and RESET of the session's parameters and context variables."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rsnb.errors import SqlError, similar
from rsnb.sql import Token
from rsnb.warehouse import chance, following
from rsnb.warehouse.faults import place_of
from rsnb.warehouse.grammar import Reader
from rsnb.warehouse.moments import intervals, zones
from rsnb.warehouse.moments.spellings import Unreadable
from rsnb.warehouse.outcome import Outcome
from rsnb.warehouse.parameters import checked, parameter

if TYPE_CHECKING:
    from rsnb.warehouse.connection import Connection


def set_(session: Connection, sql: str) -> Outcome:
    """SET [SESSION | LOCAL] name {TO | =} {value | DEFAULT}; SET SEED TO value; SET TIME ZONE value."""
    read = Reader(sql)
    read.expect("set")
    outcome = Outcome("SET")
    scope = read.choose("session", "local")
    place = read.next
    name = read_name(read)
    if not (read.accept("to") or read.accept("=")) and name != "timezone":
        read.fail("expected TO")
    value = None if read.accept("default") else _zone(read) if name == "timezone" else _value(read)
    read.done()
    if name == "seed":
        _seed(session, value, place, sql)
    elif scope == "local" and session.transaction.state == "idle":
        outcome.notes.append("SET LOCAL has no effect outside a transaction")
    else:
        put(session, name, value, scope == "local", sql, place)
    return outcome


def put(
    session: Connection, name: str, value: str | None, local: bool = False, sql: str = "", place: Token | None = None
) -> None:
    """Give a parameter or a context variable its value, or take it back."""
    position = place.start if place else None
    if "." not in name:
        known = parameter(name, sql, position)
        if name == "search_path" and value is not None:
            _check_path(session, value, sql)
        elif value is not None:
            value = checked(known, value, sql, position)
        if name == "timezone":  # a name that there is not is known to DuckDB alone
            following.use_zone(session, value or known.default)
    session.values.put(name, value, local)
    following.follow(session)


def read_name(read: Reader) -> str:
    """A parameter's name, or `identifier.identifier` of a context variable."""
    if read.accept("time", "zone"):
        return "timezone"
    name = ".".join(read.path())
    if name.count(".") > 1:
        read.fail("a context variable has one dot in its name")
    return name


def _zone(read: Reader) -> str:
    """A time zone; INTERVAL gives an offset."""
    if not read.accept("interval"):
        return _value(read)
    try:
        months, microseconds = intervals.read(read.string())
    except Unreadable as why:
        read.fail(f"the interval is not valid: {why}")
    if months or microseconds % 60_000_000:
        read.fail("an offset has hours and minutes")
    return zones.shown(microseconds // 1_000_000)


def _value(read: Reader) -> str:
    """Values with commas between them; one that is no plain word stands in double quotes, where there are several."""
    values = []
    while True:
        if read.next.kind == "end":
            read.fail("expected a value")
        if read.next.kind == "string":
            values.append(read.string())
        elif read.next.kind == "identifier":
            values.append(read.name())
        else:
            values.append(read.until(",").lower())
        if not read.accept(","):
            break
    if len(values) == 1:
        return values[0]
    return ", ".join(value if value.replace("_", "").isalnum() else f'"{value}"' for value in values)


def _seed(session: Connection, value: str | None, place: Token, sql: str) -> None:
    try:
        seed = float(value or "")
    except ValueError:
        seed = -1.0
    if not 0 <= seed <= 1:
        raise SqlError(f"the seed is a number from 0 to 1, not {value}", sql=sql, position=place.start)
    session.seed = chance.seed(session.db, seed, session.seed)


def _check_path(session: Connection, value: str, sql: str) -> None:
    known = session.snapshot.relations.all_schemas
    for name in (part.strip().strip('"') for part in value.split(",")):
        if name and name != "$user" and name not in known:
            raise SqlError(
                f"there is no schema {name}", sql=sql, position=place_of(sql, name), hint=similar(name, known)
            )


def reset(session: Connection, sql: str) -> Outcome:
    """RESET {name | ALL}."""
    read = Reader(sql)
    read.expect("reset")
    if read.accept("all"):
        session.values.clear()
        following.follow(session)
    else:
        place = read.next
        put(session, read_name(read), None, sql=sql, place=place)
    read.done()
    return Outcome("RESET")


HANDLERS = {"reset": reset, "set": set_}
