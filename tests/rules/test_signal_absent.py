"""A silence that the past makes incredible."""

from tests.rules.watching import found, rings, sample


def test_it_says_what_was_expected() -> None:
    (one,) = found("signal_absent", sample("signal_absent"))

    assert one.explanation["fr"].startswith("Secours : rien depuis 2,0 h dans la ville, 16")
    assert one.numbers["observed"] == 0


def test_a_single_fact_breaks_the_silence() -> None:
    told = sample("signal_absent")
    told["facts"].append(told["facts"][0] | {"fact_id": "one", "earliest_us": told["rings"][0] - 1})

    assert rings("signal_absent", told) == []


def test_a_silence_of_what_is_rare_stays_silent() -> None:
    told = sample("signal_absent")
    told["facts"] = [one for one in told["facts"] if one["fact_id"].endswith("-0")][::6]

    assert rings("signal_absent", told) == []
