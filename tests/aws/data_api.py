"""The Redshift Data API on loopback for tests: the documented protocol, on an embedded warehouse that really runs SQL.

moto's redshift-data gives rows that somebody planned, which says nothing of values. Here statements run in kept
sessions of an embedded warehouse, are described, paged, cancelled and refused in the service's documented form, and
values take the form of its JDBC table: whole numbers, doubles, booleans; decimals, dates and the rest as texts.
Wordings of errors are those that users of the service quote. What this can't show: AWS's limits and delays.
"""

from __future__ import annotations

import base64
import datetime
import decimal
import json
import threading
import time
import uuid
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from rsnb import types
from rsnb.engines import Engine, Fetched, Target, connect
from rsnb.errors import Cancelled, RsnbError, SqlError

ENDED = ("FINISHED", "FAILED", "ABORTED")
SHORTEST_WAIT = 0.02


class Refused(Exception):
    """A call that the service refuses: its code and message."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(code, message)
        self.code, self.message = code, message


@dataclass
class Statement:
    """A statement that was submitted."""

    id: str
    sql: list[str]
    session: str = ""
    batch: bool = False
    status: str = "SUBMITTED"
    error: str = ""
    results: list[Fetched] = field(default_factory=list)
    ended: threading.Event = field(default_factory=threading.Event)
    cancelled: bool = False


@dataclass
class DataApi:
    """The service: its warehouses' names, their databases' users and passwords, and how it pages and waits."""

    folder: Path
    secrets: Callable[[str], dict[str, str]]
    clusters: tuple[str, ...] = ("sales",)
    workgroups: tuple[str, ...] = ("etl",)
    passwords: dict[str, str] = field(default_factory=dict)
    page: int = 1000
    long_polls: bool = True
    hold: float = 0.0  # seconds for which a statement waits in its queue
    statements: dict[str, Statement] = field(default_factory=dict)
    sessions: dict[str, Engine] = field(default_factory=dict)
    _threads: list[threading.Thread] = field(default_factory=list)

    def answer(self, action: str, given: dict[str, Any]) -> dict[str, Any]:
        """What the service answers to a call; Refused where it does not."""
        return {
            "BatchExecuteStatement": self._batch,
            "CancelStatement": self._cancel,
            "DescribeStatement": self._describe,
            "ExecuteStatement": self._execute,
            "GetStatementResult": self._result,
        }[action](given)

    def end_session(self, name: str = "") -> None:
        """End a kept session as the service does when it reclaims one."""
        for known in [name] if name else list(self.sessions):
            self.sessions.pop(known).close()

    def close(self) -> None:
        """End everything."""
        for thread in self._threads:
            thread.join(10)
        self.end_session()

    def _execute(self, given: dict[str, Any]) -> dict[str, Any]:
        return self._submit(given, [given["Sql"]])

    def _batch(self, given: dict[str, Any]) -> dict[str, Any]:
        return self._submit(given, given["Sqls"])

    def _submit(self, given: dict[str, Any], sql: list[str]) -> dict[str, Any]:
        if len("".join(sql).encode()) > 100_000:
            raise Refused("ValidationException", "Cannot exceed the maximum statement size of 100000")
        name = self._session(given)
        statement = Statement(str(uuid.uuid4()), sql, name, batch="Sqls" in given)
        self.statements[statement.id] = statement
        thread = threading.Thread(target=self._run, args=(statement, given), daemon=True)
        self._threads.append(thread)
        thread.start()
        kept = {"SessionId": name} if name else {}
        return {"Id": statement.id, "CreatedAt": time.time(), **kept}

    def _session(self, given: dict[str, Any]) -> str:
        """The kept session to run in: the one that is named, or a new one; nothing when none is kept."""
        places = [key for key in ("ClusterIdentifier", "WorkgroupName", "SessionId") if key in given]
        if len(places) != 1:
            raise Refused(
                "ValidationException", "Either ClusterIdentifier, WorkgroupName or SessionId must be provided."
            )
        if name := given.get("SessionId"):
            if "Database" in given or "DbUser" in given or "SecretArn" in given:
                raise Refused("ValidationException", "SessionId can't be provided with other connection parameters")
            if name not in self.sessions:
                raise Refused("ValidationException", "Session is not available")
            return str(name)
        known = {"ClusterIdentifier": self.clusters, "WorkgroupName": self.workgroups}[places[0]]
        if given[places[0]] not in known:
            raise Refused("ValidationException", "Redshift endpoint doesn't exist in this region.")
        if "DbUser" in given and places[0] == "WorkgroupName":
            raise Refused("ValidationException", "DbUser is not supported for Redshift Serverless")
        if not given.get("SessionKeepAliveSeconds"):
            return ""
        name = str(uuid.uuid4())
        self.sessions[name] = self._opened()
        return name

    def _opened(self) -> Engine:
        return connect(Target(f"embedded://{self.folder}/warehouse.duckdb", {}, self.folder))

    def _signed_in(self, given: dict[str, Any]) -> None:
        """The database's own check of user and password, of the secret as it is now."""
        if secret := given.get("SecretArn"):
            held = self.secrets(secret)
            if self.passwords.get(held["username"], held["password"]) != held["password"]:
                raise SqlError(f'FATAL: password authentication failed for user "{held["username"]}"')

    def _run(self, statement: Statement, given: dict[str, Any]) -> None:
        engine = self.sessions.get(statement.session) or self._opened()
        try:
            time.sleep(self.hold)
            self._signed_in(given)
            self._watched(engine, statement, one_transaction=statement.batch)
            statement.status = "FINISHED"
        except Cancelled:
            statement.status = "ABORTED"
        except RsnbError as exc:
            place = getattr(exc, "position", None)
            statement.status = "FAILED"
            statement.error = f"ERROR: {exc.message}" + ("" if place is None else f"\n  Position: {place + 1}")
        finally:
            if statement.session not in self.sessions:
                engine.close()
            statement.ended.set()

    def _watched(self, engine: Engine, statement: Statement, *, one_transaction: bool) -> None:
        """Run the SQL, stopped when the statement is cancelled."""
        done = threading.Event()

        def watch() -> None:
            while not done.wait(SHORTEST_WAIT):
                if statement.cancelled:
                    engine.cancel()

        watcher = threading.Thread(target=watch, daemon=True)
        watcher.start()
        try:
            if statement.cancelled:
                raise Cancelled("cancelled")
            if one_transaction:
                engine.execute("begin", datasets={}, max_rows=0)
            for sql in statement.sql:
                statement.results.append(engine.execute(sql, datasets={}, max_rows=0))
            if one_transaction:
                engine.execute("commit", datasets={}, max_rows=0)
        finally:
            if one_transaction and engine.transaction != "idle":
                engine.execute("rollback", datasets={}, max_rows=0)
            done.set()
            watcher.join()

    def _found(self, given: dict[str, Any]) -> tuple[Statement, int]:
        """The statement of an id, and which part of a batch it names."""
        name, _, part = given["Id"].partition(":")
        if name not in self.statements:
            raise Refused("ResourceNotFoundException", "Query does not exist.")
        return self.statements[name], int(part or 1) - 1

    def _cancel(self, given: dict[str, Any]) -> dict[str, Any]:
        statement, _ = self._found(given)
        if statement.status in ENDED:
            raise Refused(
                "ValidationException", f"Could not cancel a query that is already in {statement.status} state"
            )
        statement.cancelled = True
        return {"Status": True}

    def _describe(self, given: dict[str, Any]) -> dict[str, Any]:
        statement, _ = self._found(given)
        if self.long_polls and "WaitTimeSeconds" in given:
            statement.ended.wait(given["WaitTimeSeconds"])
        elif "WaitTimeSeconds" in given:
            raise Refused("ActiveWaitingRequestsExceededException", "too many wait")
        ended = statement.ended.is_set()
        described: dict[str, Any] = {
            "Id": statement.id,
            "Status": statement.status if ended else "STARTED",
            "HasResultSet": ended and any(result.table is not None for result in statement.results),
            "ResultRows": sum(map(_rows, statement.results)) if ended else -1,
            "Duration": 1_000_000,
        }
        if statement.error:
            described["Error"] = statement.error
        if statement.batch:
            described["SubStatements"] = [self._part(statement, i) for i in range(len(statement.sql))]
        return described

    def _part(self, statement: Statement, i: int) -> dict[str, Any]:
        done = len(statement.results)
        status = "FINISHED" if i < done else "ABORTED" if i > done or not statement.error else "FAILED"
        part = {"Id": f"{statement.id}:{i + 1}", "Status": status, "HasResultSet": False}
        if status == "FINISHED":
            result = statement.results[i]
            part |= {"HasResultSet": result.table is not None, "ResultRows": _rows(result)}
        return part | ({"Error": statement.error} if status == "FAILED" else {})

    def _result(self, given: dict[str, Any]) -> dict[str, Any]:
        statement, part = self._found(given)
        if statement.status != "FINISHED":
            raise Refused("ResourceNotFoundException", "Query does not have result. Please check query status")
        result = statement.results[part]
        assert result.table is not None
        start = int(given.get("NextToken") or 0)
        rows = result.table.slice(start, self.page)
        kinds = result.types or [types.of_arrow(field.type) for field in rows.schema]
        columns = [[_field(kinds[i], value) for value in rows.column(i).to_pylist()] for i in range(rows.num_columns)]
        page = {
            "ColumnMetadata": [_metadata(name, kind) for name, kind in zip(rows.column_names, kinds, strict=True)],
            "Records": [list(record) for record in zip(*columns, strict=True)],
            "TotalNumRows": result.table.num_rows,
        }
        if start + self.page < result.table.num_rows:
            page["NextToken"] = str(start + self.page)
        return page


