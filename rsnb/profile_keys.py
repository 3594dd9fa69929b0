"""What a profile may say, declared once: each key's kind of value, its meaning and an example.

No key holds a secret: a profile names where one is kept.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from rsnb.errors import ConfigError, similar


@dataclass(frozen=True)
class Key:
    """A key of a profile: what kind of value it takes, what it means, and an example in TOML."""

    name: str
    kind: str
    help: str
    example: str

    def check(self, value: object, where: str) -> None:
        """ConfigError for a value of another kind."""
        if not KINDS[self.kind](value):
            raise ConfigError(
                f"{where}: {self.name} is a {self.kind}, not {value!r}", hint=f"{self.example}: {self.help}"
            )


def _texts(value: object) -> bool:
    return isinstance(value, list) and all(isinstance(item, str) for item in value)


def _roles(value: object) -> bool:
    """ARNs, or tables of `role` and `external_id`."""
    if not isinstance(value, list):
        return False
    tables = [item for item in value if not isinstance(item, str)]
    return all(
        isinstance(item, dict)
        and "role" in item
        and item.keys() <= {"role", "external_id"}
        and all(isinstance(text, str) for text in item.values())
        for item in tables
    )


KINDS: dict[str, Callable[[object], bool]] = {
    "text": lambda value: isinstance(value, str),
    "whole number": lambda value: isinstance(value, int) and not isinstance(value, bool) and value >= 0,
    "true or false": lambda value: isinstance(value, bool),
    "list of texts": _texts,
    "list of roles": _roles,
    "table": lambda value: isinstance(value, dict),
}

KEYS = {
    key.name: key
    for key in (
        Key("app_id", "text", "id of the application at Okta", 'app_id = "0oa1b2c3d4"'),
        Key("app_name", "text", "name of the application at Okta", 'app_name = "amazon_aws_redshift"'),
        Key("assume_roles", "list of roles", "roles to assume, one after the other", 'assume_roles = ["arn:aws:…"]'),
        Key("auto_create", "true or false", "create the database user that is not there", "auto_create = true"),
        Key("aws_profile", "text", "profile of ~/.aws/config", 'aws_profile = "analytics"'),
        Key("client_id", "text", "id of the application at Microsoft Entra", 'client_id = "00000000-…"'),
        Key("client_secret_env", "text", "environment variable of the client secret", 'client_secret_env = "ENTRA"'),
        Key("cluster", "text", "identifier of the cluster; by default from the host", 'cluster = "sales"'),
        Key("db_groups", "list of texts", "groups that the user joins for the session", 'db_groups = ["analysts"]'),
        Key("db_user", "text", "database user that IAM signs in", 'db_user = "analyst"'),
        Key("duration", "whole number", "seconds that temporary credentials last: 900 to 3600", "duration = 3600"),
        Key("iam_role", "text", "role with which the cluster writes to S3", 'iam_role = "arn:aws:iam::…"'),
        Key("idc_client_display_name", "text", "name that the consent page shows", 'idc_client_display_name = "rsnb"'),
        Key("idc_region", "text", "region of IAM Identity Center", 'idc_region = "eu-west-1"'),
        Key("identity", "text", "how to sign in; without it by password", 'identity = "iam"'),
        Key("identity_namespace", "text", "namespace of the identity provider", 'identity_namespace = "aws"'),
        Key("idp_host", "text", "host of the identity provider", 'idp_host = "example.okta.com"'),
        Key("idp_partition", "text", "cloud of Microsoft Entra: commercial, us-gov or cn", 'idp_partition = "us-gov"'),
        Key("idp_port", "whole number", "port of the identity provider", "idp_port = 443"),
        Key("idp_response_timeout", "whole number", "seconds to wait for the browser", "idp_response_timeout = 120"),
        Key("idp_tenant", "text", "tenant at Microsoft Entra", 'idp_tenant = "00000000-…"'),
        Key("issuer_url", "text", "start URL of IAM Identity Center", 'issuer_url = "https://…/start"'),
        Key("keep_alive", "whole number", "seconds that a session of the Data API is kept", "keep_alive = 1800"),
        Key("keyring", "text", "service of the system's keyring that has the password", 'keyring = "redshift"'),
        Key("lake", "table", "local folders of s3:// addresses", 'lake = { "s3://demo" = "./data" }'),
        Key("listen_port", "whole number", "port of this machine that the browser answers to", "listen_port = 7890"),
        Key("login_to_rp", "text", "relying party at ADFS", 'login_to_rp = "urn:amazon:webservices"'),
        Key("login_url", "text", "page of the identity provider to open", 'login_url = "https://…"'),
        Key("partner_sp_id", "text", "service provider at PingFederate", 'partner_sp_id = "urn:amazon:webservices"'),
        Key("password_env", "text", "environment variable that has the password", 'password_env = "PROD_PASSWORD"'),
        Key("preferred_role", "text", "role to take of those that SAML offers", 'preferred_role = "arn:aws:…"'),
        Key("provider_name", "text", "identity provider as registered in Redshift", 'provider_name = "entra"'),
        Key("region", "text", "AWS region; by default from the host, else the environment's", 'region = "eu-west-1"'),
        Key("role_session_name", "text", "name of the sessions of assumed roles", 'role_session_name = "rsnb"'),
        Key("scope", "text", "OAuth scope at Microsoft Entra", 'scope = "api://…/jdbc_login"'),
        Key("secret", "text", "name or ARN of the secret in Secrets Manager", 'secret = "prod/redshift"'),
        Key("ssl_insecure", "true or false", "do not check the provider's certificate", "ssl_insecure = false"),
        Key("token_env", "text", "environment variable that has the token", 'token_env = "ID_TOKEN"'),
        Key("token_file", "text", "file that has the token; read at each login", 'token_file = "/run/token"'),
        Key("token_type", "text", "ACCESS_TOKEN or EXT_JWT", 'token_type = "ACCESS_TOKEN"'),
        Key("unload_to", "text", "prefix of S3 that large results go through", 'unload_to = "s3://bucket/prefix"'),
        Key("url", "text", "what to connect to", 'url = "redshift://analyst@example.com:5439/dev"'),
        Key("user", "text", "who signs in; by default the URL's user", 'user = "analyst"'),
        Key("workgroup", "text", "serverless workgroup; by default from the host", 'workgroup = "sales"'),
    )
}

SECRETS = {  # what people would write, and what to write instead
    "access_key_id": 'aws_profile = "NAME" names a profile of ~/.aws/config',
    "client_secret": 'client_secret_env = "NAME" names an environment variable',
    "password": 'password_env = "NAME" names an environment variable, keyring = "SERVICE" an entry of the keyring, '
    'secret = "NAME" with identity = "secret" one of Secrets Manager; without them it is asked for',
    "secret_access_key": 'aws_profile = "NAME" names a profile of ~/.aws/config',
    "session_token": 'aws_profile = "NAME" names a profile of ~/.aws/config',
    "token": 'token_env = "NAME" names an environment variable, token_file = "PATH" a file',
    "web_identity_token": 'token_env = "NAME" names an environment variable, token_file = "PATH" a file',
}


def check(table: Mapping[str, Any], where: str) -> None:
    """ConfigError for a secret, an unknown key, a value of the wrong kind, or a URL with a password."""
    for name, value in table.items():
        if name in SECRETS:
            raise ConfigError(f"{where}: {name} is a secret, and a file is no place for one", hint=SECRETS[name])
        if name not in KEYS:
            near = similar(name, KEYS)
            known = f"known are {', '.join(sorted(KEYS))}"
            raise ConfigError(
                f"{where}: unknown key {name!r}", hint=f"{near} {known}" if near.startswith("did") else known
            )
        KEYS[name].check(value, where)
    without_secret(str(table.get("url", "")), where)


def without_secret(url: str, where: str) -> None:
    """ConfigError for a URL with a password, which a file may not hold."""
    user, at, _ = url.partition("://")[2].rpartition("@")
    if at and ":" in user:
        raise ConfigError(f"{where}: the URL has a password, and a file is no place for one", hint=SECRETS["password"])
