"""What many tests stand on: a project folder of their own, and a session that is closed after."""

from __future__ import annotations

import os
import signal
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import settings
from jupyter_client.manager import KernelManager

import rsnb
from rsnb import Session

pytest_plugins = ("tests.postgres.fixtures",)
settings.register_profile("the same every time", derandomize=True, deadline=None)
settings.load_profile("the same every time")
ROOT = str(Path(rsnb.__file__).parents[1])
if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:  # as a shell starts what runs in the background
    signal.signal(signal.SIGINT, signal.default_int_handler)


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty folder as the current one and as home; no setting comes from elsewhere."""
    for name in [name for name in os.environ if name.startswith("RSNB_")]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "home"))
    monkeypatch.setenv("PYTHONPATH", ROOT)
    folder = tmp_path / "project"
    folder.mkdir()
    monkeypatch.chdir(folder)
    return folder


@pytest.fixture
def session(project: Path) -> Iterator[Session]:
    """A session of an embedded warehouse in memory; named results do not outlive it."""
    with rsnb.connect("embedded://") as opened:
        yield opened
    rsnb.datasets.clear()


class Kernel:
    """A real ipykernel with rsnb loaded, in a folder of its own."""

    def __init__(self, folder: Path) -> None:
        kept = {name: value for name, value in os.environ.items() if not name.startswith("RSNB_")}
        own = {"XDG_CONFIG_HOME": str(folder), "IPYTHONDIR": str(folder / "ipython"), "PYTHONPATH": ROOT}
        self.manager = KernelManager()
        self.manager.start_kernel(cwd=str(folder), env=kept | own)
        self.client = self.manager.blocking_client()
        self.client.start_channels()
        self.client.wait_for_ready(timeout=60)
        self.run("%load_ext rsnb")

    def run(self, cell: str, interrupt_at: str = "") -> list[dict[str, Any]]:
        """Run a cell; the outputs that it shows, as in a notebook's file.

        interrupt_at: interrupt the kernel once the cell has printed this, or after 20 s without that text.
        """
        outputs: list[dict[str, Any]] = []
        late = threading.Timer(20, self.manager.interrupt_kernel)
        if interrupt_at:
            late.start()

        def show(message: dict[str, Any]) -> None:
            kind, content = message["msg_type"], message["content"]
            if kind in ("stream", "execute_result", "display_data", "error"):
                outputs.append({"kind": kind, **content})
            if interrupt_at and kind == "stream" and interrupt_at in content["text"]:
                late.cancel()
                self.manager.interrupt_kernel()

        try:
            self.client.execute_interactive(cell, output_hook=show, timeout=60)
        finally:
            late.cancel()
        return outputs

    def close(self) -> None:
        """Shut the kernel down."""
        self.client.stop_channels()
        self.manager.shutdown_kernel(now=False)
        self.manager.cleanup_resources()


@pytest.fixture(scope="module")
def running_kernel(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Kernel]:
    kernel = Kernel(tmp_path_factory.mktemp("kernel"))
    yield kernel
    kernel.close()


@pytest.fixture
def kernel(running_kernel: Kernel) -> Kernel:
    """A kernel whose connection is new and whose names are gone."""
    running_kernel.run("%reset -f")
    running_kernel.run("import rsnb\nrsnb.datasets.clear()\n%redshift connect\n%redshift close\n%redshift connect")
    return running_kernel
