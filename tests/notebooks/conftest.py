"""The two stories, run once, on a copy of the notebooks: the real data where they are, else generated."""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import nbformat
import pytest

from rsnb import reports

ROOT = Path(__file__).parent.parent.parent
DATA = Path(os.environ.get("RSNB_DATA") or ROOT.parent / "shared" / "data")
REAL = (DATA / "readmissions" / "diabetic_data.csv.gz").is_file()


class Story:
    """An executed notebook: its page, and its values by the name of a Python expression."""

    def __init__(self, report: reports.Report) -> None:
        self.page = report.page
        self.notebook = nbformat.read(report.notebook, as_version=4)
        last = self.notebook.cells[-1].outputs[0]["text"]
        self.values: dict[str, Any] = json.loads(last)


@pytest.fixture(scope="session")
def project(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder like the project's own: rsnb.toml, notebooks, a lake to fill."""
    folder = tmp_path_factory.mktemp("project")
    shutil.copy(ROOT / "rsnb.toml", folder)
    shutil.copytree(ROOT / "notebooks", folder / "notebooks")
    return folder


@pytest.fixture(scope="session")
def run(project: Path) -> Callable[..., Story]:
    """Run a notebook with a cell more, which prints the values to check as JSON."""

    def publish(name: str, values: str, **parameters: object) -> Story:
        path = project / "notebooks" / name
        notebook = nbformat.read(ROOT / "notebooks" / name, as_version=4)
        notebook.cells.append(nbformat.v4.new_code_cell(f"import json\nprint(json.dumps({values}, default=str))"))
        nbformat.write(notebook, path)
        with pytest.MonkeyPatch.context() as patch:
            patch.setenv("RSNB_DATA", str(DATA) if REAL else "")
            return Story(reports.publish(path, project / "reports", parameters))

    return publish
