"""Nobody engaged for a large event."""

from tests.rules.plan_views import DAY, NOON, plan, says

from vigie.rules.means_missing import judge


def test_nobody_at_five_thousand_is_grave() -> None:
    found = judge(plan("a"), NOON - 5 * DAY)

    assert found is not None
    assert says(
        found,
        "commence dans 5 j sans agent ni barrière prévus",
        "starts in 5 days with no agent or barrier planned",
    )
    assert found.severity == 4


def test_nobody_at_fifteen_hundred_is_told() -> None:
    found = judge(plan("a", attendance=(1, 1_500, 2), means={"agents": "zero"}), NOON - DAY)

    assert found is not None
    assert says(found, "dans 24,0 h", "in 24.0 h")
    assert found.severity == 3


def test_one_barrier_is_enough() -> None:
    assert not judge(plan("a", means={"barriers": "1"}), NOON)


def test_a_named_team_is_enough() -> None:
    assert not judge(plan("a", attributes={"units": "PM 1"}), NOON)


def test_a_small_one_is_no_clash() -> None:
    assert not judge(plan("a", attendance=(1, 1_499, 9_000)), NOON)


def test_far_ahead_is_no_clash() -> None:
    assert not judge(plan("a"), NOON - 11 * DAY)
