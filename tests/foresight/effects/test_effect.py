"""Foreseen and measured are two things."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from vigie.foresight.effects.effect import Expected, Spread, choose, own_effect

SHAPE = (2, 3, 4)


def _expected(base: float = 24.0, effect: float = 12.0, differ: float = 0.05) -> Expected:
    return Expected(
        base=np.full(SHAPE, base / 24),
        known=np.full((2, 3), 0.02),
        others=np.zeros(SHAPE),
        effect=np.full(SHAPE, effect / 24),
        rate_variance=np.full(2, 0.3),
        differ=differ,
        spread=Spread(np.full(2, 1.1), 1.3),
    )


def test_the_total_is_what_comes_without_and_what_the_event_brings() -> None:
    told = _expected().over()
    assert told.total.mean == pytest.approx(told.without.mean + told.effect.mean)
    assert told.total.high80 - told.total.low80 > told.without.high80 - told.without.low80


@given(st.sets(st.integers(0, 1)), st.sets(st.integers(0, 2)), st.sets(st.integers(0, 3)))
def test_the_parts_of_a_choice_add_up(kinds: set[int], rings: set[int], hours: set[int]) -> None:
    expected = _expected()
    chosen = expected.over(sorted(kinds), sorted(rings), sorted(hours))
    share = len(kinds) * len(rings) * len(hours) / 24
    assert chosen.effect.mean == pytest.approx(12.0 * share)
    assert chosen.without.mean == pytest.approx(24.0 * share, abs=1e-5)


def test_kinds_together_spread_more_than_apart() -> None:
    spread = Spread(np.array([1.1, 1.1]), 1.5)
    assert spread.over(np.array([1.0, 1.0])) == pytest.approx(1.5)
    assert 1.1 < spread.over(np.array([1.0, 0.0])) < 1.5
    assert spread.over(np.zeros(2)) == 1.0


def test_the_excess_is_seen_less_expected_and_knows_nothing_of_the_rates() -> None:
    observed = np.full(SHAPE, 40 / 24)
    told = _expected().measured(observed)
    other = _expected(effect=30.0).measured(observed)
    assert told.observed == pytest.approx(40.0)
    assert told.excess.mean == pytest.approx(16.0)
    assert told.excess == other.excess
    assert other.leaning.mean > told.leaning.mean


@given(st.integers(0, 120), st.floats(0.5, 60.0), st.floats(0.05, 60.0), st.floats(1.0, 2.5))
def test_an_event_s_own_share_lies_between_nothing_and_all_that_was_seen(
    seen: int, usual: float, brought: float, wide: float
) -> None:
    told = own_effect(seen, (usual, usual * wide), (brought, brought * wide))
    assert 0.0 <= told.low95 <= told.low80 <= told.high80 <= told.high95 <= seen
    assert 0.0 <= told.mean <= seen


def test_of_two_poisson_parts_the_own_share_is_binomial() -> None:
    told = own_effect(20, (30.0, 30.0), (10.0, 10.0))
    assert told.mean == pytest.approx(20 * 10 / 40)


def test_where_nothing_is_foreseen_nothing_is_told_apart() -> None:
    assert own_effect(20, (30.0, 30.0), (0.0, 0.0)).high95 == 0.0
    assert own_effect(20, (30.0, 30.0), (-2.0, 2.0)).mean == 0.0


def test_a_negative_effect_keeps_its_sign() -> None:
    told = _expected(effect=-6.0).over()
    assert told.effect.mean == pytest.approx(-6.0)
    assert told.effect.low80 < -6.0 < told.effect.high80
    assert told.total.mean == pytest.approx(18.0)


def test_choosing_nothing_in_particular_chooses_all() -> None:
    assert choose(3, None).tolist() == [1.0, 1.0, 1.0]
    assert choose(3, [1]).tolist() == [0.0, 1.0, 0.0]
