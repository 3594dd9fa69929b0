"""The three code tables of the readmission data: an id and its printed description.

UCI Machine Learning Repository data set 296 (Strack et al. 2014), `IDs_mapping.csv`.
"""

from __future__ import annotations

import csv
from collections.abc import Mapping
from dataclasses import dataclass, fields
from pathlib import Path

from rsnb.samples.story import unreadable

UNKNOWN = "Unknown"  # stands for the literal NULL that the file prints for some ids


@dataclass(frozen=True)
class Codes:
    """Descriptions by id."""

    admission_type: Mapping[str, str]
    discharge_disposition: Mapping[str, str]
    admission_source: Mapping[str, str]


def read(file: Path) -> Codes:
    """The tables of `IDs_mapping.csv`: stacked in one file, each with a header, a `,` line between."""
    tables: dict[str, dict[str, str]] = {}
    table: dict[str, str] = {}
    try:
        with file.open(encoding="utf-8", newline="") as stream:
            for row in csv.reader(stream, strict=True):
                if not any(row):
                    continue
                key, description = row
                if description == "description":
                    table = tables[key.removesuffix("_id")] = {}
                else:
                    table[key.strip()] = _described(description)
        if set(tables) != {field.name for field in fields(Codes)} or not all(tables.values()):
            raise ValueError(f"expected three tables, found {', '.join(tables) or 'none'}")
        return Codes(**tables)
    except (OSError, ValueError, csv.Error) as exc:
        raise unreadable(file, exc) from exc


def _described(text: str) -> str:
    return UNKNOWN if text.strip() == "NULL" else text.strip()


_TRANSFERRED = "Discharged/transferred"
_REFERRED = f"{_TRANSFERRED}/referred"

CODES = Codes(
    admission_type={
        "1": "Emergency",
        "2": "Urgent",
        "3": "Elective",
        "4": "Newborn",
        "5": "Not Available",
        "6": UNKNOWN,
        "7": "Trauma Center",
        "8": "Not Mapped",
    },
    discharge_disposition={
        "1": "Discharged to home",
        "2": f"{_TRANSFERRED} to another short term hospital",
        "3": f"{_TRANSFERRED} to SNF",
        "4": f"{_TRANSFERRED} to ICF",
        "5": f"{_TRANSFERRED} to another type of inpatient care institution",
        "6": f"{_TRANSFERRED} to home with home health service",
        "7": "Left AMA",
        "8": f"{_TRANSFERRED} to home under care of Home IV provider",
        "9": "Admitted as an inpatient to this hospital",
        "10": "Neonate discharged to another hospital for neonatal aftercare",
        "11": "Expired",
        "12": "Still patient or expected to return for outpatient services",
        "13": "Hospice / home",
        "14": "Hospice / medical facility",
        "15": f"{_TRANSFERRED} within this institution to Medicare approved swing bed",
        "16": f"{_REFERRED} another institution for outpatient services",
        "17": f"{_REFERRED} to this institution for outpatient services",
        "18": UNKNOWN,
        "19": "Expired at home. Medicaid only, hospice.",
        "20": "Expired in a medical facility. Medicaid only, hospice.",
        "21": "Expired, place unknown. Medicaid only, hospice.",
        "22": f"{_TRANSFERRED} to another rehab fac including rehab units of a hospital .",
        "23": f"{_TRANSFERRED} to a long term care hospital.",
        "24": f"{_TRANSFERRED} to a nursing facility certified under Medicaid but not certified under Medicare.",
        "25": "Not Mapped",
        "26": "Unknown/Invalid",
        "27": f"{_TRANSFERRED} to a federal health care facility.",
        "28": f"{_REFERRED} to a psychiatric hospital of psychiatric distinct part unit of a hospital",
        "29": f"{_TRANSFERRED} to a Critical Access Hospital (CAH).",
        "30": f"{_TRANSFERRED} to another Type of Health Care Institution not Defined Elsewhere",
    },
    admission_source={
        "1": "Physician Referral",
        "2": "Clinic Referral",
        "3": "HMO Referral",
        "4": "Transfer from a hospital",
        "5": "Transfer from a Skilled Nursing Facility (SNF)",
        "6": "Transfer from another health care facility",
        "7": "Emergency Room",
        "8": "Court/Law Enforcement",
        "9": "Not Available",
        "10": "Transfer from critial access hospital",
        "11": "Normal Delivery",
        "12": "Premature Delivery",
        "13": "Sick Baby",
        "14": "Extramural Birth",
        "15": "Not Available",
        "17": UNKNOWN,
        "18": "Transfer From Another Home Health Agency",
        "19": "Readmission to Same Home Health Agency",
        "20": "Not Mapped",
        "21": "Unknown/Invalid",
        "22": "Transfer from hospital inpt/same fac reslt in a sep claim",
        "23": "Born inside this hospital",
        "24": "Born outside this hospital",
        "25": "Transfer from Ambulatory Surgery Center",
        "26": "Transfer from Hospice",
    },
)
