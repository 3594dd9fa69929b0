"""Signing in with a token: where it comes from, what the driver is given, and for how long it is kept.

Identity Center is stood in for on loopback; a script stands in for the user in the browser.
"""

from __future__ import annotations

import base64
import json
import os
import time
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from rsnb.auth import Address, Credentials, Identity, identify, log_in
from rsnb.errors import AuthError, ConfigError
from tests.aws.cloud import ACCOUNT, REGION, Cloud

CLUSTER = f"redshift://sales.abc123.{REGION}.redshift.amazonaws.com/dev"
WORKGROUP = f"redshift://etl.{ACCOUNT}.{REGION}.redshift-serverless.amazonaws.com/dev"
CUSTOM = "redshift://warehouse.example.com/dev"


def identity(kind: str, url: str = CLUSTER, **keys: Any) -> Identity:
    return identify(Address.parse(url), {"identity": kind, **keys})


def web_token(**claims: Any) -> str:
    parts = [base64.urlsafe_b64encode(json.dumps(part).encode()).decode().rstrip("=") for part in ({}, claims)]
    return ".".join([*parts, "signature"])


def test_a_web_token_of_the_environment(cloud: Cloud, monkeypatch: pytest.MonkeyPatch) -> None:
    end = int(time.time()) + 3600
    monkeypatch.setenv("ID_TOKEN", web_token(exp=end, sub="ann"))
    got = identity("jwt", token_env="ID_TOKEN", provider_name="entra", user="ann").credentials()
    assert got.driver() == {
        "user": "ann",
        "password": "",
        "credentials_provider": "redshift_connector.plugin.BasicJwtCredentialsProvider",
        "web_identity_token": os.environ["ID_TOKEN"],
        "provider_name": "entra",
    }
    assert got.expires == datetime.fromtimestamp(end, UTC)
    assert os.environ["ID_TOKEN"] not in repr(got)


def test_a_file_is_read_again_when_its_token_is_refused_or_ends(cloud: Cloud, tmp_path: Path) -> None:
    file, tried = tmp_path / "token", []
    file.write_text("first-token\n")
    signing_in = identity("idp-token", token_file=str(file), token_type="EXT_JWT", identity_namespace="aws")

    def server(credentials: Credentials) -> str:
        tried.append(credentials.arguments["token"])
        if tried[-1] == "first-token":
            file.write_text("second-token")
            raise AuthError("token expired")
        return str(credentials.arguments["token_type"])

    assert log_in(signing_in, server) == "EXT_JWT"
    assert tried == ["first-token", "second-token"]
    file.write_text(web_token(exp=int(time.time()) + 60))
    soon = identity("jwt", token_file=str(file))
    assert soon.credentials().arguments["web_identity_token"] == file.read_text()
    file.write_text("third-token")
    assert soon.credentials().arguments["web_identity_token"] == "third-token"


@pytest.mark.parametrize(
    ("url", "keys", "asked"),
    [
        (CLUSTER, {}, {"ClusterIds.ClusterIdentifier.1": "sales"}),
        (CUSTOM, {"cluster": "sales"}, {"ClusterIds.ClusterIdentifier.1": "sales"}),
        (WORKGROUP, {}, {"workgroupNames": ["etl"]}),
        (CUSTOM, {"workgroup": "etl", "assume_roles": [f"arn:aws:iam::{ACCOUNT}:role/x"]}, {"workgroupNames": ["etl"]}),
    ],
)
def test_aws_credentials_get_a_token_of_identity_center(
    cloud: Cloud, url: str, keys: dict[str, Any], asked: dict[str, Any]
) -> None:
    got = identity("idp-token", url, **keys).credentials()
    (call,) = cloud.asked("GetIdentityCenterAuthToken")
    assert asked.items() <= call.parameters.items()
    assert got.arguments["credentials_provider"] == "redshift_connector.plugin.IdpTokenAuthPlugin"
    assert got.arguments["token_type"] == "SUBJECT_TOKEN"
    assert got.arguments["token"].startswith("issued-")
    assert got.expires is not None
    assert got.fresh


BROWSER = """
import sys, urllib.parse, urllib.request
asked = dict(urllib.parse.parse_qsl(urllib.parse.urlsplit(sys.argv[1]).query))
assert sys.argv[1].startswith("https://oidc.eu-west-1.amazonaws.com/authorize?"), sys.argv[1]
answer = urllib.parse.urlencode({"code": "planted-code", "state": asked["state"]})
urllib.request.urlopen(asked["redirect_uri"] + "/?" + answer, timeout=5).read()
"""


def test_identity_center_in_the_browser_once_for_several_connections(
    cloud: Cloud, browser: Callable[[str], None], free_port: int
) -> None:
    browser(BROWSER)
    keys = {"issuer_url": "https://d-1.awsapps.com/start", "idc_region": REGION, "listen_port": free_port}
    first, second = identity("idc-browser", **keys), identity("idc-browser", **keys)
    assert first.credentials() == second.credentials()
    got = first.credentials()
    assert got.arguments["token_type"] == "ACCESS_TOKEN"
    (call,) = cloud.asked("CreateToken")
    assert call.parameters["code"] == "planted-code"
    assert call.parameters["clientSecret"] == "planted-client"
    assert first.renew()  # refused: another login
    assert len(cloud.asked("CreateToken")) == 2


def test_without_a_browser_it_says_what_to_do(cloud: Cloud, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("BROWSER", "/nowhere/browser %s")
    monkeypatch.setattr("webbrowser._tryorder", [])  # as on a server
    with pytest.raises(AuthError, match="signs in in a browser, and this machine has none"):
        identity("idc-browser", issuer_url="https://d-1.awsapps.com/start", idc_region=REGION).credentials()


MISTAKES: list[tuple[str, str, dict[str, Any], type[Exception], str]] = [
    ("jwt", CLUSTER, {"token_env": "NO_TOKEN"}, AuthError, "the environment variable NO_TOKEN is not set"),
    ("jwt", CLUSTER, {"token_file": "/nowhere/token"}, AuthError, "the token's file /nowhere/token can't be read"),
    ("idp-token", CUSTOM, {}, ConfigError, "does not say which cluster or workgroup it is"),
    ("jwt", CLUSTER, {"token_env": "X", "idc_region": "x"}, ConfigError, "takes no idc_region"),
]


@pytest.mark.parametrize(("kind", "url", "keys", "error", "said"), MISTAKES)
def test_a_token_that_is_not_there_is_said(
    cloud: Cloud, kind: str, url: str, keys: dict[str, Any], error: type[Exception], said: str
) -> None:
    with pytest.raises(error, match=said):
        identity(kind, url, **keys).credentials()
