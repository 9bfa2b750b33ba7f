"""Citizen reports (Allô Mairie), GeoJSON by month."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from vigie.city import people, texts
from vigie.city.addresses import SiteName, site_names
from vigie.city.chance import stream
from vigie.city.feeds.writing import by_month, feature_collection, numbered
from vigie.city.ledger import Feed, Ledger
from vigie.city.span import DAY_US, IntArray, local_text
from vigie.city.tellings import Telling, tell
from vigie.city.truth import Truth

SOURCE = "reports"
DEFECT_SHARE = 0.001
CHANNELS = ("APPLI", "WEB", "TEL")
SECOND_US = 1_000_000
LABELS = {
    "PRO-TAG": "Tag", "PRO-DEP": "Dépôt sauvage", "TRQ-BRU": "Bruit", "TRQ-NUI": "Nuisance",
    "TRQ-ROD": "Rodéo", "EPU-VAL": "Vente à la sauvette", "EPU-OCC": "Occupation du trottoir",
    "VOI-STA": "Stationnement gênant", "VOI-EPA": "Épave", "VOI-NID": "Nid-de-poule",
    "ECL-PAN": "Éclairage en panne", "MOB-DEG": "Mobilier dégradé", "EAU-FUI": "Fuite d'eau",
    "ESV-ARB": "Arbre ou espace vert", "HYG-RAT": "Rats, nuisibles",
}  # fmt: skip


@dataclass(frozen=True)
class Reports:
    """Citizen reports in the order of their creation, past and live.

    Attributes:
        told: What citizens say.
        ref: Report number.
        closed_us: When the city closes it.
        text: Description.
        planted: Personal values in the descriptions.
        email: Address of the citizen.
        defect: 1 for a report whose point is (0, 0).
        where: Names of the site.
        channel: Position in ``CHANNELS``.
    """

    told: Telling
    ref: list[str]
    closed_us: IntArray
    text: list[str]
    planted: texts.Planted
    email: list[str]
    defect: IntArray
    where: list[SiteName]
    channel: IntArray


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
        email=people.emails(people.draws(chance, n)),
        defect=(chance.random(n) < DEFECT_SHARE).astype(np.int64),
        where=[names[s] for s in truth.incidents.site[told.incident].tolist()],
        channel=np.asarray(chance.integers(0, len(CHANNELS), n), dtype=np.int64),
    )


def features(reports: Reports, positions: IntArray, seen_us: IntArray) -> list[dict[str, Any]]:
    """Return the reports as they stand at the given instants, one each."""
    told = reports.told
    created = told.reported_us[positions] // SECOND_US * SECOND_US
    closed = reports.closed_us[positions] <= seen_us
    since = local_text(told.from_us[positions], "offset")
    until = local_text(told.to_us[positions], "offset")
    stamped = local_text(created, "offset")
    changed = local_text(np.where(closed, reports.closed_us[positions], created), "offset")
    lon, lat = told.lon[positions].tolist(), told.lat[positions].tolist()
    defect, done = reports.defect[positions].tolist(), closed.tolist()
    channel = reports.channel[positions].tolist()
    return [
        {
            "type": "Feature",
            "geometry": {
                "type": "Point",
                "coordinates": [0.0, 0.0] if defect[i] else [lon[i], lat[i]],
            },
            "properties": {
                "id": reports.ref[p],
                "categorie": told.code[p],
                "libelle": LABELS[told.code[p]],
                "constate_de": since[i],
                "constate_a": until[i],
                "cree_le": stamped[i],
                "maj": changed[i],
                "statut": "CLOS" if done[i] else "NOUVEAU",
                "canal": CHANNELS[channel[i]],
                "adresse": reports.where[p].address,
                "code_postal": reports.where[p].postcode,
                "description": reports.text[p],
                "courriel": reports.email[p],
            },
        }
        for i, p in enumerate(positions.tolist())
    ]


def emit(truth: Truth, reports: Reports, folder: Path, ledger: Ledger) -> Feed:
    """Write the reports created up to now."""
    (folder / SOURCE).mkdir()
    past = np.flatnonzero(reports.told.reported_us <= truth.now_us).astype(np.int64)
    paths = []
    for month, chosen in by_month(reports.told.reported_us[past]):
        name = f"{SOURCE}/signalements_{month}.geojson"
        positions = past[chosen]
        seen = np.full(len(positions), truth.now_us, dtype=np.int64)
        (folder / name).write_bytes(feature_collection(features(reports, positions, seen)))
        paths.append(name)
        for line in np.flatnonzero(reports.defect[positions]).tolist():
            ledger.defect(SOURCE, name, line + 1, reports.ref[positions[line]], "null_island")
    told = reports.told
    ledger.tell(
        SOURCE,
        reports.ref,
        told.incident,
        role=np.where(reports.defect == 1, "defective", "first").tolist(),
        from_us=told.from_us,
        to_us=told.to_us,
        reported_us=told.reported_us // SECOND_US * SECOND_US,
        past=told.reported_us <= truth.now_us,
    )
    ledger.plant_texts(SOURCE, reports.ref, "description", reports.planted)
    mails = list(zip(reports.ref, reports.email, strict=True))
    ledger.plant_fields(SOURCE, "courriel", "email", mails)
    wrong = int(reports.defect[past].sum())
    return Feed(
        source=SOURCE,
        connector="table",
        mapping=f"mappings/{SOURCE}.toml",
        kind="facts",
        paths=tuple(paths),
        rows=len(past),
        records=len(past) - wrong,
        defects=wrong,
    )
