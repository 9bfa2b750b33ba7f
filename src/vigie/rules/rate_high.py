"""An hour counts more facts than the same hours of the past make credible."""

from __future__ import annotations

from typing import Literal

import numpy as np
from pydantic import Field
from shapely import Point

from vigie.base.translations import number
from vigie.geo.cells import cell_center, cell_text
from vigie.judge.hours import CITY, HourCounts, hour_counts
from vigie.judge.parameters import DAY_S, KindParameters
from vigie.judge.rule import Finding, Rule
from vigie.judge.surveillance.exceedance import exceedances, learnt, ordinary_upper
from vigie.judge.watched import HOUR_US, Watched


class RateParameters(KindParameters):
    """Of which facts, by which places, against how many weeks, at which rate of false alarms."""

    by: Literal["zone", "cell"] = Field("zone", title="Compté par / Counted by")
    weeks: int = Field(8, ge=1, le=26, title="Semaines de référence / Weeks of the past")
    false_per_month: float = Field(
        3.0,
        gt=0,
        le=300,
        title="Fausses alertes par mois / False alarms a month",
        description="Sur toutes les mailles et toutes les heures ensemble."
        " / Over all cells and hours together.",
    )
    least: int = Field(3, ge=1, le=1_000, title="Faits au moins / Least facts")

    def looks_back_s(self) -> int:
        """Return the weeks of the past."""
        return self.weeks * 7 * DAY_S

    def declared_per_day(self) -> float | None:
        """Return the false alarms a day that it is set for."""
        return self.false_per_month / 30.0

    def counts(self, seen: Watched) -> HourCounts:
        """Return the counts that are tested, hour by hour, with their past."""
        facts = seen.facts.wanted(self.kind, self.severity_min)
        return hour_counts(seen, facts, self.weeks, by_cell=self.by == "cell")

    def chance(self, counts: HourCounts) -> float:
        """Return the chance of one test that gives the declared rate over a day's tests."""
        cells = max(1, np.unique(counts.cells).size)
        return min(0.5, self.false_per_month / 30.0 / (24.0 * cells))

    def reached_per_day(self, seen: Watched) -> float | None:
        """Return the false alarms a day that the limits used give, were the past still true.

        Counts are whole and at least ``least``: the rate reached lies below the one declared.
        """
        counts = self.counts(seen)
        if not counts.cells.size:
            return None
        ordinary = ordinary_upper(self.chance(counts), *learnt(counts.totals, counts.weeks))
        limits = np.maximum(ordinary + 1.0, self.least)
        hours = np.unique(counts.hours_us).size
        return float(exceedances(limits, counts.totals, counts.weeks).sum() / hours * 24.0)


def judge(seen: Watched, asked: RateParameters) -> list[Finding]:
    """Find the hours, and cells, whose count is beyond its limit."""
    counts = asked.counts(seen)
    if not counts.cells.size:
        return []
    threshold = asked.chance(counts)
    chances = exceedances(counts.observed, counts.totals, counts.weeks)
    rows = np.flatnonzero((chances <= threshold) & (counts.observed >= asked.least))
    found = []
    for row in rows.tolist():
        cell, observed = int(counts.cells[row]), int(counts.observed[row])
        weeks, total = int(counts.weeks[row]), int(counts.totals[row])
        expected = (total + 0.5) / weeks
        where = {
            "fr": seen.area["fr"] if cell == CITY else "la maille",
            "en": seen.area["en"] if cell == CITY else "this cell",
        }
        place = None if cell == CITY else cell_center(cell)
        found.append(
            Finding(
                severity=seen.severity,
                explanation={
                    "fr": f"{seen.label(asked.kind, 'fr')} : {observed} en une heure dans"
                    f" {where['fr']}, {number(expected, 'fr', 1)} attendus d'après {weeks} mêmes"
                    " heures passées.",
                    "en": f"{seen.label(asked.kind, 'en')}: {observed} in one hour in"
                    f" {where['en']}, {number(expected, 'en', 1)} expected from {weeks} same hours"
                    " of the past.",
                },
                from_us=int(counts.hours_us[row]),
                to_us=int(counts.hours_us[row]) + HOUR_US,
                subjects=("zone" if cell == CITY else cell_text(cell),),
                numbers={
                    "observed": observed,
                    "expected": round(expected, 3),
                    "chance": float(chances[row]),
                    "threshold": threshold,
                    "base_hours": weeks,
                },
                geometry=None if place is None else Point(*place),
            )
        )
    return found


RULE = Rule(
    name="rate_high",
    kind="alert_watch",
    title={"fr": "Plus que d'habitude à cette heure", "en": "More than usual at this hour"},
    why={
        "fr": "Une heure est comparée aux mêmes heures des semaines passées, au taux de fausses"
        " alertes déclaré. Vacances, jours fériés et événements annoncés ne sont pas retirés ;"
        " plusieurs sources qui racontent le même incident peuvent suffire à sonner.",
        "en": "An hour is compared with the same hours of past weeks, at the declared rate of false"
        " alarms. Holidays and announced events are not taken out; several sources telling the same"
        " incident may be enough to ring.",
    },
    judge=judge,
    reference="Gelman et al., Bayesian Data Analysis (2013), 2.6",
    parameters=RateParameters,
    at_once=False,
)
