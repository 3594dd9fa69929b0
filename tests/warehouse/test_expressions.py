"""Random expressions give the answer that Python works out for them."""

from __future__ import annotations

from hypothesis import HealthCheck, given, settings

import rsnb
from tests.warehouse.expressions import Known, expressions, wrong


def test_random_expressions_have_their_known_answers() -> None:
    with rsnb.connect("embedded://") as session:

        @settings(max_examples=40, deadline=None, suppress_health_check=list(HealthCheck), derandomize=True)
        @given(expressions())
        def runs(known: list[Known]) -> None:
            assert wrong(session, known) == []

        runs()
