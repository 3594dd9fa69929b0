"""Addresses of the lake as files of this machine."""

from __future__ import annotations

from pathlib import Path

import pytest

from rsnb.errors import ConfigError
from rsnb.lake import Lake


def test_the_longest_prefix_decides_and_hidden_files_are_left_out(tmp_path: Path) -> None:
    (tmp_path / "b" / "day=1").mkdir(parents=True)
    for name in ("x1", "x2", "_SUCCESS", ".part"):
        (tmp_path / "b" / "day=1" / name).write_text("1")
    lake = Lake({"s3://a": tmp_path / "none", "s3://a/b/": tmp_path / "b"})
    assert lake.path("s3://a/b/day=1") == tmp_path / "b" / "day=1"
    assert [f.address for f in lake.files("s3://a/b/")] == ["s3://a/b/day=1/x1", "s3://a/b/day=1/x2"]
    assert [f.address for f in lake.files("s3://a/b/day=1/x2")] == ["s3://a/b/day=1/x2"]
    assert lake.files("s3://a/c/") == []


@pytest.mark.parametrize(
    ("address", "words"),
    [("s3://z/x", "no folder is mapped"), ("/etc/passwd", "not an address"), ("s3://a/../../x", "leaves its folder")],
)
def test_an_address_that_is_not_mapped(tmp_path: Path, address: str, words: str) -> None:
    with pytest.raises(ConfigError, match=words):
        Lake({"s3://a": tmp_path}).path(address)
