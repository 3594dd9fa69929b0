"""Profiles: named connections of rsnb.toml, and the ones that need no name."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from rsnb.engines import without_password
from rsnb.errors import ConfigError, similar
from rsnb.settings import Config

EMBEDDED_FILE = ".rsnb/warehouse.duckdb"


@dataclass(frozen=True)
class Profile:
    """A named connection: a URL, the lake's folders, the folder that relative paths start from, and its other keys."""

    name: str
    url: str = field(repr=False)  # a call's may have a password
    lake: Mapping[str, Path]
    root: Path
    keys: Mapping[str, Any] = field(default_factory=dict)


def choose(name: str, config: Config) -> Profile:
    """The profile of this name or URL, or the default one.

    The default is that of the setting, a profile `default`, else the embedded warehouse: a file beside rsnb.toml, in
    memory where there is none.
    """
    root = config.root or Path.cwd()
    name = name or config.text("connection")
    if "://" in name:
        return Profile(name.split("://")[0], name, config.lake, root)
    if not name and "default" not in config.profiles:
        url = f"embedded:///./{EMBEDDED_FILE}" if config.root else "embedded://"
        return Profile("embedded", url, config.lake, root)
    name = name or "default"
    if name not in config.profiles:
        where = config.root / "rsnb.toml" if config.root else "no rsnb.toml was found"
        raise ConfigError(
            f"there is no profile {without_password(name)!r} ({where})", hint=similar(name, config.profiles)
        )
    profile = config.profiles[name]
    if "url" not in profile:
        raise ConfigError(f"the profile {name!r} has no url", hint='url = "embedded:///./.rsnb/warehouse.duckdb"')
    keys = {key: value for key, value in profile.items() if key not in ("url", "lake")}
    return Profile(name, str(profile["url"]), {**config.lake, **profile["lake"]}, root, keys)
