"""Works that close the street a crowd leaves by."""

from tests.rules.plan_views import HOUR, NOON, plan, says, works

from vigie.rules.works_on_exit import judge


def test_a_closed_street_at_the_exit_is_told() -> None:
    found = judge(plan("a"), works())

    assert found is not None
    assert says(
        found, "ferme 200 m de voie à moins de 150 m", "closes 200 m of street within 150 m"
    )
    assert found.severity == 3
    assert found.from_us == NOON + 2 * HOUR
    assert found.geometry is not None


def test_a_great_crowd_is_graver() -> None:
    found = judge(plan("a", attendance=(1, 40_000, 50_000)), works())

    assert found is not None
    assert says(found, "50\u202f000 personnes", "50,000 people")
    assert found.severity == 4


def test_a_lane_left_open_is_no_clash() -> None:
    assert not judge(plan("a"), works(closes=("voie", "stationnement")))


def test_works_over_before_the_crowd_leaves_are_no_clash() -> None:
    assert not judge(plan("a"), works(to_us=NOON + HOUR))


def test_works_further_off_are_no_clash() -> None:
    assert not judge(plan("a", x=400), works())
