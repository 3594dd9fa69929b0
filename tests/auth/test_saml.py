"""Signing in at an identity provider: the driver's plugins over TLS to a provider on loopback, then AWS on loopback.

Microsoft Entra's hosts are fixed in the driver: those plugins are made and checked here, and never run.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import boto3
import pytest

from rsnb.auth import Address, identify, plugins
from rsnb.auth.kinds import KINDS
from rsnb.errors import AuthError, ConfigError
from tests.aws.cloud import REGION, Cloud
from tests.aws.provider import ONE_TIME, OTHER, PASSWORD, PROVIDER, ROLE, Provider

URL = f"redshift://ann@sales.abc123.{REGION}.redshift.amazonaws.com/dev"


@pytest.fixture
def provider(tmp_path: Path, cloud: Cloud, monkeypatch: pytest.MonkeyPatch) -> Iterator[Provider]:
    """An identity provider, a cluster behind it, and the password where the profile says it is."""
    boto3.client("redshift").create_cluster(
        ClusterIdentifier="sales", NodeType="ra3.large", MasterUsername="admin", MasterUserPassword="Passw0rd"
    )
    monkeypatch.setenv("IDP_PASSWORD", PASSWORD)
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):  # the provider gives them
        monkeypatch.delenv(name)
    provider = Provider()
    server = provider.serve(tmp_path)
    yield provider
    server.shutdown()
    server.server_close()


def keys(kind: str, provider: Provider, **more: Any) -> dict[str, Any]:
    own: dict[str, dict[str, Any]] = {
        "adfs": {"idp_host": "localhost", "idp_port": provider.port},
        "okta": {"idp_host": f"localhost:{provider.port}", "app_id": "0oa1b2"},
        "ping": {"idp_host": "localhost", "idp_port": provider.port, "partner_sp_id": "urn:aws"},
    }
    return {"identity": kind, "password_env": "IDP_PASSWORD", "ssl_insecure": True, **own[kind], **more}


WAYS = ["adfs", "okta", "ping"]


@pytest.mark.parametrize("kind", WAYS)
def test_a_provider_signs_in(provider: Provider, cloud: Cloud, kind: str) -> None:
    signing_in = identify(Address.parse(URL), keys(kind, provider))
    got = signing_in.credentials()
    assert got.user == "IAM:ann@example.com"  # RoleSessionName, for the answer has no DbUser
    (took,) = cloud.asked("AssumeRoleWithSAML")
    assert (took.parameters["RoleArn"], took.parameters["PrincipalArn"]) == (ROLE, PROVIDER)
    assert signing_in.credentials() == got
    assert len(cloud.asked("GetClusterCredentials")) == 1
    assert signing_in.name == f"{kind}, then IAM for the cluster sales"


SAID = [  # what the SAML answer says, what the profile says, what the cluster is asked for
    ({"DbUser": ["ann"]}, {}, {"DbUser": "ann", "AutoCreate": "false"}),
    ({"DbUser": ["ann"]}, {"db_user": "ann2"}, {"DbUser": "ann2"}),
    ({"DbUser": ["ann"], "AllowDbUserOverride": ["true"]}, {"db_user": "ann2"}, {"DbUser": "ann"}),
    ({"DbUser": ["Ann"], "ForceLowercase": ["true"]}, {"db_groups": ["QA"]}, {"DbUser": "ann"}),
    ({"DbUser": ["ann"], "DbGroups": ["a", "b"]}, {}, {"DbGroups.DbGroup.1": "a", "DbGroups.DbGroup.2": "b"}),
    ({"DbUser": ["ann"], "DbGroups": ["a"]}, {"db_groups": ["x"]}, {"DbGroups.DbGroup.1": "x"}),
    ({"DbUser": ["ann"], "AutoCreate": ["true"]}, {}, {"AutoCreate": "true"}),
]


@pytest.mark.parametrize(("said", "profile", "asked"), SAID)
def test_what_the_provider_says_of_the_database_user(
    provider: Provider, cloud: Cloud, said: dict[str, list[str]], profile: dict[str, Any], asked: dict[str, str]
) -> None:
    provider.attributes = said
    identify(Address.parse(URL), keys("okta", provider, **profile)).credentials()
    (call,) = cloud.asked("GetClusterCredentials")
    assert asked.items() <= call.parameters.items()


def test_of_several_roles_one_has_to_be_named(provider: Provider, cloud: Cloud) -> None:
    provider.roles = (ROLE, OTHER)
    with pytest.raises(ConfigError) as caught:
        identify(Address.parse(URL), keys("okta", provider)).credentials()
    assert "okta offers 2 roles" in caught.value.message
    assert f"preferred_role = one of {ROLE}, {OTHER}" in (caught.value.hint or "")
    identify(Address.parse(URL), keys("okta", provider, preferred_role=OTHER)).credentials()
    assert [call.parameters["RoleArn"] for call in cloud.asked("AssumeRoleWithSAML")] == [OTHER]
    provider.roles = (ROLE,)
    with pytest.raises(AuthError, match="okta does not offer the role"):
        identify(Address.parse(URL), keys("okta", provider, preferred_role=OTHER, db_user="x")).credentials()


@pytest.mark.parametrize("kind", WAYS)
def test_a_wrong_password_says_who_refused_it(provider: Provider, kind: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("IDP_PASSWORD", "planted-wrong-password")
    with pytest.raises(AuthError) as caught:
        identify(Address.parse(URL), keys(kind, provider)).credentials()
    assert f"with {kind} failed: " in caught.value.message
    assert "planted" not in str(caught.value)
    if kind == "okta":
        assert "401 Client Error" in caught.value.message


def test_a_one_time_token_does_not_show(provider: Provider) -> None:
    provider.missing_page = True
    with pytest.raises(AuthError) as caught:
        identify(Address.parse(URL), keys("okta", provider)).credentials()
    assert "404 Client Error" in caught.value.message
    chain: BaseException | None = caught.value
    while chain is not None:
        assert ONE_TIME not in f"{chain} {chain!r}"
        chain = chain.__cause__ or chain.__context__


def test_a_certificate_that_nobody_knows_is_refused(provider: Provider) -> None:
    with pytest.raises(AuthError, match="CERTIFICATE_VERIFY_FAILED"):
        identify(Address.parse(URL), keys("okta", provider, ssl_insecure=False)).credentials()


BROWSER = """
import sys, time, urllib.parse, urllib.request
for _ in range(100):
    try:
        data = "SAMLResponse=" + urllib.parse.quote({assertion!r}) + "&RelayState="
        urllib.request.urlopen("http://127.0.0.1:{port}/redshift/", data.encode(), timeout=5).read()
        break
    except OSError:
        time.sleep(0.05)
