"""Stored procedures: what their statements do, what CALL gives back, what an error leaves, what is refused where."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from rsnb import SqlError, UnsupportedSql

T = "create table t (a int, b varchar(10));"


def procedure(body: str, arguments: str = "", declare: str = "", more: str = "") -> str:
    """A procedure p whose body this is, and its CREATE statement's other clauses."""
    declared = f"declare {declare} " if declare else ""
    return f"create procedure p({arguments}) {more} as $$ {declared}begin {body} end; $$ language plpgsql;"


BODIES = [  # (declarations, statements, what `say` has in it then): `o` gives the answer
    ("", "o := 1 + 2;", "3"),
    ("", "o = 'a' || 'b';", "ab"),
    ("x int := 20;", "o := x * 2;", "40"),
    ("x int default 20; y numeric(6,2);", "y := x / 3.0; o := y;", "6.67"),
    ("x constant varchar(5) := 'abc';", "o := x;", "abc"),
    ("x char(4) := 'ab';", "o := len(x || '|');", "3"),
    ("d date := '2020-02-29'; t timestamp;", "t := dateadd(year, 1, d); o := t;", "2021-03-01 00:00:00"),
    ("b boolean := 5 > 3;", "o := case when b then 'yes' else 'no' end;", "yes"),
    ("s super := json_parse('{\"a\": [1, 2]}');", "o := json_serialize(s);", '{"a":[1,2]}'),
    ("f float8 := 0.1;", "o := (f + 0.2 > 0.3)::varchar;", "true"),
    ("x int;", "o := x is null;", "true"),
    ("x int := 7; begin", "o := x; end;", "7"),
    ("x int := 1;", "<<b>> declare x int := 2; begin o := x || '+' || b.x; end;", "2+2"),
    ("x int := 1;", "declare x int := 2; begin x := 3; end; o := x;", "1"),
    ("x int := -5;", "if x > 0 then o := 'pos'; elsif x < 0 then o := 'neg'; else o := 'zero'; end if;", "neg"),
    ("x int;", "if x > 0 then o := 'pos'; elseif x < 0 then o := 'neg'; else o := 'null'; end if;", "null"),
    ("x int := 2;", "case x when 1, 2 then o := 'one or two'; else o := 'more'; end case;", "one or two"),
    ("x int := 15;", "case when x between 0 and 10 then o := 'a'; when x between 11 and 20 then o := 'b'; end case;",
     "b"),
    ("", "o := ''; for i in 1..4 loop o := o || i; end loop;", "1234"),
    ("n int := 3;", "o := ''; for i in reverse n .. 1 loop o := o || i; end loop;", "321"),
    ("", "o := ''; for i in 4..1 loop o := o || i; end loop; o := o || found;", "false"),
    ("i int := 9;", "for i in 1..2 loop null; end loop; o := i;", "9"),
    ("", "<<l>> for i in 1..3 loop o := l.i; end loop;", "3"),
    ("i int := 0;", "loop i := i + 1; exit when i >= 5; end loop; o := i;", "5"),
    ("i int := 0;", "while i < 3 loop i := i + 1; end loop; o := i;", "3"),
    ("", "o := ''; for i in 1..5 loop continue when i % 2 = 0; o := o || i; end loop;", "135"),
    ("", "o := ''; <<x>> for i in 1..3 loop for j in 1..3 loop continue x when j = 2; o := o || i || j; end loop; "
         "end loop;", "112131"),
    ("", "<<b>> begin o := 'in'; exit b; o := 'behind'; end;", "in"),
    ("", "o := 'before'; return; o := 'behind';", "before"),
    ("r record;", "select into r 1 as x, 'a' as y; o := r.x || r.y;", "1a"),
    ("x int; y varchar;", "select a, b into x, y from t where a = 2; o := x || y;", "2two"),
    ("x int := 5;", "select a into x from t where a = 9; o := nvl(x, -1) || '/' || found;", "-1/false"),
    ("x int;", "select into x a from t order by a desc; o := x;", "3"),
    ("x int;", "select count(*) into x from t where a in (select a from t); o := x;", "3"),
    ("x t.a%type := 4; y x%type;", "y := x; o := y;", "4"),
    ("r t%rowtype;", "select * into r from t where a = 1; o := r.b;", "one"),
    ("r record;", "o := ''; for r in select * from t order by a loop o := o || r.b; end loop;", "onetwothree"),
    ("r record; n int := 2;", "o := ''; for r in execute 'select a from t order by 1 limit ' || n loop "
                              "o := o || r.a; end loop;", "12"),
    ("x int; y varchar;", "o := ''; for x, y in select a, b from t order by 1 loop o := o || x || y; end loop;",
     "1one2two3three"),
    ("n int := 2;", "o := ''; for n in select a from t order by a limit n loop o := o || n; end loop;", "12"),
    ("c cursor for select a from t order by 1; x int;", "open c; fetch c into x; fetch c into x; close c; o := x;",
     "2"),
    ("c cursor (k int, m int) for select b from t where a between k and m order by a; r record;",
     "open c(2, 3); o := ''; loop fetch c into r; exit when not found; o := o || r.b; end loop; close c;",
     "twothree"),
    ("c refcursor; x int;", "open c for select max(a) from t; fetch c into x; o := x;", "3"),
    ("c refcursor; x int;", "open c for execute 'select min(a) from t'; fetch c into x; o := x;", "1"),
    ("n int;", "update t set b = 'x' where a > 1; get diagnostics n := row_count; o := n || '/' || found;", "2/true"),
    ("", "delete from t where a > 9; o := found;", "false"),
    ("x int := 2;", "execute 'delete from t where a = ' || x; o := (select count(*) from t);", "2"),
    ("x int;", "execute 'select max(a) from t' into x; o := x;", "3"),
    ("s varchar := 'it''s';", "execute 'insert into t values (4, ' || quote_literal(s) || ')'; "
                              "select b into o from t where a = 4;", "it's"),
    ("x int := 1;", "o := (select b from t t2 where t2.a = x);", "one"),
    ("a int := 8;", "select count(*) into o from t where t.a < a;", "3"),
    ("", "perform a from t; o := 'done';", "done"),
    ("x varchar(5) := null;", "o := coalesce(x, 'none');", "none"),
    ("b varbyte := to_varbyte('abc', 'utf8');", "o := from_varbyte(b, 'utf8');", "abc"),
    ("t timestamptz := '2020-01-01 12:00:00+02';", "o := t;", "2020-01-01 10:00:00+00"),
    ("x alias for $1;", "x := 'through the alias';", "through the alias"),
    ("", "$1 := 'by number';", "by number"),
]  # fmt: skip


