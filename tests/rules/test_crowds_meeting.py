"""Two crowds meet: fires within an hour and 800 m, silent otherwise."""

import pytest
from tests.rules.plan_views import plan

from vigie.rules.crowds_meeting import judge


def test_one_crowd_leaves_as_the_other_arrives() -> None:
    found = judge(plan("a"), plan("b", x=400, start_h=2.5))

    assert found is not None
    assert found.numbers == {"people": 10_000, "minutes": 30, "apart_m": 300.0}
    assert found.severity == 3
    assert "300 m" in found.explanation["en"]


def test_a_stadium_makes_it_worse() -> None:
    found = judge(plan("a", attendance=(50_000, 60_000, 67_000)), plan("b", x=400))

    assert found is not None
    assert found.severity == 4


@pytest.mark.parametrize(
    "other",
    [
        plan("b", start_h=3.5),
        plan("b", attendance=(100, 200, 300)),
        plan("b", attendance=(None, None, None)),
    ],
    ids=["hours apart", "a small one", "size unknown"],
)
def test_it_stays_silent(other: object) -> None:
    assert judge(plan("a"), other) is None
