"""Signing in through AWS: a secret, IAM for clusters and workgroups, roles, and what AWS refuses.

AWS is moto's server on loopback, asked over HTTP by boto3; see tests/aws/cloud.py for what moto does not have.
"""

from __future__ import annotations

import json
import os
from datetime import timedelta
from pathlib import Path
from typing import Any

import boto3
import pytest

from rsnb.auth import Address, Credentials, Identity, identify, log_in
from rsnb.errors import AuthError, ConfigError, ConnectionLost, RsnbError
from tests.aws.cloud import ACCOUNT, REGION, Cloud

HOST = f"sales.abc123.{REGION}.redshift.amazonaws.com"
CLUSTER = f"redshift://{HOST}/dev"
USER = f"redshift://ann@{HOST}/dev"
WORKGROUP = f"redshift://etl.{ACCOUNT}.{REGION}.redshift-serverless.amazonaws.com/dev"
CUSTOM = "redshift://warehouse.example.com/dev"


def identity(url: str, kind: str, **keys: Any) -> Identity:
    return identify(Address.parse(url), {"identity": kind, **keys}, lambda question: "typed")


@pytest.fixture
def cluster(cloud: Cloud) -> str:
    boto3.client("redshift").create_cluster(
        ClusterIdentifier="sales", NodeType="ra3.large", MasterUsername="admin", MasterUserPassword="Passw0rd"
    )
    cloud.calls.clear()
    return "sales"


def secret(value: str | dict[str, Any], name: str = "prod/redshift") -> str:
    """Create the secret, or rotate it; its ARN."""
    client, text = boto3.client("secretsmanager"), value if isinstance(value, str) else json.dumps(value)
    try:
        return str(client.create_secret(Name=name, SecretString=text)["ARN"])
    except client.exceptions.ResourceExistsException:
        return str(client.put_secret_value(SecretId=name, SecretString=text)["ARN"])


# Secrets Manager


SECRETS = [  # what the secret holds, URL, user, password
    ({"username": "ann", "password": "p1", "host": HOST}, CLUSTER, "ann", "p1"),
    ({"user": "ann", "password": "p1"}, CLUSTER, "ann", "p1"),
    ({"password": "p1"}, USER, "ann", "p1"),
    ("p1 alone", USER, "ann", "p1 alone"),
    ("12345", USER, "ann", "12345"),
]


@pytest.mark.parametrize(("value", "url", "user", "password"), SECRETS)
def test_a_secret_by_name_or_arn(cloud: Cloud, value: Any, url: str, user: str, password: str) -> None:
    arn = secret(value)
    for name in ("prod/redshift", arn):
        assert identity(url, "secret", secret=name).credentials() == Credentials(user, password)
    asked = cloud.asked("GetSecretValue")
    assert [call.parameters["VersionStage"] for call in asked] == ["AWSCURRENT", "AWSCURRENT"]


def test_a_rotated_secret_is_read_again_once_when_it_is_refused(cloud: Cloud) -> None:
    secret({"username": "ann", "password": "old"})
    signing_in, tried = identity(CLUSTER, "secret", secret="prod/redshift"), []
    assert log_in(signing_in, lambda credentials: credentials.password) == "old"
    secret({"username": "ann", "password": "new"})

    def server(credentials: Credentials) -> str:
        tried.append(credentials.password)
        if credentials.password != "new":
            raise AuthError("password authentication failed for user ann")
        return "in"

    assert log_in(signing_in, server) == "in"
    assert tried == ["old", "new"]
    assert len(cloud.asked("GetSecretValue")) == 2
    assert log_in(signing_in, server) == "in"  # what is known now is used
    assert len(cloud.asked("GetSecretValue")) == 2
    secret({"username": "ann", "password": "newer, and the warehouse does not know it"})
    tried.clear()
    with pytest.raises(AuthError, match="password authentication failed"):
        log_in(signing_in, lambda credentials: server(Credentials("ann", "wrong")))
    assert len(tried) == 2


