"""The agenda of public space as the city keeps it, GeoJSON by year of start."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import shapely
from shapely.geometry import mapping

from vigie.city import people
from vigie.city.chance import stream
from vigie.city.feeds.writing import feature_collection
from vigie.city.ledger import Feed, Ledger
from vigie.city.plans import TruePlan
from vigie.city.span import local, local_text
from vigie.city.truth import Truth

SOURCE = "agenda"
CODES = {
    "event.sport.match": "MATCH",
    "event.sport.race": "COURSE",
    "event.culture.concert": "CONCERT",
    "event.culture.festival": "FESTIVAL",
    "event.culture.fireworks": "FEU_ARTIFICE",
    "event.market": "MARCHE",
    "event.market.flea": "BROCANTE",
    "event.market.christmas": "MARCHE_NOEL",
    "event.festivity": "FETE",
    "event.demonstration": "MANIFESTATION",
    "event.gathering": "RASSEMBLEMENT",
    "event.film": "TOURNAGE",
    "event.works": "TRAVAUX",
    "event.works.building": "CHANTIER",
    "event.works.network": "RESEAUX",
    "event.transport.cruise": "ESCALE",
}
STATES = {
    "draft": "BROUILLON",
    "declared": "DECLARE",
    "authorised": "AUTORISE",
    "cancelled": "ANNULE",
}
SPREAD = 0.3


def known(plan: TruePlan, at_us: int) -> bool:
    """Say whether the agenda holds a plan at an instant: a wild one only once it has begun."""
    return plan.updated_us <= at_us


def feature(plan: TruePlan, seed: int) -> dict[str, Any]:
    """Return a plan as a GeoJSON feature of the agenda."""
    chance = stream(seed, SOURCE, plan.ref)
    stamps = np.array([plan.starts_us, plan.ends_us, plan.updated_us], dtype=np.int64)
    starts, ends, updated = local_text(stamps, "offset")
    drawn = people.draws(chance, 1)
    contact = people.names(drawn)[0] if plan.declared else ""
    return {
        "type": "Feature",
        "geometry": mapping(shapely.set_precision(plan.geometry, 1e-6, mode="pointwise")),
        "properties": {
            "id": plan.ref,
            "type": CODES[plan.kind],
            "titre": plan.title,
            "debut": starts,
            "fin": ends,
            "montage_s": plan.setup_s,
            "demontage_s": plan.teardown_s,
            "jauge_basse": int(plan.likely * (1 - SPREAD)),
            "jauge": plan.likely,
            "jauge_haute": int(plan.likely * (1 + SPREAD)),
            "etat": STATES[plan.state],
            "declare": plan.declared,
            "lieu": plan.venue or None,
            "ferme": plan.closes or None,
            "agents": plan.means["agents"],
            "barrieres": plan.means["barriers"],
            "postes_secours": plan.means["first_aid_posts"],
            "deviations": plan.means["diversions"],
            "contact": contact,
            "courriel": people.emails(drawn)[0] if contact else "",
            "maj": updated,
        },
    }


def emit(truth: Truth, folder: Path, ledger: Ledger) -> Feed:
    """Write the plans that the agenda holds at now."""
    (folder / SOURCE).mkdir()
    plans = [plan for plan in truth.plans if known(plan, truth.now_us)]
    years = sorted({local(plan.starts_us).year for plan in plans})
    paths = []
    for year in years:
        features = [feature(p, truth.seed) for p in plans if local(p.starts_us).year == year]
        name = f"{SOURCE}/agenda_{year}.geojson"
        (folder / name).write_bytes(feature_collection(features))
        paths.append(name)
        for where, kind in (("contact", "name"), ("courriel", "email")):
            said = [f["properties"] for f in features if f["properties"][where]]
            ledger.plant_fields(SOURCE, where, kind, [(p["id"], p[where]) for p in said])
    return Feed(
        source=SOURCE,
        connector="table",
        mapping=f"mappings/{SOURCE}.toml",
        kind="plans",
        paths=tuple(paths),
        rows=len(plans),
        records=len(plans),
    )
