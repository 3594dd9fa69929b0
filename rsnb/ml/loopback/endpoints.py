"""Models, endpoint configurations and endpoints: made, described, deleted, and asked for predictions."""

from __future__ import annotations

import re
import threading
from typing import TYPE_CHECKING

from rsnb.ml.loopback import formats
from rsnb.ml.loopback.predictor import Predictor
from rsnb.ml.loopback.protocol import (
    ACCOUNT,
    ROLE,
    Fields,
    Invalid,
    Request,
    Response,
    ServiceError,
    clock,
    matches,
    need,
    s3_address,
    unsupported,
)
from rsnb.ml.loopback.shelf import Record, Shelf

if TYPE_CHECKING:
    from rsnb.ml.loopback.faults import Faults
    from rsnb.ml.loopback.storage import Storage

LARGEST = 6_291_456  # bytes of a body that InvokeEndpoint takes
IMAGE = re.compile(r"\d{12}\.dkr\.ecr\.[a-z0-9\-]+\.amazonaws\.com(\.cn)?/linear-learner(:1|:latest)?")


def check_image(image: object, member: str) -> None:
    """Refuse any image but the built-in linear learner's: nothing else runs here."""
    if not IMAGE.fullmatch(str(image or "")):
        raise Invalid(f"the loopback service runs the built-in linear-learner image only; {member} is {image!r}")


class Hosting:
    """CreateModel to InvokeEndpoint."""

    def __init__(self, shelf: Shelf, storage: Storage, faults: Faults, pace: float) -> None:
        self._shelf, self._storage, self._faults, self._pace = shelf, storage, faults, pace
        self._predictors: dict[str, Predictor] = {}  # by the endpoint's ARN

    def create_model(self, region: str, fields: Fields) -> Fields:
        """CreateModel: the image is the linear learner's and the artefact is there."""
        unsupported(fields, "Containers", "InferenceExecutionConfig")
        container = fields.get("PrimaryContainer") or {}
        need(container, "Image", "ModelDataUrl")
        matches(fields, "ExecutionRoleArn", ROLE, 2048)
        check_image(container["Image"], "PrimaryContainer.Image")
        self._artefact(container["ModelDataUrl"])
        return {"ModelArn": self._shelf.add("Model", region, fields).arn}

    def create_endpoint_config(self, region: str, fields: Fields) -> Fields:
        """CreateEndpointConfig: of models that exist."""
        need(fields, "ProductionVariants")
        unsupported(fields, "AsyncInferenceConfig", "DataCaptureConfig", "ShadowProductionVariants", "ExplainerConfig")
        if len(fields["ProductionVariants"]) > 1:
            raise Invalid("the loopback service serves one production variant")
        for variant in fields["ProductionVariants"]:
            need(variant, "VariantName", "ModelName")
            self._shelf.get("Model", region, variant["ModelName"])
            if "ServerlessConfig" not in variant:
                need(variant, "InstanceType", "InitialInstanceCount")
        return {"EndpointConfigArn": self._shelf.add("EndpointConfig", region, fields).arn}

    def create_endpoint(self, region: str, fields: Fields) -> Fields:
        """CreateEndpoint: Creating, then InService or Failed."""
        config = self._shelf.get("EndpointConfig", region, fields.get("EndpointConfigName"))
        record = self._shelf.add("Endpoint", region, fields, "Creating")
        record.made["ProductionVariants"] = [_variant(v) for v in config.request["ProductionVariants"]]
        threading.Thread(target=self._start, args=(record, config), daemon=True).start()
        return {"EndpointArn": record.arn}

    def _start(self, record: Record, config: Record) -> None:
        record.stop.wait(self._pace)
        while self._faults.endpoint_never_in_service and not record.stop.wait(0.02):
            pass
        if record.stop.is_set():
            return
        try:
            name = config.request["ProductionVariants"][0]["ModelName"]
            self._predictors[record.arn] = self.predictor(record.region, name)
        except ServiceError as exc:
            record.become("Failed", FailureReason=exc.message)
        else:
            record.become("InService")

    def predictor(self, region: str, model: object) -> Predictor:
        """What a model predicts with."""
        container = self._shelf.get("Model", region, model).request["PrimaryContainer"]
        return Predictor.load(self._artefact(container["ModelDataUrl"]))

    def delete(self, api: str, region: str, fields: Fields) -> Fields:
        """DeleteModel, DeleteEndpointConfig or DeleteEndpoint."""
        record = self._shelf.get(api, region, fields.get(f"{api}Name"))
        if record.status == "Creating":
            raise Invalid(f'Cannot update in-progress endpoint "{record.arn}".')
        record.stop.set()
        self._predictors.pop(record.arn, None)
        self._shelf.remove(record)
        return {}

    def invoke(self, request: Request) -> Response:
        """InvokeEndpoint: POST /endpoints/NAME/invocations."""
        name = request.path.split("/")[2]
        predictor = self._in_service(request.region, name)
        if len(request.body) > LARGEST:
            raise ServiceError("ValidationError", f"Request body is larger than {LARGEST} bytes", 413)
        headers = request.headers
        accept = headers.get("x-amzn-sagemaker-accept") or headers.get("accept", "")
        try:
            body, kind = predictor.answer(request.body, headers.get("content-type", ""), accept)
        except formats.Unreadable as exc:
            raise _model_error(request.region, name, exc) from exc
        return Response(200, body, {"Content-Type": kind, "x-Amzn-Invoked-Production-Variant": "AllTraffic"})

    def _in_service(self, region: str, name: str) -> Predictor:
        try:
            record = self._shelf.get("Endpoint", region, name)
        except ServiceError as exc:
            raise ServiceError("ValidationError", f"Endpoint {name} of account {ACCOUNT} not found.") from exc
        if record.status != "InService":
            raise ServiceError("ValidationError", f"Endpoint {name} is not in service: its status is {record.status}.")
        return self._predictors[record.arn]

    def _artefact(self, address: object) -> bytes:
        bucket, key = s3_address(address, "PrimaryContainer.ModelDataUrl")
        try:
            return self._storage.read(bucket, key)
        except ServiceError as exc:
            raise Invalid(
                f"Could not access model data at {address}. Please ensure that the role can read it "
                "and that the object is located in this region."
            ) from exc


def _variant(asked: Fields) -> Fields:
    count, weight = asked.get("InitialInstanceCount"), asked.get("InitialVariantWeight", 1.0)
    sizes = {"CurrentInstanceCount": count, "DesiredInstanceCount": count} if count else {}
    return {"VariantName": asked["VariantName"], "CurrentWeight": weight, "DesiredWeight": weight, **sizes}


def _model_error(region: str, name: str, exc: formats.Unreadable) -> ServiceError:
    url = (
        f"https://{region}.console.aws.amazon.com/cloudwatch/home#logEventViewer:group=/aws/sagemaker/Endpoints/{name}"
    )
    message = f'Received client error ({exc.status}) from primary with message "{exc}". See {url} for more information.'
    more = {"OriginalStatusCode": exc.status, "OriginalMessage": str(exc), "Timestamp": clock()}
    return ServiceError("ModelError", message, 424, **more)
