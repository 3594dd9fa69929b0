"""What a model has on AWS: kept in the order in which it was made, tagged, listed, removed."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from rsnb.errors import ModelError
from rsnb.ml.sagemaker.account import Account, calling

if TYPE_CHECKING:
    import pandas as pd

PROJECT, MODEL = "rsnb:project", "rsnb:model"
ENDED = ("Completed", "Failed", "Stopped")


@dataclass(frozen=True)
class Kind:
    """A kind of resource: its name in the API, and what it costs. removable: the API has a Delete for it."""

    api: str
    title: str
    cost: str = "nothing"
    removable: bool = True

    @property
    def snake(self) -> str:
        """Its name in the API in small letters, with `_` between the words."""
        return re.sub(r"(?<=[a-z])(?=[A-Z])", "_", self.api).lower()


KINDS = {  # in the order in which they are removed
    kind.api: kind
    for kind in (
        Kind("Endpoint", "endpoint", "its instances by the second, until it is deleted"),
        Kind("EndpointConfig", "endpoint configuration"),
        Kind("TransformJob", "transform job", "its instances by the second, until it ends", removable=False),
        Kind("Model", "model"),
        Kind("TrainingJob", "training job", "its instances by the second, until it ends"),
    )
}


@dataclass
class Made:
    """What was made for a model: (kind, name) in order, and where its objects are."""

    model: str
    place: str  # s3://bucket/prefix/model/
    tags: dict[str, str]
    items: list[tuple[str, str]] = field(default_factory=list)
    objects: bool = False  # whether anything was written to `place`, and how much
    bytes: int = 0

    def add(self, api: str, name: str) -> None:
        """Note a resource that is there now."""
        self.items.append((api, name))

    def count(self, api: str) -> int:
        """How many resources of a kind there are."""
        return sum(kind == api for kind, _ in self.items)

    def listed(self) -> list[dict[str, str]]:
        """The tags as the API wants them."""
        return [{"key": key, "value": value} for key, value in self.tags.items()]

    @property
    def undo(self) -> str:
        """How to remove it; nothing when nothing was made."""
        if self.items:
            return f"remove it all: rsnb.ml.sagemaker.delete({self.model!r})"
        return f"remove them: aws s3 rm --recursive {self.place}" if self.objects else ""

    def __str__(self) -> str:
        named = [f"the {KINDS[api].title} {name}" for api, name in self.items]
        named += [f"the objects under {self.place}"] if self.objects else []
        return f"made by now: {', '.join(named)}" if named else "nothing was made yet"


def tagged(model: str, project: str, more: Mapping[str, str] | None) -> dict[str, str]:
    """The tags of everything that is made for a model."""
    return {PROJECT: project, MODEL: model, **(more or {})}


def table(account: Account) -> pd.DataFrame:
    """Every resource in the region that rsnb made: model, kind, name, status, created, cost, project, arn."""
    import pandas as pd

    columns = ["model", "kind", "name", "status", "created", "cost", "project", "arn"]
    with calling(f"listing the resources in {account.region}"):
        rows = [row for kind in KINDS.values() for row in _rows(account, kind)]
    return pd.DataFrame(rows, columns=columns).sort_values(["model", "kind", "name"], ignore_index=True)


def _rows(account: Account, kind: Kind) -> Iterator[dict[str, Any]]:
    """The resources of a kind whose name begins as rsnb's do and that carry its tag."""
    pages = account.client.get_paginator(f"list_{kind.snake}s").paginate(NameContains="rsnb-")
    for page in pages:
        for found in next(value for value in page.values() if isinstance(value, list)):
            arn, status = found[f"{kind.api}Arn"], found.get(f"{kind.api}Status", "")
            tags = _tags(account, arn)
            if MODEL in tags:
                yield {
                    "model": tags[MODEL],
                    "kind": kind.title,
                    "name": found[f"{kind.api}Name"],
                    "status": status,
                    "created": found["CreationTime"],
                    "cost": "nothing" if status in ENDED else kind.cost,
                    "project": tags.get(PROJECT, ""),
                    "arn": arn,
                }


