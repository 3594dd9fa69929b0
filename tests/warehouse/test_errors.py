"""What went wrong is said in the user's words, at the place in the user's text."""

from __future__ import annotations

from typing import Any

import pytest

from rsnb.errors import SqlError, UnsupportedSql

# statement with the place of the fault between « and », error, words
PLACED: list[tuple[str, type[SqlError], tuple[str, ...]]] = [
    ("select * from «event»", SqlError, ("no table event", "did you mean events")),
    ("-- from evnt\nselect 'evnt' as a\nfrom «evnt»", SqlError, ("no table evnt", "events")),
    ("select * from nosuch.«t»", SqlError, ("no table nosuch.t",)),
    ("select\n  1,\n  «eventt»\nfrom events", SqlError, ("no column eventt", "eventid")),
    ("select /* eventt */ 'eventt', «eventt» from events", SqlError, ("no column eventt",)),
    ("select «lenght»('a')", UnsupportedSql, ("LENGHT", "did you mean length")),
    ("select «eventid» from events a, events b", SqlError, ("ambiguous",)),
    ("select 'a», b", SqlError, ("has no end",)),
    ("select 1 «/*» a", SqlError, ("has no end",)),
    ('select «"a', SqlError, ("has no end",)),
    ("select 1\nfrom events\nfrm «x» y", SqlError, ("syntax error",)),
    ("«frobnicate» events", SqlError, ("does not begin",)),
    ("select eventid, count(*) from events group by «city»", SqlError, ()),
    ("select cast(«'abc'» as int)", SqlError, ("'abc' is not valid for the type INTEGER",)),
    ("select «'2008-13-01'»::date", SqlError, ("not valid for the type DATE",)),
    ("select 1 / 0", SqlError, ("division by zero", "nullif")),
    ("select 9223372036854775807 + 1", SqlError, ("out of range",)),
    ("insert into events (eventid, «nme») values (1, 2)", SqlError, ("no column nme",)),
    ("with a as (select 1) «vacuum» events", SqlError, ("syntax error at or near 'vacuum'",)),
    ("with a as («explain» select 1) select 1", SqlError, ("syntax error at or near 'explain'",)),
    ("select * from (with a as (select 1), b as («Show» all) select 1)", SqlError, ("at or near 'Show'",)),
    ("insert into events with a as (select 1) «merge» into events", SqlError, ("at or near 'merge'",)),
    ("unload ('select 1; vacuum events') to 's3://lake/x' iam_role default", SqlError, ("not a query",)),
    ("truncate «evens»", SqlError, ("evens does not exist", "events")),
]


@pytest.mark.parametrize(("marked", "error", "words"), PLACED)
def test_place_and_words(
    session: Any, refuses: Any, marked: str, error: type[SqlError], words: tuple[str, ...]
) -> None:
    session.sql("create table events (eventid int, city varchar(20))")
    sql = marked.replace("«", "").replace("»", "")
    caught = refuses(sql, error, *words)
    if marked.startswith(("select 'a", "select eventid, count")):
        return
    if "«" in marked:
        assert caught.position == marked.index("«")
        assert caught.line == marked[: marked.index("«")].count("\n") + 1
