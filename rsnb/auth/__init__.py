"""Who signs in to a warehouse: from a URL and a profile's keys to credentials that are good now."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, TypeVar

from rsnb.auth import prompt
from rsnb.auth.address import Address
from rsnb.auth.identity import Credentials, Identity
from rsnb.auth.password import Password
from rsnb.errors import AuthError, ConfigError, similar

__all__ = ["Address", "Credentials", "Identity", "identify", "log_in"]

T = TypeVar("T")
Maker = Callable[[Address, Mapping[str, Any], Callable[[str], str]], Identity]

IDENTITIES: dict[str, Maker] = {"password": Password}


def identify(
    address: Address, keys: Mapping[str, Any], ask: Callable[[str], str] = prompt.hidden, default: str = "password"
) -> Identity:
    """The identity that a profile's keys name; nothing is asked for before its credentials are.

    ask: asks the user for a secret. ConfigError for an identity that is not there, or keys that are not right for it.
    """
    kind = str(keys.get("identity") or default)
    if kind not in IDENTITIES:
        raise ConfigError(f"there is no identity {kind!r}", hint=similar(kind, IDENTITIES))
    return IDENTITIES[kind](address, keys, ask)


def log_in(identity: Identity, attempt: Callable[[Credentials], T]) -> T:
    """Connect with an identity's credentials; refused ones (AuthError) are renewed and tried once more."""
    try:
        return attempt(identity.credentials())
    except AuthError:
        if not identity.renew():
            raise
    return attempt(identity.credentials())
