"""No password, token or secret is in a log at DEBUG, in an error, in what it came from, or in a repr."""

from __future__ import annotations

import io
import json
import logging
import traceback
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import boto3
import pytest

from rsnb.auth import Address, identify, log_in, redaction
from rsnb.errors import AuthError, RsnbError
from tests.aws.cloud import ACCOUNT, REGION, Cloud
from tests.aws.provider import ONE_TIME, PASSWORD, Provider

CLUSTER = f"redshift://ann@sales.abc123.{REGION}.redshift.amazonaws.com/dev"
WORKGROUP = f"redshift://etl.{ACCOUNT}.{REGION}.redshift-serverless.amazonaws.com/dev"
SECRET = "planted/secret+pass word&=?"


@pytest.fixture
def log() -> Iterator[io.StringIO]:
    """Everything that anybody logs, from DEBUG on."""
    written = io.StringIO()
    handler = logging.StreamHandler(written)
    root, before = logging.getLogger(), logging.getLogger().level
    root.addHandler(handler)
    root.setLevel(logging.DEBUG)
    yield written
    root.setLevel(before)
    root.removeHandler(handler)


@pytest.fixture
def provider(tmp_path: Path, cloud: Cloud, monkeypatch: pytest.MonkeyPatch) -> Iterator[Provider]:
    monkeypatch.setenv("IDP_PASSWORD", PASSWORD)
    provider = Provider()
    server = provider.serve(tmp_path)
    yield provider
    server.shutdown()
    server.server_close()


def shown(error: BaseException) -> str:
    """All that a user or a bug report can see of an error."""
    return "".join(traceback.format_exception(error)) + repr(error) + str(error)


def okta(provider: Provider) -> dict[str, Any]:
    host = {"idp_host": f"localhost:{provider.port}", "app_id": "0oa1", "ssl_insecure": True}
    return {"identity": "okta", "password_env": "IDP_PASSWORD", **host}


def test_what_was_planted_is_nowhere(
    cloud: Cloud, provider: Provider, log: io.StringIO, monkeypatch: pytest.MonkeyPatch
) -> None:
    boto3.client("redshift").create_cluster(
        ClusterIdentifier="sales", NodeType="ra3.large", MasterUsername="admin", MasterUserPassword="Passw0rd"
    )
    secrets = boto3.client("secretsmanager")
    secrets.create_secret(Name="prod", SecretString=json.dumps({"username": "ann", "password": SECRET}))
    monkeypatch.setenv("ID_TOKEN", "planted-web-token")
    log.truncate(0)
    roles = [f"arn:aws:iam::{ACCOUNT}:role/hub"]
    seen = []
    for url, keys in [
        (CLUSTER, {"identity": "secret", "secret": "prod"}),
        (CLUSTER, {"identity": "iam"}),
        (CLUSTER.replace("ann@", ""), {"identity": "iam"}),
        (WORKGROUP, {"identity": "iam", "assume_roles": roles}),
        (WORKGROUP, {"identity": "idp-token", "assume_roles": roles}),
        (CLUSTER, {"identity": "jwt", "token_env": "ID_TOKEN"}),
        (CLUSTER, okta(provider)),
    ]:
        signing_in = identify(Address.parse(url), keys)
        got = signing_in.credentials()
        seen += [repr(signing_in), repr(got), signing_in.name, repr(vars(signing_in))]
        with pytest.raises(AuthError) as caught:
            log_in(signing_in, lambda credentials: refuse(credentials.secrets()[0]))
        seen.append(shown(caught.value))
    cloud.fail("GetSecretValue", "AccessDeniedException", f"no, not with {SECRET}")
    provider.missing_page = True
    for keys in ({"identity": "secret", "secret": "prod", "region": REGION}, okta(provider) | {"app_name": "other"}):
        with pytest.raises(RsnbError) as failed:
            identify(Address.parse(CLUSTER), keys).credentials()
        seen.append(shown(failed.value))
    crossed = {call.session_token for call in cloud.calls} | set(cloud.issued)
    planted = {SECRET, PASSWORD, ONE_TIME, "planted-web-token", "planted-secret-key"} | crossed - {""}
    assert len(planted) >= 10
    text = log.getvalue() + "".join(seen)
    assert [one for one in planted if one in text] == []
    assert provider.assertion() not in text
    assert redaction.WITHHELD in text
    assert "Making request for OperationModel(name=GetSecretValue)" in text  # what is no secret stays


def refuse(password: str) -> None:
    raise AuthError(redaction.clean(f"server refused {password}"))


CLEANED = [  # a secret, a text that has it, what is left
    ("hunter22", "the password hunter22 was refused", "the password … was refused"),
    ("hunter22", "xhunter22x", "x…x"),
    ("12345", "role of 123456789012", "role of 123456789012"),
    ("12345", "password 12345!", "password …!"),
    ("a/b c&d=e", "https://h/?p=a%2Fb%20c%26d%3De", "https://h/?p=…"),
    ("a/b c&d=e", "p=a%2Fb+c%26d%3De", "p=…"),
    ('with "quotes"', '{"p": "with \\"quotes\\""}', '{"p": "…"}'),
    ("unrelated-secret", "https://h/home?onetimetoken=abc&x=1", "https://h/home?onetimetoken=…&x=1"),
]


@pytest.mark.parametrize(("secret", "text", "left"), CLEANED)
def test_a_text_is_cleaned(secret: str, text: str, left: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(redaction, "_secrets", {})
    redaction.hide(secret, "")
    assert redaction.clean(text) == left


def test_other_libraries_log_as_before(log: io.StringIO) -> None:
    redaction.hide("hunter22")
    logging.getLogger("somebody").warning("says %s", "SecretString")
    logging.getLogger("botocore.parsers").debug('{"SecretString": "x"}')
    logging.getLogger("urllib3").debug("plain %s", "words")
    assert log.getvalue().splitlines() == ["says SecretString", redaction.WITHHELD, "plain words"]
