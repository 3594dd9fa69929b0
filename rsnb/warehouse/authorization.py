"""Who COPY and UNLOAD act as, and the keys that they encrypt with: read, checked for form, never shown.

The lake of the embedded warehouse asks nobody for permission; a folder of this machine keeps its files as they are.
Source: Redshift Developer Guide, COPY "Authorization parameters", UNLOAD "Parameters".
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from rsnb.errors import SqlError
from rsnb.warehouse.faults import place_of
from rsnb.warehouse.grammar import Reader

_KEYS = ("access_key_id", "secret_access_key", "session_token")
OPTIONS = ("credentials", "encrypted", "iam_role", "kms_key_id", "master_symmetric_key", "region", *_KEYS)
ROLE = re.compile(r"arn:aws[\w-]*:iam::[^:,\s]+:role/[^,\s]+")
REGION = re.compile(r"[a-z]{2}(-[a-z]+)+-\d+")
_IN_CREDENTIALS = {
    "aws_iam_role": "iam_role",
    "aws_access_key_id": "access_key_id",
    "aws_secret_access_key": "secret_access_key",
    "token": "session_token",
    "master_symmetric_key": "master_symmetric_key",
}


@dataclass
class Authorization:
    """The authorization options of a statement; values of keys are in no text that is shown."""

    given: dict[str, str] = field(default_factory=dict, repr=False)

    @property
    def roles(self) -> list[str]:
        """The roles of a chain, the first one first; `default` is the cluster's."""
        return self.given.get("iam_role", "").split(",")

    @property
    def encrypted(self) -> bool:
        """Whether the files are to be encrypted by a key of the user's."""
        return "encrypted" in self.given


def read_option(read: Reader, name: str, original: str, found: Authorization) -> None:
    """Read the argument of one of OPTIONS, whose name was just read; original is the text with its keys."""
    if name in found.given:
        _wrong(read, f"{name.upper()} is given twice", name)
    if name == "encrypted":
        found.given[name] = "auto" if read.accept("auto") else ""
    elif name == "iam_role" and read.accept("default"):
        found.given[name] = "default"
    else:
        read.accept("as")
        read.string()
        found.given[name] = original[read.last.start + 1 : read.last.end - 1]


def check(read: Reader, found: Authorization) -> None:
    """Raise SqlError unless the options are whole, of the right form, and one way only."""
    given = found.given
    ways = [w for w in ("iam_role", "credentials", "access_key_id") if w in given]
    if len(ways) > 1:
        _wrong(read, f"{ways[0].upper()} and {ways[1].upper()} are two authorizations", ways[1])
    if "credentials" in given:
        _credentials(read, given)
    _keys(read, given)
    if "iam_role" not in given and "access_key_id" not in given:
        read.fail("expected an authorization: IAM_ROLE default, or IAM_ROLE 'arn:aws:iam::<account>:role/<name>'")
    if given.get("iam_role", "default") != "default":
        for role in found.roles:
            if not ROLE.fullmatch(role):
                _wrong(read, f"{role!r} is not the ARN of a role", "iam_role")
    if "region" in given and not REGION.fullmatch(given["region"]):
        _wrong(read, f"{given['region']!r} is not a region, such as us-east-1", "region")
    _encryption(read, given)


def _credentials(read: Reader, given: dict[str, str]) -> None:
    """Take the parts of a CREDENTIALS string; its text is not shown."""
    for name in ("kms_key_id", "master_symmetric_key"):
        if name in given:
            _wrong(read, f"{name.upper()} does not go with CREDENTIALS", name)
    for part in given.pop("credentials").split(";"):
        key, _, value = part.partition("=")
        if key not in _IN_CREDENTIALS or not value:
            form = "aws_iam_role=..., or aws_access_key_id=...;aws_secret_access_key=...[;token=...]"
            _wrong(read, f"the CREDENTIALS are not of the form {form}", "credentials")
        given[_IN_CREDENTIALS[key]] = value


def _keys(read: Reader, given: dict[str, str]) -> None:
    present = [k for k in _KEYS if k in given]
    if present and not {"access_key_id", "secret_access_key"} <= set(present):
        _wrong(read, "ACCESS_KEY_ID and SECRET_ACCESS_KEY go together", present[0])
    if present and "iam_role" in given:
        _wrong(read, f"{present[0].upper()} does not go with IAM_ROLE", present[0])


def _encryption(read: Reader, given: dict[str, str]) -> None:
    for name in ("kms_key_id", "master_symmetric_key"):
        if name not in given:
            continue
        if "encrypted" not in given:
            _wrong(read, f"{name.upper()} needs ENCRYPTED", name)
        if given["encrypted"] == "auto":
            _wrong(read, f"{name.upper()} does not go with ENCRYPTED AUTO", name)


def _wrong(read: Reader, message: str, word: str) -> None:
    raise SqlError(message, sql=read.sql, position=place_of(read.sql, word))
