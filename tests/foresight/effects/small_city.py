"""A city small enough to fit in a second, with effects that are known."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import numpy as np
import numpy.typing as npt
import shapely

from vigie.base.clock import to_us
from vigie.foresight.effects.calendar import Calendar
from vigie.foresight.effects.facts import Facts, make_facts
from vigie.foresight.effects.model import EffectModel
from vigie.foresight.effects.occasion import Occasion
from vigie.foresight.effects.past import History

DAYS = 200
FIRST = datetime(2025, 9, 1, tzinfo=UTC)
KINDS = ("road.parking", "offence.person.brawl", "rescue.person.illness")
YEARLY = (40_000.0, 4_000.0, 30_000.0)
HALF_M = 3_000.0
"""Half the side of the city, a square."""
PER_10K = {"event.sport.match": (20.0, 4.0, 0.0), "event.market": (0.0, 0.0, 0.0)}
"""True facts per 10,000 people: matches bring parking and brawls, markets nothing at all."""
SPREAD_M = 350.0
STADIUM = (1_200.0, 800.0)
SQUARE = (-600.0, -400.0)
PEOPLE = 20_000.0
HOUR_US = 3_600_000_000
Floats = npt.NDArray[np.float64]
CALENDAR = Calendar("Europe/Paris")


@dataclass(frozen=True)
class City:
    """A city, and what its events brought by plan id."""

    history: History
    brought: dict[str, int]


def occasion(
    plan_id: str, kind: str, where: tuple[float, float], starts: datetime, hours: float = 2.0
) -> Occasion:
    """Return an event of 20,000 people at a point."""
    start_us = to_us(starts)
    return Occasion(
        plan_id=plan_id,
        kind=kind,
        footprint=shapely.Point(*where),
        starts_us=start_us,
        ends_us=start_us + int(hours * HOUR_US),
        attendance=(PEOPLE * 0.8, PEOPLE, PEOPLE * 1.2),
        title="Football : Ville - Autre" if kind.endswith("match") else "Marché",
        place_id="stadium" if where == STADIUM else None,
    )


def _events() -> list[Occasion]:
    found = []
    for week in range(2, DAYS // 7 - 1):
        saturday = FIRST + timedelta(days=7 * week + 5)
        if week % 2 == 0:
            at = saturday + timedelta(hours=18)
            found.append(occasion(f"match-{week}", "event.sport.match", STADIUM, at))
        if week % 3 == 0:
            at = saturday - timedelta(days=2, hours=-7)
            found.append(occasion(f"market-{week}", "event.market", SQUARE, at, 5.0))
    return found


def make_city(seed: int = 1, scale: float = 1.0) -> City:
    """Return a city of 200 days: facts even over the square and the week, by day and evening."""
    chance = np.random.default_rng(seed)
    hourly = np.r_[np.full(7, 0.3), np.full(12, 1.4), np.full(5, 1.0)]
    hourly = hourly / hourly.mean()
    kind, at, x, y = [], [], [], []
    begin = to_us(FIRST)
    for number, yearly in enumerate(YEARLY):
        rate = scale * yearly / 365 / 24 * np.tile(hourly, DAYS)
        counts = chance.poisson(rate)
        slot = np.repeat(np.arange(len(rate)), counts)
        at.append(begin + ((slot + chance.random(len(slot))) * HOUR_US).astype(np.int64))
        kind.append(np.full(len(slot), number))
        x.append(chance.uniform(-HALF_M, HALF_M, len(slot)))
        y.append(chance.uniform(-HALF_M, HALF_M, len(slot)))
    brought = {}
    events = _events()
    for event in events:
        total = 0
        for number, rate_10k in enumerate(PER_10K[event.kind]):
            n = int(chance.poisson(rate_10k * PEOPLE / 10_000 * scale))
            total += n
            start = event.starts_us - 2 * HOUR_US
            at.append(start + (chance.random(n) * 5 * HOUR_US).astype(np.int64))
            kind.append(np.full(n, number))
            x.append(event.footprint.centroid.x + chance.normal(0, SPREAD_M, n))
            y.append(event.footprint.centroid.y + chance.normal(0, SPREAD_M, n))
        brought[event.plan_id] = total
    facts = facts_from(
        np.concatenate(kind), np.concatenate(at), np.concatenate(x), np.concatenate(y)
    )
    end = begin + DAYS * 24 * HOUR_US
    return City(History(facts, tuple(events), CALENDAR, begin, end), brought)


def facts_from(
    kind: npt.NDArray[np.int64], at: npt.NDArray[np.int64], x: Floats, y: Floats
) -> Facts:
    """Return facts whose instants are known."""
    return make_facts(kinds=KINDS, kind=kind, earliest_us=at, latest_us=at, x=x, y=y)


def make_model(seed: int = 1, scale: float = 1.0) -> tuple[City, EffectModel]:
    """Return a city and the model fitted on it."""
    city = make_city(seed, scale)
    return city, EffectModel(city.history)
