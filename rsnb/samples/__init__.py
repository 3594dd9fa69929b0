"""Two stories' data in a lake folder: hospital readmissions and earthquakes, real or generated."""

from __future__ import annotations

from pathlib import Path

from rsnb.errors import ConfigError
from rsnb.samples import earthquakes, readmissions
from rsnb.samples.story import Prepared
from rsnb.settings import S3, Config

__all__ = ["ADDRESS", "Prepared", "lake_folder", "prepare", "prepare_for"]

ADDRESS = "s3://demo"


def prepare(lake: Path, data: Path | None) -> list[Prepared]:
    """Fill `lake` with both stories; does nothing for one that already holds the same data.

    data: folder with the real files. A story whose files are not all there is generated instead;
    `Prepared.source` says which. LoadError: a real file is there but can't be read.
    """
    lake.mkdir(parents=True, exist_ok=True)
    return [readmissions.prepare(lake, data), earthquakes.prepare(lake, data)]


def prepare_for(config: Config, lake: Path | None = None) -> list[Prepared]:
    """Fill the given folder, or the one that s3://demo is mapped to, from the setting `data`."""
    data = config.text("data")
    return prepare(lake or lake_folder(config), Path(data).expanduser() if data else None)


def lake_folder(config: Config) -> Path:
    """The folder that s3://demo is mapped to; ConfigError says how to map one."""
    if config.lake.get(ADDRESS, S3) == S3:
        raise ConfigError(f"no folder is mapped to {ADDRESS}", hint=f'in rsnb.toml: [lake] "{ADDRESS}" = ".rsnb/lake"')
    return config.lake[ADDRESS]