@pytest.mark.parametrize(("declare", "body", "expected"), BODIES, ids=[b[:60] for _, b, _ in BODIES])
def test_a_body_does(check: Any, declare: str, body: str, expected: str) -> None:
    check(f"{T} insert into t values (1, 'one'), (2, 'two'), (3, 'three')")
    check(procedure(body, "o out varchar(99)", declare), command="CREATE PROCEDURE")
    check("call p()", [(expected,)], columns=["o"], command="CALL")


CALLS = [  # (script, the last statement's rows)
    (procedure("x := x + y; z := 'done';", "x inout int, y int, out z varchar") + "call p(3, 4)", [(7, "done")]),
    (procedure("a := $1;", "int, inout a bigint") + "call p(3, null)", [(3,)]),
    (procedure("$2 := $1;", "int, out bigint") + "call p(3)", [(3,)]),
    (procedure("o := x;", "x varchar(3), o out varchar") + "call p('longer than three')", [("longer than three",)]),
    (procedure("o := x;", "x numeric, o out numeric(10,3)") + "call p(1.125)", [(Decimal("1.125"),)]),
    (T + procedure("insert into t values (x, 'in');", "x int") + "call p(1 + 1); select * from t", [(2, "in")]),
    (T + procedure("insert into t values (x, b);", "x int, b varchar")
     + "begin; insert into t values (1, 'a'); call p(2, 'b'); rollback; select count(*) from t", [(0,)]),
    (procedure("o := 'int';", "x int, o out varchar") + procedure("o := 'text';", "x varchar, o out varchar")
     + procedure("o := 'two';", "x int, y int, o out varchar") + "call p('a')", [("text",)]),
    (procedure("o := 'int';", "x int, o out varchar") + procedure("o := 'text';", "x varchar, o out varchar")
     + "call p(1)", [("int",)]),
    ("create schema s; create procedure s.p(o out int) as $$ begin o := 1; end $$ language plpgsql; call s.p()",
     [(1,)]),
    ("create procedure inner_p(inout a int, b int, inout c int) language plpgsql as $$ begin a := b * a; c := b * c; "
     "end; $$; " + procedure("call inner_p(x, m, y); o := x || '/' || y;", "m int, o out varchar", "x int := 3; "
                             "y int := 4;") + "call p(5)", [("15/20",)]),
    ("create procedure p(n int, inout f int) as $$ begin if n > 1 then f := f * n; call p(n - 1, f); end if; end; $$ "
     "language plpgsql; call p(5, 1)", [(120,)]),
    (T + procedure("insert into t values (1, 'a'); commit; insert into t values (2, 'b'); rollback; "
                   "insert into t values (3, 'c');") + "call p(); select a from t order by 1", [(1,), (3,)]),
    (T + "insert into t values (1, 'a');" + procedure("truncate t; insert into t values (2, 'b');")
     + "call p(); select a from t", [(2,)]),
    (T + "insert into t values (1, 'a'), (2, 'b');" + procedure("open c for select a from t where a >= n;",
                                                              "n int, c inout refcursor")
     + "begin; call p(2, 'mycursor'); fetch all from mycursor", [(2,)]),
    (T + procedure("start transaction; insert into t values (1, 'a'); rollback; insert into t values (2, 'b');",
                   more="nonatomic") + "call p(); select a from t", [(2,)]),
    (procedure("raise info 'x';", more="") + "drop procedure p(); select count(*) from svv_redshift_functions",
     [(0,)]),
    (procedure("null;", "x int") + "alter procedure p(int) rename to q; call q(1); select function_name, function_type,"
     " argument_type from svv_redshift_functions", [("q", "STORED PROCEDURE", "integer")]),
    (procedure("null;", "x int") + "create user ann password disable; alter procedure p(int) owner to ann; "
     "grant execute on procedure p(int) to ann; select function_name, argument_types, identity_name from "
     "svv_function_privileges where 1 = 0", []),
    (procedure("raise log 'l'; raise notice 'n %', x; raise warning '100%% of %', y;", "x int, y varchar")
     + "call p(1, 'y'); select trim(loglevel_text), trim(message), linenum from svl_stored_proc_messages order by 2",
     [("WARNING", "100% of y", 1), ("LOG", "l", 1), ("NOTICE", "n 1", 1)]),
    (procedure("raise log 'l'; raise warning 'w';") .replace("plpgsql;", "plpgsql set stored_proc_log_min_messages "
     "to notice;") + "call p(); select trim(message) from sys_procedure_messages", [("w",)]),
    (procedure("null;") + "call p(); select trim(query_text), trim(status), caller_procedure_query_id from "
     "sys_procedure_call", [("call p()", "success", None)]),
    (procedure("o := current_setting('query_group');", "o out varchar").replace(
        "plpgsql;", "plpgsql set query_group to 'of p';") + "set query_group to 'mine'; call p()", [("of p",)]),
    (procedure("null;").replace("plpgsql;", "plpgsql set query_group to 'of p';")
     + "set query_group to 'mine'; call p(); show query_group", [("mine",)]),
]  # fmt: skip


