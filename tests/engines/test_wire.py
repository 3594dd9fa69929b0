"""A session over the wire to a real server: rows, commands, errors with their place, transactions, limits, tags."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pandas as pd
import pyarrow.compute as pc
import pytest
import sqlalchemy

import rsnb
from rsnb import ConfigError, GuardError, Session, SqlError, datasets
from rsnb.engines.wire import link, memory
from tests.postgres.proxy import Proxy
from tests.postgres.server import PASSWORD, Server


def test_rows_types_and_the_receipt(wire: Session) -> None:
    result = wire.sql("select i as id, 'x' || i as name from generate_series(1, 3) i")
    assert result.df().to_dict("list") == {"id": [1, 2, 3], "name": ["x1", "x2", "x3"]}
    assert result.types == {"id": "integer", "name": "character varying"}
    assert (result.receipt.command, result.receipt.rows, result.receipt.connection) == ("SELECT", 3, "redshift")


@pytest.mark.parametrize(
    ("sql", "command"),
    [
        ("create temp table t (a int)", "CREATE TABLE"),
        ("create temp table t (a int); insert into t values (1), (2)", "INSERT"),
        ("begin", "BEGIN"),
        ("set application_name to 'x'", "SET"),
        ("vacuum", "VACUUM"),
    ],
)
def test_commands_without_rows(wire: Session, sql: str, command: str) -> None:
    result = wire.sql(sql)
    assert (result.receipt.command, result.columns) == (command, [])


def test_no_rows_still_have_columns(wire: Session) -> None:
    result = wire.sql("select 1::int2 as a, 'x'::varchar(7) as b where false")
    assert (len(result), result.types) == (0, {"a": "smallint", "b": "character varying(7)"})
    assert result.df().columns.tolist() == ["a", "b"]


def test_repeated_and_strange_column_names(wire: Session) -> None:
    assert wire.sql('select 1 as "a b", 2 as "a b", 3 as "é;\'", 4 as "🔑"').columns == ["a b", "a b", "é;'", "🔑"]


@pytest.mark.parametrize("rows", [1, 1000, 100_000, 700_000])
def test_results_of_many_sizes_are_whole(wire: Session, rows: int) -> None:
    made = (
        f"(select i, case when i % 3 > 0 then repeat('ä', i % 40) end as t, (i / 7.0)::numeric(18, 6) as n "
        f"from generate_series(1, {rows}) i) x"
    )
    table = wire.sql(f"select * from {made}").table
    table.validate(full=True)
    sums = wire.sql(
        "select sum(i)::bigint a, sum(length(t))::bigint b, sum(n)::numeric(38, 6) c, count(t) d from " + made
    ).table.to_pylist()
    found = [
        pc.sum(table["i"]).as_py(),
        pc.sum(pc.utf8_length(table["t"])).as_py(),
        pc.sum(table["n"]).as_py(),
        rows - table["t"].null_count,
    ]
    assert found == list(sums[0].values())


def test_a_value_of_many_megabytes(wire: Session) -> None:
    result = wire.sql("select i, repeat('x', i * 1000000) as t from unnest('{1, 17, 2, 3}'::int[]) i")
    assert [len(t) for t in result.table["t"].to_pylist()] == [1_000_000, 17_000_000, 2_000_000, 3_000_000]


# Hostile values and names

HOSTILE = [
    "it's",
    'say "x"',
    "a;b--c",
    "\\",
    "\\'",
    "$$",
    "/* x",
    "🔑é\u2028",
    "x" * 65_535,
    "', '); drop table t; --",
    "",
]


@pytest.mark.parametrize("value", HOSTILE)
def test_hostile_values_arrive_as_they_are(wire: Session, value: str) -> None:
    wire.sql("set standard_conforming_strings to off")  # as Redshift reads a backslash
    assert wire.sql("select :value::varchar as v", value=value).scalar() == value


@pytest.mark.parametrize("name", ["it's", 'say "x"', "a;b--c", "a b", "🔑", "Select", "x" * 63])
def test_hostile_names_are_names(wire: Session, name: str) -> None:
    wire.sql(
        "create temp table :name (a int); insert into :name values (7)".replace(
            ":name", '"' + name.replace('"', '""') + '"'
        )
    )
    assert wire.sql("select a from :name", name=name).scalar() == 7


@pytest.mark.parametrize("value", ["a\0b", "\0"])
def test_a_nul_is_refused_before_it_is_sent(wire: Session, value: str) -> None:
    with pytest.raises(rsnb.ParameterError):
        wire.sql("select :value", value=value)


# Errors


def test_an_error_marks_its_place_past_the_tag(wire: Session) -> None:
    with pytest.raises(SqlError) as caught:
        wire.sql("select 1;\nselect a,\n  nosuch from (select 2 as a) x")
    assert caught.value.lines() == [
        'SqlError: column "nosuch" does not exist',
        "line 3:   nosuch from (select 2 as a) x",
        "          ^",
    ]


def test_an_error_in_the_middle_of_the_rows_gives_none_and_the_session_goes_on(wire: Session) -> None:
    with pytest.raises(SqlError, match="division by zero"):
        wire.sql("select 1 / (300000 - i) from generate_series(1, 400000) i")
    assert wire.sql("select 1").scalar() == 1


def test_the_servers_detail_and_hint_are_passed_on(wire: Session) -> None:
    wire.sql("create temp table t (a int primary key)")
    with pytest.raises(SqlError, match=r"duplicate key .*: Key \(a\)=\(1\) already exists"):
        wire.sql("insert into t values (1), (1)")


def test_notices_are_notes(wire: Session) -> None:
    result = wire.sql("do $$ begin raise notice 'half way'; end $$")
    assert result.receipt.notes == ("half way",)


def test_a_column_that_can_not_be_read_is_named(wire: Session) -> None:
    wire.sql("set datestyle to 'SQL, DMY'")
    with pytest.raises(SqlError, match=r"the column day can't be read as date: .*15/03/2004"):
        wire.sql("select '2004-03-15'::date as day from generate_series(1, 100000)")
    assert wire.sql("select 1").scalar() == 1


def test_a_result_of_the_notebook_is_no_table_there(wire: Session) -> None:
    datasets["visits"] = wire.sql("select 1 as a")
    with pytest.raises(SqlError) as caught:
        wire.sql("select * from visits")
    assert "visits is a result in this notebook" in (caught.value.hint or "")


def test_copy_through_the_connection_is_refused_and_it_goes_on(wire: Session) -> None:
    wire.sql("create temp table t (a int)")
    for sql in ("copy t from stdin", "copy (select 1) to stdout"):
        with pytest.raises(SqlError):
            wire.sql(sql)
        assert wire.sql("select 1").scalar() == 1


# Transactions


def test_each_statement_commits_by_itself(wired: Callable[..., Session], proxy: Proxy) -> None:
    one, two = wired(proxy), wired(proxy)
    one.sql("drop table if exists commits; create table commits (a int); insert into commits values (1)")
    assert two.sql("select count(*) from commits").scalar() == 1
    one.sql("begin; insert into commits values (2)")
    assert (one.transaction, two.sql("select count(*) from commits").scalar()) == ("open", 1)
    one.sql("rollback; vacuum commits")
    assert (one.transaction, two.sql("select count(*) from commits").scalar()) == ("idle", 1)


def test_an_error_aborts_a_transaction_and_says_how_to_leave_it(wire: Session) -> None:
    wire.sql("begin")
    with pytest.raises(SqlError) as caught:
        wire.sql("select nosuch")
    assert (wire.transaction, "leave it with `rollback`" in (caught.value.hint or "")) == ("failed", True)
    with pytest.raises(SqlError, match="transaction is aborted"):
        wire.sql("select 1")
    wire.sql("rollback")
    assert wire.transaction == "idle"


def test_a_conflict_is_tried_again(wired: Callable[..., Session], proxy: Proxy, postgres: Server) -> None:
    """A function that fails twice as Redshift does, as a stand-in for transactions that cross."""
    postgres.psql(
        """drop sequence if exists tries; create sequence tries;
        create or replace function crossing(times int) returns int language plpgsql as $$ begin
        if nextval('tries') <= times then raise exception '1023' using errcode = 'XX000',
        detail = 'Serializable isolation violation on table - 1, transactions forming the cycle are: 1, 2'; end if;
        return currval('tries'); end $$"""
    )
    session = wired(proxy)
    assert session.sql("select crossing(2)").scalar() == 3
    with pytest.raises(SqlError, match="1023: Serializable isolation violation") as caught:
        session.sql("select crossing(100)")
    assert (session.sql("select last_value from tries").scalar(), caught.value.hint) == (
        7,
        "another transaction changed the same rows: run it again",
    )
    session.sql("begin")
    with pytest.raises(SqlError, match="1023"):
        session.sql("select crossing(100)")
    assert session.transaction == "failed"


# Limits


@pytest.mark.parametrize(("rows", "cut"), [(9, False), (10, False), (11, True), (500_000, True)])
def test_max_rows(wire: Session, rows: int, cut: bool) -> None:
    result = wire.sql(f"select i from generate_series(1, {rows}) i", max_rows=10)
    assert (len(result), result.receipt.cut_off) == (min(rows, 10), cut)


@pytest.mark.parametrize("begin", ["", "begin; "])
def test_max_rows_at_a_server_that_takes_no_limit(wired: Callable[..., Session], proxy: Proxy, begin: str) -> None:
    session = wired(proxy)
    limited, unlimited = (b"E\0\0\0\x09\0" + limit.to_bytes(4, "big") for limit in (11, 0))
    proxy.replace = {limited: unlimited}
    result = session.sql(begin + "select i, repeat('x', 300) from generate_series(1, 200000) i", max_rows=10)
    assert (len(result), result.receipt.cut_off) == (10, True)
    assert session.transaction == ("open" if begin else "idle")
    assert session.sql("select 1").scalar() == 1


def test_too_large_a_result_is_stopped(wire: Session, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(memory, "MARGIN", 1 << 20)
    monkeypatch.setattr(memory, "free", lambda: 20 << 20)
    with pytest.raises(GuardError, match=r"stopped at row [\d,]+: \d+ MB so far .* 80 % of the \d+ MB") as caught:
        wire.sql("select generate_series(1, 2000000) as i, repeat('x', 100) as t")
    assert "session.stream" in (caught.value.hint or "")
    assert wire.sql("select 1").scalar() == 1
    result = wire.sql("select i, repeat('x', 100) from generate_series(1, 170000) i")
    (note,) = result.receipt.notes
    assert re.fullmatch(r"the result takes more than 50 % of the \d+ MB of memory that were free", note)


def test_free_memory_is_known_here() -> None:
    assert memory.free() > 1 << 20


# Streams


def test_a_stream_gives_all_rows_in_batches(wire: Session) -> None:
    with wire.stream("create temp table t as select i, repeat('x', 100) as t from generate_series(1, 300000) i; "
                     "select * from t where i > :least", least=10) as stream:  # fmt: skip
        sizes = [batch.num_rows for batch in stream]
    assert (sum(sizes), stream.rows, len(sizes) > 2) == (299_990, 299_990, True)
    assert stream.schema.names == ["i", "t"]
    assert wire.stream("select 1 as a").reader().read_all().to_pylist() == [{"a": 1}]
    assert wire.sql("select 1").scalar() == 1


def test_a_stream_that_is_left_stops_the_statement(wire: Session) -> None:
    with wire.stream("select generate_series(1, 2000000) as i, repeat('x', 1000) as t") as stream:
        assert next(stream.batches()).num_rows > 0
        with pytest.raises(ConfigError, match=r"the connection is in use: by rows of session.stream"):
            wire.sql("select 1")
    assert wire.sql("select 1").scalar() == 1
    stream = wire.stream("select 1")
    stream.close()
    assert wire.sql("select 1").scalar() == 1


def test_an_error_in_the_middle_of_a_stream(wire: Session) -> None:
    with (
        pytest.raises(SqlError, match="division by zero"),
        wire.stream("select 1 / (900000 - i), repeat('x', 100) from generate_series(1, 1000000) i") as stream,
    ):
        for batch in stream:
            assert batch.num_rows
    assert stream.rows > 0
    assert wire.sql("select 1").scalar() == 1


# Other tools


def test_sqlalchemy_works_on_the_same_session(wire: Session, monkeypatch: pytest.MonkeyPatch, proxy: Proxy) -> None:
    """PostgreSQL's catalog lacks the columns by which the dialect looks for tables: that look is replaced here."""
    wire.sql("create temp table mine (a int); insert into mine values (7)")
    engine = wire.engine
    exists = sqlalchemy.text("select to_regclass(:name)")
    monkeypatch.setattr(
        engine.dialect, "has_table", lambda c, name, *_, **__: c.execute(exists, {"name": name}).scalar() is not None
    )
    assert pd.read_sql_query("select a from mine", engine)["a"].tolist() == [7]
    frame = pd.DataFrame({"a": [1, 2], "b": ["x", "it's"]})
    wire.sql("drop table if exists from_frame")
    frame.to_sql("from_frame", engine, index=False)
    assert wire.sql("select * from from_frame order by a").df()["b"].tolist() == ["x", "it's"]
    assert len(proxy.starts) == 1


