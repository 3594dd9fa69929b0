"""%%redshift in a real ipykernel: what a notebook receives."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from tests.conftest import Kernel


def kinds(outputs: list[dict[str, Any]]) -> list[str]:
    return [output["kind"] for output in outputs]


def test_a_cell_sends_a_receipt_and_a_frame(kernel: Kernel) -> None:
    receipt, frame = kernel.run("%%redshift\nselect 1 as a, '<b>' as b, null as c")
    assert receipt["name"] == "stdout"
    assert receipt["text"].startswith("1 row · ")
    assert frame["kind"] == "execute_result"
    assert "<table" in frame["data"]["text/html"]
    assert "&lt;b&gt;" in frame["data"]["text/html"]
    assert "a" in frame["data"]["text/plain"]
    assert kernel.run("_['a'].tolist()")[0]["data"]["text/plain"] == "[1]"


def test_each_statement_sends_its_rows_in_order(kernel: Kernel) -> None:
    outputs = kernel.run("%%redshift\nselect 1 as first; create table t (a int); select 2 as last")
    rows = [o for o in outputs if "data" in o]
    assert kinds(rows) == ["display_data", "execute_result"]
    assert ["first" in o["data"]["text/html"] for o in rows] == [True, False]
    assert "CREATE TABLE" in "".join(o["text"] for o in outputs if o["kind"] == "stream")


def test_an_error_is_a_few_lines(kernel: Kernel) -> None:
    outputs = kernel.run("%%redshift\nselect 1 as first;\nselect nosuch")
    error = outputs[-1]
    assert error["ename"] == "SqlError"
    assert error["evalue"].startswith("there is no column nosuch")
    assert error["traceback"] == ["SqlError: there is no column nosuch", "line 2: select nosuch", " " * 15 + "^"]
    assert "display_data" in kinds(outputs)  # the rows of the statement before it
    (printed,) = kernel.run("%redshift traceback")
    assert "Traceback (most recent call last)" in printed["text"]


def test_a_name_holds_the_rows_for_the_next_cells(kernel: Kernel) -> None:
    kernel.run("low = 2")
    assert kinds(kernel.run("%%redshift visits\nselect 1 as id union all select 2")) == ["stream"]
    *_, frame = kernel.run("%%redshift\nselect id from visits where id >= :low")
    assert "2" in frame["data"]["text/plain"]
    (shape,) = kernel.run("type(visits).__name__, visits.shape")
    assert shape["data"]["text/plain"] == "('DataFrame', (2, 1))"


def test_the_other_frames(kernel: Kernel) -> None:
    *_, polars = kernel.run("%%redshift --as polars\nselect 1 as a")
    assert "<table" in polars["data"]["text/html"]
    *_, arrow = kernel.run("%%redshift --as arrow\nselect 1 as a")
    assert arrow["data"]["text/plain"].split() == ["a", "1"]
    *_, kind = kernel.run("type(_).__name__")
    assert kind["data"]["text/plain"] == "'Table'"


def test_nothing_is_shown_when_nothing_is_wanted(kernel: Kernel) -> None:
    assert kernel.run("%%redshift x --no-display\nselect 1 as a") == []


def test_a_transaction_spans_cells(kernel: Kernel) -> None:
    kernel.run("%%redshift\ncreate table t (a int); begin")
    kernel.run("%%redshift\ninsert into t values (1)")
    kernel.run("%%redshift\nrollback")
    *_, frame = kernel.run("%%redshift\nselect count(*) as n from t")
    assert frame["data"]["text/plain"].split() == ["n", "0"]
