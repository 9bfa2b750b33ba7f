"""Citizen reports (Allô Mairie): service requests of Open311 GeoReport v2, JSON by month.

The server leaks, as real ones do: account, names, e-mail and phone of whoever wrote stand beside
the request. GeoReport has one instant, that of the request: when it happened stays untold.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from vigie.city import people, texts
from vigie.city.addresses import SiteName, site_names
from vigie.city.chance import stream
from vigie.city.feeds.writing import by_month, json_array, numbered
from vigie.city.ledger import Feed, Ledger
from vigie.city.span import DAY_US, IntArray, local_text
from vigie.city.tellings import Telling, tell
from vigie.city.truth import Truth

SOURCE = "reports"
DEFECT_SHARE = 0.001
AGENCY = "Ville, direction de la relation aux usagers"
SECOND_US = 1_000_000
SERVICES = {
    "PRO-TAG": ("Tag", "offence.property.damage.graffiti"),
    "PRO-DEP": ("Dépôt sauvage", "space.cleanliness.dumping"),
    "TRQ-BRU": ("Bruit", "offence.disorder.noise"),
    "TRQ-NUI": ("Nuisance", "offence.disorder.nuisance"),
    "TRQ-ROD": ("Rodéo", "road.offence.rodeo"),
    "EPU-VAL": ("Vente à la sauvette", "space.trade.peddling"),
    "EPU-OCC": ("Occupation du trottoir", "space.occupation"),
    "VOI-STA": ("Stationnement gênant", "road.parking.obstructive"),
    "VOI-EPA": ("Épave", "road.parking.wreck"),
    "VOI-NID": ("Nid-de-poule", "space.equipment.roadway_fault"),
    "ECL-PAN": ("Éclairage en panne", "space.equipment.light_fault"),
    "MOB-DEG": ("Mobilier dégradé", "space.equipment.furniture_fault"),
    "EAU-FUI": ("Fuite d'eau", "space.equipment.water_leak"),
    "ESV-ARB": ("Arbre ou espace vert", "space.equipment.green"),
    "HYG-RAT": ("Rats, nuisibles", "health.pests"),
}
"""By service code: its name in the city's catalogue, and the kind that the feed maps it to."""
PERSONAL = (
    ("first_name", "name"),
    ("last_name", "name"),
    ("email", "email"),
    ("phone", "phone"),
    ("account_id", "account"),
)
"""Fields that say who reported, and the sort of what stands in them."""


@dataclass(frozen=True)
class Reports:
    """Citizen reports in the order of their creation, past and live.

    Attributes:
        told: What citizens say.
        ref: Report number.
        closed_us: When the city closes it.
        text: Description.
        planted: Personal values in the descriptions.
        citizen: Who reported, one list a field of ``PERSONAL``.
        defect: 1 for a report whose point is (0, 0).
        where: Names of the site.
    """

    told: Telling
    ref: list[str]
    closed_us: IntArray
    text: list[str]
    planted: texts.Planted
    citizen: dict[str, list[str]]
    defect: IntArray
    where: list[SiteName]


def make_reports(truth: Truth) -> Reports:
    """Return the citizens' reports."""
    told = tell(truth, SOURCE)
    chance = stream(truth.seed, SOURCE, "reports")
    n = len(told)
    created = told.reported_us // SECOND_US * SECOND_US
    closing = (chance.lognormal(np.log(3.0), 0.9, n) * DAY_US).astype(np.int64)
    written, planted = texts.write(told.code, [""] * n, chance, share=0.10)
    names = site_names()
    return Reports(
        told=told,
        ref=numbered("AM", created),
        closed_us=(created + closing) // SECOND_US * SECOND_US,
        text=written,
        planted=planted,
        citizen=_citizens(people.draws(chance, n)),
        defect=(chance.random(n) < DEFECT_SHARE).astype(np.int64),
        where=[names[s] for s in truth.incidents.site[told.incident].tolist()],
    )


