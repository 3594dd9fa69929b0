"""TO_CHAR of numbers: a pattern as a DuckDB expression over `d`, the sign and the digits of a number.

What a pattern gives depends on the number's sign, on how many digits it has before the point, and with FM on how many
zeros end it: for each of these the pattern is worked out once, with places in the stead of digits. The way through a
pattern is PostgreSQL 8.0's, with the dollar as the currency's symbol.
Source: Redshift Developer Guide, TO_CHAR, "Numeric format strings".
"""

from __future__ import annotations

from functools import lru_cache

from rsnb.warehouse.formats.moments import Unknown
from rsnb.warehouse.formats.pattern import Part
from rsnb.warehouse.formats.shapes import Shape, shape
from rsnb.warehouse.formats.templates import Writing
from rsnb.warehouse.spelling import text

LARGEST = 600  # templates of one pattern


def digits(pattern: str) -> int | None:
    """How many digits behind the point a pattern shows; None for a Roman number. Raises Malformed, Unknown."""
    return None if _roman(pattern) else shape(pattern).places


@lru_cache(maxsize=256)
def expression(pattern: str) -> str:
    """DuckDB SQL for a number of which `d` has the sign and the digits; raises Malformed, Unknown.

    `{own}` begins the name of a macro. Of a Roman number `d` has the value.
    """
    if _roman(pattern):
        shown = "{own}roman(d)" if pattern.startswith("FM") else "lpad({own}roman(d), 15, ' ')"
        return f"lower({shown})" if pattern.endswith("rn") else shown
    found = shape(pattern)
    kinds = 2 * (found.whole + 1) * (found.places + 1 if _trims(found) else 1)
    if kinds > LARGEST:
        raise Unknown("a numeric pattern so long")
    return f"case when starts_with(d, '-') then {_templates(found, True)} else {_templates(found, False)} end"


def _roman(pattern: str) -> bool:
    return pattern.removeprefix("FM") in ("RN", "rn")


def _trims(found: Shape) -> bool:
    """Whether zeros at the end are left out."""
    return found.decimal and found.trims and not found.filled


def _templates(found: Shape, negative: bool) -> str:
    """The text by how many digits stand before the point, as the length says."""
    behind = 1 + (found.places + 1 if found.decimal else 0)  # the sign, the point and what follows
    hides_zero = found.first_zero is None and found.places > 0
    branches = []
    for length in range(found.whole, 0, -1):
        shown = _kept(found, length, negative, False)
        if length == 1 and hides_zero:
            shown = f"case when d[2] = '0' then {_kept(found, length, negative, True)} else {shown} end"
        branches.append(f"when {length + behind} then {shown}")
    most = found.whole + behind
    overflow = f"case when strlen(d) > {most} then {_overflow(found, negative)} end"
    return f"case strlen(d) {' '.join(branches)} else {overflow} end"


def _kept(found: Shape, length: int, negative: bool, predecimal: bool) -> str:
    """The text by how many digits behind the point are left of those that FM trims."""
    if not _trims(found):
        return _template(found, length, negative, predecimal, None)
    tests = " ".join(
        f"when {kept} then {_template(found, length, negative, predecimal, kept)}" for kept in range(found.places + 1)
    )
    return f"case strlen(rtrim(substring(d, {length + 3}), '0')) {tests} end"


def _template(found: Shape, length: int, negative: bool, predecimal: bool, kept: int | None) -> str:
    places: list[object] = [*range(1, length + 1)]
    if found.decimal:
        places += [".", *range(length + 2, length + 2 + found.places)]
    last = None if kept is None else length + kept
    return _joined(Writing(found, places, found.whole - length, negative, predecimal, last).run())


def _overflow(found: Shape, negative: bool) -> str:
    places: list[object] = [*"#" * found.whole, *("." + "#" * found.places if found.decimal else "")]
    last = len(places) - 1 if _trims(found) else None
    return _joined(Writing(found, places, 0, negative, False, last).run())


def _joined(pieces: list[object]) -> str:
    """The pieces as one expression: neighbouring texts and neighbouring digits in one."""
    terms: list[str] = []
    run = ""  # texts not yet written
    start = end = -1  # digits not yet written
    for piece in [*pieces, None]:
        if isinstance(piece, int) and piece == end:
            end += 1
            continue
        if end > start:
            terms.append(f"substring(d, {start + 1}, {end - start})")
            start = end = -1
        if isinstance(piece, str):
            run += piece
            continue
        if run:
            terms.append(text(run))
            run = ""
        if isinstance(piece, int):
            start, end = piece, piece + 1
        elif isinstance(piece, Part):
            suffix = "{own}ordinal(cast(d as hugeint))"
            terms.append(suffix if piece.key == "th" else f"upper({suffix})")
    return " || ".join(terms) if terms else "''"