@pytest.mark.parametrize(("script", "rows"), CALLS, ids=[s[:70] for s, _ in CALLS])
def test_a_call_gives(check: Any, script: str, rows: list[Any]) -> None:
    check(script, rows)


def test_messages_are_notes(check: Any) -> None:
    check(procedure("raise log 'l'; raise info 'i %', x; raise notice '%', y;", "x int, y boolean"))
    assert check("call p(null, true)").receipt.notes == ("INFO: i <NULL>", "NOTICE: t")


FAILED = "insert into t values (1, 'a'); {}; exception when others then insert into t values (2, sqlstate);"
LEFT = [  # (statements that fail, clauses, rows that are left, words of the error or None)
    ("insert into t values (1, 'a'); raise exception 'stop %', n;", "", [], "stop 3"),
    ("insert into t values (1, 'a'); commit; insert into t values (2, 'b'); raise exception 'no';", "", [(1, "a")],
     "no"),
    (FAILED.format("execute 'select invalid'"), "", [(2, "42703")], "there is no column invalid"),
    (FAILED.format("raise exception 'own'"), "", [(2, "P0001")], "own"),
    (FAILED.format("n := 1 / (n - n)"), "", [(2, "22012")], "division by zero"),
    (FAILED.format("select a into n from nowhere"), "", [(2, "42P01")], "there is no table nowhere"),
    (FAILED.format("execute 'select invalid'"), "nonatomic", [(1, "a"), (2, "42703")], None),
    ("begin raise exception 'one'; exception when others then insert into t values (1, sqlerrm); end; "
     "begin raise exception 'two'; exception when others then insert into t values (2, sqlerrm); end;", "nonatomic",
     [(1, "one"), (2, "two")], None),
    ("raise exception 'one'; exception when others then insert into t values (1, sqlerrm); raise;", "nonatomic",
     [(1, "one")], "one"),
    ("insert into t values (1, 'a'); raise exception 'one';", "nonatomic", [(1, "a")], "one"),
    ("start transaction; insert into t values (1, 'a'); raise exception 'one';", "nonatomic", [], "one"),
    ("start transaction; insert into t values (1, 'a');", "nonatomic", [], "ended with the transaction open"),
    ("begin raise exception 'one'; exception when others then raise exception 'two'; end; "
     "exception when others then insert into t values (1, sqlerrm);", "", [(1, "two")], "two"),
]  # fmt: skip


