"""A procession through a market."""

from tests.rules.plan_views import HOUR, NOON, line, march, plan, says

from vigie.rules.market_on_route import judge


def test_a_march_through_stalls_is_told() -> None:
    found = judge(march(), plan("a", kind="event.market", title="Marché"))

    assert found is not None
    assert says(found, "traverse « Marché » sur 100 m", 'runs 100 m through "Marché"')
    assert found.severity == 4
    assert found.geometry is not None
    assert found.geometry.length == 100


def test_stalls_being_taken_down_are_milder() -> None:
    found = judge(
        march(starts_us=NOON + 2 * HOUR, ends_us=NOON + 4 * HOUR), plan("a", kind="event.market")
    )

    assert found is not None
    assert says(found, "encore 60 min", "stand for 60 min")
    assert found.severity == 3


def test_a_route_beside_is_no_clash() -> None:
    assert not judge(march(geometry=line(y=130)), plan("a", kind="event.market"))


def test_a_market_gone_home_is_no_clash() -> None:
    assert not judge(
        march(starts_us=NOON + 3 * HOUR, ends_us=NOON + 5 * HOUR), plan("a", kind="event.market")
    )
