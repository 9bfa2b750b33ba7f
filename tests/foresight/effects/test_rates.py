"""Rates pooled over similar events."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from vigie.foresight.effects.rates import (
    Rates,
    Seen,
    branches,
    leaning,
    learn_weights,
    moment_rates,
    nearest,
    pooled_rates,
    relatives,
    widening,
)

RINGS = np.array([[0.5, 0.3, 0.2]])


def _seen(
    rate: float, events: int, *, seed: int = 3, people: float = 2.0, base: float = 8.0
) -> Seen:
    chance = np.random.default_rng(seed)
    expected = np.full((events, 1, 3), base) * np.array([1, 3, 12]) / 16
    mean = expected + rate * people * RINGS[None]
    return Seen(
        observed=chance.poisson(np.maximum(mean, 0.0)).astype(float),
        expected=expected,
        known=np.zeros((events, 1, 3)),
        spread=np.ones(1),
        people=np.full(events, people),
        differ=np.zeros(events),
        shared=np.eye(events),
    )


def _joined(*parts: Seen) -> Seen:
    return Seen(
        np.concatenate([p.observed for p in parts]),
        np.concatenate([p.expected for p in parts]),
        np.concatenate([p.known for p in parts]),
        np.ones(1),
        np.concatenate([p.people for p in parts]),
        np.concatenate([p.differ for p in parts]),
        np.eye(sum(len(p.people) for p in parts)),
    )


def test_the_rate_of_many_events_is_found_and_its_interval_holds_it() -> None:
    seen = _seen(5.0, 60)
    found = pooled_rates(seen, ("a.b",) * 60, dict.fromkeys(("", "a", "a.b"), RINGS))
    told = found["a.b"]
    low, high = told.quantiles(np.array([0.025, 0.975]))[0]
    assert low < 5.0 < high
    assert float(told.mean[0]) == pytest.approx(5.0, abs=0.5)
    assert float(told.mass.sum()) == pytest.approx(1.0)


def test_rings_full_of_the_effect_and_of_little_else_make_it_better_known() -> None:
    seen = _seen(5.0, 30)
    flat = dict.fromkeys(("", "a"), np.array([[1, 3, 12]]) / 16)
    near = dict.fromkeys(("", "a"), RINGS)
    kinds = ("a",) * 30
    wide = pooled_rates(seen, kinds, flat)["a"].variance
    narrow = pooled_rates(seen, kinds, near)["a"].variance
    assert float(narrow[0]) < 0.8 * float(wide[0])


def test_what_brings_nothing_is_close_to_nothing_beside_what_brings_much() -> None:
    seen = _joined(_seen(6.0, 40), _seen(0.0, 40, seed=4))
    kinds = ("a.loud",) * 40 + ("a.quiet",) * 40
    codes = ("", "a", "a.loud", "a.quiet")
    found = pooled_rates(seen, kinds, dict.fromkeys(codes, RINGS))
    assert abs(float(found["a.quiet"].mean[0])) < 0.5
    assert float(found["a.loud"].mean[0]) > 5.0


def test_one_event_alone_leans_on_its_relatives_and_is_less_sure() -> None:
    seen = _joined(_seen(6.0, 40), _seen(6.0, 1, seed=9))
    kinds = ("a.known",) * 40 + ("a.new",)
    found = pooled_rates(seen, kinds, dict.fromkeys(("", "a", "a.known", "a.new"), RINGS))
    assert float(found["a.new"].variance[0]) > 3 * float(found["a.known"].variance[0])
    assert float(found["a.new"].mean[0]) > 1.0


def test_a_rate_may_be_negative() -> None:
    seen = _seen(-2.0, 80)
    found = pooled_rates(seen, ("a",) * 80, dict.fromkeys(("", "a"), RINGS))
    assert float(found["a"].quantiles(np.array([0.975]))[0, 0]) < 0.0


def test_moments_are_excess_over_people() -> None:
    seen = Seen(
        observed=np.full((2, 1, 3), 4.0),
        expected=np.full((2, 1, 3), 2.0),
        known=np.zeros((2, 1, 3)),
        spread=np.ones(1),
        people=np.array([1.0, 2.0]),
        differ=np.zeros(2),
        shared=np.eye(2),
    )
    excess, error = moment_rates(seen)
    assert excess.tolist() == [pytest.approx(4.0)]
    assert error.tolist() == [pytest.approx(24**0.5 / 3)]


def test_a_kind_never_leans_on_itself() -> None:
    below = branches(("e.sport.match", "e.sport.race", "e.market"))
    assert relatives("e.sport.match", below) == ("e.sport.race",)
    assert relatives("e.sport", below) == ("e.market",)
    assert relatives("e.market", below) == ("e.sport.match", "e.sport.race")
    assert relatives("", below) == ()
    assert relatives("e.sport.match", branches(("e.sport.match",))) == ()


def test_branches_go_from_the_root_to_each_kind() -> None:
    found = {code: rows.tolist() for code, rows in branches(("a.b", "a", "c.d")).items()}
    assert found == {"": [0, 1, 2], "a": [0, 1], "c": [2], "a.b": [0], "c.d": [2]}
    assert nearest(found, "a.b.x") == "a.b"
    assert nearest(found, "z") == ""


def test_weights_go_to_the_scale_that_explains() -> None:
    evidence = np.array([[0.1, 0.9], [0.2, 0.8], [0.1, 0.7]] * 30)
    assert learn_weights(evidence)[1] > 0.9


def test_events_that_share_nothing_and_do_not_differ_are_told_as_they_are() -> None:
    assert widening(_seen(5.0, 20), RINGS)[0] == pytest.approx(1.0)


@settings(max_examples=40)
@given(st.floats(0.0, 1.0), st.floats(0.0, 1.0), st.floats(0.0, 0.5))
def test_the_more_events_share_or_differ_the_less_they_tell_together(
    shared: float, more: float, differ: float
) -> None:
    seen = replace(_seen(5.0, 10), known=np.full((10, 1, 3), 4.0))

    def wide(share: float, varied: float) -> float:
        alike = np.where(np.eye(10) > 0, 1.0, share)
        of = replace(seen, shared=alike, differ=np.full(10, varied))
        return float(widening(of, RINGS)[0])

    assert 1.0 <= wide(shared * more, differ) <= wide(shared, differ) + 1e-9
    assert wide(shared, differ * more) <= wide(shared, differ) + 1e-9


def test_intervals_hold_the_rate_as_often_as_said_where_controls_are_shared_and_events_differ() -> (
    None
):
    """400 cities: one error of the expectation for all events of a place, 25 % between events."""
    events, people, rate, base, unknown, varied = 20, 2.0, 5.0, 8.0, 1.5, 0.25
    chance = np.random.default_rng(8)
    held = {"told": 0, "as if apart": 0}
    share = np.array([1, 3, 12]) / 16
    for _ in range(400):
        wrong = chance.normal(0.0, unknown * share)
        own = rate * (1 + chance.normal(0.0, varied, events))[:, None] * RINGS * people
        mean = base * share + own
        expected = np.maximum(np.full((events, 3), base * share) + wrong, 0.1)
        seen = Seen(
            observed=chance.poisson(np.maximum(mean, 0.0))[:, None].astype(float),
            expected=expected[:, None],
            known=np.broadcast_to((unknown * share) ** 2, (events, 3))[:, None].copy(),
            spread=np.ones(1),
            people=np.full(events, people),
            differ=np.full(events, varied**2),
            shared=np.ones((events, events)),
        )
        apart = replace(seen, differ=np.zeros(events), shared=np.eye(events))
        for name, of in (("told", seen), ("as if apart", apart)):
            flat = leaning(of, np.zeros(1), np.array([0.1, 50.0]), RINGS).rates(
                np.array([0.0, 1.0])
            )
            told = flat.estimate(np.ones(1))
            held[name] += told.low80 <= rate <= told.high80
    assert 0.75 <= held["told"] / 400 <= 0.85
    assert held["as if apart"] / 400 < 0.70


def test_a_rate_that_may_be_nothing_says_so_alone_and_together() -> None:
    wide_open = np.array([0.0, 1.0])
    flat = leaning(_seen(0.0, 8), np.zeros(1), np.array([0.1, 50.0]), RINGS).rates(wide_open)
    alone = flat.estimate(np.ones(1))
    assert alone.low95 < alone.low80 < alone.low50 < alone.high50 < alone.high80 < alone.high95
    assert alone.low80 < 0.0 < alone.high80
    both = Rates(np.repeat(flat.grid, 2, axis=0), np.repeat(flat.mass, 2, axis=0))
    told = both.estimate(np.ones(2))
    wide = told.high80 - told.low80
    assert wide == pytest.approx((alone.high80 - alone.low80) * 2**0.5, rel=0.1)
    assert both.estimate(np.zeros(2)).mean == 0.0