def test_a_secret_that_stays_the_same_is_not_tried_twice(cloud: Cloud) -> None:
    secret({"username": "ann", "password": "p1"})
    tried = []

    def server(credentials: Credentials) -> None:
        tried.append(credentials.password)
        raise AuthError("refused")

    with pytest.raises(AuthError, match="refused"):
        log_in(identity(CLUSTER, "secret", secret="prod/redshift"), server)
    assert tried == ["p1"]


WRONG_SECRETS = [  # what the secret holds, URL, what is said, the hint
    ({"username": "ann"}, CLUSTER, "has no password: it has the fields username", '{"username": …, "password": …}'),
    ({"password": "planted"}, CLUSTER, "has no user: it has the fields password", "a user may stand in the URL"),
    (
        {"username": "bob", "password": "planted"},
        USER,
        "is of the user bob, and the profile says ann",
        "leave the user",
    ),
    ({}, USER, "has no password: it has the fields none", "username"),
]


@pytest.mark.parametrize(("value", "url", "said", "hint"), WRONG_SECRETS)
def test_a_secret_that_is_not_one_is_said_without_its_value(
    cloud: Cloud, value: Any, url: str, said: str, hint: str
) -> None:
    secret(value)
    with pytest.raises(AuthError) as caught:
        identity(url, "secret", secret="prod/redshift").credentials()
    assert said in caught.value.message
    assert hint in (caught.value.hint or "")
    assert "planted" not in str(caught.value)


def test_a_secret_that_was_deleted_or_never_was(cloud: Cloud) -> None:
    with pytest.raises(ConfigError) as caught:
        identity(CLUSTER, "secret", secret="prod/redshfit").credentials()
    assert "reading the secret prod/redshfit failed" in caught.value.message
    assert f"region {REGION}" in (caught.value.hint or "")
    secret({"username": "ann", "password": "p1"})
    boto3.client("secretsmanager").delete_secret(SecretId="prod/redshift")
    with pytest.raises(RsnbError, match=r"marked (for deletion|deleted)"):
        identity(CLUSTER, "secret", secret="prod/redshift").credentials()


# IAM


IAM = [  # URL, keys, the call that is made, some of its parameters, the database user
    (USER, {}, "GetClusterCredentials", {"DbUser": "ann", "DbName": "dev", "AutoCreate": "false"}, "IAM:ann"),
    (CLUSTER, {"db_user": "ann", "auto_create": True}, "GetClusterCredentials", {"AutoCreate": "true"}, "IAMA:ann"),
    (
        USER,
        {"db_groups": ["analysts", "qa"], "duration": 1800},
        "GetClusterCredentials",
        {"DbGroups.DbGroup.1": "analysts", "DbGroups.DbGroup.2": "qa", "DurationSeconds": "1800"},
        "IAM:ann",
    ),
    (CLUSTER, {}, "GetClusterCredentialsWithIAM", {"ClusterIdentifier": "sales", "DbName": "dev"}, "IAM:ann"),
    (CUSTOM, {"cluster": "sales"}, "GetClusterCredentialsWithIAM", {"ClusterIdentifier": "sales"}, "IAM:ann"),
    (WORKGROUP, {}, "GetCredentials", {"workgroupName": "etl", "dbName": "dev"}, "IAMR:analyst"),
    (CUSTOM, {"workgroup": "etl", "duration": 900}, "GetCredentials", {"durationSeconds": 900}, "IAMR:analyst"),
]


@pytest.mark.parametrize(("url", "keys", "action", "parameters", "user"), IAM)
def test_iam_gives_credentials(
    cloud: Cloud, cluster: str, url: str, keys: dict[str, Any], action: str, parameters: dict[str, Any], user: str
) -> None:
    got = identity(url, "iam", **keys).credentials()
    assert got.user == user
    assert got.password
    assert got.fresh
    assert got.expires is not None
    (call,) = cloud.asked(action)
    assert parameters.items() <= call.parameters.items()


def test_they_are_kept_while_they_are_good_and_got_again_before_they_expire(cloud: Cloud) -> None:
    first = identity(WORKGROUP, "iam")
    assert first.credentials() == first.credentials() == identity(WORKGROUP, "iam").credentials()
    assert len(cloud.asked("GetCredentials")) == 1
    assert identity(WORKGROUP, "iam", duration=1000).credentials() != first.credentials()
    cloud.reset()
    cloud.lifetime = timedelta(seconds=100)  # less than the margin: they would end during the login
    short = identity(f"{WORKGROUP}2", "iam")
    assert short.credentials() != short.credentials()
    assert len(cloud.asked("GetCredentials")) == 2