def test_while_sqlalchemy_has_the_connection_it_is_in_use(wire: Session) -> None:
    wire.sql("create temp table t (a int)")
    with wire.engine.connect() as connection:
        connection.execute(sqlalchemy.text("insert into t values (1)"))
        with pytest.raises(ConfigError, match=r"the connection is in use: .* session.engine"):
            wire.sql("select 1")
    assert wire.sql("select count(*) from t").scalar() == 0  # it was not committed
    wire.sql("begin")
    with pytest.raises(ConfigError, match="the session is in a transaction"), wire.engine.connect():
        pass
    assert wire.transaction == "open"


def test_sqlalchemy_gets_a_new_connection_after_the_old_one_was_lost(wire: Session, proxy: Proxy) -> None:
    proxy.cut()
    with wire.engine.connect() as connection:
        assert connection.execute(sqlalchemy.text("select 1")).scalar() == 1
    assert wire.sql("select 1").scalar() == 1


def test_the_embedded_warehouse_has_no_sqlalchemy(session: Session) -> None:
    with pytest.raises(ConfigError, match="no SQLAlchemy engine"):
        session.engine  # noqa: B018


# The driver's own way


def test_unknown_types_are_read_by_the_driver_which_the_receipt_says(wire: Session) -> None:
    result = wire.sql(
        "select '192.168.0.1'::inet as address, null::uuid as u, sum(i / 4.0) as n from generate_series(1, 3) i"
    )
    assert result.table.to_pylist()[0]["address"] == "192.168.0.1"
    assert str(result.table.to_pylist()[0]["n"]).startswith("1.5")
    assert result.receipt.notes == (
        "read by the driver: the column address has a type of the number 869, which is not known here",
    )
    assert result.types["address"] == "character varying"


