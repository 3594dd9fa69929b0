"""A model that SageMaker trained: its names, what it has there, and what was read back from it."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from rsnb.ml.sagemaker.account import Account, calling
from rsnb.ml.sagemaker.resources import Made

if TYPE_CHECKING:
    from rsnb.ml.data import Fitted


@dataclass
class Trained:
    """A training job and what came of it.

    predictor_type: of the learner. classes: k of its scores. made: everything that it has on AWS.
    fitted: the linear function; None where the artefact is AWS's own, an MXNet archive, which is not read: such
    a model predicts through its endpoint or a batch transform. metrics: as the job names them.
    """

    account: Account
    made: Made
    predictor_type: str
    classes: int = 1
    fitted: Fitted | None = None
    metrics: dict[str, float] = field(default_factory=dict)
    artefact: str = ""
    endpoint: str = ""

    @property
    def name(self) -> str:
        """The name of the training job, and of the model, endpoint configuration and endpoint."""
        return self.made.model

    def put(self, key: str, body: bytes) -> str:
        """Write an object of this model: its address. key: below the model's place."""
        address = self.made.place + key
        with calling(f"uploading {address}", self.made):
            bucket, _, whole = address.removeprefix("s3://").partition("/")
            self.made.objects, self.made.bytes = True, self.made.bytes + len(body)
            self.account.s3.put_object(Bucket=bucket, Key=whole, Body=body)
        return address

    def get(self, address: str) -> bytes:
        """The bytes of an object."""
        with calling(f"reading {address}", self.made):
            bucket, _, key = address.removeprefix("s3://").partition("/")
            body: bytes = self.account.s3.get_object(Bucket=bucket, Key=key)["Body"].read()
        return body
