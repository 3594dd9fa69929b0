"""Privileges as PG_CATALOG writes them: `{ann=r*w/ann,"group staff=r/ann"}`.

Source: Redshift Developer Guide, PG_DEFAULT_ACL, for the letters and the forms of users, groups and PUBLIC. It does not
say how a role is written: the privileges of an object that a role has some of are NULL.
"""

from __future__ import annotations

from rsnb.warehouse.macros import SCHEMA
from rsnb.warehouse.system.view import View

_GRANTED = f"{SCHEMA}.privilege where columnname = '' and scope = ''"
_ORDER = "arwdRxtXUCTDPA"
_LETTERS = """map {{'insert': 'a', 'select': 'r', 'update': 'w', 'delete': 'd', 'references': 'x', 'execute': 'X',
    'usage': 'U', 'create': 'C', 'temp': 'T', 'temporary': 'T', 'drop': 'D', 'truncate': 'P', 'alter': 'A'}}
    [privilege]"""
_GRANTEE = "case grantee_kind when 'user' then grantee when 'group' then 'group ' || grantee when 'public' then '' end"


def _items(source: str, grantor: str, key: str) -> str:
    """The items of each object; key: the columns that tell objects apart."""
    return f"""(
        select {key}, list(if(contains(item, ' '), '"' || item || '"', item) order by first) as items,
               bool_or(item is null) as unknown
        from (select {key}, min(number) as first,
                     {_GRANTEE} || '=' || string_agg(letter || if(grantable, '*', ''), ''
                                                     order by strpos('{_ORDER}', letter)) || '/' || {grantor} as item
              from (select *, rowid as number, {_LETTERS} as letter from {source})
              group by {key}, grantee_kind, grantee, {grantor})
        group by {key})"""


PARTS = {
    "acl": f"""(
        select kind as acl_kind, schemaname as acl_schema, name as acl_name, if(unknown, null, items) as acl
        from {_items(_GRANTED, "grantor", "kind, schemaname, name")})""",
    "default_acl": _items(f"{SCHEMA}.default_privilege", "owner", "owner, schemaname, kind"),
}


def of(owner: str, letters: str) -> str:
    """The privileges of an object of which some were granted: its owner's, and those; NULL where none were."""
    return f"'{{' || {owner} || '={letters}/' || {owner} || ',' || array_to_string(acl, ',') || '}}'"


VIEWS = (
    View("pg_default_acl", f"""{{default_acl}} a join {SCHEMA}.db_user o on o.name = a.owner
         left join {{schema}} n on n.name = a.schemaname""", """
        defacluser integer = o.id
        defaclnamespace oid = coalesce(n.oid, 0)
        defaclobjtype char = case a.kind when 'table' then 'r' else substr(a.kind, 1, 1) end
        defaclacl aclitem[] = if(unknown, null, '{' || array_to_string(items, ',') || '}')
        """),
)  # fmt: skip
