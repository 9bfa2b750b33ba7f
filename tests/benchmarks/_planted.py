"""What the generator plants, and an effect planted besides: whether analyses tell it as it is."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from functools import cached_property

import numpy as np
import pyarrow as pa
from _cities import DAY_US, NOW, ZONE, facts_before, facts_of, frame_of

from vigie.analyses import did_it_work, hot_spots, near_repeat, space_time_scan
from vigie.base.clock import EPOCH
from vigie.city.truth import make_truth
from vigie.geo.cells import cell_center
from vigie.geo.distance import haversine_m
from vigie.model.times import day_bounds

DAYS, LEVEL = 112, 0.05
MEASURE = 63
"""Day of the measure: the eight whole weeks before it that are asked for, seven after."""


class City:
    """A city of the generator, with what it plants."""

    def __init__(self, seed: int) -> None:
        self.seed, self.frame = seed, frame_of(DAYS)
        self.truth = make_truth(seed=seed, days=DAYS, scale=1.0, now=NOW)
        self.zoning = self.frame.zonings["arrondissement"]
        self.treated = self.zoning.ids[seed % len(self.zoning.ids)]

    @cached_property
    def theft(self) -> pa.Table:
        """Thefts from vehicles."""
        return facts_of(self.truth, "offence.property.theft.from_vehicle", DAYS)


def _begets(city: City) -> bool:
    params = near_repeat.NearRepeatParameters(draws=399)
    rows = near_repeat.run(city.theft, params, city.frame).table.to_pylist()
    best = min((row for row in rows if row["to_m"] > 0), key=_q)
    return bool(_q(best) <= LEVEL and best["to_m"] <= 300 and best["from_days"] == 0)


def _cluster(number: int) -> Callable[[City], bool]:
    def told(city: City) -> bool:
        spot = city.truth.hot_spots[number]
        facts = facts_of(city.truth, spot.kind, DAYS)
        params = space_time_scan.ScanParameters(draws=199)
        first = space_time_scan.run(facts, params, city.frame).table.to_pylist()[0]
        away = haversine_m(first["lon"], first["lat"], spot.lon, spot.lat)
        return bool(first["p"] <= LEVEL and away < 600)

    return told


def _hot(days: int) -> Callable[[City], bool]:
    """Return whether Merlan is hot among the thefts of the last days; it began 14 days ago."""

    def told(city: City) -> bool:
        spot = city.truth.hot_spots[0]
        facts, frame = facts_of(city.truth, spot.kind, days), frame_of(days)
        rows = hot_spots.run(facts, hot_spots.HotSpotParameters(), frame).table.to_pylist()
        hot = [cell_center(int(row["cell"], 16)) for row in rows if row["kind_of_spot"] == "hot"]
        return any(haversine_m(lon, lat, spot.lon, spot.lat) < 400 for lon, lat in hot)

    return told


def _effect(size: float, weighing: str = "series") -> Callable[[City], bool]:
    """Return whether an effect of that size in one arrondissement is told at its size.

    The generator plants no measure: from that day on each fact there stays with that
    probability. Where it is 1 nothing must be told.
    """

    def told(city: City) -> bool:
        facts = facts_before(city.truth, DAYS)
        there = np.asarray(
            city.zoning.assign(facts["lon"].to_numpy(), facts["lat"].to_numpy())
        ) == city.zoning.index_of(city.treated)
        day = EPOCH.date() + timedelta(days=city.frame.from_us // DAY_US + MEASURE)
        start_us = day_bounds(day, ZONE)[0]
        since = facts["earliest_us"].to_numpy() >= start_us
        chance = np.random.default_rng([city.seed, 7])
        kept = ~(there & since) | (chance.random(facts.num_rows) < size)
        asked = {"treated": city.treated, "day": day, "weighing": weighing}
        params = did_it_work.MeasureParameters.model_validate(asked)
        rows = did_it_work.run(facts.filter(pa.array(kept)), params, city.frame).table.to_pylist()
        effect = next((row for row in rows if row["part"] == "effect"), None)
        if effect is None:
            return False
        return bool(effect["low"] <= size <= effect["high"] and (size == 1 or effect["high"] < 1))

    return told


PLANTED: dict[str, Callable[[City], bool]] = {
    "near_repeat": _begets,
    "cluster_merlan": _cluster(0),
    "cluster_rose": _cluster(1),
    "hot_spot_merlan": _hot(DAYS),
    "hot_spot_merlan_fortnight": _hot(14),
    "effect_less_by_40_percent": _effect(0.6),
    "effect_none_and_none_told": _effect(1.0),
    "effect_less_by_40_percent_by_characters": _effect(0.6, "characters"),
    "effect_none_and_none_told_by_characters": _effect(1.0, "characters"),
}


def _q(row: dict) -> float:
    return 1.0 if row["q"] is None else row["q"]
