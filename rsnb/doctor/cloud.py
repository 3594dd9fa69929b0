"""The steps to a warehouse through the Data API: the endpoint of the region, and who signs its calls."""

from __future__ import annotations

import ssl
from functools import cache
from urllib.parse import SplitResult, urlsplit

from rsnb.doctor import network
from rsnb.doctor.report import Way
from rsnb.engines.data_api.place import Place
from rsnb.profiles import Profile


def steps(profile: Profile) -> Way:
    """The steps before the warehouse answers."""
    place = Place.of(profile.url, profile.keys)

    @cache
    def endpoint() -> SplitResult:
        """The service's address in the region, which no call is needed to know."""
        account, _ = place.account()
        return urlsplit(str(account.client("redshift-data").meta.endpoint_url))

    def port() -> int:
        return endpoint().port or (443 if endpoint().scheme == "https" else 80)

    return [
        ("DNS", lambda: network.dns(str(endpoint().hostname), port())),
        ("TCP", lambda: network.tcp(str(endpoint().hostname), port())),
        ("TLS", lambda: _tls(endpoint(), port())),
        ("identity", lambda: _identity(place)),
    ]


def _tls(endpoint: SplitResult, port: int) -> str:
    if endpoint.scheme != "https":
        return f"not used: {endpoint.scheme}"
    host = str(endpoint.hostname)
    return network.tls(network.connected(host, port), host, ssl.create_default_context())


def _identity(place: Place) -> str:
    account, named = place.account()
    whom = f" as {named['DbUser']}" if "DbUser" in named else ""
    whom = f" with the secret {named['SecretArn']}" if "SecretArn" in named else whom
    return f"{account.identity()}{whom}"
