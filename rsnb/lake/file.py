"""A file of the lake."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path


@dataclass(frozen=True)
class LakeFile:
    """A file of the lake: its s3:// or file:// address, its place on this machine, its size in bytes.

    changed: when it was last written, in nanoseconds. fetch: brings a file of S3 to its place.
    """

    address: str
    place: Path
    size: int
    changed: int = 0
    fetch: Callable[[Path], None] | None = field(default=None, compare=False, repr=False)

    @property
    def path(self) -> Path:
        """Its place on this machine, where it then is."""
        if self.fetch is not None and not self.place.exists():
            self.fetch(self.place)
        return self.place
