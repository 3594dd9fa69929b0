"""The SVCS views: what the main cluster and those of concurrency scaling ran. There is the main one alone here."""

from __future__ import annotations

from rsnb.warehouse.system import absent, loads, plans, spectrum, steps
from rsnb.warehouse.system.view import View

_NAMES = {
    "svcs_alert_event_log": "stl_alert_event_log",
    "svcs_compile": "svl_compile",
    "svcs_explain": "stl_explain",
    "svcs_plan_info": "stl_plan_info",
    "svcs_query_summary": "svl_query_summary",
    "svcs_s3list": "svl_s3list",
    "svcs_s3log": "svl_s3log",
    "svcs_s3partition_summary": "svl_s3partition_summary",
    "svcs_s3query_summary": "svl_s3query_summary",
    "svcs_stream_segs": "stl_stream_segs",
    "svcs_unload_log": "stl_unload_log",
}
_OF_MAIN = {view.name: view for noun in (absent, loads, plans, spectrum, steps) for view in noun.VIEWS}

VIEWS = tuple(View(name, _OF_MAIN[main].source, _OF_MAIN[main].lines) for name, main in _NAMES.items())
