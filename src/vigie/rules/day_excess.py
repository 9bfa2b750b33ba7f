"""A day counts more facts than the days or weeks before it make ordinary."""

from __future__ import annotations

from datetime import date
from typing import Literal

import numpy as np
from pydantic import Field

from vigie.base.translations import number
from vigie.judge.parameters import DAY_S, KindParameters
from vigie.judge.rule import Finding, Rule
from vigie.judge.surveillance.ears import c1, c2, c3
from vigie.judge.surveillance.expectation import Expectation, Floats
from vigie.judge.surveillance.farrington import Season, farrington
from vigie.judge.watched import DAY_US, Ints, Watched
from vigie.model.times import day_bounds, local_us

EPOCH = date(1970, 1, 1).toordinal()
DAYS = Season(cycle=7, half_window=0, blocks=7, left_out=0, recent=1, least=3.0)
"""Weekdays are the season of a few months of days."""
EARS = {"c1": c1, "c2": c2, "c3": c3}


class DayParameters(KindParameters):
    """Of which facts, by which method, at which rate of false alarms."""

    method: Literal["c1", "c2", "c3", "farrington"] = Field("farrington", title="Méthode / Method")
    weeks: int = Field(
        12,
        ge=4,
        le=52,
        title="Semaines de référence (Farrington) / Weeks of the past (Farrington)",
    )
    false_per_month: float = Field(
        1.0, gt=0, le=15, title="Fausses alertes par mois / False alarms a month"
    )
    least: int = Field(3, ge=1, le=10_000, title="Faits au moins / Least facts")

    def looks_back_s(self) -> int:
        """Return the weeks of the past; EARS needs eleven days of them."""
        return (self.weeks if self.method == "farrington" else 2) * 7 * DAY_S

    def declared_per_day(self) -> float | None:
        """Return the false alarms a day that it is set for."""
        return self.false_per_month / 30.0

    def expect(self, count: float, history: Floats) -> Expectation:
        """Return what the days before say of a day's count."""
        alpha = self.false_per_month / 30.0
        if self.method == "farrington":
            return farrington(count, history, season=DAYS, alpha=alpha, method="muan")
        return EARS[self.method](count, history, alpha=alpha)


def _daily(seen: Watched, at_us: Ints) -> tuple[int, Floats]:
    """Return the first whole local day known, and the counts of each day from it on."""
    ends = np.array([seen.since_us, seen.to_us], dtype=np.int64)
    low, high = (local_us(ends, seen.timezone) // DAY_US).tolist()
    first = (
        low if day_bounds(date.fromordinal(EPOCH + low), seen.timezone)[0] >= ends[0] else low + 1
    )
    days = local_us(at_us, seen.timezone) // DAY_US
    inside = days[(days >= first) & (days <= high)] - first
    return first, np.bincount(inside, minlength=max(0, high - first + 1)).astype(np.float64)


def judge(seen: Watched, asked: DayParameters) -> list[Finding]:
    """Find the days beyond their bound; the day under way rings as soon as it is."""
    facts = seen.facts.wanted(asked.kind, asked.severity_min)
    first, counts = _daily(seen, facts.at_us)
    found = []
    for row in range(counts.size):
        day = date.fromordinal(EPOCH + first + row)
        begins, ends = day_bounds(day, seen.timezone)
        if ends <= seen.from_us or counts[row] < asked.least:
            continue
        usual = asked.expect(float(counts[row]), counts[:row])
        if not usual.alarm or not usual.base:
            continue
        observed = int(counts[row])
        found.append(
            Finding(
                severity=seen.severity,
                explanation={
                    "fr": f"{seen.label(asked.kind, 'fr')} : {observed} dans la journée,"
                    f" {seen.area['fr']}, {number(usual.expected, 'fr', 1)} attendus,"
                    f" {number(usual.upper, 'fr', 1)} au plus d'après {usual.base} jours.",
                    "en": f"{seen.label(asked.kind, 'en')}: {observed} in the day,"
                    f" {seen.area['en']}, {number(usual.expected, 'en', 1)} expected,"
                    f" {number(usual.upper, 'en', 1)} at most from {usual.base} days.",
                },
                from_us=begins,
                to_us=ends,
                subjects=("day",),
                numbers={
                    "observed": observed,
                    "expected": round(usual.expected, 3),
                    "upper": round(usual.upper, 3),
                    "chance": usual.p_value,
                    "base_days": usual.base,
                    "dispersion": round(usual.dispersion, 3),
                },
            )
        )
    return found


RULE = Rule(
    name="day_excess",
    kind="alert_watch",
    title={"fr": "Journée hors de l'ordinaire", "en": "Day beyond the ordinary"},
    why={
        "fr": "Le compte d'un jour est comparé à ceux d'avant (EARS C1 à C3 : la semaine passée ;"
        " Farrington : les semaines, leurs jours et leur tendance), au taux de fausses alertes"
        " déclaré. Un changement de saisie ressemble à une flambée.",
        "en": "A day's count is compared with those before it (EARS C1 to C3: the last week;"
        " Farrington: the weeks, their weekdays and their trend), at the declared rate of false"
        " alarms. A change in recording looks like an outbreak.",
    },
    judge=judge,
    reference="Hutwagner et al. (2003); Farrington et al. (1996); Noufaily et al. (2013)",
    parameters=DayParameters,
    at_once=False,
)
