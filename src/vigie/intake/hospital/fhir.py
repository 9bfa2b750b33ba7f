"""FHIR R4 Encounter: of a bundle, the emergency encounters; of a patient, the age group.

HL7 FHIR R4, Encounter; class ``EMER`` of v3-ActCode.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from contextlib import suppress
from datetime import date
from functools import partial

from vigie.intake.hospital.fields import FHIR
from vigie.intake.hospital.passages import (
    HIDDEN,
    SKEW_US,
    HospitalOptions,
    Passage,
    Reading,
    age_group,
    groups_of,
    local_day,
)
from vigie.intake.hospital.rpu import AgeAt
from vigie.intake.messages.reading import RowRefused, first, instant, many, text
from vigie.intake.messages.rows import Rows
from vigie.intake.messages.tree import Tree
from vigie.intake.tabular.block import FileRefused

_COUNTED = frozenset({"arrived", "triaged", "in-progress", "onleave", "finished"})
_NOT_YET = frozenset({"planned", "cancelled", "entered-in-error", "unknown"})
_RESOURCE = re.compile(r"[A-Z][A-Za-z]{2,40}")
_CLASS = re.compile(r"[A-Z]{2,6}")
_CODES = {
    "severity": "priority.coding.code",
    "mode": "hospitalization.admitSource.coding.code",
    "outcome": "hospitalization.dischargeDisposition.coding.code",
}
_REFERENCE = "subject.reference"


def read_fhir(tree: Tree, now_us: int, options: HospitalOptions, rows: Rows) -> Reading:
    """Return the passages of a bundle, or of one encounter.

    Args:
        tree: The JSON's tree.
        now_us: Instant of receipt.
        options: Zone, site, codes.
        rows: Where each encounter is a row.

    Raises:
        FileRefused: ``unknown_message`` when it is neither.
    """
    kind = text(tree, "resourceType", 60) if isinstance(tree, dict) else None
    if kind == "Bundle":
        entries = [one for one in many(tree, "entry") if isinstance(one, dict)]
    elif kind == "Encounter":
        entries = [{"resource": tree}]
    else:
        raise FileRefused("unknown_message", value=HIDDEN)
    births = _births(entries)
    passages = []
    for entry in entries:
        resource = entry.get("resource")
        name = text(resource, "resourceType", 60) if isinstance(resource, dict) else None
        if name == "Patient":
            rows.remark("dropped_personal", column="Patient")
        elif name != "Encounter":
            what = name if name and _RESOURCE.fullmatch(name) else HIDDEN
            rows.remark("not_used", what=what)
        else:
            age_at = _age_at(births.get(text(resource, _REFERENCE) or ""))
            stripped = FHIR.strip({"Encounter": resource})
            kept = first(stripped.tree, "Encounter")
            with rows.row(partial(_raw, kept)):
                rows.remarks(stripped.notices())
                passage = _passage(kept, age_at, now_us, options, rows)
                if passage is not None:
                    passages.append(passage)
    return Reading(passages, now_us)


def _births(entries: list[dict[str, Tree]]) -> dict[str, date]:
    """Return birth dates by every name under which an encounter may refer to its patient."""
    found: dict[str, date] = {}
    for entry in entries:
        resource = entry.get("resource")
        if not isinstance(resource, dict) or resource.get("resourceType") != "Patient":
            continue
        with suppress(ValueError):
            said = text(resource, "birthDate", 10) or ""
            born = date.fromisoformat({4: f"{said}-07-01", 7: f"{said}-15"}.get(len(said), said))
            found[f"Patient/{text(resource, 'id')}"] = born
            found[text(entry, "fullUrl") or ""] = born
    found.pop("", None)
    return found


def _age_at(birth: date | None) -> AgeAt:
    return lambda day: age_group(birth, day)


def _passage(
    kept: Tree, age_at: AgeAt, now_us: int, options: HospitalOptions, rows: Rows
) -> Passage | None:
    patient_class = text(kept, "class.code", 40)
    if patient_class is None:
        raise RowRefused("missing_required", column="class.code")
    if patient_class != "EMER":
        shown = patient_class if _CLASS.fullmatch(patient_class) else HIDDEN
        rows.remark("not_used", what=f"Encounter {shown}")
        return None
    status = text(kept, "status", 40)
    if status in _NOT_YET:
        rows.remark("not_used", what=f"Encounter {status}")
        return None
    if status not in _COUNTED:
        raise RowRefused("unknown_code", value=HIDDEN if status else "", column="status")
    at_us = _arrival(kept, now_us, options)
    named = text(kept, "serviceProvider.identifier.value") or text(
        kept, "serviceProvider.reference"
    )
    site = options.site_of((named or "").rpartition("/")[2] or None)
    if site is None:
        raise RowRefused("missing_required", column="serviceProvider")
    visit = text(kept, "id", 200)
    if visit is None:
        raise RowRefused("missing_required", column="id")
    said: Mapping[str, str | None] = {name: text(kept, path, 40) for name, path in _CODES.items()}
    groups = groups_of("fhir", said, options, rows)
    if age := age_at(local_day(at_us, options.timezone)):
        groups["age"] = age
    return Passage(site, at_us, groups, f"Encounter {visit}")


def _arrival(kept: Tree, now_us: int, options: HospitalOptions) -> int:
    shown = text(kept, "period.start", 80)
    if shown is None:
        raise RowRefused("missing_required", column="period.start")
    try:
        at_us = (
            instant(kept, "period.start", options.timezone, zoned=True) if "T" in shown else None
        )
    except RowRefused as refusal:
        raise RowRefused(refusal.code, value=HIDDEN, column="period.start") from refusal
    if at_us is None:
        raise RowRefused("bad_time", value=HIDDEN, column="period.start")
    if at_us > now_us + SKEW_US:
        raise RowRefused("time_in_future", value=HIDDEN)
    if at_us < 0:
        raise RowRefused("time_too_old", value=HIDDEN)
    return at_us


def _raw(kept: Tree) -> bytes:
    """Return an encounter with what is read of it and nothing else."""
    resource = {**kept, "resourceType": "Encounter"} if isinstance(kept, dict) else {}
    if text(kept, "status", 40) not in _COUNTED | _NOT_YET:
        resource["status"] = HIDDEN
    return json.dumps(resource, ensure_ascii=True).encode("utf-8")
