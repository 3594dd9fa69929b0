"""The parts of a date or time that functions take by name.

Source: Redshift Developer Guide, "Date parts for date or timestamp functions".
"""

from __future__ import annotations

_NAMES = {
    "millennium": "millennia mil mils",
    "century": "centuries c cent cents",
    "decade": "decades dec decs",
    "year": "years y yr yrs",
    "quarter": "quarters qtr qtrs",
    "month": "months mon mons",
    "week": "weeks w",
    "day": "days d",
    "dayofweek": "dow dw weekday",
    "dayofyear": "doy dy yearday",
    "hour": "hours h hr hrs",
    "minute": "minutes m mi min mins",
    "second": "seconds s sec secs",
    "millisecond": "milliseconds ms msec msecs msecond mseconds millisec millisecs millisecon",
    "microsecond": "microseconds microsec microsecs usecond useconds us usec usecs",
    "epoch": "",
    "timezone": "",
    "timezone_hour": "",
    "timezone_minute": "",
}
PARTS = {alias: part for part, aliases in _NAMES.items() for alias in (part, *aliases.split())}

OF_DAY = frozenset({"hour", "minute", "second", "millisecond", "microsecond"})
OF_DATE = frozenset(
    {"millennium", "century", "decade", "year", "quarter", "month", "week", "day", "dayofweek", "dayofyear"}
)
OF_ZONE = frozenset({"timezone", "timezone_hour", "timezone_minute"})
COUNTED = (OF_DATE | OF_DAY) - {"dayofweek", "dayofyear"}  # what DATEADD, DATEDIFF and DATE_TRUNC count in
MONTHS = {"month": 1, "quarter": 3}  # a part in months
YEARS = {"year": 1, "decade": 10, "century": 100, "millennium": 1000}  # a part in years
MICROSECONDS = {"microsecond": 1, "millisecond": 1000, "second": 1_000_000, "minute": 60_000_000,
                "hour": 3_600_000_000, "day": 86_400_000_000, "week": 604_800_000_000}  # fmt: skip
