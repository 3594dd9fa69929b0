"""The loopback SageMaker, spoken to by boto3 alone: names, states, errors, formats, objects."""

from __future__ import annotations

import io
import json
import tarfile
import time
from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path
from typing import Any

import boto3
import numpy as np
import pytest
from botocore.config import Config
from botocore.exceptions import ClientError

from rsnb.errors import ConfigError
from rsnb.ml import loopback
from rsnb.ml.loopback import BUCKET, ROLE, Faults, Server
from rsnb.ml.recordio import write_recordio

IMAGE = "382416733822.dkr.ecr.us-east-1.amazonaws.com/linear-learner:1"
RECORDIO = "application/x-recordio-protobuf"
KEYS = {"aws_access_key_id": "loopback", "aws_secret_access_key": "loopback", "region_name": "us-east-1"}


@cache
def session() -> Any:
    """One for all tests: it keeps the service models that it has read."""
    return boto3.Session(**KEYS)


class Aws:
    """boto3 clients of a loopback service, without retries."""

    def __init__(self, server: Server) -> None:
        self.server = server
        self.session = session()
        self.clients: dict[str, Any] = {}

    def __getattr__(self, name: str) -> Any:
        if name not in self.clients:
            config = Config(retries={"max_attempts": 1}, parameter_validation=False)
            service = name.replace("_", "-")
            self.clients[name] = self.session.client(service, endpoint_url=self.server.url, config=config)
        return self.clients[name]

    def close(self) -> None:
        for client in self.clients.values():
            client.close()


@pytest.fixture
def opened(tmp_path: Path) -> Iterator[Callable[..., Aws]]:
    """Starts services, and ends them with the test."""
    found: list[Aws] = []

    def start(**options: Any) -> Aws:
        found.append(Aws(loopback.serve(folder=tmp_path / f"objects{len(found)}", **options)))
        return found[-1]

    yield start
    for aws in found:
        aws.close()
        aws.server.close()


@pytest.fixture
def aws(opened: Callable[..., Aws]) -> Aws:
    return opened()


def examples(kind: str = "binary_classifier", rows: int = 2000) -> tuple[np.ndarray, np.ndarray]:
    rng = np.random.default_rng(7)
    x = rng.normal(size=(rows, 3))
    z = x @ [1.0, -2.0, 0.5] + 0.3
    if kind == "regressor":
        return x, z + rng.normal(size=rows) * 0.1
    if kind == "multiclass_classifier":
        return x, np.digitize(z + rng.logistic(size=rows), [-1, 1]).astype(float)
    return x, (rng.random(rows) < 1 / (1 + np.exp(-z))).astype(float)


def recordio(x: np.ndarray, y: np.ndarray | None = None) -> bytes:
    held = io.BytesIO()
    write_recordio(held, x.astype(np.float32), None if y is None else y.astype(np.float32))
    return held.getvalue()


def csv(*columns: np.ndarray) -> bytes:
    held = io.StringIO()
    np.savetxt(held, np.column_stack([np.asarray(c, np.float32) for c in columns]), delimiter=",", fmt="%.9g")
    return held.getvalue().encode()


def put(aws: Aws, key: str, body: bytes) -> str:
    aws.s3.put_object(Bucket=BUCKET, Key=key, Body=body)
    return f"s3://{BUCKET}/{key}"


def request(
    address: str, name: str = "job", kind: str = RECORDIO, hyper: dict[str, str] | None = None
) -> dict[str, Any]:
    source = {"S3DataSource": {"S3DataType": "S3Prefix", "S3Uri": address}}
    return {
        "TrainingJobName": name,
        "RoleArn": ROLE,
        "AlgorithmSpecification": {"TrainingImage": IMAGE, "TrainingInputMode": "File"},
        "HyperParameters": {"predictor_type": "binary_classifier"} if hyper is None else hyper,
        "InputDataConfig": [{"ChannelName": "train", "ContentType": kind, "DataSource": source}],
        "OutputDataConfig": {"S3OutputPath": f"s3://{BUCKET}/models"},
        "ResourceConfig": {"InstanceType": "ml.m5.large", "InstanceCount": 1, "VolumeSizeInGB": 10},
        "StoppingCondition": {"MaxRuntimeInSeconds": 60},
    }


