"""Why a construct can't be translated; becomes an error where its place in the text is known."""

from __future__ import annotations

from rsnb.errors import SqlError, UnsupportedSql


class Refused(Exception):
    """A construct that DuckDB would answer otherwise, or whose answer is not known; says which."""


class Wrong(Exception):
    """A use of a construct that Redshift refuses too; hint says what to do."""

    def __init__(self, message: str, hint: str | None = None) -> None:
        super().__init__(message)
        self.hint = hint


def raised(why: Refused | Wrong, sql: str, position: int | None) -> SqlError:
    """The error to raise for a reason, at its place in the text."""
    if isinstance(why, Refused):
        return UnsupportedSql(f"{why} is not supported by the embedded warehouse", sql=sql, position=position)
    return SqlError(str(why), sql=sql, position=position, hint=why.hint)
