"""What each kind of user needs of IAM: tables of statements, and the SQL that an administrator runs for her.

Source: AWS Service Authorization Reference (actions, resources, condition keys); Redshift Management Guide,
"Granting query monitoring permissions for a role".
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from rsnb.errors import ConfigError, similar
from rsnb.policies.statement import Grant, Part, Scope, document

OWNER = {"StringEquals": {"redshift-data:statement-owner-iam-userid": "${aws:userid}"}}
_REDSHIFT = "arn:{partition}:redshift:{region}:{account}"
_WORKGROUP = "arn:{partition}:redshift-serverless:{region}:{account}:workgroup/{workgroup}"
_SAGEMAKER = "arn:{partition}:sagemaker:{region}:{account}"
OBJECTS, _BUCKET = "arn:{partition}:s3:::{bucket}/{prefix}/*", "arn:{partition}:s3:::{bucket}"
_MADE = ("training-job", "transform-job", "model", "endpoint-config", "endpoint")  # of rsnb's names

SIGN_IN = (
    Grant(
        "SignInAsDatabaseUser",
        ("redshift:GetClusterCredentials",),
        (f"{_REDSHIFT}:dbuser:{{cluster}}/{{db_user}}", f"{_REDSHIFT}:dbname:{{cluster}}/{{database}}"),
        Scope.as_user,
    ),
    Grant(
        "CreateDatabaseUser",
        ("redshift:CreateClusterUser",),
        (f"{_REDSHIFT}:dbuser:{{cluster}}/{{db_user}}",),
        Scope.creates,
    ),
    Grant("JoinGroups", ("redshift:JoinGroup",), (f"{_REDSHIFT}:dbgroup:{{cluster}}/{{db_group}}",), Scope.joins),
    Grant(
        "SignInAsIdentity",
        ("redshift:GetClusterCredentialsWithIAM",),
        (f"{_REDSHIFT}:dbname:{{cluster}}/{{database}}",),
        Scope.as_identity,
    ),
    Grant("SignInToWorkgroup", ("redshift-serverless:GetCredentials",), (_WORKGROUP,), lambda scope: scope.workgroup),
    Grant("ReadSecret", ("secretsmanager:GetSecretValue",), ("{secret}",), lambda scope: scope.secret),
)
DATA_API = (
    Grant("RunOnCluster", ("redshift-data:BatchExecuteStatement", "redshift-data:ExecuteStatement"),
          (f"{_REDSHIFT}:cluster:{{cluster}}",), lambda scope: scope.cluster),
    Grant("RunOnWorkgroup", ("redshift-data:BatchExecuteStatement", "redshift-data:ExecuteStatement"), (_WORKGROUP,),
          lambda scope: scope.workgroup),
    Grant("FollowOwnStatements",
          ("redshift-data:CancelStatement", "redshift-data:DescribeStatement", "redshift-data:GetStatementResult"),
          ("*",), condition=OWNER),
)  # fmt: skip
READ_LAKE = (
    Grant(
        "ListLake",
        ("s3:ListBucket",),
        (_BUCKET,),
        lambda scope: scope.bucket,
        {"StringLike": {"s3:prefix": "{prefix}*"}},
    ),
    Grant("ReadAndTidyLake", ("s3:DeleteObject", "s3:GetObject"), (OBJECTS,), lambda scope: scope.bucket),
    Grant("DecryptLake", ("kms:Decrypt",), ("{key}",), lambda scope: scope.key),
)
WRITE_LAKE = (
    Grant("WriteLake", ("s3:AbortMultipartUpload", "s3:PutObject"), (OBJECTS,), lambda scope: scope.bucket),
    Grant("EncryptLake", ("kms:GenerateDataKey",), ("{key}",), lambda scope: scope.key),
)
TRAIN = (
    Grant(
        "MakeModels",
        (
            "sagemaker:AddTags", "sagemaker:CreateEndpoint", "sagemaker:CreateEndpointConfig", "sagemaker:CreateModel",
            "sagemaker:CreateTrainingJob", "sagemaker:CreateTransformJob", "sagemaker:DeleteEndpoint",
            "sagemaker:DeleteEndpointConfig", "sagemaker:DeleteModel", "sagemaker:DeleteTrainingJob",
            "sagemaker:DescribeEndpoint", "sagemaker:DescribeTrainingJob", "sagemaker:DescribeTransformJob",
            "sagemaker:InvokeEndpoint", "sagemaker:ListTags", "sagemaker:StopTrainingJob", "sagemaker:StopTransformJob",
        ),
        tuple(f"{_SAGEMAKER}:{kind}/rsnb-*" for kind in _MADE),
    ),
    Grant(
        "ListModels",
        (
            "sagemaker:ListEndpointConfigs", "sagemaker:ListEndpoints", "sagemaker:ListModels",
            "sagemaker:ListTrainingJobs", "sagemaker:ListTransformJobs",
        ),
        ("*",),
    ),
    Grant(
        "ReadTrainingLogs",
        ("logs:DescribeLogStreams", "logs:GetLogEvents"),
        ("arn:{partition}:logs:{region}:{account}:log-group:/aws/sagemaker/TrainingJobs:*",),
    ),
    Grant("PassRole", ("iam:PassRole",), ("{role}",), lambda scope: scope.role,
          {"StringEquals": {"iam:PassedToService": "sagemaker.amazonaws.com"}}),
)  # fmt: skip


@dataclass(frozen=True)
class User:
    """A kind of user: what she does, the statements of her policy, and the SQL that an administrator runs for her."""

    help: str
    grants: tuple[Grant, ...]
    sql: tuple[str, ...]
    options: Mapping[str, Part] = field(default_factory=dict)  # without which her policy would not be hers


_SELECT = ("grant usage on schema SCHEMA to USER", "grant select on all tables in schema SCHEMA to USER")
_LOAD = ("grant create on schema SCHEMA to USER", "grant insert, update, delete on all tables in schema SCHEMA to USER")
_ROLE = "grant assumerole on 'ROLE' to USER for copy, unload"  # where assume role privileges are controlled

USERS = {
    "analyst": User(
        "asks, and reads unloaded results",
        (*SIGN_IN, *DATA_API, *READ_LAKE),
        (*_SELECT, _ROLE),
        {"bucket": lambda scope: scope.bucket},
    ),
    "loader": User(
        "loads files from the lake into tables",
        (*SIGN_IN, *DATA_API, *READ_LAKE, *WRITE_LAKE),
        (*_SELECT, *_LOAD, _ROLE),
        {"bucket": lambda scope: scope.bucket},
    ),
    "operator": User(
        "watches and cancels everybody's queries",
        (*SIGN_IN, *DATA_API),
        ("grant role sys:monitor to USER", "grant role sys:operator to USER"),
    ),
    "trainer": User(
        "trains models on SageMaker",
        (*SIGN_IN, *DATA_API, *READ_LAKE, *WRITE_LAKE, *TRAIN),
        (*_SELECT, _ROLE),
        {"bucket": lambda scope: scope.bucket, "role": lambda scope: scope.role},
    ),
    "viewer": User("asks", (*SIGN_IN, *DATA_API), _SELECT),
}


def policy(user: str, scope: Scope) -> dict[str, Any]:
    """The policy of a kind of user; ConfigError for one that there is not, or a scope that is not enough for it."""
    if user not in USERS:
        raise ConfigError(f"there is no policy for {user!r}", hint=similar(user, USERS))
    if not scope.cluster and not scope.workgroup:
        raise ConfigError("a policy is for a cluster or a workgroup", hint="--cluster NAME or --workgroup ID")
    for option, given in USERS[user].options.items():
        if not given(scope):
            raise ConfigError(f"the policy of a {user} names the {option}", hint=f"--{option}")
    made = [grant.statement(scope) for grant in USERS[user].grants]
    return document(*(statement for statement in made if statement))
