"""Train, deploy, predict and clean up on SageMaker, through the resource classes of the SDK's core layer.

Neither ModelTrainer nor ModelBuilder is used: they send telemetry, with the text of exceptions in it.
Source: Amazon SageMaker AI Developer Guide, "Linear Learner Algorithm".
"""

from __future__ import annotations

import re
import secrets
import time
from collections.abc import Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from rsnb.errors import ConfigError, ModelError
from rsnb.ml.sagemaker import artefact, jobs, payloads, requests, resources
from rsnb.ml.sagemaker.account import Account, calling
from rsnb.ml.sagemaker.jobs import Progress
from rsnb.ml.sagemaker.payloads import Scores
from rsnb.ml.sagemaker.resources import Made
from rsnb.ml.sagemaker.trained import Trained

if TYPE_CHECKING:
    import numpy as np
    import pandas as pd
    from numpy.typing import NDArray

INSTANCE = "ml.m5.large"


def fit(
    learner: Any,
    features: Any,
    *,
    role: str,
    bucket: str,
    prefix: str = "rsnb",
    name: str = "model",
    region: str | None = None,
    session: Any = None,
    instance_type: str = INSTANCE,
    max_run: int = 3600,
    wait: bool = True,
    poll: float = 5.0,
    progress: Progress = print,
    project: str = "rsnb",
    tags: Mapping[str, str] | None = None,
    unloaded: Mapping[str, str] | None = None,
) -> Trained:
    """Upload the examples and train; with wait=False the job is left running, and `finish` waits for it.

    features: a feature table. role: the ARN that the job runs as. max_run: seconds after which the service stops
    the job. unloaded: s3:// prefixes of channels (`train`, `validation`) that are there already, as CSV with the
    label first, in the place of the table's rows. ModelError: the job failed, with the service's reason.
    """
    account = Account.open(region, session, bucket=bucket, prefix=prefix, role=role)
    full = f"rsnb-{_named(name)}-{time.strftime('%Y%m%d-%H%M%S')}-{secrets.token_hex(2)}"
    made = Made(full, account.place(full), resources.tagged(full, project, tags))
    told = payloads.hyperparameters(learner, features, uploaded=not unloaded)
    trained = Trained(account, made, told["predictor_type"], int(told.get("num_classes", 1)))
    with calling(f"training {full}", made):
        channels = dict(unloaded) if unloaded else _upload(trained, features, progress)
        kind = payloads.CSV if unloaded else payloads.RECORDIO
        request = requests.training(trained, channels, kind, told, instance_type, max_run)
        _create(trained, "TrainingJob", full, request)
        progress(f"{full}: training on 1 x {instance_type}, at most {max_run:,} s")
    return finish(trained, poll=poll, progress=progress) if wait else trained


def finish(trained: Trained, *, poll: float = 5.0, progress: Progress = print) -> Trained:
    """Wait for a training job, then read its metrics and its artefact.

    ModelError: it failed or was stopped. Cancelled: an interrupt, which leaves the job running and says so.
    """
    from sagemaker.core.resources import TrainingJob

    account, name = trained.account, trained.name
    running = f"the training job {name} goes on and is billed until it ends; {trained.made}"
    with calling(f"following the training job {name}", running, jobs.stop_hint(account, name)):
        job = TrainingJob.get(name, **account.given)
        trained.metrics = jobs.wait(account, job, progress=progress, poll=poll)
    _read(trained, job.model_artifacts.s3_model_artifacts)
    if trained.fitted is None:
        progress("the coefficients are in AWS's own archive, which is not read: predict through an endpoint")
    return trained


def reopen(name: str, *, region: str | None = None, session: Any = None) -> Trained:
    """A model by its name, as `list_resources` has it: to finish a fit, or to go on in another process."""
    account = Account.open(region, session)
    found = resources.find(account, name)
    if ("TrainingJob", name) not in found.items:
        raise ModelError(
            f"the training job of {name} is gone", hint=f"remove what is left: rsnb.ml.sagemaker.delete({name!r})"
        )
    told = found.job.get("HyperParameters", {})
    account = replace(account, role=found.job["RoleArn"])
    made = Made(name, found.place, found.tags, found.items, objects=True)
    trained = Trained(account, made, told["predictor_type"], int(told.get("num_classes", 1)))
    trained.endpoint = name if ("Endpoint", name) in found.items else ""
    if found.job["TrainingJobStatus"] == "Completed":
        finals = found.job.get("FinalMetricDataList", ())
        trained.metrics = jobs.kept({metric["MetricName"]: float(metric["Value"]) for metric in finals})
        _read(trained, found.job["ModelArtifacts"]["S3ModelArtifacts"])
    return trained


def deploy(
    trained: Trained,
    *,
    instance_type: str = INSTANCE,
    instance_count: int = 1,
    max_wait: float = 1800,
    poll: float = 5.0,
    progress: Progress = print,
) -> str:
    """Serve the model: the name of its endpoint, which is in service. It is billed until `delete`.

    max_wait: seconds. ModelError: it failed, with the service's reason, or took longer; called again, it waits on.
    """
    from sagemaker.core.resources import Endpoint

    made, name = trained.made, trained.name
    with calling(f"deploying {name}", made):
        _create(trained, "Model", name, requests.model(trained))
        _create(trained, "EndpointConfig", name, requests.endpoint_config(trained, instance_type, instance_count))
        _create(trained, "Endpoint", name, {"endpoint_name": name, "endpoint_config_name": name})
    with calling(f"following the endpoint {name}", f"it is billed until it is deleted; {made}", made.undo):
        endpoint = Endpoint.get(name, **trained.account.given)
        what = f"the endpoint {name}"
        jobs.wait_for(endpoint, "InService", what=what, poll=poll, longest=max_wait, progress=progress)
    trained.endpoint = name
    return name


