"""Cases of the functions, a module for each family.

CASES: name → [(expression, value, type)]. QUERIES: name → [(query, last row, types)]. REFUSED: statements that
Redshift refuses too. UNSUPPORTED: statements that only the embedded warehouse refuses.
"""
