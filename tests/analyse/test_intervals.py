"""The Poisson interval is exact (Garwood), checked against published limits."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vigie.analyse.intervals import EXACT_UP_TO, poisson_interval

# Exact 95 % limits as tabulated by Ulm (1990), Am. J. Epidemiology 131:373, and by
# Breslow & Day (1987), table 2.11.
PUBLISHED = [
    (0, 0.0, 3.69),
    (1, 0.0253, 5.57),
    (2, 0.242, 7.22),
    (5, 1.62, 11.67),
    (10, 4.80, 18.39),
    (20, 12.22, 30.89),
    (50, 37.11, 65.92),
    (100, 81.36, 121.63),
]


@pytest.mark.parametrize(("count", "low", "high"), PUBLISHED)
def test_published_limits(count: int, low: float, high: float) -> None:
    found = poisson_interval(count)

    assert found[0] == pytest.approx(low, abs=0.006)
    assert found[1] == pytest.approx(high, abs=0.006)


def _cdf(count: int, rate: float) -> float:
    terms = [k * math.log(rate) - rate - math.lgamma(k + 1) for k in range(count + 1)]
    return math.fsum(math.exp(term) for term in terms)


@given(st.integers(1, 400))
def test_the_limits_are_the_rates_at_the_tails(count: int) -> None:
    low, high = poisson_interval(count)

    assert 1 - _cdf(count - 1, low) == pytest.approx(0.025, abs=1e-6)
    assert _cdf(count, high) == pytest.approx(0.025, abs=1e-6)


def test_both_methods_meet() -> None:
    exact, near = poisson_interval(EXACT_UP_TO), poisson_interval(EXACT_UP_TO + 1)

    assert near[0] - exact[0] == pytest.approx(1, abs=0.1)
    assert near[1] - exact[1] == pytest.approx(1, abs=0.1)


def test_a_negative_count_is_an_error() -> None:
    with pytest.raises(ValueError, match="negative"):
        poisson_interval(-1)
