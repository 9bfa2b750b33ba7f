"""Weak signals together: two sources must depart; the rate of false alarms is the declared one.

Asked as R20 of the requirements.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from tests.rules.signal_view import view

from vigie.judge.rule import Finding
from vigie.judge.surveillance.alarm_rate import limit_for
from vigie.judge.surveillance.signals import Scored
from vigie.rules.weak_signal import FALSE_ALARMS_PER_DAY, judge

CELL, HOUR = 3, 60


def here(seen: Scored, found: list[Finding]) -> list[Finding]:
    """Return what was found in the planted cell at the planted hour."""
    at_us, lon = int(seen.hours_us[seen.judged + HOUR]), float(seen.lon[CELL])
    return [one for one in found if one.from_us == at_us and one.geometry.x == lon]


def both(values: np.ndarray) -> None:
    """A little more people and three facts: neither would ring alone."""
    values[0, CELL, HOUR] *= 1.16
    values[2, CELL, HOUR] = 3.0


def test_two_sources_that_depart_together_ring() -> None:
    seen = view(both)
    (found,) = here(seen, judge(seen, {}))
    assert {one["name"] for one in found.numbers["signals"]} == {"presence.total", "facts.offence"}
    assert "Infractions : 3, attendu" in found.explanation["fr"]


def test_one_source_alone_stays_silent_however_far_it_departs() -> None:
    def alone(values: np.ndarray) -> None:
        values[1, CELL, HOUR] += 40.0
        values[2, CELL, HOUR] = 0.0

    seen = view(alone)
    assert not here(seen, judge(seen, {}))


def test_few_facts_are_not_counted_in_the_sentence() -> None:
    def few(values: np.ndarray) -> None:
        values[0, CELL, HOUR] *= 1.4
        values[2, CELL, HOUR] = 2.0

    seen = view(few)
    (found,) = here(seen, judge(seen, {}))
    assert "Infractions : quelques faits" in found.explanation["fr"]
    (facts,) = [one for one in found.numbers["signals"] if one["name"] == "facts.offence"]
    assert facts["value"] is None


def test_a_declared_event_silences_its_surroundings() -> None:
    seen = view(both)
    planned = seen.planned.copy()
    planned[CELL] = True
    assert here(seen, judge(seen, {}))
    assert not here(seen, judge(replace(seen, planned=planned), {}))


def test_another_rate_may_be_declared() -> None:
    seen = view(seed=5)
    assert len(judge(seen, {"declared_per_day": 5.0})) > len(judge(seen, {}))


def test_calm_cities_ring_about_as_often_as_declared() -> None:
    rung = sum(len(judge(view(seed=seed), {})) for seed in range(10, 22))
    assert 0.4 * FALSE_ALARMS_PER_DAY < rung / (12 * 7) < 2.2 * FALSE_ALARMS_PER_DAY


def test_the_limit_lets_through_as_many_cell_days_as_declared() -> None:
    chance = np.random.default_rng(3)
    days = np.repeat(np.arange(40), 24)
    strength = chance.exponential(1.0, (30, days.size))
    limit, known, passed = limit_for(strength, days, 0.5)
    assert (known, passed) == (40, 20)
    by_day = [(strength[:, days == one].max(axis=1) > limit).sum() for one in range(40)]
    assert sum(by_day) == 20


def test_hours_of_one_day_in_one_cell_are_one_alarm() -> None:
    def evening(values: np.ndarray) -> None:
        for hour in range(HOUR, HOUR + 5):
            values[0, CELL, hour] *= 1.5
            values[2, CELL, hour] = 4.0

    seen = view(evening)
    day = int(seen.hours_us[seen.judged + HOUR]) // (24 * 3_600_000_000)
    same = [
        one
        for one in judge(seen, {})
        if one.geometry.x == seen.lon[CELL] and one.from_us // (24 * 3_600_000_000) == day
    ]
    assert len(same) == 1
