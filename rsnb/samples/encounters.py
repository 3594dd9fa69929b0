"""Generated hospital encounters of diabetic patients, in the raw shape of UCI data set 296.

Shares follow the published data set; the persons are not real. Readmission within 30 days depends
on earlier inpatient visits, the stay, the discharge and the age, through a logistic model.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import numpy as np
    import pyarrow as pa
    from numpy.typing import NDArray

ENCOUNTERS = 101_766
PATIENTS = 71_518
READMITTED_EARLY = 0.1116  # within 30 days
READMITTED_LATER = 0.3493

# (steady, up, down) in percent of the encounters; the rest did not get the drug.
DRUGS = {
    "metformin": (18.0, 1.05, 0.57),
    "repaglinide": (1.36, 0.11, 0.04),
    "nateglinide": (0.66, 0.02, 0.01),
    "chlorpropamide": (0.08, 0.01, 0.0),
    "glimepiride": (4.59, 0.32, 0.19),
    "acetohexamide": (0.001, 0.0, 0.0),
    "glipizide": (11.2, 0.76, 0.55),
    "glyburide": (9.11, 0.8, 0.55),
    "tolbutamide": (0.02, 0.0, 0.0),
    "pioglitazone": (6.85, 0.23, 0.12),
    "rosiglitazone": (5.99, 0.17, 0.09),
    "acarbose": (0.29, 0.01, 0.003),
    "miglitol": (0.03, 0.002, 0.005),
    "troglitazone": (0.003, 0.0, 0.0),
    "tolazamide": (0.04, 0.001, 0.0),
    "examide": (0.0, 0.0, 0.0),
    "citoglipton": (0.0, 0.0, 0.0),
    "insulin": (30.3, 11.1, 12.0),
    "glyburide-metformin": (0.68, 0.01, 0.01),
    "glipizide-metformin": (0.013, 0.0, 0.0),
    "glimepiride-pioglitazone": (0.001, 0.0, 0.0),
    "metformin-rosiglitazone": (0.002, 0.0, 0.0),
    "metformin-pioglitazone": (0.001, 0.0, 0.0),
}

COLUMNS = (
    *("encounter_id", "patient_nbr", "race", "gender", "age", "weight"),
    *("admission_type_id", "discharge_disposition_id", "admission_source_id", "time_in_hospital"),
    *("payer_code", "medical_specialty", "num_lab_procedures", "num_procedures", "num_medications"),
    *("number_outpatient", "number_emergency", "number_inpatient", "diag_1", "diag_2", "diag_3"),
    *("number_diagnoses", "max_glu_serum", "A1Cresult"),
    *DRUGS,
    *("change", "diabetesMed", "readmitted"),
)


def _shares(text: str) -> dict[str, dict[str, float]]:
    """Shares by column and value, from words `column:` and then `value share,` as often as needed."""
    columns: dict[str, dict[str, float]] = {}
    words = iter(text.replace(",", " ").split())
    column = ""
    for word in words:
        if word.endswith(":"):
            column = word.removesuffix(":")
            columns[column] = {}
        else:
            columns[column][word] = float(next(words))
    return columns


# Shares in percent of the values of a column; they are scaled to a sum of 100.
PATIENT_SHARES = _shares(
    """
    race: Caucasian 74.8, AfricanAmerican 18.9, ? 2.2, Hispanic 2.0, Other 1.5, Asian 0.6
    gender: Female 53.76, Male 46.24, Unknown/Invalid 0.003
    age: [0-10) 0.16, [10-20) 0.68, [20-30) 1.63, [30-40) 3.71, [40-50) 9.52, [50-60) 16.96, [60-70)
        22.09, [70-80) 25.62, [80-90) 16.9, [90-100) 2.74
    """
)

SHARES = _shares(
    """
    weight: ? 96.86, [75-100) 1.31, [50-75) 0.88, [100-125) 0.61, [125-150) 0.14, [25-50) 0.1, [0-25)
        0.05, [150-175) 0.03, [175-200) 0.01, >200 0.003
    admission_type_id: 1 53.05, 3 18.54, 2 18.16, 6 5.2, 5 4.7, 8 0.31, 7 0.02, 4 0.01
    discharge_disposition_id: 1 59.19, 3 13.71, 6 12.68, 18 3.63, 2 2.09, 22 1.96, 11 1.61, 5 1.16, 25
        0.97, 4 0.8, 7 0.61, 23 0.4, 13 0.39, 14 0.37, 28 0.14, 8 0.11, 15 0.06, 24 0.05, 9 0.02, 17
        0.014, 16 0.011, 19 0.008, 10 0.006, 27 0.005, 12 0.003, 20 0.002
    admission_source_id: 7 56.5, 1 29.05, 17 6.66, 4 3.13, 6 2.22, 2 1.08, 5 0.84, 3 0.18, 20 0.16, 9
        0.12, 8 0.02, 22 0.012, 10 0.008, 14 0.002, 11 0.002, 25 0.002, 13 0.001
    time_in_hospital: 1 13.96, 2 16.93, 3 17.45, 4 13.68, 5 9.79, 6 7.41, 7 5.76, 8 4.31, 9 2.95, 10
        2.3, 11 1.82, 12 1.42, 13 1.19, 14 1.02
    payer_code: ? 39.56, MC 31.88, HM 6.17, SP 4.92, BC 4.57, MD 3.47, CP 2.49, UN 2.41, CM 1.9, OG
        1.02, PO 0.58, DM 0.54, CH 0.14, WC 0.13, OT 0.09, MP 0.08, SI 0.05, FR 0.002
    medical_specialty: ? 49.1, InternalMedicine 14.4, Emergency/Trauma 7.4, Family/GeneralPractice 7.3,
        Cardiology 5.3, Surgery-General 3.0, Nephrology 1.6, Orthopedics 1.4, Orthopedics-Reconstructive
        1.2, Radiologist 1.1, Pulmonology 0.9, Psychiatry 0.8, Urology 0.7, ObstetricsandGynecology 0.7,
        Surgery-Cardiovascular/Thoracic 0.6, Gastroenterology 0.6, Surgery-Vascular 0.5, Surgery-Neuro
        0.5, Oncology 0.3, PhysicalMedicineandRehabilitation 0.4, Pediatrics 0.2, Hematology/Oncology
        0.2, Neurology 0.2, Pediatrics-Endocrinology 0.2, Otolaryngology 0.1, Endocrinology 0.1,
        Surgery-Thoracic 0.1, Psychology 0.1, Podiatry 0.1, Hematology 0.1, Hospitalist 0.05
    num_procedures: 0 45.84, 1 20.38, 2 12.5, 3 9.28, 4 4.11, 5 3.02, 6 4.87
    number_outpatient: 0 83.55, 1 8.4, 2 3.53, 3 2.01, 4 1.08, 5 0.52, 6 0.3, 7 0.15, 8 0.1, 9 0.08, 10
        0.06, 11 0.04, 13 0.03, 16 0.01, 21 0.01
    number_emergency: 0 88.81, 1 7.54, 2 2.01, 3 0.71, 4 0.37, 5 0.19, 6 0.09, 7 0.07, 8 0.05, 10 0.03,
        13 0.01, 22 0.005
    number_inpatient: 0 66.46, 1 19.18, 2 7.43, 3 3.35, 4 1.59, 5 0.8, 6 0.47, 7 0.26, 8 0.15, 9 0.11,
        10 0.06, 11 0.05, 12 0.03, 13 0.02, 15 0.01
    number_diagnoses: 9 48.62, 5 11.2, 8 10.43, 7 10.21, 6 9.98, 4 5.44, 3 2.79, 2 1.01, 1 0.22, 16
        0.04, 10 0.02, 13 0.02
    max_glu_serum: None 94.75, Norm 2.55, >200 1.46, >300 1.24
    A1Cresult: None 83.28, >8 8.07, Norm 4.9, >7 3.75
    """
)

# ICD-9 codes that lead the three diagnosis columns; `rest` is any other code.
DIAGNOSES = _shares(
    """
    diag_1: 428 6.7, 414 6.5, 786 3.9, 410 3.6, 486 3.4, 427 2.7, 491 2.2, 715 2.1, 682 2.0, 434 2.0,
        780 2.0, 996 1.9, 276 1.9, 38 1.7, 250.8 1.7, 599 1.6, 584 1.5, V57 1.2, 250.6 1.2, 518 1.1,
        250.7 0.9, ? 0.02, rest 52.2
    diag_2: 276 6.6, 428 6.5, 250 6.0, 427 4.9, 401 3.7, 496 3.2, 599 3.2, 403 2.8, 414 2.6, 411 2.5,
        250.02 2.0, 707 2.0, 585 1.8, 584 1.6, ? 0.35, rest 50.2
    diag_3: 250 11.4, 401 8.1, 276 5.1, 428 4.5, 427 3.9, 414 3.6, 496 2.6, 403 2.3, 585 2.0, 272 1.9,
        599 1.9, ? 1.4, V45 1.4, 250.02 1.3, rest 48.6
    """
)

# The logistic model of readmission within 30 days: log-odds by disposition, for one more earlier
# inpatient visit (up to 6), for one more day of the stay, for one more decade of life.
DISPOSITION_ODDS = {
    "3": 0.4,
    "5": 0.8,
    "22": 1.0,
    "2": 0.45,
    "6": 0.2,
    "28": 1.3,
    "15": 1.2,
    "13": -0.9,
    "14": -0.9,
}
INPATIENT_ODDS, STAY_ODDS, AGE_ODDS = 0.34, 0.035, 0.05
DIED = ("11", "19", "20", "21")

Columns = dict[str, "NDArray[Any]"]


def generate(seed: int, rows: int = ENCOUNTERS, patients: int = PATIENTS) -> pa.Table:
    """The raw table: all values are texts, `?` is missing; the same for the same seed."""
    import numpy as np
    import pyarrow as pa

    rng = np.random.default_rng(seed)
    columns = _patients(rng, rows, patients)
    columns["encounter_id"] = 12_000 + rng.integers(1, 8_700, rows).cumsum()
    columns |= {name: _draw(rng, shares, rows) for name, shares in SHARES.items()}
    columns |= {name: _diagnoses(rng, shares, rows) for name, shares in DIAGNOSES.items()}
    columns |= _treatment(rng, columns)
    columns |= _drugs(rng, rows)
    columns["readmitted"] = _readmitted(rng, columns)
    return pa.table({name: pa.array(columns[name].astype(str), pa.string()) for name in COLUMNS})


def _draw(rng: np.random.Generator, shares: Mapping[str, float], rows: int) -> NDArray[Any]:
    import numpy as np

    weights = np.array(list(shares.values()))
    return np.array(list(shares))[rng.choice(len(weights), rows, p=weights / weights.sum())]


def _patients(rng: np.random.Generator, rows: int, patients: int) -> Columns:
    """Everyone comes once; the other encounters go to few, who come often."""
    import numpy as np

    often = rng.pareto(2.6, patients)
    again = rng.choice(patients, rows - patients, p=often / often.sum())
    who = rng.permutation(np.concatenate([np.arange(patients), again]))
    numbers = rng.choice(189_000_000, patients, replace=False) + 135
    drawn = {name: _draw(rng, shares, patients)[who] for name, shares in PATIENT_SHARES.items()}
    return {"patient_nbr": numbers[who], **drawn}


def _diagnoses(rng: np.random.Generator, shares: Mapping[str, float], rows: int) -> NDArray[Any]:
    import numpy as np

    drawn = _draw(rng, shares, rows)
    other = (1 + 998 * rng.beta(1.6, 1.5, rows)).astype(int).astype(str)
    return np.where(drawn == "rest", other, drawn)


def _treatment(rng: np.random.Generator, columns: Columns) -> Columns:
    """Laboratory tests and medications, more of both in a longer stay."""
    import numpy as np

    stay = columns["time_in_hospital"].astype(float)
    tests = rng.normal(35 + 1.9 * stay, 18.5)
    medications = rng.gamma(4.0, (9.5 + 1.5 * stay) / 4.0)
    return {
        "num_lab_procedures": np.clip(tests, 1, 132).astype(int),
        "num_medications": np.clip(medications, 1, 81).astype(int),
    }


def _drugs(rng: np.random.Generator, rows: int) -> Columns:
    import numpy as np

    drugs: Columns = {}
    for name, (steady, up, down) in DRUGS.items():
        shares = {"Steady": steady, "Up": up, "Down": down, "No": 100 - steady - up - down}
        drugs[name] = _draw(rng, shares, rows)
    taken = np.sum([drug != "No" for drug in drugs.values()], axis=0)
    adjusted = np.any([np.isin(drug, ("Up", "Down")) for drug in drugs.values()], axis=0)
    change = np.where(adjusted | (taken > 1), "Ch", "No")
    return {**drugs, "change": change, "diabetesMed": np.where(taken > 0, "Yes", "No")}


def _readmitted(rng: np.random.Generator, columns: Columns) -> NDArray[Any]:
    """NO, >30 or <30, with the model's odds scaled to the known share of <30; the dead do not return."""
    import numpy as np

    disposition = columns["discharge_disposition_id"]
    odds = INPATIENT_ODDS * np.minimum(columns["number_inpatient"].astype(float), 6)
    odds += STAY_ODDS * columns["time_in_hospital"].astype(float)
    odds += AGE_ODDS * np.unique(columns["age"], return_inverse=True)[1]
    for code, more in DISPOSITION_ODDS.items():
        odds[disposition == code] += more
    alive = ~np.isin(disposition, DIED)
    early = alive & (rng.random(len(odds)) < _scaled(odds, READMITTED_EARLY / alive.mean()))
    later = alive & (rng.random(len(odds)) < READMITTED_LATER / (1 - READMITTED_EARLY) / alive.mean())
    return np.where(early, "<30", np.where(later, ">30", "NO"))


def _scaled(odds: NDArray[np.float64], share: float) -> NDArray[np.float64]:
    """Probabilities whose mean is `share`: the logistic model's constant, found by bisection."""
    import numpy as np

    low, high = -20.0, 20.0
    for _ in range(40):
        middle = (low + high) / 2
        low, high = (low, middle) if np.mean(1 / (1 + np.exp(-odds - middle))) > share else (middle, high)
    chances: NDArray[np.float64] = 1 / (1 + np.exp(-odds - low))
    return chances
