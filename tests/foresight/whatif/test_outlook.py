"""Draws of what may happen: right on average, and shared by two versions of an event."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from vigie.foresight.whatif.load import HOUR_US
from vigie.foresight.whatif.outlook import (
    MOST_FACTS,
    Outlook,
    agents_needed,
    draw_facts,
    loading,
    within,
)

KINDS = ("offence.person.brawl", "road.traffic.obstruction", "space.cleanliness.dumping")


def outlook(without=1.0, effect=0.0, *, hours=6, cv=0.0, differ=0.0, spread=1.0):
    size = (len(KINDS), hours)
    each = np.ones(len(KINDS))
    return Outlook(
        kinds=KINDS,
        first_us=0,
        without=np.full(size, float(without)),
        without_cv=each * cv,
        effect=np.full(size, float(effect)),
        effect_cv=each * cv,
        differ=differ,
        spread=each * spread,
    )


def test_counts_are_poisson_when_the_expectation_is_known():
    counts = draw_facts(outlook(), draws=4_000).counts()
    assert counts.mean() == pytest.approx(18, abs=0.3)
    assert counts.var() == pytest.approx(18, rel=0.1)


def test_doubt_and_spread_widen_the_counts_and_leave_the_mean():
    counts = draw_facts(outlook(cv=0.3, spread=2.0), draws=4_000).counts()
    assert counts.mean() == pytest.approx(18, abs=0.6)
    assert counts.var() > 1.5 * 18


def test_a_draw_is_bounded_where_next_to_nothing_is_known():
    counts = draw_facts(outlook(1e6, cv=50.0), draws=20).counts()
    most = len(KINDS) * MOST_FACTS
    assert most / 2 < counts.max() <= most + 10 * most**0.5


def test_an_event_that_keeps_facts_away_never_gives_fewer_than_none():
    assert draw_facts(outlook(1.0, -2.0)).counts().max() == 0
    assert draw_facts(outlook(2.0, -1.0), draws=2_000).counts().mean() == pytest.approx(18, abs=0.5)


def test_the_same_seed_gives_the_same_facts_and_another_seed_others():
    one, two = draw_facts(outlook(), seed=3), draw_facts(outlook(), seed=3)
    assert np.array_equal(one.minute, two.minute)
    assert not np.array_equal(one.counts(), draw_facts(outlook(), seed=4).counts())


@settings(max_examples=25)
@given(st.floats(0.0, 4.0), st.floats(0.0, 2.0), st.integers(0, 20))
def test_more_expected_never_draws_fewer_in_any_draw(without, more, seed):
    low = draw_facts(outlook(without), seed=seed, draws=50).counts()
    high = draw_facts(outlook(without + more), seed=seed, draws=50).counts()
    assert (high >= low).all()


def test_the_difference_of_two_versions_is_far_narrower_than_the_versions_apart():
    before, after = draw_facts(outlook(5.0, cv=0.3)), draw_facts(outlook(5.2, cv=0.3))
    change = after.counts() - before.counts()
    assert change.std() < 0.3 * before.counts().std()
    assert change.mean() == pytest.approx(3 * 6 * 0.2, abs=0.8)


def test_facts_fall_in_the_hours_in_which_they_are_expected():
    shape = outlook(0.0)
    shape.without[:, 4] = 3.0
    minutes = draw_facts(shape).minute
    assert minutes.min() >= 240
    assert minutes.max() < 300


def test_only_kinds_that_take_agents_are_kept_for_the_load():
    kept = loading(outlook())
    assert kept.kinds == KINDS[:2]
    assert kept.without.shape == (2, 6)


def test_facts_outside_a_window_are_left_out():
    drawn = draw_facts(outlook())
    inside = within(drawn, outlook(), (HOUR_US, 2 * HOUR_US))
    assert 0 < len(inside.minute) < len(drawn.minute)
    assert inside.minute.min() >= 60
    assert inside.minute.max() < 120


def test_agents_needed_grow_with_what_is_expected():
    posts = np.zeros(400)
    quiet, busy = outlook(0.2), outlook(4.0)
    few = agents_needed(quiet, draw_facts(quiet), HOUR_US, 5 * HOUR_US, posts)
    many = agents_needed(busy, draw_facts(busy), HOUR_US, 5 * HOUR_US, posts)
    assert few.mean() < many.mean()
    assert few.min() >= 2
