"""The part of CloudWatch Logs that a training job's lines are read from."""

from __future__ import annotations

import threading

from rsnb.ml.loopback.protocol import Fields, ServiceError, clock

TRAINING = "/aws/sagemaker/TrainingJobs"


class Logs:
    """Log streams by region, group and name; in memory."""

    def __init__(self) -> None:
        self._streams: dict[tuple[str, str, str], list[tuple[int, str]]] = {}
        self._lock = threading.Lock()

    def write(self, region: str, group: str, stream: str, line: str) -> None:
        """Add a line."""
        with self._lock:
            self._streams.setdefault((region, group, stream), []).append((int(clock() * 1000), line))

    def call(self, operation: str, region: str, fields: Fields) -> Fields:
        """DescribeLogStreams or GetLogEvents."""
        if operation == "DescribeLogStreams":
            return self._describe(region, fields)
        if operation == "GetLogEvents":
            return self._events(region, fields)
        raise ServiceError("UnknownOperationException", f"the loopback service has no Logs {operation}")

    def _describe(self, region: str, fields: Fields) -> Fields:
        prefix = str(fields.get("logStreamNamePrefix") or "")
        group = fields.get("logGroupName")
        with self._lock:
            found = sorted(s for r, g, s in self._streams if (r, g) == (region, group) and s.startswith(prefix))
            return {
                "logStreams": [
                    {
                        "logStreamName": stream,
                        "creationTime": self._streams[region, str(group), stream][0][0],
                        "lastEventTimestamp": self._streams[region, str(group), stream][-1][0],
                    }
                    for stream in found
                ]
            }

    def _events(self, region: str, fields: Fields) -> Fields:
        key = (region, str(fields.get("logGroupName")), str(fields.get("logStreamName")))
        with self._lock:
            if key not in self._streams:
                raise ServiceError("ResourceNotFoundException", "The specified log stream does not exist.")
            lines = list(self._streams[key])
        first, limit = int(str(fields.get("nextToken") or "f/0")[2:]), int(fields.get("limit") or 10_000)
        shown = lines[first : first + limit]
        return {
            "events": [{"timestamp": at, "message": line, "ingestionTime": at} for at, line in shown],
            "nextForwardToken": f"f/{first + len(shown)}",
            "nextBackwardToken": f"b/{first}",
        }
