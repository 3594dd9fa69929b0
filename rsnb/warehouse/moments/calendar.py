"""Days of the Gregorian calendar of all times, also before Christ and beyond the year 9999, which Python has not.

Source of the arithmetic: the day number counts from 1 March of the year 0, so that a leap day ends its year.
"""

from __future__ import annotations

MONTHS = ("january", "february", "march", "april", "may", "june", "july", "august", "september", "october",
          "november", "december")  # fmt: skip
WEEKDAYS = ("sunday", "monday", "tuesday", "wednesday", "thursday", "friday", "saturday")
DAY = 86_400_000_000  # microseconds
_JULIAN_EPOCH = 2_440_588  # the Julian day of 1970-01-01
YEARS = (-4712, 294_276)

Date = tuple[int, int, int]


def leap(year: int) -> bool:
    """Whether a year has 366 days."""
    return year % 4 == 0 and (year % 100 != 0 or year % 400 == 0)


def month_length(year: int, month: int) -> int:
    """The number of days of a month."""
    return 29 if month == 2 and leap(year) else (31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31)[month - 1]


def day_number(year: int, month: int, day: int) -> int:
    """Days since 1970-01-01; month and day may lie outside their range and carry over."""
    year, month = year + (month - 1) // 12, (month - 1) % 12 + 1
    shifted = year - (month <= 2)
    of_year = (153 * ((month + 9) % 12) + 2) // 5
    return shifted * 365 + shifted // 4 - shifted // 100 + shifted // 400 + of_year + day - 1 - 719_468


def date_of(number: int) -> Date:
    """The date of a day number."""
    days = number + 719_468
    era, of_era = divmod(days, 146_097)
    year_of_era = (of_era - of_era // 1460 + of_era // 36_524 - of_era // 146_096) // 365
    of_year = of_era - (365 * year_of_era + year_of_era // 4 - year_of_era // 100)
    shifted = (5 * of_year + 2) // 153
    month = shifted + 3 if shifted < 10 else shifted - 9
    return era * 400 + year_of_era + (month <= 2), month, of_year - (153 * shifted + 2) // 5 + 1


def of_julian(day: int) -> Date:
    """The date of a Julian day."""
    return date_of(day - _JULIAN_EPOCH)


def date_text(date: Date) -> str:
    """A date as the engine reads it: `2008-02-15`, `0044-03-15 (BC)`."""
    year, month, day = date
    shown, era = (year, "") if year > 0 else (1 - year, " (BC)")
    return f"{shown:04d}-{month:02d}-{day:02d}{era}"


def time_text(microseconds: int) -> str:
    """A time of day as `04:05:06.789`."""
    seconds, fraction = divmod(microseconds, 1_000_000)
    text = f"{seconds // 3600:02d}:{seconds // 60 % 60:02d}:{seconds % 60:02d}"
    return f"{text}.{fraction:06d}".rstrip("0") if fraction else text
