"""Uses of public space as the city and the prefecture keep them, GeoJSON by year of start.

The city's permits (events, markets, film shoots) and the prefecture's demonstrations are files of
their own: the law lets the second hold hours, ground, size and service, and nothing else (DEM-1).
Works are not here (``roadworks``). A calendar (iCalendar, OpenAgenda) could not say of an event how
many are expected, what it needs or what it closes, so that events stand here too.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import shapely
from shapely.geometry import mapping

from vigie.base.ids import record_id
from vigie.city import geography, people
from vigie.city.chance import stream
from vigie.city.feeds import places, roadworks
from vigie.city.feeds.writing import feature_collection
from vigie.city.ledger import Feed, Ledger
from vigie.city.plans import TruePlan
from vigie.city.span import DAY_US, local, local_text
from vigie.city.truth import Truth

SOURCE = "agenda"
CODES = {
    "event.sport.match": ("événement", "match"),
    "event.sport.race": ("événement", "course"),
    "event.culture.concert": ("événement", "concert"),
    "event.culture.festival": ("événement", "festival"),
    "event.culture.fireworks": ("événement", "feu d'artifice"),
    "event.festivity": ("événement", "fête"),
    "event.transport.cruise": ("événement", "escale"),
    "event.market": ("marché", "alimentaire"),
    "event.market.flea": ("marché", "brocante"),
    "event.market.christmas": ("marché", "noël"),
    "event.film": ("tournage", "film"),
    "event.demonstration": ("manifestation", ""),
    "event.gathering": ("manifestation", ""),
}
STATES = {
    "draft": "brouillon",
    "declared": "déclaré",
    "authorised": "autorisé",
    "cancelled": "annulé",
}
CLOSURES = {"boulevard-michelet": "Boulevard Michelet"}
"""How the city writes what is closed, where its words are not the codes of the truth."""
SPREAD = 0.3
PREFECTURE = "Préfecture de police"
CONTACTS = {"contact": "name", "courriel": "email"}
TELLS_TOO_MUCH = "MANIF-ORGANISATEUR"
"""Reference of a demonstration that names who called it: never to enter."""


def known(plan: TruePlan, at_us: int) -> bool:
    """Say whether the agenda holds a plan at an instant: a wild one only once it has begun."""
    return plan.updated_us <= at_us


def is_demonstration(plan: TruePlan) -> bool:
    """Say whether a plan stands in the prefecture's file."""
    return CODES[plan.kind][0] == "manifestation"


def feature(plan: TruePlan, seed: int) -> dict[str, Any]:
    """Return a plan as a GeoJSON feature of its file."""
    stamps = np.array([plan.starts_us, plan.ends_us, plan.updated_us], dtype=np.int64)
    starts, ends, updated = local_text(stamps, "offset")
    nature, sort = CODES[plan.kind]
    told: dict[str, Any] = {
        "reference": plan.ref,
        "nature": nature,
        "debut": starts,
        "fin": ends,
        "etat": STATES[plan.state] if plan.declared else "non déclaré",
        "maj": updated,
        "jauge_basse": int(plan.likely * (1 - SPREAD)),
        "jauge": plan.likely,
        "jauge_haute": int(plan.likely * (1 + SPREAD)),
        "service": PREFECTURE,
    }
    if nature != "manifestation":
        told |= {"service": "Ville", "type": sort} | _permit(plan, seed)
    where = mapping(shapely.set_precision(plan.geometry, 1e-6, mode="pointwise"))
    return {"type": "Feature", "geometry": where, "properties": told}


def message(plan: TruePlan, seed: int) -> tuple[str, bytes]:
    """Return the name and content of the message that tells one plan when it changes."""
    return f"{plan.ref}.geojson", feature_collection([feature(plan, seed)])


def _permit(plan: TruePlan, seed: int) -> dict[str, Any]:
    """Return what a permit says beyond what a demonstration may."""
    drawn = people.draws(stream(seed, SOURCE, plan.ref), 1)
    told: dict[str, Any] = {} if plan.kind == "event.film" else {"nom": plan.title}
    return told | {
        "lieu": _names()[plan.venue] if plan.venue else None,
        "montage": plan.setup_s // 60,
        "demontage": plan.teardown_s // 60,
        "fermetures": CLOSURES.get(plan.closes, plan.closes) or None,
        "agents": plan.means["agents"],
        "barrieres": plan.means["barriers"],
        "postes_secours": plan.means["first_aid_posts"],
        "deviations": plan.means["diversions"],
        "contact": people.names(drawn)[0],
        "courriel": people.emails(drawn)[0],
    }


def _names() -> dict[str, str]:
    return {place.place_id: place.name for place in geography.places()}


def venues() -> dict[str, dict[str, Any]]:
    """Return the feed's option: the venues by name, with their place in the lake."""
    return {
        place.name: {
            "capacity": place.capacity,
            "lon": place.lon,
            "lat": place.lat,
            "place_id": record_id(places.SOURCE, place.place_id),
        }
        for place in geography.places()
        if place.place_id.startswith("venue.")
    }


def _too_much(truth: Truth) -> tuple[dict[str, Any], str]:
    """Return a demonstration whose file names its organiser, and that name."""
    drawn = people.draws(stream(truth.seed, SOURCE, TELLS_TOO_MUCH), 1)
    starts, ends = local_text(
        np.array([truth.now_us + 5 * DAY_US, truth.now_us + 5 * DAY_US + DAY_US // 8]), "offset"
    )
    who = people.names(drawn)[0]
    told = {"reference": TELLS_TOO_MUCH, "nature": "manifestation", "debut": starts, "fin": ends}
    point = {"type": "Point", "coordinates": [5.3745, 43.2955]}
    return {"type": "Feature", "geometry": point, "properties": told | {"organisateur": who}}, who


def emit(truth: Truth, folder: Path, ledger: Ledger) -> Feed:
    """Write the plans that the agenda holds at now, works left out."""
    (folder / SOURCE).mkdir()
    plans = [p for p in truth.plans if known(p, truth.now_us) and not roadworks.holds(p)]
    paths = []
    for year in sorted({local(plan.starts_us).year for plan in plans}):
        of_year = [plan for plan in plans if local(plan.starts_us).year == year]
        for name, demonstrations in (("occupations", False), ("manifestations", True)):
            chosen = [p for p in of_year if is_demonstration(p) is demonstrations]
            features = [feature(plan, truth.seed) for plan in chosen]
            if not features:
                continue
            path = f"{SOURCE}/{name}_{year}.geojson"
            (folder / path).write_bytes(feature_collection(features))
            paths.append(path)
            for where, kind in CONTACTS.items():
                said = [f["properties"] for f in features if where in f["properties"]]
                ledger.plant_fields(SOURCE, where, kind, [(p["reference"], p[where]) for p in said])
    wrong, who = _too_much(truth)
    path = f"{SOURCE}/manifestation_avec_organisateur.geojson"
    (folder / path).write_bytes(feature_collection([wrong]))
    ledger.plant_fields(SOURCE, "organisateur", "name", [(TELLS_TOO_MUCH, who)])
    ledger.defect(SOURCE, path, 1, TELLS_TOO_MUCH, "forbidden_column")
    return Feed(
        source=SOURCE,
        connector="public_space",
        mapping="",
        kind="plans",
        paths=(*paths, path),
        rows=len(plans) + 1,
        records=len(plans),
        defects=1,
        options={"venues": venues()},
    )
