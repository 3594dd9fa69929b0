"""Random SQL: 20,000 expressions with a known answer, 5,000 mutated statements."""

from __future__ import annotations

from pathlib import Path

from tests.benchmarks.table import Row

SIDES = {"ours": "ours"}
ROUNDS = 1
TIMEOUT = 1800
EXAMPLES, EACH, MUTATED = 1000, 20, 5000


def measure(side: str, folder: Path) -> dict[str, float]:
    """How many answers are wrong, and how many statements fail with an exception that is not rsnb's."""
    from hypothesis import HealthCheck, given, settings

    import rsnb
    from rsnb.errors import RsnbError
    from tests.warehouse.expressions import expressions, wrong
    from tests.warehouse.test_fuzz import mutated

    quiet = {"deadline": None, "suppress_health_check": list(HealthCheck), "database": None}
    found = {"wrong": 0, "cases": 0, "other": 0, "statements": 0}
    with rsnb.connect("embedded://") as session:

        @settings(max_examples=EXAMPLES, **quiet)
        @given(expressions(EACH))
        def answered(known) -> None:
            lines = wrong(session, known)
            found["cases"] += len(known)
            found["wrong"] += len(lines)
            for line in lines:
                print(line)

        @settings(max_examples=MUTATED, **quiet)
        @given(mutated())
        def run(sql: str) -> None:
            found["statements"] += 1
            try:
                session.sql("rollback; create table if not exists t (a int, b varchar(5), d date)")
                session.sql(sql)
            except RsnbError:
                pass
            except Exception as exc:
                found["other"] += 1
                print(f"{type(exc).__name__}: {sql}")

        answered()
        run()
    return found


def rows(ours: dict[str, float]) -> list[Row]:
    """The table's rows."""
    cases, statements = f"{ours['cases']:,.0f}", f"{ours['statements']:,.0f}"
    return [
        Row(f"random expressions with a wrong answer, of {cases}", "answers", ours["wrong"], None, 0),
        Row(f"mutated statements with another exception, of {statements}", "statements", ours["other"], None, 0),
    ]
