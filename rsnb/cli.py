"""`rsnb VERB` at the shell: a thin face over the same verbs as the magic."""

from __future__ import annotations

import json
import math
import sys
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from rsnb import cli_connections
from rsnb._version import __version__
from rsnb.errors import Cancelled, ConfigError, RsnbError
from rsnb.moments import listed

if TYPE_CHECKING:
    from rsnb.result import Result


class _Group(click.Group):
    """Shows rsnb's errors as a few lines, without a traceback."""

    def invoke(self, ctx: click.Context) -> Any:
        try:
            return super().invoke(ctx)
        except RsnbError as exc:
            click.echo("\n".join(exc.lines()), err=True)
            ctx.exit(130 if isinstance(exc, Cancelled) else 1)


@click.group(cls=_Group, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__)
def main() -> None:
    """Redshift SQL in, DataFrames, charts, maps and reports out."""


_connection = click.option("--connection", default="", help="A profile's name or a URL.")


@main.command()
@click.argument("sql")
@_connection
@click.option("--format", "form", type=click.Choice(["table", "csv", "json", "parquet"]), default="table")
@click.option("--output", type=click.Path(dir_okay=False, path_type=Path), help="Write there, not to the screen.")
@click.option("-p", "parameters", multiple=True, metavar="NAME=VALUE", help="A value for :NAME; JSON, else a text.")
@click.option("--max-rows", type=click.IntRange(min=0), help="Cut the rows off there.")
@click.option("--timeout", type=click.IntRange(min=0), help="Seconds that a statement may take.")
def query(
    sql: str,
    connection: str,
    form: str,
    output: Path | None,
    parameters: tuple[str, ...],
    max_rows: int | None,
    timeout: int | None,
) -> None:
    """Run SQL (`-` reads it from standard input) and print the last statement's rows."""
    from rsnb.session import connect

    if form == "parquet" and output is None:
        raise click.UsageError("parquet is not for the screen: give --output FILE")
    values = dict(_parameter(p) for p in parameters)
    text = _standard_input() if sql == "-" else sql
    with connect(connection) as session:
        *_, result = session.run(text, values, max_rows=max_rows, timeout=timeout)
    try:
        _WRITERS[form](result, output)
    except OSError as exc:
        raise ConfigError(f"{output} can't be written: {exc.strerror or exc}") from exc
    click.echo(result.receipt, err=True)


def _standard_input() -> str:
    try:
        return sys.stdin.buffer.read().decode("utf-8")
    except UnicodeDecodeError as exc:
        raise ConfigError(f"standard input is not UTF-8: {exc.reason} at byte {exc.start}") from exc


def _parameter(given: str) -> tuple[str, object]:
    name, equals, value = given.partition("=")
    if not equals or not name.isidentifier():
        raise click.BadParameter(f"{given!r} is not NAME=VALUE")
    try:
        return name, json.loads(value)
    except ValueError:
        return name, value


def _write_table(result: Result, output: Path | None) -> None:
    from rsnb import preview

    _write_text(preview.text(result.table, rows=len(result), width=None) if result.columns else "", output)


def _write_csv(result: Result, output: Path | None) -> None:
    _write_text(result.df().to_csv(index=False, lineterminator="\n")[:-1] if result.columns else "", output)


def _write_json(result: Result, output: Path | None) -> None:
    if repeated := result.repeated():
        raise RsnbError(
            f"JSON can't hold several columns named {repeated}", hint=f"give one an alias: {repeated} as ..."
        )
    columns = [map(_for_json, listed(column)) for column in result.table.columns]
    rows = [dict(zip(result.columns, row, strict=True)) for row in zip(*columns, strict=True)]
    _write_text(json.dumps(rows, ensure_ascii=False, indent=1, allow_nan=False), output)


def _for_json(value: object) -> object:
    """A value that JSON holds: bytes as hexadecimal digits, NaN and infinities as null, dates as their text."""
    if isinstance(value, bytes):
        return value.hex()
    if isinstance(value, float):
        return value if math.isfinite(value) else None
    return value if value is None or isinstance(value, (bool, int, str)) else str(value)


