"""Entries of agents in the street: a category, a cell of some 150 m, a scrubbed text; each once.

A phone may be without network for hours and may send the same entry many times. Its id is made on
the phone; the fact's id follows from it, so that any number of sendings makes one fact. Where an
entry comes from is told as a cell (H3, resolution 10) and nothing finer can be said. Who entered it
stands in the audit and never in the fact. No picture is taken.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Final

from vigie.base.clock import now_us, to_rfc3339
from vigie.base.errors import NotFound, WrongUsage
from vigie.base.ids import record_id
from vigie.base.translations import LANGUAGES, translate
from vigie.foresight.forecasting.evidence import PATROL
from vigie.geo.cells import RESOLUTION, cell_center, cell_text, cells_of, parse_cell, resolution_of
from vigie.geo.gazetteer import Gazetteer
from vigie.model.taxonomy import TAXONOMY
from vigie.privacy.purposes import Verb
from vigie.scrub import LateScrubber
from vigie.situation.caller import Caller
from vigie.situation.home import Home

SOURCE = "field_reports"
CATEGORIES = (
    *("road.accident", "road.traffic.obstruction", "road.traffic.hazard"),
    *("road.parking.obstructive", "road.parking.wreck", "rescue.person.assistance"),
    *("rescue.fire", "offence.person.brawl", "offence.property.damage"),
    *("offence.disorder.noise.night", "space.cleanliness.dumping"),
    *("space.equipment.light_fault", "space.animal.dangerous"),
)
"""Kinds that agents enter, in the order in which a phone shows them."""

CELL_M = 76.0
"""Circumradius of a cell at resolution 10 (mean edge 75.9 m, h3geo.org): the accuracy kept."""

HOUR_US = 3_600_000_000
LATEST_H = 48
"""How long an entry may wait on a phone: two shifts and a day off the network."""

AHEAD_US = 5 * 60_000_000
LONGEST_TEXT = 500
MOST_ENTRIES = 50
PERIOD_S = 7 * 86_400
_AWAY_DEGREES = 0.1
_SCRUBBER = LateScrubber(tagged=True)

TITLE: Final[Mapping[str, str]] = {"fr": "Saisies de terrain", "en": "Field entries"}
MAPPING: Final[Mapping[str, Any]] = {
    "source": SOURCE,
    "kind": "facts",
    "title": dict(TITLE),
    "period_s": PERIOD_S,
    "file": {"format": "jsonl"},
    "columns": {
        "source_ref": "id",
        "revision": {"value": 0},
        "kind": "kind",
        "earliest_at": {"column": "at", "format": "iso8601"},
        "lon": "lon",
        "lat": "lat",
        "accuracy_m": {"value": CELL_M},
        "status": {"value": "open"},
        "basis": {"value": "observed"},
        "discovered_by": {"value": PATROL},
    },
    "free_text": {"columns": ["text"]},
}
"""How an entry becomes a fact: seen by a patrol, so that models leave it out by default."""


@dataclass(frozen=True, slots=True)
class Entry:
    """What a phone sends.

    Attributes:
        client_id: Made on the phone, once for each entry (UUID).
        kind: One of ``CATEGORIES``.
        cell: H3 address at resolution 10.
        at_us: When it was entered, epoch µs.
        text: Free text, maybe dictated; scrubbed before it is written anywhere.
    """

    client_id: str
    kind: str
    cell: str
    at_us: int
    text: str = ""


def field_form(home: Home, caller: Caller) -> dict[str, Any]:
    """Return what a phone needs before it goes out: categories, streets with their cells, bounds.

    Raises:
        Forbidden: When the role does not enter facts.
    """
    home.rights.ask(caller, "facts", Verb.COLLECT, {"form": SOURCE})
    return {
        "categories": [
            {"kind": kind, "title": {name: TAXONOMY.get(kind).label(name) for name in LANGUAGES}}
            for kind in CATEGORIES
        ],
        "streets": [{"name": name, "cell": cell} for name, cell in _streets(home.frame.gazetteer)],
        "resolution": RESOLUTION,
        "longest_text": LONGEST_TEXT,
        "most_entries": MOST_ENTRIES,
        "latest_h": LATEST_H,
    }


@lru_cache(maxsize=4)
def _streets(gazetteer: Gazetteer | None) -> tuple[tuple[str, str], ...]:
    """Return every street's name and the cell of its middle."""
    known = [] if gazetteer is None else gazetteer.named_streets()
    if not known:
        return ()
    names, lon, lat = zip(*known, strict=True)
    cells = cells_of(lon, lat, RESOLUTION).to_pylist()
    return tuple((name, cell_text(cell)) for name, cell in zip(names, cells, strict=True))


