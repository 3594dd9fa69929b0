"""S3 with an account's credentials, for pyarrow."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any

from rsnb.auth.account import Account
from rsnb.auth.refusals import calling
from rsnb.errors import AuthError, ConfigError

if TYPE_CHECKING:
    import pyarrow.fs as fs


def s3(account: Account) -> fs.S3FileSystem:
    """S3 with an account's credentials."""
    import pyarrow.fs as fs

    with calling("opening S3", account.where):
        session = account.session
        credentials = session.get_credentials()
        if credentials is None:
            raise AuthError(
                "there are no AWS credentials to read S3 with", hint="aws_profile in the profile, or aws login"
            )
        frozen = credentials.get_frozen_credentials()
    options: dict[str, Any] = {}
    if endpoint := os.environ.get("AWS_ENDPOINT_URL_S3") or os.environ.get("AWS_ENDPOINT_URL"):
        scheme, _, place = endpoint.partition("://")
        options = {"scheme": scheme, "endpoint_override": place}
    region = account.region or session.get_config_variable("region")
    if not region:
        raise ConfigError("no AWS region is known", hint='region = "eu-west-1" in the profile, or AWS_REGION')
    return fs.S3FileSystem(
        access_key=frozen.access_key,
        secret_key=frozen.secret_key,
        session_token=frozen.token,
        region=region,
        **options,
    )
