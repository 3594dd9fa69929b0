"""The layout of a RecordIO-protobuf record.

A file is records one after the other, little-endian: u32 magic, u32 length, the payload of that length,
zeros up to a multiple of four. The payload is a protobuf message `Record` that maps "values" to a tensor
for the features and, where there is one, for the label
(https://docs.aws.amazon.com/sagemaker/latest/dg/cdf-training.html, schema `aialgs.data`). With one width
and one type all dense records have the same headers: they are one numpy structured array.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from rsnb.errors import ModelError

MAGIC = 0xCED7230A
KEY = b"\x0a\x06values"
TENSORS: dict[np.dtype[Any], bytes] = {
    np.dtype("<f4"): b"\x12",
    np.dtype("<f8"): b"\x1a",
}  # the protobuf tag of Float32Tensor, Float64Tensor
LONGEST = 1 << 29  # bytes of a payload; the upper bits of the length mean something else


def varint(number: int) -> bytes:
    """A whole number in protobuf's base 128."""
    head = bytearray()
    while number > 127:
        head.append(number & 127 | 128)
        number >>= 7
    return bytes([*head, number])


def tensor_head(tag: bytes, dtype: np.dtype[Any], count: int) -> bytes:
    """What stands before the `count` values of a dense tensor; tag: of the features or of the label."""
    size = count * dtype.itemsize
    body = b"\x0a" + varint(size)
    body = TENSORS[dtype] + varint(len(body) + size) + body
    body = KEY + b"\x12" + varint(len(body) + size) + body
    return tag + varint(len(body) + size) + body


def record_type(x: np.dtype[Any], width: int, y: np.dtype[Any] | None) -> tuple[np.dtype[Any], bytes, bytes]:
    """The fixed layout of a dense record, and the bytes of its two headers."""
    before = tensor_head(b"\x0a", x, width)
    between = tensor_head(b"\x12", y, 1) if y is not None else b""
    length = len(before) + width * x.itemsize + len(between) + (y.itemsize if y is not None else 0)
    if length >= LONGEST:
        raise ModelError(f"a record of {width:,} features takes {length:,} bytes; RecordIO holds up to {LONGEST - 1:,}")
    head = MAGIC.to_bytes(4, "little") + length.to_bytes(4, "little") + before
    fields: list[Any] = [("head", f"V{len(head)}"), ("x", x, (width,)), ("between", f"V{len(between)}")]
    fields += [("y", y)] if y is not None else []
    return np.dtype([*fields, ("pad", f"V{-length % 4}")]), head, between
