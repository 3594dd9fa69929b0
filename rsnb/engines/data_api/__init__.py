"""The Redshift Data API as an engine: clusters and workgroups that no network path leads to.

`data-api://cluster-or-workgroup/database?region=eu-west-1&type=workgroup&keep_alive=1800`
"""

from __future__ import annotations

from rsnb.engines import Target
from rsnb.engines.data_api.engine import DataApiEngine
from rsnb.engines.data_api.place import Place


def connect(target: Target) -> DataApiEngine:
    """Open a `data-api://` URL; nothing is sent before the first statement."""
    return DataApiEngine(Place.of(target.url, target.keys))
