"""Functions of the guide that the embedded warehouse does not run, each with the reason."""

from __future__ import annotations

from types import MappingProxyType

from rsnb.errors import UnsupportedSql

_LEADER = "the guide lists it as deprecated, on the leader node alone, and does not describe it"
_PRIORITY = "there is no workload management here"
_SIZE = "the size that a value has inside Redshift is not documented"

REASONS = MappingProxyType(
    {
        "age": f"{_LEADER} (DATEDIFF counts what lies between)",
        "change_query_priority": _PRIORITY,
        "change_session_priority": _PRIORITY,
        "change_user_priority": _PRIORITY,
        "checksum": "how it is computed is not documented (FNV_HASH and CRC32 answer)",
        "current_aws_account": "there is no account here",
        "current_namespace": "there is no cluster here",
        "current_session_arn": "there is no identity of IAM here",
        "default_iam_role": "there is no cluster that a role could be the default of (IAM_ROLE DEFAULT is taken)",
        "explain_model": "there are no models here",
        "get_bit": f"{_LEADER} (GETBIT answers)",
        "get_byte": f"{_LEADER} (GETBIT and SUBSTRING of a VARBYTE answer)",
        "get_mounted_role": "there is no identity of IAM here",
        "isfinite": _LEADER,
        "object_transform": "the order of the attributes that it makes is not documented (OBJECT answers)",
        "pg_get_session_roles": "there is no identity provider here",
        "reboot_cluster": "there is no cluster here",
        "set_bit": _LEADER,
        "set_byte": _LEADER,
        "size": f"{_SIZE} (JSON_SIZE answers)",
        "st_memsize": _SIZE,
        "to_ascii": _LEADER,
    }
)
WORDS = frozenset({"current_aws_account", "current_namespace", "current_session_arn"})  # written without brackets


def error(name: str, sql: str, position: int | None) -> UnsupportedSql:
    """The error for a function that is not run."""
    message = f"the function {name.upper()} is not supported by the embedded warehouse"
    return UnsupportedSql(message, sql=sql, position=position, hint=REASONS[name])
