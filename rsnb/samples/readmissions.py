"""Hospital readmissions: who the patients are (phi) apart from what analysis needs (nonphi)."""

from __future__ import annotations

import gzip
import hmac
from collections.abc import Callable, Collection
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from rsnb.errors import LoadError
from rsnb.samples import codes, encounters
from rsnb.samples.story import AGAIN, Inputs, Prepared, fill, inputs, unreadable

if TYPE_CHECKING:
    import pyarrow as pa

VERSION = 1
SEED = 20140403
SOURCES = ("diabetic_data.csv.gz", "IDs_mapping.csv")
PARTS = 4
PHI_NULL = r"\N"  # what stands for NULL in the text files, as COPY and Hive read it
DEMO_KEY = b"rsnb demo key"  # a real one belongs in a secret store: who has it can list all ids again

DRUGS = tuple(drug.replace("-", "_") for drug in encounters.DRUGS)
COUNTS = (
    "num_lab_procedures",
    "num_procedures",
    "num_medications",
    "number_outpatient",
    "number_emergency",
    "number_inpatient",
    "number_diagnoses",
)

READMITTED = ("NO", ">30", "<30")
NUMBERS = {"encounter_id", "patient_nbr", "time_in_hospital", *COUNTS}

PHI_COLUMNS = (
    ("encounter_id", "integer"),
    ("patient_nbr", "integer"),
    ("race", "varchar(16)"),
    ("gender", "varchar(16)"),
    ("age", "varchar(8)"),
    ("weight", "varchar(16)"),
)

NONPHI_COLUMNS = (
    ("encounter_key", "varchar(16)"),
    ("patient_key", "varchar(16)"),
    ("age", "varchar(8)"),
    ("admission_type", "varchar(128)"),
    ("discharge_disposition", "varchar(128)"),
    ("admission_source", "varchar(128)"),
    ("time_in_hospital", "integer"),
    ("payer_code", "varchar(8)"),
    ("medical_specialty", "varchar(64)"),
    *((name, "integer") for name in COUNTS),
    ("diag_1", "varchar(8)"),
    ("diag_2", "varchar(8)"),
    ("diag_3", "varchar(8)"),
    ("max_glu_serum", "varchar(8)"),
    ("a1cresult", "varchar(8)"),
    *((drug, "varchar(8)") for drug in DRUGS),
    ("change", "varchar(8)"),
    ("diabetesmed", "varchar(8)"),
    ("readmitted", "varchar(8)"),
    ("readmission_result", "varchar(8)"),
)


def prepare(lake: Path, data: Path | None) -> Prepared:
    """Fill `lake/readmissions`: phi/*.csv.gz (pipe-delimited text, no header) and nonphi/*.parquet."""
    made_from = inputs(data / "readmissions" if data else None, SOURCES, version=VERSION, seed=SEED)
    return fill(lake, "readmissions", made_from, partial(_write, made_from))


def digest(identifier: str) -> str:
    """A one-way key for an identifier: HMAC-SHA-256 with the demo key, first 16 hex digits."""
    return hmac.digest(DEMO_KEY, identifier.encode(), "sha256").hex()[:16]


def _write(made_from: Inputs, folder: Path) -> int:
    raw, tables = _raw(made_from)
    _write_phi(_phi(raw), folder / "phi")
    _write_nonphi(_nonphi(raw, tables), folder / "nonphi")
    return int(raw.num_rows)


def _raw(made_from: Inputs) -> tuple[pa.Table, codes.Codes]:
    """All values as texts under lower-case names, `?` as NULL; ids of unknown meaning are an error."""
    if made_from.source == "generated":
        return _tidy(encounters.generate(SEED)), codes.CODES
    data, mapping = made_from.files
    raw, tables = _tidy(_read(data)), codes.read(mapping)
    _expect(raw, "readmitted", READMITTED, f"{data}: readmitted is one of {', '.join(READMITTED)}, not")
    for name, known in vars(tables).items():
        _expect(raw, f"{name}_id", known, f"{mapping}: {data} needs a description of {name}_id")
    return raw, tables


