"""An identity provider's SAML answer becomes AWS credentials, and those the database's.

The driver's plugin gets the assertion; the role is chosen here, and named when there are several to choose from.
"""

from __future__ import annotations

import base64
import re
from collections.abc import Callable, Mapping
from typing import Any

from rsnb.auth import kept, plugins, redaction
from rsnb.auth.account import Account, with_credentials
from rsnb.auth.address import Address
from rsnb.auth.iam import Iam
from rsnb.auth.identity import Credentials
from rsnb.errors import AuthError, ConfigError

_ROLES = "https://aws.amazon.com/SAML/Attributes/Role"
_ROLE = re.compile(r"arn:aws[\w-]*:iam::\d*:role/\S+")
_PROVIDER = re.compile(r"arn:aws[\w-]*:iam::\d*:saml-provider/\S+")


class Saml:
    """Signs in at an identity provider, takes one of the roles that it offers, and gets credentials with that."""

    def __init__(self, kind: str, address: Address, keys: Mapping[str, Any], ask: Callable[[str], str]) -> None:
        self._kind = kind
        self._address = address
        self._keys = keys
        self._ask = ask
        place = Address(address.host, address.database, address.port)  # the user is the provider's, not the database's
        own = {key: value for key, value in keys.items() if key != "user"}
        self._iam = Iam(place, own, self.account, kept.key_of(address, keys))

    @property
    def name(self) -> str:
        """Which provider signs in, and to what."""
        return f"{self._kind}, then {self._iam.name}"

    def credentials(self) -> Credentials:
        """Credentials of the database; the provider is asked again when they expire."""
        return self._iam.credentials()

    def renew(self) -> bool:
        """Sign in again."""
        return self._iam.renew()

    def account(self) -> tuple[Account, Mapping[str, Any]]:
        """The AWS account that the provider signs in to, and what its answer says of the database user."""
        plugin = plugins.make(self._kind, self._address, self._keys, self._ask)
        with plugins.signing_in(self._kind, self._address):
            assertion = plugin.get_saml_assertion()
            if not assertion:
                raise AuthError(f"{self._kind} gave no SAML assertion", hint="it needs a user and a password")
            redaction.hide(assertion)
            document = base64.b64decode(assertion)
            roles, said = _roles(document), plugin.read_metadata(document)
        role = self._chosen(roles)
        account = Account.of(self._address, self._keys)
        account.source = self._signed_in(account, role, roles[role], assertion)
        return account, _database_user(said, self._keys)

    def _chosen(self, roles: Mapping[str, str]) -> str:
        wanted = str(self._keys.get("preferred_role") or "")
        if wanted in roles:
            return wanted
        listed = ", ".join(sorted(roles)) or "none"
        if wanted:
            raise AuthError(f"{self._kind} does not offer the role {wanted}", hint=f"it offers {listed}")
        if len(roles) != 1:
            raise ConfigError(
                f"{self._kind} offers {len(roles)} roles, and the profile names none",
                hint=f"preferred_role = one of {listed}",
            )
        return next(iter(roles))

    def _signed_in(self, account: Account, role: str, provider: str, assertion: str) -> Any:
        """A botocore session with the credentials of a role that the assertion lets us take."""
        import botocore.session
        from botocore import UNSIGNED
        from botocore.config import Config
        from botocore.credentials import CredentialResolver
        from botocore.credentials import Credentials as Keys

        with account.calling(f"taking the role {role}"):
            session = botocore.session.Session()
            region = account.region or session.get_config_variable("region") or "us-east-1"
            sts = session.create_client("sts", region_name=region, config=Config(signature_version=UNSIGNED))
            got = sts.assume_role_with_saml(RoleArn=role, PrincipalArn=provider, SAMLAssertion=assertion)["Credentials"]
        redaction.hide(got["SecretAccessKey"], got["SessionToken"])
        credentials = Keys(got["AccessKeyId"], got["SecretAccessKey"], got["SessionToken"])
        return with_credentials(session, credentials, CredentialResolver)


def _roles(document: bytes) -> dict[str, str]:
    """Role → provider, of a SAML answer."""
    import bs4

    soup, roles = bs4.BeautifulSoup(document, "xml"), {}
    for attribute in soup.find_all("Attribute", attrs={"Name": _ROLES}):
        for value in attribute.find_all("AttributeValue"):
            role, provider = _ROLE.search(value.text.replace(",", " ")), _PROVIDER.search(value.text.replace(",", " "))
            if role and provider:
                roles[role[0]] = provider[0]
    return roles


def _database_user(said: Any, keys: Mapping[str, Any]) -> dict[str, Any]:
    """What the SAML answer says of the database user; the profile's word goes first unless the answer overrides it."""
    told = said.get_saml_db_user()
    user = told if said.get_allow_db_user_override() and told else keys.get("db_user") or told
    groups = keys.get("db_groups") or said.get_db_groups()
    lower = said.get_force_lowercase()
    return {
        "db_user": (user.lower() if lower and user else user) or "",
        "db_groups": [group.lower() for group in groups] if lower else list(groups),
        "auto_create": bool(keys.get("auto_create")) or said.get_auto_create(),
    }
