"""A Redshift notebook stack: Redshift SQL in, DataFrames, charts, maps and reports out."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from rsnb._version import __version__
from rsnb.errors import (
    AuthError,
    Cancelled,
    ChartError,
    ConfigError,
    ConnectionLost,
    GuardError,
    LoadError,
    MissingExtra,
    ModelError,
    ParameterError,
    RsnbError,
    SqlError,
    TimedOut,
    UnsupportedSql,
    WarehouseLocked,
)
from rsnb.result import Receipt, Result
from rsnb.session import Session, connect, datasets

if TYPE_CHECKING:
    from IPython.core.interactiveshell import InteractiveShell

__all__ = [
    "AuthError",
    "Cancelled",
    "ChartError",
    "ConfigError",
    "ConnectionLost",
    "GuardError",
    "LoadError",
    "MissingExtra",
    "ModelError",
    "ParameterError",
    "Receipt",
    "Result",
    "RsnbError",
    "Session",
    "SqlError",
    "TimedOut",
    "UnsupportedSql",
    "WarehouseLocked",
    "__version__",
    "connect",
    "datasets",
    "load_ipython_extension",
]


def load_ipython_extension(shell: InteractiveShell) -> Any:
    """`%load_ext rsnb`: registers %%redshift and %redshift."""
    from rsnb.magic import load

    load(shell)
