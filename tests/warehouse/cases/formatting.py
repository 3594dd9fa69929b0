# ruff: noqa: E501
"""Data type formatting functions: patterns of dates, times and numbers."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import Any

D = Decimal
INT, TEXT, DATE, ZONED = "integer", "character varying", "date", "timestamp with time zone"


def utc(*parts: int) -> dt.datetime:
    return dt.datetime(*parts, tzinfo=dt.UTC)  # type: ignore[arg-type,misc]


def _moments(moment: str, *pairs: tuple[str, str]) -> list[tuple[str, Any, str]]:
    return [(f"to_char({moment}, '{pattern}')", text, TEXT) for pattern, text in pairs]


def _numbers(*triples: tuple[str, str, str]) -> list[tuple[str, Any, str]]:
    return [(f"to_char({number}, '{pattern}')", text, TEXT) for number, pattern, text in triples]


CASES: dict[str, list[tuple[str, Any, str]]] = {
    "to_char": [
        *_moments("timestamp '2009-12-31 23:15:59.325143'",
            ("MONTH-DY-DD-YYYY HH12:MIPM", "DECEMBER -THU-31-2009 11:15PM"), ("DDD", "365"), ("MONTH|Month|month", "DECEMBER |December |december "),
            ("FMMonth ddth, YYYY", "December 31st, 2009"), ("MON Mon mon", "DEC Dec dec"), ("DAY|Day|day", "THURSDAY |Thursday |thursday "),
            ("FMDay", "Thursday"), ("DY Dy dy", "THU Thu thu"), ("HH HH12 HH24", "11 11 23"), ("HH24:MI:SS.MS", "23:15:59.325"), ("HH24:MI:SS:US", "23:15:59:325143"),
            ("AM PM am a.m. P.M.", "PM PM pm p.m. P.M."), ("Y YY YYY YYYY Y,YYY", "9 09 009 2009 2,009"), ("I IY IYY IYYY", "9 09 009 2009"), ("IYYY-IW-ID IDDD", "2009-53-4 368"),
            ("Q WW W D ID", "4 53 5 5 4"), ("CC cc", "21 21"), ("J", "2455197"), ("RM|rm", "XII |xii "), ("FMRM", "XII"), ("BC ad A.D.", "AD ad A.D."),
            ("SSSS", "83759"), ("TZ tz OF", "UTC utc +00"), ('"Day" FMDD "of" FMMM', "Day 31 of 12"), ("YYYYMMDDHH24MISS", "20091231231559"), ("", ""), ("no key", "no ke9"),
        ),
        *_moments("timestamp '2008-01-05 00:07:03'", ("FMHH12:FMMI:FMSS", "12:7:3"), ("FMMM/FMDD", "1/5"), ("ID D", "6 7"), ("DDDth", "005th"), ("FMDDDth", "5th"), ("FMDDTH", "5TH"), ("WW", "01")),
        *_moments("timestamp '2000-01-01'", ("CC", "20"), ("IYYY IW", "1999 52")),
        *_moments("date '2022-05-16'", ("ID", "1"), ("YYYY-MM-DD HH24:MI", "2022-05-16 00:00")),
        *_moments("timestamptz '2008-01-05 10:00:00+02'", ("HH24:MI OF", "08:00 +00")),
        ("to_char(null::date, 'YYYY')", None, TEXT),
        *_numbers(
            ("-125.8", "999D99S", "125.80-"), ("-125.88", "$S999D99", "$-125.88"), ("-125.88", "$999D99PR", "$<125.88>"), ("125", "RN", "           CXXV"), ("618.80", "rn", "          dcxix"),
            ("618.80", "l99999D99", "$   618.80"), ("5.2", "FMRN", "V"), ("4000", "FMRN", "###############"),
            ("-0.1", "99.99", "  -.10"), ("-0.1", "FM9.99", "-.1"), ("0.1", "0.9", " 0.1"), ("12", "9990999.9", "    0012.0"), ("12", "FM9990999.9", "0012."), ("485", "999", " 485"), ("-485", "999", "-485"),
            ("485", "9 9 9", " 4 8 5"), ("1485", "9,999", " 1,485"), ("1485", "9G999", " 1,485"), ("148.5", "999.999", " 148.500"), ("148.5", "FM999.999", "148.5"), ("148.5", "FM999.990", "148.500"),
            ("3148.5", "9G999D999", " 3,148.500"), ("-485", "999S", "485-"), ("-485", "999MI", "485-"), ("485", "999MI", "485 "), ("485", "FM999MI", "485"), ("485", "SG999", "+485"), ("-485", "SG999", "-485"),
            ("-485", "9SG99", "4-85"), ("-485", "999PR", "<485>"), ("485", "999PR", " 485 "), ("485", "L999", "$ 485"), ("482", "999th", " 482nd"), ("11", "99TH", " 11TH"), ("485", '"Good number:"999', "Good number: 485"),
            ("485.8", '"Pre:"999" Post:" .999', "Pre: 485 Post: .800"), ("12345", "999", " ###"), ("-1234.5", "99.9", "-##.#"), ("0", "9", " 0"), ("0", "FM9.9", "0."), ("1.5", "S99.9", " +1.5"),
            ("123", "0000", " 0123"), ("1234567", "FM9,999,999", "1,234,567"), ("2.345", "9.99", " 2.35"), ("-0.001", "9.99", "  .00"), ("0.125::float8", "9.99", "  .12"), ("1234.5::float8", "9,999.99", " 1,234.50"),
            ("2::smallint", "09", " 02"), ("9223372036854775807", "9999999999999999999", " 9223372036854775807"),
        ),
        ("to_char(null::int, '999')", None, TEXT),
    ],
    "to_date": [
        ("to_date('02 Oct 2001', 'DD Mon YYYY')", dt.date(2001, 10, 2), DATE), ("to_date('20010631', 'YYYYMMDD', FALSE)", dt.date(2001, 7, 1), DATE), ("to_date('20010631', 'YYYYMMDD')", dt.date(2001, 7, 1), DATE),
        ("to_date('2001/10/02', 'YYYY-MM-DD')", dt.date(2001, 10, 2), DATE), ("to_date('02-october-01', 'DD-MONTH-YY')", dt.date(2001, 10, 2), DATE), ("to_date('2001-275', 'YYYY-DDD')", dt.date(2001, 10, 2), DATE),
        ("to_date('2455197', 'J')", dt.date(2009, 12, 31), DATE), ("to_date('2001-10-02 10:20', 'YYYY-MM-DD')", dt.date(2001, 10, 2), DATE), ("to_date('2001', 'YYYY')", dt.date(2001, 1, 1), DATE),
        ("to_date('Tue 2nd Oct 99', 'DY DDth Mon YY')", dt.date(1999, 10, 2), DATE), ("to_date(null, 'YYYY')", None, DATE),
        ("(select to_date(x, 'YYYY-MM-DD') from (select '2008-06-31'::varchar as x) t)", dt.date(2008, 7, 1), DATE), ("(select to_date(x, 'YYYYMMDD') from (select '20080630'::varchar as x) t)", dt.date(2008, 6, 30), DATE),
    ],
    "to_timestamp": [
        ("to_timestamp('2017', 'YYYY')", utc(2017, 1, 1), ZONED), ("to_timestamp('2011-12-18 24:38:15', 'YYYY-MM-DD HH24:MI:SS')", utc(2011, 12, 19, 0, 38, 15), ZONED),
        ("to_timestamp('', 'YYYY-MM-DD')", utc(1, 1, 1), ZONED), ("to_timestamp('18/12/2011 01:05 pm', 'DD/MM/YYYY HH12:MI AM')", utc(2011, 12, 18, 13, 5), ZONED),
        ("to_timestamp('2011-12-18 00:00:01.25', 'YYYY-MM-DD HH24:MI:SS.MS')", utc(2011, 12, 18, 0, 0, 1, 250000), ZONED), ("to_timestamp(timestamp '2021-04-05 19:27:53.28', 'YYYY-MM-DD HH24:MI:SS')", utc(2021, 4, 5, 19, 27, 53), ZONED),
        ("(select to_timestamp(x, 'Mon DD YYYY HH24:MI') from (select 'Oct 02 2001 10:20'::varchar as x) t)", utc(2001, 10, 2, 10, 20), ZONED), ("to_timestamp(null, 'YYYY')", None, ZONED),
    ],
    "to_number": [
        ("to_number('12,454.8-', '99G999D9S')", D("-12454.8"), "numeric(6,1)"), ("to_number('$ 12,454.88', 'L 99G999D99')", D("12454.88"), "numeric(7,2)"), ("to_number('12.345', '99D999')", D("12.345"), "numeric(5,3)"),
        ("to_number('-5', '999')", D(-5), "numeric(3,0)"), ("to_number('<485>', '999PR')", D(-485), "numeric(3,0)"), ("to_number('485-', '999MI')", D(-485), "numeric(3,0)"), ("to_number('.5', '9.99')", D("0.50"), "numeric(3,2)"),
        ("(select to_number(x, '9,999') from (select '1,234'::varchar as x) t)", D(1234), "numeric(4,0)"), ("to_number(null, '9')", None, "numeric(1,0)"),
    ],
    "text_to_int_alt": [
        ("text_to_int_alt('123-')", -123, INT), ("text_to_int_alt('2147483647+')", 2147483647, INT), ("text_to_int_alt('-123E-2')", -1, INT), ("text_to_int_alt('123{', '999S')", 1230, INT), ("text_to_int_alt('123}', '999S')", -1230, INT),
        ("text_to_int_alt('12K', '999S')", -122, INT), ("text_to_int_alt('USD123', 'C9(I)')", 123, INT), ("text_to_int_alt(' ')", 0, INT), ("text_to_int_alt('123.9')", 123, INT), ("text_to_int_alt('1,234')", 1234, INT), ("text_to_int_alt(null)", None, INT),
    ],
    "text_to_numeric_alt": [
        ("text_to_numeric_alt('1.5')", D(2), "numeric(38,0)"), ("text_to_numeric_alt('2.5')", D(2), "numeric(38,0)"), ("text_to_numeric_alt('2.51')", D(3), "numeric(38,0)"), ("text_to_numeric_alt('123.52501', 10, 2)", D("123.53"), "numeric(10,2)"),
        ("text_to_numeric_alt('1234', '99V99', 10, 2)", D("12.34"), "numeric(10,2)"), ("text_to_numeric_alt(repeat('9', 38) || '+')", D("9" * 38), "numeric(38,0)"), ("text_to_numeric_alt('-123E2')", D(-12300), "numeric(38,0)"), ("text_to_numeric_alt(null)", None, "numeric(38,0)"),
    ],
}  # fmt: skip

REFUSED = [
    "select to_date('20010631', 'YYYYMMDD', TRUE)", "select to_timestamp('2011-12-18 24:38:15', 'YYYY-MM-DD HH24:MI:SS', TRUE)", "select to_date('abc', 'YYYY')", "select to_date('2001-Foo-01', 'YYYY-Mon-DD')",
    "select to_timestamp('13:00 pm', 'HH12:MI AM')", "select to_date(x, 'YYYY-MM-DD') from (select 'abc'::varchar as x) t", "select to_number('12x', '99')", "select to_number('12345', '9,999')", "select to_number('', '9')",
    "select to_char('abc', '999')", "select to_char(true, '999')", "select to_char(1, '9.9.9')", "select to_char(1, 'S9S')", "select to_char(interval '1 day', 'HH24')", "select to_char(time '10:00', 'HH24')",
    "select text_to_int_alt('abc')", "select text_to_int_alt('2147483648')", "select text_to_int_alt('1234', '999')", "select text_to_int_alt('$5', '9')", "select text_to_int_alt('1', 'G9')", "select text_to_numeric_alt('1', 10)",
    "select text_to_numeric_alt('12345', 4, 0)", "select text_to_int_alt('1-2')",
]  # fmt: skip
UNSUPPORTED = [
    "select to_char(1, 'PL9')", "select to_char(1.5, '9EEEE')", "select to_char(1, '9V9')", "select to_char(1.5, '.9')", "select to_char(date '2008-01-01', x) from (select 'YYYY'::varchar as x) t", "select to_date('1', 'Q')",
    "select to_timestamp('2008 UTC', 'YYYY TZ')", "select to_date('2008', 'YYYY', x) from (select true as x) t", "select to_char(123456789012345678::float8, '999999999999999999.99')", "select to_char(date '2008-01-01', 'FX')",
]  # fmt: skip