def ended(aws: Aws, name: str = "job", seconds: float = 20) -> dict[str, Any]:
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        job: dict[str, Any] = aws.sagemaker.describe_training_job(TrainingJobName=name)
        if job["TrainingJobStatus"] in ("Completed", "Failed", "Stopped"):
            return job
        time.sleep(0.01)
    raise AssertionError(f"{name} did not end")


def trained(aws: Aws, kind: str = "binary_classifier", name: str = "job", **hyper: str) -> dict[str, Any]:
    address = put(aws, f"{name}/train", recordio(*examples(kind)))
    aws.sagemaker.create_training_job(**request(address, name, hyper={"predictor_type": kind, **hyper}))
    return ended(aws, name)


def modelled(aws: Aws, job: dict[str, Any], name: str = "model") -> None:
    data = job["ModelArtifacts"]["S3ModelArtifacts"]
    container = {"Image": IMAGE, "ModelDataUrl": data}
    aws.sagemaker.create_model(ModelName=name, ExecutionRoleArn=ROLE, PrimaryContainer=container)


def deployed(aws: Aws, job: dict[str, Any], name: str = "model") -> None:
    modelled(aws, job, name)
    variant = {"VariantName": "AllTraffic", "ModelName": name, "InstanceType": "ml.m5.large", "InitialInstanceCount": 1}
    aws.sagemaker.create_endpoint_config(EndpointConfigName=name, ProductionVariants=[variant])
    aws.sagemaker.create_endpoint(EndpointName=name, EndpointConfigName=name)
    aws.sagemaker.get_waiter("endpoint_in_service").wait(EndpointName=name, WaiterConfig={"Delay": 0.02})


def invoke(aws: Aws, body: bytes, kind: str, accept: str = "application/json", name: str = "model") -> bytes:
    given = aws.sagemaker_runtime.invoke_endpoint(EndpointName=name, Body=body, ContentType=kind, Accept=accept)
    return bytes(given["Body"].read())


def refused(call: Callable[..., Any], code: str, *words: str, **arguments: Any) -> dict[str, Any]:
    with pytest.raises(ClientError) as raised:
        call(**arguments)
    error: dict[str, Any] = raised.value.response
    assert error["Error"]["Code"] == code, error
    assert all(word in error["Error"]["Message"] for word in words), error
    return error


