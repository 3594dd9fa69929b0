"""AWS as a profile's keys name it: whose credentials, through which roles, in which region."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from rsnb.auth import redaction
from rsnb.auth.address import Address
from rsnb.auth.refusals import NotThere, calling
from rsnb.errors import ConfigError, RsnbError

SESSION_NAME = "rsnb"


@dataclass
class Account:
    """Whose AWS is used: a profile, the roles assumed from it one after the other, and the region.

    source: a botocore session that has credentials already, in place of the profile's.
    """

    region: str = ""
    profile: str = ""
    roles: tuple[Mapping[str, str], ...] = ()
    session_name: str = SESSION_NAME
    source: Any = field(default=None, repr=False)

    @staticmethod
    def of(address: Address | None, keys: Mapping[str, Any], source: Any = None) -> Account:
        """The account that a profile's keys name; the host's region where they name none."""
        roles = (role if isinstance(role, Mapping) else {"role": role} for role in keys.get("assume_roles", ()))
        return Account(
            region=str(keys.get("region") or (address.region if address else "")),
            profile=str(keys.get("aws_profile") or ""),
            roles=tuple(roles),
            session_name=str(keys.get("role_session_name") or SESSION_NAME),
            source=source,
        )

    def client(self, service: str) -> Any:
        """A client of an AWS service; AuthError or ConfigError when there is none to be had."""
        from botocore.config import Config

        redaction.hide()
        with calling(f"opening {service}", self.where):
            session = self.session
            region = self.region or session.get_config_variable("region")
            if not region:
                raise ConfigError("no AWS region is known", hint='region = "eu-west-1" in the profile, or AWS_REGION')
            config = Config(connect_timeout=10, user_agent_extra="rsnb")
            return session.create_client(service, region_name=region, config=config)

    @cached_property
    def session(self) -> Any:
        """The botocore session whose credentials sign requests; those of assumed roles renew themselves."""
        import botocore.session

        session = self.source or botocore.session.Session(profile=self.profile or None)
        for role in self.roles:
            session = self._assumed(session, role)
        return session

    @property
    def where(self) -> str:
        """Region and profile, as an error's hint names them."""
        parts = [f"region {self.region}" if self.region else "", f"aws_profile {self.profile}" if self.profile else ""]
        named = " and ".join(filter(None, parts))
        return f"it was looked for in {named}" if named else ""

    @contextmanager
    def calling(self, doing: str) -> Iterator[None]:
        """Give what goes wrong in a call to AWS as rsnb's errors; for what is not there, with who asked."""
        try:
            with calling(doing, self.where):
                yield
        except NotThere as exc:
            asked = ""
            with suppress(RsnbError):
                asked = f"; {self.identity()} asked"
            raise ConfigError(exc.message, hint=f"{exc.hint}{asked}") from exc.__cause__

    def identity(self) -> str:
        """The ARN of who signs requests."""
        with calling("asking AWS who this is", self.where):
            return str(self.client("sts").get_caller_identity()["Arn"])

    def _assumed(self, session: Any, role: Mapping[str, str]) -> Any:
        """A session with the credentials of a role that another session's may assume."""
        import botocore.session
        from botocore.credentials import (
            AssumeRoleCredentialFetcher,
            CredentialResolver,
            DeferredRefreshableCredentials,
        )

        extra = {"RoleSessionName": self.session_name}
        if "external_id" in role:
            extra["ExternalId"] = role["external_id"]
        region = self.region or session.get_config_variable("region")
        fetcher = AssumeRoleCredentialFetcher(
            client_creator=lambda service, **given: session.create_client(service, region_name=region, **given),
            source_credentials=session.get_credentials(),
            role_arn=role["role"],
            extra_args=extra,
        )
        credentials = DeferredRefreshableCredentials(refresh_using=fetcher.fetch_credentials, method="assume-role")
        return with_credentials(botocore.session.Session(), credentials, CredentialResolver)


def with_credentials(session: Any, credentials: Any, resolver: Any) -> Any:
    """A botocore session that has these credentials and looks for no others."""
    session.register_component("credential_provider", resolver([_Given(credentials)]))
    return session


class _Given:
    """Credentials that are there already, for botocore's search."""

    METHOD = CANONICAL_NAME = "rsnb"

    def __init__(self, credentials: Any) -> None:
        self._credentials = credentials

    def load(self) -> Any:
        return self._credentials
