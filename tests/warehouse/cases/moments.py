# ruff: noqa: E501
"""Dates, times, time zones and intervals: functions, literals, casts, arithmetic."""

from __future__ import annotations

import datetime as dt
from typing import Any

INT, BIGINT, FLOAT, TEXT, BOOL = "integer", "bigint", "double precision", "character varying", "boolean"
DATE, MOMENT, ZONED = "date", "timestamp without time zone", "timestamp with time zone"
TIME, SPAN = "time without time zone", "interval day to second"
TIMETZ = MONTHS = TEXT  # as a result holds them


def day(*parts: int) -> dt.date:
    return dt.date(*parts)


def at(*parts: int) -> dt.datetime:
    return dt.datetime(*parts)  # type: ignore[arg-type]


def utc(*parts: int) -> dt.datetime:
    return dt.datetime(*parts, tzinfo=dt.UTC)  # type: ignore[arg-type,misc]


def _each(template: str, kind: str, *pairs: tuple[str, Any]) -> list[tuple[str, Any, str]]:
    return [(template.format(text), value, kind) for text, value in pairs]


_TS = "timestamp '2009-09-09 12:08:43.101'"

CASES: dict[str, list[tuple[str, Any, str]]] = {
    # literals
    "date": [
        *_each("'{}'::date", DATE, *[(text, day(1999, 1, 8)) for text in (
            "January 8, 1999", "1999-01-08", "1/8/1999", "1/8/99", "990108", "19990108", "Jan-08-1999", "8-Jan-1999",
            "1999-Jan-08", "08 jan 1999", "1999.008", "J2451187", "Fri Jan 8 1999", " 1999-01-08 ", "1999-1-8",
            "1999/01/08", "8.1.1999", "08.01.1999", "1999-01-08 23:59:59", "JANUARY 8 99",
        )]),
        ("date '01/02/00'", day(2000, 1, 2), DATE),
        ("'01/02/69'::date", day(2069, 1, 2), DATE),
        ("'01/02/70'::date", day(1970, 1, 2), DATE),
        ("'2008.366'::date", day(2008, 12, 31), DATE),
        ("'12.17.1997'::date", day(1997, 12, 17), DATE),
        ("datediff(year, 'Jan-08-95 BC', '2000-01-08')", 2094, BIGINT),
        ("(select x::date from (select 'Jan-08-1999'::varchar as x) t)", day(1999, 1, 8), DATE),
        ("date '2008-01-01' = '1/1/2008'", True, BOOL),
        ("date '2008-01-31' in ('Jan-31-2008', '2008-02-01')", True, BOOL),
        ("'today'::date = current_date and 'tomorrow'::date - 1 = current_date", True, BOOL),
    ],
    "time": [
        *_each("'{}'::time", TIME, ("04:05:06.789", dt.time(4, 5, 6, 789000)), ("04:05:06", dt.time(4, 5, 6)),
               ("04:05", dt.time(4, 5)), ("040506", dt.time(4, 5, 6)), ("04:05 AM", dt.time(4, 5)),
               ("04:05 pm", dt.time(16, 5)), ("16:05", dt.time(16, 5)), ("12:05 am", dt.time(0, 5)),
               ("12:05 PM", dt.time(12, 5)), ("2008-02-15 04:05", dt.time(4, 5))),
        ("timestamp '2008-02-18 02:36:48'::time", dt.time(2, 36, 48), TIME),
        ("time '23:00' + interval '2 hours'", dt.time(1, 0), TIME),
        ("time '23:00' < '23:30'", True, BOOL),
    ],
    "timetz": [
        *_each("'{}'::timetz", TIMETZ, ("20:00:00 PST", "04:00:00+00"), ("20:00:00-08", "04:00:00+00"),
               ("04:00", "04:00:00+00"), ("1.12.1997 07:37:16.5 PDT", "14:37:16.5+00")),
        ("timetz '10:00:00+02' = timetz '08:00:00+00'", True, BOOL),
        ("timetz '10:00:00+02' < '3:00:00 UTC'", False, BOOL),
        ("time '10:00'::timetz", "10:00:00+00", TIMETZ),
        ("timestamptz '2008-01-01 10:00:00+02'::timetz", "08:00:00+00", TIMETZ),
    ],
    "timestamp": [
        *_each("'{}'::timestamp", MOMENT, *[(text, at(2008, 2, 15, 4, 5, 6)) for text in (
            "20080215 04:05:06", "20080215 040506", "080215 04:05:06", "Feb 15, 2008 04:05:06", "2008-02-15T04:05:06",
            "15 Feb 04:05:06 2008 PST", "02/15/2008 4:05:06 am", "2008-02-15 04:05:06+09", "J2454512 04:05:06",
        )]),
        ("timestamp '20080215'", at(2008, 2, 15), MOMENT),
        ("timestamp '2008-02-15 24:00:00'", at(2008, 2, 16), MOMENT),
        ("timestamp without time zone '2008-02-15 04:05'", at(2008, 2, 15, 4, 5), MOMENT),
        ("'2008-02-15 04:05'::datetime", at(2008, 2, 15, 4, 5), MOMENT),
        ("(select x::timestamp from (select 'Feb 15 2008 4:05 pm EST'::varchar as x) t)", at(2008, 2, 15, 16, 5), MOMENT),
        ("'epoch'::timestamp", at(1970, 1, 1), MOMENT),
        ("'now'::timestamp = sysdate", True, BOOL),
        ("'yesterday'::timestamp + 1 = trunc(sysdate)", True, BOOL),
    ],
    "timestamptz": [
        *_each("'{}'::timestamptz", ZONED, *[(text, utc(1997, 12, 17, 15, 37, 16)) for text in (
            "17 Dec 07:37:16 1997 PST", "12/17/1997 07:37:16.00 PST", "12/17/1997 07:37:16.00 US/Pacific",
            "1997-12-17 07:37:16-08", "17.12.1997 07:37:16.00 PST", "12.17.1997 07:37:16.00 PST",
            "1997-12-17 15:37:16", "1997-12-17T15:37:16Z", "1997-12-17 21:07:16+05:30", "1997-12-17 07:37:16 PST8PDT",
        )]),
        ("timestamptz '2008-07-01 12:00 America/New_York'", utc(2008, 7, 1, 16), ZONED),
        ("timestamptz '2008-01-01 12:00 America/New_York'", utc(2008, 1, 1, 17), ZONED),
        ("(select x::timestamptz from (select '17 Dec 07:37:16 1997 US/Pacific'::varchar as x) t)", utc(1997, 12, 17, 15, 37, 16), ZONED),
        ("timestamp with time zone 'epoch'", utc(1970, 1, 1), ZONED),
    ],
    "text of a moment": [
        ("date '2008-01-02'::varchar", "2008-01-02", TEXT),
        ("timestamp '2008-01-02 03:04:05'::varchar", "2008-01-02 03:04:05", TEXT),
        ("timestamp '2008-01-02 03:04:05.120'::varchar", "2008-01-02 03:04:05.12", TEXT),
        ("timestamptz '2008-01-02 03:04:05+02'::varchar", "2008-01-02 01:04:05+00", TEXT),
        ("time '03:04:05.5'::varchar", "03:04:05.5", TEXT),
        ("timetz '03:04:05 EST'::varchar", "08:04:05+00", TEXT),
        ("true::varchar || false::varchar", "truefalse", TEXT),
        ("timestamp '2008-01-02 03:04:05'::varchar(10)", "2008-01-02", TEXT),
        ("'on ' || date '2008-01-02'", "on 2008-01-02", TEXT),
        ("left(timestamp '2008-01-02 03:04:05', 7)", "2008-01", TEXT),
        ("timestamp '2008-09-02' like '2008-09%'", True, BOOL),
    ],
    # intervals
    "intervaly2m": [
        *_each("interval {}", MONTHS, ("'1-2' year to month", "1 year 2 mons"), ("'23' month", "1 year 11 mons"),
               ("'1' year", "1 year"), ("'13 months' year", "1 year"), ("'13 months' month", "1 year 1 mon"),
               ("'-1-2' year to month", "-1 years -2 mons"), ("'1-2' month", "1 year 2 mons"), ("'1 month'", "1 mon"),
               ("'1.5 years'", "1 year 6 mons")),
        ("interval '1-2' year to month::text", "1 year 2 mons", TEXT),
        ("interval '1' year + interval '2' month", "1 year 2 mons", MONTHS),
        ("interval '1-2' year to month * 3", "3 years 6 mons", MONTHS),
        ("interval '1-2' year to month / 2", "7 mons", MONTHS),
        ("-interval '1' month", "-1 mons", MONTHS),
        ("interval '12' month = interval '1' year", True, BOOL),
        ("interval '1 month'::interval year to month", "1 mon", MONTHS),
        ("interval '14' month::interval year", "1 year", MONTHS),
    ],
    "intervald2s": [
        *_each("interval {}", SPAN, ("'-2' day", dt.timedelta(-2)), ("'1 2:3:4.5678' day to second", dt.timedelta(1, 7384, 567800)),
               ("'13 day 1 hour 1 minute 1.123 seconds' second", dt.timedelta(13, 3661, 123000)),
               ("'1 day 1 hour 1 minute 1.123 seconds' minute", dt.timedelta(1, 3660)),
               ("'1.234567' second (3)", dt.timedelta(0, 1, 235000)), ("'1.23456789' second", dt.timedelta(0, 1, 234567)),
               ("'2:2' minute to second", dt.timedelta(0, 122)), ("'2:2' hour to minute", dt.timedelta(0, 7320)),
               ("'5s' second", dt.timedelta(0, 5)), ("'5 HOURS' hour", dt.timedelta(0, 18000)), ("'5 h' hour", dt.timedelta(0, 18000)),
               ("'1 2' day to hour", dt.timedelta(1, 7200))),
        ("interval '1 2:3:4.5678' day to second::text", "1 day 02:03:04.5678", TEXT),
        ("interval '-1 day -2 hours'::text", "-1 days -02:00:00", TEXT),
        ("interval '36' hour::text", "1 day 12:00:00", TEXT),
        ("interval '1 day' * 2.5", dt.timedelta(2, 43200), SPAN),
        ("2 * interval '1' day", dt.timedelta(2), SPAN),
        ("interval '1' day / 4", dt.timedelta(0, 21600), SPAN),
        ("interval '1' day - interval '1' hour", dt.timedelta(0, 82800), SPAN),
        ("interval '24' hour = interval '1 day'", True, BOOL),
        ("interval '90' minute > interval '1' hour", True, BOOL),
        ("interval '90' minute::interval hour", dt.timedelta(0, 3600), SPAN),
    ],
    "interval": [
        *_each("interval '{}'", SPAN, ("3 hours, 35 minutes", dt.timedelta(0, 12900)), ("1w, 1h, 1m, 1s", dt.timedelta(7, 3661)),
               ("0.5 days", dt.timedelta(0, 43200)), ("5", dt.timedelta(0, 5)), ("7 days, 3 hours, 59 minutes", dt.timedelta(7, 14340)),
               ("1 day ago", dt.timedelta(-1)), ("04:05", dt.timedelta(0, 14700))),
        ("'3 days'::interval", dt.timedelta(3), SPAN),
        ("date '2008-12-31' + interval '1 second'", at(2008, 12, 31, 0, 0, 1), MOMENT),
        ("date '2008-12-31' + interval '52 weeks'", at(2009, 12, 30), MOMENT),
        ("date '2023-03-31' - interval '4 months'", at(2022, 11, 30), MOMENT),
        ("date '2008-01-31' + interval '1' month", day(2008, 2, 29), DATE),
        ("interval '1' day + date '2008-01-31'", at(2008, 2, 1), MOMENT),
        ("date '2008-01-01' + interval '1 month 3 days'", at(2008, 2, 4), MOMENT),
        ("timestamp 'epoch' + 1199217600.5::float8 * interval '1 second'", at(2008, 1, 1, 20, 0, 0, 500000), MOMENT),
        ("timestamptz 'epoch' + 86400 * interval '1 second'", utc(1970, 1, 2), ZONED),
        ("timestamp '2008-01-02 03:00' - timestamp '2008-01-01'", dt.timedelta(1, 10800), SPAN),
        ("(timestamp '2008-01-02 03:00' - '2008-01-01')::text", "1 day 03:00:00", TEXT),
        ("date '2008-01-02' - timestamp '2008-01-01 12:00'", dt.timedelta(0, 43200), SPAN),
        ("date '2008-01-02' - '2008-01-01'", 1, INT),
        ("date '2008-01-02' - 1", day(2008, 1, 1), DATE),
        ("1 + timestamp '2008-01-02'", at(2008, 1, 3), MOMENT),
        ("date '2000-01-01' + time '20:00:00'", at(2000, 1, 1, 20), MOMENT),
        ("time '20:00:00' + date '2000-01-01'", at(2000, 1, 1, 20), MOMENT),
        ("date '2000-01-01' + timetz '20:00:00 PST'", utc(2000, 1, 2, 4), ZONED),
    ],
    "interval_cmp": [("interval_cmp('3 days', '1 year')", -1, INT), ("interval_cmp('7 days', '1 week')", 0, INT),
                     ("interval_cmp(interval '40' day, interval '1' month)", 1, INT), ("interval_cmp('1 day', null)", None, INT)],
    # functions
    "add_months": [
        ("add_months('2008-03-31', 1)", at(2008, 4, 30), MOMENT), ("add_months('2008-04-30', 1)", at(2008, 5, 31), MOMENT),
        ("add_months(timestamp '2008-02-29 10:00', 12)", at(2009, 2, 28, 10), MOMENT), ("add_months('2008-01-30', 1)", at(2008, 2, 29), MOMENT),
        ("add_months(date '2008-05-15', -3)", at(2008, 2, 15), MOMENT), ("add_months(null, 1)", None, MOMENT),
    ],
    "convert_timezone": [
        ("convert_timezone('PST', timestamp '2008-08-24 09:36:12')", at(2008, 8, 24, 1, 36, 12), MOMENT),
        ("convert_timezone('US/Pacific', timestamp '2008-08-24 09:36:12')", at(2008, 8, 24, 2, 36, 12), MOMENT),
        ("convert_timezone('EST', 'PST', '20080305 12:25:29')", at(2008, 3, 5, 9, 25, 29), MOMENT),
        ("convert_timezone('America/New_York', '2013-02-01 08:00:00')", at(2013, 2, 1, 3), MOMENT),
        ("convert_timezone('America/New_York', '2013-06-01 08:00:00')", at(2013, 6, 1, 4), MOMENT),
        ("convert_timezone('GMT', 'NEWZONE +2', '2014-05-17 12:00:00')", at(2014, 5, 17, 10), MOMENT),
        ("convert_timezone('GMT', 'NEWZONE-2:15', '2014-05-17 12:00:00')", at(2014, 5, 17, 14, 15), MOMENT),
        ("convert_timezone('GMT', 'America/Los_Angeles+2', '2014-05-17 12:00:00')", at(2014, 5, 17, 10), MOMENT),
        ("convert_timezone('est5edt', 'Asia/Kolkata', '2014-07-01')", at(2014, 7, 1, 9, 30), MOMENT),
        ("convert_timezone('UTC', 'CET', '2014-07-01')", at(2014, 7, 1, 1), MOMENT),
        ("(select convert_timezone(z, '2014-07-01') from (select 'EST'::varchar as z) t)", at(2014, 6, 30, 19), MOMENT),
        ("(select convert_timezone(z, '2014-07-01') from (select 'US/Eastern'::varchar as z) t)", at(2014, 6, 30, 20), MOMENT),
        ("(select convert_timezone(z, '2014-07-01') from (select 'X-1:30'::varchar as z) t)", at(2014, 7, 1, 1, 30), MOMENT),
        ("(select convert_timezone('UTC', z, '2014-07-01') from (select null::varchar as z) t)", None, MOMENT),
        ("convert_timezone('UTC', null::timestamp)", None, MOMENT),
    ],
    "date_cmp": [("date_cmp('2008-01-03', '2008-01-04')", -1, INT), ("date_cmp(date '2008-01-04', '1/4/2008')", 0, INT), ("date_cmp(null, '2008-01-04')", None, INT)],
    "date_cmp_timestamp": [("date_cmp_timestamp('2008-06-18', timestamp '2008-06-17 09:44:54')", 1, INT), ("date_cmp_timestamp('2008-06-18', '2008-06-18 00:00:01')", -1, INT)],
    "date_cmp_timestamptz": [("date_cmp_timestamptz('2008-06-18', '2008-06-18 02:00:00+02')", 0, INT)],
    "timestamp_cmp": [("timestamp_cmp('2008-01-24 06:43:29', '2008-02-18')", -1, INT), ("timestamp_cmp(timestamp '2008-01-24', '20080124')", 0, INT)],
    "timestamp_cmp_date": [("timestamp_cmp_date(timestamp '2008-06-18 00:00:01', '2008-06-18')", 1, INT)],
    "timestamp_cmp_timestamptz": [("timestamp_cmp_timestamptz('2008-01-24 06:43:29', '2008-01-24 06:43:29 EST')", -1, INT)],
    "timestamptz_cmp": [("timestamptz_cmp('2008-01-24 06:43:29+00', '2008-01-24 05:43:29-01')", 0, INT)],
    "timestamptz_cmp_date": [("timestamptz_cmp_date('2008-01-24 06:43:29+00', '2008-01-24')", 1, INT)],
    "timestamptz_cmp_timestamp": [("timestamptz_cmp_timestamp('2008-01-24 06:43:29-01', '2008-01-24 06:43:29')", 1, INT)],
    "date_part": [
        ("date_part(week, date '2008-06-17')", 25.0, FLOAT), ("date_part(w, date '2010-01-01')", 53.0, FLOAT),
        ("date_part(dow, date '2008-01-05')", 6.0, FLOAT), ("date_part(minute, '2009-01-01 02:08:01')", 8.0, FLOAT),
        ("date_part(m, timestamp '2008-05-06 07:08:09')", 8.0, FLOAT), ("date_part('yr', timestamp '2008-05-06')", 2008.0, FLOAT),
        ("date_part(sec, timestamp '2009-09-21 11:10:03.189717')", 3.189717, FLOAT),
        ("date_part(epoch, timestamp '2008-01-01 20:00:00.5')", 1199217600.5, FLOAT),
        ("date_part(microsecond, timestamp '20220502 04:05:06.789')", 789000.0, FLOAT), ("date_part(ms, timestamp '20220502 04:05:06.789')", 789.0, FLOAT),
        ("date_part(century, timestamp '20220502')", 21.0, FLOAT), ("date_part(millennium, timestamp '20220502')", 3.0, FLOAT),
        ("date_part(dayofweek, timestamp '20220502')", 1.0, FLOAT), ("date_part(decade, date '2009-12-31')", 201.0, FLOAT), ("date_part(year, null)", None, FLOAT),
    ],
    "pgdate_part": [("pgdate_part(month, date '20220502')", 5.0, FLOAT)],
    "date_part_year": [("date_part_year(date '20220502 04:05:06.789')", 2022, INT), ("date_part_year(null)", None, INT)],
    "date_trunc": [
        *_each("date_trunc('{}', timestamp '20200430 04:05:06.789')", MOMENT, ("second", at(2020, 4, 30, 4, 5, 6)), ("minute", at(2020, 4, 30, 4, 5)),
               ("hours", at(2020, 4, 30, 4)), ("day", at(2020, 4, 30)), ("week", at(2020, 4, 27)), ("mons", at(2020, 4, 1)), ("qtr", at(2020, 4, 1)),
               ("year", at(2020, 1, 1)), ("decade", at(2020, 1, 1)), ("century", at(2001, 1, 1)), ("millennium", at(2001, 1, 1)),
               ("ms", at(2020, 4, 30, 4, 5, 6, 789000))),
        ("date_trunc('week', date '2008-09-07')", at(2008, 9, 1), MOMENT), ("date_trunc('day', timestamptz '2008-09-07 23:00-02')", utc(2008, 9, 8), ZONED),
        ("date_trunc('day', null)", None, MOMENT),
    ],
    "dateadd": [
        ("dateadd(month, 18, '2008-02-28')", at(2009, 8, 28), MOMENT), ("dateadd(m, 30, '2008-02-28')", at(2008, 2, 28, 0, 30), MOMENT),
        ("dateadd(month, 1, '2008-04-30')", at(2008, 5, 30), MOMENT), ("dateadd(month, 1, '2008-01-31')", at(2008, 2, 29), MOMENT),
        ("dateadd(month, 12, '2016-02-29')", at(2017, 2, 28), MOMENT), ("dateadd(year, 1, '2016-02-29')", at(2017, 3, 1), MOMENT),
        ("dateadd(year, 4, '2016-02-29')", at(2020, 2, 29), MOMENT), ("dateadd(week, -1, date '2008-01-08')", at(2008, 1, 1), MOMENT),
        ("dateadd(qtr, 2, date '2008-01-31')", at(2008, 7, 31), MOMENT), ("dateadd(decade, 1, date '2009-01-01')", at(2019, 1, 1), MOMENT),
        ("dateadd(us, 1500, '2008-01-01')", at(2008, 1, 1, 0, 0, 0, 1500), MOMENT), ("dateadd(hour, 8, time '13:24:55')", dt.time(21, 24, 55), TIME),
        ("dateadd(hour, 12, time '13:24:55')", dt.time(1, 24, 55), TIME), ("dateadd(hour, 2, timetz '13:24:55 PST')", "23:24:55+00", TIMETZ),
        ("dateadd(day, 1, timestamptz '2008-01-01 10:00+00')", utc(2008, 1, 2, 10), ZONED), ("dateadd(day, 1, 'today') = dateadd(day, 1, trunc(sysdate))", True, BOOL),
        ("dateadd(day, null, date '2008-01-08')", None, MOMENT),
    ],
    "datediff": [
        ("datediff(day, date '2009-12-31', date '2009-01-01')", -364, BIGINT), ("datediff(qtr, '1998-07-01', '2008-06-05')", 39, BIGINT),
        ("datediff(year, '2008-12-31', '2009-01-01')", 1, BIGINT), ("datediff(hour, timestamp '2009-01-01 08:59:00', timestamp '2009-01-01 09:00:00')", 1, BIGINT),
        ("datediff(week, '2009-01-01', '2009-12-31')", 52, BIGINT), ("datediff(week, '2019-10-05', '2019-10-06')", 1, BIGINT),
        ("datediff(week, '2019-10-06', '2019-10-07')", 0, BIGINT), ("datediff(week, '1969-12-28', '1969-12-27')", -1, BIGINT),
        ("datediff(hour, '2023-01-01', '2023-01-03 05:04:03')", 53, BIGINT), ("datediff(hour, time '20:00:00', time '15:24:45')", -5, BIGINT),
        ("datediff(hours, timetz '20:00:00 PST', timetz '00:58:00 EST')", 1, BIGINT), ("datediff(decade, '1999-12-31', '2000-01-01')", 1, BIGINT),
        ("datediff(century, '2000-12-31', '2001-01-01')", 1, BIGINT), ("datediff(mil, '2000-01-01', '2001-01-01')", 1, BIGINT),
        ("datediff(ms, timestamp '2009-01-01', timestamp '2009-01-01 00:00:01.5')", 1500, BIGINT), ("datediff(day, null, date '2009-01-01')", None, BIGINT),
    ],
    "extract": [
        ("extract(day from interval '26 hours')", 1, INT), ("extract(hour from interval '26 hours' day to second)", 2, INT),
        ("extract(epoch from timestamp '2008-01-03 00:00:01' - timestamp '2008-01-02')", 86401, BIGINT), ("extract(minute from interval '-90 minutes')", -30, INT),
        ("extract(second from interval '90.5 seconds')", 30, INT), ("extract(year from interval '14 months')", 1, INT), ("extract(month from interval '1-2' year to month)", 2, INT),
        *_each(f"extract({{}} from {_TS})", INT, ("minute", 8), ("ms", 101), ("sec", 43), ("hour", 12), ("week", 37), ("dow", 3), ("doy", 252), ("qtr", 3)),
        ("extract(weekday from date '2008-01-06')", 0, INT), ("extract(yearday from date '2008-12-31')", 366, INT), ("extract('mons' from date '2008-12-31')", 12, INT),
        ("extract(century from timestamp '2000-12-16 12:21:13')", 20, INT), ("extract(century from timestamp '2001-12-16 12:21:13')", 21, INT),
        ("extract(decade from timestamp '1999-02-16 20:38:40')", 200, INT), ("extract(decade from timestamp '2000-02-16 20:38:40')", 201, INT),
        ("extract(mil from timestamp '2000-12-16 12:21:13')", 2, INT), ("extract(mil from timestamp '2001-12-16 12:21:13')", 3, INT),
        ("extract(ms from time '18:25:33.123456')", 123, INT), ("extract(ms from timetz '18:25:33.123456 EST')", 123, INT),
        ("extract(hour from timetz '18:25:33 EST')", 18, INT), ("extract(timezone_hour from timetz '1.12.1997 07:37:16.00 PDT')", -7, INT),
        ("extract(year from timestamptz '1.12.1997 07:37:16.00 PST')", 1997.0, FLOAT), ("extract(timezone from timestamptz '2008-01-01 10:00 PST')", 0.0, FLOAT),
        ("extract(epoch from date '1970-01-02')", 86400, BIGINT), ("extract(year from null::date)", None, INT),
    ],
    "last_day": [("last_day('2008-02-10')", day(2008, 2, 29), DATE), ("last_day(timestamp '2008-12-31 23:59')", day(2008, 12, 31), DATE), ("last_day(null)", None, DATE)],
    "months_between": [
        ("months_between('1969-01-18', '1969-03-18')", -2.0, FLOAT), ("months_between('2014-08-31', '2014-09-30')", -1.0, FLOAT),
        ("round(months_between('2008-12-25 15:00', '2008-01-21 19:30')::numeric(10,4), 2)::float8", 11.12, FLOAT), ("months_between('2008-01-01', null)", None, FLOAT),
    ],
    "next_day": [("next_day('2014-08-20', 'Tuesday')", day(2014, 8, 26), DATE), ("next_day(date '2014-08-20', 'w')", day(2014, 8, 27), DATE), ("next_day('2014-08-20', 'TH')", day(2014, 8, 21), DATE), ("next_day(null, 'su')", None, DATE)],
    "timezone": [
        ("timestamp '2001-02-16 20:38:40' at time zone 'MST'", utc(2001, 2, 17, 3, 38, 40), ZONED), ("timestamptz '2001-02-16 20:38:40-05' at time zone 'MST'", at(2001, 2, 16, 18, 38, 40), MOMENT),
        ("timezone('Africa/Kampala', timestamp '2001-02-16 20:38:40')", utc(2001, 2, 16, 17, 38, 40), ZONED), ("timezone('UTC', null::timestamp)", None, ZONED),
    ],
    "try_cast": [
        ("try_cast('abc' as int)", None, INT), ("try_cast('12' as int)", 12, INT), ("try_cast('2008-02-30' as date)", None, DATE),
        ("try_cast('Jan-08-1999' as date)", day(1999, 1, 8), DATE), ("(select try_cast(x as date) from (select 'x'::varchar as x) t)", None, DATE),
        ("(select try_cast(x as timestamp) from (select 'Jan 8 1999 10:00'::varchar as x) t)", at(1999, 1, 8, 10), MOMENT),
        ("try_cast(70000 as smallint)", None, "smallint"), ("try_cast('1.5' as float8)", 1.5, FLOAT), ("(select try_cast(x as bool) from (select 'maybe'::varchar as x) t)", None, BOOL),
        ("try_cast(1 as varchar)", "1", TEXT),
    ],
}  # fmt: skip