def _rows(result: Fetched) -> int:
    """The rows that a statement gave, or that it changed; -1 where there is no such number."""
    if result.table is not None:
        return int(result.table.num_rows)
    number = result.command.rpartition(" ")[2]
    return int(number) if number.isdigit() else -1


def _metadata(name: str, kind: str) -> dict[str, Any]:
    known = types.parse(kind)
    args = (*known.args, 0, 0)
    return {
        "name": name, "label": name, "typeName": known.short, "nullable": 1, "length": 0,
        "precision": args[0], "scale": args[1] if known.short == "numeric" else 0,
        "isSigned": known.short in ("int2", "int4", "int8", "numeric", "float4", "float8"),
    }  # fmt: skip


def _field(kind: str, value: Any) -> dict[str, Any]:
    """A value in the form that the service gives it."""
    if value is None:
        return {"isNull": True}
    if isinstance(value, bool):
        return {"booleanValue": value}
    if isinstance(value, int):
        return {"longValue": value}
    if isinstance(value, float):
        return (
            {"doubleValue": value} if value == value and abs(value) != float("inf") else {"stringValue": _word(value)}
        )
    if isinstance(value, bytes):
        return (
            {"blobValue": base64.b64encode(value).decode()}
            if kind.startswith("binary")
            else {"stringValue": value.hex()}
        )
    if isinstance(value, datetime.datetime):
        return {"stringValue": value.isoformat(" ").replace("+00:00", "+00")}
    if isinstance(value, datetime.timedelta):
        return {"stringValue": f"{value.days} days {value.seconds}.{value.microseconds:06} secs"}
    if isinstance(value, decimal.Decimal):
        return {"stringValue": f"{value:f}"}
    return {"stringValue": str(value)}


def _word(value: float) -> str:
    return "NaN" if value != value else "Infinity" if value > 0 else "-Infinity"


def as_json(answer: dict[str, Any]) -> bytes:
    """An answer as it goes over HTTP."""
    return json.dumps(answer).encode()
