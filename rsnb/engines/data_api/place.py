"""Which warehouse the Data API runs statements on, and as whom."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from rsnb import auth
from rsnb.auth import Address
from rsnb.auth.account import Account
from rsnb.errors import ConfigError, similar

EXAMPLE = "data-api://sales/dev?region=eu-west-1&type=cluster"
KEEP_ALIVE = 1800  # seconds that a session stays after a statement
LONGEST_KEEP_ALIVE = 86_400
TYPES = {"cluster": "ClusterIdentifier", "workgroup": "WorkgroupName"}
OPTIONS = ("keep_alive", "region", "type")


@dataclass
class Place:
    """A warehouse of the Data API: the parameters that name it in a call, and the account that signs the calls.

    kinds: what the name may be, in the order in which they are tried; the first that the service knows stays.
    """

    address: Address
    keys: Mapping[str, Any]
    kinds: list[str]
    keep_alive: int

    @staticmethod
    def of(url: str, keys: Mapping[str, Any]) -> Place:
        """The place of a URL and a profile's keys; ConfigError for what the Data API does not take."""
        address = Address.parse(url, EXAMPLE)
        for option in address.options:
            if option not in OPTIONS:
                raise ConfigError(f"data-api:// has no option {option!r}", hint=similar(option, OPTIONS))
        keys = {**keys, **({"region": address.options["region"]} if "region" in address.options else {})}
        _check(keys)
        wanted = address.options.get("type", "")
        if wanted and wanted not in TYPES:
            raise ConfigError(f"type is {wanted!r}", hint="type=cluster or type=workgroup")
        kinds = [wanted] if wanted else ["workgroup"] if keys.get("workgroup") else list(TYPES)
        return Place(address, keys, kinds, _keep_alive(address.options.get("keep_alive", keys.get("keep_alive"))))

    @property
    def name(self) -> str:
        """The cluster's or workgroup's name."""
        return str(self.keys.get("workgroup") or self.keys.get("cluster") or self.address.host)

    @property
    def database(self) -> str:
        """The database that statements run in."""
        return self.address.database

    def account(self) -> tuple[Account, dict[str, str]]:
        """The account that signs the calls, and whom they name: a secret, a database user or nobody."""
        account, added = auth.account_of(self.address, self.keys)
        if secret := self.keys.get("secret"):
            return account, {"SecretArn": str(secret)}
        user = str(added.get("db_user") or self.keys.get("db_user") or self.address.user)
        return account, {"DbUser": user} if user else {}

    def __str__(self) -> str:
        kind = self.kinds[0] if len(self.kinds) == 1 else "cluster or workgroup"
        return f"the {kind} {self.name}"


def _check(keys: Mapping[str, Any]) -> None:
    kind = str(keys.get("identity") or "iam")
    if kind not in auth.SIGN_CALLS:
        raise ConfigError(
            f'the Data API takes no identity = "{kind}": its calls are signed by AWS credentials',
            hint=f"it takes {', '.join(sorted(auth.SIGN_CALLS))}",
        )
    for key in ("auto_create", "db_groups", "duration"):
        if key in keys:
            raise ConfigError(f"the Data API takes no {key}", hint="leave it out, or connect with redshift://")


def _keep_alive(value: object) -> int:
    try:
        seconds = KEEP_ALIVE if value is None else int(str(value))
    except ValueError:
        seconds = -1
    if not 0 <= seconds <= LONGEST_KEEP_ALIVE:
        raise ConfigError(f"keep_alive is {value!r}", hint=f"seconds: 0 to {LONGEST_KEEP_ALIVE}")
    return seconds
