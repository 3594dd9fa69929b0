"""Statements that define what the warehouse holds: schemas, tables, views, functions, comments."""

from rsnb.warehouse.definitions import (
    altering,
    comments,
    creation,
    drops,
    functions,
    materialized,
    refreshing,
    schemas,
    select_into,
    views,
)

HANDLERS = {
    **comments.HANDLERS,
    **creation.HANDLERS,
    **drops.HANDLERS,
    **functions.HANDLERS,
    **materialized.HANDLERS,
    **refreshing.HANDLERS,
    **schemas.HANDLERS,
    **select_into.HANDLERS,
    **views.HANDLERS,
}

__all__ = ["HANDLERS", "altering"]
