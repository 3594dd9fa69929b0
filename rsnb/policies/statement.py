"""A statement of an IAM policy, filled in for a scope: region, account, cluster, bucket and the like."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

VERSION = "2012-10-17"


@dataclass(frozen=True)
class Scope:
    """What a policy is for; * where it is left open, nothing where it is not used."""

    region: str = "*"
    account: str = "*"
    partition: str = "aws"
    cluster: str = ""
    workgroup: str = ""  # its id, as its ARN ends
    database: str = "*"
    db_user: str = ""
    db_groups: tuple[str, ...] = ()
    auto_create: bool = False
    secret: str = ""
    bucket: str = ""
    prefix: str = ""
    key: str = ""
    role: str = ""  # that SageMaker's jobs take

    @property
    def open(self) -> list[str]:
        """The parts that are left open."""
        return [name for name, value in (("region", self.region), ("account", self.account)) if value == "*"]

    def as_user(self) -> bool:
        """Whether one signs in to the cluster as a named user of the database."""
        return bool(self.cluster and self.db_user and not self.secret)

    def as_identity(self) -> bool:
        """Whether one signs in to the cluster as the IAM identity that one is."""
        return bool(self.cluster and not self.db_user and not self.secret)

    def creates(self) -> bool:
        """Whether the named user is created when it is not there."""
        return self.as_user() and self.auto_create

    def joins(self) -> bool:
        """Whether the named user joins groups."""
        return self.as_user() and bool(self.db_groups)


Part = Callable[[Scope], object]


@dataclass(frozen=True)
class Grant:
    """A statement of a policy: actions on resources. needs: what a scope must have, else it falls away."""

    sid: str
    actions: tuple[str, ...]
    resources: tuple[str, ...]
    needs: Part | None = None
    condition: Mapping[str, Any] = field(default_factory=dict)

    def statement(self, scope: Scope) -> dict[str, Any] | None:
        """The statement for a scope; None where the scope has no use for it."""
        if self.needs is not None and not self.needs(scope):
            return None
        values = vars(scope) | {"prefix": scope.prefix.strip("/")}
        groups = scope.db_groups if "{db_group}" in self.resources[0] else ("",)
        resources = [
            resource.format(**values, db_group=group).replace("//", "/")
            for resource in self.resources
            for group in groups
        ]
        made = {"Sid": self.sid, "Effect": "Allow", "Action": list(self.actions), "Resource": resources}
        return made | ({"Condition": _filled(self.condition, values)} if self.condition else {})


def document(*statements: dict[str, Any]) -> dict[str, Any]:
    """A policy of these statements."""
    return {"Version": VERSION, "Statement": list(statements)}


def _filled(condition: Mapping[str, Any], values: Mapping[str, Any]) -> dict[str, Any]:
    """A condition with the scope's values in it; IAM's own variables stay."""
    return {
        operator: {key: text.format(**values) if "{prefix}" in text else text for key, text in tests.items()}
        for operator, tests in condition.items()
    }
