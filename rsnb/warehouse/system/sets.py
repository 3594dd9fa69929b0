"""What functions that return rows give: `select * from pg_get_cols('t') as c(a name, ...)`, `select pg_get_cols('t')`.

A view has the name of its function behind an underscore, and hidden columns: `rsnb_key` is what the function's
argument names, `rsnb_record` the row as a text.
"""

from __future__ import annotations

from rsnb.warehouse.macros import SCHEMA
from rsnb.warehouse.system.view import View


def _granted(who: str) -> str:
    """The roles that may be assumed, with the commands, by each of `who`."""
    return f"""(
        select {who}, p.name as role,
               string_agg(distinct upper(p.privilege), '|' order by upper(p.privilege)) as commands
        from {SCHEMA}.privilege p left join {SCHEMA}.holder h on (h.kind, h.name) = (p.grantee_kind, p.grantee)
        where p.kind = 'assumerole' group by all order by all)"""


_COLUMNS = "(select schemaname, relname, name, type, number from {column} where schemaname <> 'pg_catalog')"
_OF_COLUMN = {
    "view_schema": ("name", "schemaname"),
    "view_name": ("name", "relname"),
    "col_name": ("name", "name"),
    "col_type": ("varchar", "type"),
    "col_num": ("integer", "number"),
}
_OF_ZONE = {
    "utc_offset": ("interval", "to_seconds(utc_offset)"),
    "is_dst": ("boolean", "is_dst"),
}
_NEEDS_QUOTES = r"""[,\s"()\\]"""


def _field(kind: str, expression: str) -> str:
    """A value as it stands in the text of a row."""
    if kind == "boolean":
        return f"substr(({expression})::varchar, 1, 1)"
    text = f"({expression})::varchar"
    inner = f"replace(replace({text}, '\\', '\\\\'), '\"', '\"\"')"
    quoted = f"case when {text} = '' or regexp_matches({text}, '{_NEEDS_QUOTES}') then '\"' || {inner} || '\"' "
    return f"{quoted} else coalesce({text}, '') end"


def _set(name: str, source: str, columns: dict[str, tuple[str, str]], key: str = "null") -> View:
    """The rows of a function. columns: the type and the expression of each; key: what the argument must equal."""
    lines = [f"{column} {kind} = {expression}" for column, (kind, expression) in columns.items()]
    record = " || ',' || ".join(_field(kind, expression) for kind, expression in columns.values())
    lines += [f"rsnb_key text hidden = {key}", f"rsnb_record text hidden = '(' || {record} || ')'"]
    return View(f"_{name}", source, "\n".join(lines))


VIEWS = (
    _set("pg_get_cols", f"(from {_COLUMNS} union all from {{late_column}} order by all)", _OF_COLUMN,
         "schemaname || '.' || relname"),
    _set("pg_get_grantee_by_iam_role", _granted("p.grantee, p.grantee_kind"), {
        "grantee": ("text", "grantee"),
        "grantee_type": ("text", "grantee_kind[1]"),
        "cmd_type": ("text", "commands"),
    }, "role"),
    _set("pg_get_iam_role_by_user", _granted("h.username"), {
        "username": ("text", "username"),
        "iam_role": ("text", "if(role = 'all', 'default', role)"),
        "cmd": ("text", "commands"),
    }, "username"),
    _set("pg_get_late_binding_view_cols", "(from {late_column} order by all)", _OF_COLUMN),
    _set("pg_timezone_abbrevs", "(from {zone_abbreviation} order by abbrev)",
         {"abbrev": ("text", "abbrev"), **_OF_ZONE}),
    _set("pg_timezone_names", "(from {zone_name} order by name)",
         {"name": ("text", "name"), "abbrev": ("text", "abbrev"), **_OF_ZONE}),
)  # fmt: skip
