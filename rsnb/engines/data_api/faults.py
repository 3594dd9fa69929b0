"""What the Data API and the warehouse behind it answer when something fails, as errors that say why and what to do.

Limits: Redshift Management Guide, "Considerations when calling the Amazon Redshift Data API" and "Troubleshooting
issues for Amazon Redshift Data API". Older pages say 100 MB for a result where newer ones say 500.
"""

from __future__ import annotations

import re
from collections.abc import Collection

from rsnb.auth import redaction
from rsnb.auth.refusals import DENIED, EXPIRED, NOT_THERE, THROTTLED, UNKNOWN_KEY, NotThere, refused
from rsnb.errors import AuthError, ConfigError, ConnectionLost, RsnbError, SqlError

LONGEST_STATEMENT = 100_000  # bytes
_WIRE = "connect with redshift://, which has no such limit"

LIMITS = (  # what is answered, what it means, what to do
    (
        re.compile(r"response exceeded size limit", re.IGNORECASE),
        "the result is larger than the Data API gives (500 MB; 100 MB in older releases)",
        f"select fewer rows or columns, UNLOAD the result to S3, or {_WIRE}",
    ),
    (
        re.compile(r"packet for query is too large", re.IGNORECASE),
        "a row of the result is larger than the 64 KB that the Data API gives",
        f"leave out the long column or cut it with left(), or {_WIRE}",
    ),
    (
        re.compile(r"ActiveStatementsExceeded"),
        "too many statements of the Data API run or wait on this warehouse at once",
        "wait for some to end; `%redshift running` lists them",
    ),
    (
        re.compile(r"ActiveSessionsExceeded"),
        "too many sessions of the Data API are kept open on this warehouse (500)",
        "close some, or keep them for a shorter time: keep_alive = 60 in the profile",
    ),
    (
        re.compile(r"QueryTimeout|24 ?hours", re.IGNORECASE),
        "the statement ran for 24 hours, which is as long as the Data API lets it",
        f"split it, or {_WIRE}",
    ),
)
GONE = re.compile(r"Session is not available|Session with Id: \S* ?is invalid|session.*(closed|expired)", re.IGNORECASE)
UNKNOWN = re.compile(r"endpoint doesn't exist in this region|(cluster|workgroup).*not (be )?found", re.IGNORECASE)
_KNOWN = {*EXPIRED, *UNKNOWN_KEY, *DENIED, *THROTTLED, *NOT_THERE}
_POSITION = re.compile(r"\s*Position: (\d+)")
_LOGIN = re.compile(
    r"password authentication failed|no pg_hba\.conf entry|user .* does not exist|not permitted to log", re.I
)
_RELATION = re.compile(r'relation "(?P<name>[^"]+)" does not exist')


def call(code: str, message: str, doing: str, where: str, sql: str = "") -> RsnbError:
    """The error for a call that the service refused."""
    if limit := _limit(f"{code}: {message}"):
        return limit
    if code == "ValidationException" and len(sql.encode()) > LONGEST_STATEMENT:
        what = f"the statement has {len(sql.encode()):,} bytes, and the Data API takes {LONGEST_STATEMENT:,}"
        return SqlError(what, sql="", hint=f"put rows into a table first, or {_WIRE}")
    if UNKNOWN.search(message):
        return NotThere(f"{doing} failed: {message}", hint=f"is name, region and account right? {where}".strip())
    if code in _KNOWN or "is not authorized to perform" in message:
        return refused({"Code": code, "Message": message}, doing, where)
    if code in ("ServiceUnavailable", "InternalServerException", "InternalFailure") or code.startswith("5"):
        return ConnectionLost(f"{doing} failed: the Data API answers {code}", hint="try again")
    return ConfigError(f"{doing} failed: {redaction.clean(message)} ({code})", hint=where or None)


def statement(error: str, sql: str, datasets: Collection[str]) -> RsnbError:
    """The error for a statement that the warehouse refused."""
    if limit := _limit(error):
        return limit
    text = redaction.clean(error.removeprefix("ERROR:").strip())
    if _LOGIN.search(text):
        return AuthError(text.removeprefix("FATAL: "), hint="does the warehouse know this user, and is the secret its?")
    place = _POSITION.search(text)
    text = _POSITION.sub("", text)
    position = int(place[1]) - 1 if place else None
    missing = _RELATION.search(text)
    hint = None
    if missing and missing["name"] in datasets:
        hint = f"{missing['name']} is a result of this notebook, and the warehouse does not have it"
    return SqlError(text, sql=sql, position=position if position is None or position <= len(sql) else None, hint=hint)


def _limit(text: str) -> RsnbError | None:
    for pattern, meaning, remedy in LIMITS:
        if pattern.search(text):
            return SqlError(meaning, hint=remedy)
    return None
