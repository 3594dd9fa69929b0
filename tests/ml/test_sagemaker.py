"""The sagemaker backend, and the unmodified SDK, against the loopback service.

The service stands in for AWS: its container is rsnb's local learner, and it checks no signature and no policy.
"""

from __future__ import annotations

import importlib.util
import io
import subprocess
import sys
import tarfile
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import boto3
import numpy as np
import pytest

from rsnb.errors import AuthError, Cancelled, ConfigError, ConnectionLost, MissingExtra, ModelError
from rsnb.ml import local, loopback, sagemaker
from rsnb.ml.data import Examples, Fitted
from rsnb.ml.learner import LinearLearner, Parts
from rsnb.ml.loopback import BUCKET, ROLE, Faults, Server
from rsnb.ml.metrics import evaluate
from rsnb.ml.sagemaker import Trained, artefact, jobs, payloads

needs_sdk = pytest.mark.skipif(
    importlib.util.find_spec("sagemaker") is None,
    reason='sagemaker-core is not installed: pip install "rsnb[sagemaker]"',
)
NAMES = tuple(f"x{i}" for i in range(10))
QUICK = {"poll": 0.02, "progress": lambda line: None}


def draw(rows: int, seed: int) -> Examples:
    rng = np.random.default_rng(seed)
    x = rng.normal(size=(rows, 10)) * np.arange(1, 11) + 5
    z = (x - 5) @ np.linspace(-0.4, 0.4, 10) - 1
    return Examples(x, (rng.random(rows) < 1 / (1 + np.exp(-z))).astype(float), NAMES)


@pytest.fixture(scope="module")
def parts() -> Parts:
    """20,000 rows of 10 columns."""
    return Parts(draw(14_000, 1), draw(2_000, 2), draw(4_000, 3))


@pytest.fixture(scope="module")
def service() -> Iterator[Server]:
    with loopback.serve() as server, pytest.MonkeyPatch.context() as patch:
        for name, value in server.environment().items():
            patch.setenv(name, value)
        yield server


@pytest.fixture(scope="module")
def session(service: Server) -> Any:
    return boto3.Session()


@pytest.fixture
def server(service: Server) -> Iterator[Server]:
    """The service with its faults taken back after the test."""
    yield service
    vars(service.faults).update(vars(Faults()))


@pytest.fixture
def options(server: Server, session: Any) -> dict[str, Any]:
    return {"role": ROLE, "bucket": BUCKET, "session": session, **QUICK}


def small() -> Parts:
    return Parts(draw(1_200, 1), draw(300, 2))


def fitted(options: dict[str, Any], **more: Any) -> Trained:
    return sagemaker.fit(LinearLearner(), small(), **{**options, **more})


def nothing_left(session: Any, server: Server, model: str) -> bool:
    found = sagemaker.list_resources(session=session)
    left = found[(found["model"] == model) & (found["kind"] != "transform job")]
    return left.empty and not list(server.storage.list(BUCKET, f"rsnb/{model}/"))