class TestTraining:
    def test_a_job_trains_and_says_how_it_went(self, opened: Callable[..., Aws]) -> None:
        aws = opened(pace=0.15)
        address = put(aws, "train", recordio(*examples()))
        aws.sagemaker.create_training_job(**request(address))
        first = aws.sagemaker.describe_training_job(TrainingJobName="job")
        assert (first["TrainingJobStatus"], first["SecondaryStatus"]) == ("InProgress", "Starting")
        job = ended(aws)
        assert (job["TrainingJobStatus"], job["SecondaryStatus"]) == ("Completed", "Completed")
        steps = [step["Status"] for step in job["SecondaryStatusTransitions"]]
        assert steps == ["Starting", "Downloading", "Training", "Uploading", "Completed"]
        assert job["TrainingTimeInSeconds"] >= 1
        measured = {m["MetricName"]: m["Value"] for m in job["FinalMetricDataList"]}
        assert measured["train:roc_auc_score"] > 0.88
        assert {"train:objective_loss", "train:objective_loss:final", "train:binary_f_beta"} <= measured.keys()

    def test_the_artefact_is_rsnbs_own(self, aws: Aws) -> None:
        address = trained(aws)["ModelArtifacts"]["S3ModelArtifacts"]
        assert address == f"s3://{BUCKET}/models/job/output/model.tar.gz"
        body = aws.s3.get_object(Bucket=BUCKET, Key="models/job/output/model.tar.gz")["Body"].read()
        with tarfile.open(fileobj=io.BytesIO(body)) as archive:
            (name,) = archive.getnames()
            held = archive.extractfile(name)
            assert held is not None
            weights = np.array(json.load(held)["weights"])
        assert weights.shape == (3, 1)
        assert np.sign(weights[:, 0]).tolist() == [1, -1, 1]

    def test_csv_and_recordio_train_the_same(self, aws: Aws) -> None:
        x, y = examples()
        for name, body, kind in (("r", recordio(x, y), RECORDIO), ("c", csv(y, x), "text/csv")):
            aws.sagemaker.create_training_job(**request(put(aws, f"{name}/train", body), name, kind))
            ended(aws, name)
        artefacts = [aws.s3.get_object(Bucket=BUCKET, Key=f"models/{n}/output/model.tar.gz") for n in "rc"]
        assert len({found["Body"].read() for found in artefacts}) == 1

    def test_the_log_is_in_the_documented_format(self, aws: Aws) -> None:
        trained(aws)
        group = "/aws/sagemaker/TrainingJobs"
        (stream,) = aws.logs.describe_log_streams(logGroupName=group, logStreamNamePrefix="job/")["logStreams"]
        name = stream["logStreamName"]
        assert name.startswith("job/algo-1-")
        page = aws.logs.get_log_events(logGroupName=group, logStreamName=name, startFromHead=True)
        text = "\n".join(event["message"] for event in page["events"])
        assert (
            "#quality_metric: host=algo-1, epoch=0, train binary_classification_cross_entropy_objective <loss>=" in text
        )
        assert "#progress_metric: host=algo-1, completed 100.0 %" in text
        assert "#quality_metric: host=algo-1, train roc_auc_score <score>=" in text
        token = page["nextForwardToken"]
        again = aws.logs.get_log_events(logGroupName=group, logStreamName=name, nextToken=token)
        assert (again["events"], again["nextForwardToken"]) == ([], token)

    def test_stop(self, opened: Callable[..., Aws]) -> None:
        aws = opened(pace=30.0)
        aws.sagemaker.create_training_job(**request(put(aws, "train", recordio(*examples()))))
        refused(aws.sagemaker.delete_training_job, "ResourceInUse", "InProgress", TrainingJobName="job")
        aws.sagemaker.stop_training_job(TrainingJobName="job")
        job = ended(aws)
        assert (job["TrainingJobStatus"], job["SecondaryStatus"]) == ("Stopped", "Stopped")
        refused(aws.sagemaker.stop_training_job, "ValidationException", "Stopped", TrainingJobName="job")
        aws.sagemaker.delete_training_job(TrainingJobName="job")
        refused(aws.sagemaker.describe_training_job, "ValidationException", "not found", TrainingJobName="job")

    def test_the_longest_run_is_kept(self, opened: Callable[..., Aws]) -> None:
        aws = opened(pace=5.0)
        asked = request(put(aws, "train", recordio(*examples())))
        asked["StoppingCondition"] = {"MaxRuntimeInSeconds": 1}
        aws.sagemaker.create_training_job(**asked)
        assert ended(aws)["SecondaryStatus"] == "MaxRuntimeExceeded"

    @pytest.mark.parametrize(
        ("hyper", "reason"),
        [
            ({"predictor_type": "binary_classifier", "learning_rat": "0.1"}, "learning_rat"),
            ({"predictor_type": "binary_classifier", "wd": "-1"}, "wd"),
            ({"predictor_type": "classifier"}, "classifier"),
            ({}, "predictor type"),
            ({"predictor_type": "binary_classifier", "feature_dim": "4"}, "feature_dim"),
            ({"predictor_type": "binary_classifier", "mini_batch_size": "5000"}, "mini-batch size is too high"),
            ({"predictor_type": "multiclass_classifier", "num_classes": "3"}, ""),
        ],
    )
    def test_wrong_hyperparameters_fail_the_job(self, aws: Aws, hyper: dict[str, str], reason: str) -> None:
        aws.sagemaker.create_training_job(**request(put(aws, "train", recordio(*examples())), hyper=hyper))
        job = ended(aws)
        if not reason:  # two of three classes are there: the learner takes that
            assert job["TrainingJobStatus"] in ("Completed", "Failed")
            return
        assert job["TrainingJobStatus"] == "Failed"
        assert job["FailureReason"].startswith("ClientError: ")
        assert reason in job["FailureReason"]

    @pytest.mark.parametrize(
        ("body", "kind", "reason"),
        [
            (b"", RECORDIO, "No S3 objects found"),
            (b"label,a\n1,2\n", "text/csv", "train"),
            (b"1,2,3\n1,2\n", "text/csv", "train"),
            (b"1,2,\n0,1,1\n", "text/csv", "train"),
            (b"not recordio", RECORDIO, "train"),
            (b"1,nan\n0,1\n", "text/csv", "NaN"),
            (b"1 2", "text/plain", "text/plain"),
        ],
    )
    def test_wrong_data_fails_the_job(self, aws: Aws, body: bytes, kind: str, reason: str) -> None:
        aws.sagemaker.create_training_job(**request(put(aws, "train", body), kind=kind))
        job = ended(aws)
        assert job["TrainingJobStatus"] == "Failed"
        assert reason in job["FailureReason"]

    @pytest.mark.parametrize(
        ("change", "words"),
        [
            ({"TrainingJobName": "a_b"}, "regular expression pattern"),
            ({"TrainingJobName": "a" * 64}, "less than or equal to 63"),
            ({"TrainingJobName": ""}, "not be null"),
            ({"RoleArn": "admin"}, "roleArn"),
            ({"AlgorithmSpecification": {"TrainingImage": "xgboost"}}, "linear-learner"),
            ({"OutputDataConfig": {"S3OutputPath": "/tmp"}}, "s3://"),
            ({"InputDataConfig": []}, "inputDataConfig"),
            ({"Tags": [{"Key": "a|b", "Value": "c"}]}, "key"),
        ],
    )
    def test_wrong_requests_are_refused(self, aws: Aws, change: dict[str, Any], words: str) -> None:
        asked = {**request(f"s3://{BUCKET}/train"), **change}
        refused(aws.sagemaker.create_training_job, "ValidationException", words, **asked)


