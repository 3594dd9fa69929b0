"""What is to be drawn: a frame, the columns that were named, and the values as plotly takes them."""

from __future__ import annotations

import difflib
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Literal

from rsnb.charts.text import NULL, phrase, shorten
from rsnb.errors import ChartError

if TYPE_CHECKING:
    import numpy as np
    import pandas as pd
    from numpy.typing import NDArray

    from rsnb.charts.theme import Theme

Role = Literal["number", "time", "text"]
CATEGORIES = 50  # on one axis
FEW = 8  # integers with at most so many values are coloured as categories


@dataclass
class Chart:
    """One chart as it was asked for; `notes` is what the subtitle must say about it."""

    kind: str
    frame: pd.DataFrame
    theme: Theme
    x: str | None = None
    y: list[str] = field(default_factory=list)
    color: str | None = None
    size: str | None = None
    notes: list[str] = field(default_factory=list)

    def note(self, text: str) -> None:
        """Add to the subtitle, once."""
        if text not in self.notes:
            self.notes.append(text)

    def column(self, name: str) -> pd.Series[Any]:
        """The column of that name; ChartError when there is none, or two."""
        names = list(self.frame.columns)
        if name not in names:
            raise ChartError(f"the frame has no column {name!r}", hint=_nearest(str(name), [str(n) for n in names]))
        if names.count(name) > 1:
            raise ChartError(f"{names.count(name)} columns are called {name!r}", hint="rename them with AS")
        return self.frame[name]

    def role(self, name: str) -> Role:
        """What the column holds, by its type."""
        return role(self.column(name))

    def numbers(self, name: str, what: str = "y") -> NDArray[np.float64]:
        """The column as floats, NaN for NULL; ChartError when it does not hold numbers."""
        if self.role(name) != "number" and not self.column(name).isna().all():
            hint = f"the number columns are {phrase(self.columns('number'))}"
            raise ChartError(f"{what}={name!r} holds {self.role(name)}, a {self.kind} needs numbers there", hint=hint)
        return numbers(self.column(name))

    def positions(self, name: str) -> NDArray[np.float64]:
        """Where the column's values stand on an axis: numbers, milliseconds, or the category's place."""
        import numpy as np
        import pandas as pd

        if self.role(name) == "number":
            return numbers(self.column(name))
        if self.role(name) == "time":
            stamps = moments(self.column(name))
            return np.where(np.isnat(stamps), np.nan, stamps.astype(np.int64))
        return pd.factorize(np.asarray(names(self.column(name)), dtype=object))[0].astype(np.float64)

    def values(self, name: str) -> Any:
        """The column as an axis takes it: floats, datetime64[ms], or text."""
        holds = self.role(name)
        read = {"number": numbers, "time": moments, "text": names}[holds]
        return read(self.column(name))

    def columns(self, *roles: Role) -> list[str]:
        """Names of the columns that hold one of the roles, keys (an integer named ...id) last."""
        found = [n for n in self.frame.columns if list(self.frame.columns).count(n) == 1 and self.role(n) in roles]
        return sorted(found, key=lambda name: is_key(self.column(name)))

    def refuse(self, *fields: str) -> None:
        """ChartError when a field was given that this kind of chart does not have."""
        for name in fields:
            if getattr(self, name):
                raise ChartError(f"a {self.kind} has no {name}", hint=f"leave {name}= out")

    def pair(self, *roles: Role) -> tuple[str, list[str]]:
        """x and y; when neither was given, the first column by order of roles and the first number besides."""
        if self.x is None and not self.y:
            self.x = next((name for holds in roles for name in self.columns(holds)), None)
            self.y = [name for name in self.columns("number") if name != self.x][:1]
        if self.x is None or not self.y:
            raise self.missing("x" if self.x is None else "y", phrase(roles) if self.x is None else "numbers")
        for name in self.y:
            self.numbers(name)
        return self.x, self.y

    def missing(self, what: str, holds: str) -> ChartError:
        """The error for a field without which there is no chart."""
        held = phrase(f"{name} ({role(self.frame[name])})" for name in self.columns("number", "time", "text"))
        return ChartError(f"a {self.kind} needs {what}=, a column of {holds}", hint=f"the columns are {held}")

    def title(self, name: str) -> str:
        """The column's name as an axis or a legend shows it, with the unit that drawing gave it."""
        import pandas as pd

        kind = self.column(name).dtype
        unit = " (UTC)" if isinstance(kind, pd.DatetimeTZDtype) else " (seconds)" if _is_interval(kind) else ""
        return shorten(str(name), 40) + unit


