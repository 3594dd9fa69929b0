"""A token in place of a password: of an OpenID Connect provider that Redshift knows, or of IAM Identity Center.

The driver's plugin gets it; connections then send it, so that several of them ask for one login.
"""

from __future__ import annotations

import base64
import json
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from rsnb.auth import kept, plugins
from rsnb.auth.account import Account
from rsnb.auth.address import Address
from rsnb.auth.identity import Credentials
from rsnb.auth.password import from_environment
from rsnb.errors import AuthError, ConfigError

_SENDER_OF_JWT = "redshift_connector.plugin.BasicJwtCredentialsProvider"
_SENDER = "redshift_connector.plugin.IdpTokenAuthPlugin"


class Token(kept.Kept):
    """Signs in with a token, which is got again when it expires or is refused."""

    def __init__(self, kind: str, address: Address, keys: Mapping[str, Any], ask: Callable[[str], str]) -> None:
        self._kind = kind
        super().__init__(kept.key_of(address, keys))
        self._address = address
        self._keys = keys
        self._ask = ask

    @property
    def name(self) -> str:
        """Whose token it is, and where it comes from."""
        place = self._keys.get("token_env") or self._keys.get("token_file")
        return f"a token of {self._kind}" + (f" from {place}" if place else "")

    def _get(self) -> Credentials:
        token, sent, expires = _SOURCES[self._kind](self)
        user = str(self._keys.get("user") or self._address.user)
        return Credentials(user, "", expires or _expiry(token), sent)

    def _given(self) -> str:
        """The token of the environment or of a file; empty when the profile names neither."""
        if variable := self._keys.get("token_env"):
            return from_environment(variable, "token_env")
        if not (place := self._keys.get("token_file")):
            return ""
        try:
            return Path(place).expanduser().read_text(encoding="utf-8").strip()
        except OSError as exc:
            raise AuthError(
                f"the token's file {place} can't be read: {exc.strerror}", hint="token_file names it"
            ) from exc

    def _jwt(self) -> _Got:
        return self._as_jwt(self._given())

    def _entra(self) -> _Got:
        plugin = plugins.make(self._kind, self._address, self._keys, self._ask)
        with plugins.signing_in(self._kind, self._address):
            return self._as_jwt(str(plugin.get_jwt_assertion()))

    def _as_jwt(self, token: str) -> _Got:
        sent = {"credentials_provider": _SENDER_OF_JWT, "web_identity_token": token}
        return token, sent | self._also("provider_name"), None

    def _identity_center(self) -> _Got:
        plugin = plugins.make(self._kind, self._address, self._keys, self._ask)
        with plugins.signing_in(self._kind, self._address):
            token = str(plugin.get_auth_token())
        return token, self._as_token(token, "ACCESS_TOKEN"), None

    def _idp_token(self) -> _Got:
        if token := self._given():
            return token, self._as_token(token, str(self._keys.get("token_type") or "ACCESS_TOKEN")), None
        cluster, workgroup = self._keys.get("cluster") or self._address.cluster, self._keys.get("workgroup")
        workgroup = workgroup or self._address.workgroup
        if not cluster and not workgroup:
            raise ConfigError(
                f"{self._address.host} does not say which cluster or workgroup it is",
                hint='cluster = "NAME", workgroup = "NAME", or a token: token_env = "NAME"',
            )
        account = Account.of(self._address, self._keys)
        client = account.client("redshift" if cluster else "redshift-serverless")
        asked = {"ClusterIds": [cluster]} if cluster else {"workgroupNames": [workgroup]}
        with account.calling("getting a token of IAM Identity Center"):
            got = {key.lower(): value for key, value in client.get_identity_center_auth_token(**asked).items()}
        return got["token"], self._as_token(got["token"], "SUBJECT_TOKEN"), got.get("expirationtime")

    def _as_token(self, token: str, kind: str) -> dict[str, Any]:
        sent = {"credentials_provider": _SENDER, "token": token, "token_type": kind}
        return sent | self._also("identity_namespace", "idc_client_display_name")

    def _also(self, *names: str) -> dict[str, Any]:
        return {name: self._keys[name] for name in names if self._keys.get(name)}


_Got = tuple[str, dict[str, Any], datetime | None]  # the token, the driver's arguments, until when it is good
_SOURCES: dict[str, Callable[[Token], _Got]] = {
    "browser-azure-oauth2": Token._entra,
    "idc-browser": Token._identity_center,
    "idp-token": Token._idp_token,
    "jwt": Token._jwt,
}


def _expiry(token: str) -> datetime | None:
    """When a JSON web token says that it ends; None for a token of another form."""
    try:
        body = token.split(".")[1]
        claims = json.loads(base64.urlsafe_b64decode(body + "=" * (-len(body) % 4)))
        return datetime.fromtimestamp(claims["exp"], UTC)
    except (IndexError, KeyError, TypeError, ValueError):
        return None
