"""Walks the way to a warehouse, step by step, and names the first one that fails and its remedy."""

from __future__ import annotations

from contextlib import closing
from pathlib import Path

from rsnb import engines, settings
from rsnb.doctor import cloud, local, network
from rsnb.doctor.database import Database
from rsnb.doctor.report import Report, Step, Way, walk
from rsnb.profiles import Profile, choose
from rsnb.settings import Config

__all__ = ["Report", "Step", "examine", "examine_profile"]


def examine(name: str = "", start: Path | None = None) -> Report:
    """Walk the way to the warehouse of a profile, a URL or the default; ConfigError where that names none."""
    config = settings.load(start)
    return examine_profile(choose(name, config), config)


def examine_profile(profile: Profile, config: Config) -> Report:
    """Walk the way to the warehouse of a profile, which need not stand in a file."""
    shown = engines.without_password(profile.url)
    named = profile.url.startswith(f"{profile.name}://")
    with closing(Database(profile, config)) as database:
        return walk(shown if named else f"{profile.name}: {shown}", _way(profile, database))


def _way(profile: Profile, database: Database) -> Way:
    scheme = profile.url.partition("://")[0]
    before = {"data-api": cloud.steps, "embedded": local.steps, "redshift": network.steps}.get(scheme)
    return [*(before(profile) if before else []), *database.steps()]
