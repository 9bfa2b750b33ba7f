"""Rates pooled over similar events."""

from __future__ import annotations

import numpy as np
import pytest

from vigie.foresight.effects.rates import (
    Seen,
    branches,
    learn_weights,
    moment_rates,
    nearest,
    pooled_rates,
    relatives,
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
    )


def _joined(*parts: Seen) -> Seen:
    return Seen(
        np.concatenate([p.observed for p in parts]),
        np.concatenate([p.expected for p in parts]),
        np.concatenate([p.known for p in parts]),
        np.ones(1),
        np.concatenate([p.people for p in parts]),
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
