"""A small city with a known past: two squares, a concert a week, one street."""

from __future__ import annotations

from typing import Any

import numpy as np
import shapely

from vigie.foresight.effects.bins import DAY_US, HOUR_US
from vigie.foresight.effects.calendar import Calendar
from vigie.foresight.effects.facts import make_facts
from vigie.foresight.effects.history import Standing
from vigie.foresight.effects.model import EffectModel
from vigie.foresight.effects.occasion import occasion_of
from vigie.foresight.effects.past import History
from vigie.foresight.plans import PlanRecord
from vigie.foresight.whatif.surroundings import Station, Street, Surroundings
from vigie.geo.projection import local_projection

PROJECTION = local_projection(5.38, 43.30)
KINDS = (
    "offence.disorder.noise.night",
    "offence.person.brawl",
    "rescue.person.illness",
    "road.traffic.obstruction",
)
DAYS = 280
NOW_US = 1_795_680_000_000_000
"""26 November 2026, 8 h UTC."""
FROM_US = NOW_US // DAY_US * DAY_US - DAYS * DAY_US
BUSY, QUIET = (5.38, 43.30), (5.42, 43.33)
CONCERT = "event.culture.concert"


def plan(number: int = 0, **values: Any) -> PlanRecord:
    """A concert on the busy square, one evening a week; ``number`` counts weeks from the first."""
    day = FROM_US + (number * 7 + 5) * DAY_US
    square = shapely.box(BUSY[0] - 0.0005, BUSY[1] - 0.0004, BUSY[0] + 0.0005, BUSY[1] + 0.0004)
    told: dict[str, Any] = {
        "plan_id": f"concert-{number:03d}",
        "kind": CONCERT,
        "title": f"Concert {number}",
        "geometry": square,
        "starts_us": day + 19 * HOUR_US,
        "ends_us": day + 22 * HOUR_US,
        "setup_s": 0,
        "teardown_s": 0,
        "attendance": (1_400.0, 2_000.0, 2_600.0),
        "state": "authorised",
        "declared": True,
        "place_id": None,
        "closes": (),
        "means": {"agents": str(6 + number % 8), "barriers": "20"},
        "attributes": {},
        "source": "agenda",
        "provenance": {},
    }
    return PlanRecord(**(told | values))


def plans(weeks: int = DAYS // 7 - 1) -> list[PlanRecord]:
    """The concerts of the past."""
    return [plan(number) for number in range(weeks)]


def model(seed: int = 1, *, effect: float = 6.0) -> EffectModel:
    """An effect model of the small city: background on both squares, facts brought by concerts."""
    chance = np.random.default_rng(seed)
    kinds, at_us, lon, lat = [], [], [], []
    for (x, y), daily in ((BUSY, 24.0), (QUIET, 3.0)):
        n = chance.poisson(daily * DAYS)
        kinds += chance.integers(len(KINDS), size=n).tolist()
        at_us += (FROM_US + chance.random(n) * DAYS * DAY_US).astype(np.int64).tolist()
        lon += (x + chance.normal(0, 0.002, n)).tolist()
        lat += (y + chance.normal(0, 0.0015, n)).tolist()
    for one in plans():
        n = chance.poisson(effect)
        kinds += chance.choice([0, 1], n).tolist()
        span = one.ends_us - one.starts_us
        at_us += (one.starts_us + chance.random(n) * span).astype(np.int64).tolist()
        lon += (BUSY[0] + chance.normal(0, 0.001, n)).tolist()
        lat += (BUSY[1] + chance.normal(0, 0.0008, n)).tolist()
    x, y = PROJECTION.to_metres(lon, lat)
    facts = make_facts(kinds=KINDS, kind=kinds, earliest_us=at_us, latest_us=at_us, x=x, y=y)
    occasions = tuple(o for one in plans() if (o := occasion_of(one, PROJECTION)) is not None)
    calendar = Calendar("Europe/Paris")
    return EffectModel(History(facts, occasions, calendar, FROM_US, FROM_US + DAYS * DAY_US))


def standing(of: EffectModel) -> Standing:
    """The model as a home keeps it."""
    return Standing(of, PROJECTION, NOW_US, 0)


def surroundings() -> Surroundings:
    """One street through the busy square, a metro beside it that closes at night, one venue."""
    line = shapely.LineString([(BUSY[0] - 0.003, BUSY[1]), (BUSY[0] + 0.003, BUSY[1])])
    other = shapely.LineString([(QUIET[0] - 0.003, QUIET[1]), (QUIET[0] + 0.003, QUIET[1])])
    shapes = PROJECTION.geometries_to_metres(np.array([line, other], object))
    x, y = PROJECTION.to_metres([BUSY[0] + 0.002], [BUSY[1]])
    day = tuple(20.0 if 5 <= hour <= 23 else 0.0 for hour in range(24))
    return Surroundings(
        streets=(Street("Rue de la Place", shapes[0]), Street("Avenue du Nord", shapes[1])),
        stations=(Station("Place", "place.station.metro", float(x[0]), float(y[0]), day * 7),),
        capacity={"hall": 1_800.0},
        arrivals=tuple((10.0, 3.0) for _ in range(168)),
        arrivals_days=100,
        timezone="Europe/Paris",
    )
