"""model.tar.gz as the loopback service writes it: one JSON file with the linear function.

The container on AWS writes an MXNet archive into a file of the same name. It is told apart and not read:
such a model predicts through its endpoint or a batch transform.
"""

from __future__ import annotations

import io
import json
import tarfile
from collections.abc import Mapping
from gzip import GzipFile
from typing import Any

import numpy as np

from rsnb.errors import LoadError
from rsnb.ml.data import Fitted

MEMBER = "rsnb-linear-learner.json"
VERSION = 1


def pack(fitted: Fitted, hyperparameters: Mapping[str, str]) -> bytes:
    """The bytes of model.tar.gz; the same model gives the same bytes."""
    body = json.dumps(
        {
            "version": VERSION,
            "hyperparameters": dict(hyperparameters),
            "weights": fitted.weights.tolist(),
            "bias": fitted.bias.tolist(),
            "threshold": fitted.threshold,
        }
    ).encode()
    held = io.BytesIO()
    with GzipFile(fileobj=held, mode="wb", mtime=0) as packed, tarfile.open(fileobj=packed, mode="w") as archive:
        entry = tarfile.TarInfo(MEMBER)
        entry.size = len(body)
        archive.addfile(entry, io.BytesIO(body))
    return held.getvalue()


def unpack(body: bytes) -> tuple[Fitted, dict[str, str]] | None:
    """The linear function and its hyperparameters; None for an artefact of another maker.

    LoadError: it is no archive, or of a later version.
    """
    try:
        with tarfile.open(fileobj=io.BytesIO(body), mode="r:gz") as archive:
            if MEMBER not in archive.getnames():
                return None
            member = archive.extractfile(MEMBER)
            read: dict[str, Any] = json.loads(member.read()) if member else {}
    except (tarfile.TarError, OSError, EOFError, ValueError) as exc:
        raise LoadError(f"the model artefact can't be read: {exc}", hint="train again, or download it again") from exc
    if read.get("version") != VERSION:
        raise LoadError(
            f"the model artefact has version {read.get('version')}; this rsnb reads {VERSION}", hint="upgrade rsnb"
        )
    return _fitted(read), read["hyperparameters"]


def _fitted(read: Mapping[str, Any]) -> Fitted:
    return Fitted(np.array(read["weights"], float), np.array(read["bias"], float), read["threshold"])
