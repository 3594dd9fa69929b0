"""A job on its way: its states as progress lines, its log read for progress and metrics, its end."""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

from rsnb.errors import ModelError
from rsnb.ml.sagemaker.account import EXPIRED, Account

Progress = Callable[[str], None]

GROUP = "/aws/sagemaker/TrainingJobs"
# The regular expressions of the built-in algorithm's own metric definitions, as DescribeTrainingJob shows them.
_QUALITY = re.compile(
    r"#quality_metric: host=\S+, (?:epoch=\S+, )?(train|validation|test) (\S+) <(?:score|loss)>=(\S+)"
)
ENDED, BAD = ("Completed", "Failed", "Stopped"), ("Failed", "Stopped", "OutOfService", "UpdateRollbackFailed")
_DOCUMENTED = {"binary_f_": "binary_f_beta", "macro_f_": "macro_f_beta"}  # the log has beta as a number
_STATUS = {"Endpoint": "endpoint_status", "TransformJob": "transform_job_status"}
_REMOVE = "remove what is left: rsnb.ml.sagemaker.delete({!r})"
_DONE = re.compile(r"#progress_metric: host=\S+, completed (\S+) %")


def metrics(lines: list[str]) -> dict[str, float]:
    """The last value of each quality metric in a log, as `channel:metric`."""
    found = {}
    for line in lines:
        if match := _QUALITY.search(line):
            name = _DOCUMENTED.get(match[2].partition("_f_")[0] + "_f_", match[2])
            name = "objective_loss" if name.endswith("_objective") else name
            found[f"{match[1]}:{name}"] = float(match[3])
    return found


@dataclass
class Log:
    """The lines of a training job, as they come. A job goes on without its log: `refusal` says why there is none."""

    account: Account
    job: str
    lines: list[str] = field(default_factory=list)
    refusal: str = ""
    _tokens: dict[str, str] = field(default_factory=dict)

    def more(self) -> list[str]:
        """The lines since the last time."""
        from botocore.exceptions import ClientError

        try:
            fresh = [line for stream in self._streams() for line in self._read(stream)]
        except ClientError as exc:
            error = exc.response.get("Error", {})
            if error.get("Code") in EXPIRED:
                raise
            if error.get("Code") != "ResourceNotFoundException":  # which says that nothing was written yet
                self.refusal = error.get("Message", "access denied")
            return []
        self.lines += fresh
        return fresh

    def _streams(self) -> list[str]:
        if self.refusal:
            return []
        found = self.account.logs.describe_log_streams(logGroupName=GROUP, logStreamNamePrefix=f"{self.job}/")
        return [stream["logStreamName"] for stream in found["logStreams"]]

    def _read(self, stream: str) -> Iterator[str]:
        while True:
            token = {"nextToken": self._tokens[stream]} if stream in self._tokens else {}
            page = self.account.logs.get_log_events(
                logGroupName=GROUP, logStreamName=stream, startFromHead=True, **token
            )
            yield from (event["message"] for event in page["events"])
            if page["nextForwardToken"] == self._tokens.get(stream):
                return
            self._tokens[stream] = page["nextForwardToken"]


def wait(account: Account, job: Any, *, progress: Progress, poll: float) -> dict[str, float]:
    """Follow a training job to its end and return its metrics.

    job: a TrainingJob of the SDK. ModelError: it failed, with the service's reason, or was stopped.
    """
    log, shown, name = Log(account, job.training_job_name), "", job.training_job_name
    while True:
        job.refresh()
        _percent(log.more(), progress)
        if job.secondary_status != shown:
            shown = job.secondary_status
            progress(f"{shown}{_because(job)}")
        if job.training_job_status in ENDED:
            break
        time.sleep(poll)
    _check_end(job, name)
    if log.refusal:
        progress(f"the job's log can't be read ({log.refusal}): the metrics are those that the job itself names")
    finals = {metric.metric_name: float(metric.value) for metric in _there(job.final_metric_data_list) or []}
    return kept(metrics(log.lines) | finals)


def kept(found: dict[str, float]) -> dict[str, float]:
    """The metrics of a model, less those of the training's progress."""
    return {name: value for name, value in found.items() if not name.startswith(("train:progress", "train:throughput"))}


def stop_hint(account: Account, name: str) -> str:
    """How to stop a training job, from Python and from a shell."""
    command = f"aws sagemaker stop-training-job --training-job-name {name} --region {account.region}"
    return f"stop it: rsnb.ml.sagemaker.delete({name!r}), or {command}"


def wait_for(resource: Any, good: str, *, what: str, poll: float, longest: float, progress: Progress) -> None:
    """Follow an endpoint or a transform job of the SDK to a good state.

    ModelError: it came to a bad one, with the service's reason, or it took longer than `longest` seconds.
    """
    start, shown = time.monotonic(), ""
    while True:
        resource.refresh()
        status = str(getattr(resource, _STATUS[type(resource).__name__]))
        if status != shown:
            shown = status
            progress(f"{what}: {status}")
        if status == good:
            return
        if status in BAD:
            reason = _there(resource.failure_reason) or "the service gives no reason"
            raise ModelError(f"{what} is {status}: {reason}", hint="delete it")
        if time.monotonic() - start >= longest:
            raise ModelError(
                f"{what} is still {status} after {longest:,.0f} s, and is billed",
                hint="wait on with a larger max_wait, or delete it",
            )
        time.sleep(poll)


def _percent(lines: list[str], progress: Progress) -> None:
    """One line for how far the last of some log lines says that it is."""
    done = [match[1] for line in lines if (match := _DONE.search(line))]
    if done:
        progress(f"{float(done[-1]):.0f} % of the epochs")


def _because(job: Any) -> str:
    steps = _there(job.secondary_status_transitions) or []
    message = _there(steps[-1].status_message) if steps else None
    return f" ({message})" if message else ""


def _check_end(job: Any, name: str) -> None:
    if job.training_job_status == "Failed":
        raise ModelError(
            f"the training job {name} failed: {_there(job.failure_reason) or 'the service gives no reason'}",
            hint=f"its log: CloudWatch, group {GROUP}, streams {name}/; {_REMOVE.format(name)}",
        )
    if job.training_job_status == "Stopped":
        late = job.secondary_status in ("MaxRuntimeExceeded", "MaxWaitTimeExceeded")
        raise ModelError(
            f"the training job {name} was stopped: {job.secondary_status}",
            hint=f"{'give it more time: max_run=...' if late else 'fit again'}; {_REMOVE.format(name)}",
        )


def _there(value: Any) -> Any:
    """A member of an SDK object, None where the service did not give it."""
    return None if type(value).__name__ == "Unassigned" else value
