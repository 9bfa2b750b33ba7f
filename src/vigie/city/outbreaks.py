"""Gatherings planted on purpose, on which detectors are scored; none unless asked for.

Each is an undeclared plan of the truth (``planted`` says ``outbreak``): people come, so that
presence, noise, traffic and facts rise as for any other event. The agenda learns of it once it has
begun, as of any wild one.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import date, timedelta

import numpy as np

from vigie.city import geography
from vigie.city.chance import stream
from vigie.city.plans import TruePlan, draft, settle, square

PLANTED = "outbreak"
LAST_DAYS = 56
"""They lie within these days before now; the days before stay as they were, to learn from."""
FEWEST, MOST = 150, 6_000
_HALF_M = 80.0


def outbreaks(first: date, days: int, seed: int, now_us: int, count: int) -> list[TruePlan]:
    """Return planted gatherings, on different days where there are enough.

    Args:
        first: First local day of the city.
        days: Full local days before today.
        seed: Seed of the city.
        now_us: The city's now, epoch µs.
        count: How many.
    """
    if count <= 0:
        return []
    chance = stream(seed, "outbreaks")
    span = min(LAST_DAYS, days)
    order = np.concatenate([chance.permutation(span) for _ in range(-(-count // span))])[:count]
    return list(_drawn(first + timedelta(days=days - span), order, seed, now_us, chance))


def _drawn(
    start: date, order: np.ndarray, seed: int, now_us: int, chance: np.random.Generator
) -> Iterator[TruePlan]:
    places = geography.places()
    for number, offset in enumerate(order.tolist()):
        spot = places[int(chance.integers(len(places)))]
        begin = float(chance.integers(11, 22))
        length = float(chance.integers(2, 6))
        people = float(np.exp(chance.uniform(np.log(FEWEST), np.log(MOST))))
        plan = draft(
            sort="SAUVAGE",
            kind="event.gathering",
            title=f"Rassemblement non déclaré {number + 1:03d} : {spot.name}",
            where=square(spot.lon, spot.lat, _HALF_M),
            day=start + timedelta(days=offset),
            hours=(begin, begin + length),
            likely=people,
            setup_h=0.0,
            declared=False,
        )
        yield replace(settle(plan, now_us, seed), planted=PLANTED)
