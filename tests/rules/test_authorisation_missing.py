"""Authorisation missing: fires on sizeable, near and unauthorised, silent otherwise."""

import pytest
from tests.rules.plan_views import HOUR, NOON, plan

from vigie.rules.authorisation_missing import judge

DAY = 24 * HOUR


def test_a_declared_concert_in_three_days_lacks_its_authorisation() -> None:
    found = judge(plan("a", start_h=72), NOON)

    assert found is not None
    assert found.severity == 3
    assert "3,0 j" in found.explanation["fr"]


def test_a_wild_gathering_is_worse() -> None:
    found = judge(plan("a", start_h=2, declared=False), NOON)

    assert found is not None
    assert found.severity == 4


def test_an_undeclared_demonstration_fires() -> None:
    assert judge(plan("a", kind="event.demonstration", declared=False), NOON) is not None


@pytest.mark.parametrize(
    ("silent", "now"),
    [
        (plan("a", state="authorised"), NOON),
        (plan("a"), NOON - 8 * DAY),
        (plan("a"), NOON + DAY),
        (plan("a", attendance=(None, 900, None)), NOON),
        (plan("a", attendance=(None, None, None)), NOON),
        (plan("a", kind="event.demonstration"), NOON),
    ],
    ids=["authorised", "far ahead", "past", "small", "size unknown", "declared demonstration"],
)
def test_it_stays_silent(silent: object, now: int) -> None:
    assert judge(silent, now) is None