class TestResources:
    def test_a_name_is_there_once(self, aws: Aws) -> None:
        job = trained(aws)
        refused(aws.sagemaker.create_training_job, "ResourceInUse", "unique", **request(f"s3://{BUCKET}/x"))
        deployed(aws, job)
        with pytest.raises(ClientError, match="already existing model"):
            modelled(aws, job)
        refused(
            aws.sagemaker.create_endpoint,
            "ValidationException",
            "already existing endpoint",
            EndpointName="model",
            EndpointConfigName="model",
        )

    @pytest.mark.parametrize(
        ("call", "arguments", "words"),
        [
            ("describe_model", {"ModelName": "x"}, "Could not find model"),
            ("delete_model", {"ModelName": "x"}, "Could not find model"),
            ("describe_endpoint", {"EndpointName": "x"}, 'Could not find endpoint "arn:aws:sagemaker:us-east-1'),
            ("delete_endpoint_config", {"EndpointConfigName": "x"}, "endpoint configuration"),
            ("create_endpoint", {"EndpointName": "x", "EndpointConfigName": "y"}, "endpoint configuration"),
            ("describe_transform_job", {"TransformJobName": "x"}, "Could not find"),
            ("stop_training_job", {"TrainingJobName": "x"}, "not found"),
            ("list_tags", {"ResourceArn": "arn:aws:sagemaker:us-east-1:000000000000:model/x"}, "Could not find"),
        ],
    )
    def test_what_is_not_there(self, aws: Aws, call: str, arguments: dict[str, str], words: str) -> None:
        refused(getattr(aws.sagemaker, call), "ValidationException", words, **arguments)

    def test_a_model_needs_its_artefact(self, aws: Aws) -> None:
        job = {"ModelArtifacts": {"S3ModelArtifacts": f"s3://{BUCKET}/none/model.tar.gz"}}
        with pytest.raises(ClientError, match="Could not access model data"):
            modelled(aws, job)

    def test_an_artefact_of_another_maker_fails_the_endpoint(self, aws: Aws) -> None:
        held = io.BytesIO()
        with tarfile.open(fileobj=held, mode="w:gz") as archive:
            archive.addfile(tarfile.TarInfo("model_algo-1"))
        modelled(aws, {"ModelArtifacts": {"S3ModelArtifacts": put(aws, "mxnet/model.tar.gz", held.getvalue())}})
        variant = {"VariantName": "A", "ModelName": "model", "InstanceType": "ml.m5.large", "InitialInstanceCount": 1}
        aws.sagemaker.create_endpoint_config(EndpointConfigName="model", ProductionVariants=[variant])
        aws.sagemaker.create_endpoint(EndpointName="model", EndpointConfigName="model")
        while (found := aws.sagemaker.describe_endpoint(EndpointName="model"))["EndpointStatus"] == "Creating":
            time.sleep(0.01)
        assert found["EndpointStatus"] == "Failed"
        assert "MXNet" in found["FailureReason"]

    def test_lists_are_filtered_sorted_and_paged(self, aws: Aws) -> None:
        job = trained(aws)
        for i in range(12):
            modelled(aws, job, f"{'odd' if i % 2 else 'even'}-{i:02}")
        pages = aws.sagemaker.get_paginator("list_models").paginate(SortBy="Name", SortOrder="Ascending")
        names = [[m["ModelName"] for m in page["Models"]] for page in pages]
        assert [len(page) for page in names] == [10, 2]
        assert names == [sorted(names[0]), sorted(names[1])]
        assert names[0][-1] < names[1][0]
        assert len(aws.sagemaker.list_models(NameContains="odd")["Models"]) == 6
        assert aws.sagemaker.list_training_jobs(StatusEquals="Failed")["TrainingJobSummaries"] == []
        assert len(aws.sagemaker.list_training_jobs(StatusEquals="Completed")["TrainingJobSummaries"]) == 1

    def test_tags(self, aws: Aws) -> None:
        asked = request(put(aws, "train", recordio(*examples())))
        arn = aws.sagemaker.create_training_job(**asked, Tags=[{"Key": "a", "Value": "1"}])["TrainingJobArn"]
        aws.sagemaker.add_tags(ResourceArn=arn, Tags=[{"Key": "b", "Value": "2"}])
        aws.sagemaker.delete_tags(ResourceArn=arn, TagKeys=["a"])
        assert aws.sagemaker.list_tags(ResourceArn=arn)["Tags"] == [{"Key": "b", "Value": "2"}]


