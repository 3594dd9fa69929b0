"""Functions that convert: binary texts."""

from __future__ import annotations

from rsnb.warehouse.functions.function import own, taking

FUNCTIONS = {
    "from_hex": taking("text", "varbyte", own("from_hex")),
}
