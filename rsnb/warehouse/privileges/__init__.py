"""Users, groups, roles and their privileges: recorded for the system views, not enforced."""
