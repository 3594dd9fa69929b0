"""The way to a warehouse: every step that can fail fails here once, over real sockets, and says what to do.

A PostgreSQL server behind a proxy stands in for a cluster, AWS on loopback for the Data API.
"""

from __future__ import annotations

import re
import socket
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from click.testing import CliRunner
from IPython.core.interactiveshell import InteractiveShell

from rsnb.cli import main
from rsnb.doctor import Report, examine, network
from tests.aws.cloud import ACCOUNT, Cloud
from tests.aws.data_api import DataApi
from tests.aws.fixtures import cloud, data_api, free_port, running_cloud
from tests.postgres.certificates import Authority
from tests.postgres.fixtures import authority, postgres, proxied, proxy
from tests.postgres.proxy import Proxy
from tests.postgres.server import PASSWORD, Server

__all__ = ["authority", "cloud", "data_api", "free_port", "postgres", "proxied", "proxy", "running_cloud"]

ROLE = "arn:aws:iam::1:role/lake"
DENIAL = f"User: {ROLE} is not authorized to perform: glue:GetTables on resource: arn:x"
TABLES = "create view svv_external_tables as select 'lake'::text as schemaname, {} as tablename;"
OUTSIDE = f"""
create view svv_external_schemas as select 'lake' as schemaname, '{{"IAM_ROLE":"{ROLE}"}}' as esoptions;
create function denied() returns text language plpgsql as $$ begin raise '{DENIAL}'; end $$;
{TABLES.format("'sales'::text")}
grant select on svv_external_schemas, svv_external_tables to public;
"""  # what a cluster has of Spectrum
GONE = "drop view svv_external_schemas; drop view svv_external_tables; drop function denied()"


@pytest.fixture(scope="module")
def cluster(postgres: Server) -> Iterator[Server]:
    postgres.psql(OUTSIDE)
    yield postgres
    postgres.psql(GONE)


def url(port: int, user: str = "scram", host: str = "127.0.0.1", database: str = "postgres", tls: str = "off") -> str:
    return f"redshift://{user}@{host}:{port}/{database}?tls={tls}"


