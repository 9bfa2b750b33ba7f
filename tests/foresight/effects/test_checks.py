"""Placebo dates, scores on held-out events, and the raw-count method."""

from __future__ import annotations

import pytest
from tests.foresight.effects.small_city import City

from vigie.foresight.effects.checks import placebo, raw_transfer, scores
from vigie.foresight.effects.model import EffectModel

Fitted = tuple[City, EffectModel]


def test_on_placebo_dates_nothing_is_found_and_the_event_stands_out(fitted: Fitted) -> None:
    model = fitted[1]
    match = next(e.occasion for e in model.past if e.occasion.kind.endswith("match"))
    found = placebo(model, match)
    assert found is not None
    assert len(found.starts_us) >= 5
    assert found.low <= 0.5 * model.measured(match.plan_id).excess.mean
    assert abs(found.mean) < 10.0
    assert found.p == pytest.approx(1 / (1 + len(found.excess)))
    assert match.starts_us not in found.starts_us


def test_an_event_that_brings_nothing_does_not_stand_out(fitted: Fitted) -> None:
    model = fitted[1]
    markets = [e.occasion for e in model.past if e.occasion.kind == "event.market"]
    told = [placebo(model, one) for one in markets]
    p = [one.p for one in told if one is not None and one.p is not None]
    assert len(p) >= 5
    assert sum(p) / len(p) > 0.25


def test_the_raw_method_takes_the_place_for_the_event(fitted: Fitted) -> None:
    city, model = fitted
    markets = [one for one in city.brought if one.startswith("market")]
    found = raw_transfer(model, markets)
    assert found is not None
    assert found.claimed == pytest.approx(found.effect + found.usual)
    assert abs(found.effect) < 8.0
    assert found.usual > 25.0
    assert raw_transfer(model, ["unknown"]) is None


def test_held_out_events_are_foreseen_better_than_without_the_effect(fitted: Fitted) -> None:
    model = fitted[1]
    found = {one.kind: one for one in scores(model)}
    match = found["event.sport.match"]
    assert found[""].events == len(model.past)
    assert match.error < 0.5 * match.usual_error
    assert match.inside50 <= match.inside80 <= match.inside95
    assert match.inside95 > 0.7
    assert match.per_10k[1] <= match.per_10k[0] <= match.per_10k[2]
