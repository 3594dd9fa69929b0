"""Dates, times and intervals as Redshift reads and prints them; nothing here knows a statement or a table."""