def _write_parquet(result: Result, output: Path | None) -> None:
    import pyarrow.parquet as pq

    pq.write_table(result.table, output)


def _write_text(text: str, output: Path | None) -> None:
    if output is None:
        click.echo(text)
    else:
        output.write_text(text + "\n", encoding="utf-8")


_WRITERS: dict[str, Callable[[Result, Path | None], None]] = {
    "csv": _write_csv,
    "json": _write_json,
    "parquet": _write_parquet,
    "table": _write_table,
}


@main.command()
@click.argument("pattern", default="%")
@_connection
def tables(pattern: str, connection: str) -> None:
    """List tables, views and external tables whose name is like PATTERN."""
    from rsnb import catalog
    from rsnb.session import connect

    with connect(connection) as session:
        _write_table(catalog.tables(session, pattern), None)


@main.command()
@click.argument("table")
@_connection
def describe(table: str, connection: str) -> None:
    """Show the columns of TABLE."""
    from rsnb import catalog
    from rsnb.session import connect

    with connect(connection) as session:
        _write_table(catalog.describe(session, table), None)


@main.command()
@click.argument("sql")
@_connection
def explain(sql: str, connection: str) -> None:
    """Show the plan of a statement without running it."""
    from rsnb import catalog
    from rsnb.session import connect

    with connect(connection) as session:
        click.echo("\n".join(catalog.explain(session, sql).table.column(0).to_pylist()))


@main.command()
@click.argument("library")
@_connection
def install(library: str, connection: str) -> None:
    """Create a LIBRARY of SQL functions in the warehouse."""
    from rsnb.session import connect

    with connect(connection) as session:
        session.install(library)
    click.echo(f"installed {library}")


@main.command()
@click.argument("folder", type=click.Path(file_okay=False, path_type=Path), required=False)
def prepare(folder: Path | None) -> None:
    """Fill FOLDER (by default the one that s3://demo is mapped to) with the sample data of the two stories.

    Real data where RSNB_DATA holds it, else generated data of the same shape and size.
    """
    from rsnb import samples, settings

    for story in samples.prepare_for(settings.load(), folder):
        click.echo(story)


@main.command()
@click.argument("notebooks", nargs=-1, required=True, type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--to", type=click.Path(file_okay=False, path_type=Path), default=Path("reports"), help="Folder to fill.")
@click.option("-p", "parameters", multiple=True, metavar="NAME=VALUE", help="A parameter of the notebooks.")
def report(notebooks: tuple[Path, ...], to: Path, parameters: tuple[str, ...]) -> None:
    """Run NOTEBOOKS and write each, with its outputs, as a notebook and as a page that opens offline."""
    from rsnb import reports

    for notebook in notebooks:
        made = reports.publish(notebook, to, dict(_parameter(p) for p in parameters))
        click.echo(f"{notebook.name}: {made.seconds:.1f} s → {made.page} ({made.page.stat().st_size / 1e6:.1f} MB)")


@main.command(name="sagemaker-local")
@click.option("--port", type=click.IntRange(0, 65535), default=8787, show_default=True)
@click.option("--folder", type=click.Path(file_okay=False, path_type=Path), default=Path(".rsnb/sagemaker"))
def sagemaker_local(port: int, folder: Path) -> None:
    """Serve a SageMaker on loopback, for learning its API offline; FOLDER keeps the objects."""
    from rsnb.ml import loopback

    loopback.run(port, folder, click.echo)


@main.group()
def ml() -> None:
    """What trained models keep elsewhere."""


@ml.command()
@click.option("--region", help="AWS region; by default the environment's.")
def resources(region: str | None) -> None:
    """List what rsnb made on SageMaker and has not deleted: jobs, models, endpoints."""
    from rsnb.ml import sagemaker

    found = sagemaker.list_resources(region=region)
    click.echo(found.to_string(index=False) if len(found) else "nothing")


for _command in cli_connections.COMMANDS:
    main.add_command(_command)
