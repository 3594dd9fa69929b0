"""Table properties of external tables: which there are, what they may say, and what data handling they ask for.

Source: Redshift Developer Guide, CREATE EXTERNAL TABLE, "Setting data handling options".
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from rsnb.errors import SqlError
from rsnb.warehouse.grammar import Reader
from rsnb.warehouse.spectrum.formats import Check, any_value, one_of

_COUNT: Check = lambda value: value.isdigit()  # noqa: E731
_ACTIONS = ("disabled", "drop_row", "fail", "set_to_null")

# name → (check of the value, what it takes, for messages)
PROPERTIES: dict[str, tuple[Check, str]] = {
    "classification": (any_value, ""),  # what a crawler found; it changes nothing
    "column_count_mismatch_handling": (one_of(*_ACTIONS), "DISABLED, DROP_ROW, FAIL or SET_TO_NULL"),
    "compression_type": (one_of("bzip2", "gzip", "none", "snappy"), "bzip2, gzip, none or snappy"),
    "data_cleansing_enabled": (one_of("true", "false"), "true or false"),
    "invalid_char_handling": (one_of(*_ACTIONS, "replace"), "DISABLED, DROP_ROW, FAIL, REPLACE or SET_TO_NULL"),
    "numRows": (_COUNT, "a number of rows"),
    "numeric_overflow_handling": (one_of(*_ACTIONS), "DISABLED, DROP_ROW, FAIL or SET_TO_NULL"),
    "orc.schema.resolution": (any_value, ""),
    "replacement_char": (lambda value: len(value) == 1, "one character"),
    "serialization.null.format": (any_value, ""),
    "skip.header.line.count": (_COUNT, "a number of lines"),
    "surplus_bytes_handling": (
        one_of(*_ACTIONS, "truncate"), "DISABLED, DROP_ROW, FAIL, SET_TO_NULL or TRUNCATE",
    ),
    "surplus_char_handling": (one_of(*_ACTIONS, "truncate"), "DISABLED, DROP_ROW, FAIL, SET_TO_NULL or TRUNCATE"),
    "write.kms.key.id": (any_value, ""),  # checked by S3, which is not here
    "write.maxfilesize.mb": (lambda v: v.isdigit() and 5 <= int(v) <= 6200, "5 to 6200 megabytes"),
    "write.parallel": (one_of("on", "off"), "on or off"),
}  # fmt: skip
_HANDLING = (
    "column_count_mismatch_handling", "invalid_char_handling", "numeric_overflow_handling", "replacement_char",
    "surplus_bytes_handling", "surplus_char_handling",
)  # fmt: skip


def check_properties(read: Reader, properties: Mapping[str, str]) -> None:
    """Raise on a table property that there is not, or whose value it does not take."""
    for name, value in properties.items():
        if name not in PROPERTIES:
            read.refuse(f"the table property {name!r}")
        check, takes = PROPERTIES[name]
        if not check(value):
            raise SqlError(f"the table property {name!r} is {takes}, not {value!r}", sql=read.sql, position=0)
    given = [name for name in _HANDLING if name in properties]
    if given and "data_cleansing_enabled" not in properties:
        raise SqlError(
            f"the table property {given[0]!r} needs 'data_cleansing_enabled'", sql=read.sql, position=0,
            hint="add 'data_cleansing_enabled'='true'",
        )  # fmt: skip
    if properties.get("invalid_char_handling", "").lower() == "replace" and "replacement_char" not in properties:
        raise SqlError(
            "'invalid_char_handling'='REPLACE' needs a 'replacement_char'", sql=read.sql, position=0,
            hint="add 'replacement_char'='?'",
        )  # fmt: skip


@dataclass(frozen=True)
class Handling:
    """What is done with data that do not fit, in lower case; an empty text is what is done without a word of it."""

    columns: str = ""
    invalid: str = ""
    overflow: str = ""
    surplus: str = ""
    surplus_bytes: str = ""
    replacement: str = ""


def handling(properties: Mapping[str, str]) -> Handling:
    """The data handling of a table: DISABLED is as if the property were not there."""
    if properties.get("data_cleansing_enabled", "").lower() != "true":
        return Handling()

    def action(name: str) -> str:
        said = properties.get(f"{name}_handling", "").lower()
        return "" if said == "disabled" else said

    return Handling(
        columns=action("column_count_mismatch"),
        invalid=action("invalid_char"),
        overflow=action("numeric_overflow"),
        surplus=action("surplus_char"),
        surplus_bytes=action("surplus_bytes"),
        replacement=properties.get("replacement_char", ""),
    )
