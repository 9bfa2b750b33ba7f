"""One fact, then another near it: both bounds inclusive, never itself."""

from hypothesis import given
from hypothesis import strategies as st
from tests.rules.watching import T0, fact, found, rings, sample

from vigie.judge.watched import MINUTE_US


def test_it_says_how_far_and_how_soon() -> None:
    (one,) = found("followed_by", sample("followed_by"))

    assert one.subjects == ("a", "b")
    assert "222 m" in one.explanation["fr"]
    assert "20 min après" in one.explanation["fr"]


def test_a_minute_late_or_a_metre_too_far_stays_silent() -> None:
    assert rings("followed_by", sample("followed_by"), within_min=19, within_m=300) == []
    assert rings("followed_by", sample("followed_by"), within_m=222) == []


def test_the_other_order_counts_only_without_order() -> None:
    told = sample("followed_by")
    told["parameters"] |= {"first_kind": "rescue", "then_kind": "road.accident"}

    assert rings("followed_by", told) == []
    assert len(rings("followed_by", told, ordered=False)) == 1


def test_the_same_source_twice_is_not_two_sources() -> None:
    told = sample("followed_by")
    told["facts"] = [one | {"source": "log"} for one in told["facts"]]

    assert rings("followed_by", told, other_source=True) == []


minutes = st.lists(st.integers(0, 600), max_size=25)


@given(minutes, minutes, st.integers(1, 60))
def test_windows_hold_exactly_the_pairs_of_a_plain_search(
    first: list[int], then: list[int], within: int
) -> None:
    rows = [fact(f"a{i}", "road.accident", T0 + m * MINUTE_US) for i, m in enumerate(first)]
    rows += [fact(f"b{i}", "rescue.fire", T0 + m * MINUTE_US) for i, m in enumerate(then)]
    asked = {"first_kind": "road", "then_kind": "rescue", "within_min": within}
    told = {"parameters": asked, "facts": rows}
    plain = {m for m in then if any(m - within <= other <= m for other in first)}

    rung = {(at_us - T0) // MINUTE_US for at_us in rings("followed_by", told, quiet_min=0)}

    assert rung == plain