class TestPredictions:
    def test_all_formats_give_the_same_scores(self, aws: Aws) -> None:
        deployed(aws, trained(aws))
        x, _ = examples(rows=50)
        x = x.astype(np.float32)
        rows = x.astype(float).tolist()
        wrapped = [{"data": {"features": {"values": row}}} for row in rows]
        sparse = [{"data": {"features": {"keys": [2, 0, 1], "shape": [3], "values": [r[2], r[0], r[1]]}}} for r in rows]
        bodies = {
            "csv": (csv(x), "text/csv"),
            "recordio": (recordio(x), RECORDIO),
            "json": (json.dumps({"instances": [{"features": row} for row in rows]}).encode(), "application/json"),
            "json data": (json.dumps({"instances": wrapped}).encode(), "application/json"),
            "json sparse": (json.dumps({"instances": sparse}).encode(), "application/json"),
            "lines": ("\n".join(json.dumps(row) for row in wrapped).encode(), "application/jsonlines"),
        }
        found = {name: json.loads(invoke(aws, *body))["predictions"] for name, body in bodies.items()}
        assert all(predictions == found["csv"] for predictions in found.values())
        assert set(found["csv"][0]) == {"score", "predicted_label"}

    def test_all_answers_say_the_same(self, aws: Aws) -> None:
        deployed(aws, trained(aws))
        body = csv(examples(rows=20)[0])
        wanted = json.loads(invoke(aws, body, "text/csv"))["predictions"]
        lines = invoke(aws, body, "text/csv", "application/jsonlines").splitlines()
        assert [json.loads(line) for line in lines] == wanted
        records = invoke(aws, body, "text/csv", RECORDIO)
        assert len(records) % len(wanted) == 0
        assert records[:4] == (0xCED7230A).to_bytes(4, "little")
        scores = np.array([p["score"] for p in wanted], "<f4")
        assert all(score.tobytes() in records for score in scores)

    @pytest.mark.parametrize(
        ("kind", "shape"), [("multiclass_classifier", list), ("regressor", float), ("binary_classifier", float)]
    )
    def test_each_predictor_type_has_its_answer(self, aws: Aws, kind: str, shape: type) -> None:
        more = {"num_classes": "3"} if kind == "multiclass_classifier" else {}
        deployed(aws, trained(aws, kind, **more))
        (found,) = json.loads(invoke(aws, b"0.5,-1,2\n", "text/csv"))["predictions"]
        assert isinstance(found["score"], shape)
        assert ("predicted_label" in found) == (kind != "regressor")
        if kind == "multiclass_classifier":
            assert sum(found["score"]) == pytest.approx(1)
            assert found["predicted_label"] == int(np.argmax(found["score"]))
        records = invoke(aws, b"0.5,-1,2\n", "text/csv", RECORDIO)
        assert np.array(found["score"], "<f4").tobytes() in records

    @pytest.mark.parametrize(
        ("body", "kind", "accept", "status", "words"),
        [
            (b"1,2\n", "text/csv", "application/json", 400, "2 features, the model has 3"),
            (b"a,b,c\n", "text/csv", "application/json", 400, "Unable to decode payload"),
            (b"", "text/csv", "application/json", 400, "Unable to decode payload"),
            (b"1,true,3\n", "text/csv", "application/json", 400, "Unable to decode payload"),
            (b"1,,3\n", "text/csv", "application/json", 400, "Unable to decode payload"),
            (b"1,nan,3\n", "text/csv", "application/json", 400, "NaN"),
            (b'{"rows": []}', "application/json", "application/json", 400, "instances"),
            (b"1,2,3\n", "text/plain", "application/json", 415, "not supported"),
            (b"1,2,3\n", "text/csv", "text/html", 406, "not supported"),
        ],
    )
    def test_a_wrong_body_is_a_model_error(
        self, aws: Aws, body: bytes, kind: str, accept: str, status: int, words: str
    ) -> None:
        deployed(aws, trained(aws))
        with pytest.raises(ClientError) as raised:
            invoke(aws, body, kind, accept)
        error = raised.value.response
        assert error["Error"]["Code"] == "ModelError"
        assert error["OriginalStatusCode"] == status
        assert words in error["OriginalMessage"]
        assert "Received client error" in error["Error"]["Message"]

    def test_only_an_endpoint_in_service_answers(self, opened: Callable[..., Aws]) -> None:
        aws = opened(faults=Faults(endpoint_never_in_service=True))
        ask = {"EndpointName": "model", "Body": b"1,2,3", "ContentType": "text/csv"}
        refused(aws.sagemaker_runtime.invoke_endpoint, "ValidationError", "not found", **ask)
        modelled(aws, trained(aws))
        variant = {"VariantName": "A", "ModelName": "model", "InstanceType": "ml.m5.large", "InitialInstanceCount": 1}
        aws.sagemaker.create_endpoint_config(EndpointConfigName="model", ProductionVariants=[variant])
        aws.sagemaker.create_endpoint(EndpointName="model", EndpointConfigName="model")
        refused(aws.sagemaker_runtime.invoke_endpoint, "ValidationError", "Creating", **ask)
        refused(aws.sagemaker.delete_endpoint, "ValidationException", "in-progress", EndpointName="model")

    def test_a_body_over_6_mb_is_refused(self, aws: Aws) -> None:
        deployed(aws, trained(aws))
        body = b"1,2,3\n" * 1_100_000
        with pytest.raises(ClientError, match="larger than 6291456"):
            invoke(aws, body, "text/csv")


