"""Statements that define what the warehouse holds: schemas, tables, views, functions, comments."""

from rsnb.warehouse.definitions import altering, comments, creation, drops, functions, schemas, views

HANDLERS = {
    **comments.HANDLERS,
    **creation.HANDLERS,
    **drops.HANDLERS,
    **functions.HANDLERS,
    **schemas.HANDLERS,
    **views.HANDLERS,
}

__all__ = ["HANDLERS", "altering"]
