"""`%%redshift` and `%redshift`: a thin face over a session and the verbs.

This module is loaded by `%load_ext rsnb`; it imports nothing heavy.
"""

from __future__ import annotations

import argparse
import keyword
import shlex
import traceback
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any, NoReturn

from IPython.core.interactiveshell import InteractiveShell
from IPython.core.magic import Magics, line_cell_magic, magics_class, no_var_expand

from rsnb import preview, settings
from rsnb import session as sessions
from rsnb.engines import without_password
from rsnb.errors import Cancelled, ConfigError, RsnbError, similar
from rsnb.live import LiveLine
from rsnb.result import Receipt, Result
from rsnb.session import Session, connect


class _Parser(argparse.ArgumentParser):
    def error(self, message: str) -> NoReturn:
        raise ConfigError(f"%%redshift: {message}", hint=" ".join(self.format_usage().split()))


def _options() -> _Parser:
    parser = _Parser(prog="%%redshift", add_help=False, allow_abbrev=False)
    parser.add_argument("name", nargs="?", help="the variable that receives the rows; later cells may select from it")
    parser.add_argument("--as", dest="frame", choices=("pandas", "polars", "arrow"), help="what NAME receives")
    parser.add_argument("--connection", default="", help="a profile's name or a URL")
    parser.add_argument("--explain", action="store_true", help="show the plan in place of running the cell")
    parser.add_argument("--file", type=Path, help="run the statements of a file")
    parser.add_argument("--max-rows", type=int, help="cut the rows off there")
    parser.add_argument("--no-display", action="store_true", help="show nothing")
    parser.add_argument("--timeout", type=int, help="seconds that a statement may take")
    parser.add_argument(
        "--unload", action="store_true", help="have the cluster write the rows to S3, and read them there"
    )
    return parser


OPTIONS = _options()


