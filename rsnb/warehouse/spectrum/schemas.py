"""CREATE and ALTER EXTERNAL SCHEMA: an external schema refers to a database of the data catalog.

Source: Redshift Developer Guide, CREATE EXTERNAL SCHEMA, ALTER EXTERNAL SCHEMA, "Chaining IAM roles".
"""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from rsnb.errors import SqlError
from rsnb.warehouse.authorization import REGION, ROLE
from rsnb.warehouse.faults import place_of
from rsnb.warehouse.grammar import Reader
from rsnb.warehouse.outcome import Outcome

if TYPE_CHECKING:
    from rsnb.warehouse.connection import Connection

_REFUSED = {
    "hive metastore": "there is no Hive metastore here",
    "kafka": "there is no stream here",
    "kinesis": "there is no stream here",
    "msk": "there is no stream here",
    "mysql": "federated queries have no server here",
    "postgres": "federated queries have no server here",
    "redshift": "this warehouse is one database of its own",
}
_ROLES = 10  # that can be chained
_ELSEWHERE = ("uri", "port", "secret_arn", "authentication", "authentication_arn", "cluster_arn", "schema")


@dataclass
class ExternalSchema:
    """A parsed CREATE or ALTER EXTERNAL SCHEMA."""

    name: str
    database: str = ""
    if_not_exists: bool = False
    creates_database: bool = False
    options: dict[str, str] = field(default_factory=dict)


def parse_schema(sql: str) -> ExternalSchema:
    """Read `create external schema [if not exists] name from data catalog database 'x' ...`."""
    read = Reader(sql)
    read.expect("create", "external", "schema")
    if_not_exists = read.accept("if", "not", "exists")
    schema = ExternalSchema(read.name(), if_not_exists=if_not_exists)
    read.expect("from")
    if source := read.choose(*_REFUSED):
        read.refuse(f"an external schema from {source.upper()} ({_REFUSED[source]})")
    read.accept("data", "catalog")  # is what it is without a word of it
    while read.next.kind != "end":
        _option(read, schema)
    if not schema.database:
        read.fail("expected DATABASE 'name'")
    if "iam_role" not in schema.options:
        read.fail("expected IAM_ROLE 'arn:aws:iam::…:role/…' or IAM_ROLE default")
    if "catalog_id" in schema.options and "SESSION" not in schema.options.values():
        raise SqlError("CATALOG_ID goes with 'SESSION' as the role", sql=sql, position=place_of(sql, "catalog_id"))
    return schema


def _option(read: Reader, schema: ExternalSchema) -> None:
    if read.accept("create", "external", "database", "if", "not", "exists"):
        schema.creates_database = True
        return
    name = read.next.text.lower()
    if name in _ELSEWHERE:
        read.refuse(f"{name.upper()} of an external schema from DATA CATALOG")
    if name not in ("catalog_id", "catalog_role", "database", "iam_role", "region"):
        read.fail("expected DATABASE, REGION, IAM_ROLE, CATALOG_ROLE, CATALOG_ID or CREATE EXTERNAL DATABASE")
    if name in schema.options or (name == "database" and schema.database):
        read.fail(f"{name.upper()} stands twice")
    read.take()
    if name == "database":
        schema.database = read.string().lower()
    elif name.endswith("_role"):
        schema.options[name] = read_roles(read, may_default=name == "iam_role")
    else:
        schema.options[name] = read.string()
        if name == "region" and not REGION.fullmatch(schema.options[name]):
            position = read.last.start
            raise SqlError(
                f"{schema.options[name]!r} is not a region, such as us-east-1", sql=read.sql, position=position
            )


def read_roles(read: Reader, may_default: bool = True) -> str:
    """Read `default`, `'SESSION'` or the ARNs of up to ten roles, chained by commas without blanks."""
    if may_default and read.accept("default"):
        return "default"
    start = read.next.start
    written = read.string()
    if written.upper() == "SESSION":
        return "SESSION"
    chain = written.split(",")
    if wrong := next((role for role in chain if not ROLE.fullmatch(role)), None):
        raise SqlError(
            f"{wrong!r} is not the ARN of a role", sql=read.sql, position=start,
            hint="arn:aws:iam::123456789012:role/name; several with a comma and no blank between them",
        )  # fmt: skip
    if len(chain) > _ROLES:
        raise SqlError(f"at most {_ROLES} roles are chained", sql=read.sql, position=start)
    return written


def create_external_schema(session: Connection, sql: str) -> Outcome:
    """CREATE EXTERNAL SCHEMA ... FROM DATA CATALOG."""
    schema = parse_schema(sql)
    if schema.name in session.snapshot.relations.all_schemas:
        if schema.if_not_exists:
            return Outcome(notes=[f"the schema {schema.name} exists: skipped"])
        raise SqlError(f"the schema {schema.name} exists", sql=sql, position=place_of(sql, schema.name))
    notes = []
    if schema.creates_database and session.catalog.found("external_schema", "schemaname", databasename=schema.database):
        notes.append(f"the external database {schema.database} exists")
    options = json.dumps({name.upper(): value for name, value in schema.options.items()})
    session.catalog.put("external_schema", {"schemaname": schema.name}, databasename=schema.database, esoptions=options)
    session.shared.catalog_changed()
    return Outcome(notes=notes)


def alter_external_schema(session: Connection, sql: str) -> Outcome:
    """ALTER EXTERNAL SCHEMA name IAM_ROLE ...; the other clauses are of streams."""
    read = Reader(sql)
    read.expect("alter", "external", "schema")
    name = read.name()
    if name not in session.snapshot.relations.external_schemas:
        raise SqlError(f"there is no external schema {name}", sql=sql, position=place_of(sql, name))
    if read.next.text.lower() in _ELSEWHERE:
        read.refuse(f"{read.next.text.upper()} of an external schema from DATA CATALOG")
    read.expect("iam_role")
    role = read_roles(read)
    read.done()
    ((kept,),) = session.catalog.found("external_schema", "esoptions", schemaname=name)
    options = json.dumps({**json.loads(kept), "IAM_ROLE": role})
    session.catalog.change("external_schema", {"esoptions": options}, schemaname=name)
    session.shared.catalog_changed()
    return Outcome()
