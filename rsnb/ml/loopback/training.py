"""Training jobs: each one really trains, in a thread, on what its channels hold."""

from __future__ import annotations

import threading
import time
from typing import TYPE_CHECKING

from rsnb.ml.loopback import channels, learning
from rsnb.ml.loopback.channels import ClientError
from rsnb.ml.loopback.endpoints import check_image
from rsnb.ml.loopback.logs import TRAINING, Logs
from rsnb.ml.loopback.predictor import Predictor
from rsnb.ml.loopback.protocol import ROLE, Fields, Invalid, ServiceError, clock, matches, need, s3_address, unsupported
from rsnb.ml.loopback.shelf import Record, Shelf
from rsnb.ml.sagemaker import artefact

if TYPE_CHECKING:
    from rsnb.ml.data import Examples
    from rsnb.ml.loopback.faults import Faults
    from rsnb.ml.loopback.storage import Storage

MESSAGES = {
    "Starting": "Preparing the instances for training",
    "Downloading": "Downloading input data",
    "Training": "Training with rsnb's local learner in the place of the container",
    "Uploading": "Uploading generated training model",
    "Completed": "Training job completed",
    "Failed": "Training job failed",
    "Stopping": "Stopping the training job",
    "Stopped": "Training job stopped",
    "MaxRuntimeExceeded": "Training job runtime exceeded MaxRuntimeInSeconds provided",
}
ENDED = ("Completed", "Failed", "Stopped")


class Stopped(Exception):
    """The job was stopped. secondary: why."""

    def __init__(self, secondary: str = "Stopped") -> None:
        super().__init__(secondary)
        self.secondary = secondary


