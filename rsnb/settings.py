"""What the user can set, declared once, and where it was set.

Defaults < ~/.config/rsnb/config.toml < rsnb.toml (found upward from the notebook) < environment
RSNB_* < the call. A file may hold `[settings]`, `[lake]` and `[profiles.NAME]`.
"""

from __future__ import annotations

import os
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from rsnb import profile_keys
from rsnb.errors import ConfigError

FILE = "rsnb.toml"
S3 = Path("s3")  # in the place of a lake's folder: the bucket itself


@dataclass(frozen=True)
class Setting:
    """A value that the user can set: its name, default, meaning and, where few, its choices."""

    name: str
    default: str | int
    help: str
    choices: tuple[str, ...] = ()

    def parse(self, value: object, where: str) -> str | int:
        """The value as this setting's type; ConfigError says where a wrong one stands."""
        if isinstance(self.default, int):
            return self._whole_number(value, where)
        if not isinstance(value, str):
            raise ConfigError(f"{where}: {self.name} is a text, not {value!r}", hint=self.help)
        if self.choices and value not in self.choices:
            raise ConfigError(f"{where}: {self.name} can't be {value!r}", hint=f"one of {', '.join(self.choices)}")
        return value

    def _whole_number(self, value: object, where: str) -> int:
        try:
            number = int(str(value))
        except ValueError:
            number = -1
        if number < 0 or isinstance(value, bool):
            raise ConfigError(f"{where}: {self.name} is a whole number, not {value!r}", hint=self.help)
        return number


SETTINGS = {
    setting.name: setting
    for setting in (
        Setting("connect_timeout", 60, "seconds that a cluster has to answer a login"),
        Setting("connection", "", "profile or URL that is used when none is named"),
        Setting("data", "", "folder of the real sample data; without it `rsnb prepare` generates data"),
        Setting("display_rows", 20, "rows of a result that a cell shows"),
        Setting("frame", "pandas", "what a cell's NAME receives", ("pandas", "polars", "arrow")),
        Setting("max_rows", 0, "rows that a statement may return before it is cut off; 0 is no limit"),
        Setting("memory_limit", 80, "percent of the free memory that a result may take; 0 is no limit"),
        Setting("memory_warn", 50, "percent of the free memory above which a result is warned of; 0 is never"),
        Setting("receipt_after", 2, "seconds from which on a receipt is completed from the cluster's log; 0 is always"),
        Setting("reconnect", 120, "seconds to try to reconnect after a connection was lost"),
        Setting("stop_deadline", 10, "seconds that a stopped statement has to end before its session is ended"),
        Setting("tag", "both", "who runs a statement, in the cluster's log", ("both", "comment", "off")),
        Setting("theme", "light", "theme of charts", ("light", "dark")),
        Setting("timeout", 0, "seconds that a statement may take; 0 is no limit"),
        Setting("unload_above", 0, "megabytes of a result, by its plan, that go by way of S3; 0 is never"),
        Setting("unload_to", "", "prefix of S3 that large results go through, where a profile names none"),
    )
}


@dataclass(frozen=True)
class Config:
    """What was read: settings, profiles, lake addresses (s3:// → folder) and the project's root."""

    values: Mapping[str, str | int] = field(default_factory=dict)
    profiles: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    lake: Mapping[str, Path] = field(default_factory=dict)
    root: Path | None = None

    def __getitem__(self, name: str) -> str | int:
        return self.values.get(name, SETTINGS[name].default)

    def number(self, name: str) -> int:
        """A setting that is a whole number."""
        return int(self[name])

    def text(self, name: str) -> str:
        """A setting that is a text."""
        return str(self[name])


