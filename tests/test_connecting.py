"""docs/connecting.md: every profile in it works when pasted; every way and key is in it, and no other."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

import pytest

from rsnb import engines
from rsnb.auth import IDENTITIES, Address, identify
from rsnb.auth.kinds import KINDS
from rsnb.cli import main
from rsnb.engines import Target
from rsnb.engines.data_api.engine import DataApiEngine
from rsnb.engines.wire import opening
from rsnb.magic import OPTIONS
from rsnb.policies import USERS
from rsnb.profile_keys import KEYS
from rsnb.profiles import choose
from rsnb.settings import load

TEXT = (Path(__file__).parent.parent / "docs" / "connecting.md").read_text(encoding="utf-8")
SNIPPETS = re.findall(r"^```toml\n(.*?)^```", TEXT, re.DOTALL | re.MULTILINE)
PROFILES = {name: table for snippet in SNIPPETS for name, table in tomllib.loads(snippet)["profiles"].items()}


def test_every_name_is_used_once() -> None:
    assert len(PROFILES) == sum(len(tomllib.loads(snippet)["profiles"]) for snippet in SNIPPETS) >= 20


@pytest.mark.parametrize("snippet", SNIPPETS, ids=[re.findall(r"profiles\.(\w+)", s)[0] for s in SNIPPETS])
def test_a_profile_works_when_pasted(project: Path, snippet: str) -> None:
    """It is read, names an engine, and its identity takes every key; nobody is asked yet."""
    (project / "rsnb.toml").write_text(snippet)
    config = load(project)
    for name in config.profiles:
        profile = choose(name, config)
        target = Target(profile.url, profile.lake, profile.root, profile.keys, config)
        if profile.url.startswith("data-api:"):
            assert isinstance(engines.connect(target), DataApiEngine)
        else:
            address = Address.parse(profile.url)
            assert opening.tls_of(address) == "verify-full"
            assert identify(address, profile.keys).name


def test_every_way_of_signing_in_has_a_profile() -> None:
    shown = {table.get("identity", "password") for table in PROFILES.values()}
    assert shown == set(KINDS) == set(IDENTITIES)


def test_every_key_is_documented_and_no_other() -> None:
    section = TEXT.partition("## The keys of a profile")[2].partition("\n## ")[0]
    rows = re.findall(r"^\| `(\w+)` \| (.+?) \| (.+?) \|$", section, re.MULTILINE)
    assert rows == [(key.name, key.kind, key.help) for key in KEYS.values()]


def test_every_command_that_is_named_exists() -> None:
    words = re.findall(r"(?:^|`)rsnb ([a-z][\w-]*)(?: (add|list|remove))?", TEXT, re.MULTILINE)
    for command, below in set(words):
        assert command in main.commands, command
        assert not below or below in main.commands[command].commands  # type: ignore[attr-defined]
    assert all(f"`{user}`" in TEXT for user in USERS)


def test_options_of_commands_exist() -> None:
    commands = [main.commands["iam-policy"], main.commands["profile"].commands["add"]]  # type: ignore[attr-defined]
    known = {option for command in commands for parameter in command.params for option in parameter.opts}
    known |= {option for action in OPTIONS._actions for option in action.option_strings}
    named = set(re.findall(r"(?<![-\w])--[a-z][a-z-]+", TEXT))
    assert named <= known


def test_the_values_of_tls_are_those_of_the_engine() -> None:
    for value in opening.TLS:
        assert f"`{value}`" in TEXT
