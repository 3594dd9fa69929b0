"""How much memory a result may take: a share of what is free when it begins."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path

from rsnb.errors import GuardError

MARGIN = 256 << 20  # bytes that always may be taken: a small machine still shows small results


def free() -> int:
    """Bytes of memory that this process can still have, as far as the system says; 0 where it does not."""
    found = [_available(Path("/proc/meminfo")), _control_group(Path("/sys/fs/cgroup"))]
    known = [size for size in found if size is not None]
    if known:
        return max(min(known), 0)
    try:
        return os.sysconf("SC_AVPHYS_PAGES") * os.sysconf("SC_PAGE_SIZE")
    except (AttributeError, ValueError, OSError):
        return 0


def _available(file: Path) -> int | None:
    """Linux's own estimate."""
    try:
        lines = file.read_text().splitlines()
    except OSError:
        return None
    return next((int(line.split()[1]) * 1024 for line in lines if line.startswith("MemAvailable:")), None)


def _control_group(folder: Path) -> int | None:
    """What a container may take beyond what it has."""
    try:
        limit = (folder / "memory.max").read_text().strip()
        return None if limit == "max" else int(limit) - int((folder / "memory.current").read_text())
    except (OSError, ValueError):
        return None


@dataclass
class Guard:
    """Counts a result's bytes as they come. warn, refuse: percent of the bytes that are free; 0 is never.

    free: bytes; asked of the system when a result turns out not to be a small one.
    """

    warn: int
    refuse: int
    free: int | None = None
    bytes: int = 0
    rows: int = 0
    note: str = ""

    def add(self, rows: int, size: int) -> None:
        """Count some more; GuardError beyond the limit."""
        self.rows += rows
        self.bytes += size
        if self.bytes < MARGIN:
            return
        if self.free is None:
            known = free()
            self.free = known and known + self.bytes
        if not self.free:
            return
        share = 100 * self.bytes / self.free
        if self.refuse and share > self.refuse:
            raise GuardError(
                f"the result was stopped at row {self.rows:,}: {_size(self.bytes)} so far are more than "
                f"{self.refuse} % of the {_size(self.free)} of memory that were free",
                hint="aggregate, name fewer columns, set --max-rows, read it in batches with session.stream(sql), "
                "or let the cluster write it to S3 with --unload; the setting memory_limit is the share",
            )
        if self.warn and share > self.warn:
            self.note = f"the result takes more than {self.warn} % of the {_size(self.free)} of memory that were free"


def _size(size: int) -> str:
    return f"{size / 1e9:,.1f} GB" if size >= 1e9 else f"{size / 1e6:,.0f} MB"
