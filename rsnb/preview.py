"""The first rows of a result for the eye, as plain text and as HTML, without making the frame."""

from __future__ import annotations

import html as markup
from typing import TYPE_CHECKING, Any

from rsnb.moments import listed

if TYPE_CHECKING:
    import pyarrow as pa

ROWS = 20
WIDTH = 60  # characters of a value in plain text
LENGTH = 300  # characters of a value in HTML


def text(table: pa.Table, rows: int = ROWS, width: int | None = WIDTH) -> str:
    """A table with aligned columns, numbers to the right, and a line that says how many rows there are in all.

    width: characters after which a value is cut off; None for never.
    """
    columns = [[name, *(_cut(v, width) for v in values)] for name, values in _head(table, rows)]
    right = [_is_number(kind) for kind in table.schema.types]
    widths = [max(map(len, column)) for column in columns]
    lines = [
        "  ".join(v.rjust(w) if r else v.ljust(w) for v, w, r in zip(row, widths, right, strict=True)).rstrip()
        for row in zip(*columns, strict=True)
    ]
    return "\n".join([*lines, *_more(table, rows)])


def html(table: pa.Table, rows: int = ROWS) -> str:
    """The same as an HTML table; long values are cut off and whole in the tooltip."""
    sides = ["right" if _is_number(kind) else "left" for kind in table.schema.types]
    columns = [[_head_cell(name, side), *(_cell(v, side) for v in values)]
               for (name, values), side in zip(_head(table, rows), sides, strict=True)]  # fmt: skip
    head, *body = ["<tr>" + "".join(row) + "</tr>" for row in zip(*columns, strict=True)]
    more = "".join(f"<p>{line}</p>" for line in _more(table, rows))
    return f"<table><thead>{head}</thead><tbody>{''.join(body)}</tbody></table>{more}"


def _head(table: pa.Table, rows: int) -> list[tuple[str, list[Any]]]:
    """Name and first values of each column."""
    first = table.slice(0, rows)
    return [(name, listed(column)) for name, column in zip(table.column_names, first.columns, strict=True)]


def _more(table: pa.Table, rows: int) -> list[str]:
    if table.num_rows > rows:
        return [f"{rows:,} of {table.num_rows:,} rows"]
    return ["no rows"] if rows and not table.num_rows else []


def _head_cell(name: str, side: str) -> str:
    return f'<th style="text-align:{side}">{markup.escape(name)}</th>'


def _cell(value: Any, side: str) -> str:
    if value is None:
        return f'<td style="text-align:{side};opacity:.5">NULL</td>'
    shown = _shown(value)
    title = f' title="{markup.escape(shown)}"' if len(shown) > LENGTH else ""
    return f'<td style="text-align:{side}"{title}>{markup.escape(_cut(value, LENGTH))}</td>'


def _cut(value: Any, length: int | None) -> str:
    shown = " ".join(_shown(value).split("\n"))
    return shown if length is None or len(shown) <= length else shown[: length - 1] + "…"


def _shown(value: Any) -> str:
    """A value as Redshift's tools print it."""
    if value is None:
        return "NULL"
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float):
        return f"{value:.10g}"
    return bytes(value).hex() if isinstance(value, bytes) else str(value)


def _is_number(kind: pa.DataType) -> bool:
    import pyarrow.types as t

    return bool(t.is_integer(kind) or t.is_floating(kind) or t.is_decimal(kind))