@magics_class
class RedshiftMagics(Magics):
    """The magics of one IPython shell, and its open sessions."""

    def __init__(self, shell: InteractiveShell) -> None:
        super().__init__(shell)
        self.shell: InteractiveShell = shell
        self.sessions: dict[str, Session] = {}
        self.current = ""
        self.history: list[Receipt] = []
        self.last_error: RsnbError | None = None

    @no_var_expand
    @line_cell_magic
    def redshift(self, line: str, cell: str | None = None) -> Any:
        """Run Redshift SQL (`%%redshift [NAME] [options]`) or a verb (`%redshift VERB`)."""
        try:
            if cell is None:
                return self._verb(line)
            self._cell(line, cell)
        except KeyboardInterrupt:
            raise Cancelled("interrupted") from None
        except RsnbError as exc:
            self.last_error = exc
            raise

    def session(self, name: str = "") -> Session:
        """The open session of a profile or URL; opened when it is first asked for."""
        name = name or self.current
        if name not in self.sessions:
            self.sessions[name] = connect(name)
        return self.sessions[name]

    def _cell(self, line: str, cell: str) -> None:
        options = OPTIONS.parse_args(_words(line))
        if options.name and (not options.name.isidentifier() or keyword.iskeyword(options.name)):
            raise ConfigError(
                f"%%redshift: {options.name!r} is not a variable's name",
                hint="the SQL stands in the lines below this one",
            )
        text = _read(options.file) if options.file else cell
        session = self.session(options.connection)
        if options.explain:
            self._print_plan(session, text)
            return
        last = self._run(session, text, options)
        if last.columns:
            self._hand_over(last, options, session)
        elif options.name:
            print(f"{options.name} is not assigned: the last statement returns no rows")

    def _run(self, session: Session, text: str, options: argparse.Namespace) -> Result:
        """Run a cell's statements, showing the rows of all but the last; also of those before one that fails."""
        done: list[Result] = []
        session.cell = str(self.shell.execution_count)
        session.on_progress = None if options.no_display else LiveLine(self.shell)
        limits = {"max_rows": options.max_rows, "timeout": options.timeout, "unload": options.unload}
        try:
            for result in session.run(text, _Variables(self.shell), **limits):
                self.history.append(result.receipt)
                if not options.no_display:
                    self._show(done)
                    print(result.receipt, *result.receipt.notes, sep="\n  ")
                done = [result]
        except RsnbError:
            if not options.no_display:
                self._show(done)
            raise
        return done[0]

    def _show(self, results: list[Result]) -> None:
        """Show the rows of statements before the last one."""
        for result in results:
            if result.columns:
                self.shell.display_pub.publish(self._preview(result))

    def _preview(self, result: Result) -> dict[str, str]:
        rows = self.session().config.number("display_rows")
        return {"text/plain": preview.text(result.table, rows), "text/html": preview.html(result.table, rows)}

    def _show_as_output(self, result: Result, frame: Any) -> None:
        """Show the rows as the cell's output: `_` and Out hold the frame, what is seen is the preview."""
        hook = self.shell.displayhook
        hook.start_displayhook()
        hook.write_output_prompt()
        hook.update_user_ns(frame)
        hook.fill_exec_result(frame)
        hook.write_format_data(self._preview(result), {})
        hook.finish_displayhook()

    def _hand_over(self, result: Result, options: argparse.Namespace, session: Session) -> None:
        """Give NAME its frame, or show it."""
        frame = _FRAMES[options.frame or session.config.text("frame")](result)
        if options.name:
            self.shell.user_ns[options.name] = frame
            sessions.datasets[options.name] = result
        elif not options.no_display:
            self._show_as_output(result, frame)

    def _print_plan(self, session: Session, text: str) -> None:
        from rsnb import catalog

        plan = catalog.explain(session, text, _Variables(self.shell))
        print("\n".join(plan.table.column(0).to_pylist()))

    # Verbs

    def _verb(self, line: str) -> Any:
        verb, _, rest = line.strip().partition(" ")
        if not verb:
            return self._help("")
        if verb.startswith("-"):  # `%redshift --file report.sql`: IPython wants a body below %%redshift
            self._cell(line, "")
            return None
        if verb not in VERBS:
            raise ConfigError(f"%redshift: there is no verb {verb!r}", hint=similar(verb, VERBS))
        return VERBS[verb](self, rest.strip())

    def _connect(self, name: str) -> None:
        """connect [PROFILE or URL]: use this connection from now on."""
        if name not in self.sessions:
            self.sessions[name] = connect(name)
        self.current = name
        print(f"connected to {self.sessions[name].profile.name}")

    def _close(self, name: str) -> None:
        """close [PROFILE or URL]: end a connection; an open transaction is rolled back."""
        session = self.sessions.pop(name or self.current, None)
        if session is None:
            shown = f"there is no open connection {without_password(name)!r}" if name else "there is no open connection"
            raise ConfigError(shown, hint=similar(name, (s.profile.name for s in self.sessions.values())))
        session.close()

    def _tables(self, pattern: str) -> Any:
        """tables [PATTERN]: tables, views and external tables."""
        from rsnb import catalog

        return catalog.tables(self.session(), pattern or "%").df()

    def _describe(self, table: str) -> Any:
        """describe TABLE: its columns."""
        from rsnb import catalog

        return catalog.describe(self.session(), table).df()

    def _doctor(self, name: str) -> None:
        """doctor [PROFILE or URL]: walk the way to a warehouse, and name the first step that fails."""
        from rsnb.doctor import examine

        print("\n".join(examine(name or self.current).lines()))

    def _explain(self, text: str) -> None:
        """explain SQL: the plan of a statement."""
        self._print_plan(self.session(), text)

    def _install(self, library: str) -> None:
        """install LIBRARY: create a library of SQL functions in the warehouse."""
        self.session().install(library)
        print(f"installed {library}")

    def _prepare(self, _: str) -> None:
        """prepare: fill the lake folder of s3://demo with the sample data of the notebooks."""
        from rsnb import samples

        for story in samples.prepare_for(settings.load()):
            print(story)

    def _score(self, line: str) -> None:
        """score MODEL TABLE INTO: write a model's scores of a table's rows into a new table."""
        words = _words(line)
        if len(words) != 3:
            raise ConfigError("%redshift score takes three words", hint="%redshift score MODEL TABLE INTO")
        name, table, into = words
        model = self.shell.user_ns.get(name)
        if model is None:
            from rsnb.ml import load_model

            model = load_model(name)
        rows = self.session().score(getattr(model, "model", model), table, into=into)
        print(f"{rows:,} rows scored into {into}")

    def _datasets(self, _: str) -> Any:
        """datasets: the results that later cells may select from by name."""
        import pandas as pd

        rows = [(n, len(r), len(r.columns), r.table.nbytes) for n, r in sessions.datasets.items()]
        return pd.DataFrame(rows, columns=["name", "rows", "columns", "bytes"])

    def _history(self, _: str) -> Any:
        """history: the receipts of this notebook's statements."""
        import pandas as pd

        rows = [(r.query_id, str(r), " ".join(r.sql.split())[:80]) for r in self.history]
        return pd.DataFrame(rows, columns=["query_id", "receipt", "sql"])

    def _traceback(self, _: str) -> None:
        """traceback: the Python traceback of the last error."""
        if self.last_error is None:
            print("there was no error")
        else:
            print("".join(traceback.format_exception(self.last_error)))

    def _help(self, _: str) -> None:
        """help: what can be written here."""
        verbs = [f"  %redshift {(f.__doc__ or '').strip()}" for f in VERBS.values()]
        print(OPTIONS.format_help().strip(), "", *verbs, sep="\n")


VERBS: dict[str, Callable[[RedshiftMagics, str], Any]] = {
    "close": RedshiftMagics._close,
    "connect": RedshiftMagics._connect,
    "datasets": RedshiftMagics._datasets,
    "describe": RedshiftMagics._describe,
    "doctor": RedshiftMagics._doctor,
    "explain": RedshiftMagics._explain,
    "help": RedshiftMagics._help,
    "history": RedshiftMagics._history,
    "install": RedshiftMagics._install,
    "prepare": RedshiftMagics._prepare,
    "score": RedshiftMagics._score,
    "tables": RedshiftMagics._tables,
    "traceback": RedshiftMagics._traceback,
}

_FRAMES: dict[str, Callable[[Result], Any]] = {"pandas": Result.df, "polars": Result.polars, "arrow": Result.arrow}


class _Variables(Mapping[str, Any]):
    """The notebook's variables, as values for `:name`."""

    def __init__(self, shell: InteractiveShell) -> None:
        self._shell = shell

    def __getitem__(self, name: str) -> Any:
        return self._shell.user_ns[name]

    def __iter__(self) -> Iterator[str]:
        hidden = self._shell.user_ns_hidden
        return (name for name in self._shell.user_ns if name not in hidden)

    def __len__(self) -> int:
        return sum(1 for _ in self)


def _words(line: str) -> list[str]:
    try:
        return shlex.split(line)
    except ValueError as exc:
        raise ConfigError(f"%%redshift: the options can't be read: {exc}") from exc


def _read(file: Path) -> str:
    try:
        return file.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as exc:
        raise ConfigError(f"%%redshift --file {file} can't be read: {exc}") from exc


def load(shell: InteractiveShell) -> None:
    """Register the magics with a shell."""
    shell.register_magics(RedshiftMagics(shell))
