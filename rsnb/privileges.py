"""A denied action, explained: who was denied what, whose groups and roles she has, and which GRANT would change it.

Sources: Redshift Developer Guide, GRANT, "Access privilege inquiry functions", SVV_USER_GRANTS; Management Guide,
"Authorizing Amazon Redshift to access AWS services".
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass

from rsnb.auth.refusals import Denial
from rsnb.errors import RsnbError
from rsnb.literals import quote_literal

Ask = Callable[[str], list[str]]  # the first column of a query's rows; raises RsnbError where it can't be read

_DENIED = re.compile(
    r"permission denied for (?P<kind>[a-z ]+?) \"?(?P<name>[^\s\":,;]+)\"?(?P<more>.*)", re.IGNORECASE | re.DOTALL
)
_OWNER = re.compile(r"must be (?:the )?owner of (?P<kind>[a-z ]+?) \"?(?P<name>[^\s\":,;]+)\"?", re.IGNORECASE)
_TEMPORARY = re.compile(r"permission denied to create temporary tables in database \"(?P<name>[^\"]+)\"", re.IGNORECASE)
_ASSUMES = re.compile(r"permission.*(assume|assumerole)|ASSUMEROLE", re.IGNORECASE)
_S3 = re.compile(r"S3ServiceException:\s*Access Denied|Status 403", re.IGNORECASE)
_BUCKET = re.compile(r"s3://(?P<bucket>[^/'\s]+)(?P<key>/[^'\s]*)?", re.IGNORECASE)

_TABLE_VERBS = {  # a statement's first word → what it needs on the table
    "COPY": "INSERT",
    "DELETE": "DELETE",
    "INSERT": "INSERT",
    "MERGE": "SELECT, INSERT, UPDATE, DELETE",
    "TRUNCATE": "TRUNCATE",
    "UPDATE": "UPDATE",
}
_KINDS = {  # what the server calls it → what GRANT calls it, and what is granted on it where the statement is no better
    "database": ("DATABASE", "CREATE"),
    "datashare": ("DATASHARE", "SHARE"),
    "function": ("FUNCTION", "EXECUTE"),
    "language": ("LANGUAGE", "USAGE"),
    "model": ("MODEL", "EXECUTE"),
    "procedure": ("PROCEDURE", "EXECUTE"),
    "relation": ("TABLE", "SELECT"),
    "schema": ("SCHEMA", "USAGE"),
    "sequence": ("TABLE", "SELECT"),
    "table": ("TABLE", "SELECT"),
    "view": ("TABLE", "SELECT"),
}
_OWNERS = {
    "SCHEMA": "select pg_get_userbyid(nspowner) from pg_namespace where nspname = {}",
    "TABLE": "select pg_get_userbyid(relowner) from pg_class where relname = {}",
    "DATABASE": "select pg_get_userbyid(datdba) from pg_database where datname = {}",
}
_WHO = {
    "user": "select current_user",
    "groups": "select g.groname from pg_group g, pg_user u where u.usename = current_user"
    " and u.usesysid = any(g.grolist) order by 1",
    "roles": "select role_name from svv_user_grants where user_name = current_user order by 1",
}


@dataclass(frozen=True)
class Missing:
    """A privilege that somebody lacks: what, on which kind of object, its name."""

    privilege: str
    kind: str
    name: str

    def grant(self, to: str) -> str:
        """The GRANT that would give it."""
        signature = "(…)" if self.kind in ("FUNCTION", "PROCEDURE") else ""
        return f"grant {self.privilege.lower()} on {self.kind.lower()} {self.name}{signature} to {to}"


def explain(error: RsnbError, sql: str, ask: Ask) -> None:
    """Add to an error that something was denied who lacks what, and the GRANT or the policy that gives it.

    ask: asks the warehouse, where it can be asked; other errors stay as they are.
    """
    if denial := Denial.read(error.message):
        error.hint = denial.remedy
    elif _S3.search(error.message):
        error.hint = _of_lake(sql)
    elif missing := _missing(error.message, sql):
        facts = _facts(missing, ask)
        error.message = f"{error.message}: {_who(facts)} lacks {missing.privilege} on it"
        error.hint = _remedy(missing, facts)
    elif owned := _OWNER.search(error.message):
        facts = _facts(Missing("", _KINDS.get(owned["kind"].lower(), ("", ""))[0], owned["name"]), ask)
        error.hint = f"only its owner{_named(facts)} or a superuser may; {_who(facts)} is neither"


def _missing(message: str, sql: str) -> Missing | None:
    if temporary := _TEMPORARY.search(message):
        return Missing("TEMP", "DATABASE", temporary["name"])
    denied = _DENIED.search(message)
    if not denied or denied["kind"].lower() not in _KINDS:
        return None
    kind, privilege = _KINDS[denied["kind"].lower()]
    words = re.findall(r"[a-z]+", re.sub(r"--[^\n]*|/\*.*?\*/", " ", sql.lower(), flags=re.DOTALL)[:200])
    verb = (words or ["select"])[0].upper()
    if kind == "TABLE":
        privilege = _TABLE_VERBS.get(verb, privilege)
    if kind == "SCHEMA" and verb == "CREATE":
        privilege = "CREATE"
    return Missing(privilege, kind, denied["name"])


def _facts(missing: Missing, ask: Ask) -> dict[str, list[str]]:
    """What the warehouse says of the user and of the object's owner; what can't be read is left out."""
    queries = dict(_WHO)
    if missing.kind in _OWNERS:
        queries["owner"] = _OWNERS[missing.kind].format(quote_literal(missing.name.rpartition(".")[2]))
    facts = {}
    for name, query in queries.items():
        try:
            facts[name] = ask(query)
        except RsnbError:
            continue
    return facts


def _who(facts: dict[str, list[str]]) -> str:
    user = next(iter(facts.get("user", ())), "this user")
    has = [
        f"{kind} {', '.join(facts[kind])}" if facts[kind] else f"no {kind[:-1]}"
        for kind in ("groups", "roles")
        if kind in facts
    ]
    return f"{user} ({'; '.join(has)})" if has else user


def _named(facts: dict[str, list[str]]) -> str:
    owners = sorted(set(facts.get("owner", ())))
    return f" ({', '.join(owners)})" if owners else ""


def _remedy(missing: Missing, facts: dict[str, list[str]]) -> str:
    user = next(iter(facts.get("user", ())), "USER")
    ways = [missing.grant(user)]
    ways += [f"… to group {group}" for group in facts.get("groups", ())]
    ways += [f"… to role {role}" for role in facts.get("roles", ())]
    return f"its owner{_named(facts)} or a superuser can: {' or '.join(ways)}"


def _of_lake(sql: str) -> str:
    """What the warehouse's role needs on the place that a statement names."""
    place = _BUCKET.search(sql)
    writes = re.match(r"\s*unload", sql, re.IGNORECASE)
    action = "s3:PutObject" if writes else "s3:GetObject"
    bucket = f"arn:aws:s3:::{place['bucket']}" if place else "the bucket"
    on = f"{bucket}{place['key'] or '/'}*" if place else "its objects"
    return (
        f"the role that the statement names has to allow {action} on {on} and s3:ListBucket on {bucket}, "
        "and kms:Decrypt where they are encrypted with a key of KMS; "
        "for a bucket of another account see `rsnb iam-policy --cross-account`"
    )