@needs_sdk
class TestFlow:
    def test_fit_deploy_predict_transform_delete(
        self, options: dict[str, Any], session: Any, server: Server, parts: Parts
    ) -> None:
        lines: list[str] = []
        learner = LinearLearner(binary_classifier_model_selection_criteria="f1", wd=1e-5)
        trained = sagemaker.fit(learner, parts, **{**options, "progress": lines.append}, name="Readmission in 30 days")
        here = local.fit(learner, parts)
        assert trained.fitted is not None
        np.testing.assert_allclose(trained.fitted.weights, here.weights, rtol=1e-4, atol=1e-6)
        assert trained.fitted.threshold == pytest.approx(here.threshold, abs=1e-4)
        assert trained.name.startswith("rsnb-readmission-in-30-days-")
        assert any("Completed" in line for line in lines)
        assert len(lines) < 12

        sagemaker.deploy(trained, **QUICK)
        scores, labels = sagemaker.predict(trained, parts.test.x)
        wanted = local_scores(here, parts.test.x)
        np.testing.assert_allclose(scores[:, 0], wanted, atol=1e-5)
        found, best = (
            evaluate("binary_classifier", parts.test.y, s, labels, 1.0, True) for s in (scores[:, 0], wanted)
        )
        assert found["roc_auc"].value == pytest.approx(best["roc_auc"].value, abs=1e-3)
        again, same = sagemaker.transform(trained, parts.test.x, **QUICK)
        np.testing.assert_array_equal(again, scores)
        np.testing.assert_array_equal(same, labels)

        done = sagemaker.delete(trained)
        assert [what.split(" rsnb-")[0] for what in done[:-1]] == [
            "the endpoint",
            "the endpoint configuration",
            "the model",
            "the training job",
        ]
        assert nothing_left(session, server, trained.name)
        assert sagemaker.delete(trained) == []

    def test_the_learner_runs_it(self, options: dict[str, Any], parts: Parts) -> None:
        learner = LinearLearner()
        model = learner.fit(parts, backend="sagemaker", **options)
        learner.deploy(**QUICK)
        assert len(model.predict(parts.test)) == 4_000
        assert learner.delete()

    @pytest.mark.parametrize("kind", ["regressor", "multiclass_classifier"])
    def test_the_other_predictor_types(self, options: dict[str, Any], kind: str) -> None:
        given = draw(1_500, 4)
        y = given.x @ np.ones(10) if kind == "regressor" else np.digitize(given.x[:, 9], [0, 10]).astype(float)
        features = Parts(replace(given, y=y))
        trained = sagemaker.fit(LinearLearner(kind), features, **options)
        sagemaker.deploy(trained, **QUICK)
        scores, labels = sagemaker.predict(trained, given.x)
        if kind == "regressor":
            assert labels is None
            assert np.corrcoef(scores[:, 0], y)[0, 1] > 0.999
        else:
            assert labels is not None
            assert scores.shape == (1_500, 3)
            np.testing.assert_array_equal(labels, scores.argmax(axis=1))
        sagemaker.delete(trained)

    def test_metrics_are_those_of_the_job(self, options: dict[str, Any]) -> None:
        trained = fitted(options)
        assert {
            "train:objective_loss",
            "validation:roc_auc_score",
            "validation:binary_f_beta",
        } <= trained.metrics.keys()
        assert trained.fitted is not None
        assert trained.fitted.metrics == trained.metrics
        sagemaker.delete(trained)

    def test_rows_that_were_unloaded_are_not_uploaded(self, options: dict[str, Any], server: Server) -> None:
        rows = draw(1_500, 1)
        held = io.StringIO()
        np.savetxt(held, np.column_stack([rows.y, rows.x]), delimiter=",", fmt="%.9g")
        server.storage.put(BUCKET, "unloaded/0000_part_00", [held.getvalue().encode()])
        trained = fitted(options, unloaded={"train": f"s3://{BUCKET}/unloaded/"})
        assert trained.fitted is not None
        sagemaker.delete(trained)
        assert server.storage.get(BUCKET, "unloaded/0000_part_00").size

    def test_many_rows_go_in_several_requests(
        self, options: dict[str, Any], parts: Parts, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        trained = fitted(options)
        sagemaker.deploy(trained, **QUICK)
        whole, _ = sagemaker.predict(trained, parts.test.x)
        monkeypatch.setattr(payloads, "BODY", 50_000)
        assert len(list(payloads.bodies(parts.test.x, 1))) > 5
        np.testing.assert_array_equal(sagemaker.predict(trained, parts.test.x)[0], whole)
        monkeypatch.setattr(payloads, "SHARD", 50_000)
        np.testing.assert_array_equal(sagemaker.transform(trained, parts.test.x, **QUICK)[0], whole)
        sagemaker.delete(trained)


def local_scores(fitted: Fitted, x: np.ndarray) -> np.ndarray:
    return np.asarray(1 / (1 + np.exp(-(x @ fitted.weights[:, 0] + fitted.bias[0]))))


@needs_sdk
class TestResources:
    def test_all_are_tagged_and_listed(self, options: dict[str, Any], session: Any) -> None:
        trained = fitted(options, project="wards", tags={"team": "quality"})
        sagemaker.deploy(trained, **QUICK)
        frame = sagemaker.list_resources(session=session)
        mine = frame[frame["model"] == trained.name].set_index("kind")
        assert set(mine.index) == {"endpoint", "endpoint configuration", "model", "training job"}
        assert set(mine["project"]) == {"wards"}
        assert "until it is deleted" in mine.loc["endpoint", "cost"]
        assert mine.loc["training job", "cost"] == "nothing"
        tags = trained.account.client.list_tags(ResourceArn=mine.loc["endpoint", "arn"])["Tags"]
        assert {tag["Key"]: tag["Value"] for tag in tags} == {
            "rsnb:project": "wards",
            "rsnb:model": trained.name,
            "team": "quality",
        }
        sagemaker.delete(trained.name, session=session)

    def test_what_others_made_is_left_alone(self, options: dict[str, Any], session: Any, server: Server) -> None:
        trained = fitted(options)
        container = {"Image": trained.account.image, "ModelDataUrl": trained.artefact}
        client = session.client("sagemaker")
        client.create_model(ModelName="rsnb-not-ours", ExecutionRoleArn=ROLE, PrimaryContainer=container)
        server.storage.put(BUCKET, f"rsnb/{trained.name}-other/data", [b"keep"])
        sagemaker.delete(trained.name, session=session)
        assert nothing_left(session, server, trained.name)
        assert client.describe_model(ModelName="rsnb-not-ours")
        assert server.storage.read(BUCKET, f"rsnb/{trained.name}-other/data") == b"keep"
        client.delete_model(ModelName="rsnb-not-ours")

    def test_a_model_is_found_again_by_its_name(self, options: dict[str, Any], session: Any, parts: Parts) -> None:
        trained = fitted(options, wait=False)
        assert trained.fitted is None
        again = sagemaker.finish(sagemaker.reopen(trained.name, session=session), **QUICK)
        assert again.fitted is not None
        sagemaker.deploy(again, **QUICK)
        third = sagemaker.reopen(trained.name, session=session)
        assert (third.endpoint, third.artefact) == (trained.name, again.artefact)
        assert third.metrics.keys() <= again.metrics.keys()
        assert sagemaker.predict(third, parts.test.x[:5])[0].shape == (5, 1)
        assert len(sagemaker.delete(third)) == 5

    def test_an_unknown_name(self, server: Server, session: Any) -> None:
        with pytest.raises(ModelError, match="there is no model nobody"):
            sagemaker.delete("nobody", session=session)


@needs_sdk
class TestFailures:
    def test_a_job_that_fails_gives_the_services_reason(self, options: dict[str, Any], server: Server) -> None:
        server.faults.training_fails = "Unable to read data channel 'train'"
        with pytest.raises(ModelError, match="failed: ClientError: Unable to read data channel 'train'") as raised:
            fitted(options)
        assert "CloudWatch" in str(raised.value.hint)
        assert "delete('rsnb-model-" in str(raised.value.hint)

    def test_a_job_that_runs_too_long(self, session: Any) -> None:
        with slow(2.0) as mine, pytest.raises(ModelError, match="MaxRuntimeExceeded") as raised:
            sagemaker.fit(LinearLearner(), small(), role=ROLE, bucket=BUCKET, session=mine, max_run=1, **QUICK)
        assert "max_run" in str(raised.value.hint)

    def test_an_endpoint_that_never_gets_in_service(
        self, options: dict[str, Any], server: Server, session: Any
    ) -> None:
        server.faults.endpoint_never_in_service = True
        trained = fitted(options)
        with pytest.raises(ModelError, match=r"still Creating after 0 s, and is billed") as raised:
            sagemaker.deploy(trained, max_wait=0.1, **QUICK)
        assert "delete" in str(raised.value.hint)
        with pytest.raises(ModelError, match="has no endpoint"):
            sagemaker.predict(trained, np.ones((1, 10)))
        with pytest.raises(ModelError, match="can't be deleted before it is") as raised:
            sagemaker.delete(trained)
        assert "billed until then" in str(raised.value.hint)
        server.faults.endpoint_never_in_service = False
        assert sagemaker.deploy(trained, **QUICK) == trained.name
        sagemaker.delete(trained)
        assert nothing_left(session, server, trained.name)

    def test_an_artefact_of_aws_is_not_read(self, options: dict[str, Any], server: Server) -> None:
        held = io.BytesIO()
        with tarfile.open(fileobj=held, mode="w:gz") as archive:
            archive.addfile(tarfile.TarInfo("model_algo-1"))
        trained, lines = fitted(options), []
        server.storage.put(BUCKET, f"rsnb/{trained.name}/output/model.tar.gz", [held.getvalue()])
        again = sagemaker.finish(replace(trained, fitted=None), poll=0.02, progress=lines.append)
        assert again.fitted is None
        assert "not read: predict through an endpoint" in lines[-1]
        with pytest.raises(ModelError, match=r"is Failed: .*MXNet"):
            sagemaker.deploy(again, **QUICK)
        sagemaker.delete(again)

    @pytest.mark.parametrize("call", ["PUT", "CreateTrainingJob", "DescribeTrainingJob", "GET"])
    def test_credentials_that_expire_while_training(
        self, options: dict[str, Any], server: Server, session: Any, call: str
    ) -> None:
        server.faults.expire_at = call
        with pytest.raises(AuthError, match="credentials have expired") as raised:
            fitted(options)
        message, hint = raised.value.message, str(raised.value.hint)
        assert "made by now" in message
        assert f"s3://{BUCKET}/rsnb/rsnb-model-" in message
        assert "log in again" in hint
        assert ("by now: the training job rsnb-model-" in message) == (call in ("DescribeTrainingJob", "GET"))
        assert ("aws s3 rm" in hint) == (call in ("PUT", "CreateTrainingJob"))

    @pytest.mark.parametrize(
        "call", ["CreateModel", "CreateEndpointConfig", "CreateEndpoint", "DescribeEndpoint", "POST"]
    )
    def test_credentials_that_expire_later(
        self, options: dict[str, Any], server: Server, session: Any, call: str
    ) -> None:
        trained = fitted(options)
        server.faults.expire_at = call
        with pytest.raises(AuthError, match="credentials have expired") as raised:
            sagemaker.deploy(trained, **QUICK)
            sagemaker.predict(trained, np.ones((1, 10)))
        made = {"CreateModel": "training job", "CreateEndpointConfig": "model", "CreateEndpoint": "configuration"}
        assert f"the {made.get(call, 'endpoint')}" in raised.value.message.replace(
            "endpoint configuration", "configuration"
        )
        assert f"delete('{trained.name}')" in str(raised.value.hint)
        vars(server.faults).update(vars(Faults()))
        sagemaker.delete(trained)
        assert nothing_left(session, server, trained.name)

    def test_an_interrupt_while_training_says_what_goes_on(self) -> None:
        def interrupt(line: str) -> None:
            if line.startswith("Starting"):
                raise KeyboardInterrupt

        with slow(30.0) as session:
            with pytest.raises(Cancelled, match="goes on and is billed until it ends") as raised:
                sagemaker.fit(
                    LinearLearner(), small(), role=ROLE, bucket=BUCKET, session=session, poll=0.02, progress=interrupt
                )
            (name,) = sagemaker.list_resources(session=session)["name"]
            assert f"aws sagemaker stop-training-job --training-job-name {name}" in str(raised.value.hint)
            assert f"the training job {name} (stopped" in sagemaker.delete(name, session=session)[0]
            deadline = time.monotonic() + 5
            while sagemaker.list_resources(session=session)["status"].iloc[0] != "Stopped":
                assert time.monotonic() < deadline
            sagemaker.delete(name, session=session)
            assert sagemaker.list_resources(session=session).empty

    def test_an_interrupt_while_deploying(self, options: dict[str, Any], server: Server) -> None:
        def interrupt(line: str) -> None:
            raise KeyboardInterrupt

        trained = fitted(options)
        with pytest.raises(Cancelled, match=r"billed until it is deleted; made by now: .*the endpoint rsnb-") as raised:
            sagemaker.deploy(trained, progress=interrupt)
        assert f"delete('{trained.name}')" in str(raised.value.hint)
        assert sagemaker.deploy(trained, **QUICK) == trained.name
        sagemaker.delete(trained)

    @pytest.mark.parametrize(
        ("change", "words"),
        [
            ({"role": "admin"}, "not the ARN of a role"),
            ({"bucket": "s3://mine"}, "not a bucket's name"),
            ({"name": "!!"}, "can't be named"),
            ({"region": "moon-1"}, "not in the region moon-1"),
        ],
    )
    def test_wrong_options(self, options: dict[str, Any], change: dict[str, str], words: str) -> None:
        with pytest.raises(ConfigError, match=words):
            fitted(options, **change)

    def test_a_bucket_that_is_not_there(self, options: dict[str, Any]) -> None:
        with pytest.raises(ModelError, match="NoSuchBucket"):
            fitted(options, bucket="no-such-bucket")

    def test_a_service_that_is_not_there(self, session: Any, monkeypatch: pytest.MonkeyPatch) -> None:
        for name, value in loopback_environment("http://127.0.0.1:9").items():
            monkeypatch.setenv(name, value)
        with pytest.raises(ConnectionLost):
            sagemaker.list_resources(session=boto3.Session())

    def test_weights_of_examples_are_refused(self, options: dict[str, Any]) -> None:
        features = Parts(replace(draw(1_200, 1), weight=np.ones(1_200)))
        with pytest.raises(ModelError, match="takes no weights"):
            sagemaker.fit(LinearLearner(), features, **options)

    def test_what_float32_can_not_hold_is_refused(self, options: dict[str, Any]) -> None:
        given = draw(1_200, 1)
        given.x[7, 3] = 1e39
        with pytest.raises(ModelError, match="x3 has a value that float32 can't hold"):
            sagemaker.fit(LinearLearner(), Parts(given), **options)


def loopback_environment(url: str) -> dict[str, str]:
    names = ("AWS_ENDPOINT_URL", "AWS_ENDPOINT_URL_SAGEMAKER", "AWS_ENDPOINT_URL_S3")
    return dict.fromkeys(names, url)


class slow:  # noqa: N801 - reads as a word in a with statement
    """A service whose states last, with a session of its own."""

    def __init__(self, pace: float) -> None:
        self.pace = pace

    def __enter__(self) -> Any:
        self.server = loopback.serve(pace=self.pace)
        self.patch = pytest.MonkeyPatch()
        for name, value in self.server.environment().items():
            self.patch.setenv(name, value)
        return boto3.Session()

    def __exit__(self, *error: object) -> None:
        self.patch.undo()
        self.server.close()


def test_without_the_sdk_the_extra_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "sagemaker.core.resources", None)
    with pytest.raises(MissingExtra) as raised:
        sagemaker.list_resources("us-east-1")
    assert raised.value.hint == 'pip install "rsnb[sagemaker]"'


