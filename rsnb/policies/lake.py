"""A lake in another account: the policies of both accounts for a chain of roles.

Source: Redshift Management Guide, "Chaining IAM roles in Amazon Redshift".
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from rsnb.policies.statement import Grant, Scope, document
from rsnb.policies.users import OBJECTS, READ_LAKE, WRITE_LAKE


@dataclass(frozen=True)
class Lake:
    """A lake in another account: its bucket and key, the two accounts, the names of the two roles."""

    account: str  # the warehouse's
    lake_account: str
    bucket: str
    prefix: str = ""
    key: str = ""
    region: str = "*"
    partition: str = "aws"
    role: str = "rsnb-warehouse"
    lake_role: str = "rsnb-lake"
    writes: bool = False
    glue: str = ""  # the database of the lake's Glue catalog

    def arn(self, account: str, role: str) -> str:
        """The ARN of a role in an account."""
        return f"arn:{self.partition}:iam::{account}:role/{role}"

    @property
    def chain(self) -> str:
        """What stands in IAM_ROLE of COPY, UNLOAD and CREATE EXTERNAL SCHEMA."""
        return f"{self.arn(self.account, self.role)},{self.arn(self.lake_account, self.lake_role)}"


def cross_account(lake: Lake) -> dict[str, Any]:
    """The policies of both accounts, by where each belongs; roles are chained: the warehouse's assumes the lake's."""
    scope = Scope(partition=lake.partition, bucket=lake.bucket, prefix=lake.prefix, key=lake.key)
    ours, theirs = lake.arn(lake.account, lake.role), lake.arn(lake.lake_account, lake.lake_role)
    grants = [grant for grant in READ_LAKE if grant.sid != "ReadAndTidyLake"]
    grants.append(Grant("ReadLake", ("s3:GetObject",), (OBJECTS,), lambda scope: scope.bucket))
    grants += WRITE_LAKE if lake.writes else ()
    statements = [statement for grant in grants if (statement := grant.statement(scope))]
    place, other = f"account {lake.account}, role {lake.role}", f"account {lake.lake_account}, role {lake.lake_role}"
    redshift = {"Service": ["redshift.amazonaws.com", "redshift-serverless.amazonaws.com"]}
    made = {
        f"{place}: trust policy": document(_trust(redshift)),
        f"{place}: permissions": document(
            {"Sid": "TakeTheLakesRole", "Effect": "Allow", "Action": "sts:AssumeRole", "Resource": theirs}
        ),
        f"{other}: trust policy": document(_trust({"AWS": ours})),
        f"{other}: permissions": document(*statements, *_catalog(lake)),
    }
    if lake.key:
        actions = ["kms:Decrypt"] + (["kms:GenerateDataKey"] if lake.writes else [])
        made[f"account {lake.lake_account}, key {lake.key}: statement to add to its policy"] = {
            "Sid": "UsedByTheLakesRole", "Effect": "Allow", "Principal": {"AWS": theirs}, "Action": actions,
            "Resource": "*",
        }  # fmt: skip
    return made


def _catalog(lake: Lake) -> list[dict[str, Any]]:
    """Reading the lake's Glue catalog, for CREATE EXTERNAL SCHEMA … FROM DATA CATALOG."""
    if not lake.glue:
        return []
    place = f"arn:{lake.partition}:glue:{lake.region}:{lake.lake_account}"
    actions = [
        "BatchGetPartition",
        "GetDatabase",
        "GetDatabases",
        "GetPartition",
        "GetPartitions",
        "GetTable",
        "GetTables",
    ]
    resources = [f"{place}:catalog", f"{place}:database/{lake.glue}", f"{place}:table/{lake.glue}/*"]
    return [{"Sid": "ReadCatalog", "Effect": "Allow", "Action": [f"glue:{a}" for a in actions], "Resource": resources}]


def _trust(principal: Mapping[str, Any]) -> dict[str, Any]:
    return {"Effect": "Allow", "Principal": dict(principal), "Action": "sts:AssumeRole"}
