"""The same ground promised twice: fires on shared ground and time, silent otherwise."""

import pytest
from shapely import LineString
from tests.rules.plan_views import plan

from vigie.judge.rule import PlanView
from vigie.rules.ground_used_twice import RULE, judge


def test_two_uses_at_the_same_time_clash_on_the_shared_ground() -> None:
    found = judge(plan("b"), plan("a", x=50))

    assert found is not None
    assert found.subjects == ("a", "b")
    assert found.numbers == {"shared_m2": 5000.0, "minutes": 120}
    assert found.severity == 4
    assert "5\u202f000 m²" in found.explanation["fr"]


def test_a_procession_is_ten_metres_wide() -> None:
    found = judge(plan("a"), plan("b", geometry=LineString([(0, 50), (100, 50)])))

    assert found is not None
    assert found.numbers["shared_m2"] == pytest.approx(1000, rel=0.01)


@pytest.mark.parametrize(
    "other",
    [
        plan("b", x=100),
        plan("b", x=99.9, size_m=100),
        plan("b", start_h=4),
        plan("b", start_h=3),
        plan("b", kind="event.decree.traffic"),
        plan("b", kind="event.works", geometry=LineString([(0, 50), (100, 50)])),
        plan("b", x=5000),
        plan("b", kind="environment.weather.storm"),
        plan("b", kind="event.transport.service_change"),
    ],
    ids=[
        "touching",
        "drawing precision",
        "one after the other",
        "set-up after the end",
        "an order",
        "works on a line, another rule",
        "far",
        "a warning of the weather",
        "a line diverted",
    ],
)
def test_it_stays_silent(other: PlanView) -> None:
    assert not RULE.first.wants(other) or judge(plan("a", kind="event.market"), other) is None
