"""A handful of fire engines as messages of the 15-18 hub: where they are, what they are sent to.

GEO-POS tells every engine's position each minute, RC-RI each change of an engine's state on a case.
"""

from __future__ import annotations

import heapq
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np

from vigie.city import geography, people
from vigie.city.chance import stream
from vigie.city.feeds.hub import ORGANISATION, archive, message
from vigie.city.feeds.rescue import Operations
from vigie.city.ledger import Feed, Ledger
from vigie.city.span import DAY_US, HOUR_US, MINUTE_US, local_text
from vigie.city.truth import Truth

SOURCE = "rescue_means"
PERIOD_US = MINUTE_US
HISTORY_US = 30 * MINUTE_US
BEFORE_US = 6 * HOUR_US
"""How long before now engines start to be sent out, so that some are out at now."""
STATIONS = ("strasbourg", "canebiere", "plombieres", "endoume", "louvain", "saint_pierre")
_TYPES = {"VSAV": "SIS.VSAV", "FPT": "SIS.FEUSIS"}
_STATES = ("DEPART", "ARRIVEE", "RETOUR", "REN-BASE")
_STAGES = ("PARTIE", "ARRIVEE_LIEU", "RETOUR_DISPONIBLE")
SECOND_US = 1_000_000


@dataclass(frozen=True, slots=True)
class Engine:
    """One engine.

    Attributes:
        sign: Call sign.
        sort: Letters of the call sign.
        station: Name of its station.
        lon: Longitude of its station.
        lat: Latitude of its station.
        leader: Name of the leader of its crew.
        phone: Telephone on board.
    """

    sign: str
    sort: str
    station: str
    lon: float
    lat: float
    leader: str
    phone: str

    @property
    def ref(self) -> str:
        """Identifier of the unit."""
        return f"{ORGANISATION}.resource.{self.sign}"


@dataclass(frozen=True, slots=True)
class Mission:
    """One engine sent to one operation.

    Attributes:
        engine: Which.
        case: Number of the case.
        lon: Longitude of the operation.
        lat: Latitude of the operation.
        at_us: Departure, arrival, end, back at the station.
    """

    engine: Engine
    case: str
    lon: float
    lat: float
    at_us: tuple[int, int, int, int]


@cache
def engines(seed: int) -> tuple[Engine, ...]:
    """Return the engines: an ambulance and a pump at each of six stations."""
    known = {p.place_id: p for p in geography.places()}
    bases = [known[f"fire_station.{name}"] for name in STATIONS for _ in _TYPES]
    drawn = people.draws(stream(seed, SOURCE, "crews"), len(bases))
    crews = zip(people.names(drawn), people.phones(drawn), strict=True)
    return tuple(
        Engine(f"{sort}{number // 2 + 1:02d}", sort, base.name, base.lon, base.lat, leader, phone)
        for number, (base, sort, (leader, phone)) in enumerate(
            zip(bases, tuple(_TYPES) * len(STATIONS), crews, strict=True)
        )
    )


def missions(truth: Truth, ops: Operations) -> list[Mission]:
    """Return who is sent where, past and live: the station's engine when it is free."""
    sent: list[Mission] = []
    busy_us: dict[str, int] = {}
    of = {(e.station, e.sort): e for e in engines(truth.seed)}
    later = np.flatnonzero(ops.out_us > truth.now_us - BEFORE_US)
    for p in later[np.argsort(ops.out_us[later], kind="stable")].tolist():
        sort = "VSAV" if ops.told.code[p].startswith("SAP") else "FPT"
        engine = of.get((ops.where[p].station, sort))
        out, there, end = ops.stage_us[p].tolist()
        if engine is None or busy_us.get(engine.sign, 0) >= out or ops.defect[p]:
            continue
        back = end + (there - out)
        busy_us[engine.sign] = back
        place = (float(ops.told.lon[p]), float(ops.told.lat[p]))
        sent.append(Mission(engine, ops.ref[p], *place, (out, there, end, back)))
    return sent


# --- Messages -----------------------------------------------------------------------------------


def _text(us: int) -> str:
    return local_text(np.array([us], dtype=np.int64), "offset")[0]


def _sent(number: str, body: dict[str, Any], at_us: int) -> dict[str, Any]:
    return message(number, body, sent=_text(at_us), expires=_text(at_us + DAY_US))


def change(mission: Mission, state: int) -> dict[str, Any]:
    """Return the RC-RI that tells an engine's change of state on its case."""
    engine, at_us = mission.engine, mission.at_us[state]
    resource = {
        "datetime": _text(mission.at_us[0]),
        "resourceId": engine.ref,
        "orgId": ORGANISATION,
        "vehicleType": _TYPES[engine.sort],
        "name": engine.sign,
        "centerName": engine.station,
        "team": {"medicalLevel": "SECOURS", "name": f"Équipage {engine.leader}"},
        "state": {"datetime": _text(at_us), "status": _STATES[state], "availability": state > 1},
        "contact": {"type": "TEL", "details": engine.phone},
        "freetext": [f"Chef d'agrès {engine.leader}"],
    }
    body = {"resourcesInfoCisu": {"caseId": mission.case, "resource": [resource]}}
    return _sent(f"RI_{engine.sign}_{at_us // SECOND_US}", body, at_us)


