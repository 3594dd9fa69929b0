"""IAM policies: they allow the calls that rsnb makes and name no action that there is not; the two accounts of a lake.

What actions there are is asked of boto3's own service descriptions; those that are named otherwise than their API
stand here, from the AWS Service Authorization Reference.
"""

from __future__ import annotations

import json
import re
from typing import Any

import botocore.session
import pytest
from click.testing import CliRunner, Result

import rsnb
from rsnb import ConfigError
from rsnb.auth import Address, identify
from rsnb.cli import main
from rsnb.ml.sagemaker.resources import KINDS
from rsnb.policies import USERS, Lake, Scope, cross_account, policy
from tests.aws.cloud import ACCOUNT, REGION, Cloud
from tests.aws.data_api import DataApi
from tests.aws.fixtures import cloud, data_api, running_cloud

__all__ = ["cloud", "data_api", "running_cloud"]

NO_API = {  # action → the API operations that it stands for, or none
    "iam:PassRole": (),
    "redshift:CreateClusterUser": (),
    "redshift:JoinGroup": (),
    "s3:ListBucket": ("ListObjectsV2",),
    "sagemaker:InvokeEndpoint": ("InvokeEndpoint",),
}
FULL: dict[str, Any] = {
    "region": REGION, "account": ACCOUNT, "cluster": "sales", "workgroup": "1234-wg", "database": "dev",
    "db_user": "ann", "db_groups": ("analysts", "qa"), "auto_create": True, "bucket": "lake", "prefix": "sales/",
    "role": "arn:aws:iam::1:role/train", "key": f"arn:aws:kms:{REGION}:{ACCOUNT}:key/1",
}  # fmt: skip


def made(user: str, **changed: Any) -> dict[str, dict[str, Any]]:
    """The statements of a policy by their Sid."""
    return {one["Sid"]: one for one in policy(user, Scope(**{**FULL, **changed}))["Statement"]}


def actions(user: str, **changed: Any) -> set[str]:
    return {action for one in made(user, **changed).values() for action in one["Action"]}


def exists(action: str) -> bool:
    service, _, name = action.partition(":")
    if action in NO_API:
        return True
    return name in botocore.session.get_session().get_service_model(service).operation_names


@pytest.mark.parametrize("user", USERS)
def test_a_policy_is_one_that_aws_takes(user: str) -> None:
    document = policy(user, Scope(**FULL))
    assert document["Version"] == "2012-10-17"
    sids = [one["Sid"] for one in document["Statement"]]
    assert len(set(sids)) == len(sids)
    for one in document["Statement"]:
        assert re.fullmatch(r"[A-Za-z0-9]+", one["Sid"])
        assert one["Action"] == sorted(one["Action"])
        assert [action for action in one["Action"] if not exists(action)] == []
        assert all(place == "*" or re.fullmatch(r"arn:aws:[a-z0-9-]+:\S+", place) for place in one["Resource"])
        tests = [value for test in one.get("Condition", {}).values() for value in test.values()]
        assert not any("{" in text.replace("${aws:userid}", "") for text in (*one["Resource"], *tests))
    assert len(json.dumps(document)) < 6144  # what a managed policy may have


def test_each_user_may_more_than_the_one_before() -> None:
    viewer, operator, analyst, loader, trainer = map(actions, ("viewer", "operator", "analyst", "loader", "trainer"))
    assert viewer == operator  # what sets her apart is granted in the warehouse
    assert viewer < analyst < loader < trainer
    assert "grant role sys:operator to USER" in USERS["operator"].sql
    assert not any(action.startswith("s3:Put") for action in analyst)


SIGN_IN = [  # what is changed, the statements of signing in
    ({}, {"SignInAsDatabaseUser", "CreateDatabaseUser", "JoinGroups", "SignInToWorkgroup"}),
    ({"auto_create": False, "db_groups": ()}, {"SignInAsDatabaseUser", "SignInToWorkgroup"}),
    ({"db_user": "", "workgroup": ""}, {"SignInAsIdentity"}),
    ({"cluster": "", "db_user": ""}, {"SignInToWorkgroup"}),
    ({"secret": "arn:aws:secretsmanager:eu-west-1:1:secret:x", "workgroup": ""}, {"ReadSecret"}),
]


