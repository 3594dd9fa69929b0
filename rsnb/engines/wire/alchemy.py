"""A SQLAlchemy engine over the session's own connection, which it borrows for as long as it uses it."""

from __future__ import annotations

from collections.abc import Callable
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

from rsnb.engines.wire.link import Link

if TYPE_CHECKING:
    import sqlalchemy


class Borrowed:
    """The driver's connection in the hands of somebody else: statements do not commit by themselves.

    give_back: called once, when it is closed; what is not committed then is rolled back.
    """

    def __init__(self, link: Link, give_back: Callable[[], None]) -> None:
        self._link = link
        self._give_back: Callable[[], None] | None = give_back
        link.driver.autocommit = False

    def __getattr__(self, name: str) -> Any:
        return getattr(self._link.driver, name)

    @property
    def autocommit(self) -> bool:
        """Whether each statement commits by itself; SQLAlchemy sets it for its isolation level AUTOCOMMIT."""
        return bool(self._link.driver.autocommit)

    @autocommit.setter
    def autocommit(self, value: bool) -> None:
        self._link.driver.autocommit = value

    def close(self) -> None:
        """Give the connection back."""
        give_back, self._give_back = self._give_back, None
        if give_back is None:
            return
        try:
            self._link.driver.rollback()
        except Exception:  # it is lost, and the next statement opens another
            self._link.lost = True
        finally:
            self._link.driver.autocommit = True
            give_back()


def create_engine(borrow: Callable[[], Borrowed]) -> sqlalchemy.Engine:
    """An engine that borrows the connection each time that one is asked for."""
    import sqlalchemy
    from sqlalchemy.pool import NullPool

    made = sqlalchemy.create_engine("redshift+redshift_connector://", creator=borrow, poolclass=NullPool)
    if not sqlalchemy.__version__.startswith("2.0."):
        _reflect_types_as_before(made.dialect)
    return made


def _reflect_types_as_before(dialect: Any) -> None:
    """Have a column's type read although sqlalchemy-redshift 1.0 calls SQLAlchemy's reader as 2.0 had it.

    From 2.1 on that takes domains and enums in one, and is asked for each column. Redshift has neither.
    """
    own = dialect._reflect_type

    def reflect(format_type: str, domains: Any, enums: Any, **options: Any) -> Any:
        return own(format_type, SimpleNamespace(domains={}, enums={}), **options)

    dialect._reflect_type = reflect
