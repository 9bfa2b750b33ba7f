"""Works on streets: what the roads department publishes (DATEX II 3), what it plans (GeoJSON).

DATEX II knows works that are going to take place or are called off, of one sort. Utility and
building works, and those that are not decided yet, stand in the map of works, whose words tell the
sort and the state. Neither says set-up, means or attendance; the footprint stays.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from html import escape
from pathlib import Path
from typing import Any

import numpy as np
import shapely
from shapely.geometry import LineString, mapping

from vigie.city import people
from vigie.city.chance import stream
from vigie.city.feeds.writing import feature_collection
from vigie.city.ledger import Feed, Ledger
from vigie.city.plans import TruePlan
from vigie.city.span import local, local_text, utc_text
from vigie.city.truth import Truth

SOURCE = "roadworks"
KINDS = {
    "event.works": "Travaux de voirie",
    "event.works.network": "Travaux de réseaux",
    "event.works.building": "Ravalement de façade",
}
STATES = {
    "draft": "Projet",
    "declared": "Prévu",
    "authorised": "Autorisé",
    "cancelled": "Annulé",
}
CONTACTS = {"demandeur": "name", "telephone": "phone", "courriel": "email"}
SITE_MANAGER = "sourceName"

_SPACES = " ".join(
    f'xmlns{":" + short if short else ""}="{uri}"'
    for short, uri in (
        ("xsi", "http://www.w3.org/2001/XMLSchema-instance"),
        ("d2", "http://datex2.eu/schema/3/d2Payload"),
        ("com", "http://datex2.eu/schema/3/common"),
        ("loc", "http://datex2.eu/schema/3/locationReferencing"),
        ("sit", "http://datex2.eu/schema/3/situation"),
    )
)


def holds(plan: TruePlan) -> bool:
    """Say whether a plan comes by this feed."""
    return plan.kind in KINDS


def is_published(plan: TruePlan) -> bool:
    """Say whether works are told in DATEX II, and not in the map of works."""
    decided = plan.state in {"authorised", "cancelled"}
    return plan.kind == "event.works" and decided and isinstance(plan.geometry, LineString)


def reference(plan: TruePlan) -> str:
    """Return the reference under which the lake holds a plan of this feed."""
    return f"{'record' if is_published(plan) else 'feature'}/{plan.ref}"


def street(plan: TruePlan) -> str:
    """Return the street of works."""
    return plan.closes.removeprefix("voie:")


def contact(plan: TruePlan, seed: int) -> dict[str, str]:
    """Return the invented person of some works, by field."""
    drawn = people.draws(stream(seed, SOURCE, plan.ref), 1)
    return {field: people.MAKERS[kind](drawn)[0] for field, kind in CONTACTS.items()}


def feature(plan: TruePlan, seed: int) -> dict[str, Any]:
    """Return works as a GeoJSON feature of the map of works."""
    stamps = np.array([plan.starts_us, plan.ends_us, plan.updated_us], dtype=np.int64)
    starts, ends, updated = local_text(stamps, "offset")
    return {
        "type": "Feature",
        "geometry": mapping(shapely.set_precision(plan.geometry, 1e-6, mode="pointwise")),
        "properties": {
            "numero": plan.ref,
            "type": KINDS[plan.kind],
            "statut": STATES[plan.state],
            "voie": street(plan),
            "date_debut": starts,
            "date_fin": ends,
            "impact": "Route barrée",
            "date_maj": updated,
            **contact(plan, seed),
        },
    }


def _record(plan: TruePlan, seed: int) -> str:
    """Return works as a situation of one record."""
    stamps = np.array([plan.starts_us, plan.ends_us, plan.updated_us], dtype=np.int64)
    starts, ends, updated = utc_text(stamps)
    corners = shapely.get_coordinates(plan.geometry)
    line = " ".join(f"{lat:.6f} {lon:.6f}" for lon, lat in corners.tolist())
    over = "<com:cancel>true</com:cancel>" if plan.state == "cancelled" else ""
    cycle = f"<com:lifeCycleManagement>{over}</com:lifeCycleManagement>" if over else ""
    ref, road = escape(plan.ref), escape(street(plan))
    who = escape(contact(plan, seed)["demandeur"])
    return (
        f'<sit:situation id="S-{ref}" version="1">'
        "<sit:headerInformation><com:informationStatus>real</com:informationStatus>"
        "</sit:headerInformation>"
        f'<sit:situationRecord xsi:type="sit:MaintenanceWorks" id="{ref}" version="1">'
        f"<sit:situationRecordCreationTime>{updated}</sit:situationRecordCreationTime>"
        f"<sit:situationRecordVersionTime>{updated}</sit:situationRecordVersionTime>"
        "<sit:probabilityOfOccurrence>certain</sit:probabilityOfOccurrence>"
        f"<sit:source><com:{SITE_MANAGER}><com:values><com:value>{who}</com:value></com:values>"
        f"</com:{SITE_MANAGER}></sit:source>"
        "<sit:validity><com:validityStatus>definedByValidityTimeSpec</com:validityStatus>"
        f"<com:validityTimeSpecification><com:overallStartTime>{starts}</com:overallStartTime>"
        f"<com:overallEndTime>{ends}</com:overallEndTime></com:validityTimeSpecification>"
        "</sit:validity>"
        "<sit:impact><sit:trafficConstrictionType>roadBlocked</sit:trafficConstrictionType>"
        "</sit:impact>"
        '<sit:locationReference xsi:type="loc:LinearLocation">'
        "<loc:supplementaryPositionalDescription><loc:roadInformation><loc:roadName><com:values>"
        f'<com:value lang="fr">{road}</com:value></com:values></loc:roadName>'
        "</loc:roadInformation></loc:supplementaryPositionalDescription>"
        f"<loc:gmlLineString><loc:posList>{line}</loc:posList></loc:gmlLineString>"
        "</sit:locationReference>"
        + (f"<sit:management>{cycle}</sit:management>" if cycle else "")
        + "<sit:roadMaintenanceType>roadworks</sit:roadMaintenanceType>"
        "</sit:situationRecord></sit:situation>\n"
    )


def publication(plans: Iterable[TruePlan], seed: int, at_us: int) -> bytes:
    """Return a DATEX II 3 situation publication made at an instant."""
    (made,) = utc_text(np.array([at_us], dtype=np.int64))
    body = "".join(_record(plan, seed) for plan in plans)
    return (
        '<?xml version="1.0" encoding="UTF-8"?>\n'
        f'<d2:payload modelBaseVersion="3" lang="fr" xsi:type="sit:SituationPublication" {_SPACES}>'
        f"<com:publicationTime>{made}</com:publicationTime>"
        "<com:publicationCreator><com:country>fr</com:country>"
        "<com:nationalIdentifier>VILLE</com:nationalIdentifier></com:publicationCreator>\n"
        f"{body}</d2:payload>\n"
    ).encode()


def message(plan: TruePlan, seed: int) -> tuple[str, bytes]:
    """Return the name and content of the message that tells one plan when it changes."""
    if is_published(plan):
        return f"{plan.ref}.xml", publication([plan], seed, plan.updated_us)
    return f"{plan.ref}.geojson", feature_collection([feature(plan, seed)])


def _write(plans: Sequence[TruePlan], truth: Truth, folder: Path, ledger: Ledger) -> list[str]:
    """Write the works of one year; return the files."""
    year = local(plans[0].starts_us).year
    published = [plan for plan in plans if is_published(plan)]
    others = [plan for plan in plans if not is_published(plan)]
    paths = []
    if published:
        paths.append(f"{SOURCE}/travaux_{year}.xml")
        (folder / paths[-1]).write_bytes(publication(published, truth.seed, truth.now_us))
        names = [(plan.ref, contact(plan, truth.seed)["demandeur"]) for plan in published]
        ledger.plant_fields(SOURCE, SITE_MANAGER, "name", names)
    if others:
        paths.append(f"{SOURCE}/chantiers_{year}.geojson")
        features = [feature(plan, truth.seed) for plan in others]
        (folder / paths[-1]).write_bytes(feature_collection(features))
        for field, kind in CONTACTS.items():
            said = [(f["properties"]["numero"], f["properties"][field]) for f in features]
            ledger.plant_fields(SOURCE, field, kind, said)
    return paths


def emit(truth: Truth, folder: Path, ledger: Ledger) -> Feed:
    """Write the works known at now."""
    (folder / SOURCE).mkdir()
    plans = [p for p in truth.plans if holds(p) and p.updated_us <= truth.now_us]
    paths: list[str] = []
    for year in sorted({local(plan.starts_us).year for plan in plans}):
        of_year = [plan for plan in plans if local(plan.starts_us).year == year]
        paths += _write(of_year, truth, folder, ledger)
    return Feed(
        source=SOURCE,
        connector="roadworks",
        mapping="",
        kind="plans",
        paths=tuple(paths),
        rows=len(plans),
        records=len(plans),
    )