@pytest.mark.parametrize(("changed", "sids"), SIGN_IN)
def test_only_the_way_of_signing_in_that_is_used(changed: dict[str, Any], sids: set[str]) -> None:
    known = {"RunOnCluster", "RunOnWorkgroup", "FollowOwnStatements"}
    assert set(made("viewer", **changed)) - known == sids


def test_resources_are_named() -> None:
    of = made("loader")
    where = f"{REGION}:{ACCOUNT}"
    assert of["SignInAsDatabaseUser"]["Resource"] == [
        f"arn:aws:redshift:{where}:dbuser:sales/ann",
        f"arn:aws:redshift:{where}:dbname:sales/dev",
    ]
    assert of["JoinGroups"]["Resource"] == [f"arn:aws:redshift:{where}:dbgroup:sales/{g}" for g in ("analysts", "qa")]
    assert of["RunOnWorkgroup"]["Resource"] == [f"arn:aws:redshift-serverless:{where}:workgroup/1234-wg"]
    assert of["FollowOwnStatements"]["Condition"] == {
        "StringEquals": {"redshift-data:statement-owner-iam-userid": "${aws:userid}"}
    }
    assert of["WriteLake"]["Resource"] == ["arn:aws:s3:::lake/sales/*"]
    assert of["ListLake"]["Condition"] == {"StringLike": {"s3:prefix": "sales*"}}
    assert made("loader", prefix="")["WriteLake"]["Resource"] == ["arn:aws:s3:::lake/*"]
    assert made("trainer")["PassRole"]["Resource"] == ["arn:aws:iam::1:role/train"]


def test_it_allows_every_call_that_is_made_and_no_other(data_api: DataApi, cloud: Cloud) -> None:
    """The calls of signing in and of the Data API, as they came over HTTP."""
    import boto3

    boto3.client("redshift").create_cluster(
        ClusterIdentifier="sales", NodeType="ra3.large", MasterUsername="admin", MasterUserPassword="Passw0rd"
    )
    cloud.calls.clear()
    host = f"sales.abc.{REGION}.redshift.amazonaws.com"
    for url in (f"redshift://ann@{host}/dev", f"redshift://{host}/dev"):
        identify(Address.parse(url), {"identity": "iam"}).credentials()
    workgroup = f"redshift://etl.{ACCOUNT}.{REGION}.redshift-serverless.amazonaws.com/dev"
    identify(Address.parse(workgroup), {"identity": "iam"}).credentials()
    with rsnb.connect("data-api://sales/dev") as session:
        session.sql("select 1")
        session.batch("select 1")
        running = session._engine.cancel  # type: ignore[attr-defined]
        session._engine._running = next(iter(data_api.statements))  # type: ignore[attr-defined]
        running()
    names = {"redshift-data": "redshift-data", "redshift": "redshift", "redshift-serverless": "redshift-serverless"}
    called = {f"{names[call.service]}:{call.action}" for call in cloud.calls}
    allowed = actions("viewer", auto_create=False, db_groups=()) | actions("viewer", db_user="", workgroup="")
    assert called == allowed


def test_a_trainer_may_what_is_done_to_models() -> None:
    trainer = actions("trainer")
    for kind in KINDS.values():
        assert f"sagemaker:Create{kind.api}" in trainer
        assert f"sagemaker:List{kind.api}s" in trainer
        if kind.removable:
            assert f"sagemaker:Delete{kind.api}" in trainer
        if kind.api.endswith("Job"):
            assert {f"sagemaker:Stop{kind.api}", f"sagemaker:Describe{kind.api}"} <= trainer


MISTAKES = [
    ("admin", {}, "there is no policy for 'admin'", "there is analyst, loader"),
    ("vewer", {}, "there is no policy for 'vewer'", "did you mean viewer?"),
    ("viewer", {"cluster": "", "workgroup": ""}, "for a cluster or a workgroup", "--cluster NAME or --workgroup ID"),
    ("analyst", {"bucket": ""}, "the policy of a analyst names the bucket", "--bucket"),
    ("trainer", {"role": ""}, "names the role", "--role"),
]


