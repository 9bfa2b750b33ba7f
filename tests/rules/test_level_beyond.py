"""A level with hysteresis: between the two levels nothing flaps."""

from tests.rules.watching import found, rings, sample


def test_it_says_the_place_the_value_and_the_level() -> None:
    one = found("level_beyond", sample("level_beyond"))[0]

    assert one.explanation["fr"] == "noise.laeq à « P1 » : 81,0 dB, au-dessus de 80,0."
    assert one.subjects == ("P1",)


def test_a_level_never_reached_stays_silent() -> None:
    assert rings("level_beyond", sample("level_beyond"), on=90, off=85) == []


def test_a_wider_band_rings_less() -> None:
    assert len(rings("level_beyond", sample("level_beyond"), off=60, quiet_min=0)) == 1


def test_below_rings_on_the_way_down() -> None:
    told = sample("level_beyond")

    assert rings("level_beyond", told, side="below", on=75, off=79, quiet_min=0) == [
        told["measures"][0]["from_us"],
        told["measures"][4]["from_us"],
    ]
