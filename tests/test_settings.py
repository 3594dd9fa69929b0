"""Settings: what wins over what, and how a mistake is said."""

from __future__ import annotations

from pathlib import Path

import pytest

from rsnb import ConfigError, settings
from rsnb.settings import S3, SETTINGS, Config, Setting, find, load


def write(path: Path, text: str) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")
    return path


@pytest.fixture
def home(project: Path) -> Path:
    return project.parent / "home" / "rsnb" / "config.toml"


def loaded(project: Path, **environment: str) -> Config:
    return load(project, {"XDG_CONFIG_HOME": str(project.parent / "home"), **environment})


@pytest.mark.parametrize("setting", SETTINGS.values(), ids=lambda s: s.name)
def test_every_setting_is_explained_and_its_default_valid(setting: Setting) -> None:
    assert len(setting.help.split()) >= 3
    assert setting.parse(setting.default, "default") == setting.default
    assert not setting.choices or setting.default in setting.choices
    assert SETTINGS[setting.name] is setting


def test_settings_are_sorted() -> None:
    assert list(SETTINGS) == sorted(SETTINGS)


def test_nothing_set_gives_the_defaults(project: Path) -> None:
    config = loaded(project)
    assert {name: config[name] for name in SETTINGS} == {s.name: s.default for s in SETTINGS.values()}
    assert (config.root, config.profiles, config.lake) == (None, {}, {})


def test_environment_over_project_over_home_over_default(project: Path, home: Path) -> None:
    assert loaded(project).number("max_rows") == 0
    write(home, "[settings]\nmax_rows = 1\nframe = 'arrow'")
    assert loaded(project).number("max_rows") == 1
    write(project / "rsnb.toml", "[settings]\nmax_rows = 2")
    assert loaded(project).number("max_rows") == 2
    assert loaded(project, RSNB_MAX_ROWS="3").number("max_rows") == 3
    assert loaded(project).text("frame") == "arrow"


def test_profiles_and_lake_of_both_files_are_joined(project: Path, home: Path) -> None:
    write(
        home, "[profiles.a]\nurl='embedded://'\n[profiles.b]\nurl='embedded:///b'\n[lake]\n's3://a'='a'\n's3://b'='b'"
    )
    write(project / "rsnb.toml", "[profiles.b]\nurl='embedded:///c'\n[lake]\n's3://b'='c'")
    config = loaded(project)
    assert {name: profile["url"] for name, profile in config.profiles.items()} == {
        "a": "embedded://",
        "b": "embedded:///c",
    }
    assert config.lake == {"s3://a": home.parent / "a", "s3://b": project / "c"}