def _citizens(draws: IntArray) -> dict[str, list[str]]:
    """Return who reported: the same person's names, address and account on each row."""
    full = [name.partition(" ") for name in people.names(draws)]
    return {
        "first_name": [first for first, _, _ in full],
        "last_name": [last for _, _, last in full],
        "email": people.emails(draws),
        "phone": people.phones(draws // len(people.SURNAMES)),
        "account_id": [f"compte-{draw % 10**8:08d}" for draw in draws.tolist()],
    }


def requests(reports: Reports, positions: IntArray, seen_us: IntArray) -> list[dict[str, Any]]:
    """Return the service requests as they stand at the given instants, one each."""
    told = reports.told
    created = told.reported_us[positions] // SECOND_US * SECOND_US
    closed = reports.closed_us[positions] <= seen_us
    requested = local_text(created, "offset")
    updated = local_text(np.where(closed, reports.closed_us[positions], created), "offset")
    lon, lat = told.lon[positions].tolist(), told.lat[positions].tolist()
    defect, done = reports.defect[positions].tolist(), closed.tolist()
    return [
        {
            "service_request_id": reports.ref[p],
            "status": "closed" if done[i] else "open",
            "status_notes": None,
            "service_name": SERVICES[told.code[p]][0],
            "service_code": told.code[p],
            "description": reports.text[p],
            "agency_responsible": AGENCY,
            "service_notice": None,
            "requested_datetime": requested[i],
            "updated_datetime": updated[i],
            "expected_datetime": None,
            "address": reports.where[p].address,
            "address_id": None,
            "zipcode": reports.where[p].postcode,
            "lat": 0.0 if defect[i] else lat[i],
            "long": 0.0 if defect[i] else lon[i],
            "media_url": None,
            **{name: reports.citizen[name][p] for name, _ in PERSONAL},
        }
        for i, p in enumerate(positions.tolist())
    ]


def emit(truth: Truth, reports: Reports, folder: Path, ledger: Ledger) -> Feed:
    """Write the requests made up to now, as the server lists them."""
    (folder / SOURCE).mkdir()
    past = np.flatnonzero(reports.told.reported_us <= truth.now_us).astype(np.int64)
    paths = []
    for month, chosen in by_month(reports.told.reported_us[past]):
        name = f"{SOURCE}/requests_{month}.json"
        positions = past[chosen]
        seen = np.full(len(positions), truth.now_us, dtype=np.int64)
        (folder / name).write_bytes(json_array(requests(reports, positions, seen)))
        paths.append(name)
        for line in np.flatnonzero(reports.defect[positions]).tolist():
            ledger.defect(SOURCE, name, line + 1, reports.ref[positions[line]], "null_island")
    _tell(truth, reports, ledger)
    wrong = int(reports.defect[past].sum())
    return Feed(
        source=SOURCE,
        connector="reports_311",
        mapping="",
        kind="facts",
        paths=tuple(paths),
        rows=len(past),
        records=len(past) - wrong,
        defects=wrong,
        options={"services": {code: kind for code, (_, kind) in SERVICES.items()}},
    )


def _tell(truth: Truth, reports: Reports, ledger: Ledger) -> None:
    """Record what the requests tell of the truth, and the personal data planted in them."""
    told = reports.told
    created = told.reported_us // SECOND_US * SECOND_US
    ledger.tell(
        SOURCE,
        reports.ref,
        told.incident,
        role=np.where(reports.defect == 1, "defective", "first").tolist(),
        from_us=created,
        to_us=created,
        reported_us=created,
        past=told.reported_us <= truth.now_us,
    )
    ledger.plant_texts(SOURCE, reports.ref, "description", reports.planted)
    for name, sort in PERSONAL:
        pairs = zip(reports.ref, reports.citizen[name], strict=True)
        ledger.plant_fields(SOURCE, name, sort, pairs)
