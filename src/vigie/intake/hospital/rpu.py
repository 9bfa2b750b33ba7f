"""RPU (résumé de passage aux urgences), the OSCOUR XML: a file states whole days of one hospital.

Règles de format V2, InVS/ATIH; arrêté du 24 juillet 2013. A nightly file holds the day before and
the six days before that, so the same passage comes seven times.
"""

from __future__ import annotations

import hashlib
import html
import json
import re
from collections.abc import Callable, Mapping
from datetime import UTC, date, datetime
from functools import partial
from zoneinfo import ZoneInfo

from vigie.base.clock import to_us
from vigie.intake.hospital.fields import RPU
from vigie.intake.hospital.passages import (
    HIDDEN,
    SHORT_CODE,
    SITE,
    SKEW_US,
    HospitalOptions,
    Passage,
    Reading,
    age_group,
    groups_of,
    local_day,
)
from vigie.intake.messages.reading import RowRefused, first, many, text
from vigie.intake.messages.rows import Rows
from vigie.intake.messages.tree import Tree
from vigie.intake.tabular.block import FileRefused

_MOMENT = re.compile(r"(\d{2})/(\d{2})/(\d{4})(?: (\d{2}):(\d{2})(?::(\d{2}))?)?", re.ASCII)
_CODES = {"severity": "GRAVITE", "mode": "TRANSPORT", "outcome": "MODE_SORTIE"}
_KEPT = ("ENTREE", *_CODES.values())
_SECOND_US = 1_000_000

AgeAt = Callable[[date], str]
"""From a day to the age group of one patient on it: all that is left of a birth date."""


def read_rpu(tree: Tree, now_us: int, options: HospitalOptions, rows: Rows) -> Reading:
    """Return the passages of an RPU file.

    Args:
        tree: The XML's tree, below its root.
        now_us: Instant of receipt.
        options: Zone, codes.
        rows: Where each passage is a row.

    Raises:
        FileRefused: ``missing_required`` without a hospital, ``unknown_message`` when the file is
            none.
    """
    if not isinstance(tree, dict) or not {"ETABLISSEMENT", "PASSAGES"} <= tree.keys():
        raise FileRefused("unknown_message", value=HIDDEN)
    head = RPU.strip({"ETABLISSEMENT": tree["ETABLISSEMENT"]})
    rows.remarks(head.notices())
    finess = [text(one) for one in many(head.tree, "ETABLISSEMENT.FINESS")]
    site = options.site_of(finess[0]) if len(finess) == 1 else None
    if site is None or SITE.fullmatch(finess[0] or "") is None:
        raise FileRefused("missing_required", column="FINESS")
    extract_us = _head_time(head.tree, "EXTRACT", options, rows)
    if extract_us is not None and extract_us > now_us + SKEW_US:
        rows.remark("clock_skew", seconds=str((extract_us - now_us) // _SECOND_US))
        extract_us = None
    as_of_us = now_us if extract_us is None else extract_us
    covered = tuple(_head_day(head.tree, name, options) for name in ("DATEDEBUT", "DATEFIN"))
    passages = []
    for patient in many(tree, "PASSAGES.PATIENT"):
        age_at, visit = _aside(patient, options, rows)
        stripped = RPU.strip({"PATIENT": patient})
        kept = first(stripped.tree, "PATIENT")
        with rows.row(partial(_raw, head.tree, kept)):
            rows.remarks(stripped.notices())
            at_us = _arrival(kept, as_of_us, options)
            day = local_day(at_us, options.timezone)
            if (covered[0] and day < covered[0]) or (covered[1] and day > covered[1]):
                rows.remark("not_used", what="ENTREE outside DATEDEBUT, DATEFIN")
                continue
            said = {name: text(kept, column, 20) for name, column in _CODES.items()}
            groups = groups_of("rpu", said, options, rows)
            if age := age_at(day):
                groups["age"] = age
            passages.append(Passage(site, at_us, groups, visit))
    return Reading(passages, as_of_us, whole_days=True)


def _aside(patient: Tree, options: HospitalOptions, rows: Rows) -> tuple[AgeAt, str]:
    """Return the age group by day, and what tells an exact copy: all that outlives the patient."""
    said = text(patient, "NAISSANCE", 40) if isinstance(patient, dict) else None
    birth_us = _moment(said or "", options)
    if said and birth_us is None:
        rows.remark("bad_time", value=HIDDEN, column="NAISSANCE")
    birth = None if birth_us is None else local_day(birth_us, options.timezone)
    whole = json.dumps(patient, sort_keys=True).encode("utf-8", "replace")
    return lambda day: age_group(birth, day), hashlib.sha256(whole).hexdigest()


def _arrival(kept: Tree, as_of_us: int, options: HospitalOptions) -> int:
    shown = text(kept, "ENTREE", 40)
    if shown is None:
        raise RowRefused("missing_required", column="ENTREE")
    at_us = _moment(shown, options) if ":" in shown else None
    if at_us is None:
        raise RowRefused("bad_time", value=HIDDEN, column="ENTREE")
    if at_us > as_of_us:
        raise RowRefused("time_in_future", value=HIDDEN)
    if at_us < 0:
        raise RowRefused("time_too_old", value=HIDDEN)
    return at_us


def _head_time(head: Tree, name: str, options: HospitalOptions, rows: Rows) -> int | None:
    shown = text(head, f"ETABLISSEMENT.{name}", 40)
    found = _moment(shown or "", options)
    if shown and found is None:
        rows.remark("bad_time", value=HIDDEN, column=name)
    return found


def _head_day(head: Tree, name: str, options: HospitalOptions) -> date | None:
    found = _moment(text(head, f"ETABLISSEMENT.{name}", 40) or "", options)
    return None if found is None else local_day(found, options.timezone)


def _moment(shown: str, options: HospitalOptions) -> int | None:
    """Return epoch µs of ``JJ/MM/AAAA hh:mm[:ss]``, local; None when it is none."""
    found = _MOMENT.fullmatch(shown)
    if found is None:
        return None
    day, month, year, hour, minute, second = (int(part or 0) for part in found.groups())
    try:
        local = datetime(
            year, month, day, hour, minute, second, tzinfo=ZoneInfo(options.timezone)
        ).astimezone(UTC)
    except (ValueError, OverflowError):
        return None
    return to_us(local)


def _raw(head: Tree, kept: Tree) -> bytes:
    """Return a passage as a file of one, with what is read of it and nothing else."""
    extract = text(head, "ETABLISSEMENT.EXTRACT", 40) or ""
    about = {
        "FINESS": text(head, "ETABLISSEMENT.FINESS"),
        "EXTRACT": extract if _MOMENT.fullmatch(extract) else None,
    }
    passage = {name: text(kept, name, 40) for name in _KEPT}
    for name, value in passage.items():
        form = _MOMENT if name == "ENTREE" else SHORT_CODE
        if value and form.fullmatch(value) is None:
            passage[name] = HIDDEN
    return (
        f"<OSCOUR><ETABLISSEMENT>{_elements(about)}</ETABLISSEMENT><PASSAGES><PATIENT>"
        f"{_elements(passage) or '<ENTREE/>'}"
        "</PATIENT></PASSAGES></OSCOUR>"
    ).encode()


def _elements(values: Mapping[str, str | None]) -> str:
    return "".join(
        f"<{name}>{html.escape(value)}</{name}>" for name, value in values.items() if value
    )
