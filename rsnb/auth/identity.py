"""Who signs in: what every identity answers, whatever it stands on."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any, Protocol

SECRET_ARGUMENTS = ("token", "web_identity_token")
MARGIN = timedelta(minutes=2)  # temporary credentials are renewed so long before they end


@dataclass(frozen=True)
class Credentials:
    """What the database is told: user and password, or a token; until when they are good (None: not known).

    arguments: more of the driver's connect, for what is no password.
    """

    user: str
    password: str = field(default="", repr=False)
    expires: datetime | None = None
    arguments: Mapping[str, Any] = field(default_factory=dict, repr=False)

    @property
    def fresh(self) -> bool:
        """Whether they will still be good in a while."""
        return self.expires is None or datetime.now(UTC) < self.expires - MARGIN

    def secrets(self) -> list[str]:
        """What may be shown nowhere."""
        return [str(v) for v in (self.password, *(self.arguments.get(k) for k in SECRET_ARGUMENTS)) if v]

    def driver(self) -> dict[str, Any]:
        """The keyword arguments of redshift_connector.connect that say who signs in."""
        return {"user": self.user, "password": self.password, **self.arguments}


class Identity(Protocol):
    """Who signs in. `credentials` may ask AWS, an identity provider or the user; what it got is kept in memory."""

    @property
    def name(self) -> str:
        """What signs in, as an error may show it: `the password of analyst from $PROD_PASSWORD`."""

    def credentials(self) -> Credentials:
        """Credentials that are good now; AuthError says why there are none."""

    def renew(self) -> bool:
        """After the server refused the credentials: whether others can be had, so that one more try is worth it."""
