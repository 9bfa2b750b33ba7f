"""What usually comes at this hour has not come."""

from __future__ import annotations

from pydantic import Field

from vigie.base.translations import number
from vigie.judge.hours import hour_counts
from vigie.judge.parameters import DAY_S, HOUR_S, KindParameters
from vigie.judge.rule import Finding, Rule
from vigie.judge.surveillance.exceedance import silence
from vigie.judge.watched import HOUR_US, Watched
from vigie.judge.wording import duration


class AbsenceParameters(KindParameters):
    """Of which facts, over how many hours, against how many weeks, at which chance."""

    hours: int = Field(3, ge=1, le=48, title="Heures de silence / Hours of silence")
    weeks: int = Field(8, ge=1, le=26, title="Semaines de référence / Weeks of the past")
    false_per_month: float = Field(
        1.0, gt=0, le=300, title="Fausses alertes par mois / False alarms a month"
    )

    def looks_back_s(self) -> int:
        """Return the weeks of the past and the silence."""
        return self.weeks * 7 * DAY_S + self.hours * HOUR_S

    def declared_per_day(self) -> float | None:
        """Return the false alarms a day that it is set for."""
        return self.false_per_month / 30.0


def judge(seen: Watched, asked: AbsenceParameters) -> list[Finding]:
    """Find the stretches of whole hours without a fact that the past makes incredible.

    A stretch is judged once it is over; one that goes on is the same finding, of its first hour.
    """
    facts = seen.facts.wanted(asked.kind, asked.severity_min)
    earlier = Watched(
        seen.from_us - (asked.hours + 24) * HOUR_US, seen.to_us, seen.since_us, seen.facts
    )
    counts = hour_counts(earlier, facts, asked.weeks, by_cell=False)
    whole = counts.hours_us + HOUR_US <= seen.to_us
    hours, observed = counts.hours_us[whole], counts.observed[whole]
    totals, weeks = counts.totals[whole], counts.weeks[whole]
    threshold = asked.false_per_month / 30.0 / 24.0
    found = []
    begins = -1
    for row in range(hours.size):
        window = slice(max(0, row - asked.hours + 1), row + 1)
        same = int(weeks[window].min())
        total = int(totals[window].sum())
        quiet = row + 1 >= asked.hours and not observed[window].any()
        chance = float(silence(total, same)) if quiet else 1.0
        if chance > threshold:
            begins = -1
            continue
        if begins >= 0:
            continue
        begins = row
        rings_us = int(hours[row]) + HOUR_US
        if not seen.judged(rings_us):
            continue
        expected = (total + 0.5) / same
        length_us = asked.hours * HOUR_US
        found.append(
            Finding(
                severity=seen.severity,
                explanation={
                    "fr": f"{seen.label(asked.kind, 'fr')} : rien depuis"
                    f" {duration(length_us, 'fr')} dans {seen.area['fr']},"
                    f" {number(expected, 'fr', 1)} attendus d'après {same} semaines.",
                    "en": f"{seen.label(asked.kind, 'en')}: nothing for"
                    f" {duration(length_us, 'en')} in {seen.area['en']},"
                    f" {number(expected, 'en', 1)} expected from {same} weeks.",
                },
                from_us=rings_us,
                to_us=rings_us + length_us,
                subjects=("absence",),
                numbers={
                    "observed": 0,
                    "expected": round(expected, 3),
                    "chance": chance,
                    "threshold": threshold,
                    "base_hours": same,
                },
            )
        )
    return found


RULE = Rule(
    name="signal_absent",
    kind="alert_watch",
    title={"fr": "Signal attendu absent", "en": "Expected signal absent"},
    why={
        "fr": "Un silence que les mêmes heures passées rendent incroyable : une source coupée, un"
        " service débordé, ou un vrai calme. La règle ne sait pas lequel.",
        "en": "A silence that the same hours of the past make incredible: a source cut off, a"
        " service swamped, or true calm. The rule does not know which.",
    },
    judge=judge,
    reference="Gelman et al., Bayesian Data Analysis (2013), 2.6",
    parameters=AbsenceParameters,
    at_once=False,
)
