"""A vocabulary for COPY: `loads(content, options)`, `faults(content, options)`, each by both ways of reading."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from rsnb.errors import LoadError
from rsnb.warehouse.copy.load import Doubt, Load
from rsnb.warehouse.records import LoadFault

Rows = list[tuple[Any, ...]]


@pytest.fixture(params=["fast", "exact"])
def way(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> str:
    """How files are read: as a whole by DuckDB where it can be, or record by record whatever they hold."""
    if request.param == "exact":

        def doubt(*_: object) -> None:
            raise Doubt

        monkeypatch.setattr(Load, "_load_fast", doubt)
        monkeypatch.setattr(Load, "_checks", lambda *_: False)
    return str(request.param)


@pytest.fixture
def loads(check: Any, put: Any, way: str) -> Callable[..., Any]:
    """COPY of one file into a table `t` of these columns gives these rows."""

    def run(columns: str, content: str | bytes, options: str, expected: Rows, order: str = "1") -> Any:
        place = put("in/data", content)
        loaded = check(f"create table t ({columns}); copy t from '{place}' iam_role default {options}")
        assert loaded.receipt.command == f"COPY {len(expected)}"
        check(f"select * from t order by {order}", expected)
        return loaded

    return run


@pytest.fixture
def faults(session: Any, put: Any, way: str) -> Callable[..., list[LoadFault]]:
    """COPY of one file fails with these words; nothing is loaded; what the journal says of its faults."""

    def run(columns: str, content: str | bytes, options: str, *words: str) -> list[LoadFault]:
        place = put("in/data", content)
        session.sql(f"create table t ({columns})")
        with pytest.raises(LoadError) as caught:
            session.sql(f"copy t from '{place}' iam_role default {options}")
        shown = str(caught.value)
        assert all(word in shown for word in words), shown
        assert session.sql("select count(*) as n from t").df()["n"].tolist() == [0]
        return journal(session, LoadFault)

    return run


def journal(session: Any, stream: type) -> list[Any]:
    """The rows of a stream of the session's warehouse."""
    return session._engine._connection.journal.rows(stream)  # type: ignore[no-any-return]
