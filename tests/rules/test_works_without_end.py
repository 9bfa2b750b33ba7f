"""Works without an end near an event."""

from tests.rules.plan_views import DAY, NOON, line, plan, says, works

from vigie.rules.works_without_end import judge


def test_ten_years_are_a_placeholder() -> None:
    found = judge(plan("a"), works(to_us=NOON + 3_650 * DAY, ends_us=NOON + 3_650 * DAY))

    assert found is not None
    assert says(found, "n'a pas de date de fin", "has no end date")
    assert found.severity == 2


def test_works_with_an_end_are_no_clash() -> None:
    assert not judge(plan("a"), works())


def test_far_away_is_no_clash() -> None:
    assert not judge(
        plan("a"), works(geometry=line(y=300), to_us=NOON + 3_650 * DAY, ends_us=NOON + 3_650 * DAY)
    )
