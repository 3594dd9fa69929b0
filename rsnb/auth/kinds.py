"""The identities that a profile may name: which keys each needs and takes, and the driver's plugin that it stands on.

Source of names and requirements: the plugin classes of redshift_connector 2.2.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from rsnb.errors import ConfigError, similar
from rsnb.profile_keys import KEYS

_AWS = ("assume_roles", "aws_profile", "region", "role_session_name")
_PASSWORD = ("keyring", "password_env", "user")
_LOGIN = ("auto_create", "cluster", "db_groups", "db_user", "duration", "region", "user", "workgroup")
_SAML = (*_LOGIN, "preferred_role", "ssl_insecure")
_TOKEN = ("token_env", "token_file")


@dataclass(frozen=True)
class Kind:
    """An identity: what it is, the keys that it needs and those that it takes, and its plugin."""

    help: str
    needs: tuple[str, ...] = ()
    takes: tuple[str, ...] = ()
    plugin: str = ""
    asks_password: bool = False


KINDS = {
    "adfs": Kind(
        "Active Directory Federation Services, with user and password",
        ("idp_host",),
        ("idp_port", "login_to_rp", *_PASSWORD, *_SAML),
        "AdfsCredentialsProvider",
        asks_password=True,
    ),
    "azure": Kind(
        "Microsoft Entra, with user and password",
        ("client_id", "client_secret_env", "idp_tenant"),
        ("idp_partition", *_PASSWORD, *_SAML),
        "AzureCredentialsProvider",
        asks_password=True,
    ),
    "browser-azure": Kind(
        "Microsoft Entra in the browser, to an IAM role",
        ("client_id", "idp_tenant"),
        ("idp_partition", "idp_response_timeout", *_SAML),
        "BrowserAzureCredentialsProvider",
    ),
    "browser-azure-oauth2": Kind(
        "Microsoft Entra in the browser, to Redshift itself",
        ("client_id", "idp_tenant"),
        ("idp_partition", "idp_response_timeout", "provider_name", "scope", "user"),
        "BrowserAzureOAuth2CredentialsProvider",
    ),
    "browser-saml": Kind(
        "any SAML provider in the browser",
        ("login_url",),
        ("idp_response_timeout", "listen_port", *_SAML),
        "BrowserSamlCredentialsProvider",
    ),
    "iam": Kind("AWS credentials", (), (*_LOGIN, *_AWS)),
    "idc-browser": Kind(
        "IAM Identity Center in the browser",
        ("idc_region", "issuer_url"),
        ("idc_client_display_name", "identity_namespace", "idp_response_timeout", "listen_port"),
        "BrowserIdcAuthPlugin",
    ),
    "idp-token": Kind(
        "a token of IAM Identity Center, or one that AWS credentials get from it",
        (),
        ("cluster", "identity_namespace", "token_type", "workgroup", *_TOKEN, *_AWS),
        "IdpTokenAuthPlugin",
    ),
    "jwt": Kind(
        "a token of an OpenID Connect provider that is registered in Redshift",
        (),
        ("provider_name", "user", *_TOKEN),
        "BasicJwtCredentialsProvider",
    ),
    "okta": Kind(
        "Okta, with user and password",
        ("app_id", "idp_host"),
        ("app_name", *_PASSWORD, *_SAML),
        "OktaCredentialsProvider",
        asks_password=True,
    ),
    "password": Kind("a password of the environment, the keyring or the user", (), _PASSWORD),
    "ping": Kind(
        "PingFederate, with user and password",
        ("idp_host",),
        ("idp_port", "partner_sp_id", *_PASSWORD, *_SAML),
        "PingCredentialsProvider",
        asks_password=True,
    ),
    "secret": Kind("a secret of AWS Secrets Manager", ("secret",), ("user", *_AWS)),
}


_OF_IDENTITIES = {key for kind in KINDS.values() for key in (*kind.needs, *kind.takes)}


def check(kind: str, keys: Mapping[str, Any]) -> None:
    """ConfigError for an identity that is not there, for a key that it does not take and for one that is missing."""
    if kind not in KINDS:
        raise ConfigError(f"there is no identity {kind!r}", hint=similar(kind, KINDS))
    known = KINDS[kind]
    for key in keys:
        if key in _OF_IDENTITIES and key not in (*known.needs, *known.takes):
            own = sorted({*known.needs, *known.takes})
            near = similar(key, own)
            hint = f"it takes {', '.join(own)}"
            raise ConfigError(
                f'identity = "{kind}" takes no {key}', hint=f"{near} {hint}" if near.startswith("did") else hint
            )
    for key in known.needs:
        if not keys.get(key):
            raise ConfigError(f'identity = "{kind}" needs {key}: {KEYS[key].help}', hint=KEYS[key].example)
    if kind == "jwt" and not any(keys.get(key) for key in _TOKEN):
        raise ConfigError('identity = "jwt" needs token_env or token_file', hint=KEYS["token_env"].example)