class TestTransform:
    def test_each_object_has_its_predictions(self, aws: Aws) -> None:
        modelled(aws, trained(aws))
        x, _ = examples(rows=30)
        put(aws, "rows/a.csv", csv(x[:20]))
        put(aws, "rows/b.csv", csv(x[20:]))
        source = {"S3DataSource": {"S3DataType": "S3Prefix", "S3Uri": f"s3://{BUCKET}/rows/"}}
        output = {"S3OutputPath": f"s3://{BUCKET}/out", "Accept": "application/jsonlines", "AssembleWith": "Line"}
        asked = {
            "TransformJobName": "t",
            "ModelName": "model",
            "TransformInput": {"DataSource": source, "ContentType": "text/csv", "SplitType": "Line"},
            "TransformOutput": output,
            "TransformResources": {"InstanceType": "ml.m5.large", "InstanceCount": 1},
        }
        aws.sagemaker.create_transform_job(**asked)
        aws.sagemaker.get_waiter("transform_job_completed_or_stopped").wait(
            TransformJobName="t", WaiterConfig={"Delay": 0.02}
        )
        keys = [found["Key"] for found in aws.s3.list_objects_v2(Bucket=BUCKET, Prefix="out/")["Contents"]]
        assert keys == ["out/a.csv.out", "out/b.csv.out"]
        body = aws.s3.get_object(Bucket=BUCKET, Key="out/a.csv.out")["Body"].read()
        assert len(body.splitlines()) == 20
        refused(aws.sagemaker.stop_transform_job, "ValidationException", "Completed", TransformJobName="t")
        refused(aws.sagemaker.create_transform_job, "ResourceInUse", "unique", **asked)


