"""Whether a user has a privilege; what GRANT makes of it is in tests/warehouse/test_privileges.py."""

from __future__ import annotations

CASES = {
    "has_assumerole_privilege": [
        ("has_assumerole_privilege('arn:aws:iam::123456789012:role/x', 'copy')", True, "boolean"),
    ],
    "has_database_privilege": [
        ("has_database_privilege('dev', 'create')", True, "boolean"),
        ("has_database_privilege('rdsdb', 'dev', 'temp')", True, "boolean"),
        ("has_database_privilege(null, 'temp')", None, "boolean"),
    ],
    "has_schema_privilege": [
        ("has_schema_privilege('public', 'USAGE')", True, "boolean"),
        ("has_schema_privilege('awsuser', 'public', 'create')", True, "boolean"),
    ],
    "role_is_member_of": [("role_is_member_of(null, 'x')", None, "boolean")],
    "user_is_member_of": [("user_is_member_of('awsuser', null)", None, "boolean")],
    "has_table_privilege": [],  # there is no table yet
}
REFUSED = [
    "select role_is_member_of('sys:dba', 'nosuch')",
    "select user_is_member_of('nosuch', 'sys:dba')",
    "select has_database_privilege('other', 'create')",
    "select has_database_privilege('nobody', 'dev', 'create')",
    "select has_schema_privilege('nosuch', 'usage')",
    "select has_schema_privilege('public', 'select')",
    "select has_table_privilege('nosuch', 'select')",
    "select has_assumerole_privilege('arn:aws:iam::123456789012:role/x', 'read')",
]