def load(start: Path | None = None, environ: Mapping[str, str] = os.environ) -> Config:
    """Read the user's file, the project's file found upward from `start`, and the environment."""
    project = find((start or Path.cwd()).absolute())
    values: dict[str, str | int] = {}
    profiles: dict[str, Mapping[str, Any]] = {}
    lake: dict[str, Path] = {}
    for path in (users_file(environ), project):
        if path is None or not path.is_file():
            continue
        read = _read(path)
        values |= {k: SETTINGS[k].parse(v, str(path)) for k, v in read["settings"].items()}
        profile_keys.without_secret(str(read["settings"].get("connection", "")), str(path))
        profiles |= read["profiles"]
        lake |= read["lake"]
    values |= _environment(environ)
    return Config(values, profiles, lake, project.parent if project else None)


def home(environ: Mapping[str, str] = os.environ) -> Path:
    """The user's own file; ConfigError for a user without a home folder."""
    if (found := users_file(environ)) is None:
        raise ConfigError("this user has no home folder", hint="set HOME or XDG_CONFIG_HOME to one")
    return found


def users_file(environ: Mapping[str, str] = os.environ) -> Path | None:
    """The user's own file, None for a user without a home folder."""
    folder = environ.get("XDG_CONFIG_HOME") or os.path.expanduser("~/.config")
    return None if folder.startswith("~") else Path(folder) / "rsnb" / "config.toml"


def profiles_of(path: Path) -> Mapping[str, Mapping[str, Any]]:
    """The profiles of one file, by name."""
    return _read(path)["profiles"]


def find(start: Path) -> Path | None:
    """The nearest rsnb.toml in `start` or a folder above it."""
    return next((f for d in (start, *start.parents) if (f := d / FILE).is_file()), None)


def _read(path: Path) -> dict[str, dict[str, Any]]:
    try:
        raw = tomllib.loads(path.read_text(encoding="utf-8-sig"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as exc:
        raise ConfigError(f"{path} can't be read: {exc}", hint="it is TOML: see Settings in the README") from exc
    _known(raw, ("settings", "profiles", "lake"), str(path))
    for section, value in raw.items():
        if not isinstance(value, dict):
            raise ConfigError(f"{path}: {section} is a table, not {value!r}", hint=f"write [{section}]")
    _known(raw.get("settings", {}), SETTINGS, f"{path} [settings]")
    return {
        "settings": raw.get("settings", {}),
        "profiles": {name: _profile(path, name, table) for name, table in raw.get("profiles", {}).items()},
        "lake": _lake(path, raw.get("lake", {}), "lake"),
    }


def _profile(path: Path, name: str, table: object) -> Mapping[str, Any]:
    where = f"{path} [profiles.{name}]"
    if not isinstance(table, dict):
        raise ConfigError(f"{where} is not a table", hint=f"write [profiles.{name}] and url = ...")
    profile_keys.check(table, where)
    return {**table, "lake": _lake(path, table.get("lake", {}), f"profiles.{name}.lake")}


def _lake(path: Path, table: Mapping[str, object], section: str) -> dict[str, Path]:
    """Folders are relative to the file that names them; `s3` is no folder, but S3 itself."""
    for address, folder in table.items():
        if not address.startswith("s3://") or not isinstance(folder, str):
            raise ConfigError(
                f"{path} [{section}]: {address!r} = {folder!r} is not an s3:// address and a folder",
                hint='for instance "s3://demo" = "./lake"',
            )
    places = {
        a.rstrip("/"): S3 if f == str(S3) else (path.parent / Path(str(f)).expanduser()) for a, f in table.items()
    }
    return {address: place if place is S3 else place.resolve() for address, place in places.items()}


def _environment(environ: Mapping[str, str]) -> dict[str, str | int]:
    given = {k: v for k, v in environ.items() if k.startswith("RSNB_")}
    known = {f"RSNB_{name.upper()}": setting for name, setting in SETTINGS.items()}
    _known(given, known, "environment")
    return {known[k].name: known[k].parse(v, f"environment {k}") for k, v in given.items()}


def _known(given: Mapping[str, object], known: Mapping[str, object] | tuple[str, ...], where: str) -> None:
    for key in given:
        if key not in known:
            raise ConfigError(f"{where}: unknown key {key!r}", hint=f"known are {', '.join(sorted(known))}")
