"""DuckDB macros that the patterns of TO_CHAR need."""

from __future__ import annotations

from rsnb.warehouse.macro import Macro

_ROMAN = (
    ("", "C", "CC", "CCC", "CD", "D", "DC", "DCC", "DCCC", "CM"),
    ("", "X", "XX", "XXX", "XL", "L", "LX", "LXX", "LXXX", "XC"),
    ("", "I", "II", "III", "IV", "V", "VI", "VII", "VIII", "IX"),
)
_MONTHS = ("I", "II", "III", "IV", "V", "VI", "VII", "VIII", "IX", "X", "XI", "XII")


def _listed(names: tuple[str, ...]) -> str:
    return "[" + ", ".join(f"'{name}'" for name in names) + "]"


def _roman() -> str:
    parts = [f"{_listed(names)}[n // {10 ** (2 - i)} % 10 + 1]" for i, names in enumerate(_ROMAN)]
    return (
        f"case when n between 1 and 3999 then repeat('M', n // 1000) || {' || '.join(parts)} else repeat('#', 15) end"
    )


MACROS = {
    "float_digits": Macro(
        "x, places",
        "varchar",
        "list_transform([format('{{:+.' || cast(places as varchar) || 'f}}', x)], lambda t: case "
        "when abs(x) >= 1 and strlen(t) > 17 "
        "then error('TO_CHAR of a float8 with more than 15 digits is not supported') else t end)[1]",
    ),
    "number_digits": Macro(
        "x", "varchar", "case when x < 0 then cast(x as varchar) else '+' || cast(x as varchar) end"
    ),
    "ordinal": Macro(
        "n",
        "varchar",
        "case when abs(n) % 100 // 10 = 1 then 'th' else ['st', 'nd', 'rd', 'th'][case abs(n) % 10 "
        "when 1 then 1 when 2 then 2 when 3 then 3 else 4 end] end",
    ),
    "roman": Macro("n", "varchar", _roman()),
    "roman_month": Macro("x", "varchar", f"{_listed(_MONTHS)}[month(x)]"),
    "zone_name": Macro(
        "",
        "varchar",
        "case when current_setting('TimeZone') in ('UTC', 'Etc/UTC') then 'UTC' "
        "else error('TO_CHAR with TZ in a time zone other than UTC is not supported') end",
    ),
    "zone_offset": Macro(
        "x",
        "varchar",
        "list_transform([date_part('timezone', cast(x as timestamptz)) // 60], lambda m: "
        "case when m < 0 then '-' else '+' end || lpad(cast(abs(m) // 60 as varchar), 2, '0') "
        "|| case when m % 60 = 0 then '' else ':' || lpad(cast(abs(m) % 60 as varchar), 2, '0') end)[1]",
    ),
}