def _tags(account: Account, arn: str) -> dict[str, str]:
    pages = account.client.get_paginator("list_tags").paginate(ResourceArn=arn)
    return {tag["Key"]: tag["Value"] for page in pages for tag in page["Tags"]}


@dataclass
class Found:
    """What there is of a model. place: of its objects, '' where that is not known. job: its description."""

    items: list[tuple[str, str]]
    tags: dict[str, str]
    place: str = ""
    job: dict[str, Any] = field(default_factory=dict)


def find(account: Account, model: str) -> Found:
    """What a model has in the region; ModelError when there is nothing by this name."""
    rows = table(account)
    mine = rows[rows["model"] == model]
    if mine.empty:
        known = ", ".join(sorted(set(rows["model"]))) or "none"
        raise ModelError(f"there is no model {model} in {account.region}", hint=f"there is {known}")
    titles = {kind.title: kind.api for kind in KINDS.values()}
    items = [(titles[kind], name) for kind, name in zip(mine["kind"], mine["name"], strict=True)]
    with calling(f"looking at the model {model}"):
        found = Found(items, _tags(account, mine["arn"].iloc[0]))
        if ("TrainingJob", model) in items:
            found.job = account.client.describe_training_job(TrainingJobName=model)
            found.place = f"{found.job['OutputDataConfig']['S3OutputPath']}/{model}/"
    return found


@dataclass
class Removed:
    """done: what was removed or stopped, in words. left: resources that are still there."""

    done: list[str] = field(default_factory=list)
    left: list[tuple[str, str]] = field(default_factory=list)

    def __str__(self) -> str:
        return f"removed by now: {', '.join(self.done) or 'nothing'}"


def remove(account: Account, items: list[tuple[str, str]], place: str = "") -> Removed:
    """Remove resources, what costs most first, and then the objects under a place.

    A job that runs is stopped, and kept. One that is gone already is no error.
    """
    removed = Removed()
    for kind in KINDS.values():
        for name in [name for api, name in items if api == kind.api]:
            with calling(f"removing the {kind.title} {name}", removed):
                _remove(account, kind, name, removed)
    if place:
        with calling(f"removing the objects under {place}", removed):
            count = _remove_objects(account, place)
            removed.done += [f"{count} objects under {place}"] if count else []
    return removed


def _remove(account: Account, kind: Kind, name: str, removed: Removed) -> None:
    from botocore.exceptions import ClientError

    client, named = account.client, {f"{kind.api}Name": name}
    try:
        if kind.api.endswith("Job"):
            if getattr(client, f"describe_{kind.snake}")(**named)[f"{kind.api}Status"] not in ENDED:
                getattr(client, f"stop_{kind.snake}")(**named)
                removed.done.append(f"the {kind.title} {name} (stopped; delete again once it has ended)")
                removed.left.append((kind.api, name))
                return
            if not kind.removable:
                return
        getattr(client, f"delete_{kind.snake}")(**named)
    except ClientError as exc:
        message = exc.response.get("Error", {}).get("Message", "").lower()
        if "could not find" in message or "not found" in message:
            return
        if "in-progress" in message:
            raise ModelError(
                f"the {kind.title} {name} is still being made, and can't be deleted before it is; {removed}",
                hint="delete again in some minutes: it is billed until then",
            ) from exc
        raise
    removed.done.append(f"the {kind.title} {name}")


def _remove_objects(account: Account, place: str) -> int:
    bucket, _, prefix = place.removeprefix("s3://").partition("/")
    count = 0
    for page in account.s3.get_paginator("list_objects_v2").paginate(Bucket=bucket, Prefix=prefix):
        keys = [{"Key": found["Key"]} for found in page.get("Contents", ())]
        if keys:
            account.s3.delete_objects(Bucket=bucket, Delete={"Objects": keys, "Quiet": True})
            count += len(keys)
    return count
