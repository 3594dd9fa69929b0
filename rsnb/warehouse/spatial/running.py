"""A call of a spatial function over columns, with its errors as rsnb's."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rsnb.errors import RsnbError, SqlError, UnsupportedSql
from rsnb.warehouse.spatial.columns import apply, nothing
from rsnb.warehouse.spatial.shapes import Fault, NotKnown
from rsnb.warehouse.spatial.signatures import Form, every_form
from rsnb.warehouse.spatial.table import routine

if TYPE_CHECKING:
    import pyarrow as pa


def run(kind: str, keys: pa.ChunkedArray, *columns: pa.ChunkedArray) -> pa.Array:
    """The results of the function that the keys name, all alike; kind: the DuckDB type of its results."""
    return computed(every_form()[keys[0].as_py()], *columns) if len(keys) else nothing(kind)


def computed(form: Form, *columns: pa.ChunkedArray) -> pa.Array:
    """The results of a form of a function; errors begin with its Redshift name."""
    name = form.name.removeprefix("to_").removesuffix("_of").upper()
    try:
        return apply(form, routine(form), columns)
    except Fault as why:
        raise SqlError(f"{name} {why}") from why
    except NotKnown as why:
        raise UnsupportedSql(f"{name} {why} is not supported by the embedded warehouse") from why
    except RsnbError:
        raise
    except Exception as why:
        raise SqlError(f"{name}: {str(why).strip() or type(why).__name__}") from why