class Training:
    """CreateTrainingJob to DeleteTrainingJob. pace: seconds that each state lasts at least.

    A fit is not broken off: a stop, or MaxRuntimeInSeconds, takes effect after it.
    """

    def __init__(self, shelf: Shelf, storage: Storage, logs: Logs, faults: Faults, pace: float) -> None:
        self._shelf, self._storage, self._logs, self._faults, self._pace = shelf, storage, logs, faults, pace
        self._lock = threading.Lock()  # held while a job changes its state

    def create(self, region: str, fields: Fields) -> Fields:
        """CreateTrainingJob."""
        need(fields, "AlgorithmSpecification", "InputDataConfig", "OutputDataConfig", "ResourceConfig")
        need(fields, "StoppingCondition")
        matches(fields, "RoleArn", ROLE, 2048)
        check_image(fields["AlgorithmSpecification"].get("TrainingImage"), "AlgorithmSpecification.TrainingImage")
        need(fields["ResourceConfig"], "InstanceType", "InstanceCount", "VolumeSizeInGB")
        s3_address(fields["OutputDataConfig"].get("S3OutputPath"), "OutputDataConfig.S3OutputPath")
        unsupported(fields, "CheckpointConfig", "ModelPackageConfig", "ServerlessJobConfig")
        for channel in fields["InputDataConfig"]:
            need(channel, "ChannelName", "DataSource")
            unsupported(channel, "ShuffleConfig")
            need(channel["DataSource"], "S3DataSource")
            s3_address(channel["DataSource"]["S3DataSource"].get("S3Uri"), "S3Uri")
        record = self._shelf.add("TrainingJob", region, fields, "InProgress")
        self._enter(record, "Starting")
        threading.Thread(target=self._run, args=(record,), daemon=True).start()
        return {"TrainingJobArn": record.arn}

    def describe(self, region: str, fields: Fields) -> Fields:
        """DescribeTrainingJob."""
        record = self._shelf.get("TrainingJob", region, fields.get("TrainingJobName"))
        return {"ModelArtifacts": {"S3ModelArtifacts": _output(record)}, **record.describe()}

    def stop(self, region: str, fields: Fields) -> Fields:
        """StopTrainingJob: refused for a job that has ended."""
        record = self._shelf.get("TrainingJob", region, fields.get("TrainingJobName"))
        with self._lock:
            if record.status in ENDED:
                raise Invalid(f"The request was rejected because the training job is in status {record.status}.")
            _become(record, "Stopping", "Stopping")
            record.stop.set()
        return {}

    def delete(self, region: str, fields: Fields) -> Fields:
        """DeleteTrainingJob: refused for a job that runs."""
        record = self._shelf.get("TrainingJob", region, fields.get("TrainingJobName"))
        if record.status not in ENDED:
            raise ServiceError("ResourceInUse", f"The training job is in status {record.status}: stop it first.")
        self._shelf.remove(record)
        return {}

    def _run(self, record: Record) -> None:
        try:
            self._wait(record)
            self._train(record)
            self._end(record, "Completed", "Completed")
        except Stopped as exc:
            self._end(record, "Stopped", exc.secondary)
        except (ClientError, ServiceError) as exc:
            self._end(record, "Failed", "Failed", FailureReason=f"ClientError: {exc}"[:1024])
        except Exception as exc:  # the thread's last stop: the job says what went wrong, as the service's would
            reason = f"InternalServerError: {type(exc).__name__}: {exc}"[:1024]
            self._end(record, "Failed", "Failed", FailureReason=reason)

    def _train(self, record: Record) -> None:
        record.made["TrainingStartTime"] = clock()
        self._enter(record, "Downloading")
        found = channels.read(self._storage, record.request["InputDataConfig"])
        self._wait(record)
        self._enter(record, "Training")
        hyperparameters = record.request.get("HyperParameters") or {}
        body = self._learn(record, hyperparameters, found)
        self._wait(record)
        self._enter(record, "Uploading")
        bucket, key = s3_address(_output(record), "S3OutputPath")
        self._storage.put(bucket, key, [body])
        self._wait(record)

    def _learn(self, record: Record, hyperparameters: dict[str, str], found: dict[str, Examples]) -> bytes:
        """The bytes of model.tar.gz; the log and the metrics are written on the way."""
        if self._faults.training_fails:
            raise ClientError(self._faults.training_fails)
        start = time.perf_counter()
        fitted = learning.fit(hyperparameters, found)
        seconds = time.perf_counter() - start
        predictor = Predictor.of(fitted, hyperparameters)
        measured = {name: learning.measure(predictor, examples) for name, examples in found.items()}
        for line in learning.lines(predictor, measured, len(found["train"]), seconds):
            self._logs.write(record.region, TRAINING, f"{record.name}/algo-1-{int(record.created)}", line)
        finals = learning.finals(measured).items()
        record.made["FinalMetricDataList"] = [{"MetricName": n, "Value": v, "Timestamp": clock()} for n, v in finals]
        return artefact.pack(fitted, hyperparameters)

    def _wait(self, record: Record) -> None:
        """Let a state last; raises Stopped when the job is stopped or has run too long."""
        limit = float(record.request["StoppingCondition"].get("MaxRuntimeInSeconds") or 86_400)
        left = limit - (clock() - record.created)
        if record.stop.wait(min(self._pace, max(0.0, left))):
            raise Stopped
        if self._pace > left:
            raise Stopped("MaxRuntimeExceeded")

    def _enter(self, record: Record, secondary: str) -> None:
        """Move to the next state of a job that runs, unless it is being stopped."""
        with self._lock:
            if not record.stop.is_set():
                _become(record, "InProgress", secondary)

    def _end(self, record: Record, status: str, secondary: str, **made: object) -> None:
        if began := record.made.get("TrainingStartTime"):
            seconds = max(1, round(clock() - began))
            made |= {"TrainingEndTime": clock(), "TrainingTimeInSeconds": seconds, "BillableTimeInSeconds": seconds}
        with self._lock:
            late = record.stop.is_set() and status == "Completed"
            _become(record, "Stopped" if late else status, "Stopped" if late else secondary, **made)


def _become(record: Record, status: str, secondary: str, **made: object) -> None:
    """Move to a state and note it among the transitions."""
    now = clock()
    past = [{**step, "EndTime": step.get("EndTime", now)} for step in record.made.get("SecondaryStatusTransitions", [])]
    step = {"Status": secondary, "StartTime": now, "StatusMessage": MESSAGES[secondary]}
    record.become(status, SecondaryStatus=secondary, SecondaryStatusTransitions=[*past, step], **made)


def _output(record: Record) -> str:
    return f"{record.request['OutputDataConfig']['S3OutputPath'].rstrip('/')}/{record.name}/output/model.tar.gz"