def send_entries(home: Home, caller: Caller, entries: Sequence[Entry]) -> dict[str, Any]:
    """Take the entries of a phone: each is durable, or refused with its words.

    An entry that was taken before is taken again and changes nothing.

    Args:
        home: The home.
        caller: Who entered them; named in the audit's line alone.
        entries: In any order, at most ``MOST_ENTRIES``.

    Returns:
        ``items`` with ``client_id``, ``state`` (``taken`` or ``refused``), ``fact_id`` and, where
        refused, ``why`` in both languages; ``at``.

    Raises:
        Forbidden: When the role does not enter facts.
        Unavailable: When line or journal cannot be written: what was not answered is to be resent.
        TooManyRequests: When too many messages wait.
    """
    if len(entries) > MOST_ENTRIES:
        raise WrongUsage(reason=f"{MOST_ENTRIES} entries at most", field="entries")
    at = now_us(home.clock)
    refusals = [_refusal(home, one, at) for one in entries]
    taken = [one for one, why in zip(entries, refusals, strict=True) if why is None]
    told = [record_id(SOURCE, one.client_id) for one in taken]
    home.rights.ask(caller, "facts", Verb.COLLECT, {"source": SOURCE, "facts": told})
    if taken:
        _register(home)
    for one in taken:
        content = json.dumps(_line(one), ensure_ascii=False).encode("utf-8") + b"\n"
        home.intake.accept(SOURCE, f"{one.client_id}.jsonl", content, "application/x-ndjson")
    items = [_told(one, why) for one, why in zip(entries, refusals, strict=True)]
    return {"items": items, "at": to_rfc3339(at)}


def _refusal(home: Home, one: Entry, at_us: int) -> tuple[str, dict[str, Any]] | None:
    """Return code and facts of why an entry cannot be taken; None when it can."""
    if one.kind not in CATEGORIES:
        return "field_kind", {}
    if not _in_city(home, one.cell):
        return "field_cell", {}
    if one.at_us > at_us + AHEAD_US:
        return "field_early", {}
    if one.at_us < at_us - LATEST_H * HOUR_US:
        return "field_late", {"hours": LATEST_H}
    return ("entry_long", {"most": LONGEST_TEXT}) if len(one.text) > LONGEST_TEXT else None


def _in_city(home: Home, text: str) -> bool:
    try:
        cell = parse_cell(text)
    except WrongUsage:
        return False
    if resolution_of(cell) != RESOLUTION:
        return False
    lon, lat = cell_center(cell)
    west, south, east, north = home.settings.city.bbox
    away = _AWAY_DEGREES
    return west - away <= lon <= east + away and south - away <= lat <= north + away


def _line(one: Entry) -> dict[str, Any]:
    lon, lat = cell_center(parse_cell(one.cell))
    return {
        "id": one.client_id,
        "kind": one.kind,
        "at": to_rfc3339(one.at_us),
        "lon": lon,
        "lat": lat,
        "text": _SCRUBBER.scrub(" ".join(one.text.split())).text or None,
    }


def _register(home: Home) -> None:
    try:
        home.intake.source(SOURCE)
    except NotFound:
        home.intake.register(SOURCE, "table", mapping=MAPPING, period_s=PERIOD_S, title=dict(TITLE))


def _told(one: Entry, refusal: tuple[str, dict[str, Any]] | None) -> dict[str, Any]:
    if refusal is None:
        fact_id = record_id(SOURCE, one.client_id)
        return {"client_id": one.client_id, "state": "taken", "fact_id": fact_id, "why": None}
    code, params = refusal
    why = {language: translate(code, language, **params) for language in LANGUAGES}
    return {"client_id": one.client_id, "state": "refused", "fact_id": None, "why": why}
