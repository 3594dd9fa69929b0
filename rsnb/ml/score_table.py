"""Scoring inside the warehouse: a table or view of keys and scores, and no row comes into the notebook."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from rsnb.errors import ModelError, RsnbError, similar
from rsnb.literals import quote_identifier
from rsnb.ml.encoding import Encoding
from rsnb.ml.sources import TABLE, Query
from rsnb.session import Session


class Scores(Protocol):
    """What scoring needs of a model (rsnb.ml.model.Model)."""

    @property
    def names(self) -> Sequence[str]: ...
    @property
    def encoding(self) -> object: ...
    def sql_columns(self) -> dict[str, str]: ...


def score(
    session: Session,
    model: Scores,
    table: str,
    *,
    into: str,
    keys: Sequence[str] | None = None,
    view: bool = False,
    replace: bool = False,
) -> int:
    """Write the keys, score and predicted_label of each row of a table or query; the number of rows.

    into: the table, or view, to create; `replace` for one that is there. keys: columns to keep beside the scores;
    those of the feature table that the model was trained on by default, its identifier and group.
    Raises ModelError when columns are missing or of another type, when rows get no score, and when `into` is
    there. A view over external tables binds late.
    """
    if not TABLE.fullmatch(into):
        raise ModelError(f"{into!r} is not a table's name")
    source = Query(session, table)
    _check(model, source)
    kept = _keys(model, source, keys)
    scores = model.sql_columns()
    rows, scored = (int(v) for v in source.row(["count(*)", f"count({scores['score']})"], "all"))
    if scored < rows:
        raise ModelError(
            f"{rows - scored:,} of {rows:,} rows get no score: a feature is NULL, or a category new, "
            "which its policy refuses",
            hint="leave those rows out with a query in the place of the table",
        )
    there = _kind(session, into)
    if there and not replace:
        raise ModelError(f"there is a {there} {into} already", hint="choose another name, or say replace=True")
    columns = ", ".join([*map(quote_identifier, kept), *(f"{e} as {n}" for n, e in scores.items())])
    late = " with no schema binding" if view and _external(session, table) else ""
    made = f"create {'view' if view else 'table'} {into} as select {columns} from {source.source()}{late}"
    _run(session, [*([f"drop {there} {into}"] if there else []), made])
    return rows


def _check(model: Scores, source: Query) -> None:
    """The table has the columns that the model needs, of the types that it knows."""
    if isinstance(model.encoding, Encoding):
        model.encoding.check_kinds(source.kinds)
        return
    if missing := [name for name in model.names if name not in source.kinds]:
        raise ModelError(f"the columns are not those of the training: {', '.join(missing)} missing")


def _keys(model: Scores, source: Query, keys: Sequence[str] | None) -> list[str]:
    known = model.encoding.keys if isinstance(model.encoding, Encoding) else ()
    kept = [k for k in known if k in source.kinds] if keys is None else list(keys)
    if not kept:
        raise ModelError("scores without a key can't be told apart", hint="name columns to keep: keys=[...]")
    for key in kept:
        if key not in source.kinds:
            raise ModelError(f"there is no column {key} to keep beside the scores", hint=similar(key, source.kinds))
        if key in ("score", "predicted_label"):
            raise ModelError(f"the key {key} has the name of a column of the scores", hint="rename it in a query")
    return kept


def _kind(session: Session, name: str) -> str:
    """`table` or `view` for what has this name; empty when nothing has. Without a schema it is looked for in public."""
    schema, _, bare = name.replace('"', "").lower().rpartition(".")
    found = session.sql(
        "select table_type from svv_tables where table_schema = :schema and table_name = :name",
        schema=schema.rpartition(".")[2] or "public",
        name=bare,
    ).table.column(0)
    if not len(found):
        return ""
    return "view" if "VIEW" in str(found[0].as_py()).upper() else "table"


def _external(session: Session, table: str) -> bool:
    """Whether a name is that of an external table; a query is taken to have none."""
    schema, _, bare = table.replace('"', "").lower().rpartition(".")
    if not TABLE.fullmatch(table.strip()) or not schema:
        return False
    found = session.sql(
        "select count(*) from svv_external_tables where schemaname = :schema and tablename = :name",
        schema=schema,
        name=bare,
    )
    return bool(found.scalar())


def _run(session: Session, statements: list[str]) -> None:
    """Run statements together: when one fails, what was there before is there still."""
    own = session.transaction == "idle" and len(statements) > 1
    try:
        for statement in ["begin", *statements, "commit"] if own else statements:
            session.sql(statement)
    except RsnbError:
        if own and session.transaction in ("open", "failed"):
            session.sql("rollback")
        raise