def test_with_a_strange_driver_everything_is_read_by_it(
    wired: Callable[..., Session], proxied: Callable[..., Proxy], monkeypatch: pytest.MonkeyPatch
) -> None:
    sql = (
        "select 1::int2 as a, 'x'::varchar(3) as b, 1.50::numeric(5, 2) as n, date '2020-02-29' as d, null::int as z, "
        "'\\x00ff'::bytea as v, '2 days 3:00'::interval day to second as i, timestamp '2020-01-01 10:00' as t, "
        "true as f"
    )
    ours = wired(proxied(protocol=2)).sql(sql)
    monkeypatch.setattr(link, "KNOWN_DRIVERS", ())
    session = wired(proxied(protocol=2))
    result = session.sql(sql)
    assert result.table.equals(ours.table)
    assert result.types == ours.types
    assert result.receipt.notes == ("read by the driver: this release of redshift_connector is not known here",)
    assert session.sql("begin; create temp table t (a int)").receipt.notes == ()
    assert session.transaction == "open"
    with pytest.raises(SqlError, match="division by zero"):
        session.sql("select 1 / 0")
    assert session.transaction == "failed"


# The server's log


def test_the_log_says_who_runs_a_statement(
    wired: Callable[..., Session], proxy: Proxy, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("JPY_SESSION_NAME", "reports/visits it's.ipynb")
    session = wired(proxy)
    session.cell = "12 */ /*"
    text = session.sql("select query from pg_stat_activity where pid = pg_backend_pid()").scalar()
    comment, _, statement = text.partition(" */ ")
    told = json.loads(comment.removeprefix("/* "))
    assert (told["app"], told["notebook"], told["cell"]) == ("rsnb", "visits it's.ipynb", "12 * / / *")
    assert statement.startswith("select query")
    assert any(b"set query_group to 'rsnb visits" in data for data in proxy.sent)


@pytest.mark.parametrize(("setting", "comment", "group"), [("off", False, False), ("comment", True, False)])
def test_the_tag_is_a_setting(
    wired: Callable[..., Session],
    proxy: Proxy,
    monkeypatch: pytest.MonkeyPatch,
    setting: str,
    comment: bool,
    group: bool,
) -> None:
    monkeypatch.setenv("RSNB_TAG", setting)
    wired(proxy).sql("select 42")
    sent = b"".join(proxy.sent)
    assert (b'"app": "rsnb"' in sent, b"query_group" in sent) == (comment, group)


# Many at once


def test_fifty_sessions_at_once(wired: Callable[..., Session], proxy: Proxy) -> None:
    def work(number: int) -> Any:
        session = wired(proxy)
        session.sql("create temp table own (n int); insert into own values (:n)", n=number)
        rows = session.sql("select n, i from own, generate_series(1, 2000) i").table
        return rows["n"].unique().to_pylist(), rows.num_rows

    with ThreadPoolExecutor(50) as pool:
        assert list(pool.map(work, range(50))) == [([n], 2000) for n in range(50)]


def test_a_profile_names_the_connection(project: Path, proxy: Proxy, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PROD_PASSWORD", PASSWORD)
    url = f"redshift://scram@127.0.0.1:{proxy.port}/postgres?tls=off"
    (project / "rsnb.toml").write_text(f'[profiles.prod]\nurl = "{url}"\npassword_env = "PROD_PASSWORD"\n')
    with rsnb.connect("prod") as session:
        assert session.sql("select current_user").scalar() == "scram"
        assert repr(session) == "<Session prod (idle)>"
