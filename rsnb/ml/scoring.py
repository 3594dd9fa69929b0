"""A model's score and predicted label as Redshift SQL expressions, equal to `Model.predict` to 1e-9."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from rsnb.literals import quote_literal

LARGEST = 700.0  # exp of more overflows, exp of less than its negative is an error too


def linear(expressions: Sequence[str], weights: NDArray[np.float64], bias: float) -> str:
    """expressions @ weights + bias. A column with weight 0 is left out, but a NULL in it still gives NULL."""
    terms = [quote_literal(float(bias))]
    for expression, weight in zip(expressions, weights.tolist(), strict=True):
        terms.append(f"{quote_literal(float(weight))} * {expression}")
    return "(" + " + ".join(terms) + ")"


def logistic(z: str) -> str:
    """1 / (1 + exp(-z)); NULL for NULL, which greatest and least would drop."""
    return f"case when {z} is not null then 1::float8 / (1::float8 + {_exp(f'-{z}')}) end"


def softmax(expressions: Sequence[str], weights: NDArray[np.float64], bias: NDArray[np.float64]) -> list[str]:
    """The probability of each class: 1 over the sum of exp(z_j - z_i), each difference a linear function itself."""
    known = " + ".join(expressions)
    found = []
    for i in range(len(bias)):
        others = [j for j in range(len(bias)) if j != i]
        exps = [_exp(linear(expressions, weights[:, j] - weights[:, i], float(bias[j] - bias[i]))) for j in others]
        found.append(f"case when ({known}) is not null then 1::float8 / (1::float8 + {' + '.join(exps)}) end")
    return found


def label(z: str, threshold: float) -> str:
    """1 where a score is at the threshold or above, 0 where it is below, NULL for NULL."""
    cut = quote_literal(float(threshold))
    return f"case when {z} >= {cut} then 1 when {z} < {cut} then 0 end"


def largest(scores: Sequence[str]) -> str:
    """The number of the largest of some scores, the first of equals; NULL for NULL."""
    cases = " ".join(f"when {score} then {i}" for i, score in enumerate(scores))
    return f"case greatest({', '.join(scores)}) {cases} end"


def _exp(z: str) -> str:
    return f"exp(greatest({quote_literal(-LARGEST)}, least({quote_literal(LARGEST)}, {z})))"
