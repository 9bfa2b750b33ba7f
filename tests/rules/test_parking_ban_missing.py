"""Streets closed without a parking ban."""

from tests.rules.plan_views import DAY, NOON, around, march, plan, says

from vigie.rules.parking_ban_missing import RULE, judge


def test_closing_streets_without_a_ban_is_told() -> None:
    found = judge(plan("a", closes=("quais",)), around(now_us=NOON - 8 * DAY))[0]

    assert found is not None
    assert says(
        found,
        "ferme des voies dans 8 j sans arrêté de stationnement connu",
        "closes streets in 8 days and no parking order is known",
    )
    assert found.severity == 2


def test_its_own_ban_is_enough() -> None:
    assert not judge(plan("a", closes=("quais", "stationnement")), around())


def test_an_order_on_its_ground_is_enough() -> None:
    assert not judge(
        plan("a", closes=("quais",)), around(plans=(plan("o", kind="event.decree.parking"),))
    )


def test_far_ahead_is_no_clash() -> None:
    assert not judge(plan("a", closes=("quais",)), around(now_us=NOON - 11 * DAY))


def test_what_has_begun_is_no_clash() -> None:
    assert not judge(plan("a", closes=("quais",)), around(now_us=NOON + 1))


def test_an_order_at_another_time_is_not_enough() -> None:
    order = plan("o", kind="event.decree.parking", start_h=48)

    assert judge(plan("a", closes=("quais",)), around(plans=(order,)))


def test_a_march_is_not_asked_for_a_ban() -> None:
    assert not RULE.first.wants(march(closes=("parcours",), attendance=(1, 9_000, 9_000)))
