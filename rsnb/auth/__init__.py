"""Who signs in to a warehouse: from a URL and a profile's keys to credentials that are good now."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial
from typing import Any, TypeVar

from rsnb.auth import kinds, prompt, redaction
from rsnb.auth.account import Account
from rsnb.auth.address import Address
from rsnb.auth.iam import Iam
from rsnb.auth.identity import Credentials, Identity
from rsnb.auth.password import Password
from rsnb.auth.saml import Saml
from rsnb.auth.secret import Secret
from rsnb.auth.token import Token
from rsnb.errors import AuthError

__all__ = ["SIGN_CALLS", "Address", "Credentials", "Identity", "account_of", "identify", "log_in"]

T = TypeVar("T")
Ask = Callable[[str], str]

_SAML = ("adfs", "azure", "browser-azure", "browser-saml", "okta", "ping")
SIGN_CALLS = ("iam", "secret", *_SAML)  # those that give AWS credentials

IDENTITIES: dict[str, Callable[[Address, Mapping[str, Any], Ask], Identity]] = {
    "iam": lambda address, keys, ask: Iam(address, keys),
    "password": Password,
    "secret": lambda address, keys, ask: Secret(address, keys),
    **{kind: partial(Saml, kind) for kind in _SAML},
    **{kind: partial(Token, kind) for kind in ("browser-azure-oauth2", "idc-browser", "idp-token", "jwt")},
}


def identify(
    address: Address, keys: Mapping[str, Any], ask: Ask = prompt.hidden, default: str = "password"
) -> Identity:
    """The identity that a profile's keys name; nobody and nothing is asked before its credentials are.

    ask: asks the user for a secret. ConfigError for an identity that is not there, or keys that are not right for it.
    """
    kind = str(keys.get("identity") or default)
    kinds.check(kind, keys)
    return IDENTITIES[kind](address, keys, ask)


def account_of(
    address: Address, keys: Mapping[str, Any], ask: Ask = prompt.hidden
) -> tuple[Account, Mapping[str, Any]]:
    """The AWS account of an identity that gives AWS credentials (SIGN_CALLS), and what it says of the database user."""
    kind = str(keys.get("identity") or "iam")
    kinds.check(kind, keys)
    if kind in _SAML:
        return Saml(kind, address, keys, ask).account()
    return Account.of(address, keys), {}


def log_in(identity: Identity, attempt: Callable[[Credentials], T]) -> T:
    """Connect with an identity's credentials; refused ones (AuthError) are renewed and tried once more."""
    try:
        return attempt(_hidden(identity.credentials()))
    except AuthError:
        if not identity.renew():
            raise
    return attempt(_hidden(identity.credentials()))


def _hidden(credentials: Credentials) -> Credentials:
    redaction.hide(*credentials.secrets())
    return credentials
