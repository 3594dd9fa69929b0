"""What AWS answers when it refuses, as errors that say who may not do what on what, and what to do next."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from rsnb.auth import redaction
from rsnb.errors import AuthError, ConfigError, ConnectionLost, RsnbError

EXPIRED = ("ExpiredToken", "ExpiredTokenException", "RequestExpired", "TokenRefreshRequired", "ExpiredCredentials")
UNKNOWN_KEY = (
    "AuthFailure",
    "IncompleteSignature",
    "InvalidAccessKeyId",
    "InvalidClientTokenId",
    "InvalidSignatureException",
    "MissingAuthenticationToken",
    "MissingAuthenticationTokenException",
    "SignatureDoesNotMatch",
    "UnrecognizedClientException",
)
DENIED = ("AccessDenied", "AccessDeniedException", "UnauthorizedOperation", "AccessDeniedFault")
THROTTLED = ("LimitExceededException", "RequestLimitExceeded", "Throttling", "ThrottlingException", "TooManyRequests")
NOT_THERE = ("ClusterNotFound", "ClusterNotFoundFault", "ResourceNotFoundException")


class NotThere(ConfigError):
    """What was asked for is not in this region of this account."""


@dataclass(frozen=True)
class Denial:
    """An action that IAM denied: who asked, what for, on what; empty where AWS does not say."""

    who: str
    action: str
    resource: str = ""

    @staticmethod
    def read(message: str) -> Denial | None:
        """The denial that a message of AWS or of the warehouse speaks of."""
        for pattern in _DENIALS:
            if match := pattern.search(message):
                found = {key: value.rstrip(".,;:") for key, value in match.groupdict().items() if value}
                return Denial(found.get("who", ""), found.get("action", "sts:AssumeRole"), found.get("resource", ""))
        return None

    @property
    def remedy(self) -> str:
        """What has to be allowed, to whom."""
        on = f" on {self.resource}" if self.resource else ""
        whose = f"a policy of {self.who}" if self.who else "a policy"
        return f"{whose} has to allow {self.action}{on}; `rsnb iam-policy --help` lists what rsnb needs"

    def __str__(self) -> str:
        on = f" on {self.resource}" if self.resource else ""
        return f"{self.who or 'this identity'} may not {self.action}{on}"


_ON = r"(?: on resource:? (?P<resource>\S+))?"
_DENIALS = tuple(
    re.compile(pattern, re.IGNORECASE)
    for pattern in (
        rf"User:? (?P<who>arn:\S+) is not authorized to perform:? (?P<action>[\w-]+:\w+){_ON}",
        r"User:? (?P<who>arn:\S+) is not authorized to assume (?:IAM )?role:? (?P<resource>arn:\S+)",
        r"not authorized to (?:assume|get credentials of) (?:IAM )?role:? (?P<resource>arn:\S+)",
        rf"not authorized to perform:? (?P<action>[\w-]+:\w+){_ON}",
    )
)


@contextmanager
def calling(doing: str, where: str = "") -> Iterator[None]:
    """Give what goes wrong in a call to AWS as rsnb's errors, without a secret in them.

    doing: what was tried, on what. where: region and profile that were asked, for what is not there.
    """
    from botocore import exceptions as aws
    from botocore.parsers import ResponseParserError

    try:
        yield
    except aws.ClientError as exc:
        redaction.clean_error(exc)
        raise refused(exc.response.get("Error", {}), doing, where) from exc
    except (aws.NoCredentialsError, aws.PartialCredentialsError) as exc:
        raise AuthError(f"{doing} failed: {exc}", hint=_LOG_IN) from exc
    except (aws.SSOError, aws.TokenRetrievalError, aws.CredentialRetrievalError) as exc:
        redaction.clean_error(exc)
        raise AuthError(f"{doing} failed: {exc}", hint=_LOG_IN) from exc
    except aws.ProfileNotFound as exc:
        raise ConfigError(f"{doing} failed: {exc}", hint="`aws configure list-profiles` lists those there are") from exc
    except (aws.ConnectionError, aws.HTTPClientError) as exc:
        raise ConnectionLost(
            f"{doing} failed: {exc}", hint=f"is the network there, and the region right? {where}"
        ) from exc
    except ResponseParserError as exc:
        raise ConnectionLost(
            f"{doing} failed: the answer is not one of AWS", hint="is there a proxy before it?"
        ) from exc
    except aws.BotoCoreError as exc:
        redaction.clean_error(exc)
        raise ConfigError(f"{doing} failed: {exc}", hint=where or None) from exc


def refused(error: dict[str, str], doing: str, where: str = "") -> RsnbError:
    """The error for a code and a message that a service answered."""
    code, message = error.get("Code", ""), redaction.clean(error.get("Message", ""))
    if code in EXPIRED:
        return AuthError(f"{doing} failed: the AWS credentials have expired", hint=_LOG_IN)
    if code in UNKNOWN_KEY:
        clock = "; is this machine's clock right?" if "expired" in message or "not yet" in message else ""
        return AuthError(f"{doing} failed: AWS does not know these credentials: {message}", hint=_LOG_IN + clock)
    if code in DENIED or "is not authorized to perform" in message:
        denial = Denial.read(message)
        if denial is None:
            return AuthError(f"{doing} was denied: {message or code}", hint="which identity is it? rsnb doctor says it")
        return AuthError(f"{doing} was denied: {denial}", hint=denial.remedy)
    if code in THROTTLED:
        return ConnectionLost(
            f"{doing} failed: AWS answers too many requests at once ({code})", hint="wait, and try again"
        )
    if code in NOT_THERE or code.endswith("NotFound"):
        hint = f"is it the right region and account? {where}".strip()
        return NotThere(f"{doing} failed: {message or code}", hint=hint)
    return AuthError(f"{doing} failed: {message or code} ({code})", hint=where or None)


_LOG_IN = "log in, for instance with `aws sso login`, or name an aws_profile"
