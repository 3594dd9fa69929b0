"""The steps to an embedded warehouse: the folders that its lake is mapped to."""

from __future__ import annotations

from rsnb.doctor.report import Way
from rsnb.errors import ConfigError
from rsnb.profiles import Profile
from rsnb.settings import S3


def steps(profile: Profile) -> Way:
    """The steps before the warehouse answers."""
    return [("lake", lambda: _lake(profile))]


def _lake(profile: Profile) -> str:
    for address, folder in profile.lake.items():
        if folder != S3 and not folder.is_dir():
            raise ConfigError(
                f"{address} is mapped to {folder}, which is not there",
                hint="`rsnb prepare` fills the folder of s3://demo with sample data",
            )
    return (
        ", ".join(f"{address} is {'S3 itself' if folder == S3 else folder}" for address, folder in profile.lake.items())
        or "no folder is mapped"
    )