REFUSED = [
    "select trunc(sysdate, 'mm')", "select trunc(date '2008-05-05', 'month')", "select trunc(timestamp '2008-05-05', 2)", "select date_part(day, interval '26 hours')",
    "select '2008-02-30'::date", "select '17/12/1997'::date", "select 'Foo 8 1999'::date", "select ''::date", "select '1999'::date",
    "select '2008-13-01'::timestamp", "select '25:00'::time", "select '16:05 PM'::time", "select '10:00 US/Pacific'::timetz", "select '2007.366'::date",
    "select 'today'::time", "select 'infinity'::date", "select '2008-01-01 10:00 Foo/'::timestamptz", "select '2008-01-01 10:00 XYZ'::timestamptz",
    "select interval '1 year 1 day' day to second", "select interval '1 day' year to month", "select interval 'x'", "select interval 5 day",
    "select interval '1' month + interval '1' day", "select interval '1' month = interval '30' day", "select time '10:00' + interval '1' month",
    "select dateadd(month, 1, time '10:00')", "select dateadd(dow, 1, '2008-01-01')", "select dateadd(fortnight, 1, '2008-01-01')",
    "select datediff(day, time '10:00', date '2008-01-01')", "select extract(timezone from timestamp '2008-01-01')", "select extract(day from time '10:00')",
    "select next_day('2008-01-01', 'someday')", "select convert_timezone('Nowhere', '2008-01-01')", "select convert_timezone(z, '2008-01-01') from (select 'Nowhere'::varchar as z) t",
    "select x::date from (select '2008-02-30'::varchar as x) t", "select x::date from (select ''::varchar as x) t", "select date '2008-01-01' + date '2008-01-01'",
    "select date '2008-01-01'::time", "select date_cmp(1, '2008-01-01')",
]  # fmt: skip
UNSUPPORTED = [
    "select extract(month from interval '26 hours')", "select extract(day from interval '1 year')", "select extract(ms from interval '1 second')",
    "select interval '1 month 3 days'", "select dateadd(month, 1.7, date '2009-01-01')", "select timestamp '2008-01-02' - date '2008-01-01'",
    "select extract(us from timestamp '2008-01-01 00:00:00.123456')", "select date_part(ms, timestamp '2008-01-01 00:00:00.123456')",
    "select extract(sec from timestamptz '2008-01-01 00:00:00.5')", "select interval '1' month * 1.5", "select date_trunc('hour', time '10:00')",
    "select x::interval from (select '1 day'::varchar as x) t", "select next_day('2008-01-01', x) from (select 'Monday'::varchar as x) t",
    "select '0044-03-15 BC'::date::varchar", "select try_cast(true as int)",
]  # fmt: skip
