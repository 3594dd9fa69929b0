"""A password: from the URL of a call, the environment, the keyring, or the user."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from rsnb.auth import kept
from rsnb.auth.address import Address
from rsnb.auth.identity import Credentials
from rsnb.errors import AuthError, ConfigError, MissingExtra

VARIABLE = "REDSHIFT_PASSWORD"


class Password:
    """Signs in with a user and a password."""

    def __init__(self, address: Address, keys: Mapping[str, Any], ask: Callable[[str], str]) -> None:
        self._address = address
        self._keys = keys
        self._ask = ask
        self._user = str(keys.get("user") or address.user)
        self._kept: Credentials | None = None

    @property
    def name(self) -> str:
        """Whose password it is, and where it comes from."""
        return f"the password of {self._user} from {self._place()}"

    def credentials(self) -> Credentials:
        """User and password; the user is asked once."""
        if not self._user:
            raise ConfigError(
                f"nobody is named who signs in to {self._address}", hint=f"redshift://USER@{self._address.host}/…"
            )
        if self._kept is None:
            self._kept = Credentials(self._user, self._read())
        return self._kept

    def renew(self) -> bool:
        """Look for the password again: whether it is another one than before."""
        before, self._kept = self._kept, None
        if before is not None:
            kept.forget(self._key, before)
        return before is not None and self.credentials() != before

    def _place(self) -> str:
        if self._address.password:
            return "the URL"
        if variable := self._keys.get("password_env"):
            return f"${variable}"
        if service := self._keys.get("keyring"):
            return f"the keyring's {service}"
        return f"${VARIABLE}" if os.environ.get(VARIABLE) else "the keyboard"

    def _read(self) -> str:
        if self._address.password:
            return self._address.password
        if variable := self._keys.get("password_env"):
            return from_environment(variable, "password_env")
        if service := self._keys.get("keyring"):
            return from_keyring(service, self._user)
        if value := os.environ.get(VARIABLE):
            return value
        return kept.fresh(self._key, self._typed).password

    @property
    def _key(self) -> tuple[str, str]:
        return self._user, str(self._address)

    def _typed(self) -> Credentials:
        """What the user types is kept in memory, for other sessions of hers."""
        return Credentials(self._user, self._ask(f"password of {self._user} at {self._address.host}"))


def from_environment(variable: str, key: str) -> str:
    """A secret that an environment variable holds; AuthError when it is not set."""
    if not variable.isidentifier():  # it may be the secret itself: it is not shown
        raise ConfigError(f"{key} does not name an environment variable", hint=f'{key} = "PROD_PASSWORD"')
    if value := os.environ.get(variable):
        return value
    raise AuthError(f"the environment variable {variable} is not set, and {key} names it", hint=f"export {variable}=…")


def from_keyring(service: str, user: str) -> str:
    """A password of the system's keyring; AuthError when it has none, or can't be opened."""
    with _keyring("read") as keyring:
        value = keyring.get_password(service, user)
    if value is None:
        raise AuthError(f"the keyring has no password of {user} for {service}", hint=f"keyring set {service!r} {user}")
    return str(value)


def into_keyring(service: str, user: str, password: str) -> None:
    """Keep a password in the system's keyring."""
    with _keyring("written") as keyring:
        keyring.set_password(service, user, password)


@contextmanager
def _keyring(done: str) -> Iterator[Any]:
    """The package, its errors as ours."""
    try:
        import keyring
        from keyring.errors import KeyringError
    except ModuleNotFoundError as exc:
        raise MissingExtra(
            "the system's keyring is opened by the package keyring, which is not installed",
            hint="pip install 'rsnb[keyring]'",
        ) from exc
    try:
        yield keyring
    except KeyringError as exc:
        raise AuthError(f"the keyring can't be {done}: {exc}", hint="or name password_env in the profile") from exc