@pytest.fixture(autouse=True)
def _password(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("REDSHIFT_PASSWORD", PASSWORD)


def told(report: Report) -> str:
    return "\n".join(report.lines())


def test_the_whole_way(cluster: Server, proxy: Proxy, project: Path) -> None:
    report = examine(url(proxy.port))
    assert report.failed is None, told(report)
    assert [step.name for step in report.steps] == [
        "DNS", "TCP", "TLS", "identity", "database", "search path", "Spectrum role",
    ]  # fmt: skip
    assert {step.name: step.found for step in report.steps} == {
        "DNS": "127.0.0.1",
        "TCP": f"127.0.0.1 listens on port {proxy.port}",
        "TLS": "not used: tls=off",
        "identity": "the password of scram from $REDSHIFT_PASSWORD",
        "database": next(step.found for step in report.steps if step.name == "database"),
        "search path": '"$user", public',
        "Spectrum role": f"lake with {ROLE}",
    }
    assert "scram · postgres · " in told(report)
    assert PASSWORD not in told(report)
    for step, line in zip(report.steps, report.lines()[1:], strict=True):
        assert re.match(rf"✓ {step.name} +(\d+ ms|\d\.\d s)  ", line)


def test_tls_is_looked_at(
    proxied: Callable[..., Proxy], cluster: Server, authority: Authority, project: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    safe = proxied(tls=authority.server("localhost"))
    report = examine(url(safe.port, host="localhost", tls="verify-full"))
    assert report.failed is not None
    assert (report.failed.name, report.left) == ("TLS", ("identity", "database", "search path", "Spectrum role"))
    assert "unable to get local issuer certificate" in report.failed.failed
    assert "SSL_CERT_FILE" in report.failed.remedy
    monkeypatch.setenv("SSL_CERT_FILE", str(authority.file))
    for mode in ("verify-full", "verify-ca", "require"):
        report = examine(url(safe.port, host="localhost", tls=mode))
        assert report.failed is None, told(report)
        assert report.steps[2].found.startswith("TLSv1.")
    wrong = examine(url(safe.port, tls="verify-full"))
    assert wrong.failed is not None
    assert "IP address mismatch" in wrong.failed.failed


@pytest.fixture
def deaf() -> Iterator[int]:
    """A port that takes connections and never says anything."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        yield int(listener.getsockname()[1])


@pytest.fixture
def web() -> Iterator[int]:
    """A port that speaks another protocol."""
    listener = socket.create_server(("127.0.0.1", 0))

    def serve() -> None:
        while True:
            try:
                client, _ = listener.accept()
            except OSError:
                return
            with client:
                client.recv(100)
                client.sendall(b"HTTP/1.1 400 Bad Request\r\n\r\n")

    thread = threading.Thread(target=serve, daemon=True)
    thread.start()
    yield int(listener.getsockname()[1])
    listener.shutdown(socket.SHUT_RDWR)
    listener.close()
    thread.join()


FAILS = [  # host, port, tls, the step, what is said, the remedy
    ("nowhere.invalid", 5439, "off", "DNS", "the name nowhere.invalid has no address", "VPN"),
    ("127.0.0.1", "free", "off", "TCP", "nothing listens on port", "is the port right?"),
    ("127.0.0.1", "proxy", "verify-full", "TLS", "127.0.0.1 refuses TLS", "tls=off in the URL"),
    ("127.0.0.1", "web", "verify-full", "TLS", "does not speak the protocol of a warehouse", "is host and port right?"),
    ("127.0.0.1", "deaf", "verify-full", "TLS", "hangs up: timed out", "does a warehouse listen"),
]


@pytest.mark.parametrize(("host", "port", "tls", "step", "said", "remedy"), FAILS)
def test_the_first_step_that_fails_is_named(
    request: pytest.FixtureRequest, project: Path, monkeypatch: pytest.MonkeyPatch, cluster: Server,
    host: str, port: int | str, tls: str, step: str, said: str, remedy: str,
) -> None:  # fmt: skip
    monkeypatch.setattr(network, "SECONDS", 0.5)
    if isinstance(port, str):
        found = request.getfixturevalue({"free": "free_port"}.get(port, port))
        port = int(found if isinstance(found, int) else found.port)
    report = examine(url(port, host=host, tls=tls))
    assert report.failed is not None
    assert report.failed.name == step
    assert said in report.failed.failed
    assert remedy in report.failed.remedy
    assert report.steps[-1] is report.failed
    assert told(report).count("not tried") == len(report.left) == 7 - len(report.steps)


def test_a_port_that_does_not_answer(monkeypatch: pytest.MonkeyPatch) -> None:
    """A listener whose queue is full drops what comes, as a security group does."""
    monkeypatch.setattr(network, "SECONDS", 0.3)
    with socket.socket() as full:
        full.bind(("127.0.0.1", 0))
        full.listen(0)
        port = int(full.getsockname()[1])
        waiting = []
        for _ in range(4):
            one = socket.socket()
            one.setblocking(False)
            one.connect_ex(("127.0.0.1", port))
            waiting.append(one)
        with pytest.raises(network.ConnectionLost) as caught:
            network.tcp("127.0.0.1", port)
        for one in waiting:
            one.close()
    assert "does not answer on port" in caught.value.message
    assert "security group" in (caught.value.hint or "")


def test_who_signs_in_and_where_to(
    cluster: Server, proxy: Proxy, project: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("REDSHIFT_PASSWORD", "planted-wrong")
    report = examine(url(proxy.port))
    assert report.failed is not None
    assert report.failed.name == "database"
    assert 'password authentication failed for user "scram"' in report.failed.failed
    assert "planted-wrong" not in told(report)
    monkeypatch.setenv("REDSHIFT_PASSWORD", PASSWORD)
    report = examine(url(proxy.port, database="nosuch"))
    assert report.failed is not None
    assert 'database "nosuch" does not exist' in report.failed.failed
    (project / "rsnb.toml").write_text(f'[profiles.p]\nurl = "{url(proxy.port)}"\npassword_env = "NO_SUCH"')
    report = examine("p")
    assert report.failed is not None
    assert (report.failed.name, report.failed.failed) == (
        "identity",
        "the environment variable NO_SUCH is not set, and password_env names it",
    )


def test_inside_the_database(cluster: Server, proxy: Proxy, project: Path) -> None:
    cluster.psql("alter role md5user set search_path = nosuch, nowhere")
    report = examine(url(proxy.port, user="md5user"))
    cluster.psql("alter role md5user reset search_path")
    assert report.failed is not None
    assert report.failed.name == "search path"
    assert "no schema of the search path nosuch, nowhere is there" in report.failed.failed
    cluster.psql("drop view svv_external_tables;" + TABLES.format("denied()"))
    report = examine(url(proxy.port))
    cluster.psql("drop view svv_external_tables;" + TABLES.format("'sales'::text"))
    assert report.failed is not None
    assert report.failed.name == "Spectrum role"
    assert f"the external schema lake can't be read with {ROLE}" in report.failed.failed
    assert "has to allow glue:GetTables on arn:x" in report.failed.remedy


# The Data API and the embedded warehouse


def test_the_way_to_the_data_api(data_api: DataApi, cloud: Cloud, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_MAX_ATTEMPTS", "1")
    report = examine("data-api://ann@sales/dev?region=eu-west-1")
    names = [step.name for step in report.steps]
    assert names[:5] == ["DNS", "TCP", "TLS", "identity", "database"], told(report)
    assert report.steps[2].found == "not used: http"
    assert report.steps[3].found.startswith(f"arn:aws:sts::{ACCOUNT}:")
    assert report.steps[3].found.endswith(" as ann")
    cloud.fail("GetCallerIdentity", "ExpiredToken", "expired", times=5, status=403)
    report = examine("data-api://sales/dev?region=eu-west-1")
    assert report.failed is not None
    assert (report.failed.name, "aws sso login" in report.failed.remedy) == ("identity", True)
    cloud.reset()
    report = examine("data-api://salse/dev?region=eu-west-1")
    assert report.failed is not None
    assert "salse is neither a cluster nor a workgroup here" in report.failed.failed
    monkeypatch.setenv("AWS_ENDPOINT_URL", "http://127.0.0.1:9")
    report = examine("data-api://sales/dev?region=eu-west-1")
    assert report.failed is not None
    assert report.failed.name == "TCP"


def test_the_embedded_warehouse(project: Path) -> None:
    (project / "rsnb.toml").write_text('[lake]\n"s3://demo" = "lake"')
    report = examine()
    assert report.failed is not None
    assert f"s3://demo is mapped to {project}/lake, which is not there" in report.failed.failed
    (project / "lake").mkdir()
    report = examine()
    assert report.failed is None
    assert [step.name for step in report.steps] == ["lake", "database"]


# Faces


def test_the_command_ends_with_1_when_a_step_fails(project: Path) -> None:
    good = CliRunner().invoke(main, ["doctor", "embedded://"])
    assert (good.exit_code, "✓ database" in good.stdout) == (0, True)
    bad = CliRunner().invoke(main, ["doctor", "redshift://ann@nowhere.invalid/dev"])
    assert (bad.exit_code, "✗ DNS" in bad.stdout) == (1, True)
    wrong = CliRunner().invoke(main, ["doctor", "nosuch"])
    assert (wrong.exit_code, "there is no profile 'nosuch'" in wrong.stderr) == (1, True)


def test_the_verb_in_a_notebook(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    shell = InteractiveShell.instance()
    try:
        shell.run_line_magic("load_ext", "rsnb")
        shell.run_line_magic("redshift", "doctor embedded://")
    finally:
        InteractiveShell.clear_instance()
    assert "✓ database" in capsys.readouterr().out