def test_metrics_are_read_from_the_containers_log() -> None:
    """Lines as in published logs of the built-in algorithm."""
    head = "[07/22/2020 15:43:43 INFO 140037990479680] #quality_metric: host=algo-1,"
    log = f"""
{head} epoch=2, train binary_classification_cross_entropy_objective <loss>=0.31
{head} epoch=3, train binary_classification_cross_entropy_objective <loss>=0.29
{head} validation binary_classification_accuracy <score>=0.91
{head} validation binary_f_1.000 <score>=0.4
[07/22/2020 15:43:44 INFO 140037990479680] #progress_metric: host=algo-1, completed 20 % of epochs
"""
    assert jobs.metrics(log.splitlines()) == {
        "train:objective_loss": 0.29,
        "validation:binary_classification_accuracy": 0.91,
        "validation:binary_f_beta": 0.4,
    }


def test_the_artefact_comes_back_as_it_was() -> None:
    given = Fitted(np.array([[1.5], [-2.0]]), np.array([0.25]), threshold=0.4)
    read = artefact.unpack(artefact.pack(given, {"predictor_type": "binary_classifier"}))
    assert read is not None
    np.testing.assert_array_equal(read[0].weights, given.weights)
    assert (read[0].bias.tolist(), read[0].threshold, read[1]) == ([0.25], 0.4, {"predictor_type": "binary_classifier"})


