"""Fire brigade operations, one JSON document per line and month."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from vigie.city import texts
from vigie.city.addresses import SiteName, site_names
from vigie.city.chance import stream
from vigie.city.feeds.writing import by_month, json_lines, numbered
from vigie.city.kinds import kinds
from vigie.city.ledger import Feed, Ledger
from vigie.city.span import MINUTE_US, IntArray, local_text
from vigie.city.tellings import Telling, tell
from vigie.city.truth import Truth

SOURCE = "rescue"
DEFECT_SHARE = 0.0006
SECOND_US = 1_000_000
LABELS = {
    "SAP-AGR": "Victime d'agression", "SAP-IVR": "Personne ivre", "SAP-MAL": "Malaise",
    "SAP-DET": "Personne en détresse", "SAP-ASS": "Assistance à personne", "SAP-CHU": "Chute",
    "SAP-CAR": "Urgence cardiaque", "SAP-RES": "Détresse respiratoire",
    "SAP-PSY": "Détresse psychique",
    "SAP-INT": "Intoxication", "SAP-NOY": "Noyade", "AVP": "Accident de circulation",
    "INC-DEP": "Départ de feu", "INC-POU": "Feu de poubelle", "INC-VEH": "Feu de véhicule",
    "INC-BAT": "Feu de bâtiment", "INC-VEG": "Feu de végétation", "DIV-COL": "Objet suspect",
    "DIV-ASC": "Personne bloquée en ascenseur", "DIV-INO": "Inondation", "RT-GAZ": "Odeur de gaz",
}  # fmt: skip


@dataclass(frozen=True)
class Operations:
    """Operations in the order of their alerts, past and live.

    Attributes:
        told: What the brigade knows.
        ref: Operation number.
        out_us: Departure of the first vehicle.
        there_us: Arrival.
        end_us: End.
        victims: Persons taken care of.
        text: Report, free text.
        planted: Personal values in the reports.
        defect: 1 for an operation with a nature nobody knows.
        where: Names of the site.
    """

    told: Telling
    ref: list[str]
    out_us: IntArray
    there_us: IntArray
    end_us: IntArray
    victims: IntArray
    text: list[str]
    planted: texts.Planted
    defect: IntArray
    where: list[SiteName]


def make_operations(truth: Truth) -> Operations:
    """Return the brigade's operations."""
    told = tell(truth, SOURCE)
    chance = stream(truth.seed, SOURCE, "operations")
    n = len(told)
    alert = told.reported_us // SECOND_US * SECOND_US
    out = alert + (chance.uniform(45, 150, n)).astype(np.int64) * SECOND_US
    there = out + (chance.lognormal(np.log(380), 0.35, n)).astype(np.int64) * SECOND_US
    usual = np.array([k.minutes or 45.0 for k in kinds()])[truth.incidents.kind[told.incident]]
    end = there + (usual * np.exp(chance.normal(0, 0.4, n)) * MINUTE_US).astype(np.int64)
    helped = np.array([code.startswith(("SAP", "AVP")) for code in told.code])
    written, planted = texts.write(told.code, ["PARTENAIRE"] * n, chance, share=0.08)
    names = site_names()
    return Operations(
        told=told,
        ref=numbered("BMPM", alert),
        out_us=out,
        there_us=there,
        end_us=end // SECOND_US * SECOND_US,
        victims=np.where(helped, 1 + chance.poisson(0.08, n), 0).astype(np.int64),
        text=written,
        planted=planted,
        defect=(chance.random(n) < DEFECT_SHARE).astype(np.int64),
        where=[names[s] for s in truth.incidents.site[told.incident].tolist()],
    )


def documents(
    truth: Truth, ops: Operations, positions: IntArray, seen_us: IntArray
) -> list[dict[str, Any]]:
    """Return the operations as they stand at the given instants, one each."""
    told = ops.told
    times = {
        name: local_text(us[positions], "offset")
        for name, us in (
            ("alerte", told.reported_us // SECOND_US * SECOND_US),
            ("depart", ops.out_us),
            ("arrivee", ops.there_us),
            ("fin", ops.end_us),
        )
    }
    ended = (ops.end_us[positions] <= seen_us).tolist()
    changed = np.where(
        ops.end_us[positions] <= seen_us, ops.end_us[positions], ops.out_us[positions]
    )
    severity = truth.incidents.severity[told.incident[positions]].tolist()
    lon, lat = told.lon[positions].tolist(), told.lat[positions].tolist()
    victims, defect = ops.victims[positions].tolist(), ops.defect[positions].tolist()
    return [
        {
            "operation": ops.ref[p],
            "nature": "XX-999" if defect[i] else told.code[p],
            "libelle": LABELS[told.code[p]],
            "alerte": times["alerte"][i],
            "depart": times["depart"][i],
            "arrivee": times["arrivee"][i] if ended[i] else None,
            "fin": times["fin"][i] if ended[i] else None,
            "etat": "TERMINEE" if ended[i] else "EN COURS",
            "lon": lon[i],
            "lat": lat[i],
            "adresse": ops.where[p].address,
            "commune": f"{ops.where[p].postcode} Marseille",
            "centre": ops.where[p].station,
            "victimes": victims[i],
            "gravite": severity[i],
            "compte_rendu": ops.text[p],
            "maj": int(changed[i]) // SECOND_US,
        }
        for i, p in enumerate(positions.tolist())
    ]


def emit(truth: Truth, ops: Operations, folder: Path, ledger: Ledger) -> Feed:
    """Write the operations alerted up to now; those still going on have no end yet."""
    (folder / SOURCE).mkdir()
    past = np.flatnonzero(ops.out_us <= truth.now_us).astype(np.int64)
    paths = []
    for month, chosen in by_month(ops.told.reported_us[past]):
        name = f"{SOURCE}/operations_{month}.jsonl"
        positions = past[chosen]
        seen = np.full(len(positions), truth.now_us, dtype=np.int64)
        (folder / name).write_bytes(json_lines(documents(truth, ops, positions, seen)))
        paths.append(name)
        for line in np.flatnonzero(ops.defect[positions]).tolist():
            ledger.defect(SOURCE, name, line + 1, ops.ref[positions[line]], "unknown_kind")
    alert = ops.told.reported_us // SECOND_US * SECOND_US
    ledger.tell(
        SOURCE,
        ops.ref,
        ops.told.incident,
        role=np.where(ops.defect == 1, "defective", "first").tolist(),
        from_us=alert,
        to_us=alert,
        reported_us=alert,
        past=ops.out_us <= truth.now_us,
    )
    ledger.plant_texts(SOURCE, ops.ref, "compte_rendu", ops.planted)
    wrong = int(ops.defect[past].sum())
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
