"""Temporary database credentials that IAM gives: for a database user, or for the one of the IAM identity."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Mapping
from datetime import datetime
from typing import Any

from rsnb.auth import kept
from rsnb.auth.account import Account
from rsnb.auth.address import Address
from rsnb.auth.identity import Credentials
from rsnb.errors import ConfigError

SHORTEST, LONGEST = 900, 3600  # seconds


class Iam(kept.Kept):
    """Signs in with GetClusterCredentials, GetClusterCredentialsWithIAM or, to a workgroup, GetCredentials.

    account: gives the AWS account and the keys that the login adds, when it is first needed. key: what credentials
    are kept by.
    """

    def __init__(
        self,
        address: Address,
        keys: Mapping[str, Any],
        account: Callable[[], tuple[Account, Mapping[str, Any]]] | None = None,
        key: Hashable = None,
    ) -> None:
        super().__init__(key or kept.key_of(address, keys))
        self._address = address
        self._keys = keys
        self._account = account or (lambda: (Account.of(address, keys), {}))
        self.cluster = str(keys.get("cluster") or address.cluster)
        self.workgroup = "" if keys.get("cluster") else str(keys.get("workgroup") or address.workgroup)
        self._check()

    @property
    def name(self) -> str:
        """What IAM signs in to, and as whom."""
        place = f"the workgroup {self.workgroup}" if self.workgroup else f"the cluster {self.cluster}"
        user = f" as {self._user}" if self._user else ""
        return f"IAM for {place}{user}"

    @property
    def _user(self) -> str:
        return str(self._keys.get("db_user") or self._keys.get("user") or self._address.user)

    def _check(self) -> None:
        duration = self._keys.get("duration", SHORTEST)
        if not SHORTEST <= duration <= LONGEST:
            raise ConfigError(f"duration is {duration} s", hint=f"credentials last {SHORTEST} to {LONGEST} s")
        if not self.cluster and not self.workgroup:
            raise ConfigError(
                f"{self._address.host} does not say which cluster or workgroup it is",
                hint='cluster = "NAME" or workgroup = "NAME" in the profile',
            )
        asked = [key for key in ("db_groups", "auto_create") if self._keys.get(key)]
        if self.workgroup and (self._user or asked):
            named = ", ".join((["db_user"] if self._user else []) + asked)
            raise ConfigError(
                f"the workgroup {self.workgroup} takes no {named}: its user is the one of the IAM identity",
                hint="leave them, and the user of the URL, out; a role's tag RedshiftDbUser names the user",
            )

    def _get(self) -> Credentials:
        account, added = self._account()
        keys = {**self._keys, **added}
        user = str(keys.get("db_user") or self._user)
        if self.workgroup:
            return self._of_workgroup(account, keys)
        if user:
            return self._of_user(account, keys, user)
        if asked := [key for key in ("db_groups", "auto_create") if keys.get(key)]:
            raise ConfigError(f"{' and '.join(asked)} are for a db_user, and there is none", hint='db_user = "NAME"')
        return self._of_identity(account, keys)

    def _of_workgroup(self, account: Account, keys: Mapping[str, Any]) -> Credentials:
        client = account.client("redshift-serverless")
        with account.calling(f"getting credentials for the workgroup {self.workgroup}"):
            got = client.get_credentials(
                workgroupName=self.workgroup, dbName=self._address.database, **_duration(keys, "durationSeconds")
            )
        return Credentials(got["dbUser"], got["dbPassword"], _aware(got.get("expiration")))

    def _of_user(self, account: Account, keys: Mapping[str, Any], user: str) -> Credentials:
        groups = list(keys.get("db_groups") or ())
        client = account.client("redshift")
        with account.calling(f"getting credentials of {user} for the cluster {self.cluster}"):
            got = client.get_cluster_credentials(
                ClusterIdentifier=self.cluster,
                DbUser=user,
                DbName=self._address.database,
                AutoCreate=bool(keys.get("auto_create")),
                **({"DbGroups": groups} if groups else {}),
                **_duration(keys, "DurationSeconds"),
            )
        return Credentials(got["DbUser"], got["DbPassword"], _aware(got.get("Expiration")))

    def _of_identity(self, account: Account, keys: Mapping[str, Any]) -> Credentials:
        client = account.client("redshift")
        with account.calling(f"getting credentials for the cluster {self.cluster}"):
            got = client.get_cluster_credentials_with_iam(
                ClusterIdentifier=self.cluster, DbName=self._address.database, **_duration(keys, "DurationSeconds")
            )
        return Credentials(got["DbUser"], got["DbPassword"], _aware(got.get("Expiration")))


def _duration(keys: Mapping[str, Any], name: str) -> dict[str, int]:
    return {name: keys["duration"]} if "duration" in keys else {}


def _aware(moment: datetime | None) -> datetime | None:
    return moment.astimezone() if moment is not None else None
