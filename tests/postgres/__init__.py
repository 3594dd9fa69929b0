"""A real PostgreSQL server behind a loopback proxy that greets as Redshift does.

The unmodified redshift_connector connects through it. What it can't show: Redshift's SQL, its catalog, its
system views. The proxy can speak the driver's three protocols and break in chosen places.
"""