NOTED = """
import io, json, sys
import numpy as np
import boto3
from sagemaker.core import image_uris
from sagemaker.core.resources import Endpoint, EndpointConfig, Model, TrainingJob
from sagemaker.core.shapes import (AlgorithmSpecification, Channel, ContainerDefinition, DataSource, OutputDataConfig,
    ProductionVariant, ResourceConfig, S3DataSource, StoppingCondition)
from rsnb.ml.recordio import write_recordio

rng = np.random.default_rng(0)
x = rng.normal(size=(20_000, 10)).astype("float32")
y = (rng.random(20_000) < 1 / (1 + np.exp(-x.sum(axis=1)))).astype("float32")
held = io.BytesIO()
write_recordio(held, x, y)
boto3.client("s3").upload_fileobj(io.BytesIO(held.getvalue()), "rsnb-local", "train/part-0")
image = image_uris.retrieve("linear-learner", "us-east-1")
source = S3DataSource(s3_data_type="S3Prefix", s3_uri="s3://rsnb-local/train/",
                      s3_data_distribution_type="FullyReplicated")
role = "arn:aws:iam::000000000000:role/rsnb-local"
job = TrainingJob.create(
    training_job_name="noted", role_arn=role,
    algorithm_specification=AlgorithmSpecification(training_image=image, training_input_mode="File"),
    hyper_parameters={"predictor_type": "binary_classifier", "feature_dim": "10", "mini_batch_size": "1000"},
    input_data_config=[Channel(channel_name="train", content_type="application/x-recordio-protobuf",
                               data_source=DataSource(s3_data_source=source))],
    output_data_config=OutputDataConfig(s3_output_path="s3://rsnb-local/model"),
    resource_config=ResourceConfig(instance_type="ml.m5.large", instance_count=1, volume_size_in_gb=10),
    stopping_condition=StoppingCondition(max_runtime_in_seconds=3600))
job.wait(poll=1, logs=True)
Model.create(model_name="noted", execution_role_arn=role, primary_container=ContainerDefinition(
    image=image, model_data_url=job.model_artifacts.s3_model_artifacts))
EndpointConfig.create(endpoint_config_name="noted", production_variants=[ProductionVariant(
    variant_name="AllTraffic", model_name="noted", initial_instance_count=1, instance_type="ml.m5.large",
    initial_variant_weight=1.0)])
endpoint = Endpoint.create(endpoint_name="noted", endpoint_config_name="noted")
endpoint.wait_for_status("InService", poll=1)
def scores(body, kind):
    given = endpoint.invoke(body=body, content_type=kind, accept="application/json")
    return [p["score"] for p in json.loads(given.body.read())["predictions"]]
rows = x[:500]
held = io.BytesIO()
write_recordio(held, rows)
text = "\\n".join(",".join(repr(float(v)) for v in row) for row in rows)
instances = {"instances": [{"features": row} for row in rows.astype(float).tolist()]}
found = [scores(held.getvalue(), "application/x-recordio-protobuf"), scores(text, "text/csv"),
         scores(json.dumps(instances), "application/json")]
assert found[0] == found[1] == found[2]
assert np.corrcoef(found[0], rows.sum(axis=1))[0, 1] > 0.9
for each in (endpoint, EndpointConfig.get("noted"), Model.get("noted")):
    each.delete()
job.delete()
assert [*TrainingJob.get_all(), *Endpoint.get_all()] == []
"""