@pytest.mark.parametrize(("body", "more", "rows", "words"), LEFT, ids=[f"{m} {b[:70]}" for b, m, _, _ in LEFT])
def test_an_error_leaves(check: Any, fails: Any, body: str, more: str, rows: list[Any], words: str | None) -> None:
    check(T + procedure(body, "n int", more=more))
    if words is None:
        check("call p(3)")
    else:
        fails("call p(3)", SqlError, words)
    check("select * from t order by 1", rows)


AT = [  # (script, error, words, where in the text): of CREATE
    (procedure("x := ;", declare="x int;"), SqlError, "expected an expression", "; end"),
    (procedure("if 1 = 1 x := 2; end if;"), SqlError, "expected THEN", None),
    (procedure("foo bar;"), SqlError, "'FOO' does not begin a statement", "foo"),
    (procedure("vacuum t;"), SqlError, "VACUUM can't run in a procedure", "vacuum t"),
    (procedure("prepare x as select 1;"), SqlError, "PREPARE can't run in a procedure", "prepare"),
    (procedure("begin transaction;"), SqlError, "'TRANSACTION' does not begin", "transaction"),
    (procedure("create model m from t;"), UnsupportedSql, "CREATE MODEL", "create model"),
    (procedure("start transaction;"), SqlError, "NONATOMIC procedure only", "start"),
    (procedure("raise;"), SqlError, "exception handler of a NONATOMIC", "raise"),
    (procedure("raise shout 'x';"), SqlError, "expected LOG, INFO", "shout"),
    (procedure("raise info '% %', x;"), SqlError, "1 variables", "raise"),
    (procedure("raise info '%', x + 1;"), SqlError, "variables, not expressions", "x + 1"),
    (procedure("exit;"), SqlError, "EXIT without a label", "exit"),
    (procedure("loop exit m; end loop;"), SqlError, "there is no loop or block m", "exit m"),
    (procedure("null; exception when no_data_found then null;"), SqlError, "expected OTHERS", "no_data_found"),
    (procedure("execute 'x' using 1;"), SqlError, "takes no USING", "using"),
    (procedure("return 1;"), SqlError, "gives nothing back", "1;"),
    (procedure("null;", declare="x int not null;"), SqlError, "NOT NULL and has no default", "x int"),
    (procedure("null;", declare="x int; x int;"), SqlError, "declared twice", "x int; begin"),
    (procedure("null;", "x int, x int"), SqlError, "declared twice", "x int)"),
    (procedure("null;", "x geometry"), UnsupportedSql, "a variable of type geometry", "geometry"),
    (procedure("null;", "x nosuch"), SqlError, "nosuch", "nosuch"),
    ("create procedure p() as $$ begin null; end $$ language python", SqlError, "plpgsql, not python", "python"),
    ("create procedure p() language plpgsql", SqlError, "expected AS and the body", None),
    ("create procedure p() nonatomic as $$ begin end $$ language plpgsql security definer", SqlError,
     "takes no SECURITY DEFINER", "nonatomic"),
    (procedure("null;") + procedure("null;"), SqlError, "the procedure p() exists", "p()"),
    ("drop procedure p(int)", SqlError, "there is no procedure p", "p(int)"),
    ("call p(1)", SqlError, "there is no procedure p", "p(1)"),
    (procedure("null;") + "call p(1)", SqlError, "there is no procedure p(integer)", "p(1)"),
    (procedure("null;", "x int") + procedure("null;", "x date") + "call p(null)", SqlError, "several procedures take",
     "p(null)"),
    (T + procedure("truncate t;") + "begin; call p()", SqlError, "TRUNCATE can't run here: the procedure was called "
     "inside a transaction", "truncate"),
    (procedure("commit;") + "begin; call p()", SqlError, "COMMIT can't run here", "commit"),
    (procedure("commit;").replace("plpgsql;", "plpgsql set query_group to x;") + "call p()", SqlError,
     "was created with SET", "commit"),
    (procedure("execute 'commit';") + "call p()", SqlError, "COMMIT and ROLLBACK can't run as dynamic SQL", "execute"),
    (procedure("x := 1;") + "call p()", SqlError, "there is no variable x", "x := 1"),
    (procedure("x := 2;", declare="x constant int := 1;") + "call p()", SqlError, "x is CONSTANT", "x := 2"),
    (procedure("x := null;", declare="x int not null := 1;") + "call p()", SqlError, "can't be NULL", "x := null"),
    (procedure("x := 'abcd';", declare="x varchar(3);") + "call p()", SqlError,
     "value too long for type character varying(3)", "x := 'abcd'"),
    (procedure("case 5 when 1 then null; end case;") + "call p()", SqlError, "no WHEN of the CASE holds", "case 5"),
    (procedure("x := r.y;", declare="x int; r record;") + "call p()", SqlError, "the record r has no row yet", "r.y"),
    (procedure("select 1 as a into r; x := r.y;", declare="x int; r record;") + "call p()", SqlError,
     "the record r has no field y", "r.y"),
    (procedure("select 1, 2 into x;", declare="x int;") + "call p()", SqlError, "2 columns for 1 variables", "select"),
    (procedure("select 1;") + "call p()", SqlError, "rows go nowhere", "select"),
    (procedure("fetch c into x;", declare="x int; c refcursor;") + "call p()", SqlError, "cursor c is not open",
     "fetch"),
    (T + procedure("open c; truncate t; fetch c into x;", declare="x int; c cursor for select a from t;") + "call p()",
     SqlError, "the cursor c is not open", "fetch"),
    (T + "insert into t values (1, 'a'), (2, 'b');" + procedure(
        "for r in select a from t loop for s in select b from t loop null; end loop; end loop;",
        declare="r record; s record;") + "call p()", SqlError, "a session has one at a time", "for s"),
    (T + "insert into t values (1, 'a'), (2, 'b');" + procedure(
        "for r in select a from t loop commit; end loop;", declare="r record;") + "call p()", SqlError,
     "was closed inside it", "for r"),
    (procedure("call p();") + "call p()", SqlError, "at most 16 levels", "call p()"),
    (procedure("null;", "o out int") + "create procedure q() as $$ begin call p(); end $$ language plpgsql; call q()",
     SqlError, "a nested call takes INOUT", "call p()"),
    (T + procedure("insert into t (a) values (1);", declare="a int := 1;") + "call p()", SqlError, "", None),
]  # fmt: skip