def _position(engine: Engine, mission: Mission | None, at_us: int) -> dict[str, Any]:
    """Return where an engine is: at its station, on its way, or there."""
    found: dict[str, Any] = {
        "resourceId": engine.ref,
        "datetime": _text(at_us),
        "status": "DISPONIBLE",
        "move": "STATIQUE",
    }
    lon, lat = engine.lon, engine.lat
    if mission is not None:
        stage = sum(us <= at_us for us in mission.at_us[1:3])
        begun, over = mission.at_us[stage], mission.at_us[stage + 1]
        part = (at_us - begun) / (over - begun)
        share = (part, 1.0, 1.0 - part)[stage]
        dx, dy = mission.lon - engine.lon, mission.lat - engine.lat
        lon, lat = engine.lon + share * dx, engine.lat + share * dy
        found |= {"status": "DISPONIBLE" if stage == 2 else "INDISPONIBLE"}
        found |= {"engagedStatus": _STAGES[stage]}
        if stage != 1:
            x, y = geography.to_metres(np.array([engine.lon, mission.lon]),
                                       np.array([engine.lat, mission.lat]))  # fmt: skip
            east, north = (float(axis[1] - axis[0]) * (1 - stage) for axis in (x, y))
            kmh = np.hypot(east, north) / ((over - begun) / SECOND_US) * 3.6
            cap = float(np.degrees(np.arctan2(east, north))) % 360
            found |= {"move": "MOUVEMENT", "speed": round(min(float(kmh), 110.0), 1)}
            found |= {"cap": round(cap, 1) % 360}
    return found | {"coord": {"lat": round(lat, 6), "lon": round(lon, 6)}}


class Fleet:
    """The engines and what they are sent to."""

    def __init__(self, truth: Truth, ops: Operations) -> None:
        self._engines = engines(truth.seed)
        self.missions = missions(truth, ops)
        self._of: dict[str, list[Mission]] = {}
        for mission in self.missions:
            self._of.setdefault(mission.engine.sign, []).append(mission)

    def positions(self, at_us: int) -> dict[str, Any]:
        """Return the GEO-POS of an instant."""
        listed = []
        for engine in self._engines:
            own = self._of.get(engine.sign, [])
            begun = [one for one in own if one.at_us[0] <= at_us < one.at_us[3]]
            listed.append(_position(engine, begun[0] if begun else None, at_us))
        body = {"geoPositionsUpdate": {"position": listed}}
        return _sent(f"POS_{at_us // SECOND_US}", body, at_us)

    def changes(self, since_us: int) -> Iterator[tuple[int, Mission, int]]:
        """Yield each change of state after an instant, in order: instant, mission, state."""
        told = sorted(
            (at_us, number, state)
            for number, mission in enumerate(self.missions)
            for state, at_us in enumerate(mission.at_us)
            if at_us > since_us
        )
        for at_us, number, state in told:
            yield at_us, self.missions[number], state


def emit(truth: Truth, ops: Operations, folder: Path, ledger: Ledger) -> Feed:
    """Write what was sent about the engines in the last half hour, as one archive."""
    (folder / SOURCE).mkdir()
    fleet = Fleet(truth, ops)
    end_us = truth.now_us // PERIOD_US * PERIOD_US
    ticks = range(end_us - HISTORY_US, end_us + 1, PERIOD_US)
    seen = [(at_us, fleet.positions(at_us)) for at_us in ticks]
    told = [one for one in fleet.changes(end_us - HISTORY_US) if one[0] <= truth.now_us]
    changed = [(at_us, change(mission, state)) for at_us, mission, state in told]
    merged = heapq.merge(seen, changed, key=lambda one: one[0])
    name = f"{SOURCE}/moyens.json"
    (folder / name).write_bytes(archive(document for _, document in merged))
    crews = dict.fromkeys(mission.engine for _, mission, _ in told)
    ledger.plant_fields(SOURCE, "resource.team.name", "name", [(e.ref, e.leader) for e in crews])
    ledger.plant_fields(SOURCE, "resource.contact", "phone", [(e.ref, e.phone) for e in crews])
    rows = len(seen) * len(engines(truth.seed)) + len(changed)
    return Feed(
        source=SOURCE,
        connector="rescue_cases",
        title={"fr": "Engins de secours (hub 15-18)", "en": "Rescue engines (15-18 hub)"},
        mapping="",
        kind="means",
        paths=(name,),
        rows=rows,
        records=rows,
    )
