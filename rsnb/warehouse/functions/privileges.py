"""Whether a user has a privilege, from what GRANT recorded; without a user, the present one.

Source: Redshift Developer Guide, "System administration functions" and "Access privilege inquiry functions".
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from rsnb.warehouse.functions.function import Build, Call, taking
from rsnb.warehouse.functions.function import own as called
from rsnb.warehouse.translation.typed import own, sql

if TYPE_CHECKING:
    from sqlglot import exp


def _asks(name: str) -> Build:
    def build(call: Call) -> exp.Expr:
        user = sql("getvariable('rsnb_session')['user']") if len(call) == 2 else call[0].node
        return own(name, user, *call.arguments[-2:])

    return build


FUNCTIONS = {
    **{
        name: taking("text text [text]", "bool", _asks(name))
        for name in (
            "has_assumerole_privilege", "has_database_privilege", "has_schema_privilege", "has_table_privilege",
        )
    },
    "role_is_member_of": taking("text text", "bool", called("role_is_member_of")),
    "user_is_member_of": taking("text text", "bool", called("user_is_member_of")),
}  # fmt: skip