@pytest.mark.parametrize(("script", "error", "words", "at"), AT, ids=[s[-90:] for s, *_ in AT])
def test_an_error_has_its_place(fails: Any, script: str, error: type[SqlError], words: str, at: str | None) -> None:
    fails(script, error, words, at)


def test_a_procedure_shows_its_definition(check: Any) -> None:
    check(procedure("null;", "f1 int, f2 inout varchar(20), out numeric(5,2)"))
    text = (
        "CREATE OR REPLACE PROCEDURE public.p(f1 integer, INOUT f2 character varying, OUT numeric)\n"
        "LANGUAGE plpgsql\nAS $_$ begin null; end; $_$\n"
    )
    check("show procedure p", [(text,)], columns=["Stored Procedure Definition"])
    check("show procedure p(int, varchar(5))", [(text,)])
    check("drop procedure p(f1 int, f2 inout varchar, out numeric)" + ";" + text, command="CREATE PROCEDURE")


def test_a_replaced_procedure_runs_anew(check: Any) -> None:
    check(procedure("o := 1;", "o out int") + "call p()", [(1,)])
    check(procedure("o := 2;", "o out int").replace("create", "create or replace") + "call p()", [(2,)])


def test_a_transaction_that_an_error_in_a_call_aborted_is_left_with_rollback(check: Any, fails: Any) -> None:
    check(T + procedure("raise exception 'no';"))
    fails("begin; insert into t values (1, 'a'); call p()", SqlError, "no")
    fails("select 1", SqlError, "aborted")
    check("rollback; select count(*) from t", [(0,)])
