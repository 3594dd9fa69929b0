"""The SVCS views: what the main cluster and those of concurrency scaling ran. There is the main one alone here."""

from __future__ import annotations

from rsnb.warehouse.system import absent, loads, plans, spectrum, steps
from rsnb.warehouse.system.view import View

_OF_MAIN = {view.name: view for noun in (absent, loads, plans, spectrum, steps) for view in noun.VIEWS}
_NEWER = ("user_query_id", "child_query_sequence", "query_uuid", "transaction_id")  # the SVCS views have none of them


def _as(main: str, without: tuple[str, ...] = (), **types: str) -> View:
    """A view of the main cluster's rows. without, types: the columns it lacks, and those it has in other types."""
    view = _OF_MAIN[main]
    lines = [f"{c.name} {types.get(c.name, c.type)} = {c.expression}" for c in view.columns if c.name not in without]
    return View("svcs_" + main.partition("_")[2], view.source, "\n".join(lines))


VIEWS = (
    _as("stl_alert_event_log", without=("slice",)),
    _as("svl_compile"),
    _as("stl_explain", without=_NEWER),
    _as("stl_plan_info"),
    _as("svl_query_summary"),
    _as("svl_s3list", without=("slice",), bucket="character(256)", prefix="character(256)"),
    _as("svl_s3log", without=("slice",), message="character(512)"),
    _as("svl_s3partition_summary"),
    _as(
        "svl_s3query_summary", is_nested="character varying(1)", splits="bigint", splits_avg="bigint",
        total_retries="bigint", max_request_duration="bigint", avg_request_duration="bigint",
    ),
    _as("stl_stream_segs", without=_NEWER),
    _as("stl_unload_log", without=("slice", *_NEWER)),
)  # fmt: skip