WHOLE = """
import numpy as np
from rsnb.errors import ModelError
from rsnb.ml.data import Examples
from rsnb.ml.learner import LinearLearner, Parts
from rsnb.ml import sagemaker
rng = np.random.default_rng(0)
x = rng.normal(size=(3_000, 4))
y = (x[:, 0] + rng.normal(size=3_000) > 0).astype(float)
learner, options = LinearLearner(), {"role": "arn:aws:iam::000000000000:role/rsnb-local", "bucket": "rsnb-local"}
learner.fit(Examples(x, y, ("a", "b", "c", "d")), backend="sagemaker", poll=0.02, **options)
learner.deploy(poll=0.02)
learner.predict(Examples(x, y, ("a", "b", "c", "d")))
sagemaker.transform(learner.trained, x, poll=0.02)
sagemaker.list_resources()
learner.delete()
server.faults.training_fails = "Patient 4711 is not a number"
try:
    learner.fit(Examples(x, y, ("a", "b", "c", "d")), backend="sagemaker", poll=0.02, **options)
except ModelError as exc:
    assert "4711" in str(exc)
else:
    raise AssertionError
"""

WATCHED = """
import os, socket, sys
seen = set()
def watch(event, arguments):
    if event == "socket.connect":
        seen.add(str(arguments[1][0] if isinstance(arguments[1], tuple) else arguments[1]))
    elif event in ("socket.getaddrinfo", "socket.gethostbyname", "socket.gethostbyaddr"):
        seen.add(str(arguments[0]))
    elif event in ("socket.sendto", "socket.sendmsg"):
        seen.add(str(arguments[1]))
sys.addaudithook(watch)
from rsnb.ml import loopback
with loopback.serve() as server:
    os.environ.update(server.environment())
    exec(open(sys.argv[1]).read())
print("seen:", *sorted(seen))
"""