def role(series: pd.Series[Any]) -> Role:
    """What a column holds, by its type; an object column is judged by its values."""
    import pandas as pd
    from pandas.api import types

    kind: Any = series.dtype
    if isinstance(kind, pd.ArrowDtype):
        import pyarrow as pa

        if pa.types.is_date(kind.pyarrow_dtype):
            return "time"
        if pa.types.is_decimal(kind.pyarrow_dtype):
            return "number"
    if types.is_bool_dtype(kind):
        return "text"
    if types.is_datetime64_any_dtype(kind):
        return "time"
    if types.is_numeric_dtype(kind) or _is_interval(kind):
        return "number"
    if types.is_object_dtype(kind):
        held = types.infer_dtype(series, skipna=True)
        if held in {"decimal", "integer", "floating", "mixed-integer-float"}:
            return "number"
        if held in {"date", "datetime", "datetime64"}:
            return "time"
    return "text"


def numbers(series: pd.Series[Any]) -> NDArray[np.float64]:
    """Floats; NULL and the infinities are NaN, an interval is in seconds."""
    import numpy as np
    import pandas as pd

    kind: Any = series.dtype
    if _is_interval(kind):
        series = series.dt.total_seconds()
    elif isinstance(kind, pd.ArrowDtype):
        series = series.astype("double[pyarrow]")
    elif pd.api.types.is_object_dtype(kind) or pd.api.types.is_string_dtype(kind):
        series = pd.to_numeric(series, errors="coerce")
    values = series.to_numpy(dtype="float64", na_value=np.nan)
    return np.where(np.isfinite(values), values, np.nan)


def moments(series: pd.Series[Any]) -> NDArray[np.datetime64]:
    """Times in milliseconds, without a zone: those that had one are in UTC."""
    import pandas as pd

    times = pd.to_datetime(series)
    if times.dt.tz is not None:
        times = times.dt.tz_convert("UTC").dt.tz_localize(None)
    return times.to_numpy(dtype="datetime64[ms]")


def names(series: pd.Series[Any]) -> list[str]:
    """Values as words: NULL for a missing one, a date without its midnight, true and false."""
    import numpy as np
    import pandas as pd

    codes, uniques = pd.factorize(series)
    holds = role(series)
    if holds == "time":
        days = moments(pd.Series(uniques))
        whole = bool((days == days.astype("datetime64[D]")).all())
        words = [str(np.datetime_as_string(day, unit="D" if whole else "s")).replace("T", " ") for day in days]
    elif holds == "number":
        words = [f"{int(n)}" if n == int(n) else f"{n:.12g}" for n in numbers(pd.Series(uniques)) if n == n]
    else:
        words = [str(value).lower() if isinstance(value, bool | np.bool_) else str(value) for value in uniques]
    table = np.array([*words, NULL], dtype=object)
    return [word or "(empty)" for word in table[codes]]


def is_key(series: pd.Series[Any]) -> bool:
    """True for an integer column that is named as a key: eventid, customer_id, but not paid."""
    import pandas as pd

    name = str(series.name).lower()
    return pd.api.types.is_integer_dtype(series.dtype) and name.endswith("id") and not name.endswith(("paid", "bid"))


def frame_of(data: Any) -> pd.DataFrame:
    """The data as a frame; ChartError when it is not one."""
    import pandas as pd

    if isinstance(data, pd.DataFrame):
        return data
    if isinstance(data, pd.Series):
        return data.to_frame()
    raise ChartError(f"a chart is drawn from a DataFrame, not from a {type(data).__name__}", hint="result.df() is one")


def _is_interval(kind: Any) -> bool:
    import pandas as pd

    return pd.api.types.is_timedelta64_dtype(kind) or getattr(kind, "kind", "") == "m"


def _nearest(name: str, known: Sequence[str]) -> str:
    lowered = {column.lower(): column for column in known}
    near = [lowered[found] for found in difflib.get_close_matches(name.lower(), lowered, n=3, cutoff=0.6)]
    listed = f"the columns are {phrase(known[:20])}" + (f" and {len(known) - 20} more" if len(known) > 20 else "")
    return f"did you mean {' or '.join(near)}? {listed}" if near else listed
