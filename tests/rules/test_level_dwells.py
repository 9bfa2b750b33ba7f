"""A stay beyond a level rings when it has lasted, not before."""

from tests.rules.watching import found, rings, sample


def test_it_says_how_long() -> None:
    (one,) = found("level_dwells", sample("level_dwells"))

    assert "depuis 15 min" in one.explanation["fr"]
    assert one.numbers["extreme"] == 84


def test_a_longer_stay_asked_for_stays_silent() -> None:
    assert rings("level_dwells", sample("level_dwells"), stays_min=26) == []


def test_a_short_dip_above_the_release_does_not_end_the_stay() -> None:
    assert len(rings("level_dwells", sample("level_dwells"), release=78)) == 1
    assert rings("level_dwells", sample("level_dwells"), release=79.5) == []
