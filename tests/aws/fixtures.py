"""What tests of signing in stand on: AWS on loopback, and an environment that names nothing else."""

from __future__ import annotations

import os
import socket
import sys
import webbrowser
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests import credentials
from tests.aws.cloud import REGION, Cloud
from tests.aws.data_api import DataApi


@pytest.fixture(scope="session")
def running_cloud() -> Iterator[Cloud]:
    cloud = Cloud()
    yield cloud
    cloud.close()


@pytest.fixture
def cloud(running_cloud: Cloud, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Cloud]:
    """AWS on loopback, empty; boto3 finds it, and credentials, as it would AWS: in the environment."""
    for name in [name for name in os.environ if name.startswith("AWS_")]:
        monkeypatch.delenv(name)
    for name, value in {
        "AWS_ACCESS_KEY_ID": "AKIAIOSFODNN7EXAMPLE",
        "AWS_CONFIG_FILE": str(tmp_path / "config"),
        "AWS_DEFAULT_REGION": REGION,
        "AWS_EC2_METADATA_DISABLED": "true",
        "AWS_ENDPOINT_URL": running_cloud.url,
        "AWS_SECRET_ACCESS_KEY": "planted-secret-key",
        "AWS_SHARED_CREDENTIALS_FILE": str(tmp_path / "credentials"),
    }.items():
        monkeypatch.setenv(name, value)
    running_cloud.reset()
    credentials.forget()
    yield running_cloud
    credentials.forget()


@pytest.fixture
def data_api(cloud: Cloud, project: Path) -> Iterator[DataApi]:
    """The Data API of the cluster `sales` and the workgroup `etl`, whose warehouse is empty."""
    folder = project.parent / "warehouse"
    folder.mkdir()
    cloud.data_api = DataApi(folder, cloud.secret)
    yield cloud.data_api
    cloud.data_api.close()
    cloud.data_api = None


@pytest.fixture
def free_port() -> int:
    """A port that nobody listens at."""
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return int(found.getsockname()[1])


@pytest.fixture
def browser(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[[str], None]:
    """Makes a Python script the browser: it is called with the address to open."""

    def become(script: str) -> None:
        file = tmp_path / "browser.py"
        file.write_text(script)
        monkeypatch.setenv("BROWSER", f"{sys.executable} {file} %s")
        monkeypatch.setattr(webbrowser, "_tryorder", None)  # it is read anew

    return become
