"""One team in two places."""

import pytest
from tests.rules.plan_views import plan, says

from vigie.rules.means_engaged_twice import judge


def test_a_team_named_twice_is_told() -> None:
    found = judge(
        plan("a", attributes={"units": "PM 12, VL 3"}),
        plan("b", x=5_100, attributes={"units": "VL  3"}),
    )

    assert found is not None
    assert says(found, "engagent tous deux VL 3 pendant 4,0 h", "both engage VL 3 for 4.0 h")
    assert found.severity == 4
    assert found.numbers["units"] == "VL 3"
    assert found.numbers["apart_km"] == pytest.approx(5.0)


def test_other_teams_are_no_clash() -> None:
    assert not judge(
        plan("a", attributes={"units": "PM 12"}), plan("b", attributes={"units": "PM 13"})
    )


def test_a_relief_after_is_no_clash() -> None:
    assert not judge(
        plan("a", attributes={"units": "PM 12"}),
        plan("b", start_h=4, attributes={"units": "PM 12"}),
    )
