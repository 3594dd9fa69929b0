"""The README says what is there, and all of it."""

import re
from pathlib import Path

import pytest

from rsnb import charts, functions
from rsnb.cli import main
from rsnb.magic import OPTIONS, VERBS
from rsnb.settings import SETTINGS
from rsnb.types import RULES
from tests.test_layers import LAYERS

ROOT = Path(__file__).parent.parent
README = (ROOT / "README.md").read_text(encoding="utf-8")


@pytest.mark.parametrize("setting", SETTINGS.values(), ids=SETTINGS)
def test_every_setting_is_documented_with_its_default(setting):
    default = f" `{setting.default}` " if setting.default != "" else " "
    assert f"| `{setting.name}` |{default}|" in README
    assert setting.help


def test_no_other_setting_is_documented():
    section = README.split("| setting |")[1].split("\n\n")[0]
    assert set(re.findall(r"^\| `(\w+)`", section, re.MULTILINE)) == set(SETTINGS)


@pytest.mark.parametrize("rule", RULES.values(), ids=RULES)
def test_every_type_is_documented(rule):
    assert f"| `{rule.name}` | `{rule.arrow}` | `{rule.pandas}` |" in README


@pytest.mark.parametrize("verb", VERBS)
def test_every_verb_is_documented(verb):
    assert f"| `%redshift {verb}" in README


def test_every_documented_verb_exists():
    assert set(re.findall(r"^\| `%redshift (\w+)", README, re.MULTILINE)) == set(VERBS)


@pytest.mark.parametrize("option", [a.option_strings[-1] for a in OPTIONS._actions if a.option_strings])
def test_every_option_is_documented(option):
    assert f"| `{option}" in README


@pytest.mark.parametrize("command", main.commands)
def test_every_command_is_documented_and_has_help(command):
    assert re.search(rf"^\| `rsnb {command}[ `]", README, re.MULTILINE)
    assert main.commands[command].help


def test_every_documented_command_exists():
    assert set(re.findall(r"^\| `rsnb ([\w-]+)", README, re.MULTILINE)) == set(main.commands)


def test_every_chart_and_library_is_named():
    for name in [*charts.kinds(), *functions.names()]:
        assert f"`{name}`" in README


def test_every_module_stands_in_its_layer():
    layers = {name: parts for name, parts in LAYERS.items() if name != "front door"}
    rows = re.findall(r"^\| (\w+) \| ((?:`\w+` ?)+)\|", README.split("## How it is built")[1], re.MULTILINE)
    documented = {name: set(re.findall(r"`(\w+)`", modules)) for name, modules in rows}
    assert documented == {name: set(parts) - {"_version"} for name, parts in layers.items()}


PAGES = [ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md"))]
LINKS = [(page, link) for page in PAGES for link in re.findall(r"\]\((?!http)([^)]+)\)", page.read_text("utf-8"))]


@pytest.mark.parametrize(("page", "link"), LINKS, ids=[link for _, link in LINKS])
def test_every_link_leads_to_a_heading_of_a_file(page, link):
    target, _, anchor = link.partition("#")
    file = page.parent / target if target else page
    assert file.exists()
    if anchor:
        headings = re.findall(r"^#+ (.+)$", file.read_text(encoding="utf-8"), re.MULTILINE)
        assert anchor in {re.sub(r"[^\w -]", "", heading).lower().replace(" ", "-") for heading in headings}


def test_every_make_target_of_the_readme_exists():
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    for target in set(re.findall(r"make (\w+)", README)):
        assert re.search(rf"^{target}:", makefile, re.MULTILINE), target
