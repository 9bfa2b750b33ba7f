"""A gathering that nobody declared: found in aggregates, silent on small groups and on plans.

Requirement: R15.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from tests.rules.signal_view import JUDGED_H, view

from vigie.rules.wild_gathering import FALSE_ALARMS_PER_DAY, RULE, judge

CELL, FROM, TO = 7, 40, 44


def crowd(values: np.ndarray) -> None:
    """Six hundred people more for four hours, and the noise they make."""
    values[0, CELL, FROM:TO] += 600.0
    values[1, CELL, FROM:TO] += 6.0


def test_it_rings_once_a_day_with_what_departs_and_by_how_much() -> None:
    seen = view(crowd)
    found = [one for one in judge(seen, {}) if one.numbers["signals"][0]["deviations"] > 5]
    (only,) = found
    assert (only.geometry.x, only.geometry.y) == (seen.lon[CELL], seen.lat[CELL])
    assert only.from_us == int(seen.hours_us[seen.judged + FROM + 1])
    assert {one["name"] for one in only.numbers["signals"]} == {"presence.total", "noise.laeq"}
    assert "Présence" in only.explanation["fr"]
    assert "attendu" in only.explanation["fr"]
    assert "0,2 fausse alerte par jour" in only.explanation["fr"]
    assert "Presence" in only.explanation["en"]
    assert only.numbers["base_hours"] == 8
    assert only.numbers["null_days"] == 28


def test_one_hour_alone_is_no_gathering() -> None:
    def passing(values: np.ndarray) -> None:
        values[0, CELL, FROM] += 600.0

    assert all(one.numbers["signals"][0]["deviations"] < 5 for one in judge(view(passing), {}))


def test_noise_without_people_is_no_gathering() -> None:
    def loud(values: np.ndarray) -> None:
        values[1, CELL, FROM:TO] += 20.0

    subjects = [one.subjects for one in judge(view(loud), {})]
    calm = [one.subjects for one in judge(view(), {})]
    assert subjects == calm


def test_fewer_people_than_may_be_told_are_not_told() -> None:
    seen = view(crowd)
    hidden = replace(seen, least=100_000)
    assert judge(hidden, {}) == []


def test_a_declared_event_explains_its_crowd() -> None:
    seen = view(crowd)
    planned = seen.planned.copy()
    planned[CELL, -JUDGED_H + FROM - 2 : -JUDGED_H + TO + 2] = True
    found = judge(replace(seen, planned=planned), {})
    assert all(one.numbers["signals"][0]["deviations"] < 5 for one in found)


def test_a_past_of_a_week_declares_no_rate_and_never_rings() -> None:
    seen = view(crowd)
    short = replace(
        seen,
        hours_us=seen.hours_us[-2 * JUDGED_H :],
        days=seen.days[-2 * JUDGED_H :],
        values=seen.values[:, :, -2 * JUDGED_H :],
        expected=seen.expected[:, :, -2 * JUDGED_H :],
        scores=seen.scores[:, :, -2 * JUDGED_H :],
        weeks=seen.weeks[:, -2 * JUDGED_H :],
        planned=seen.planned[:, -2 * JUDGED_H :],
        judged=JUDGED_H,
    )
    assert judge(short, {}) == []


def test_without_presence_it_says_nothing() -> None:
    seen = view(crowd)
    blind = replace(
        seen,
        signals=seen.signals[1:],
        values=seen.values[1:],
        expected=seen.expected[1:],
        scores=seen.scores[1:],
        weeks=seen.weeks[1:],
    )
    assert judge(blind, {}) == []


def test_calm_cities_ring_about_as_often_as_declared() -> None:
    rung = sum(len(judge(view(seed=seed), {})) for seed in range(2, 10))
    assert rung / (8 * 7) < 4 * FALSE_ALARMS_PER_DAY
    assert "Aucune personne" in RULE.why["fr"]
