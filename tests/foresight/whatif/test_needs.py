"""Means learnt from the past: the rule without it, the practice with it, wide where it is thin."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from vigie.base.errors import WrongUsage
from vigie.foresight.whatif.estimates import difference
from vigie.foresight.whatif.needs import (
    RULES,
    PastMeans,
    barriers_by_length,
    learn,
    pool_of,
    rule_of_thumb,
    stewards,
    usual,
)

MATCH, CONCERT = "event.sport.match", "event.culture.concert"


def past(n, *, kind=MATCH, per_thousand=4.0, seed=0, noise=0.0, name="agents"):
    chance = np.random.default_rng(seed)
    public = chance.uniform(2_000, 60_000, n)
    number = public / 1_000 * per_thousand * np.exp(noise * chance.normal(size=n))
    return [
        PastMeans(f"{kind}-{i}", kind, float(p), i, {name: float(k)})
        for i, (p, k) in enumerate(zip(public, number, strict=True))
    ]


def width(estimate):
    return estimate.high / max(estimate.low, 1e-9)


def test_without_a_past_the_rule_answers_and_the_interval_is_wide():
    told = usual([], MATCH, "agents", 10_000)
    assert told.base == 0
    assert told.method == "rule"
    assert told.low < 20 < told.high
    assert width(told) > 5


def test_a_practice_is_learnt_and_the_interval_narrows_with_each_event():
    few, many = usual(past(6), MATCH, "agents", 20_000), usual(past(60), MATCH, "agents", 20_000)
    assert many.likely == pytest.approx(80, rel=0.05)
    assert width(many) < width(few) < width(usual([], MATCH, "agents", 20_000))
    assert few.small
    assert not many.small


def test_an_estimate_names_the_past_events_it_rests_on_newest_first():
    told = usual(past(30), MATCH, "agents", 20_000)
    assert told.base == 30
    assert told.basis[0] == "event.sport.match-29"
    assert len(told.basis) == 20
    assert told.pool == MATCH


def test_a_kind_with_too_few_events_learns_from_the_kind_above_and_says_so():
    events = [*past(2, kind="event.sport.race"), *past(9, kind=MATCH)]
    assert pool_of(events, "event.sport.race")[0] == "event.sport"
    assert len(pool_of(events, "event.sport.race")[1]) == 11


def test_a_kind_alone_learns_from_all_kinds_where_there_are_enough():
    pool, used = pool_of(past(9, kind=CONCERT), MATCH)
    assert (pool, len(used)) == ("", 9)
    assert pool_of(past(2, kind=CONCERT), MATCH) == ("", [])


def test_the_same_seed_gives_the_same_draws_so_that_a_change_has_its_own_interval():
    line = learn(past(20, noise=0.4), MATCH, "agents")
    before, after = line.numbers(20_000), line.numbers(22_000)
    change = difference(after, before, line.estimate(22_000))
    apart = line.estimate(22_000).high - line.estimate(20_000).low
    assert 0 < change.low < change.likely < change.high
    assert change.high - change.low < 0.3 * apart
    assert np.array_equal(before, learn(past(20, noise=0.4), MATCH, "agents").numbers(20_000))


def test_eighty_of_a_hundred_new_events_lie_within_the_interval():
    inside = 0
    for seed in range(200):
        events = past(13, noise=0.4, seed=seed)
        new = events.pop()
        told = usual(events, MATCH, "agents", new.public)
        inside += told.low <= new.means["agents"] <= told.high
    assert 0.72 <= inside / 200 <= 0.9


def test_events_that_do_not_tell_a_means_teach_nothing_about_it():
    assert usual(past(20, name="barriers"), MATCH, "agents", 10_000).base == 0


def test_a_means_without_a_rule_is_refused():
    with pytest.raises(WrongUsage):
        learn([], MATCH, "horses")
    with pytest.raises(WrongUsage):
        rule_of_thumb("horses", 10)


def test_barriers_follow_the_lengths():
    assert barriers_by_length(101, 0).likely == 51
    assert barriers_by_length(0, 3).likely == 3 * 2 * 4
    assert barriers_by_length(100, 1, share=0.5).likely == 25 + 8
    with pytest.raises(WrongUsage):
        barriers_by_length(100, 0, share=1.5)


def test_an_enclosed_event_has_at_least_two_stewards():
    assert stewards(10).likely == 2
    assert stewards(2_001).likely == 21


@pytest.mark.parametrize("name", RULES)
def test_every_rule_grows_with_the_public(name):
    numbers = [rule_of_thumb(name, public).likely for public in (0, 100, 10_000, 80_000)]
    assert numbers == sorted(numbers)
    assert numbers[0] >= 0


@settings(max_examples=40, deadline=None)
@given(st.floats(0, 100_000), st.integers(0, 12), st.sampled_from(sorted(RULES)))
def test_an_interval_is_ordered_and_never_negative(public, n, name):
    told = usual(past(n, name=name, noise=0.5), MATCH, name, public)
    assert 0 <= told.low <= told.likely <= told.high
