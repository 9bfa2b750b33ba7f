"""One event set up before the other has left."""

from tests.rules.plan_views import HOUR, plan, says

from vigie.rules.turnaround_too_short import judge


def test_set_up_during_tear_down_lacks_time() -> None:
    found = judge(plan("b", start_h=3.5), plan("a"))

    assert found is not None
    assert says(found, "s'installe 30 min avant que", "sets up 30 min before")
    assert found.severity == 2
    assert found.numbers["lacking_min"] == 30
    assert found.subjects == ("a", "b")


def test_set_up_before_the_other_ends_is_graver() -> None:
    found = judge(plan("a"), plan("b", start_h=2.5))

    assert found is not None
    assert says(found, "« B » s'installe 90 min avant que « A »", '"B" sets up 90 min before "A"')
    assert found.severity == 3


def test_two_that_are_open_together_are_another_rule() -> None:
    assert not judge(plan("a"), plan("b", start_h=1))


def test_enough_time_is_no_clash() -> None:
    assert not judge(plan("a"), plan("b", start_h=4))


def test_other_ground_is_no_clash() -> None:
    assert not judge(plan("a"), plan("b", start_h=3.5, x=150))


def test_the_overlap_is_what_is_shown() -> None:
    found = judge(plan("a"), plan("b", start_h=3.5, x=50))

    assert found is not None
    assert found.geometry is not None
    assert found.geometry.area == 5_000
    assert found.to_us - found.from_us == HOUR // 2
