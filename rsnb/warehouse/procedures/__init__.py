"""Stored procedures in PL/pgSQL: kept in the catalog as their text, parsed, and run statement by statement.

Source: Redshift Developer Guide, "Creating stored procedures in Amazon Redshift", CREATE PROCEDURE, CALL.
"""
