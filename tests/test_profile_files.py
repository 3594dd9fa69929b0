"""Profiles at the shell: added, tried and written, listed, removed; what else is in the files stays as it was."""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

import rsnb
from rsnb import ConfigError, profile_files, settings
from rsnb.auth.kinds import KINDS
from rsnb.cli import main
from rsnb.profile_keys import KEYS, SECRETS
from tests.postgres.fixtures import postgres, proxied, proxy
from tests.postgres.proxy import Proxy
from tests.postgres.server import PASSWORD

__all__ = ["postgres", "proxied", "proxy"]


def call(*words: str, given: str = "") -> Result:
    return CliRunner().invoke(main, ["profile", *words], input=given)


def home() -> str:
    return settings.home().read_text() if settings.home().exists() else ""


def test_a_profile_is_tried_and_written(project: Path) -> None:
    ran = call("add", "scratch", "--url", "embedded://")
    assert ran.exit_code == 0, ran.output
    assert "✓ database" in ran.stdout
    assert home() == '[profiles.scratch]\nurl = "embedded://"\n'
    with rsnb.connect("scratch") as session:
        assert session.sql("select 1").scalar() == 1


def test_it_asks_for_what_it_needs(proxy: Proxy, project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PROD_PASSWORD", PASSWORD)
    address = f"redshift://scram@127.0.0.1:{proxy.port}/postgres?tls=off"
    ran = call(
        "add", "prod", "--set", "password_env=PROD_PASSWORD", "--no-test", given=f"{address}\npassword\nproject\n"
    )
    assert ran.exit_code == 0, ran.output
    for kind, known in KINDS.items():
        assert f"{kind:<21} {known.help}" in ran.stdout
    written = (project / "rsnb.toml").read_text()
    assert tomllib.loads(written)["profiles"]["prod"] == {
        "url": address, "password_env": "PROD_PASSWORD", "identity": "password",
    }  # fmt: skip
    with rsnb.connect("prod") as session:
        assert session.sql("select current_user").scalar() == "scram"
    ran = call("add", "okta", "--no-test", given="redshift://ann@h/dev\nokta\n0oa1\nexample.okta.com\n\n")
    assert ran.exit_code == 0, ran.output
    assert 'app_id = "0oa1"\nidp_host = "example.okta.com"\n' in home()


def test_what_does_not_work_is_not_written(proxy: Proxy, project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("REDSHIFT_PASSWORD", "planted-wrong")
    address = f"redshift://scram@127.0.0.1:{proxy.port}/postgres?tls=off"
    ran = call("add", "prod", "--url", address)
    assert ran.exit_code == 1
    assert "✗ database" in ran.stdout
    assert "nothing was written" in ran.stderr
    assert home() == ""
    assert "planted" not in ran.output
    assert call("add", "prod", "--url", address, "--no-test").exit_code == 0
    assert "planted" not in home()


WRONG = [  # words, what is said
    (("add", "p", "--url", "redshift://ann:planted@h/d"), "the URL has a password, and a file is no place for one"),
    (("add", "p", "--url", "redshift://h/d", "--set", "password=planted"), "password is a secret, and a file is no"),
    (("add", "p", "--url", "redshift://h/d", "--set", "client_secret=planted"), "client_secret_env"),
    (("add", "p", "--url", "redshift://h/d", "--set", "clusterr=x"), "did you mean cluster"),
    (("add", "p", "--url", "redshift://h/d", "--set", "duration=soon"), "duration is a whole number"),
    (("add", " ", "--url", "embedded://"), "a profile needs a name"),
    (("remove", "nosuch"), "there is no profile 'nosuch'"),
]


@pytest.mark.parametrize(("words", "said"), WRONG)
def test_a_mistake_is_said_and_nothing_written(project: Path, words: tuple[str, ...], said: str) -> None:
    ran = call(*words)
    assert ran.exit_code == 1
    assert said in ran.stderr
    assert "planted" not in ran.output
    assert home() == ""


def test_a_name_that_is_taken(project: Path) -> None:
    assert call("add", "a", "--url", "embedded://").exit_code == 0
    ran = call("add", "a", "--url", "embedded://")
    assert (ran.exit_code, "has a profile 'a' already" in ran.stderr) == (1, True)


FILE = """# who uses this file
[settings]
max_rows = 10   # few

# the old one
[profiles.old]
# as it was in spring
url = "embedded://"   # in memory

[profiles.old.lake]
"s3://old" = "old"
# here ends the old one

# this is the new one
[profiles."new one"]
url = "embedded://"
"""


def write(project: Path, text: str) -> Path:
    file = project / "rsnb.toml"
    file.write_text(text)
    return file


def test_removing_leaves_comments_and_all_else(project: Path) -> None:
    file = write(project, FILE)
    assert call("remove", "old").stdout == f"removed old from {file}\n"
    assert file.read_text() == (
        "# who uses this file\n[settings]\nmax_rows = 10   # few\n\n# the old one\n# here ends the old one\n\n"
        '# this is the new one\n[profiles."new one"]\nurl = "embedded://"\n'
    )
    assert call("remove", "new one").exit_code == 0
    assert tomllib.loads(file.read_text()) == {"settings": {"max_rows": 10}}
    assert "# this is the new one" in file.read_text()


def test_adding_appends_and_removing_gives_back_the_same_text(project: Path) -> None:
    file = write(project, FILE)
    assert call("add", "more", "--url", "embedded://", "--in", "project", "--no-test").exit_code == 0
    assert file.read_text() == FILE + '\n[profiles.more]\nurl = "embedded://"\n'
    assert call("remove", "more").exit_code == 0
    assert file.read_text().rstrip() == FILE.rstrip()


@pytest.mark.parametrize(
    "text",
    ['profiles.a = { url = "embedded://" }\n', '[profiles]\na = { url = "embedded://" }\nb.url = "embedded://"\n'],
)
def test_a_profile_without_a_section_of_its_own_is_left(project: Path, text: str) -> None:
    file = write(project, text)
    ran = call("remove", "a")
    assert ran.exit_code == 1
    assert "has no section [profiles.a] of its own" in ran.stderr
    assert file.read_text() == text


def test_listing(project: Path) -> None:
    assert "there is none yet: rsnb profile add NAME" in call("list").stdout
    write(project, FILE + '[profiles.p]\nurl = "redshift://ann@h:5439/d"\n[profiles.q]\nurl = "data-api://s/d"\n')
    assert call("add", "mine", "--url", "embedded://", "--no-test").exit_code == 0
    lines = [line.split() for line in call("list").stdout.splitlines()]
    assert lines[0] == ["name", "url", "identity", "file"]
    assert ["p", "redshift://…@h:5439/d", "password", str(project / "rsnb.toml")] in lines
    assert ["q", "data-api://s/d", "iam", str(project / "rsnb.toml")] in lines
    assert ["mine", "embedded://", str(settings.home())] in lines


VALUES: list[Any] = [
    "plain", 'quoted "x" \\ back', "line\nbreak\ttab\x00\x7f ä 🦆", "", 7, True, False, ["a", 'b"'], [],
    [{"role": "arn:x", "external_id": "y"}, "arn:z"], {"s3://demo": "./data", "key with space": "x"},
]  # fmt: skip


@pytest.mark.parametrize("value", VALUES)
@pytest.mark.parametrize("name", ["prod", "with space", 'qu"oted', "ä", "a.b"])
def test_every_value_and_name_comes_back(value: Any, name: str) -> None:
    text = profile_files.section(name, {"url": "embedded://", "key": value})
    assert tomllib.loads(text) == {"profiles": {name: {"url": "embedded://", "key": value}}}


def test_a_file_that_can_not_be_read_is_left(project: Path) -> None:
    file = write(project, "[profiles\n")
    with pytest.raises(ConfigError, match="can't be read"):
        profile_files.add("p", {"url": "embedded://"}, file)
    assert file.read_text() == "[profiles\n"
    with pytest.raises(ConfigError, match="can't be written"):
        profile_files.add("p", {"url": "embedded://"}, project / "rsnb.toml" / "below")


def test_every_key_is_declared_with_an_example_of_its_kind() -> None:
    assert list(KEYS) == sorted(KEYS)
    for key in KEYS.values():
        assert len(key.help.split()) >= 3
        value = tomllib.loads(key.example)[key.name]
        key.check(value, "example")
    assert not set(KEYS) & set(SECRETS)
    assert {key for known in KINDS.values() for key in (*known.needs, *known.takes)} <= set(KEYS)


def test_the_lists_of_a_key_are_read(project: Path) -> None:
    words = ("--set", "db_groups=a,b", "--set", "auto_create=true", "--set", "duration=1800", "--no-test")
    ran = call("add", "p", "--url", "redshift://ann@h/d", "--identity", "iam", *words)
    assert ran.exit_code == 0, ran.output
    assert tomllib.loads(home())["profiles"]["p"] == {
        "url": "redshift://ann@h/d", "identity": "iam", "db_groups": ["a", "b"], "auto_create": True, "duration": 1800,
    }  # fmt: skip
