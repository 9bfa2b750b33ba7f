"""Emergency arrivals by counts only: what a hospital's edge sends; RPU, HL7 v2 and FHIR files.

Nobody becomes a record here. Passages are reduced by ``vigie.intake.hospital`` and counted by site,
local day and hour; hours are merged until a group is at least 11 and no difference between figures
gives a smaller one (law, HEA-1 and HEA-2). Of a day, every hour has its record in every metric: one
merged into an earlier slot, or withheld, is empty and ``bad``, so that a later file about the same
day replaces it whole, however its slots are cut.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from typing import Any

from vigie.base.clock import to_us
from vigie.base.ids import record_id
from vigie.base.translations import Phrase
from vigie.intake.connector import Connector, Context, Parsed, Payload
from vigie.intake.hospital.counts import FORMAT, Figure, raw_figure, read_counts
from vigie.intake.hospital.fields import COUNTS_FIELDS, FHIR_FIELDS, HL7_FIELDS, RPU_FIELDS
from vigie.intake.hospital.passages import (
    LEAST,
    METRICS,
    HospitalOptions,
    Reading,
    Tally,
    figures,
    hour_start_us,
)
from vigie.intake.hospital.reading import read_passages
from vigie.intake.hospital.slots import HOURS
from vigie.intake.messages.rows import Rows, refused_file
from vigie.intake.messages.tree import read_json, read_payload
from vigie.intake.tabular.block import FileRefused
from vigie.model.notices import Notice
from vigie.model.times import SECOND_US


def parse(payload: Payload, context: Context) -> Iterator[Parsed]:
    """Turn one message or file into measures.

    Options of the feed: ``site``, ``sites`` and ``codes`` (see ``HospitalOptions``); ``places``,
    the feed that knows the hospitals as places (``places``); ``at_hospital = true``, for a Vigie
    that runs at the hospital: without it, whatever speaks of patients is refused (law, HEA-1).
    """
    rows = Rows("measures")
    try:
        found, withheld = _figures(read_payload(payload), context, rows)
    except FileRefused as refusal:
        yield refused_file("measures", refusal)
        return
    for figure in found:
        for record in _records(figure, context):
            rows.add_of_all("measures", record, partial(raw_figure, figure))
    for number, chunk in enumerate(rows.parsed()):
        if withheld and number == 0:
            small = {"count": f"1-{LEAST - 1}", "minimum": LEAST}
            chunk.notices.append(
                Notice("group_too_small", severity="info", count=withheld, params=small)
            )
        yield chunk


def _figures(data: bytes, context: Context, rows: Rows) -> tuple[list[Figure], int]:
    """Return the figures of a payload, and how many were withheld here."""
    now_us = to_us(context.now)
    if data.lstrip(b"\xef\xbb\xbf \t\r\n").startswith(b"{"):
        tree = read_json(data)
        if tree.get("format") == FORMAT:
            return read_counts(tree, context.timezone, now_us, rows), 0
    if context.options.get("at_hospital") is not True:
        raise FileRefused("no_legal_grant", what=Phrase("what_patients"))
    options = HospitalOptions.of(context.options, context.timezone)
    return _counted(read_passages(data, now_us, options, rows), context.timezone, rows)


def _counted(reading: Reading, timezone: str, rows: Rows) -> tuple[list[Figure], int]:
    """Return the figures of the days that have ended, of what was read of patients."""
    withheld = 0
    tally = Tally(timezone)
    verdicts = tally.add_all(reading.passages)
    if verdicts["known"]:
        rows.remark("duplicate_row", count=verdicts["known"])
    if verdicts["unopened"]:
        rows.remark("not_used", what="visit without arrival", count=verdicts["unopened"])
    found: list[Figure] = []
    for day, counted in sorted(tally.days.items()):
        if hour_start_us(day, HOURS, timezone) > reading.as_of_us:
            rows.remark("not_used", what="day that has not ended")
            continue
        for site, counts in sorted(counted.sites.items()):
            shown, small = figures(counts)
            withheld += small
            if shown:
                found += [
                    Figure(site, day, metric, tuple(shown.get(metric, ())), reading.as_of_us)
                    for metric in METRICS
                ]
    return found, withheld


def _records(figure: Figure, context: Context) -> Iterator[dict[str, Any]]:
    """Yield the record of every hour of a figure."""
    begins = {slot[0]: slot for slot in figure.slots}
    reference = f"{figure.metric}/{figure.site}/{figure.day.isoformat()}"
    shared = {
        "metric": figure.metric,
        "place_id": record_id(str(context.options.get("places", "places")), figure.site),
        "unit": "person",
        "revision": figure.made_us // SECOND_US,
    }
    for hour in range(HOURS):
        first, end, count = begins.get(hour, (hour, hour, 0))
        yield {
            **shared,
            "source_ref": f"{reference}T{hour:02d}",
            "from_at": hour_start_us(figure.day, first, context.timezone),
            "to_at": hour_start_us(figure.day, end, context.timezone),
            "value": float(count),
            "group_size": count,
            "quality": "good" if count else "bad",
        }


CONNECTOR = Connector(
    name="hospital_edge",
    title={
        "fr": "Passages aux urgences, en effectifs (RPU, HL7 v2, FHIR)",
        "en": "Emergency arrivals, counts only (RPU, HL7 v2, FHIR)",
    },
    emits=("measures",),
    suffixes=(".json", ".xml", ".hl7", ".er7"),
    media=(
        "application/json",
        "application/fhir+json",
        "application/xml",
        "text/xml",
        "x-application/hl7-v2+er7",
    ),
    fields=(*COUNTS_FIELDS, *RPU_FIELDS, *HL7_FIELDS, *FHIR_FIELDS),
    parse=parse,
    period_s=86_400,
    revises=True,
    reference="RPU: arrêté du 24 juillet 2013, format V2 (InVS/ATIH). HL7 v2.3 to 2.8, chapter 3. "
    "HL7 FHIR R4, Encounter. Our own vigie.counts, version 1.",
)
