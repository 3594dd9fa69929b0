"""The options of CREATE USER and ALTER USER; of a password only whether there is one is kept.

Source: Redshift Developer Guide, CREATE USER, ALTER USER.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field

from rsnb.errors import SqlError
from rsnb.warehouse.grammar import Reader
from rsnb.warehouse.parameters import checked, parameter
from rsnb.warehouse.privileges.principals import read_principal

TIMEOUT = range(60, 1_728_001)  # seconds


@dataclass
class UserOptions:
    """What a statement says of a user; values holds the columns of the catalog's row that it changes."""

    values: dict[str, object] = field(default_factory=dict)
    groups: list[str] = field(default_factory=list)
    rename: str = ""
    settings: dict[str, str | None] = field(default_factory=dict)


def read_options(read: Reader, original: str, altering: bool) -> UserOptions:
    """Read options to the end; original is the text with its password, which stands in no error."""
    found = UserOptions()
    read.accept("with")
    known = {**_OPTIONS, **(_ALTERING if altering else _CREATING)}
    while read.next.kind != "end":
        option = read.choose(*known)
        if option is None:
            read.fail(f"did not expect {read.next.text!r} in the options of a user")
        if option == "password":
            _password(read, found, original)
        else:
            known[option](read, found)
        if altering:
            read.accept(",")
    if found.values.get("external_id") and found.values.get("password") not in (None, "disabled"):
        raise SqlError("a user with an EXTERNALID has PASSWORD DISABLE", sql=read.sql, position=0)
    return found


def _flag(column: str, value: object) -> Callable[[Reader, UserOptions], None]:
    def read_flag(_read: Reader, found: UserOptions) -> None:
        found.values[column] = value

    return read_flag


def _syslog(read: Reader, found: UserOptions) -> None:
    found.values["syslog"] = read.choose("restricted", "unrestricted") or read.fail(
        "expected RESTRICTED or UNRESTRICTED"
    )


def _valid_until(read: Reader, found: UserOptions) -> None:
    found.values["valid_until"] = read.string()


def _connections(read: Reader, found: UserOptions) -> None:
    found.values["connection_limit"] = None if read.accept("unlimited") else read.number()


def _timeout(read: Reader, found: UserOptions) -> None:
    seconds = read.number()
    if seconds not in TIMEOUT:
        raise SqlError(
            f"SESSION TIMEOUT is {TIMEOUT[0]} to {TIMEOUT[-1]:,} seconds", sql=read.sql, position=read.last.start
        )
    found.values["session_timeout"] = seconds


def _external_id(read: Reader, found: UserOptions) -> None:
    read.accept("to")
    found.values["external_id"] = read.verbatim()


def _groups(read: Reader, found: UserOptions) -> None:
    found.groups += read.several(read.name)


def _rename(read: Reader, found: UserOptions) -> None:
    found.rename = read_principal(read)


def _set(read: Reader, found: UserOptions) -> None:
    at = read.next.start
    name = "timezone" if read.accept("time", "zone") else read.name()
    known = parameter(name, read.sql, at)
    if not (read.accept("to") or read.accept("=")):
        read.fail("expected TO")
    if read.accept("default"):
        found.settings[name] = None
        return
    at = read.next.start
    value = _value(read)
    options = {option.split()[0] for option in (*_OPTIONS, *_ALTERING)}
    while read.peek(",") and not any(read.peek(",", word) for word in options):
        read.expect(",")
        value += f", {_value(read)}"
    found.settings[name] = checked(known, value, read.sql, at)


def _value(read: Reader) -> str:
    return read.string() if read.next.kind == "string" else read.take().text


def _reset(read: Reader, found: UserOptions) -> None:
    at = read.next.start
    name = read.name()
    parameter(name, read.sql, at)
    found.settings[name] = None


def _password(read: Reader, found: UserOptions, original: str) -> None:
    if read.accept("disable"):
        found.values["password"] = "disabled"  # noqa: S105
        return
    if read.next.kind != "string":
        read.fail("expected 'password' or DISABLE")
    token = read.take()
    why = _weakness(original[token.start + 1 : token.end - 1])
    if why:
        raise SqlError(f"the password is not taken: {why}", sql=read.sql, position=token.start)
    found.values["password"] = "set"  # noqa: S105


_HASHED = re.compile(r"md5[0-9a-f]{32}|sha256\|[0-9a-f]{64}\|[0-9a-f]{64}", re.IGNORECASE)


def _weakness(password: str) -> str | None:
    """What Redshift does not take of a password in clear text."""
    if _HASHED.fullmatch(password):
        return None
    clear = password.removeprefix("sha256|")
    if not 8 <= len(clear) <= 64:
        return "it is 8 to 64 characters long"
    if not all(re.search(wanted, clear) for wanted in ("[A-Z]", "[a-z]", "[0-9]")):
        return "it has an uppercase letter, a lowercase letter and a number"
    if re.search(r"""[^!-~]|['"\\/]""", clear):  # the guide's text excludes @ too, its examples use it
        return "it is of printable ASCII, without quotes, \\ and /"
    return None


_OPTIONS: dict[str, Callable[[Reader, UserOptions], None]] = {
    "connection limit": _connections,
    "createdb": _flag("createdb", True),
    "createuser": _flag("superuser", True),
    "externalid": _external_id,
    "nocreatedb": _flag("createdb", False),
    "nocreateuser": _flag("superuser", False),
    "password": _syslog,  # read by itself
    "session timeout": _timeout,
    "syslog access": _syslog,
    "valid until": _valid_until,
}
_CREATING: dict[str, Callable[[Reader, UserOptions], None]] = {"in group": _groups}
_ALTERING: dict[str, Callable[[Reader, UserOptions], None]] = {
    "rename to": _rename,
    "reset session timeout": _flag("session_timeout", None),
    "reset": _reset,
    "set": _set,
}
