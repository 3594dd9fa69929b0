"""A folder of S3, or of this machine where the lake maps it there: its files, and its removal."""

from __future__ import annotations

import os
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from rsnb.auth.account import Account
from rsnb.auth.refusals import calling
from rsnb.errors import AuthError, ConfigError
from rsnb.lake import Lake

if TYPE_CHECKING:
    import pyarrow.fs as fs


@dataclass
class Folder:
    """A folder by its s3:// address. system, path: how pyarrow reaches it."""

    address: str
    system: fs.FileSystem
    path: str

    def files(self) -> list[str]:
        """The paths of the files in it, sorted by name."""
        import pyarrow.fs as fs

        found = self.system.get_file_info(fs.FileSelector(self.path, allow_not_found=True))
        return sorted(info.path for info in found if info.type == fs.FileType.File)

    def remove(self) -> None:
        """Delete it and what is in it, where it is there."""
        import pyarrow.fs as fs

        if self.system.get_file_info(self.path).type != fs.FileType.NotFound or self.files():
            self.system.delete_dir(self.path)


def open_folder(address: str, lake: Lake, account: Account) -> Folder:
    """A folder, in the lake's folder of this machine or on S3."""
    import pyarrow.fs as fs

    mapped = any(address.startswith(prefix + "/") for prefix in lake.folders)
    if mapped:
        return Folder(address, fs.LocalFileSystem(), str(lake.path(address)))
    parts = urlsplit(address)
    return Folder(address, s3(account), f"{parts.netloc}{parts.path}")


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
