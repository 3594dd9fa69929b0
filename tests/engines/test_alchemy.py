"""pandas and SQLAlchemy's inspector over `session.engine`: to_sql, read_sql, reflection.

The dialect asks Redshift's catalog. PostgreSQL's lacks some of its columns, and all of Spectrum: the proxy exchanges
those for what they are for a plain table.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

import pandas as pd
import pytest
import sqlalchemy
from sqlalchemy import types

from rsnb import Session
from tests.postgres.proxy import Proxy

CATALOG = [
    (r"\sUNION\s.*(?=\sORDER BY )", " "),  # late-binding views, external tables
    (r"c\.reldiststyle", "0"),
    (r"format_encoding\(att\.attencodingtype::integer\)", "'none'::text"),
    (r"att\.attisdistkey", "false"),
    (r"att\.attsortkeyord", "0"),
    (r"(?<=\s)adsrc,", "null::text as adsrc,"),
    (r"AND schema = ", "AND n.nspname = "),  # PostgreSQL has no alias in WHERE
    (r"AND table_name = ", "AND c.relname = "),
]


def as_postgresql(sql: str) -> str:
    """A look into Redshift's catalog, for PostgreSQL's."""
    if "pg_catalog.pg_class c" in sql:
        for pattern, replacement in CATALOG:
            sql = re.sub(pattern, replacement, sql, flags=re.DOTALL)
    return sql


TABLES = """
    drop view if exists dear; drop table if exists line, item;
    create table item (id int primary key, name varchar(20) not null, price numeric(10,2), sold timestamp,
        day date, open boolean, weight float8, size bigint, unique (name));
    create table line (item_id int not null references item (id), amount smallint);
    create view dear as select id from item where price > 100;
    insert into item values (1, 'it''s', 1.50, '2024-01-02 03:04:05', '2024-01-02', true, 0.5, 4611686018427387904)"""


@pytest.fixture
def session(wired: Callable[..., Session], proxy: Proxy) -> Iterator[Session]:
    """A session whose SQLAlchemy engine finds its catalog."""
    proxy.rewrite = as_postgresql
    opened = wired(proxy)
    opened.sql(TABLES)
    yield opened
    opened.sql("drop view if exists dear; drop table if exists line, item, copied")


def test_the_inspector_finds_tables_views_and_columns(session: Session) -> None:
    inspector = sqlalchemy.inspect(session.engine)
    assert "public" in inspector.get_schema_names()
    assert {"item", "line"} <= set(inspector.get_table_names())
    assert "dear" in inspector.get_view_names()
    assert (inspector.has_table("item"), inspector.has_table("nothing")) == (True, False)
    columns = {column["name"]: column for column in inspector.get_columns("item")}
    kinds = {name: column["type"].as_generic().__class__ for name, column in columns.items()}
    assert kinds == {
        "id": types.Integer,
        "name": types.String,
        "price": types.Numeric,
        "sold": types.DateTime,
        "day": types.Date,
        "open": types.Boolean,
        "weight": types.Double,
        "size": types.BigInteger,
    }
    assert [name for name, column in columns.items() if not column["nullable"]] == ["id", "name"]
    assert columns["name"]["type"].length == 20
    assert (columns["price"]["type"].precision, columns["price"]["type"].scale) == (10, 2)


def test_the_inspector_finds_keys(session: Session) -> None:
    inspector = sqlalchemy.inspect(session.engine)
    assert inspector.get_pk_constraint("item")["constrained_columns"] == ["id"]
    assert [key["column_names"] for key in inspector.get_unique_constraints("item")] == [["name"]]
    (key,) = inspector.get_foreign_keys("line")
    assert (key["constrained_columns"], key["referred_table"]) == (["item_id"], "item")


def test_a_reflected_table_is_queried(session: Session) -> None:
    item = sqlalchemy.Table("item", sqlalchemy.MetaData(), autoload_with=session.engine)
    with session.engine.begin() as connection:
        connection.execute(sqlalchemy.insert(item).values(id=2, name="🔑"))
        found = connection.execute(sqlalchemy.select(item.c.name).order_by(item.c.id)).scalars().all()
    assert found == ["it's", "🔑"]
    assert session.sql("select count(*) from item").scalar() == 2


def test_read_sql_takes_a_query_a_table_and_parameters(session: Session) -> None:
    whole = pd.read_sql("select id, name from item", session.engine)
    assert whole.to_dict("list") == {"id": [1], "name": ["it's"]}
    assert pd.read_sql("item", session.engine)["size"].tolist() == [4611686018427387904]
    assert pd.read_sql_table("item", session.engine, columns=["day"])["day"].tolist() == [pd.Timestamp("2024-01-02")]
    query = sqlalchemy.text("select id from item where name = :name")
    assert len(pd.read_sql(query, session.engine, params={"name": "it's"})) == 1
    assert len(pd.read_sql(query, session.engine, params={"name": "x' or 'a' = 'a"})) == 0


def test_to_sql_makes_replaces_and_appends(session: Session) -> None:
    frame = pd.DataFrame({"a": [1, 2], "b": ["it's", None], "at": pd.to_datetime(["2024-01-01", "2024-01-02"])})
    engine = session.engine
    assert frame.to_sql("copied", engine, index=False) == 2
    with pytest.raises(ValueError, match="already exists"):
        frame.to_sql("copied", engine, index=False)
    frame.to_sql("copied", engine, index=False, if_exists="append", method="multi")
    assert session.sql("select count(*), count(b) from copied").df().iloc[0].tolist() == [4, 2]
    frame.to_sql("copied", engine, index=False, if_exists="replace", chunksize=1)
    kept = session.sql("select * from copied order by a")
    assert kept.df()["at"].tolist() == frame["at"].tolist()
    assert kept.types == {"a": "bigint", "b": "character varying", "at": "timestamp without time zone"}


def test_a_failure_leaves_no_table_and_a_usable_session(session: Session) -> None:
    frame = pd.DataFrame({"id": [2, 1], "name": ["new", "it's"]})
    with pytest.raises(pd.errors.DatabaseError, match="duplicate key"):
        frame.to_sql("item", session.engine, index=False, if_exists="append")
    assert session.sql("select count(*) from item").scalar() == 1
    assert session.transaction == "idle"
