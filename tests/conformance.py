"""The embedded warehouse as the target of the conformance runner: printed examples of the Redshift guide."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import rsnb

TRANSPILE_ERROR = (rsnb.UnsupportedSql,)
TABLES = {
    "users": """userid integer not null, username varchar(8), firstname varchar(30), lastname varchar(30),
        city varchar(30), state varchar(2), email varchar(100), phone varchar(14), likesports boolean,
        liketheatre boolean, likeconcerts boolean, likejazz boolean, likeclassical boolean, likeopera boolean,
        likerock boolean, likevegas boolean, likebroadway boolean, likemusicals boolean""",
    "venue": """venueid smallint not null distkey sortkey, venuename varchar(100), venuecity varchar(30),
        venuestate varchar(2), venueseats integer""",
    "category": "catid smallint not null, catgroup varchar(10), catname varchar(10), catdesc varchar(50)",
    "date": """dateid smallint not null, caldate date not null, day varchar(3) not null, week smallint not null,
        month varchar(5) not null, qtr varchar(5) not null, year smallint not null, holiday boolean default false""",
    "event": """eventid integer not null, venueid smallint not null, catid smallint not null,
        dateid smallint not null, eventname varchar(200), starttime timestamp""",
    "listing": """listid integer not null, sellerid integer not null, eventid integer not null,
        dateid smallint not null, numtickets smallint not null, priceperticket decimal(8,2),
        totalprice decimal(8,2), listtime timestamp""",
    "sales": """salesid integer not null, listid integer not null, sellerid integer not null,
        buyerid integer not null, eventid integer not null, dateid smallint not null, qtysold smallint not null,
        pricepaid decimal(8,2), commission decimal(8,2), saletime timestamp""",
}
FILES = {"venue": "venue_pipe.txt", "category": "category_pipe.txt", "date": "date2008_pipe.txt"}
FILES["event"] = "allevents_pipe.txt"
WINSALES = """insert into winsales values
    (30001, '2003-08-02', 3, 'b', 10, 10), (10001, '2003-12-24', 1, 'c', 10, 10),
    (10005, '2003-12-24', 1, 'a', 30, null), (40001, '2004-01-09', 4, 'a', 40, null),
    (10006, '2004-01-18', 1, 'c', 10, null), (20001, '2004-02-12', 2, 'b', 20, 20),
    (40005, '2004-02-12', 4, 'a', 10, 10), (20002, '2004-02-16', 2, 'c', 20, 20),
    (30003, '2004-04-18', 3, 'b', 15, null), (30004, '2004-04-18', 3, 'b', 20, null),
    (30007, '2004-09-07', 3, 'c', 30, null)"""

_session: rsnb.Session | None = None


def reset(page: str | None = None) -> None:
    """A new warehouse with the TICKIT tables."""
    global _session
    if _session is not None:
        _session.close()
    _session = rsnb.connect("embedded://")
    for table, columns in TABLES.items():
        _session.sql(f'create table "{table}" ({columns})')
        if table in FILES:
            reload(table)
    _session.sql(
        "create table winsales (salesid int, dateid date, sellerid int, buyerid varchar(10), qty int, qty_shipped int)"
    )
    _session.sql(WINSALES)


def reload(table: str) -> None:
    """Load a TICKIT table from its file."""
    folder = Path(os.environ["TICKIT_DIR"]).resolve()
    assert _session is not None
    _session.sql(f'truncate "{table}"; copy "{table}" from \'file://{folder}/{FILES[table]}\' iam_role default')


def run(sql: str) -> tuple[list[str], list[tuple[Any, ...]]]:
    """Column names and rows of a statement."""
    assert _session is not None
    try:
        result = _session.sql(sql)
    except rsnb.RsnbError:
        if _session.transaction == "failed":
            _session.sql("rollback")
        raise
    kinds = list(result.types.values()) if not result.repeated() else [""] * len(result.columns)
    columns = [[printed(v, kind) for v in c.to_pylist()] for c, kind in zip(result.table.columns, kinds, strict=True)]
    return result.columns, list(zip(*columns, strict=True)) if columns else []


def printed(value: Any, kind: str) -> Any:
    """A REAL with the six digits that are printed of it; other values as they are."""
    return float(f"{value:.6g}") if kind == "real" and value is not None else value
