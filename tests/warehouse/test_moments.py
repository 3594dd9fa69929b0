# ruff: noqa: E501
"""Dates and times: what the session's settings change, intervals in tables, properties with a truth of their own."""

from __future__ import annotations

import calendar
import datetime as dt
from collections.abc import Iterator
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import rsnb
from rsnb import Session
from rsnb.errors import SqlError, UnsupportedSql
from rsnb.warehouse.moments import intervals, spellings
from rsnb.warehouse.moments.calendar import date_of, day_number
from tests.warehouse.conftest import rows_of

# What the session says


def test_the_time_zone_of_the_session(session: Session, check: Any) -> None:
    session.sql("set timezone to 'America/New_York'")
    check("show timezone", [("America/New_York",)])
    check("select timestamptz '2008-07-01 12:00'::varchar", [("2008-07-01 12:00:00-04",)])
    check("select timestamptz '2008-07-01 12:00'", [(dt.datetime(2008, 7, 1, 16, tzinfo=dt.UTC),)])
    check("select timestamptz '2008-07-01 00:00+00'::date", [(dt.date(2008, 6, 30),)])
    check("select extract(hour from timestamptz '2008-07-01 00:00+00')", [(20.0,)])
    check(
        "select date_trunc('day', timestamptz '2008-07-01 00:00+00')", [(dt.datetime(2008, 6, 30, 4, tzinfo=dt.UTC),)]
    )
    check("select to_char(timestamptz '2008-07-01 00:00+00', 'HH24:MI OF')", [("20:00 -04",)])
    check("select timetz '10:00'::varchar = timetz '15:00+00'::varchar", [(True,)])
    check("select current_date = trunc(getdate()), sysdate = localtimestamp", [(True, True)])
    session.sql("reset timezone")
    check("select timestamptz '2008-07-01 12:00'::varchar", [("2008-07-01 12:00:00+00",)])


@pytest.mark.parametrize(
    ("sql", "shown"),
    [("set timezone to '-8:00'", "-08"), ("set time zone '+5:30'", "+05:30"), ("set timezone = 'PST8'", "-08"),
     ("set timezone interval '-8 hours'", "-08"), ("set timezone to 'EST'", "-05"), ("set timezone to 'Etc/GMT+3'", "-03"),
     ("set timezone to default", "+00")],
)  # fmt: skip
def test_zones_of_a_session(session: Session, check: Any, sql: str, shown: str) -> None:
    session.sql(sql)
    check("select to_char(sysdate, 'OF')", [(shown,)])


def test_a_time_zone_is_undone_with_its_transaction(session: Session, check: Any) -> None:
    session.sql("begin; set timezone to 'Asia/Tokyo'; rollback")
    check("select to_char(sysdate, 'OF')", [("+00",)])


def test_the_date_style_of_the_session(session: Session, check: Any, refuses: Any) -> None:
    query = "select '1/2/2008'::date"
    check(query, [(dt.date(2008, 1, 2),)])
    session.sql("set datestyle to 'ISO, DMY'")
    check(query, [(dt.date(2008, 2, 1),)])
    check("select x::date from (select '1/2/2008'::varchar as x) t", [(dt.date(2008, 2, 1),)])
    session.sql("set datestyle to ymd")
    check("select '08-1-2'::date", [(dt.date(2008, 1, 2),)])
    session.sql("set datestyle to 'SQL'")
    check("select date '2008-01-02'", [(dt.date(2008, 1, 2),)])
    refuses("select date '2008-01-02'::varchar", UnsupportedSql, "the text of a date value with datestyle SQL")


def test_now_is_the_transactions(session: Session) -> None:
    first, second = (
        rows_of(session.sql(f"{begin}select sysdate, 'now'::timestamp, getdate()"))[0] for begin in ("begin; ", "")
    )
    session.sql("commit")
    assert first[:2] == second[:2] == (first[0], first[0])
    assert second[2] > first[0]


# Intervals and times in tables


def test_intervals_in_a_table(session: Session, check: Any, refuses: Any) -> None:
    session.sql("create table t (y2m interval month, h2m interval hour to minute, s interval second(3))")
    session.sql("insert into t values (interval '20' month, interval '2 days 1:1:1.123456' day to second, '1.23456')")
    check("select y2m::text, h2m::text, s::text from t", [("1 year 8 mons", "2 days 01:01:00", "00:00:01.235")])
    session.sql("update t set y2m = interval '2' year where y2m = interval '1-8' year to month")
    check("select y2m, sum(1) from t group by y2m order by y2m", [("2 years", 1)])
    session.sql("insert into t (y2m) values (null), ('3'), ('-1')")
    check("select y2m from t order by y2m", [("-1 mons",), ("3 mons",), ("2 years",), (None,)])
    check("select max(y2m), min(y2m) from t", [("2 years", "-1 mons")])
    session.sql("delete from t where h2m = interval '2 1:1:0' day to second")
    check("select count(*) from t", [(3,)])
    refuses("select * from t where y2m = interval '1' day", SqlError, "do not go together")
    refuses("select y2m + interval '1' day from t", SqlError, "there is no interval year to month + interval day")


