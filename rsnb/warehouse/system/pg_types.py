"""The types of PG_TYPE: PostgreSQL's numbers for them, and Redshift's."""

from __future__ import annotations

from typing import NamedTuple


class PgType(NamedTuple):
    """A type of the catalog: the name that format_type gives, the short name, size in bytes, and alignment."""

    oid: int
    format: str
    name: str
    size: int
    align: str = "i"


TYPES = (
    PgType(16, "boolean", "bool", 1, "c"),
    PgType(18, '"char"', "char", 1, "c"),
    PgType(19, "name", "name", 128),
    PgType(20, "bigint", "int8", 8, "d"),
    PgType(21, "smallint", "int2", 2, "s"),
    PgType(22, "int2vector", "int2vector", -1),
    PgType(23, "integer", "int4", 4),
    PgType(24, "regproc", "regproc", 4),
    PgType(25, "text", "text", -1),
    PgType(26, "oid", "oid", 4),
    PgType(28, "xid", "xid", 4),
    PgType(30, "oidvector", "oidvector", -1),
    PgType(700, "real", "float4", 4),
    PgType(701, "double precision", "float8", 8, "d"),
    PgType(705, "unknown", "unknown", -2, "c"),
    PgType(1005, "smallint[]", "_int2", -1),
    PgType(1009, "text[]", "_text", -1),
    PgType(1034, "aclitem[]", "_aclitem", -1),
    PgType(1042, "character", "bpchar", -1),
    PgType(1043, "character varying", "varchar", -1),
    PgType(1082, "date", "date", 4),
    PgType(1083, "time without time zone", "time", 8, "d"),
    PgType(1114, "timestamp without time zone", "timestamp", 8, "d"),
    PgType(1184, "timestamp with time zone", "timestamptz", 8, "d"),
    PgType(1188, "interval year to month", "intervaly2m", 4),
    PgType(1190, "interval day to second", "intervald2s", 8, "d"),
    PgType(1266, "time with time zone", "timetz", 12, "d"),
    PgType(1700, "numeric", "numeric", -1),
    PgType(2935, "hllsketch", "hllsketch", -1),
    PgType(3000, "geometry", "geometry", -1),
    PgType(3001, "geography", "geography", -1),
    PgType(4000, "super", "super", -1),
    PgType(6551, "binary varying", "varbyte", -1),
)

_ROWS = ", ".join(f"({t.oid}, '{t.format}', '{t.name}', {t.size}, '{t.align}')" for t in TYPES)
PARTS = {"type": f"(select * from (values {_ROWS}) as type(oid, format, name, size, align))"}
