"""A limit on facts in a sliding window: rings once, and again only after re-arming."""

import itertools

from hypothesis import given
from hypothesis import strategies as st
from tests.rules.watching import T0, fact, found, rings, sample

from vigie.judge.watched import MINUTE_US


def test_it_says_the_number_and_the_limit() -> None:
    (one,) = found("count_high", sample("count_high"))

    assert "3 en 60 min dans la ville (limite : 3)" in one.explanation["fr"]
    assert one.numbers["observed"] == 3
    assert one.geometry is not None


def test_one_fact_fewer_stays_silent() -> None:
    assert rings("count_high", sample("count_high"), on=5, off=1) == []


@given(st.lists(st.integers(0, 1_300), max_size=60), st.integers(2, 8))
def test_it_rings_once_between_two_returns_to_the_lower_level(minutes: list[int], on: int) -> None:
    rows = [fact(f"f{i}", "road.accident", T0 + m * MINUTE_US) for i, m in enumerate(minutes)]
    told = {"parameters": {"kind": "road", "on": on, "off": on - 1}, "facts": rows}
    rung = rings("count_high", told, quiet_min=0)

    def count(at_us: int) -> int:
        return sum(at_us - 60 * MINUTE_US < row["earliest_us"] <= at_us for row in rows)

    assert all(count(at_us) >= on for at_us in rung)
    for one, other in itertools.pairwise(rung):
        moments = {row["earliest_us"] + 60 * MINUTE_US for row in rows} | set(rung)
        assert any(count(at_us) < on for at_us in moments if one < at_us <= other)