def test_refused_ones_are_got_again(cloud: Cloud) -> None:
    signing_in, tried = identity(WORKGROUP, "iam"), []

    def server(credentials: Credentials) -> str:
        tried.append(credentials.password)
        if len(tried) == 1:
            raise AuthError("password authentication failed")
        return credentials.password

    assert log_in(signing_in, server) == tried[1] != tried[0]


IAM_MISTAKES = [  # URL, keys, what is said, the hint
    (CUSTOM, {}, "warehouse.example.com does not say which cluster or workgroup it is", 'workgroup = "NAME"'),
    (CLUSTER, {"db_groups": ["x"]}, "db_groups are for a db_user", 'db_user = "NAME"'),
    (WORKGROUP, {"db_user": "ann"}, "the workgroup etl takes no db_user", "RedshiftDbUser"),
    (WORKGROUP, {"auto_create": True}, "the workgroup etl takes no auto_create", "leave them"),
    (CLUSTER, {"duration": 60}, "duration is 60 s", "900 to 3600"),
    (CLUSTER, {"secret": "x"}, 'identity = "iam" takes no secret', "it takes assume_roles, "),
    (CLUSTER, {"user": "x", "keyring": "x"}, 'identity = "iam" takes no keyring', "it takes"),
]


@pytest.mark.parametrize(("url", "keys", "said", "hint"), IAM_MISTAKES)
def test_wrong_keys_are_said_before_the_login(
    cloud: Cloud, url: str, keys: dict[str, Any], said: str, hint: str
) -> None:
    with pytest.raises(ConfigError) as caught:
        identity(url, "iam", **keys).credentials()
    assert said in caught.value.message
    assert hint in (caught.value.hint or "")
    assert cloud.calls == []


# Whose AWS


def test_roles_are_assumed_one_after_the_other(cloud: Cloud) -> None:
    hub, spoke = f"arn:aws:iam::{ACCOUNT}:role/hub", "arn:aws:iam::210987654321:role/spoke"
    roles = [hub, {"role": spoke, "external_id": "partner-7"}]
    assert identity(WORKGROUP, "iam", assume_roles=roles, role_session_name="ann").credentials().user == "IAMR:analyst"
    first, second = cloud.asked("AssumeRole")
    (login,) = cloud.asked("GetCredentials")
    assert (first.parameters["RoleArn"], second.parameters["RoleArn"]) == (hub, spoke)
    assert (first.parameters.get("ExternalId"), second.parameters["ExternalId"]) == (None, "partner-7")
    assert {first.parameters["RoleSessionName"], second.parameters["RoleSessionName"]} == {"ann"}
    assert len({first.access_key, second.access_key, login.access_key}) == 3


