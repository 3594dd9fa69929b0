"""A linear function that answers requests as the learner's container does."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from rsnb.errors import LoadError
from rsnb.ml.data import Fitted
from rsnb.ml.hyperparameters import BINARY, REGRESSOR, loss_name, resolve
from rsnb.ml.loopback import formats
from rsnb.ml.loopback.protocol import ServiceError
from rsnb.ml.losses import score
from rsnb.ml.sagemaker import artefact

Matrix = NDArray[np.float64]


@dataclass(frozen=True)
class Predictor:
    """The label is by the threshold, or the class with the highest score."""

    predictor_type: str
    loss: str
    fitted: Fitted

    @staticmethod
    def of(fitted: Fitted, hyperparameters: Mapping[str, str]) -> Predictor:
        """A linear function that was trained with these hyperparameters."""
        given = {name: value for name, value in hyperparameters.items() if name != "predictor_type"}
        kind = hyperparameters["predictor_type"]
        return Predictor(kind, loss_name(kind, resolve(kind, given)), fitted)

    @staticmethod
    def load(body: bytes) -> Predictor:
        """From model.tar.gz; one that the loopback service did not write can't be served."""
        try:
            read = artefact.unpack(body)
        except LoadError as exc:
            raise ServiceError("ValidationException", exc.message) from exc
        if read is None:
            raise ServiceError(
                "ValidationException",
                "the loopback service serves the model.tar.gz that it wrote itself, not an MXNet archive from AWS",
            )
        return Predictor.of(*read)

    def predict(self, x: Matrix) -> tuple[Matrix, Matrix | None]:
        """(n, k) scores and (n,) labels, which a regressor has not."""
        scores = score(self.loss, x @ self.fitted.weights + self.fitted.bias).reshape(len(x), -1)
        if self.predictor_type == REGRESSOR:
            return scores, None
        if self.predictor_type == BINARY:
            middle = 0.5 if self.loss == "logistic" else 0.0
            threshold = middle if self.fitted.threshold is None else self.fitted.threshold
            return scores, (scores[:, 0] >= threshold).astype(float)
        return scores, scores.argmax(axis=1).astype(float)

    def answer(self, body: bytes, content_type: str, accept: str) -> tuple[bytes, str]:
        """The body and the content type of an answer; formats.Unreadable when the request is at fault."""
        x = formats.read(body, content_type)
        width = len(self.fitted.weights)
        if x.shape[1] != width:
            raise formats.Unreadable(
                f"Unable to decode payload: the rows have {x.shape[1]} features, the model has {width}"
            )
        return formats.write(*self.predict(x), accept)
