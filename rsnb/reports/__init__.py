"""Reports: a notebook that was run, as a notebook with its outputs and as a page that opens offline."""

from __future__ import annotations

import os
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from rsnb.errors import RsnbError
from rsnb.reports.page import render

__all__ = ["Report", "publish", "render"]


@dataclass(frozen=True)
class Report:
    """A published notebook: the executed notebook, the page, and how long the run took."""

    notebook: Path
    page: Path
    seconds: float


def publish(notebook: Path, folder: Path, parameters: Mapping[str, Any] | None = None) -> Report:
    """Run a notebook in its own folder and write it into `folder` as .ipynb and .html.

    Raises RsnbError when a cell fails; what ran until then is in the .ipynb, and there is no page.
    """
    import papermill
    from papermill.exceptions import PapermillExecutionError
    from traitlets.config import Config

    folder.mkdir(parents=True, exist_ok=True)
    executed = folder / notebook.name
    page = executed.with_suffix(".html")
    start = time.perf_counter()
    try:
        with _plotly_as_data():
            node = papermill.execute_notebook(
                str(notebook),
                str(executed),
                dict(parameters or {}),
                cwd=str(notebook.parent),
                kernel_name=_kernel(notebook),
                language="python",
                progress_bar=False,
                config=Config({"KernelManager": {"transport": "ipc"}}),  # no open port for the kernel
            )
    except PapermillExecutionError as exc:
        page.unlink(missing_ok=True)
        lines = [line for line in str(exc.evalue).splitlines() if line.strip()]
        raise RsnbError(
            f"{notebook}, cell {exc.exec_count}: {exc.ename}: {lines[0] if lines else ''}",
            hint=f"what ran until then is in {executed}",
        ) from exc
    page.write_text(render(node, notebook.stem), encoding="utf-8")
    return Report(executed, page, time.perf_counter() - start)


def _kernel(notebook: Path) -> str:
    """The kernel that a notebook names; `python3` where it names none."""
    import nbformat

    try:
        node = nbformat.read(notebook, as_version=4)
    except (OSError, ValueError) as exc:
        raise RsnbError(f"{notebook} can't be read as a notebook: {exc}") from exc
    return str(node.metadata.get("kernelspec", {}).get("name", "python3"))


@contextmanager
def _plotly_as_data() -> Iterator[None]:
    """Have the kernel keep figures as data, not as pages with the library in each."""
    before = os.environ.get("PLOTLY_RENDERER")
    os.environ["PLOTLY_RENDERER"] = "plotly_mimetype"
    try:
        yield
    finally:
        if before is None:
            del os.environ["PLOTLY_RENDERER"]
        else:
            os.environ["PLOTLY_RENDERER"] = before