def test_times_with_a_zone_in_a_table(session: Session, check: Any) -> None:
    session.sql("create table t (z timetz); insert into t values ('20:00 PST'), ('3:30+00'), (null)")
    check("select z from t order by z", [("03:30:00+00",), ("04:00:00+00",), (None,)])
    check("select count(*) from t where z < '3:45:00 UTC'", [(1,)])
    check("select z::time, z::varchar from t where z = timetz '20:00-08'", [(dt.time(4), "04:00:00+00")])
    check("select max(z) from t", [("04:00:00+00",)])


def test_columns_of_texts_in_every_spelling(session: Session, check: Any, refuses: Any) -> None:
    session.sql(
        "create table t (x varchar(40)); insert into t values ('1999-01-08'), ('Jan-08-1999'), ('990108'), (null)"
    )
    check("select distinct x::date from t order by 1", [(dt.date(1999, 1, 8),), (None,)])
    check("select count(*) from t where x::timestamp = '1/8/1999'", [(3,)])
    check("select count(*) from t where try_cast(x as timestamptz) is null", [(1,)])
    session.sql("insert into t values ('1999-02-29')")
    refuses("select x::date from t", SqlError, "1999-02-29", "DATE")


# Properties

DATES = st.dates(dt.date(1, 1, 1), dt.date(9999, 12, 31))
MODERN = st.datetimes(dt.datetime(1970, 1, 1), dt.datetime(2069, 12, 31))
ZONES = ("America/New_York", "Europe/Paris", "Asia/Kolkata", "Australia/Lord_Howe", "Africa/Kampala")
quick = settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])


@pytest.fixture(scope="module")
def warehouse() -> Iterator[Session]:
    with rsnb.connect("embedded://") as opened:
        yield opened


def value(session: Session, expression: str) -> Any:
    return session.sql(f"select {expression}").scalar()


def literal(moment: dt.datetime) -> str:
    return f"timestamp '{moment.isoformat(' ')}'"


@given(DATES)
def test_day_numbers_are_pythons(date: dt.date) -> None:
    number = (date - dt.date(1970, 1, 1)).days
    assert day_number(date.year, date.month, date.day) == number
    assert date_of(number) == (date.year, date.month, date.day)


@given(MODERN, st.sampled_from(["%Y-%m-%d %H:%M:%S.%f", "%B %d, %Y %H:%M:%S.%f", "%m/%d/%Y %I:%M:%S.%f %p", "%d-%b-%y %H:%M:%S.%f",
                                "%Y%m%d %H%M%S.%f", "%Y.%j %H:%M:%S.%f", "%a %d %b %H:%M:%S.%f %Y", "%y%m%d %H:%M:%S.%f"]))  # fmt: skip
def test_a_spelling_says_its_moment(moment: dt.datetime, spelling: str) -> None:
    text = spellings.normal(moment.strftime(spelling), "timestamp", "MDY")
    assert dt.datetime.fromisoformat(text) == moment


@given(st.text(alphabet="0123456789-/.: ,JanfebPMadT+", max_size=24))
def test_a_text_is_a_moment_or_unreadable(text: str) -> None:
    for kind in spellings.KINDS:
        try:
            spellings.normal(text, kind, "MDY")
        except spellings.Unreadable as why:
            assert str(why)


@given(st.integers(-(10**9), 10**9), st.integers(-(10**15), 10**15))
def test_an_interval_is_read_as_it_is_printed(months: int, microseconds: int) -> None:
    shown = intervals.Interval(months, microseconds)
    assert intervals.read(intervals.shown(shown)) == shown


@quick
@given(
    MODERN,
    st.integers(-5000, 5000),
    st.sampled_from(["day", "hour", "minute", "second", "week", "millisecond", "microsecond"]),
)
def test_dateadd_is_pythons(warehouse: Session, moment: dt.datetime, count: int, part: str) -> None:
    expected = moment + dt.timedelta(**{f"{part}s": count})
    assert value(warehouse, f"dateadd({part}, {count}, {literal(moment)})") == expected
    assert value(warehouse, f"{literal(moment)} + {count} * interval '1 {part}'") == expected