def test_a_profile_of_aws_names_credentials_and_region(cloud: Cloud, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_DEFAULT_REGION"):
        monkeypatch.delenv(name)
    folder = Path(os.environ["AWS_CONFIG_FILE"]).parent
    (folder / "config").write_text("[profile analytics]\nregion = ap-south-1\n")
    (folder / "credentials").write_text(
        "[analytics]\naws_access_key_id = AKIAANALYTICS\naws_secret_access_key = x\naws_session_token = t\n"
    )
    identity(CUSTOM, "iam", workgroup="etl", aws_profile="analytics").credentials()
    assert [(call.access_key, call.session_token) for call in cloud.asked("GetCredentials")] == [("AKIAANALYTICS", "t")]
    with pytest.raises(ConfigError, match=r"profile \(analytisc\) could not be found"):
        identity(CUSTOM, "iam", workgroup="etl", aws_profile="analytisc").credentials()
    with pytest.raises(ConfigError, match="no AWS region is known"):
        identity(CUSTOM, "iam", workgroup="etl").credentials()
    with pytest.raises(AuthError, match="Unable to locate credentials"):
        identity(WORKGROUP, "iam").credentials()


# What AWS refuses

ANN = f"arn:aws:iam::{ACCOUNT}:user/ann"
REFUSALS = [  # action, code, message, error, what is said, the hint
    (
        "GetCredentials",
        "AccessDeniedException",
        f"User: {ANN} is not authorized to perform: redshift-serverless:GetCredentials on resource: "
        f"arn:aws:redshift-serverless:{REGION}:{ACCOUNT}:workgroup/9 because no identity-based policy allows it",
        AuthError,
        f"was denied: {ANN} may not redshift-serverless:GetCredentials on arn:aws:redshift-serverless:",
        f"a policy of {ANN} has to allow redshift-serverless:GetCredentials on arn:",
    ),
    ("GetCredentials", "AccessDeniedException", "no", AuthError, "was denied: no", "rsnb doctor"),
    ("GetCredentials", "ExpiredTokenException", "expired", AuthError, "AWS credentials have expired", "aws sso login"),
    ("GetCredentials", "UnrecognizedClientException", "The token is invalid", AuthError, "does not know", "log in"),
    ("GetCredentials", "InvalidSignatureException", "Signature expired: 2", AuthError, "Signature expired", "clock"),
    ("GetCredentials", "ResourceNotFoundException", "no workgroup etl", ConfigError, "no workgroup etl", "account?"),
]


@pytest.mark.parametrize(("action", "code", "message", "kind", "said", "hint"), REFUSALS)
def test_what_aws_refuses_is_said_with_the_next_step(
    cloud: Cloud, action: str, code: str, message: str, kind: type[RsnbError], said: str, hint: str
) -> None:
    cloud.fail(action, code, message)
    with pytest.raises(kind) as caught:
        identity(WORKGROUP, "iam").credentials()
    assert "getting credentials for the workgroup etl" in caught.value.message
    assert said in caught.value.message
    assert hint in (caught.value.hint or "")


def test_a_role_that_may_not_be_assumed_is_named(cloud: Cloud) -> None:
    spoke = f"arn:aws:iam::{ACCOUNT}:role/spoke"
    denial = f"User: {ANN} is not authorized to perform: sts:AssumeRole on resource: {spoke}"
    cloud.fail("AssumeRole", "AccessDenied", denial, status=403)
    with pytest.raises(AuthError) as caught:
        identity(WORKGROUP, "iam", assume_roles=[spoke]).credentials()
    assert f"{ANN} may not sts:AssumeRole on {spoke}" in caught.value.message


def test_an_unknown_cluster_names_region_and_account_as_the_question(cloud: Cloud) -> None:
    with pytest.raises(ConfigError) as caught:
        identity(USER, "iam").credentials()
    assert "sales not found" in caught.value.message
    assert f"right region and account? it was looked for in region {REGION}; arn:aws:sts::" in (caught.value.hint or "")
    assert caught.value.lines()[0].startswith("ConfigError: ")


def test_throttling_is_waited_out_and_said_when_it_stays(cloud: Cloud, monkeypatch: pytest.MonkeyPatch) -> None:
    cloud.fail("GetCredentials", "ThrottlingException", "Rate exceeded")
    assert identity(WORKGROUP, "iam").credentials().user
    assert len(cloud.asked("GetCredentials")) == 2
    monkeypatch.setenv("AWS_MAX_ATTEMPTS", "2")
    cloud.fail("GetCredentials", "ThrottlingException", "Rate exceeded", times=2)
    with pytest.raises(ConnectionLost) as caught:
        identity(f"{WORKGROUP}2", "iam").credentials()
    assert "AWS answers too many requests at once (ThrottlingException)" in caught.value.message
    assert "try again" in (caught.value.hint or "")


def test_aws_that_is_not_reached_says_so(cloud: Cloud, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_ENDPOINT_URL", "http://127.0.0.1:9")
    monkeypatch.setenv("AWS_MAX_ATTEMPTS", "1")
    with pytest.raises(ConnectionLost) as caught:
        identity(WORKGROUP, "iam").credentials()
    assert "Could not connect to the endpoint URL" in caught.value.message
    assert "is the network there, and the region right?" in (caught.value.hint or "")
