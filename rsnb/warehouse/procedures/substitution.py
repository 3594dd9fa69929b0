"""Variables in SQL: each name that is a variable's becomes its value, wherever it stands, as PL/pgSQL does it.

A name behind a dot is left alone, and so is one before a dot that is neither a record nor a label.
"""

from __future__ import annotations

from rsnb.errors import SqlError
from rsnb.sql import Bound, Edit
from rsnb.warehouse.grammar import Reader
from rsnb.warehouse.procedures.tree import Text
from rsnb.warehouse.procedures.variables import Record, Scope, Variable

_COUNTED = ("limit", "offset", "top")  # take a whole number, bare


def substituted(text: Text, scope: Scope) -> Bound:
    """The text with its variables' values in place."""
    read = Reader(text.text)
    edits: list[Edit] = []
    pieces: list[str] = []
    done = length = 0
    before = ""
    while read.next.kind != "end":
        start = read.next.start
        found = _variable(read, scope, before)
        if found is not None:
            value = _shown(found, before)
            end = read.last.end
            pieces += [text.text[done:start], value]
            at = length + start - done
            length = at + len(value)
            edits.append(Edit(at, length, start, end))
            done = end
        before = read.last.text.lower()
    return Bound("".join([*pieces, text.text[done:]]), tuple(edits))


def _variable(read: Reader, scope: Scope, before: str) -> Variable | None:
    """Read one token, or the dotted name that comes next; the variable that it is."""
    if read.next.text == "$" and read.tokens[-1] is not read.next:
        start = read.take()
        if read.next.text.isdigit() and read.next.start == start.end:
            return _scalar(scope.find(f"${read.take().text}"), read, start.start, f"${read.last.text}")
        return None
    if read.next.kind not in ("word", "identifier") or read.next.text == '""' or before == ".":
        read.take()
        return None
    start = read.next
    parts = _dotted(read)
    try:
        found, used = scope.path(parts)
    except SqlError as exc:
        exc.sql, exc.position = read.sql, start.start
        raise
    return _scalar(found, read, start.start, ".".join(parts)) if used == len(parts) else None


def _dotted(read: Reader) -> tuple[str, ...]:
    """A name with what stands behind its dots; `t.*` is `t`."""
    parts = [read.name()]
    while read.peek(".") and read.after(1).kind in ("word", "identifier"):
        read.take()
        parts.append(read.name())
    return tuple(parts)


def _scalar(found: Variable | Record | None, read: Reader, start: int, name: str) -> Variable:
    if isinstance(found, Record):
        raise SqlError(
            f"the record {name} stands where one value is needed", sql=read.sql, position=start,
            hint=f"name its field: {name}.field",
        )  # fmt: skip
    if found is None:
        raise SqlError(f"there is no argument {name}", sql=read.sql, position=start)
    return found


def _shown(variable: Variable, before: str) -> str:
    if before in _COUNTED and isinstance(variable.value, int):
        return str(variable.value)
    return variable.literal()
