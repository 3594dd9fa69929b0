"""Patterns of TO_CHAR, TO_DATE, TO_TIMESTAMP and TO_NUMBER; nothing here knows a statement or a table."""
