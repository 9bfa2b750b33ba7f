"""Empirical Bayes: Hauer's weight, intervals that hold, and the mean it returns to."""

import numpy as np
import pytest

from vigie.analyse.expected_safety import estimate_safety, tells_later


def _city(seed: int, scatter: float, places: int = 300):
    """Return rates, counts, lengths and traffic of places of gamma rates."""
    chance = np.random.default_rng(seed)
    length, traffic = chance.uniform(0.1, 3, places), chance.lognormal(8, 0.7, places)
    mean = 3 * length * (traffic / 3_000) ** 0.7
    rate = mean * (chance.gamma(1 / scatter, scatter, places) if scatter else 1.0)
    return rate, chance.poisson(rate).astype(float), length, traffic


def test_the_weight_is_that_of_hauer() -> None:
    """Weight 1 / (1 + expected x scatter); the estimate lies between exposure and count."""
    _, counts, length, traffic = _city(1, 0.5)
    found = estimate_safety(counts, length, traffic)
    weight = 1 / (1 + found.expected * found.scatter)

    assert found.estimate == pytest.approx(weight * found.expected + (1 - weight) * counts)
    assert (np.minimum(counts, found.expected) <= found.estimate + 1e-9).all()
    assert (found.low < found.estimate).all()
    assert (found.estimate < found.high).all()


def test_scatter_and_the_power_of_traffic_are_found_again() -> None:
    found = [estimate_safety(*_city(seed, 0.4)[1:]) for seed in range(12)]

    assert np.mean([one.scatter for one in found]) == pytest.approx(0.4, rel=0.25)
    assert np.mean([one.slope[0] for one in found]) == pytest.approx(0.7, abs=0.08)


@pytest.mark.parametrize("scatter", [0.0, 0.3, 1.0])
def test_the_interval_holds_the_true_rate_nineteen_times_of_twenty(scatter: float) -> None:
    inside = []
    for seed in range(12):
        rate, counts, length, traffic = _city(seed, scatter)
        found = estimate_safety(counts, length, traffic)
        inside.append((found.low <= rate) & (rate <= found.high))

    assert 0.92 <= np.mean(inside) <= 1.0


def test_it_tells_the_next_year_better_than_the_count_and_than_exposure() -> None:
    chance = np.random.default_rng(3)
    rate, before, length, traffic = _city(3, 0.5)
    off = tells_later(before, chance.poisson(rate).astype(float), length, traffic)

    assert off["estimate"] < off["count"]
    assert off["estimate"] < off["exposure"]


def test_where_no_traffic_is_measured_length_alone_tells() -> None:
    _, counts, length, _ = _city(5, 0.3)
    found = estimate_safety(counts, length, np.full(len(counts), np.nan))

    assert np.isnan(found.slope[0])
    assert found.expected / length == pytest.approx(
        np.full(len(counts), counts.sum() / length.sum())
    )


def test_places_without_a_measure_have_a_level_of_their_own() -> None:
    _, counts, length, traffic = _city(6, 0.2)
    traffic[::2] = np.nan
    counts[::2] *= 3
    found = estimate_safety(counts, length, traffic)

    assert found.expected[::2].sum() == pytest.approx(counts[::2].sum())


def test_p_is_even_where_nothing_is() -> None:
    """Share of places at 5 % or less: at most that, for counts are whole numbers."""
    p = np.concatenate([estimate_safety(*_city(seed, 0.0)[1:]).p for seed in range(10)])

    assert 0.01 <= (p <= 0.05).mean() <= 0.055


def test_no_accidents_are_no_excess() -> None:
    found = estimate_safety(np.zeros(20), np.ones(20), np.full(20, np.nan))

    assert (found.expected < 1e-6).all()
    assert (found.p == 1.0).all()
