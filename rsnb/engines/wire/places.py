"""A folder of S3, or of this machine where the lake maps it there: its files, and its removal."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from rsnb.auth.account import Account
from rsnb.auth.buckets import s3
from rsnb.lake import Lake

if TYPE_CHECKING:
    import pyarrow.fs as fs


@dataclass
class Folder:
    """A folder by its s3:// address. system, path: how pyarrow reaches it."""

    address: str
    system: fs.FileSystem
    path: str

    def files(self) -> list[str]:
        """The paths of the files in it, sorted by name."""
        import pyarrow.fs as fs

        found = self.system.get_file_info(fs.FileSelector(self.path, allow_not_found=True))
        return sorted(info.path for info in found if info.type == fs.FileType.File)

    def remove(self) -> None:
        """Delete it and what is in it, where it is there."""
        import pyarrow.fs as fs

        if self.system.get_file_info(self.path).type != fs.FileType.NotFound or self.files():
            self.system.delete_dir(self.path)


def open_folder(address: str, lake: Lake, account: Account) -> Folder:
    """A folder, in the lake's folder of this machine or on S3."""
    import pyarrow.fs as fs

    mapped = any(address.startswith(prefix + "/") for prefix in lake.folders)
    if mapped:
        return Folder(address, fs.LocalFileSystem(), str(lake.path(address)))
    parts = urlsplit(address)
    return Folder(address, s3(account), f"{parts.netloc}{parts.path}")
