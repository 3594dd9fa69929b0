"""The steps inside a warehouse: the database answers, the search path leads somewhere, external schemas can be read."""

from __future__ import annotations

import json
from contextlib import suppress
from functools import cached_property

from rsnb.doctor.report import Way
from rsnb.errors import RsnbError, SqlError, UnsupportedSql
from rsnb.literals import quote_literal
from rsnb.profiles import Profile
from rsnb.session import Session, open_profile
from rsnb.settings import Config


class Database:
    """A session that is opened when a step first needs it."""

    def __init__(self, profile: Profile, config: Config) -> None:
        self._profile = profile
        self._config = config

    def steps(self) -> Way:
        """The steps of a warehouse; an embedded one has neither users nor roles."""
        steps: Way = [("database", self._database)]
        if self._profile.url.startswith("embedded:"):
            return steps
        return [*steps, ("search path", self._search_path), ("Spectrum role", self._spectrum)]

    def close(self) -> None:
        """End the session, if one was opened."""
        if "_session" in vars(self):
            self._session.close()

    @cached_property
    def _session(self) -> Session:
        return open_profile(self._profile, self._config)

    def _database(self) -> str:
        """Who is signed in to what, as far as the warehouse knows such a thing."""
        said = []
        for value in ("current_user", "current_database()", "version()"):
            with suppress(UnsupportedSql):
                said.append(str(self._session.sql(f"select {value}").scalar()).partition(", compiled")[0])
        return " · ".join(said) or str(self._session.sql("select 'it answers'").scalar())

    def _search_path(self) -> str:
        path = self._session.sql("show search_path").scalar()
        if self._session.sql("select current_schema()").scalar() is None:
            raise SqlError(
                f"no schema of the search path {path} is there, or may be used",
                hint="set search_path to SCHEMA, or write SCHEMA.TABLE; grant usage on schema … to …",
            )
        return str(path)

    def _spectrum(self) -> str:
        """A table of each role's first external schema is looked up: that asks the catalog with the role."""
        found = self._session.sql("select schemaname, esoptions from svv_external_schemas order by 1").table.to_pylist()
        schemas: dict[str, str] = {}
        for row in found:
            name, options = row.values()
            schemas.setdefault(_role(str(options or "")), str(name))
        for role, name in schemas.items():
            self._look_up(name, role)
        said = [f"{name} with {role or 'no role'}" for role, name in schemas.items()]
        return ", ".join(said) or "there is no external schema"

    def _look_up(self, schema: str, role: str) -> None:
        try:
            self._session.sql(
                f"select tablename from svv_external_tables where schemaname = {quote_literal(schema)} limit 1"
            )
        except RsnbError as exc:
            exc.message = f"the external schema {schema} can't be read{f' with {role}' if role else ''}: {exc.message}"
            raise


def _role(options: str) -> str:
    """The role of an external schema's options, which are JSON."""
    try:
        return str(json.loads(options).get("IAM_ROLE", ""))
    except (ValueError, AttributeError):
        return ""
