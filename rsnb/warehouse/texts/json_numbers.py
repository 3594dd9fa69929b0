"""Arithmetic of SUPER values, which come and go as JSON texts.

A number with an exponent is a float, any other a decimal of the scale that it is written with. What does not fit is
NULL; overflow and division by zero are errors.
Source: Redshift Developer Guide, "Operators and functions" of SUPER, "Computations with numeric values".
"""

from __future__ import annotations

import json
import math
import operator
import re
from collections.abc import Callable
from decimal import ROUND_CEILING, ROUND_DOWN, ROUND_FLOOR, ROUND_HALF_UP, Context, Decimal
from typing import Any

from rsnb.errors import SqlError, UnsupportedSql

_EXACT = Context(prec=120)
_DIGITS = 38
_NUMBER = re.compile(r"-?[0-9]")
_LEAST_SCALE = 4  # of a quotient


def calculated(symbol: str, left: str, right: str) -> str | None:
    """`left symbol right`: of two numbers a number, `+` of two strings their concatenation, else NULL."""
    if symbol == "+" and left.startswith('"') and right.startswith('"'):
        return json.dumps(json.loads(left) + json.loads(right), ensure_ascii=False)
    if not (_NUMBER.match(left) and _NUMBER.match(right)):
        return None
    one, other = Decimal(left), Decimal(right)
    if symbol in "/%" and not other:
        raise SqlError("division by zero", hint="guard it: a / nullif(b, 0)")
    if _is_float(left) or _is_float(right):
        return _float(_FLOATS[symbol](float(one), float(other)))
    if symbol == "/":
        return _quotient(one, other)
    scale = _scale(one) + _scale(other) if symbol == "*" else max(_scale(one), _scale(other))
    return _decimal(_DECIMALS[symbol](one, other), scale)


_FLOATS: dict[str, Callable[[float, float], float]] = {
    "+": operator.add, "-": operator.sub, "*": operator.mul, "/": operator.truediv, "%": math.fmod,
}  # fmt: skip
_DECIMALS: dict[str, Callable[[Decimal, Decimal], Decimal]] = {
    "+": _EXACT.add, "-": _EXACT.subtract, "*": _EXACT.multiply, "%": _EXACT.remainder,
}  # fmt: skip


def _quotient(one: Decimal, other: Decimal) -> str:
    """A quotient of decimals that ends within its scale, which is at least four."""
    if not _scale(one) and not _scale(other):
        raise UnsupportedSql(
            "a quotient of two whole numbers in SUPER is not supported by the embedded warehouse",
            hint="cast one of them: whether Redshift's is whole is not documented",
        )
    whole = max(other.adjusted() + 1, 0)  # the digits before the point
    scale = max(_LEAST_SCALE, _scale(one) + whole + 1)
    found = _EXACT.divide(one, other)
    if found != found.quantize(Decimal(1).scaleb(-_LEAST_SCALE), ROUND_DOWN, _EXACT):
        raise UnsupportedSql(
            "a quotient in SUPER with more than four places is not supported by the embedded warehouse",
            hint="cast one of the numbers: where Redshift's is cut off is not documented",
        )
    return _decimal(found, scale)


def rounded(name: str, value: str) -> str | None:
    """ABS, CEIL, FLOOR, ROUND, SIGN, TRUNC or `-` of a number; NULL of what is none."""
    if not _NUMBER.match(value):
        return None
    number = Decimal(value)
    if name in _KEEPING:
        result, scale = _KEEPING[name](number), _scale(number)
    else:
        result, scale = _ROUNDING[name](number), 0
    return _float(float(result)) if _is_float(value) else _decimal(result, scale)


def _whole(rounding: str) -> Callable[[Decimal], Decimal]:
    return lambda number: number.to_integral_value(rounding)


_KEEPING: dict[str, Callable[[Decimal], Decimal]] = {"abs": Decimal.copy_abs, "-": Decimal.copy_negate}
_ROUNDING: dict[str, Callable[[Decimal], Decimal]] = {
    "ceil": _whole(ROUND_CEILING),
    "ceiling": _whole(ROUND_CEILING),
    "floor": _whole(ROUND_FLOOR),
    "round": _whole(ROUND_HALF_UP),
    "sign": lambda number: Decimal((number > 0) - (number < 0)),
    "trunc": _whole(ROUND_DOWN),
}


def _is_float(text: str) -> bool:
    return "e" in text or "E" in text


def _scale(number: Decimal) -> int:
    exponent: Any = number.as_tuple().exponent
    return max(-int(exponent), 0)


def _decimal(number: Decimal, scale: int) -> str:
    """A decimal with so many places."""
    if number and max(number.adjusted() + 1, 0) + scale > _DIGITS:
        raise SqlError("a result in SUPER has more than 38 digits", hint="cast the numbers to float8")
    return f"{(number or Decimal(0)).quantize(Decimal(1).scaleb(-scale), context=_EXACT):f}"  # there is no -0


def _float(number: float) -> str:
    """A float in the fewest digits that read back equal, with an exponent."""
    if math.isinf(number) or math.isnan(number):
        raise SqlError("a result in SUPER is outside the range of float8")
    digits = len(Decimal(repr(number)).normalize().as_tuple().digits)
    return re.sub(r"e([+-])0+([0-9])", r"e\1\2", f"{number:.{digits - 1}e}")
