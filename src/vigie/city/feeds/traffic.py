"""Road accidents and parking fines, two CSV feeds of the road services."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np

from vigie.city import people
from vigie.city.addresses import SiteName, site_names
from vigie.city.chance import stream
from vigie.city.feeds.writing import by_month, csv_bytes, numbered
from vigie.city.ledger import Feed, Ledger
from vigie.city.span import MINUTE_US, IntArray, local_text
from vigie.city.tellings import Telling, tell
from vigie.city.truth import Truth

ACCIDENTS = "traffic_accidents"
PARKING = "traffic_parking"
SECOND_US = 1_000_000
ACCIDENT_HEADER = (
    *("ID_ACC", "DATE", "HEURE", "TYPE", "PIETON", "BLESSES", "VOIE", "LONGITUDE", "LATITUDE"),
)
PARKING_HEADER = (
    *("NUM_PV", "HORODATAGE", "CAS", "VOIE", "CODE_POSTAL", "LONGITUDE", "LATITUDE"),
    *("IMMATRICULATION", "AGENT"),
)
ACCIDENT_TYPES = ("MATERIEL", "LEGER", "GRAVE", "MORTEL")


@dataclass(frozen=True)
class RoadFacts:
    """What a road service tells, in order, past and live.

    Attributes:
        source: ``traffic_accidents`` or ``traffic_parking``.
        told: What it knows.
        ref: Its own numbers.
        known_us: Instant a row enters the export.
        where: Names of the site.
        drawn: One raw draw per row, for plates, agents and types.
    """

    source: str
    told: Telling
    ref: list[str]
    known_us: IntArray
    where: list[SiteName]
    drawn: IntArray


def make_road_facts(truth: Truth, source: str) -> RoadFacts:
    """Return the accidents or the fines of the road services."""
    told = tell(truth, source)
    chance = stream(truth.seed, source, "rows")
    prefix = "ACC" if source == ACCIDENTS else "PV"
    names = site_names()
    return RoadFacts(
        source=source,
        told=told,
        ref=numbered(prefix, told.reported_us),
        known_us=told.reported_us,
        where=[names[s] for s in truth.incidents.site[told.incident].tolist()],
        drawn=people.draws(chance, len(told)),
    )


def instants(facts: RoadFacts) -> IntArray:
    """Return the instant each row says: the minute of an accident, the second of a fine."""
    if facts.source == ACCIDENTS:
        return facts.told.from_us // MINUTE_US * MINUTE_US
    return facts.told.reported_us // SECOND_US * SECOND_US


def rows(truth: Truth, facts: RoadFacts, positions: IntArray) -> list[list[str]]:
    """Return the CSV rows at these positions."""
    told, chosen = facts.told, positions.tolist()
    at_us = instants(facts)[positions]
    lon = [f"{v:.5f}".replace(".", ",") for v in told.lon[positions].tolist()]
    lat = [f"{v:.5f}".replace(".", ",") for v in told.lat[positions].tolist()]
    drawn = facts.drawn[positions]
    if facts.source == PARKING:
        stamps, plates = local_text(at_us, "stamp"), people.plates(drawn)
        return [
            [
                *(facts.ref[p], stamps[i], told.code[p], facts.where[p].address),
                *(facts.where[p].postcode, lon[i], lat[i], plates[i], f"A{drawn[i] % 400:03d}"),
            ]
            for i, p in enumerate(chosen)
        ]
    days, hours = local_text(at_us, "date"), local_text(at_us, "hm")
    severity = truth.incidents.severity[told.incident[positions]]
    sort = np.where((severity >= 4) & (drawn % 40 == 0), 3, np.clip(severity - 2, 0, 2))
    hurt = np.where(sort > 0, 1 + drawn % 3 // 2, 0).tolist()
    return [
        [
            *(facts.ref[p], days[i], hours[i], ACCIDENT_TYPES[sort[i]], str(drawn[i] % 6 // 5)),
            *(str(hurt[i]), facts.where[p].address, lon[i], lat[i]),
        ]
        for i, p in enumerate(chosen)
    ]


def header(facts: RoadFacts) -> tuple[str, ...]:
    """Return the header of a feed's files."""
    return ACCIDENT_HEADER if facts.source == ACCIDENTS else PARKING_HEADER


def emit(truth: Truth, facts: RoadFacts, folder: Path, ledger: Ledger) -> Feed:
    """Write the rows known up to now, by month."""
    (folder / facts.source).mkdir()
    past = np.flatnonzero(facts.known_us <= truth.now_us).astype(np.int64)
    paths = []
    for month, chosen in by_month(facts.known_us[past]):
        name = f"{facts.source}/{facts.source}_{month}.csv"
        content = csv_bytes(header(facts), rows(truth, facts, past[chosen]))
        (folder / name).write_bytes(content)
        paths.append(name)
    at_us = instants(facts)
    ledger.tell(
        facts.source,
        facts.ref,
        facts.told.incident,
        role=["first"] * len(facts.told),
        from_us=at_us,
        to_us=at_us,
        reported_us=at_us if facts.source == PARKING else facts.told.reported_us,
        past=facts.known_us <= truth.now_us,
    )
    if facts.source == PARKING:
        pairs = list(zip(facts.ref, people.plates(facts.drawn), strict=True))
        ledger.plant_fields(PARKING, "IMMATRICULATION", "plate", pairs)
    return Feed(
        source=facts.source,
        connector="table",
        mapping=f"mappings/{facts.source}.toml",
        kind="facts",
        paths=tuple(paths),
        rows=len(past),
        records=len(past),
    )
