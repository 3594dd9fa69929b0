"""The keys of JSON objects that stand for a column, whatever their case: for 'auto ignorecase'."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING

from rsnb.warehouse.copy.jsons import records
from rsnb.warehouse.copy.reading import json_objects
from rsnb.warehouse.copy.target import Target

if TYPE_CHECKING:
    import duckdb


def keys_of(db: duckdb.DuckDBPyConnection, targets: list[Target], plains: list[Path]) -> dict[str, list[str]]:
    """The spellings of each column's name that the objects have; its name itself where they have none."""
    import duckdb

    found: dict[str, list[str]] = {}
    for path in plains:
        reading = json_objects(path)
        try:
            rows = db.execute(
                f"SELECT DISTINCT unnest(json_keys(json)) FROM {reading} WHERE json_type(json) = 'OBJECT' ORDER BY 1"
            ).fetchall()
        except duckdb.InvalidInputException:
            rows = [(key,) for key in _exactly(path)]
        for (key,) in rows:
            spelt = found.setdefault(key.lower(), [])
            if key not in spelt:
                spelt.append(key)
    return {t.name: [k.replace("\\", "\\\\").replace('"', '\\"') for k in found.get(t.name, [t.name])] for t in targets}


def _exactly(path: Path) -> list[str]:
    """The keys of a file in which a record is no JSON."""
    found: dict[str, None] = {}
    for record in records(path):
        value = json.loads(record.raw) if record.fields else None
        found |= dict.fromkeys(value if isinstance(value, dict) else ())
    return list(found)