@pytest.mark.parametrize(("user", "changed", "said", "hint"), MISTAKES)
def test_what_is_not_enough_is_said(user: str, changed: dict[str, Any], said: str, hint: str) -> None:
    with pytest.raises(ConfigError) as caught:
        made(user, **changed)
    assert said in caught.value.message
    assert hint in (caught.value.hint or "")


# Two accounts


LAKE = Lake(
    "111111111111", "222222222222", "partner-lake", "sales", key=f"arn:aws:kms:{REGION}:222222222222:key/1",
    region=REGION, writes=True, glue="sales",
)  # fmt: skip


def test_the_policies_of_two_accounts_fit_together() -> None:
    of = cross_account(LAKE)
    ours, theirs = "arn:aws:iam::111111111111:role/rsnb-warehouse", "arn:aws:iam::222222222222:role/rsnb-lake"
    trust, may, their_trust, their_may, key = of.values()
    assert [name.partition(",")[0] for name in of] == ["account 111111111111"] * 2 + ["account 222222222222"] * 3
    assert trust["Statement"][0]["Principal"]["Service"] == [
        "redshift.amazonaws.com",
        "redshift-serverless.amazonaws.com",
    ]
    assert may["Statement"][0] == {
        "Sid": "TakeTheLakesRole", "Effect": "Allow", "Action": "sts:AssumeRole", "Resource": theirs,
    }  # fmt: skip
    assert their_trust["Statement"][0]["Principal"] == {"AWS": ours}
    allowed = {action: one["Resource"] for one in their_may["Statement"] for action in one["Action"]}
    assert [action for action in allowed if not exists(action)] == []
    assert allowed["s3:GetObject"] == allowed["s3:PutObject"] == ["arn:aws:s3:::partner-lake/sales/*"]
    assert allowed["glue:GetTable"][-1] == f"arn:aws:glue:{REGION}:222222222222:table/sales/*"
    assert key["Principal"] == {"AWS": theirs}
    assert key["Action"] == ["kms:Decrypt", "kms:GenerateDataKey"]
    assert LAKE.chain == f"{ours},{theirs}"
    reading = json.dumps(cross_account(Lake("1" * 12, "2" * 12, "b")))
    assert "Put" not in reading
    assert "Delete" not in reading
    assert "kms" not in reading
    assert "glue" not in reading


# At the shell


def call(*words: str) -> Result:
    return CliRunner().invoke(main, ["iam-policy", *words])


def test_the_command_prints_json_and_says_what_is_left_open() -> None:
    ran = call("viewer", "--cluster", "sales")
    assert json.loads(ran.stdout) == policy("viewer", Scope(cluster="sales"))
    assert "in the warehouse: grant usage on schema SCHEMA to USER;" in ran.stderr
    assert "left open as *: region, account" in ran.stderr
    words = ("--cluster", "sales", "--region", REGION, "--account", ACCOUNT, "--db-group", "a", "--db-group", "b")
    ran = call("viewer", *words, "--db-user", "ann")
    assert "left open" not in ran.stderr
    assert json.loads(ran.stdout) == policy(
        "viewer", Scope(cluster="sales", region=REGION, account=ACCOUNT, db_groups=("a", "b"), db_user="ann")
    )


def test_the_command_for_two_accounts() -> None:
    ran = call("--cross-account", "222222222222", "--account", "111111111111", "--bucket", "lake")
    assert json.loads(ran.stdout) == cross_account(Lake("111111111111", "222222222222", "lake"))
    assert (
        "iam_role 'arn:aws:iam::111111111111:role/rsnb-warehouse,arn:aws:iam::222222222222:role/rsnb-lake'"
        in ran.stderr
    )
    assert "--cross-account needs the bucket" in call("--cross-account", "2", "--account", "1").stderr
    assert "--cross-account needs the account" in call("--cross-account", "2", "--bucket", "b").stderr


def test_without_a_user_it_lists_them() -> None:
    ran = call()
    assert ran.exit_code == 1
    assert "there is analyst, loader, operator, trainer, viewer" in ran.stderr