class TestObjects:
    def test_upload_and_download_in_parts(self, aws: Aws, tmp_path: Path) -> None:
        body = np.random.default_rng(0).bytes(20_000_000)
        (tmp_path / "up").write_bytes(body)
        aws.s3.upload_file(str(tmp_path / "up"), BUCKET, "deep/er/file.bin")
        aws.s3.download_file(BUCKET, "deep/er/file.bin", str(tmp_path / "down"))
        assert (tmp_path / "down").read_bytes() == body
        aws.s3.upload_fileobj(io.BytesIO(b"small"), BUCKET, "small")
        assert aws.s3.get_object(Bucket=BUCKET, Key="small", Range="bytes=1-3")["Body"].read() == b"mal"
        assert aws.s3.head_object(Bucket=BUCKET, Key="small")["ContentLength"] == 5
        assert (aws.server.storage.folder / BUCKET / "deep/er/file.bin").stat().st_size == len(body)

    def test_lists(self, aws: Aws) -> None:
        keys = ["a/1", "a/2 ü&<", "b", "c/d/e"]
        for key in keys:
            put(aws, key, key.encode())
        pages = aws.s3.get_paginator("list_objects_v2").paginate(Bucket=BUCKET, PaginationConfig={"PageSize": 3})
        assert [found["Key"] for page in pages for found in page["Contents"]] == keys
        level = aws.s3.list_objects_v2(Bucket=BUCKET, Delimiter="/")
        assert [p["Prefix"] for p in level["CommonPrefixes"]] == ["a/", "c/"]
        assert [c["Key"] for c in level["Contents"]] == ["b"]
        assert [c["Key"] for c in aws.s3.list_objects(Bucket=BUCKET, Prefix="a/")["Contents"]] == keys[:2]

    def test_delete_and_copy(self, aws: Aws) -> None:
        put(aws, "x/1", b"one")
        aws.s3.copy_object(Bucket=BUCKET, Key="y/1", CopySource={"Bucket": BUCKET, "Key": "x/1"})
        assert aws.s3.get_object(Bucket=BUCKET, Key="y/1")["Body"].read() == b"one"
        aws.s3.delete_objects(Bucket=BUCKET, Delete={"Objects": [{"Key": "x/1"}, {"Key": "none"}]})
        aws.s3.delete_object(Bucket=BUCKET, Key="y/1")
        assert "Contents" not in aws.s3.list_objects_v2(Bucket=BUCKET)
        assert [p.name for p in (aws.server.storage.folder / BUCKET).iterdir()] == []

    def test_what_is_not_there_or_can_not_be(self, aws: Aws) -> None:
        refused(aws.s3.get_object, "NoSuchKey", Bucket=BUCKET, Key="none")
        refused(aws.s3.get_object, "NoSuchBucket", Bucket="nowhere", Key="none")
        refused(aws.s3.head_object, "404", Bucket=BUCKET, Key="none")
        for key in ("a/../../etc", "a//b", "x" * 300):
            refused(aws.s3.put_object, "InvalidArgument", "as files", Bucket=BUCKET, Key=key, Body=b"")
        put(aws, "file", b"")
        refused(aws.s3.put_object, "InvalidArgument", "folder", Bucket=BUCKET, Key="file/below", Body=b"")
        refused(aws.s3.get_object, "InvalidRange", Bucket=BUCKET, Key="file", Range="bytes=5-9")

    def test_buckets(self, aws: Aws) -> None:
        aws.s3.create_bucket(Bucket="mine")
        assert [b["Name"] for b in aws.s3.list_buckets()["Buckets"]] == ["mine", BUCKET]
        aws.s3.put_object(Bucket="mine", Key="a", Body=b"1")
        refused(aws.s3.delete_bucket, "BucketNotEmpty", Bucket="mine")
        aws.s3.delete_object(Bucket="mine", Key="a")
        aws.s3.delete_bucket(Bucket="mine")
        refused(aws.s3.head_bucket, "404", Bucket="mine")


