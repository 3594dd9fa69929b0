"""Errors: one tree, drawn in the module; a few lines for a reader, with the place marked."""

from __future__ import annotations

import inspect
import re

import pytest

from rsnb import RsnbError, SqlError, errors
from rsnb.errors import similar


def drawn() -> dict[str, str]:
    """Class → base, as the module's docstring draws them."""
    tree, above = {}, ["RsnbError"]
    for line in (errors.__doc__ or "").splitlines():
        if match := re.match(r"([│ ]*)[├└]── (\w+) {2,}\S", line):
            depth = len(match[1]) // 4 + 1
            above = [*above[:depth], match[2]]
            tree[match[2]] = above[depth - 1]
    return tree


def test_the_tree_in_the_docstring_is_the_classes() -> None:
    classes = [c for _, c in inspect.getmembers(errors, inspect.isclass) if issubclass(c, RsnbError)]
    assert drawn() == {c.__name__: c.__base__.__name__ for c in classes if c is not RsnbError}


@pytest.mark.parametrize("name", [*drawn(), "RsnbError"])
def test_every_error_is_documented_shows_itself_and_shadows_nothing(name: str) -> None:
    kind = getattr(errors, name)
    assert kind.__doc__
    assert name not in dir(__builtins__)
    error = kind("it failed", hint="do this")
    assert error.lines() == [f"{name}: it failed", "→ do this"]
    assert error._render_traceback_() == error.lines()
    assert str(error) == "it failed\n→ do this"
    assert str(kind("it failed")) == "it failed"
    assert isinstance(error, RsnbError)


MARKED = [  # text, place, line, column, what is shown
    ("select x", 7, 1, 8, ["line 1: select x", "               ^"]),
    ("select x", 0, 1, 1, ["line 1: select x", "        ^"]),
    ("select x", 8, 1, 9, ["line 1: select x", "                ^"]),
    ("select\n  x\nfrom t", 9, 2, 3, ["line 2:   x", "          ^"]),
    ("select\r\n  x\r\nfrom t", 10, 2, 3, ["line 2:   x", "          ^"]),
    ("\tselect\tx", 8, 1, 9, ["line 1:  select x", "                ^"]),
    ("a\nb\nc", 4, 3, 1, ["line 3: c", "        ^"]),
    ("a\n\nc", 2, 2, 1, ["line 2: ", "        ^"]),
    ("a\n" * 11 + "b", 22, 12, 1, ["line 12: b", "         ^"]),
]


@pytest.mark.parametrize(("sql", "position", "line", "column", "shown"), MARKED)
def test_the_place_is_marked(sql: str, position: int, line: int, column: int, shown: list[str]) -> None:
    error = SqlError("wrong", sql=sql, position=position, hint="right")
    assert (error.line, error.column) == (line, column)
    assert error.lines() == ["SqlError: wrong", *shown, "→ right"]
    assert str(error) == "\n".join(["wrong", *shown, "→ right"])


def test_without_a_place_nothing_is_marked() -> None:
    error = SqlError("wrong", sql="select 1")
    assert (error.line, error.column) == (None, None)
    assert error.lines() == ["SqlError: wrong"]


@pytest.mark.parametrize("at", [0, 10, 49, 50, 99, 100, 101, 300, 550, 599])
def test_a_long_line_is_cut_around_the_place(at: int) -> None:
    sql = "x" * at + "!" + "y" * (599 - at)
    _, shown, caret = SqlError("wrong", sql=sql, position=at).lines()
    assert shown[caret.index("^")] == "!"
    assert len(shown) < 120
    assert shown.startswith("line 1: …") == (at > 50)
    assert shown.endswith("…") == (at < 549)


def test_wide_characters_before_the_place_keep_the_caret_below_it() -> None:
    _, shown, caret = SqlError("wrong", sql="select '東京', x", position=13).lines()
    assert len(caret) - 1 == len("line 1: select '東京', ") + 2  # each takes two columns on the screen
    assert shown == "line 1: select '東京', x"


@pytest.mark.parametrize(
    ("name", "known", "hint"),
    [
        ("evnt", ["event", "venue", "sales"], "did you mean event?"),
        ("EVENT", ["event"], "did you mean event?"),
        ("event", ["Event"], "did you mean Event?"),
        ("evnt", ["event", "events", "x"], "did you mean event or events?"),
        ("evnt", ["event", "events", "evnts", "x"], "did you mean evnts, event or events?"),
        ("zzz", ["b", "a", "a"], "there is a, b"),
        ("zzz", [], "there is none yet"),
        (
            "zzz",
            [f"t{i:02}" for i in range(15)],
            "there is " + ", ".join(f"t{i:02}" for i in range(12)) + " and 3 more",
        ),
    ],
)
def test_similar_names_are_offered(name: str, known: list[str], hint: str) -> None:
    assert similar(name, known) == hint
