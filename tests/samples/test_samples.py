"""The stories' data: the real files where RSNB_DATA has them, the generated ones always."""

from __future__ import annotations

import csv
import gzip
import json
import os
import shutil
from collections import Counter
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from rsnb import samples
from rsnb.errors import LoadError
from rsnb.samples import Prepared, codes, earthquakes, encounters, plates, readmissions, seismicity, story

ROOT = Path(__file__).parents[2]
DATA = Path(os.environ.get("RSNB_DATA", ROOT.parent / "shared" / "data"))
REAL = all(
    (DATA / name / file).is_file()
    for name, files in (("readmissions", readmissions.SOURCES), ("earthquakes", earthquakes.SOURCES))
    for file in files
)
needs_real = pytest.mark.skipif(not REAL, reason=f"no real data in {DATA}")

Lake = dict[str, Prepared]


@pytest.fixture(scope="module", params=["generated", pytest.param("real", marks=needs_real)])
def lake(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Lake:
    folder = tmp_path_factory.mktemp(request.param)
    done = samples.prepare(folder, DATA if request.param == "real" else None)
    assert {prepared.source for prepared in done} == {request.param}
    return {prepared.name: prepared for prepared in done}


def rows(sql: str, *values: object) -> list[tuple[Any, ...]]:
    import duckdb

    with duckdb.connect() as connection:
        return connection.execute(sql, list(values)).fetchall()


def nonphi(lake: Lake, select: str, rest: str = "") -> list[tuple[Any, ...]]:
    return rows(f"select {select} from read_parquet('{lake['readmissions'].folder}/nonphi/*.parquet') {rest}")


def phi(lake: Lake) -> list[list[str]]:
    files = sorted((lake["readmissions"].folder / "phi").iterdir())
    return [line.split("|") for file in files for line in gzip.open(file, "rt", encoding="utf-8").read().splitlines()]


def days(lake: Lake) -> Iterator[tuple[str, dict[str, Any]]]:
    for file in sorted((lake["earthquakes"].folder / "days").iterdir()):
        (line,) = file.read_text(encoding="utf-8").splitlines()
        yield file.name, json.loads(line)


def features(lake: Lake) -> list[dict[str, Any]]:
    return [feature for _, day in days(lake) for feature in day["features"]]


class TestReadmissions:
    def test_every_encounter_is_in_both_tables(self, lake: Lake) -> None:
        assert lake["readmissions"].rows == encounters.ENCOUNTERS
        assert len(phi(lake)) == encounters.ENCOUNTERS
        assert nonphi(lake, "count(*), count(distinct encounter_key), count(distinct patient_key)") == [
            (encounters.ENCOUNTERS, encounters.ENCOUNTERS, encounters.PATIENTS)
        ]

    def test_several_part_files(self, lake: Lake) -> None:
        folder = lake["readmissions"].folder
        assert [file.name for file in sorted((folder / "phi").iterdir())][1] == "part-0001.csv.gz"
        assert len(list((folder / "nonphi").iterdir())) == readmissions.PARTS
        assert lake["readmissions"].files == 2 * readmissions.PARTS

    def test_columns_are_the_declared_ones_and_fit(self, lake: Lake) -> None:
        kinds = {"INTEGER": "integer", "VARCHAR": "varchar"}
        glob = f"{lake['readmissions'].folder}/nonphi/*.parquet"
        found = rows("select column_name, column_type from (describe select * from read_parquet(?))", glob)
        assert [(name, kinds[kind]) for name, kind in found] == [
            (name, kind.split("(")[0]) for name, kind in readmissions.NONPHI_COLUMNS
        ]
        sizes = {name: int(kind[8:-1]) for name, kind in readmissions.NONPHI_COLUMNS if kind.startswith("varchar")}
        (longest,) = nonphi(lake, ", ".join(f'max(strlen("{name}"))' for name in sizes))
        assert [name for name, used in zip(sizes, longest, strict=True) if used > sizes[name]] == []

    def test_phi_columns_fit(self, lake: Lake) -> None:
        for row in phi(lake):
            assert len(row) == len(readmissions.PHI_COLUMNS)
            for value, (_, kind) in zip(row, readmissions.PHI_COLUMNS, strict=True):
                assert int(value) < 2**31 if kind == "integer" else len(value) <= int(kind[8:-1])

    def test_no_question_mark_is_left(self, lake: Lake) -> None:
        assert not any("?" in row for row in phi(lake))
        texts = [name for name, kind in readmissions.NONPHI_COLUMNS if kind != "integer"]
        assert nonphi(
            lake, "count(*)", "where " + " or ".join(f"\"{name}\" in ('?', 'NULL', '')" for name in texts)
        ) == [(0,)]

    def test_missing_values(self, lake: Lake) -> None:
        ((payers, unpaid, specialties),) = nonphi(
            lake, "count(payer_code), count_if(payer_code = '(null)'), count(medical_specialty)"
        )
        assert payers == encounters.ENCOUNTERS
        assert unpaid / encounters.ENCOUNTERS == pytest.approx(0.396, abs=0.01)
        assert specialties / encounters.ENCOUNTERS == pytest.approx(0.509, abs=0.01)
        weights = Counter(row[5] for row in phi(lake))
        assert weights[readmissions.PHI_NULL] / encounters.ENCOUNTERS == pytest.approx(0.969, abs=0.01)

    def test_result_follows_readmitted(self, lake: Lake) -> None:
        found = nonphi(lake, "distinct readmitted, readmission_result", "order by all")
        assert found == [("<30", "Yes"), (">30", "No"), ("NO", "No")]

    def test_readmitted_counts(self, lake: Lake) -> None:
        found = dict(nonphi(lake, "readmitted, count(*)", "group by 1"))
        if lake["readmissions"].source == "real":
            assert found == {"NO": 54_864, ">30": 35_545, "<30": 11_357}
        for kind, share in {"NO": 0.54, ">30": 0.35, "<30": 0.11}.items():
            assert found[kind] / encounters.ENCOUNTERS == pytest.approx(share, abs=0.01)

    def test_keys_belong_to_the_identifiers_but_stand_elsewhere(self, lake: Lake) -> None:
        keys = nonphi(lake, "encounter_key, patient_key, age")
        known = {key: (patient, age) for key, patient, age in keys}
        people = phi(lake)
        for encounter, patient, _, _, age, _ in people[::500]:
            assert known[readmissions.digest(encounter)] == (readmissions.digest(patient), age)
        in_place = sum(readmissions.digest(row[0]) == key[0] for row, key in zip(people, keys, strict=True))
        assert in_place < 20

    def test_nothing_of_phi_but_the_age_is_in_nonphi(self) -> None:
        shared = {name for name, _ in readmissions.PHI_COLUMNS} & {name for name, _ in readmissions.NONPHI_COLUMNS}
        assert shared == {"age"}

    @pytest.mark.parametrize("name", ["admission_type", "discharge_disposition", "admission_source"])
    def test_descriptions_are_known(self, lake: Lake, name: str) -> None:
        assert {value for (value,) in nonphi(lake, f"distinct {name}")} <= set(vars(codes.CODES)[name].values())

    @needs_real
    def test_descriptions_of_sample_rows(self, tmp_path: Path) -> None:
        samples.prepare(tmp_path, DATA)
        glob = f"{tmp_path}/readmissions/nonphi/*.parquet"
        wanted = "admission_type, discharge_disposition, admission_source, diag_1, diag_2"
        one = f"select {wanted} from read_parquet(?) where encounter_key = ?"
        assert rows(one, glob, readmissions.digest("2278392")) == [
            (codes.UNKNOWN, "Not Mapped", "Physician Referral", "250.83", None)
        ]
        assert rows(one, glob, readmissions.digest("149190")) == [
            ("Emergency", "Discharged to home", "Emergency Room", "276", "250.01")
        ]

    @needs_real
    def test_the_codes_in_the_module_are_those_of_the_file(self) -> None:
        assert codes.read(DATA / "readmissions" / "IDs_mapping.csv") == codes.CODES


class TestGeneratedEncounters:
    def test_same_seed_same_table(self) -> None:
        assert encounters.generate(1, 500, 300).equals(encounters.generate(1, 500, 300))
        assert not encounters.generate(1, 500, 300).equals(encounters.generate(2, 500, 300))

    def test_raw_shape(self) -> None:
        table = encounters.generate(1, 500, 300)
        assert tuple(table.column_names) == encounters.COLUMNS
        assert len(encounters.DRUGS) == 23
        assert len(table["patient_nbr"].unique()) == 300
        if REAL:
            with gzip.open(DATA / "readmissions" / readmissions.SOURCES[0], "rt") as stream:
                assert tuple(next(csv.reader(stream))) == encounters.COLUMNS

    def test_a_linear_learner_finds_something(self) -> None:
        import numpy as np

        table = encounters.generate(readmissions.SEED)
        numbers = [table[name].to_numpy().astype(float) for name in ("number_inpatient", "time_in_hospital")]
        place = table["discharge_disposition_id"].to_numpy()
        numbers += [(place == code).astype(float) for code in ("2", "3", "5", "6", "11", "22")]
        numbers += [np.unique(table["age"].to_numpy(), return_inverse=True)[1].astype(float)]
        inputs = np.column_stack([np.ones(len(place)), *numbers])
        early = table["readmitted"].to_numpy() == "<30"
        half = len(early) // 2
        weights = np.linalg.lstsq(inputs[:half], early[:half].astype(float))[0]
        ranks = (inputs[half:] @ weights).argsort().argsort() + 1.0
        hits = early[half:]
        area = (ranks[hits].mean() - (hits.sum() + 1) / 2) / (~hits).sum()
        assert 0.62 < area < 0.67

    def test_the_dead_do_not_return(self) -> None:
        table = encounters.generate(1, 20_000, 15_000).to_pydict()
        places = zip(table["discharge_disposition_id"], table["readmitted"], strict=True)
        assert {readmitted for place, readmitted in places if place in encounters.DIED} == {"NO"}


class TestEarthquakes:
    def test_each_day_file_holds_the_events_of_its_day(self, lake: Lake) -> None:
        for name, day in days(lake):
            assert {f["properties"]["time"][:10] for f in day["features"]} == {name[7:17]}
            date.fromisoformat(name[7:17])
            assert day["metadata"]["count"] == len(day["features"])
            times = [f["properties"]["time"] for f in day["features"]]
            assert times == sorted(times)

    def test_counts(self, lake: Lake) -> None:
        events = features(lake)
        years = Counter(f["properties"]["time"][:4] >= "2017" for f in events)
        assert years == {True: 46_112, False: 8_744}
        assert len({f["id"] for f in events}) == len(events) == lake["earthquakes"].rows
        names = [name for name, _ in days(lake)]
        assert len(names) == lake["earthquakes"].files
        assert sum(name > "events_2017" for name in names) == 124
        if lake["earthquakes"].source == "real":
            assert len(names) == 4_456

    def test_shape_is_that_of_emsc(self, lake: Lake) -> None:
        names = [name for name, _ in earthquakes.PROPERTIES]
        for feature in features(lake):
            place = feature["properties"]
            assert list(place) == names
            assert list(feature) == ["type", "geometry", "id", "properties"]
            assert feature["geometry"]["coordinates"] == [place["lon"], place["lat"], -place["depth"]]
            assert -90 <= place["lat"] <= 90
            assert -180 <= place["lon"] <= 180
        if REAL:
            published = DATA / "earthquakes" / "emsc_turkey_2025-04.json.gz"
            emsc = json.loads(gzip.decompress(published.read_bytes()))
            assert list(emsc["features"][0]["properties"]) == names
            assert list(emsc["features"][0]) == ["type", "geometry", "id", "properties"]

    def test_properties_fit_their_types(self, lake: Lake) -> None:
        sizes = {name: int(kind[8:-1]) for name, kind in earthquakes.PROPERTIES if kind.startswith("varchar")}
        for feature in features(lake):
            for name, size in sizes.items():
                assert len((feature["properties"][name] or "").encode()) <= size

    def test_duckdb_reads_the_files(self, lake: Lake) -> None:
        columns = "{features: 'STRUCT(properties STRUCT(mag DOUBLE, evtype VARCHAR))[]'}"
        found = rows(
            "select count(*), max(e.properties.mag) from (select unnest(features) e "
            f"from read_json(?, columns={columns}, format='newline_delimited'))",
            f"{lake['earthquakes'].folder}/days/*.json",
        )
        assert found == [(54_856, pytest.approx(9.1, abs=0.11))]

    @needs_real
    def test_sample_events(self, tmp_path: Path) -> None:
        folder = earthquakes.prepare(tmp_path, DATA).folder / "days"
        tohoku = _event(folder / "events_2011-03-11.json", lambda p: p["mag"] == 9.1)
        assert tohoku["time"] == "2011-03-11T05:46:24.0Z"
        assert tohoku["flynn_region"] is None
        assert (tohoku["auth"], tohoku["magtype"], tohoku["evtype"]) == ("US", "mww", "earthquake")
        first = _event(folder / "events_2020-03-20.json", lambda p: p["unid"] == "ci39109007")
        assert first["flynn_region"] == "23km E of Little Lake, CA"
        assert (first["lat"], first["lon"], first["depth"], first["mag"]) == (
            35.9521667,
            -117.6496667,
            4.68,
            0.11,
        )
        assert first["lastupdate"] is None


def _event(file: Path, wanted: Any) -> dict[str, Any]:
    (found,) = [f for f in json.loads(file.read_text())["features"] if wanted(f["properties"])]
    properties: dict[str, Any] = found["properties"]
    return properties


class TestGeneratedEvents:
    def test_gutenberg_richter(self) -> None:
        strong = [e.magnitude for e in seismicity.generate(1) if e.id.startswith("genS")]
        more = [sum(m >= least for m in strong if m) for least in (5.5, 6.5, 7.5)]
        assert more[0] / more[1] == pytest.approx(10, rel=0.15)
        assert more[1] / more[2] == pytest.approx(10, rel=0.3)

    def test_deep_ones_are_under_subduction_zones(self) -> None:
        kinds = {boundary.name: boundary.kind for boundary in plates.BOUNDARIES}
        assert {kinds[e.place or ""] for e in seismicity.generate(1) if e.depth > 70} == {"subduction"}

    def test_same_seed_same_events(self) -> None:
        assert seismicity.generate(3) == seismicity.generate(3)


class TestPreparing:
    """On the smaller story or on a few hand-written rows, because what counts is the folder."""

    def test_a_second_call_does_nothing(self, tmp_path: Path) -> None:
        first = samples.prepare(tmp_path, None)
        stamps = {file: file.stat().st_mtime_ns for file in tmp_path.rglob("*")}
        second = samples.prepare(tmp_path, None)
        assert [p.reused for p in first + second] == [False, False, True, True]
        assert [(p.rows, p.files) for p in first] == [(p.rows, p.files) for p in second]
        assert {file: file.stat().st_mtime_ns for file in tmp_path.rglob("*")} == stamps
        assert "generated" in str(first[0])
        assert "unchanged" in str(second[0])

    def test_stories_are_chosen_separately(self, tmp_path: Path, data: Path) -> None:
        shutil.rmtree(data / "readmissions")
        done = {p.name: p for p in samples.prepare(tmp_path / "lake", data)}
        assert done["earthquakes"].source == "real"
        assert done["readmissions"].source == "generated"
        assert "no diabetic_data.csv.gz and no IDs_mapping.csv in" in done["readmissions"].origin

    def test_a_changed_source_is_noticed(self, tmp_path: Path, data: Path) -> None:
        assert earthquakes.prepare(tmp_path, data).rows == 2
        assert earthquakes.prepare(tmp_path, data).reused
        write(data / "earthquakes" / earthquakes.SOURCES[0], [COMBINED, USGS, USGS.replace("ci1", "ci2")])
        again = earthquakes.prepare(tmp_path, data)
        assert (again.rows, again.reused) == (3, False)
        assert earthquakes.prepare(tmp_path, None).source == "generated"

    def test_a_missing_or_cut_file_is_noticed(self, tmp_path: Path, data: Path) -> None:
        folder = earthquakes.prepare(tmp_path, data).folder
        (folder / "days" / "events_2021-01-02.json").unlink()
        assert not earthquakes.prepare(tmp_path, data).reused
        (folder / "days" / "events_2021-01-02.json").write_text("")
        assert not earthquakes.prepare(tmp_path, data).reused
        assert earthquakes.prepare(tmp_path, data).reused

    @pytest.mark.parametrize("damage", ["[]", "{", '{"tables": 3}', ""])
    def test_a_damaged_marker_means_preparing_again(self, tmp_path: Path, data: Path, damage: str) -> None:
        folder = earthquakes.prepare(tmp_path, data).folder
        (folder / story.MARKER).write_text(damage)
        assert not earthquakes.prepare(tmp_path, data).reused

    def test_an_interrupted_run_leaves_the_old_lake(self, tmp_path: Path, data: Path, monkeypatch: Any) -> None:
        earthquakes.prepare(tmp_path, data)
        before = tree(tmp_path)
        write(data / "earthquakes" / earthquakes.SOURCES[0], [COMBINED, USGS, USGS.replace("ci1", "ci2")])

        def stop(*_: object) -> str:
            raise KeyboardInterrupt

        monkeypatch.setattr(earthquakes, "_collection", stop)
        with pytest.raises(KeyboardInterrupt):
            earthquakes.prepare(tmp_path, data)
        assert tree(tmp_path) == before

    def test_an_interrupted_swap_puts_the_old_lake_back(self, tmp_path: Path, data: Path) -> None:
        folder = earthquakes.prepare(tmp_path, data).folder
        before = tree(tmp_path)
        folder.rename(tmp_path / ".earthquakes-old")  # killed between the two renames
        assert earthquakes.prepare(tmp_path, data).reused
        assert tree(tmp_path) == before

    def test_what_the_user_put_there_stays(self, tmp_path: Path, data: Path) -> None:
        folder = earthquakes.prepare(tmp_path, data).folder
        (folder / "mine").mkdir()
        (folder / "mine" / "notes.txt").write_text("keep")
        (folder / "days" / "events_2021-01-02.json").unlink()
        earthquakes.prepare(tmp_path, data)
        assert (folder / "mine" / "notes.txt").read_text() == "keep"
        assert (folder / "days" / "events_2021-01-02.json").is_file()
        assert earthquakes.prepare(tmp_path, data).reused
        assert [entry.name for entry in tmp_path.iterdir() if entry.name.startswith(".")] == []


COMBINED = "time,latitude,longitude,depth,mag,magType,id,place,type,net"
USGS = '2021-01-02T03:04:05.060Z,1.5,-2.5,-1.8,,,ci1,"1 km N of X, Y",quarry blast,ci'
SIGNIFICANT = "Date,Time,Latitude,Longitude,Type,Depth,Magnitude,Magnitude Type,ID,Source,Location Source"
STRONG = "01/02/2001,03:04:05,1,2,Nuclear Explosion,0,5.6,MW,US1,US,AEIC"
OLD = "12/31/1999,23:59:59,1,2,Earthquake,33,5.6,,US0,ISCGEM,ISCGEM"


def write(file: Path, lines: list[str]) -> None:
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_bytes(gzip.compress("".join(line + "\n" for line in lines).encode(), mtime=0))


def tree(folder: Path) -> dict[str, bytes]:
    return {str(f.relative_to(folder)): f.read_bytes() for f in folder.rglob("*") if f.is_file()}


@pytest.fixture
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A data folder of a few rows in the shape of the real files."""
    folder = tmp_path_factory.mktemp("data")
    write(folder / "earthquakes" / earthquakes.SOURCES[0], [COMBINED, USGS])
    write(folder / "earthquakes" / earthquakes.SOURCES[1], [SIGNIFICANT, OLD, STRONG])
    raw = encounters.generate(1, 200, 150).to_pylist()
    lines = [",".join(encounters.COLUMNS), *(",".join(row.values()) for row in raw)]
    write(folder / "readmissions" / readmissions.SOURCES[0], lines)
    parts = []
    for name, table in vars(codes.CODES).items():
        quoted = [f'{key},"{text}"' if "," in text else f"{key}, {text}" for key, text in table.items()]
        parts.append("\r\n".join([f"{name}_id,description", *quoted]))
    mapping = "\r\n,\r\n".join(parts).replace(codes.UNKNOWN + "\r\n", "NULL\r\n")
    (folder / "readmissions" / "IDs_mapping.csv").write_bytes(mapping.encode())
    return folder


class TestSources:
    def test_a_small_catalogue(self, tmp_path: Path, data: Path) -> None:
        folder = earthquakes.prepare(tmp_path, data).folder / "days"
        assert sorted(file.name for file in folder.iterdir()) == [
            "events_2001-01-02.json",
            "events_2021-01-02.json",
        ]
        (blast,) = json.loads((folder / "events_2021-01-02.json").read_text())["features"]
        assert blast["geometry"]["coordinates"] == [-2.5, 1.5, 1.8]
        assert (blast["properties"]["mag"], blast["properties"]["magtype"]) == (None, None)
        (bomb,) = json.loads((folder / "events_2001-01-02.json").read_text())["features"]
        assert str(bomb["geometry"]["coordinates"][2]) == "0.0"
        assert bomb["properties"]["evtype"] == "nuclear explosion"

    def test_a_moment_in_the_date_column(self, tmp_path: Path, data: Path) -> None:
        iso = STRONG.replace("01/02/2001,03:04:05", "2001-02-23T02:58:41.000Z,2001-02-23T02:58:41.000Z")
        write(data / "earthquakes" / earthquakes.SOURCES[1], [SIGNIFICANT, iso])
        earthquakes.prepare(tmp_path, data)
        assert (tmp_path / "earthquakes" / "days" / "events_2001-02-23.json").is_file()

    def test_small_readmissions(self, tmp_path: Path, data: Path) -> None:
        assert codes.read(data / "readmissions" / "IDs_mapping.csv") == codes.CODES
        assert readmissions.prepare(tmp_path, data).rows == 200

    @pytest.mark.parametrize("file", ["diabetic_data.csv.gz", "IDs_mapping.csv"])
    def test_cut_readmissions(self, tmp_path: Path, data: Path, file: str) -> None:
        source = data / "readmissions" / file
        source.write_bytes(source.read_bytes()[: source.stat().st_size // 2])
        with pytest.raises(LoadError, match=file) as caught:
            readmissions.prepare(tmp_path, data)
        assert caught.value.hint
        assert list(tmp_path.iterdir()) == []

    @pytest.mark.parametrize("file", earthquakes.SOURCES)
    @pytest.mark.parametrize("damage", [lambda b: b[: len(b) // 2], lambda b: b"no gzip", lambda b: b""])
    def test_unreadable_catalogue(self, tmp_path: Path, data: Path, file: str, damage: Any) -> None:
        source = data / "earthquakes" / file
        source.write_bytes(damage(source.read_bytes()))
        with pytest.raises(LoadError, match=file):
            earthquakes.prepare(tmp_path, data)

    @pytest.mark.parametrize(
        "damage", [lambda b: b"no gzip", lambda b: b"", lambda b: gzip.compress(b"a,b\n1,2\n", mtime=0)]
    )
    def test_unreadable_encounters(self, tmp_path: Path, data: Path, damage: Any) -> None:
        source = data / "readmissions" / readmissions.SOURCES[0]
        source.write_bytes(damage(source.read_bytes()))
        with pytest.raises(LoadError, match=source.name):
            readmissions.prepare(tmp_path, data)

    def test_a_count_that_is_no_number(self, tmp_path: Path, data: Path) -> None:
        raw = encounters.generate(1, 20, 15).to_pylist()
        raw[7]["num_medications"] = "many"
        lines = [",".join(encounters.COLUMNS), *(",".join(row.values()) for row in raw)]
        write(data / "readmissions" / readmissions.SOURCES[0], lines)
        with pytest.raises(LoadError, match=r"(?s)diabetic_data.*Row #9.*invalid value 'many'"):
            readmissions.prepare(tmp_path, data)

    @pytest.mark.parametrize(
        ("column", "value", "message"),
        [
            ("admission_type_id", "99", r"IDs_mapping.*needs a description of admission_type_id '99'"),
            ("readmitted", "", r"diabetic_data.*readmitted is one of NO, >30, <30, not ''"),
        ],
    )
    def test_an_unknown_word(self, tmp_path: Path, data: Path, column: str, value: str, message: str) -> None:
        raw = encounters.generate(1, 20, 15).to_pylist()
        raw[0][column] = value
        lines = [",".join(encounters.COLUMNS), *(",".join(row.values()) for row in raw)]
        write(data / "readmissions" / readmissions.SOURCES[0], lines)
        with pytest.raises(LoadError, match=message):
            readmissions.prepare(tmp_path, data)

    @pytest.mark.parametrize(
        ("line", "message"),
        [
            (USGS.replace("1.5", "north"), "line 3: latitude 'north' is not a number"),
            (USGS.replace("-2.5", "nan"), "line 3: longitude 'nan' is not a number"),
            (USGS.replace("2021-01", "2021-13"), "line 3: '2021-13-02T03:04:05.060Z' is not a time in UTC"),
            (USGS + ",more", "line 3: not 10 values"),
            (USGS[:20], "line 3: not 10 values"),
        ],
    )
    def test_a_wrong_value_is_placed(self, tmp_path: Path, data: Path, line: str, message: str) -> None:
        write(data / "earthquakes" / earthquakes.SOURCES[0], [COMBINED, USGS, line])
        with pytest.raises(LoadError, match=message):
            earthquakes.prepare(tmp_path, data)
