"""The loopback service: SageMaker, its runtime, and the S3, Logs and STS calls that go with them, on one port.

A call is routed by the service that it is signed for; the signature itself is not checked.
"""

from __future__ import annotations

import os
import re
import tempfile
import threading
from collections.abc import Callable
from pathlib import Path
from types import TracebackType

from rsnb.errors import ConfigError
from rsnb.ml.loopback import s3
from rsnb.ml.loopback.endpoints import Hosting
from rsnb.ml.loopback.faults import Faults
from rsnb.ml.loopback.listener import REGION, Listener
from rsnb.ml.loopback.logs import Logs
from rsnb.ml.loopback.protocol import ACCOUNT, Fields, Request, Response, ServiceError, answer, query_refusal, refusal
from rsnb.ml.loopback.shelf import KINDS, Shelf
from rsnb.ml.loopback.storage import Storage
from rsnb.ml.loopback.training import Training
from rsnb.ml.loopback.transform import Transform

BUCKET = "rsnb-local"
ROLE = f"arn:aws:iam::{ACCOUNT}:role/rsnb-local"


class Server:
    """A running service. Use it as a context manager, or close it."""

    def __init__(self, host: str, port: int, folder: Path | None, faults: Faults, pace: float) -> None:
        self.faults = faults
        try:
            self._http = Listener((host, port), self.handle)
        except OSError as exc:
            raise ConfigError(f"port {port} of {host} can't be used: {exc.strerror}", hint="another --port") from exc
        self._own = (
            None if folder else tempfile.TemporaryDirectory(prefix="rsnb-sagemaker-", ignore_cleanup_errors=True)
        )
        self.storage = Storage(folder or Path(str(self._own and self._own.name)))
        self.storage.create_bucket(BUCKET)
        shelf, self._logs = Shelf(), Logs()
        training = Training(shelf, self.storage, self._logs, faults, pace)
        self._hosting = Hosting(shelf, self.storage, faults, pace)
        transform = Transform(shelf, self.storage, self._hosting, faults, pace)
        self._calls = _calls(shelf, self._hosting, training, transform)
        self._thread = threading.Thread(target=self._http.serve_forever, args=(0.05,), daemon=True)
        self._thread.start()

    def __enter__(self) -> Server:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    @property
    def url(self) -> str:
        """Where it listens."""
        host, port = self._http.server_address[:2]
        return f"http://{host!s}:{port}"

    def environment(self) -> dict[str, str]:
        """The variables that send the AWS SDK here, and nowhere else."""
        services = ("SAGEMAKER", "SAGEMAKER_RUNTIME", "S3", "STS", "CLOUDWATCH_LOGS")
        return {
            "AWS_ENDPOINT_URL": self.url,
            **{f"AWS_ENDPOINT_URL_{service}": self.url for service in services},
            "AWS_ACCESS_KEY_ID": "loopback",
            "AWS_SECRET_ACCESS_KEY": "loopback",
            "AWS_SESSION_TOKEN": "loopback",
            "AWS_DEFAULT_REGION": REGION,
            "AWS_REGION": REGION,
            "AWS_EC2_METADATA_DISABLED": "true",
            "AWS_MAX_ATTEMPTS": "2",
            "AWS_CONFIG_FILE": os.devnull,
            "AWS_SHARED_CREDENTIALS_FILE": os.devnull,
        }

    def close(self) -> None:
        """Stop listening. The objects in a given folder stay; the jobs, models and endpoints were in memory."""
        self._http.shutdown()
        self._http.server_close()
        self._thread.join()
        if self._own:
            self._own.cleanup()

    def handle(self, request: Request) -> Response:
        """Answer one call."""
        call = request.headers.get("x-amz-target", "").rpartition(".")[2] or request.method
        refuse = {"s3": s3.refusal, "sagemaker": refusal, "logs": refusal}.get(request.service, query_refusal)
        try:
            self.faults.check(call)
            return self._route(call, request)
        except ServiceError as exc:
            return refuse(exc)
        except Exception as exc:  # what no rule foresaw is the service's own fault: say so, and serve on
            return refuse(ServiceError("InternalFailure", f"{type(exc).__name__}: {exc}", 500))

    def _route(self, call: str, request: Request) -> Response:
        if request.service == "s3":
            return s3.handle(self.storage, request)
        if request.service == "sts":
            return _identity(request)
        if request.service == "logs":
            return answer(self._logs.call(call, request.region, request.fields()))
        if request.service == "sagemaker" and re.fullmatch(r"/endpoints/[^/]+/invocations", request.path):
            return self._hosting.invoke(request)
        if request.service == "sagemaker" and call in self._calls:
            return answer(self._calls[call](request.region, request.fields()))
        if not request.service:
            raise ServiceError("MissingAuthenticationTokenException", "Missing Authentication Token", 403)
        raise ServiceError(
            "UnknownOperationException", f"the loopback service has no {request.service} {call} {request.path}"
        )