@quick
@given(MODERN, st.integers(-600, 600))
def test_months_end_where_the_month_ends(warehouse: Session, moment: dt.datetime, count: int) -> None:
    year, month = divmod(moment.year * 12 + moment.month - 1 + count, 12)
    length = calendar.monthrange(year, month + 1)[1]
    added = moment.replace(year=year, month=month + 1, day=min(moment.day, length))
    assert value(warehouse, f"dateadd(month, {count}, {literal(moment)})") == added
    last = moment.day == calendar.monthrange(moment.year, moment.month)[1]
    assert value(warehouse, f"add_months({literal(moment)}, {count})") == (added.replace(day=length) if last else added)


@quick
@given(MODERN, MODERN)
def test_differences_count_boundaries(warehouse: Session, one: dt.datetime, other: dt.datetime) -> None:
    expected = {
        "year": other.year - one.year, "month": (other.year - one.year) * 12 + other.month - one.month,
        "week": other.toordinal() // 7 - one.toordinal() // 7,  # the day 7 was a Sunday
        "day": (other.date() - one.date()).days,
        "hour": int((other.replace(minute=0, second=0, microsecond=0) - one.replace(minute=0, second=0, microsecond=0)).total_seconds() // 3600),
    }  # fmt: skip
    for part, count in expected.items():
        assert value(warehouse, f"datediff({part}, {literal(one)}, {literal(other)})") == count, part
    assert value(warehouse, f"{literal(other)} - {literal(one)}") == other - one


@quick
@given(MODERN)
def test_parts_are_pythons(warehouse: Session, moment: dt.datetime) -> None:
    parts = {"year": moment.year, "month": moment.month, "day": moment.day, "hour": moment.hour, "minute": moment.minute,
             "second": moment.second, "ms": moment.microsecond // 1000, "doy": moment.timetuple().tm_yday,
             "dow": moment.isoweekday() % 7, "week": moment.isocalendar().week, "quarter": (moment.month + 2) // 3}  # fmt: skip
    found = warehouse.sql("select " + ", ".join(f"extract({part} from {literal(moment)}) as {part}" for part in parts))
    assert rows_of(found) == [tuple(parts.values())]


@quick
@given(MODERN)
def test_formats_are_pythons(warehouse: Session, moment: dt.datetime) -> None:
    text = moment.strftime("%Y-%m-%d %H:%M:%S.%f %I %p %a %b %d %j")
    assert value(warehouse, f"to_char({literal(moment)}, 'YYYY-MM-DD HH24:MI:SS.US HH12 AM Dy Mon DD DDD')") == text
    year, week, day = moment.isocalendar()
    assert (
        value(warehouse, f"to_char({literal(moment)}, 'IYYY IW ID FMMonth')") == f"{year} {week:02d} {day} {moment:%B}"
    )
    back = f"to_timestamp('{moment:%Y-%m-%d %H:%M:%S.%f}', 'YYYY-MM-DD HH24:MI:SS.US')"
    assert value(warehouse, back) == moment.replace(tzinfo=dt.UTC)


@quick
@given(st.decimals(-9_999_999, 9_999_999, places=2, allow_nan=False))
def test_numbers_are_grouped_as_python_groups_them(warehouse: Session, number: Any) -> None:
    shown = f"{abs(number):,.2f}"
    shown = shown[1:] if shown.startswith("0.") else shown
    expected = (("-" if number < 0 else " ") + shown).rjust(13)
    assert value(warehouse, f"to_char({number}::numeric(9,2), '9,999,999D99')") == expected
    assert value(warehouse, f"to_number('{number}', '9999999D99')") == number


@quick
@given(MODERN, st.sampled_from(ZONES))
def test_zones_are_those_of_the_database(warehouse: Session, moment: dt.datetime, zone: str) -> None:
    local = moment.replace(tzinfo=dt.UTC).astimezone(ZoneInfo(zone)).replace(tzinfo=None)
    assert value(warehouse, f"convert_timezone('{zone}', {literal(moment)})") == local
    instant = local.replace(tzinfo=ZoneInfo(zone)).astimezone(dt.UTC)
    if instant.astimezone(ZoneInfo(zone)).utcoffset() == local.replace(tzinfo=ZoneInfo(zone), fold=1).utcoffset():
        assert value(warehouse, f"{literal(local)} at time zone '{zone}'") == instant


@quick
@given(MODERN, MODERN)
def test_months_between_is_the_rule_of_31_days(warehouse: Session, one: dt.datetime, other: dt.datetime) -> None:
    def place(moment: dt.datetime) -> float:
        return moment.day + (moment - moment.replace(hour=0, minute=0, second=0, microsecond=0)) / dt.timedelta(1)

    whole = (one.year - other.year) * 12 + one.month - other.month
    ends = [m.day == calendar.monthrange(m.year, m.month)[1] for m in (one, other)]
    part = 0.0 if one.day == other.day or all(ends) else (place(one) - place(other)) / 31
    assert value(warehouse, f"months_between({literal(one)}, {literal(other)})") == pytest.approx(whole + part)
