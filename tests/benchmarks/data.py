"""Standard data and queries, made in an environment of their own: TPC-H and TPC-DS.

The data of TPC-H come from tpchgen-cli, those of TPC-DS and the text of all queries from DuckDB's extensions, of which
there are packages for an older DuckDB only. The queries are in DuckDB's dialect, which Redshift's is close to.
"""

from __future__ import annotations

import json
import subprocess
from pathlib import Path

from tests.benchmarks import environment

PACKAGES = (
    "duckdb==1.5.5",
    "duckdb-extension-tpcds==1.5.5",
    "duckdb-extension-tpch==1.5.5",
    "duckdb-extensions==1.5.5",
    "tpchgen-cli==4.0.0",
)
TPCDS_SCALE = 0.1

_MAKE = """
import json, sys
import duckdb
from duckdb_extensions import import_extension

folder, scale = sys.argv[1:]
for name in ("tpcds", "tpch"):
    import_extension(name)
db = duckdb.connect()
db.execute("load tpcds; load tpch")
db.execute(f"call dsdgen(sf={scale})")
for (table,) in db.execute("select table_name from duckdb_tables()").fetchall():
    db.execute(f"copy {table} to '{folder}/tpcds/{table}.parquet' (format parquet)")
queries = {name: dict(db.execute(f"from {name}_queries()").fetchall()) for name in ("tpcds", "tpch")}
with open(f"{folder}/queries.json", "w") as file:
    json.dump(queries, file)
"""


def make(root: Path) -> Path:
    """The folder with tpch/*.parquet (scale 1), tpcds/*.parquet and queries.json; made once."""
    folder = root / ".rsnb" / "standard-data"
    done = folder / "queries.json"
    if done.is_file():
        return folder
    python = environment.make(root / ".bench-data-venv", PACKAGES)
    for name in ("tpch", "tpcds"):
        (folder / name).mkdir(parents=True, exist_ok=True)
    generator = [python.parent / "tpchgen-cli", "parquet", "-s", "1", f"--output-dir={folder / 'tpch'}"]
    subprocess.run(generator, check=True, capture_output=True)
    subprocess.run([python, "-c", _MAKE, folder, str(TPCDS_SCALE)], check=True)
    return folder


def queries(folder: Path, name: str) -> dict[str, str]:
    """The queries of `tpch` or `tpcds` by number."""
    found: dict[str, dict[str, str]] = json.loads((folder / "queries.json").read_text())
    return {number: text.strip().rstrip(";") for number, text in found[name].items()}


def tables(folder: Path, name: str) -> dict[str, Path]:
    """The Parquet file of each table of `tpch` or `tpcds`."""
    return {path.stem: path for path in sorted((folder / name).glob("*.parquet"))}
