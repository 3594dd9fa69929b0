"""Batch transform jobs: predictions for the objects of a prefix, one .out object for each."""

from __future__ import annotations

import gzip
import threading
from typing import TYPE_CHECKING

from rsnb.ml.loopback import channels, formats
from rsnb.ml.loopback.channels import ClientError
from rsnb.ml.loopback.protocol import Fields, Invalid, ServiceError, clock, need, one_of, s3_address, unsupported
from rsnb.ml.loopback.shelf import Record, Shelf

if TYPE_CHECKING:
    from rsnb.ml.loopback.endpoints import Hosting
    from rsnb.ml.loopback.faults import Faults
    from rsnb.ml.loopback.storage import Storage


class Transform:
    """CreateTransformJob to StopTransformJob. pace: seconds that a job lasts at least."""

    def __init__(self, shelf: Shelf, storage: Storage, hosting: Hosting, faults: Faults, pace: float) -> None:
        self._shelf, self._storage, self._hosting, self._faults, self._pace = shelf, storage, hosting, faults, pace

    def create(self, region: str, fields: Fields) -> Fields:
        """CreateTransformJob."""
        need(fields, "ModelName", "TransformInput", "TransformOutput", "TransformResources")
        self._shelf.get("Model", region, fields["ModelName"])
        need(fields["TransformInput"], "DataSource")
        unsupported(fields, "DataProcessing", "DataCaptureConfig")
        s3_address(fields["TransformOutput"].get("S3OutputPath"), "TransformOutput.S3OutputPath")
        one_of(fields["TransformInput"], "SplitType", ("None", "Line", "RecordIO"), "None")
        record = self._shelf.add("TransformJob", region, fields, "InProgress")
        threading.Thread(target=self._run, args=(record,), daemon=True).start()
        return {"TransformJobArn": record.arn}

    def stop(self, region: str, fields: Fields) -> Fields:
        """StopTransformJob: refused for a job that has ended."""
        record = self._shelf.get("TransformJob", region, fields.get("TransformJobName"))
        if record.status not in ("InProgress", "Stopping"):
            raise Invalid(f"The request was rejected because the transform job is in status {record.status}.")
        record.become("Stopping")
        record.stop.set()
        return {}

    def _run(self, record: Record) -> None:
        record.made["TransformStartTime"] = clock()
        stopped = record.stop.wait(self._pace)
        try:
            if not stopped:
                self._predict(record)
            record.become("Stopped" if stopped else "Completed", TransformEndTime=clock())
        except (ClientError, ServiceError, formats.Unreadable) as exc:
            record.become("Failed", TransformEndTime=clock(), FailureReason=f"ClientError: {exc}"[:1024])
        except Exception as exc:  # the thread's last stop: the job says what went wrong
            record.become("Failed", TransformEndTime=clock(), FailureReason=f"InternalServerError: {exc}"[:1024])

    def _predict(self, record: Record) -> None:
        given, wanted = record.request["TransformInput"], record.request["TransformOutput"]
        source = given["DataSource"]["S3DataSource"]
        predictor = self._hosting.predictor(record.region, record.request["ModelName"])
        bucket, prefix = s3_address(wanted["S3OutputPath"], "S3OutputPath")
        under = s3_address(source["S3Uri"], "S3Uri")[1].rpartition("/")[0]
        for key, body in channels.objects(self._storage, source, record.region):
            held = gzip.decompress(body) if given.get("CompressionType") == "Gzip" else body
            out, _ = predictor.answer(held, str(given.get("ContentType") or ""), str(wanted.get("Accept") or ""))
            name = key.removeprefix(f"{under}/") if under else key
            self._storage.put(bucket, "/".join(filter(None, [prefix.strip("/"), f"{name}.out"])), [out])
