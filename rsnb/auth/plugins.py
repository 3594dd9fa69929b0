"""The driver's plugins for identity providers: made from a profile's keys, run by us, their errors told as ours."""

from __future__ import annotations

import warnings
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from rsnb.auth import redaction
from rsnb.auth.address import Address
from rsnb.auth.kinds import KINDS
from rsnb.auth.password import Password, from_environment
from rsnb.errors import AuthError, Cancelled

_AS_THE_DRIVER_SAYS = {"idp_port": "idpPort", "user": "user_name"}
OURS = (
    "aws_profile",
    "assume_roles",
    "client_secret_env",
    "identity",
    "keyring",
    "password_env",
    "token_env",
    "token_file",
)


def make(kind: str, address: Address, keys: Mapping[str, Any], ask: Callable[[str], str]) -> Any:
    """The driver's plugin of an identity, with the parameters that the profile gives; it has not signed in yet."""
    from redshift_connector.idp_auth_helper import IdpAuthHelper
    from redshift_connector.redshift_property import RedshiftProperty

    if "browser" in kind:
        _browser_needed(kind)
    properties = RedshiftProperty()
    given = {_AS_THE_DRIVER_SAYS.get(key, key): value for key, value in keys.items() if key not in OURS}
    given |= {"host": address.host, "db_name": address.database, "credentials_provider": KINDS[kind].plugin}
    if KINDS[kind].asks_password:
        credentials = Password(address, keys, ask).credentials()
        given |= {"user_name": credentials.user, "password": credentials.password}
        redaction.hide(credentials.password)
    if variable := keys.get("client_secret_env"):
        given["client_secret"] = from_environment(variable, "client_secret_env")
        redaction.hide(given["client_secret"])
    for name, value in given.items():
        properties.put(name, value)
    with signing_in(kind, address):
        return IdpAuthHelper.load_credentials_provider(properties)


@contextmanager
def signing_in(kind: str, address: Address) -> Iterator[None]:
    """Give what goes wrong in a plugin as AuthError, without a secret in it; the driver's own warnings are not ours."""
    from redshift_connector.error import Error

    redaction.hide()
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            yield
    except KeyboardInterrupt:
        raise Cancelled(f"signing in with {kind} was interrupted") from None
    except (Error, OSError, ValueError, TypeError, LookupError, AttributeError) as exc:
        redaction.clean_error(exc)
        raise AuthError(
            f"signing in to {address} with {kind} failed: {_innermost(exc)}", hint=_CHECK.format(kind)
        ) from exc


def _browser_needed(kind: str) -> None:
    """The plugin would wait in vain where no browser can be opened, as on a notebook server."""
    import webbrowser

    try:
        webbrowser.get()
    except webbrowser.Error as exc:
        raise AuthError(
            f"{kind} signs in in a browser, and this machine has none to open",
            hint='set BROWSER, or sign in elsewhere and give the token: identity = "jwt" or "idp-token"',
        ) from exc


def _innermost(error: BaseException) -> str:
    """What the first error of a chain says: the driver wraps it in sentences of its own."""
    while inner := error.__cause__ or error.__context__ or _wrapped(error):
        error = inner
    return redaction.clean(str(error)) or type(error).__name__


def _wrapped(error: BaseException) -> BaseException | None:
    return next((argument for argument in error.args if isinstance(argument, BaseException)), None)


_CHECK = "is what the profile says of {} right? `rsnb doctor` shows how far it comes"
