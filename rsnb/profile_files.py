"""Profiles in their files: added at the end, removed as text; what else stands there stays as it was written."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from rsnb import profile_keys, settings
from rsnb.errors import ConfigError, similar

_HEADER = re.compile(r"\s*\[\[?\s*(?P<name>[^\]]+?)\s*\]\]?\s*(#.*)?")
_BARE = re.compile(r"[A-Za-z0-9_-]+")
_ESCAPES = {"\\": "\\\\", '"': '\\"', "\n": "\\n", "\r": "\\r", "\t": "\\t"}


def project(start: Path | None = None) -> Path:
    """The project's file; where there is none yet, the one that would be in this folder."""
    folder = (start or Path.cwd()).absolute()
    return settings.find(folder) or folder / settings.FILE


def listed(start: Path | None = None) -> list[tuple[str, Mapping[str, Any], Path]]:
    """Every profile with its keys and the file that it is of, the project's before the user's."""
    found: dict[str, tuple[str, Mapping[str, Any], Path]] = {}
    for file in (settings.users_file(), project(start)):
        if file is not None and file.is_file():
            found |= {name: (name, keys, file) for name, keys in settings.profiles_of(file).items()}
    return sorted(found.values(), key=lambda one: one[0])


def check_new(name: str, keys: Mapping[str, Any], file: Path) -> None:
    """ConfigError for a name that is taken in a file, and for keys that a file may not hold."""
    profile_keys.check(keys, f"the profile {name}")
    if not name.strip():
        raise ConfigError("a profile needs a name", hint="for instance prod")
    if name in _parsed(_text(file), file).get("profiles", {}):
        raise ConfigError(f"{file} has a profile {name!r} already", hint=f"rsnb profile remove {name}")


def add(name: str, keys: Mapping[str, Any], file: Path) -> None:
    """Write a new profile at the end of a file."""
    check_new(name, keys, file)
    before = _text(file)
    gap = "" if not before else "\n" if before.endswith("\n") else "\n\n"
    _write(file, before + gap + section(name, keys))


def section(name: str, keys: Mapping[str, Any]) -> str:
    """A profile as TOML."""
    lines = [f"[profiles.{_key(name)}]"]
    return "\n".join([*lines, *(f"{_key(key)} = {_value(value)}" for key, value in keys.items())]) + "\n"


def remove(name: str, start: Path | None = None) -> Path:
    """Take a profile out of its file, which is returned; comments and all else stay."""
    names = {found: file for found, _, file in listed(start)}
    if name not in names:
        raise ConfigError(f"there is no profile {name!r}", hint=similar(name, names))
    file = names[name]
    text = _text(file)
    left = _without(text, name)
    wanted = _parsed(text, file)
    del wanted["profiles"][name]
    if not wanted["profiles"] and "profiles" not in _parsed(left, file):
        del wanted["profiles"]
    if _parsed(left, file) != wanted:
        raise ConfigError(
            f"the profile {name!r} has no section [profiles.{_key(name)}] of its own in {file}",
            hint="take it out in an editor",
        )
    _write(file, left)
    return file


def _without(text: str, name: str) -> str:
    """A file's text without the sections of a profile; comments behind its last key speak of what follows, and stay."""
    kept: list[str] = []
    behind: list[str] = []  # blank lines and comments since the last key of a section that goes
    inside = False
    for line in text.splitlines(keepends=True):
        if header := _HEADER.fullmatch(line.rstrip("\r\n")):
            inside = _names(header["name"], name)
        if not inside:
            kept += [*behind, line]
            behind = []
        elif line.strip() and not line.lstrip().startswith("#"):
            behind = []
        else:
            behind.append(line)
    left = "".join(kept) + ("".join(behind) if any(line.strip() for line in behind) else "")
    return left.rstrip("\r\n") + "\n" if left.strip() else ""


def _names(header: str, name: str) -> bool:
    """Whether a section is the profile's own, or one below it."""
    try:
        table = tomllib.loads(f"[{header}]")
    except tomllib.TOMLDecodeError:
        return False
    return name in table.get("profiles", {})


def _text(file: Path) -> str:
    try:
        return file.read_text(encoding="utf-8-sig") if file.exists() else ""
    except (OSError, UnicodeDecodeError) as exc:
        raise ConfigError(f"{file} can't be read: {exc}") from exc


def _parsed(text: str, file: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(text)
    except tomllib.TOMLDecodeError as exc:
        raise ConfigError(f"{file} can't be read: {exc}", hint="correct it in an editor first") from exc


def _write(file: Path, text: str) -> None:
    """Write a file in one go: what was there stays when that fails."""
    _parsed(text, file)
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        new = file.with_name(f".{file.name}.new")
        new.write_text(text, encoding="utf-8")
        if file.exists():
            new.chmod(file.stat().st_mode & 0o777)
        new.replace(file)
    except OSError as exc:
        raise ConfigError(f"{file} can't be written: {exc.strerror or exc}") from exc


def _key(name: str) -> str:
    return name if _BARE.fullmatch(name) else _value(name)


def _value(value: object) -> str:
    """A value as TOML."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int):
        return str(value)
    if isinstance(value, list):
        return f"[{', '.join(map(_value, value))}]"
    if isinstance(value, Mapping):
        return "{ " + ", ".join(f"{_key(str(key))} = {_value(one)}" for key, one in value.items()) + " }"
    text = "".join(_ESCAPES.get(c) or (f"\\u{ord(c):04x}" if ord(c) < 32 or ord(c) == 127 else c) for c in str(value))
    return f'"{text}"'
