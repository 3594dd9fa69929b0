"""Where the work is done: region, bucket, role and credentials; and what their errors mean."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from rsnb.errors import AuthError, Cancelled, ConfigError, ConnectionLost, MissingExtra, ModelError, RsnbError

INSTALL = 'pip install "rsnb[sagemaker]"'
EXPIRED = {"ExpiredToken", "ExpiredTokenException", "RequestExpired", "TokenRefreshRequired"}
DENIED = {
    "AccessDenied",
    "AccessDeniedException",
    "InvalidClientTokenId",
    "InvalidAccessKeyId",
    "SignatureDoesNotMatch",
    "UnrecognizedClientException",
    "MissingAuthenticationTokenException",
}


@dataclass(frozen=True)
class Account:
    """A boto3 session in a region, the bucket and prefix that data and models go to, and the job's role."""

    region: str
    session: Any = field(repr=False)
    bucket: str = ""
    prefix: str = "rsnb"
    role: str = ""

    @staticmethod
    def open(
        region: str | None = None, session: Any = None, *, bucket: str = "", prefix: str = "rsnb", role: str = ""
    ) -> Account:
        """The account of a boto3 session, by default that of the environment.

        MissingExtra: the SDK is not installed. ConfigError: no region is known.
        """
        needed()
        import boto3

        used = session or boto3.Session(region_name=region)
        if not (where := region or used.region_name):
            raise ConfigError("no AWS region is known", hint="give region=..., or set AWS_REGION")
        used.events.register("after-call.sagemaker", _without_empty, unique_id="rsnb-without-empty")
        return Account(where, used, bucket, prefix.strip("/"), role)

    def place(self, model: str) -> str:
        """Where a model's objects go; ConfigError for a bucket or a role that can't be one."""
        if not re.fullmatch(r"[a-z0-9][a-z0-9.\-]{1,61}[a-z0-9]", self.bucket):
            raise ConfigError(f"{self.bucket!r} is not a bucket's name", hint="give bucket=..., without s3://")
        if not re.fullmatch(r"arn:aws[a-z\-]*:iam::\d{12}:role/.+", self.role):
            raise ConfigError(
                f"{self.role!r} is not the ARN of a role",
                hint="role='arn:aws:iam::<account>:role/<name>', which may read and write the bucket",
            )
        self.image  # noqa: B018 - a region without the learner is refused before anything is uploaded
        return "/".join(filter(None, ["s3:/", self.bucket, self.prefix, model, ""])) + "/"

    @property
    def given(self) -> dict[str, Any]:
        """What every call of the SDK is given."""
        return {"session": self.session, "region": self.region}

    @cached_property
    def client(self) -> Any:
        """The SageMaker client of the SDK's core layer."""
        from sagemaker.core.utils.utils import SageMakerClient

        return SageMakerClient(session=self.session, region_name=self.region).sagemaker_client

    @cached_property
    def s3(self) -> Any:
        """The client of S3 in the region."""
        return self.session.client("s3", region_name=self.region)

    @cached_property
    def logs(self) -> Any:
        """The client of CloudWatch Logs in the region."""
        return self.session.client("logs", region_name=self.region)

    @cached_property
    def image(self) -> str:
        """The built-in linear learner's image in the region."""
        from sagemaker.core import image_uris

        try:
            return str(image_uris.retrieve("linear-learner", self.region))
        except ValueError as exc:
            raise ConfigError(f"the linear learner is not in the region {self.region}", hint=str(exc)) from exc


def needed() -> None:
    """Refuse to go on without the SDK."""
    try:
        import sagemaker.core.resources  # noqa: F401
    except ImportError as exc:
        raise MissingExtra("training on SageMaker needs the SDK's core layer, sagemaker-core", hint=INSTALL) from exc


@contextmanager
def calling(doing: str, left: object = "", then: str = "") -> Iterator[None]:
    """Give what goes wrong in calls to AWS as rsnb's errors, and an interrupt as Cancelled.

    doing: what was tried. left: what is there then, and costs; asked for its text only then, and for its `undo`,
    which says what to do about it, unless `then` does.
    """
    from botocore import exceptions as aws

    try:
        yield
    except KeyboardInterrupt as exc:
        raise _error(Cancelled, f"{doing} was interrupted", left, "", then) from exc
    except aws.ClientError as exc:
        raise _refused(exc.response.get("Error", {}), doing, left, then) from exc
    except (aws.NoCredentialsError, aws.PartialCredentialsError, aws.TokenRetrievalError, aws.SSOError) as exc:
        raise _error(AuthError, f"{doing} failed: {exc}", left, "log in, or set AWS_PROFILE", then) from exc
    except (aws.ConnectionError, aws.HTTPClientError) as exc:
        raise _error(ConnectionLost, f"{doing} failed: {exc}", left, "is the network there? try again", then) from exc
    except aws.BotoCoreError as exc:
        raise _error(ModelError, f"{doing} failed: {exc}", left, "", then) from exc


def _refused(error: dict[str, str], doing: str, left: object, then: str) -> RsnbError:
    """The error for what the service answered."""
    code, message = error.get("Code", ""), error.get("Message", "")
    if code in EXPIRED:
        what = f"{doing} failed: the AWS credentials have expired"
        return _error(AuthError, what, left, "log in again, for instance aws sso login", then)
    if code in DENIED:
        return _error(AuthError, f"{doing} failed: {message or code}", left, "which identity and role are these?", then)
    return _error(ModelError, f"{doing} failed: {message or code} ({code})", left, "", then)


def _error(kind: type[RsnbError], message: str, left: object, first: str, then: str) -> RsnbError:
    """An error that says what is left and what to do now."""
    hint = "; ".join(filter(None, [first, then or str(getattr(left, "undo", ""))]))
    return kind("; ".join(filter(None, [message, str(left)])), hint=hint or None)


def _without_empty(parsed: dict[str, Any], **_: Any) -> None:
    """Take members without content out of an answer: the SDK's classes refuse {} for an optional structure."""
    for name in [name for name, value in parsed.items() if value == {}]:
        del parsed[name]
    for value in parsed.values():
        if isinstance(value, dict):
            _without_empty(value)
