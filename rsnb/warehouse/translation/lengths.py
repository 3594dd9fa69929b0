"""Texts that are made longer than the longest VARCHAR: an error, as none is documented to be cut off.

Source: Redshift Developer Guide, "Character types", LISTAGG (the one function whose error is documented).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from rsnb.types import VARCHAR_MAX
from rsnb.warehouse.macros import qualified
from rsnb.warehouse.translation.typed import own

if TYPE_CHECKING:
    from sqlglot import exp

MACRO = "held"  # writes its argument twice, which DuckDB computes once


def held(text: exp.Expr, length: int) -> exp.Expr:
    """A text that has so many bytes at most; longer ones than a VARCHAR's are checked."""
    from sqlglot import exp

    if length <= VARCHAR_MAX:
        return text
    inside = any(_is_check(call) for call in text.find_all(exp.Anonymous))
    return own(f"{MACRO}_once" if inside else MACRO, text)


def unchecked(text: exp.Expr) -> exp.Expr:
    """A text as part of a longer one, which is checked as a whole."""
    return text.expressions[0] if _is_check(text) else text


def _is_check(node: exp.Expr) -> bool:
    from sqlglot import exp

    return isinstance(node, exp.Anonymous) and node.name in (qualified(MACRO), qualified(f"{MACRO}_once"))