def predict(trained: Trained, x: NDArray[np.float64]) -> Scores:
    """(n, k) scores and (n,) labels, None for a regressor, from the endpoint, in requests under 6 MB."""
    from sagemaker.core.resources import Endpoint

    if not len(x):
        raise ModelError("there is no row to predict")
    if not trained.endpoint:
        raise ModelError(f"the model {trained.name} has no endpoint", hint="deploy it first, or use transform")
    found = []
    with calling(f"asking the endpoint {trained.endpoint}", trained.made):
        endpoint, asked = Endpoint(endpoint_name=trained.endpoint), {"accept": "application/json"}
        asked |= {"content_type": payloads.RECORDIO, **trained.account.given}
        for body in payloads.bodies(x, trained.classes):
            given = endpoint.invoke(body=body, **asked)
            found.append(payloads.answered(given.body.read()))
    return payloads.joined(found, len(x))


def transform(
    trained: Trained,
    x: NDArray[np.float64],
    *,
    instance_type: str = INSTANCE,
    max_wait: float = 3600,
    poll: float = 5.0,
    progress: Progress = print,
) -> Scores:
    """The same as `predict` by a batch transform job: no endpoint is needed, and none is left."""
    from sagemaker.core.resources import TransformJob

    made, parts = trained.made, payloads.csv_parts(x)
    number = made.count("TransformJob") + 1
    name, folder = f"{trained.name}-t{number}", f"transform-{number}"
    what = f"the transform job {name}"
    with calling(f"starting {what}", made):
        _create(trained, "Model", trained.name, requests.model(trained))
        for i, part in enumerate(parts):
            trained.put(f"{folder}/in/{i:05}.csv", part)
        _create(trained, "TransformJob", name, requests.transform(trained, name, folder, instance_type))
    with calling(f"following {what}", f"it goes on and is billed until it ends; {made}", made.undo):
        job = TransformJob.get(name, **trained.account.given)
        jobs.wait_for(job, "Completed", what=what, poll=poll, longest=max_wait, progress=progress)
    outs = [trained.get(f"{made.place}{folder}/out/{i:05}.csv.out") for i in range(len(parts))]
    return payloads.joined([payloads.answered_lines(out) for out in outs], len(x))


def delete(trained: Trained | str, *, region: str | None = None, session: Any = None) -> list[str]:
    """Remove everything that a model has on AWS: what was done, in words.

    trained: the model, or its name as `list_resources` has it. A job that runs is stopped, and kept: delete again
    once it has ended. The service has no way to delete a transform job that has ended; it costs nothing.
    ModelError: an endpoint is not made yet, which the service does not delete then.
    """
    if isinstance(trained, Trained):
        account, made = trained.account, trained.made
        items, place = list(made.items), made.place if made.objects else ""
    else:
        account = Account.open(region, session)
        found = resources.find(account, trained)
        items, place = found.items, found.place
    removed = resources.remove(account, items, place)
    if isinstance(trained, Trained):
        trained.made.items = removed.left
        trained.made.objects, trained.endpoint = bool(place and removed.left), ""
    return removed.done


def list_resources(region: str | None = None, session: Any = None) -> pd.DataFrame:
    """Every SageMaker resource in a region that rsnb made: what it is, its state, and what it costs."""
    return resources.table(Account.open(region, session))


def _read(trained: Trained, address: str) -> None:
    """Note a model's artefact, and its coefficients where they can be read."""
    trained.artefact = address
    if read := artefact.unpack(trained.get(address)):
        notes = ("trained on SageMaker, which gives no standard errors",)
        trained.fitted = replace(read[0], metrics=dict(trained.metrics), notes=notes)


def _upload(trained: Trained, features: Any, progress: Progress) -> dict[str, str]:
    """Write the training and the validation examples as RecordIO: the address of each channel."""
    channels = {}
    for part in ("train", "validation"):
        examples = getattr(features, part)
        if examples is None or not len(examples):
            continue
        for i, body in enumerate(payloads.shards(examples)):
            trained.put(f"{part}/{i:05}.recordio", body)
        channels[part] = f"{trained.made.place}{part}/"
        progress(f"{len(examples):,} {part} rows are in {channels[part]}")
    return channels


def _create(trained: Trained, api: str, name: str, request: dict[str, Any]) -> None:
    """Make a resource and note it, unless it is there."""
    import sagemaker.core.resources as sdk
    from botocore.exceptions import ClientError

    made = trained.made
    if (api, name) in made.items:
        return
    kind = resources.KINDS[api]
    with calling(f"creating the {kind.title} {name}", made):
        made.add(api, name)  # before: an interrupt may come after the service has made it
        try:
            getattr(sdk, api).create(**request, tags=made.listed(), **trained.account.given)
        except ClientError as exc:
            if exc.operation_name == f"Create{api}":
                made.items.remove((api, name))
            raise


def _named(name: str) -> str:
    """A name as a part of AWS names: letters, digits and single dashes."""
    found = re.sub(r"[^a-zA-Z0-9]+", "-", name).strip("-").lower()[:30].rstrip("-")
    if not found:
        raise ConfigError(f"a model can't be named {name!r} on AWS", hint="use letters, digits and dashes")
    return found
