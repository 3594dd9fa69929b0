"""User and password from a secret of AWS Secrets Manager, read again after a rotation."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from rsnb.auth import kept
from rsnb.auth.account import Account
from rsnb.auth.address import Address
from rsnb.auth.identity import Credentials
from rsnb.errors import AuthError

USERS = ("username", "user")  # as Secrets Manager writes it for Redshift, and as others do


class Secret(kept.Kept):
    """Signs in with what a secret's current version holds; it is read once, until that is refused."""

    def __init__(self, address: Address, keys: Mapping[str, Any]) -> None:
        super().__init__(kept.key_of(address, keys))
        self._address = address
        self._keys = keys
        self._id = str(keys["secret"])
        self._account = Account.of(address, keys)

    @property
    def name(self) -> str:
        """The secret and where it is."""
        return f"the secret {self._id}" + (f" of {self._account.region}" if self._account.region else "")

    def _get(self) -> Credentials:
        client = self._account.client("secretsmanager")
        with self._account.calling(f"reading the secret {self._id}"):
            answer = client.get_secret_value(SecretId=self._id, VersionStage="AWSCURRENT")
        text = answer.get("SecretString") or answer.get("SecretBinary", b"").decode("utf-8", "replace")
        return self._parsed(text)

    def _parsed(self, text: str) -> Credentials:
        """The secret's text, which is JSON with user and password, or the password alone."""
        try:
            fields = json.loads(text)
        except ValueError:
            fields = None
        if not isinstance(fields, dict):
            fields = {"password": text}
        named = next((str(fields[name]) for name in USERS if fields.get(name)), "")
        user = str(self._keys.get("user") or self._address.user or named)
        if not fields.get("password") or not user:
            what = "no password" if user else "no user"
            raise AuthError(
                f"{self.name} has {what}: it has the fields {', '.join(sorted(fields)) or 'none'}",
                hint='Redshift\'s secrets are {"username": …, "password": …}; a user may stand in the URL',
            )
        if named and user != named:
            raise AuthError(
                f"{self.name} is of the user {named}, and the profile says {user}", hint="leave the user out of the URL"
            )
        return Credentials(user, str(fields["password"]))