"""


def test_the_browser_signs_in(provider: Provider, cloud: Cloud, browser: Callable[[str], None], free_port: int) -> None:
    browser(BROWSER.format(assertion=provider.assertion(), port=free_port))
    own = {"identity": "browser-saml", "login_url": "https://idp.example.com/login", "listen_port": free_port}
    assert identify(Address.parse(URL), own).credentials().user == "IAM:ann@example.com"
    assert len(cloud.asked("AssumeRoleWithSAML")) == 1


NEEDED = [  # identity, keys, what is said, the hint
    ("okta", {"idp_host": "h"}, 'identity = "okta" needs app_id', 'app_id = "0oa'),
    ("okta", {"idp_host": "h", "app_id": "x", "issuer_url": "x"}, "takes no issuer_url", "it takes app_id, app_name"),
    (
        "browser-azure",
        {"idp_tenant": "t", "client_id": "x", "client_secret_env": "x"},
        "takes no client_secret_env",
        "",
    ),
    ("azure", {"idp_tenant": "t", "client_id": "x"}, "needs client_secret_env", 'client_secret_env = "'),
    ("idc-browser", {"issuer_url": "x"}, "needs idc_region", 'idc_region = "eu-west-1"'),
    ("jwt", {}, "needs token_env or token_file", 'token_env = "ID_TOKEN"'),
    ("browser-saml", {}, "needs login_url", "https://"),
    ("adfs", {}, "needs idp_host", "idp_host ="),
    ("oktaa", {}, "there is no identity 'oktaa'", "did you mean okta?"),
]


@pytest.mark.parametrize(("kind", "given", "said", "hint"), NEEDED)
def test_wrong_parameters_are_caught_before_the_login(kind: str, given: dict[str, Any], said: str, hint: str) -> None:
    with pytest.raises(ConfigError) as caught:
        identify(Address.parse(URL), {"identity": kind, **given})
    assert said in caught.value.message
    assert hint in (caught.value.hint or "")


@pytest.mark.parametrize("kind", [kind for kind, known in KINDS.items() if known.plugin])
def test_every_key_of_an_identity_reaches_the_drivers_plugin(
    kind: str, monkeypatch: pytest.MonkeyPatch, browser: Callable[[str], None]
) -> None:
    """Names are those of the installed driver: a plugin has an attribute for each, or the login reads it."""
    from redshift_connector.redshift_property import RedshiftProperty

    browser("")
    monkeypatch.setenv("PLANTED", "planted")
    samples = {"duration": 900, "idp_port": 443, "idp_response_timeout": 60, "listen_port": 7891, "ssl_insecure": True}
    known = KINDS[kind]
    given: dict[str, Any] = {
        key: samples.get(key, "PLANTED" if key.endswith("_env") else "commercial")
        for key in (*known.needs, *known.takes)
    }
    made = plugins.make(kind, Address.parse(URL), given | {"user": "ann", "db_groups": ["g"]}, str)
    assert type(made).__name__ == known.plugin
    driver = set(vars(RedshiftProperty()))
    renamed = {"idp_port": "idpPort", "user": "user_name"}
    of_ours = {*plugins.OURS, "token_file", "cluster", "workgroup"}
    assert {renamed.get(key, key) for key in given if key not in of_ours} <= driver
    for key in known.needs:
        if key not in of_ours:
            assert getattr(made, key) == given[key]
