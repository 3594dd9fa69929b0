"""COPY: its grammar, the readers of its formats, the values of its texts, and the load itself."""

WHOLE = ("SMALLINT", "INTEGER", "BIGINT")  # types whose texts DuckDB reads with more tolerance than Redshift
