"""The calls of the Data API: submit a statement, wait for it, page through its rows, cancel it."""

from __future__ import annotations

import time
from collections.abc import Iterator
from typing import Any

from rsnb.auth import redaction
from rsnb.auth.account import Account
from rsnb.auth.refusals import EXPIRED
from rsnb.engines.data_api import faults
from rsnb.engines.data_api.place import TYPES, Place
from rsnb.errors import AuthError, ConfigError

WAIT = 10  # seconds of a long poll
FIRST_PAUSE, LONGEST_PAUSE = 0.05, 2.0  # seconds between polls, where the service does not wait itself
ENDED = ("FINISHED", "FAILED", "ABORTED")


class Calls:
    """The Data API for one warehouse, with the account that signs, opened when it is first needed."""

    def __init__(self, place: Place) -> None:
        self._place = place
        self._client: Any = None
        self._named: dict[str, str] = {}
        self._account = Account()
        self._waits = False

    def submit(self, session: str | None, *, keep: bool = True, **statement: Any) -> dict[str, Any]:
        """Submit one statement (Sql) or several as one transaction (Sqls), in a kept session or in a new one.

        keep: whether a new session is kept for what follows.
        """
        action = "batch_execute_statement" if "Sqls" in statement else "execute_statement"
        if session:
            return self._call(action, SessionId=session, **statement)
        keep = keep and bool(self._place.keep_alive)
        kept = {"SessionKeepAliveSeconds": self._place.keep_alive} if keep else {}
        return self._first(action, {**statement, **kept})

    def _first(self, action: str, statement: dict[str, Any]) -> dict[str, Any]:
        """Submit the statement that opens a session; where the name may be two things, both are tried."""
        kinds = self._place.kinds
        for kind in kinds[:-1]:
            try:
                answer = self._open(action, kind, statement)
            except ConfigError:
                continue
            self._place.kinds = [kind]
            return answer
        try:
            answer = self._open(action, kinds[-1], statement)
        except ConfigError as exc:
            if len(kinds) > 1:
                exc.message = f"{self._place.name} is neither a {' nor a '.join(TYPES)} here: {exc.message}"
            raise
        self._place.kinds = [kinds[-1]]
        return answer

    def _open(self, action: str, kind: str, statement: dict[str, Any]) -> dict[str, Any]:
        self._opened()
        named = {k: v for k, v in self._named.items() if k != "DbUser" or kind == "cluster"}
        return self._call(
            action, **{TYPES[kind]: self._place.name}, Database=self._place.database, **named, **statement
        )

    def wait(self, statement: str) -> dict[str, Any]:
        """Wait until a statement has ended, and describe it."""
        pause = FIRST_PAUSE
        while True:
            began = time.monotonic()
            waiting = {"WaitTimeSeconds": WAIT} if self._waits else {}
            described = self._call("describe_statement", Id=statement, **waiting)
            if described["Status"] in ENDED:
                return described
            if time.monotonic() - began < WAIT / 2:  # it did not wait, or could not
                time.sleep(pause)
                pause = min(pause * 2, LONGEST_PAUSE)

    def pages(self, statement: str) -> Iterator[dict[str, Any]]:
        """The pages of a statement's result."""
        token: dict[str, str] = {}
        while True:
            page = self._call("get_statement_result", Id=statement, **token)
            yield page
            if not page.get("NextToken"):
                return
            token = {"NextToken": page["NextToken"]}

    def cancel(self, statement: str) -> bool:
        """Ask the service to stop a statement; whether it says that it will."""
        return bool(self._call("cancel_statement", Id=statement).get("Status"))

    def _opened(self) -> Any:
        if self._client is None:
            self._account, self._named = self._place.account()
            self._client = self._account.client("redshift-data")
            shape = self._client.meta.service_model.operation_model("DescribeStatement").input_shape
            self._waits = "WaitTimeSeconds" in shape.members
        return self._client

    def _call(self, action: str, **parameters: Any) -> dict[str, Any]:
        """Make a call; credentials that have expired are got again once."""
        try:
            return self._once(action, parameters)
        except _Expired:
            self._client = None
        try:
            return self._once(action, parameters)
        except _Expired as exc:
            raise AuthError(exc.message, hint=exc.hint) from exc

    def _once(self, action: str, parameters: dict[str, Any]) -> dict[str, Any]:
        from botocore.exceptions import ClientError

        client = self._opened()
        doing = f"{_DOING[action]} {self._place}"
        with self._account.calling(doing):
            try:
                return dict(getattr(client, action)(**parameters))
            except ClientError as exc:
                redaction.clean_error(exc)
                error = exc.response.get("Error", {})
                code, message = error.get("Code", ""), error.get("Message", "")
                if code == "ActiveWaitingRequestsExceededException":
                    self._waits = False
                    return {"Status": "STARTED"}
                fault = faults.call(code, message, doing, self._account.where, str(parameters.get("Sql", "")))
                if code in EXPIRED:
                    raise _Expired(fault.message, hint=fault.hint) from exc
                if faults.GONE.search(message):
                    raise SessionGone(message) from exc
                raise fault from exc


_DOING = {
    "batch_execute_statement": "sending statements to",
    "cancel_statement": "cancelling a statement of",
    "describe_statement": "following a statement of",
    "execute_statement": "sending a statement to",
    "get_statement_result": "fetching rows of",
}


class _Expired(AuthError):
    """The credentials that sign calls have expired."""


class SessionGone(Exception):
    """The session that was kept is no longer there."""
