"""How a session follows its parameters: its search path, its time zone, what its functions answer."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rsnb._version import __version__
from rsnb.literals import quote_identifier
from rsnb.warehouse.catalog import DATABASE
from rsnb.warehouse.moments import zones
from rsnb.warehouse.parameters import Values
from rsnb.warehouse.relations import Relations
from rsnb.warehouse.spelling import text

if TYPE_CHECKING:
    from rsnb.warehouse.connection import Connection

# What drivers read of it is `PostgreSQL 8.0.2` and `Redshift`
VERSION = f"PostgreSQL 8.0.2 on DuckDB, embedded in rsnb {__version__}, Redshift 1.0"


def follow(session: Connection) -> None:
    """Do as the session's parameters now say."""
    seen = Relations(session.catalog)
    path = tuple(name for name in _schemas(session.values, session.user) if name in seen.all_schemas) or ("public",)
    local = [name for name in path if name in seen.schemas] or ["public"]
    session.db.execute(f"SET search_path = {text(','.join(quote_identifier(name) for name in local))}")
    session.search_path = path
    use_zone(session, session.values["timezone"])
    tell_functions(session)
    session.snapshot.expire()


def _schemas(values: Values, user: str) -> tuple[str, ...]:
    """The schemas of search_path, `$user` being the user's own."""
    names = (part.strip().strip('"') for part in values["search_path"].split(","))
    return tuple(user if name == "$user" else name for name in names if name)


def use_zone(session: Connection, zone: str) -> None:
    """Have DuckDB count in a time zone."""
    session.db.execute(f"SET TimeZone = {text(zones.of_session(zone) or zone)}")


def tell_functions(session: Connection) -> None:
    """Fill what the session's functions answer until the user or the search path changes."""
    values = {
        "all_schemas": f"{{{','.join(['pg_catalog', *session.search_path])}}}",
        "database": DATABASE,
        "pid": session.pid,
        "schema": session.search_path[0],
        "schemas": f"{{{','.join(session.search_path)}}}",
        "session_user": session.user,
        "user": session.user,
        "user_id": session.user_id,
        "version": VERSION,
    }
    session.db.execute("SET VARIABLE rsnb_session = ?", [values])
