"""An IPython shell in this process, with a side's magic loaded and connected to DuckDB in memory."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable
from statistics import median
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from IPython.core.interactiveshell import InteractiveShell

EXTENSIONS = {"ours": "rsnb", "peer": "sql"}
MAGICS = {"ours": "redshift", "peer": "sql"}


def bare() -> InteractiveShell:
    """A shell without any extension."""
    from IPython.core.interactiveshell import InteractiveShell

    return InteractiveShell.instance()


class Notebook:
    """Runs cells with a side's magic; what they print and display is caught, after it was formatted."""

    def __init__(self, side: str) -> None:
        import duckdb

        self.magic = MAGICS[side]
        self.engine = duckdb.connect()  # the peer's own; beside our warehouse, a plain engine to compare with
        self.shell = bare()
        self.shell.run_line_magic("load_ext", EXTENSIONS[side])
        if side == "peer":
            self.shell.user_ns["engine"] = self.engine
            self.quietly(lambda: self.shell.run_line_magic("sql", "engine"))
        else:
            self.cache("off")  # a repeated cell is run, as the peer's is

    def cache(self, state: str) -> None:
        """Switch our warehouse's result cache `on` or `off`."""
        self.quietly(lambda: self.run(f"set enable_result_cache_for_session to {state}"))

    def run(self, sql: str) -> None:
        """Run a cell as the user does; it shows its result as it does by default."""
        self.shell.run_cell(f"%%{self.magic}\n{sql}").raise_error()

    def call(self, sql: str) -> None:
        """Call the magic; its value is not shown."""
        self.shell.run_cell_magic(self.magic, "", sql)

    def fetch(self, sql: str) -> None:
        """What the engine itself needs: run and fetch on a plain DuckDB connection."""
        self.engine.execute(sql).fetchall()

    def quietly(self, work: Callable[[], Any]) -> Any:
        """Do the work; what it prints and displays is caught."""
        from IPython.utils.capture import capture_output

        with capture_output():
            return work()

    def seconds(self, work: Callable[[str], None], texts: Iterable[str], warm_up: int = 0) -> float:
        """The median time of the work on each text; the first ones, for warming up, are not counted."""
        return float(self.quietly(lambda: median([_timed(work, text) for text in texts][warm_up:])))


def _timed(work: Callable[[str], None], text: str) -> float:
    start = time.perf_counter()
    work(text)
    return time.perf_counter() - start
