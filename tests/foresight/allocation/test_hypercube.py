"""The hypercube queue: the printed example, the queues it contains, and its sum laws."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from vigie.base.errors import WrongUsage
from vigie.foresight.allocation.hypercube import approximate, erlang_c, hypercube

RATES = [0.5, 0.25, 0.35, 0.40]
ORDERS = [[0, 1, 2], [0, 2, 1], [1, 0, 2], [2, 0, 1]]


def erlang_b(offered: float, units: int) -> float:
    """Return the probability that a call is lost in M/M/c/c, from its definition."""
    terms = np.cumprod([1.0, *(offered / k for k in range(1, units + 1))])
    return float(terms[-1] / terms.sum())


@st.composite
def cities(draw: st.DrawFn) -> tuple[Any, Any]:
    units, atoms = draw(st.integers(1, 5)), draw(st.integers(1, 6))
    rates = np.array(draw(st.lists(st.floats(0.01, 1.0), min_size=atoms, max_size=atoms)))
    orders = [draw(st.permutations(range(units))) for _ in range(atoms)]
    return rates * (draw(st.floats(0.05, 0.95)) * units / rates.sum()), np.array(orders)


def test_the_example_of_larson_and_odoni_gives_its_printed_workloads() -> None:
    """T13: Urban Operations Research, 5.4.4: .5574, .4734, .4693; a queue stands .1184."""
    found = hypercube(RATES, ORDERS)
    assert found.workloads.round(4).tolist() == [0.5574, 0.4734, 0.4693]
    assert found.waiting == pytest.approx(0.1184, abs=5e-5)
    assert found.workloads.mean() == pytest.approx(0.5)


def test_the_approximation_is_within_one_point_of_the_example() -> None:
    exact, near = hypercube(RATES, ORDERS), approximate(RATES, ORDERS)
    assert not near.exact
    assert np.abs(near.workloads - exact.workloads).max() < 0.01
    assert np.abs(near.dispatch - exact.dispatch).max() < 0.005


@given(cities())
@settings(max_examples=30, deadline=None)
def test_whatever_the_preferences_a_call_waits_as_in_the_common_queue(city: Any) -> None:
    """T15: the number of busy units is that of M/M/c, so that a call waits as Erlang's C says."""
    rates, orders = city
    offered, units = float(rates.sum()), orders.shape[1]
    found = hypercube(rates, orders)
    waits = erlang_c(offered, units)
    assert found.all_busy == pytest.approx(waits, abs=1e-9)
    assert found.wait == pytest.approx(waits / (units - offered), rel=1e-7)
    assert hypercube(rates, orders, queue="zero").all_busy == pytest.approx(
        erlang_b(offered, units), abs=1e-9
    )


@given(cities(), st.sampled_from(["infinite", "zero"]))
@settings(max_examples=30, deadline=None)
def test_workloads_are_shares_and_add_up_to_the_work_that_is_done(city: Any, queue: Any) -> None:
    rates, orders = city
    for found in (hypercube(rates, orders, queue=queue), approximate(rates, orders, queue=queue)):
        lost = found.all_busy if queue == "zero" else 0.0
        assert (found.workloads >= 0.0).all()
        assert (found.workloads <= 1.0).all()
        assert found.workloads.sum() == pytest.approx(rates.sum() * (1.0 - lost), rel=1e-6)
        assert found.dispatch.sum() == pytest.approx(1.0 - lost, rel=1e-6)


@given(cities(), st.sampled_from(["infinite", "zero"]))
@settings(max_examples=30, deadline=None)
def test_a_unit_is_busy_with_the_calls_it_is_sent_to(city: Any, queue: Any) -> None:
    """Little's law, unit by unit: workload = calls taken x mean service."""
    rates, orders = city
    found = hypercube(rates, orders, queue=queue)
    taken = found.dispatch.sum(axis=0) * rates.sum()
    assert found.workloads == pytest.approx(taken, abs=1e-8)


@pytest.mark.parametrize("offered", [0.3, 1.7, 3.9])
def test_units_asked_in_one_order_share_the_work_as_erlang_computed(offered: float) -> None:
    """Of lost calls, unit n carries a (B(n - 1) - B(n)): A. K. Erlang, 1917."""
    units = 5
    found = hypercube([offered], [list(range(units))], queue="zero")
    expected = [offered * (erlang_b(offered, n) - erlang_b(offered, n + 1)) for n in range(units)]
    assert found.workloads == pytest.approx(expected, abs=1e-9)


def test_units_of_different_speed_balance_with_the_calls_they_complete() -> None:
    speed = np.array([0.5, 1.0, 2.0])
    found = hypercube(RATES, ORDERS, speed)
    assert found.workloads @ speed == pytest.approx(sum(RATES))
    taken = found.dispatch.sum(axis=0) * sum(RATES)
    assert found.workloads * speed == pytest.approx(taken, abs=1e-8)


def test_twelve_units_are_exact_and_thirteen_are_approximate() -> None:
    rng = np.random.default_rng(3)
    orders = np.array([rng.permutation(12) for _ in range(40)])
    rates = rng.random(40)
    rates *= 7.0 / rates.sum()
    exact, near = hypercube(rates, orders), approximate(rates, orders)
    assert exact.exact
    assert exact.all_busy == pytest.approx(erlang_c(7.0, 12), abs=1e-9)
    assert np.abs(exact.workloads - near.workloads).max() < 0.01
    assert not hypercube([1.0], [list(range(13))]).exact


def test_travel_weighs_each_unit_by_the_calls_it_takes() -> None:
    found = hypercube([1.0], [[0, 1]], queue="zero")
    times = np.array([[2.0, 10.0]])
    shares = found.dispatch[0] / found.dispatch.sum()
    assert found.travel(times) == pytest.approx(float(shares @ times[0]))
    assert found.within(times, 5.0) == pytest.approx(float(shares[0]))


@pytest.mark.parametrize(
    ("rates", "orders"),
    [
        ([3.0], [[0, 1, 2]]),
        ([0.0], [[0, 1]]),
        ([-1.0], [[0]]),
        ([0.1], [[0, 0]]),
        ([0.1, 0.1], [[0, 1]]),
    ],
)
def test_a_queue_without_end_and_sizes_that_do_not_fit_are_refused(
    rates: list[float], orders: list[list[int]]
) -> None:
    with pytest.raises(WrongUsage):
        hypercube(rates, orders)


def test_erlang_c_of_one_unit_is_its_load_and_of_none_is_refused() -> None:
    assert erlang_c(0.4, 1) == pytest.approx(0.4)
    with pytest.raises(WrongUsage):
        erlang_c(2.0, 2)
