"""The learner's verbs in a notebook and at the shell."""

import importlib.util
import os
import signal
import subprocess
import sys
import time

import numpy as np
import pandas as pd
import pytest
from IPython.core.interactiveshell import InteractiveShell

import rsnb
from rsnb.ml import FeatureTable, LinearLearner, loopback

COMMAND = [sys.executable, "-c", "from rsnb.cli import main; main()"]


@pytest.fixture
def shell(project):
    opened = InteractiveShell()
    opened.run_line_magic("load_ext", "rsnb")
    opened.run_line_magic("redshift", "connect embedded://")
    yield opened
    opened.run_line_magic("redshift", "close")
    rsnb.datasets.clear()


@pytest.fixture
def learner():
    rng = np.random.default_rng(1)
    x = rng.normal(size=400)
    frame = pd.DataFrame({"id": np.arange(400), "x": x, "y": (x + rng.normal(size=400) > 0).astype(int)})
    trained = LinearLearner("binary_classifier")
    trained.fit(FeatureTable(frame, target="y", identifier="id"))
    return trained


def test_a_notebook_scores_a_table_with_its_model(shell, learner, capsys):
    shell.run_cell_magic(
        "redshift", "", "create table given as select 1 as id, 0.5::float8 as x union all select 2, -3.0"
    )
    shell.user_ns["learner"] = learner
    shell.run_line_magic("redshift", "score learner given scores")
    assert "2 rows scored into scores" in capsys.readouterr().out
    shell.run_cell_magic("redshift", "found", "select predicted_label from scores order by id")
    assert shell.user_ns["found"]["predicted_label"].tolist() == [1, 0]


def test_a_saved_model_scores_too(shell, learner, tmp_path, capsys):
    shell.run_cell_magic("redshift", "", "create table given as select 1 as id, 0.5::float8 as x")
    path = learner.model.save(tmp_path / "model.json")
    shell.run_line_magic("redshift", f"score {path} given scores")
    assert "1 rows scored" in capsys.readouterr().out


def test_score_says_how_it_is_written(shell):
    with pytest.raises(rsnb.ConfigError, match="three words"):
        shell.run_line_magic("redshift", "score learner")


def test_the_loopback_service_runs_at_the_shell_until_it_is_interrupted(tmp_path):
    words = [*COMMAND, "sagemaker-local", "--port", "0", "--folder", str(tmp_path)]
    with subprocess.Popen(words, stdout=subprocess.PIPE, text=True, env={**os.environ, "PYTHONUNBUFFERED": "1"}) as run:
        first = run.stdout.readline()
        assert first.startswith("# a loopback SageMaker at http://127.0.0.1:")
        lines = [first]
        while not lines[-1].startswith("# bucket"):
            lines.append(run.stdout.readline())
        time.sleep(0.2)
        run.send_signal(signal.SIGINT)
        rest = run.stdout.read()
    assert any(line.startswith("export AWS_ENDPOINT_URL") for line in lines)
    assert "ended" in rest
    assert run.returncode == 0


@pytest.mark.skipif(
    importlib.util.find_spec("sagemaker") is None,
    reason='sagemaker-core is not installed: pip install "rsnb[sagemaker]"',
)
def test_no_resources_are_nothing(tmp_path):
    with loopback.serve(folder=tmp_path) as service:
        words = [*COMMAND, "ml", "resources", "--region", loopback.REGION]
        ran = subprocess.run(words, env={**os.environ, **service.environment()}, capture_output=True, text=True)
    assert ran.stdout.strip() == "nothing", ran.stderr


def test_a_backend_says_which_options_it_needs():
    frame = pd.DataFrame({"x": np.arange(50.0), "y": np.arange(50) % 2})
    features = FeatureTable(frame, target="y")
    with pytest.raises(rsnb.ConfigError, match="sagemaker: it needs role, bucket"):
        LinearLearner("binary_classifier").fit(features, backend="sagemaker")
    with pytest.raises(rsnb.ConfigError, match="local: it has no option rolle"):
        LinearLearner("binary_classifier").fit(features, rolle="x")