class TestService:
    def test_who_am_i(self, aws: Aws) -> None:
        assert aws.sts.get_caller_identity()["Account"] == "000000000000"

    def test_what_it_has_not_is_refused(self, aws: Aws) -> None:
        refused(aws.sagemaker.list_notebook_instances, "UnknownOperationException", "ListNotebookInstances")
        refused(aws.iam.list_roles, "UnknownOperationException", "iam")

    def test_expired_credentials(self, opened: Callable[..., Aws]) -> None:
        aws = opened(faults=Faults(expire_at="ListModels"))
        aws.sagemaker.list_endpoints()
        refused(aws.sagemaker.list_models, "ExpiredTokenException", "expired")
        refused(aws.sagemaker.list_endpoints, "ExpiredTokenException")
        refused(aws.s3.list_buckets, "ExpiredToken")
        aws.server.faults.expired, aws.server.faults.expire_at = False, ""
        aws.sagemaker.list_models()

    def test_a_job_fails_on_demand(self, opened: Callable[..., Aws]) -> None:
        aws = opened(faults=Faults(training_fails="the disk is full"))
        assert trained(aws)["FailureReason"] == "ClientError: the disk is full"

    def test_regions_are_apart(self, aws: Aws) -> None:
        trained(aws)
        there = boto3.Session(**{**KEYS, "region_name": "eu-west-1"})
        client = there.client("sagemaker", endpoint_url=aws.server.url)
        assert client.list_training_jobs()["TrainingJobSummaries"] == []
        client.close()

    def test_it_listens_on_loopback_only(self) -> None:
        with pytest.raises(ConfigError, match="can't listen"):
            loopback.serve("0.0.0.0")

    def test_a_taken_port(self, aws: Aws) -> None:
        with pytest.raises(ConfigError, match="can't be used"):
            loopback.serve(port=int(aws.server.url.rpartition(":")[2]))

    def test_run_says_what_to_export(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        def interrupt(self: object, timeout: float | None = None) -> bool:
            raise KeyboardInterrupt

        said: list[str] = []
        monkeypatch.setattr("rsnb.ml.loopback.server.Pause.wait", interrupt)
        loopback.run(0, tmp_path / "objects", said.append)
        assert any(line.startswith("export AWS_ENDPOINT_URL_SAGEMAKER=http://127.0.0.1:") for line in said)
        assert "ended" in said[-1]
