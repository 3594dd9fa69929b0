"""From a Redshift syntax tree to a typed tree that DuckDB reads: names, types, operators, conversions."""
