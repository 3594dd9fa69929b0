"""The resources that the loopback service keeps, by kind, region and name, with their tags. In memory only."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

from rsnb.ml.loopback.protocol import ACCOUNT, NAME, Fields, Invalid, ServiceError, clock, matches, page


@dataclass(frozen=True)
class Kind:
    """A kind of resource: its name in the API and in an ARN, and what the service says of it."""

    api: str
    noun: str
    missing: str
    taken: str
    taken_code: str = "ValidationException"


def _job(api: str, noun: str, words: str, missing: str) -> Kind:
    taken = (
        f"{words.capitalize()} names must be unique within an AWS account and region, "
        f"and a {words} with this name already exists ({{arn}})"
    )
    return Kind(api, noun, missing, taken, "ResourceInUse")


def _thing(api: str, noun: str, words: str) -> Kind:
    return Kind(api, noun, f'Could not find {words} "{{arn}}".', f'Cannot create already existing {words} "{{arn}}".')


KINDS = {
    kind.api: kind
    for kind in (
        _job("TrainingJob", "training-job", "training job", "Requested resource not found."),
        _job("TransformJob", "transform-job", "transform job", "Could not find requested job with name: {name}"),
        _thing("Model", "model", "model"),
        _thing("EndpointConfig", "endpoint-config", "endpoint configuration"),
        _thing("Endpoint", "endpoint", "endpoint"),
    )
}


@dataclass
class Record:
    """One resource: the request that made it, its state, and what it has become since."""

    kind: Kind
    name: str
    region: str
    arn: str
    request: Fields
    status: str = ""
    made: Fields = field(default_factory=dict)  # further members of its description
    tags: dict[str, str] = field(default_factory=dict)
    created: float = field(default_factory=clock)
    changed: float = field(default_factory=clock)
    stop: threading.Event = field(default_factory=threading.Event)

    def become(self, status: str, **made: object) -> None:
        """Move to a state, and note what it has brought."""
        self.made |= made  # first: who sees the state sees what it has brought
        self.status, self.changed = status, clock()

    def describe(self) -> Fields:
        """The answer to Describe…: the request, less its tags, the state and what came of it."""
        fields = {k: v for k, v in self.request.items() if k != "Tags" and v not in ({}, [], None)}
        return {**fields, **self.summary(), **self.made}

    def summary(self) -> Fields:
        """One line of List…"""
        api = self.kind.api
        fields: Fields = {f"{api}Name": self.name, f"{api}Arn": self.arn}
        fields |= {"CreationTime": self.created, "LastModifiedTime": self.changed}
        return fields | ({f"{api}Status": self.status} if self.status else {})


class Shelf:
    """Every resource of every kind; safe for several threads."""

    def __init__(self) -> None:
        self._records: dict[tuple[str, str, str], Record] = {}
        self._lock = threading.RLock()

    def __iter__(self) -> Iterator[Record]:
        with self._lock:
            return iter(list(self._records.values()))

    def add(self, api: str, region: str, request: Fields, status: str = "") -> Record:
        """Keep a new resource; refuses a name that is not one, or that is taken."""
        kind = KINDS[api]
        name = matches(request, f"{api}Name", NAME, 63)
        arn = f"arn:aws:sagemaker:{region}:{ACCOUNT}:{kind.noun}/{name}"
        tags = _tags(request.get("Tags") or [])
        with self._lock:
            if (api, region, name) in self._records:
                raise ServiceError(kind.taken_code, kind.taken.format(arn=arn))
            record = Record(kind, name, region, arn, request, status, tags=tags)
            self._records[api, region, name] = record
        return record

    def get(self, api: str, region: str, name: object) -> Record:
        """A resource by its name."""
        with self._lock:
            if found := self._records.get((api, region, str(name))):
                return found
        kind = KINDS[api]
        arn = f"arn:aws:sagemaker:{region}:{ACCOUNT}:{kind.noun}/{name}"
        raise Invalid(kind.missing.format(arn=arn, name=name))

    def remove(self, record: Record) -> None:
        """Forget a resource."""
        with self._lock:
            self._records.pop((record.kind.api, record.region, record.name), None)

    def list(self, api: str, region: str, request: Fields) -> Fields:
        """The answer to List…: filtered, sorted, one page."""
        found = [r for r in self if r.kind.api == api and r.region == region and _wanted(r, request)]
        order: dict[str, Callable[[Record], Any]] = {"Name": lambda r: r.name, "Status": lambda r: r.status}
        key = order.get(str(request.get("SortBy")), lambda r: r.created)
        found.sort(key=key, reverse=request.get("SortOrder", "Descending") == "Descending")
        shown, following = page([r.summary() for r in found], request)
        plural = f"{api}s" if api in ("Model", "Endpoint", "EndpointConfig") else f"{api}Summaries"
        return {plural: shown, "NextToken": following}

    def by_arn(self, arn: object) -> Record:
        """A resource by its ARN."""
        for record in self:
            if record.arn == arn:
                return record
        raise Invalid(f'Could not find resource "{arn}".')

    def add_tags(self, request: Fields) -> Fields:
        """AddTags."""
        record = self.by_arn(request.get("ResourceArn"))
        record.tags |= _tags(request.get("Tags") or [])
        return {"Tags": _listed(record.tags)}

    def list_tags(self, request: Fields) -> Fields:
        """ListTags."""
        shown, following = page(_listed(self.by_arn(request.get("ResourceArn")).tags), {"MaxResults": 50, **request})
        return {"Tags": shown, "NextToken": following}

    def delete_tags(self, request: Fields) -> Fields:
        """DeleteTags."""
        record = self.by_arn(request.get("ResourceArn"))
        record.tags = {k: v for k, v in record.tags.items() if k not in request.get("TagKeys", ())}
        return {}


def _wanted(record: Record, request: Fields) -> bool:
    after, before = float(request.get("CreationTimeAfter") or 0), request.get("CreationTimeBefore")
    return (
        str(request.get("NameContains") or "") in record.name
        and request.get("StatusEquals") in (None, record.status)
        and after <= record.created
        and (before is None or record.created <= float(before))
    )


def _tags(given: list[Fields]) -> dict[str, str]:
    for tag in given:
        matches(tag, "Key", r"[\w\s.:/=+\-@]+", 128)
        if tag.get("Value"):
            matches(tag, "Value", r"[\w\s.:/=+\-@]*", 256)
    return {str(tag["Key"]): str(tag.get("Value", "")) for tag in given}


def _listed(tags: dict[str, str]) -> list[Fields]:
    return [{"Key": key, "Value": value} for key, value in sorted(tags.items())]
