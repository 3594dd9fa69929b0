"""What several system views are drawn from; users do not see these."""

from __future__ import annotations

from rsnb.warehouse.records import COMPUTED
from rsnb.warehouse.spelling import text

_QUERIES = f"({', '.join(map(text, sorted(COMPUTED)))})"
_TYPE = """case
    when kind in ('select', 'with', '(') then 'SELECT'
    when kind in ('insert', 'update', 'delete', 'merge', 'copy', 'unload') then upper(kind)
    when kind = 'create table as' then 'CTAS'
    when regexp_matches(kind, '^(create|alter|drop) ') and not regexp_matches(kind, ' (user|group|role|database)$')
        then 'DDL'
    else 'UTILITY' end"""


def _lines(size: int) -> str:
    """The statements' texts in pieces, a newline written as a backslash and an n."""
    return f"""(
        select * exclude written, sequence, substr(written, sequence * {size} + 1, {size}) as written
        from (select *, unnest(range((greatest(length(written), 1) + {size - 1}) // {size})) as sequence
              from {{statement}}))"""


PARTS = {
    "empty": "(select 1) where false",
    "latest": "(select distinct on (pid) * from {Statement} order by pid, query desc)",
    "lines_of_200": _lines(200),
    "lines_of_4000": _lines(4000),
    # the statements and what follows from their columns; those `computed` run on Redshift's compute nodes
    "statement": f"""(
        select *, {_TYPE} as type, epoch_us(coalesce("end", {{moment}})) - epoch_us(start) as elapsed,
               kind in {_QUERIES} and not (leader and type = 'SELECT') as computed, status <> 'success' as aborted,
               md5(concat_ws('.', query, pid, start))::uuid as uuid,
               replace(replace(text, chr(13), '\\r'), chr(10), '\\n') as written
        from {{Statement}})""",
}
