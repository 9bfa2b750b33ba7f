"""A measure at a place has stayed beyond a level for too long."""

from __future__ import annotations

from typing import Literal

import numpy as np
from pydantic import Field, model_validator
from shapely import Point

from vigie.base.translations import number
from vigie.judge.episodes import episodes
from vigie.judge.parameters import DAY_S, WatchParameters
from vigie.judge.rule import Finding, Rule
from vigie.judge.watched import HOUR_US, MINUTE_US, Measures, Watched
from vigie.judge.wording import duration


class DwellParameters(WatchParameters):
    """What is measured, the level, how long it may stay beyond, where the stay ends."""

    metric: str = Field(min_length=1, max_length=80, title="Mesure / Metric")
    side: Literal["above", "below"] = Field("above", title="Sens / Side")
    limit: float = Field(title="Limite / Limit", allow_inf_nan=False)
    release: float = Field(title="Fin du dépassement / End of the stay", allow_inf_nan=False)
    stays_min: int = Field(30, ge=1, le=1_440, title="Durée (min) / Duration (min)")

    @model_validator(mode="after")
    def _ordered(self) -> DwellParameters:
        if (self.release > self.limit) if self.side == "above" else (self.release < self.limit):
            msg = "release: not beyond the limit"
            raise ValueError(msg)
        return self

    def metric_read(self) -> str:
        """Return the metric."""
        return self.metric

    def looks_back_s(self) -> int:
        """Return a day, and the duration."""
        return DAY_S + self.stays_min * 60


def _found(seen: Watched, asked: DwellParameters, series: Measures) -> list[Finding]:
    """Return the stays of one place that lasted long enough within the time judged."""
    sign = 1.0 if asked.side == "above" else -1.0
    stays_us = asked.stays_min * MINUTE_US
    release = np.nextafter(sign * asked.limit, -np.inf)
    off = min(sign * asked.release, float(release))
    found = []
    for one in episodes(series.at_us, sign * series.values, sign * asked.limit, off):
        rings_us = one.from_us + stays_us
        within = (series.at_us >= one.from_us) & (series.at_us < (one.to_us or seen.to_us + 1))
        last_us = int(series.at_us[within][-1])
        # A stay is known to last only as far as somebody measured it.
        if last_us < rings_us or not seen.judged(rings_us):
            continue
        place, unit = str(series.places[0]), str(series.units[0])
        lon, lat = float(series.lon[0]), float(series.lat[0])
        found.append(
            Finding(
                severity=seen.severity,
                explanation={
                    "fr": f"{asked.metric} à « {seen.place(place)} » : au-delà de"
                    f" {number(asked.limit, 'fr', 1)} {unit} depuis {duration(stays_us, 'fr')}"
                    f" (extrême : {number(sign * one.peak, 'fr', 1)}).",
                    "en": f'{asked.metric} at "{seen.place(place)}": beyond'
                    f" {number(asked.limit, 'en', 1)} {unit} for {duration(stays_us, 'en')}"
                    f" (extreme: {number(sign * one.peak, 'en', 1)}).",
                },
                from_us=rings_us,
                to_us=one.to_us or rings_us + HOUR_US,
                subjects=(place,),
                numbers={
                    "limit": asked.limit,
                    "extreme": sign * one.peak,
                    "minutes": asked.stays_min,
                    "samples": one.samples,
                    "unit": unit,
                },
                geometry=Point(lon, lat) if np.isfinite(lon) and np.isfinite(lat) else None,
            )
        )
    return found


def judge(seen: Watched, asked: DwellParameters) -> list[Finding]:
    """Find, place by place, the stays beyond the level that lasted as long as set."""
    if seen.measures is None:
        return []
    measures = seen.measures.take(seen.measures.metrics == asked.metric)
    places = sorted(set(measures.places.tolist()))
    return [
        finding
        for place in places
        for finding in _found(seen, asked, measures.take(measures.places == place))
    ]


RULE = Rule(
    name="level_dwells",
    kind="alert_watch",
    title={"fr": "Dépassement qui dure", "en": "Stay beyond a level"},
    why={
        "fr": "Un lieu reste au-delà d'une limite plus longtemps qu'admis. Entre deux mesures rien"
        " n'est su : le dépassement est compté d'une mesure à l'autre.",
        "en": "A place stays beyond a limit longer than allowed. Nothing is known between two"
        " measures: the stay is counted from one to the other.",
    },
    judge=judge,
    parameters=DwellParameters,
    reads="measures",
)
