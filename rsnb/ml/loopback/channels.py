"""The examples in a training job's channels, read from the loopback S3."""

from __future__ import annotations

import gzip
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from rsnb.errors import RsnbError
from rsnb.ml.data import Examples
from rsnb.ml.loopback import formats
from rsnb.ml.loopback.protocol import Fields, ServiceError, one_of, s3_address

if TYPE_CHECKING:
    from rsnb.ml.loopback.storage import Storage

NAMES = ("train", "validation", "test")


class ClientError(Exception):
    """What a training job fails with when its input is at fault: its FailureReason."""


def read(storage: Storage, channels: list[Fields]) -> dict[str, Examples]:
    """The examples by channel; ClientError when a channel is not what it says."""
    found = {channel["ChannelName"]: _channel(storage, channel) for channel in channels}
    if "train" not in found:
        raise ClientError("Algorithm error: the channel 'train' is required")
    if unknown := set(found) - set(NAMES):
        raise ClientError(f"Additional channels are not allowed ({', '.join(sorted(unknown))} was unexpected)")
    widths = {name: examples.x.shape[1] for name, examples in found.items()}
    if len(set(widths.values())) > 1:
        raise ClientError(f"the channels differ in the number of features: {widths}")
    return found


def objects(storage: Storage, source: Fields, region: str) -> list[tuple[str, bytes]]:
    """(key, bytes) of the objects that an S3DataSource names."""
    address = source.get("S3Uri")
    bucket, prefix = s3_address(address, "S3Uri")
    if one_of(source, "S3DataType", ("S3Prefix", "ManifestFile"), "S3Prefix") != "S3Prefix":
        raise ClientError("the loopback service reads S3DataType S3Prefix only")
    try:
        found = [(s.key, s.path.read_bytes()) for s in storage.list(bucket, prefix) if s.size]
    except ServiceError as exc:
        raise ClientError(f"Data download failed:{exc.code}: {exc.message} ({address})") from exc
    if not found:
        raise ClientError(
            f'Data download failed:No S3 objects found under S3 URL "{address}" given in input data source. '
            f"Please ensure that the bucket exists in the selected region ({region}), that objects exist under "
            "that S3 prefix, and that the role can list them."
        )
    return found


def _channel(storage: Storage, channel: Fields) -> Examples:
    name, kind = channel["ChannelName"], str(channel.get("ContentType") or formats.RECORDIO).partition(";")[0]
    packed = one_of(channel, "CompressionType", ("None", "Gzip"), "None") == "Gzip"
    parts = []
    for key, body in objects(storage, channel["DataSource"]["S3DataSource"], "the region of the job"):
        try:
            x, y = _part(gzip.decompress(body) if packed else body, kind)
        except (ValueError, OSError, RsnbError) as exc:
            raise ClientError(f"Unable to read data channel '{name}', object {key}: {exc}") from exc
        parts.append((x, y))
    if len({x.shape[1] for x, _ in parts}) > 1:
        raise ClientError(f"the objects of channel '{name}' differ in the number of features")
    x, y = np.concatenate([x for x, _ in parts]), np.concatenate([y for _, y in parts])
    if not np.isfinite(x).all() or not np.isfinite(y).all():
        raise ClientError(f"channel '{name}' holds NaN or infinity")
    return Examples(x, y, tuple(f"feature_{i}" for i in range(x.shape[1])))


def _part(body: bytes, kind: str) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """The features and labels of one object, rounded to float32 as the container holds them."""
    if kind == formats.CSV:
        rows = formats.csv(body)
        x, y = rows[:, 1:], rows[:, 0]
    elif kind == formats.RECORDIO:
        x, labels = formats.recordio(body)
        if labels is None:
            raise ValueError("the records have no label")
        y = labels
    else:
        raise ValueError(f"content type {kind} is not one of {formats.CSV}, {formats.RECORDIO}")
    return np.asarray(x, np.float32).astype(np.float64), np.asarray(y, np.float64)
