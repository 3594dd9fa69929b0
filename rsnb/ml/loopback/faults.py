"""What is to go wrong with the loopback service, so that a test can see what is made of it."""

from __future__ import annotations

from dataclasses import dataclass

from rsnb.ml.loopback.protocol import ServiceError


@dataclass
class Faults:
    """What is to go wrong.

    training_fails: the reason that every training job fails with. endpoint_never_in_service: endpoints stay
    Creating. expire_at: from this call on (`CreateEndpoint`, `PutObject` as `PUT` ...), the credentials are expired.
    """

    training_fails: str = ""
    endpoint_never_in_service: bool = False
    expire_at: str = ""
    expired: bool = False

    def check(self, call: str) -> None:
        """Refuse a call once the credentials are expired."""
        self.expired = self.expired or (bool(self.expire_at) and call == self.expire_at)
        if self.expired:
            raise ServiceError("ExpiredTokenException", "The security token included in the request is expired")