def watched(code: str, folder: Path) -> set[str]:
    """Every address that a program connects to or asks the resolver for, as it runs beside a loopback service."""
    (folder / "code.py").write_text(code)
    ran = subprocess.run(
        [sys.executable, "-W", "error", "-c", WATCHED, str(folder / "code.py")],
        capture_output=True,
        text=True,
        env={"PATH": "", "HOME": str(folder)},
        timeout=180,
    )
    assert ran.returncode == 0, ran.stderr
    return set(ran.stdout.rpartition("seen:")[2].split())


@needs_sdk
@pytest.mark.parametrize("code", [NOTED, WHOLE], ids=["the SDK unmodified", "the whole flow"])
def test_nothing_leaves_for_another_address(code: str, tmp_path: Path) -> None:
    assert watched(code, tmp_path) == {"127.0.0.1"}


def test_the_watch_sees_an_address(tmp_path: Path) -> None:
    code = "try:\n    socket.getaddrinfo('telemetry.invalid', 443)\nexcept OSError:\n    pass"
    assert watched(code, tmp_path) == {"telemetry.invalid"}


@needs_sdk
def test_a_log_that_can_not_be_read_is_no_failure(options: dict[str, Any], monkeypatch: pytest.MonkeyPatch) -> None:
    from botocore.exceptions import ClientError

    def denied(log: jobs.Log) -> list[str]:
        raise ClientError(
            {"Error": {"Code": "AccessDeniedException", "Message": "no logs for you"}}, "DescribeLogStreams"
        )

    monkeypatch.setattr(jobs.Log, "_streams", denied)
    lines: list[str] = []
    trained = fitted({**options, "progress": lines.append})
    assert "validation:roc_auc_score" in trained.metrics
    assert any("can't be read (no logs for you)" in line for line in lines)
    sagemaker.delete(trained)
