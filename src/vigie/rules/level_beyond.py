"""A measure at a place has passed a level."""

from __future__ import annotations

from typing import Literal

import numpy as np
from pydantic import Field, model_validator
from shapely import Point

from vigie.base.translations import number
from vigie.judge.episodes import episodes
from vigie.judge.parameters import DAY_S, WatchParameters
from vigie.judge.rule import Finding, Rule
from vigie.judge.watched import HOUR_US, Measures, Watched


class LevelParameters(WatchParameters):
    """What is measured, the level that rings, the level that re-arms."""

    metric: str = Field(min_length=1, max_length=80, title="Mesure / Metric")
    side: Literal["above", "below"] = Field("above", title="Sens / Side")
    on: float = Field(title="Sonne à / Rings at", allow_inf_nan=False)
    off: float = Field(title="Se réarme à / Re-arms at", allow_inf_nan=False)

    @model_validator(mode="after")
    def _ordered(self) -> LevelParameters:
        if (self.off >= self.on) if self.side == "above" else (self.off <= self.on):
            msg = "off: on the quiet side of on"
            raise ValueError(msg)
        return self

    def metric_read(self) -> str:
        """Return the metric."""
        return self.metric

    def looks_back_s(self) -> int:
        """Return a day: an episode that began yesterday is still the same."""
        return DAY_S


def _finding(
    seen: Watched, asked: LevelParameters, series: Measures, at_us: int, to_us: int
) -> Finding:
    row = int(np.searchsorted(series.at_us, at_us))
    value, unit, place = float(series.values[row]), series.units[row], series.places[row]
    lon, lat = float(series.lon[row]), float(series.lat[row])
    words = {"above": ("au-dessus de", "above"), "below": ("au-dessous de", "below")}[asked.side]
    return Finding(
        severity=seen.severity,
        explanation={
            "fr": f"{asked.metric} à « {seen.place(place)} » : {number(value, 'fr', 1)} {unit},"
            f" {words[0]} {number(asked.on, 'fr', 1)}.",
            "en": f'{asked.metric} at "{seen.place(place)}": {number(value, "en", 1)} {unit},'
            f" {words[1]} {number(asked.on, 'en', 1)}.",
        },
        from_us=at_us,
        to_us=to_us,
        subjects=(place,),
        numbers={"value": value, "on": asked.on, "off": asked.off, "unit": unit},
        geometry=Point(lon, lat) if np.isfinite(lon) and np.isfinite(lat) else None,
    )


def judge(seen: Watched, asked: LevelParameters) -> list[Finding]:
    """Find, place by place, when the measure passed the level, once an episode."""
    if seen.measures is None:
        return []
    measures = seen.measures.take(seen.measures.metrics == asked.metric)
    sign = 1.0 if asked.side == "above" else -1.0
    found = []
    for place in sorted(set(measures.places.tolist())):
        series = measures.take(measures.places == place)
        for one in episodes(series.at_us, sign * series.values, sign * asked.on, sign * asked.off):
            if seen.judged(one.from_us):
                to_us = one.to_us or one.from_us + HOUR_US
                found.append(_finding(seen, asked, series, one.from_us, to_us))
    return found


RULE = Rule(
    name="level_beyond",
    kind="alert_watch",
    title={"fr": "Mesure au-delà d'un niveau", "en": "Measure beyond a level"},
    why={
        "fr": "Le niveau est celui de qui l'a posé. Un capteur qui dérive ou qui se tait n'est pas"
        " vu par cette règle.",
        "en": "The level is that of whoever set it. A sensor that drifts or falls silent is not"
        " seen by this rule.",
    },
    judge=judge,
    parameters=LevelParameters,
    reads="measures",
)