def _calls(shelf: Shelf, hosting: Hosting, training: Training, transform: Transform) -> dict[str, _Call]:
    """The SageMaker operations by name."""
    calls: dict[str, _Call] = {
        "CreateTrainingJob": training.create,
        "DescribeTrainingJob": training.describe,
        "StopTrainingJob": training.stop,
        "DeleteTrainingJob": training.delete,
        "CreateModel": hosting.create_model,
        "CreateEndpointConfig": hosting.create_endpoint_config,
        "CreateEndpoint": hosting.create_endpoint,
        "CreateTransformJob": transform.create,
        "StopTransformJob": transform.stop,
        "AddTags": lambda region, fields: shelf.add_tags(fields),
        "ListTags": lambda region, fields: shelf.list_tags(fields),
        "DeleteTags": lambda region, fields: shelf.delete_tags(fields),
    }
    for api in KINDS:
        calls[f"List{api}s"] = lambda region, fields, api=api: shelf.list(api, region, fields)  # type: ignore[misc]
        describe = f"Describe{api}"
        if describe not in calls:
            calls[describe] = lambda region, fields, api=api: (  # type: ignore[misc]
                shelf.get(api, region, fields.get(f"{api}Name")).describe()
            )
    for api in ("Model", "EndpointConfig", "Endpoint"):
        calls[f"Delete{api}"] = lambda region, fields, api=api: hosting.delete(api, region, fields)  # type: ignore[misc]
    return calls


def _identity(request: Request) -> Response:
    """STS GetCallerIdentity."""
    if b"Action=GetCallerIdentity" not in request.body:
        raise ServiceError("InvalidAction", "the loopback service has STS GetCallerIdentity only")
    text = (
        '<GetCallerIdentityResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/"><GetCallerIdentityResult>'
        f"<Arn>arn:aws:iam::{ACCOUNT}:user/loopback</Arn><UserId>loopback</UserId><Account>{ACCOUNT}</Account>"
        "</GetCallerIdentityResult></GetCallerIdentityResponse>"
    )
    return Response(200, text.encode(), {"Content-Type": "text/xml"})


def serve(
    host: str = "127.0.0.1",
    port: int = 0,
    folder: Path | None = None,
    *,
    faults: Faults | None = None,
    pace: float = 0.0,
) -> Server:
    """Start a service. port: 0 takes a free one. folder: of its S3 objects, a temporary one by default.

    pace: seconds that each state of a job or an endpoint lasts at least, so that it can be seen.
    """
    if host not in ("127.0.0.1", "localhost"):
        raise ConfigError(f"the loopback service can't listen on {host}: it checks no signature", hint="127.0.0.1")
    return Server("127.0.0.1", port, folder, faults or Faults(), pace)


class Pause(threading.Event):
    """What `run` waits for; nobody sets it."""


def run(port: int = 8787, folder: Path = Path("sagemaker-local"), say: Callable[[str], None] = print) -> None:
    """Serve until interrupted, and say what to put into the environment."""
    with serve(port=port, folder=folder, pace=1.0) as server:
        say(f"# a loopback SageMaker at {server.url}; objects in {folder}; Ctrl-C ends it")
        for name, value in server.environment().items():
            say(f"export {name}={value}")
        say(f"# bucket {BUCKET}, role {ROLE}")
        try:
            Pause().wait()
        except KeyboardInterrupt:
            say("# ended; the objects stay, the jobs, models and endpoints were in memory")


_Call = Callable[[str, Fields], Fields]