def test_the_project_is_found_upward(project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = write(project / "rsnb.toml", "")
    deep = project / "a" / "b"
    deep.mkdir(parents=True)
    assert find(deep) == file
    assert loaded(deep.parent).root == project
    monkeypatch.chdir(deep)
    assert load().root == project
    assert load(Path()).root == project
    assert load(Path("../x.ipynb")).root == project


def test_a_lake_on_s3_itself(project: Path) -> None:
    write(project / "rsnb.toml", "[lake]\n's3://a' = 's3'\n's3://b' = './s3'")
    assert loaded(project).lake == {"s3://a": S3, "s3://b": project / "s3"}


def test_lake_folders_are_relative_to_the_file_that_names_them(project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write(
        project / "rsnb.toml",
        "[lake]\n's3://a/' = './data'\n's3://b' = '/abs'\n's3://c/x/' = '~/c'\n[profiles.p.lake]\n's3://a' = '../up'",
    )
    monkeypatch.setenv("HOME", "/somebody")
    (project / "deep").mkdir()
    monkeypatch.chdir(project / "deep")
    config = load()
    assert config.lake == {"s3://a": project / "data", "s3://b": Path("/abs"), "s3://c/x": Path("/somebody/c")}
    assert config.profiles["p"]["lake"] == {"s3://a": project.parent / "up"}


def test_a_user_may_have_no_home(project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOME", "~")  # as expanduser leaves it where nobody knows the folder
    write(project / "rsnb.toml", "[settings]\nmax_rows = 7")
    assert load(project, {})["max_rows"] == 7
    with pytest.raises(ConfigError, match="no home folder"):
        settings.home({})


def test_a_file_may_begin_with_a_byte_order_mark(project: Path) -> None:
    (project / "rsnb.toml").write_bytes(b"\xef\xbb\xbf[settings]\nmax_rows = 7\n")
    assert loaded(project).number("max_rows") == 7


MISTAKES = [  # file, what the error says, what the hint says
    ("[settings]\nmax_row = 1", "[settings]: unknown key 'max_row'", "known are connect_timeout, connection, data, "),
    ("max_rows = 1", "unknown key 'max_rows'", "known are lake, profiles, settings"),
    ("[profiles.p]\nuri = 'x'", "[profiles.p]: unknown key 'uri'", "did you mean url"),
    ("[profiles.p]\nnosuch = 'x'", "[profiles.p]: unknown key 'nosuch'", "known are app_id, app_name, "),
    ("[profiles.p]\ndbgroups = ['x']", "[profiles.p]: unknown key 'dbgroups'", "did you mean db_groups?"),
    ("[profiles.p]\npassword = 'hunter2'", "[profiles.p]: password is a secret", 'password_env = "NAME"'),
    ("[profiles.p]\nclient_secret = 'hunter2'", "[profiles.p]: client_secret is a secret", "client_secret_env"),
    ("[profiles.p]\nurl = 'redshift://me:hunter2@h/d'", "[profiles.p]: the URL has a password", "password_env"),
    ("[settings]\nconnection = 'redshift://me:hunter2@h/d'", "the URL has a password", "password_env"),
    ("[settings]\nmax_rows = 'many'", "max_rows is a whole number, not 'many'", "0 is no limit"),
    ("[settings]\nmax_rows = -1", "max_rows is a whole number, not -1", "0 is no limit"),
    ("[settings]\nmax_rows = 1.5", "max_rows is a whole number, not 1.5", "0 is no limit"),
    ("[settings]\nmax_rows = true", "max_rows is a whole number, not True", "0 is no limit"),
    ("[settings]\nconnection = 1", "connection is a text, not 1", "profile or URL"),
    ("[settings]\nframe = 'dask'", "frame can't be 'dask'", "one of pandas, polars, arrow"),
    ("settings = 1", "settings is a table, not 1", "write [settings]"),
    ("lake = ['a']", "lake is a table, not ['a']", "write [lake]"),
    ("profiles = 'x'", "profiles is a table", "write [profiles]"),
    ("[profiles]\np = 'embedded://'", "[profiles.p] is not a table", "write [profiles.p] and url = ..."),
    ("[profiles.p]\nurl = 1", "[profiles.p]: url is a text, not 1", 'url = "redshift://'),
    ("[profiles.p]\nlake = 1", "[profiles.p]: lake is a table, not 1", 'lake = { "s3://demo" = "./data" }'),
    ("[profiles.p]\nduration = true", "[profiles.p]: duration is a whole number, not True", "duration = 3600"),
    ("[profiles.p]\ndb_groups = 'x'", "db_groups is a list of texts, not 'x'", 'db_groups = ["analysts"]'),
    ("[profiles.p]\nassume_roles = [{id = 'x'}]", "assume_roles is a list of roles", "assume_roles = ["),
    ("[lake]\ndemo = './x'", "[lake]: 'demo' = './x' is not an s3:// address and a folder", '"s3://demo" = "./lake"'),
    ("[lake]\n's3://demo' = 1", "[lake]: 's3://demo' = 1 is not", '"s3://demo" = "./lake"'),
    ("[profiles.p.lake]\nx = 'y'", "[profiles.p.lake]: 'x' = 'y' is not", "s3://"),
    ("[settings\n", "can't be read: ", "it is TOML"),
    ("[lake]\n's3://a' = 'b'\n's3://a' 'c'", "line 3", "it is TOML"),
]


@pytest.mark.parametrize(("text", "message", "hint"), MISTAKES)
@pytest.mark.parametrize("place", ["home", "project"])
def test_a_mistake_in_a_file_is_said_with_its_place(
    project: Path, home: Path, place: str, text: str, message: str, hint: str
) -> None:
    file = write(home if place == "home" else project / "rsnb.toml", text)
    with pytest.raises(ConfigError) as caught:
        loaded(project)
    assert str(file) in caught.value.message
    assert message in caught.value.message
    assert hint in (caught.value.hint or "")
    assert "hunter2" not in str(caught.value)


def test_a_file_that_is_not_utf8_is_an_error(project: Path) -> None:
    (project / "rsnb.toml").write_bytes(b"\xff\xfe")
    with pytest.raises(ConfigError, match=r"rsnb.toml can't be read"):
        loaded(project)


@pytest.mark.parametrize(
    ("environment", "message", "hint"),
    [
        ({"RSNB_MAXROWS": "1"}, "environment: unknown key 'RSNB_MAXROWS'", "RSNB_MAX_ROWS"),
        ({"RSNB_MAX_ROWS": "x"}, "environment RSNB_MAX_ROWS: max_rows is a whole number, not 'x'", "0 is no limit"),
        ({"RSNB_FRAME": "x"}, "environment RSNB_FRAME: frame can't be 'x'", "one of pandas"),
    ],
)
def test_a_mistake_in_the_environment_is_said(
    project: Path, environment: dict[str, str], message: str, hint: str
) -> None:
    with pytest.raises(ConfigError) as caught:
        loaded(project, **environment)
    assert message in caught.value.message
    assert hint in (caught.value.hint or "")


def test_every_setting_can_come_from_the_environment(project: Path) -> None:
    given = {n: "7" if isinstance(s.default, int) else (*s.choices, "x")[0] for n, s in SETTINGS.items()}
    config = loaded(project, **{f"RSNB_{name.upper()}": value for name, value in given.items()})
    assert {name: str(config[name]) for name in given} == given