def _expect(raw: pa.Table, column: str, known: Collection[str], message: str) -> None:
    unknown = set(raw[column].unique().to_pylist()) - set(known)
    if unknown:
        raise LoadError(f"{message} {', '.join(sorted(map(repr, unknown)))}", hint=AGAIN)


def _read(file: Path) -> pa.Table:
    import pyarrow as pa
    import pyarrow.csv

    columns = list(encounters.COLUMNS)
    kinds = {name: pa.int32() if name in NUMBERS else pa.string() for name in columns}
    options = pa.csv.ConvertOptions(column_types=kinds, include_columns=columns, null_values=[])
    try:  # one thread, because only then an error knows its row
        raw = pa.csv.read_csv(file, pa.csv.ReadOptions(use_threads=False), convert_options=options)
    except (OSError, EOFError, ValueError, KeyError) as exc:  # pyarrow's errors are among these
        raise unreadable(file, exc) from exc
    return raw.cast(pa.schema([(name, pa.string()) for name in columns]))


def _tidy(raw: pa.Table) -> pa.Table:
    import pyarrow as pa
    import pyarrow.compute as pc

    missing = pa.scalar(None, pa.string())
    return pa.table(
        {
            name.lower().replace("-", "_"): pc.if_else(pc.equal(column, "?"), missing, column)
            for name, column in zip(raw.column_names, raw.columns, strict=True)
        }
    )


def _phi(raw: pa.Table) -> pa.Table:
    return raw.select([name for name, _ in PHI_COLUMNS])


def _nonphi(raw: pa.Table, tables: codes.Codes) -> pa.Table:
    """In the order of the keys, so that a row's place does not lead back to the phi table."""
    import pyarrow as pa
    import pyarrow.compute as pc

    columns = {name: raw[name] for name in raw.column_names}
    columns["encounter_key"] = _each(raw["encounter_id"], digest)
    columns["patient_key"] = _each(raw["patient_nbr"], digest)
    for name, known in vars(tables).items():
        columns[name] = _each(raw[f"{name}_id"], known.__getitem__)
    columns["payer_code"] = pc.fill_null(raw["payer_code"], "(null)")
    columns["readmission_result"] = pc.if_else(pc.equal(raw["readmitted"], "<30"), "Yes", "No")
    schema = pa.schema([(name, pa.int32() if kind == "integer" else pa.string()) for name, kind in NONPHI_COLUMNS])
    table = pa.table({name: columns[name].cast(schema.field(name).type) for name in schema.names}, schema)
    return table.sort_by("encounter_key")


def _each(column: pa.ChunkedArray, change: Callable[[str], str]) -> pa.ChunkedArray:
    """`change` of every value, called once for each distinct one."""
    import pyarrow as pa

    coded = column.combine_chunks().dictionary_encode()
    return pa.chunked_array([pa.array(map(change, coded.dictionary.to_pylist()), pa.string()).take(coded.indices)])


def _parts(table: pa.Table) -> list[tuple[int, pa.Table]]:
    size = -(-table.num_rows // PARTS)
    return [(part, table.slice(part * size, size)) for part in range(PARTS)]


def _write_phi(table: pa.Table, folder: Path) -> None:
    folder.mkdir()
    for number, part in _parts(table):
        columns = [[PHI_NULL if value is None else value for value in column.to_pylist()] for column in part.columns]
        lines = "".join("|".join(row) + "\n" for row in zip(*columns, strict=True))
        target = folder / f"part-{number:04}.csv.gz"
        target.write_bytes(gzip.compress(lines.encode(), compresslevel=6, mtime=0))


def _write_nonphi(table: pa.Table, folder: Path) -> None:
    import pyarrow.parquet as pq

    folder.mkdir()
    for number, part in _parts(table):
        pq.write_table(part, folder / f"part-{number:04}.snappy.parquet", compression="snappy", store_schema=False)
