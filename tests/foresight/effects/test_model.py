"""The model on a small city whose effects are known."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import numpy as np
import pytest
from tests.foresight.effects.small_city import (
    DAYS,
    FIRST,
    PEOPLE,
    PER_10K,
    SQUARE,
    STADIUM,
    City,
    make_model,
    occasion,
)
from tests.stopping import After

from vigie.base.clock import to_us
from vigie.base.errors import Stopping
from vigie.base.stopping import stoppable
from vigie.foresight.effects.asking import vagueness
from vigie.foresight.effects.bins import Bins
from vigie.foresight.effects.model import EffectModel, Question
from vigie.foresight.effects.past import History

Fitted = tuple[City, EffectModel]
NEXT = FIRST + timedelta(days=DAYS + 9, hours=18)


def test_the_rates_are_those_of_the_city(fitted: Fitted) -> None:
    model = fitted[1]
    for number, true in enumerate(PER_10K["event.sport.match"]):
        told = model.rate("event.sport.match", [number])
        assert told.low95 - 1.0 <= true <= told.high95 + 1.0
    assert model.rate("event.sport.match").mean == pytest.approx(24.0, rel=0.15)
    assert abs(model.rate("event.market").mean) < 3.0


def test_past_effects_lie_in_their_intervals_as_often_as_said() -> None:
    """Over four small cities: 80 % of about 80 events, with the play of so few."""
    inside, events = 0, 0
    for seed in (11, 12, 13, 14):
        city, model = make_model(seed)
        for plan_id, brought in city.brought.items():
            told = model.measured(plan_id).excess
            inside += told.low80 <= brought <= told.high80
            events += 1
    assert events >= 80
    assert 0.68 <= inside / events <= 0.92


def test_an_event_to_come_is_foreseen_with_what_it_rests_on(fitted: Fitted) -> None:
    model = fitted[1]
    found = model.expected(occasion("next", "event.sport.match", STADIUM, NEXT))
    told = found.expected.over()
    assert told.effect.low95 < 48.0 < told.effect.high95
    assert told.effect.mean == pytest.approx(48.0, rel=0.2)
    assert found.hours == 10
    assert found.basis.kind == "event.sport.match"
    assert len(found.basis.plan_ids) == sum(k.startswith("match") for k in fitted[0].brought)
    assert not found.basis.beyond
    assert not found.basis.supposed
    assert found.basis.controls > 10


def test_twice_the_crowd_brings_twice_the_facts_and_is_said_to_go_beyond(fitted: Fitted) -> None:
    model = fitted[1]
    usual = occasion("next", "event.sport.match", STADIUM, NEXT)
    double = replace(usual, attendance=(2 * PEOPLE * 0.8, 2 * PEOPLE, 2 * PEOPLE * 1.2))
    small, large = model.expected(usual), model.expected(double)
    assert large.expected.over().effect.mean == pytest.approx(2 * small.expected.over().effect.mean)
    assert large.basis.beyond


def test_moved_to_night_the_same_crowd_meets_a_quieter_place(fitted: Fitted) -> None:
    model = fitted[1]
    usual = occasion("next", "event.sport.match", STADIUM, NEXT)
    late = replace(
        usual,
        starts_us=usual.starts_us + 7 * 3_600_000_000,
        ends_us=usual.ends_us + 7 * 3_600_000_000,
    )
    day, night = (model.expected(one).expected.over() for one in (usual, late))
    assert night.without.mean < 0.8 * day.without.mean
    assert night.effect.mean == pytest.approx(day.effect.mean)


def test_a_question_is_an_event_on_a_point(fitted: Fitted) -> None:
    asked = Question("event.sport.match", *STADIUM, to_us(NEXT), to_us(NEXT) + 7_200_000_000,
                     (None, PEOPLE, None))  # fmt: skip
    told = fitted[1].predict(asked)
    same = fitted[1].expected(occasion("", "event.sport.match", STADIUM, NEXT))
    assert told.expected.over().effect.mean == pytest.approx(same.expected.over().effect.mean)


def test_what_another_event_brings_is_not_taken_for_this_one_s(fitted: Fitted) -> None:
    model = fitted[1]
    match = next(e.occasion for e in model.past if e.occasion.kind.endswith("match"))
    beside = occasion("fair", "event.fair", (STADIUM[0] + 100, STADIUM[1]), FIRST)
    beside = replace(beside, starts_us=match.starts_us, ends_us=match.ends_us)
    told = model.expected(beside)
    assert float(told.expected.others.sum()) == pytest.approx(48.0, rel=0.2)
    alone = model.expected(replace(beside, footprint=match.footprint.buffer(1).centroid.buffer(1),
                                   starts_us=match.starts_us + 3 * 86_400_000_000,
                                   ends_us=match.ends_us + 3 * 86_400_000_000))  # fmt: skip
    assert float(alone.expected.others.sum()) == 0.0


def test_an_unknown_kind_takes_the_rates_of_the_closest_branch(fitted: Fitted) -> None:
    asked = occasion("new", "event.sport.race", SQUARE, NEXT)
    assert fitted[1].expected(asked).basis.kind == "event.sport"


def test_an_unknown_crowd_is_supposed_and_doubted(fitted: Fitted) -> None:
    model = fitted[1]
    known = occasion("next", "event.sport.match", STADIUM, NEXT)
    silent = replace(known, attendance=(None, None, None))
    sure, unsure = model.expected(known), model.expected(silent)
    assert unsure.basis.supposed
    assert unsure.people == PEOPLE
    wide = unsure.expected.over().effect
    narrow = sure.expected.over().effect
    assert wide.high80 - wide.low80 > 1.5 * (narrow.high80 - narrow.low80)


def test_a_vaguer_crowd_than_usual_widens_the_interval(fitted: Fitted) -> None:
    model = fitted[1]
    usual = occasion("next", "event.sport.match", STADIUM, NEXT)
    vague = replace(usual, attendance=(0.2 * PEOPLE, PEOPLE, 2.5 * PEOPLE))
    assert vagueness(vague) > vagueness(usual)
    narrow, wide = (model.expected(one).expected.over().effect for one in (usual, vague))
    assert wide.high80 - wide.low80 > 2 * (narrow.high80 - narrow.low80)


def test_many_plans_are_answered_from_the_rates_alone(fitted: Fitted) -> None:
    model = fitted[1]
    plans = [
        occasion(f"p{i}", kind, STADIUM, NEXT + timedelta(days=i % 30))
        for i, kind in enumerate(("event.sport.match", "event.market", "event.fair") * 100)
    ]
    found = model.expected_excess(plans)
    assert len(found) == 300
    match = found["p0"]
    whole = model.expected(plans[0]).expected.over().effect
    assert match.mid == pytest.approx(whole.mean)
    assert match.low <= match.mid <= match.high
    assert match.events == len(model.expected(plans[0]).basis.plan_ids)
    assert model.expected_excess([]) == {}


def test_a_city_without_past_events_foresees_no_effect_and_says_so(fitted: Fitted) -> None:
    history = fitted[0].history
    empty = History(history.facts, (), history.calendar, history.from_us, history.until_us)
    model = EffectModel(empty)
    asked = occasion("next", "event.sport.match", STADIUM, NEXT)
    told = model.expected(asked)
    assert told.expected.over().effect.mean == 0.0
    assert told.basis.plan_ids == ()
    assert model.expected_excess([asked]) == {}
    assert told.expected.over().without.mean > 1.0


def test_other_rings_and_hours_can_be_asked_for(fitted: Fitted) -> None:
    bins = Bins(rings_m=(800.0, 1_600.0), before_h=2)
    model = EffectModel(fitted[0].history, bins)
    assert model.past[0].observed.shape == (3, 2, len(bins.hours))
    assert model.rate("event.sport.match").mean == pytest.approx(24.0, rel=0.2)


def test_fitted_on_some_events_it_knows_nothing_of_the_others(fitted: Fitted) -> None:
    model = fitted[1]
    markets = np.array(
        [row for row, e in enumerate(model.past) if e.occasion.kind == "event.market"]
    )
    blind = model.fitted_on(markets)
    assert "event.sport.match" not in blind.rates
    assert "event.sport.match" in model.rates


@pytest.mark.parametrize("looks", [0, 3, 30, 60])
def test_a_fit_ends_between_two_events_when_it_is_told_to(fitted: Fitted, looks: int) -> None:
    with pytest.raises(Stopping), stoppable(After(looks)):
        EffectModel(fitted[0].history)
