"""A connection's URL, taken apart: `redshift://user@host:5439/database?tls=verify-full`."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from urllib.parse import parse_qsl, unquote, urlsplit

from rsnb.errors import ConfigError

PORT = 5439
EXAMPLE = "redshift://analyst@sales.abc123.eu-west-1.redshift.amazonaws.com:5439/dev"
_CLUSTER = re.compile(r"(?P<name>[^.]+)\.[^.]+\.(?P<region>[^.]+)\.redshift\.amazonaws\.com(\.cn)?")
_WORKGROUP = re.compile(
    r"(?P<name>[^.]+)\.(?P<account>\d{12})\.(?P<region>[^.]+)\.redshift-serverless\.amazonaws\.com(\.cn)?"
)


@dataclass(frozen=True)
class Address:
    """Where a warehouse is: the parts of its URL, and what the host's name says of it."""

    host: str
    database: str
    port: int = PORT
    user: str = ""
    password: str = field(default="", repr=False)
    options: Mapping[str, str] = field(default_factory=dict)

    @staticmethod
    def parse(url: str, example: str = EXAMPLE) -> Address:
        """The parts of a URL; ConfigError for one without host or database, never showing a password."""
        try:
            parts = urlsplit(url)
            port = parts.port or PORT
        except ValueError:
            raise _wrong(
                "the URL can't be read: characters like / and # of a password are written %2F and %23", example
            ) from None
        database = unquote(parts.path.removeprefix("/"))
        if not parts.hostname:
            raise _wrong("the URL names no host", example)
        if not database or "/" in database:
            raise _wrong(f"the URL names no database on {parts.hostname}", example)
        return Address(
            host=parts.hostname,
            database=database,
            port=port,
            user=unquote(parts.username or ""),
            password=unquote(parts.password or ""),
            options=dict(parse_qsl(parts.query, keep_blank_values=True)),
        )

    @property
    def cluster(self) -> str:
        """The identifier of the provisioned cluster that the host's name gives, else nothing."""
        return self._part(_CLUSTER, "name")

    @property
    def workgroup(self) -> str:
        """The serverless workgroup that the host's name gives, else nothing."""
        return self._part(_WORKGROUP, "name")

    @property
    def region(self) -> str:
        """The AWS region that the host's name gives, else nothing."""
        return self._part(_CLUSTER, "region") or self._part(_WORKGROUP, "region")

    def __str__(self) -> str:
        """What may be shown of it."""
        return f"{self.host}:{self.port}/{self.database}"

    def _part(self, pattern: re.Pattern[str], name: str) -> str:
        match = pattern.fullmatch(self.host)
        return match[name] if match else ""


def _wrong(what: str, example: str) -> ConfigError:
    return ConfigError(what, hint=f"for instance {example}")
