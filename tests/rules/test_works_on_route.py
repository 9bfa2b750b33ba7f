"""A route through works."""

from tests.rules.plan_views import HOUR, NOON, line, march, says, works

from vigie.rules.works_on_route import judge


def test_a_march_into_a_closed_street_is_told() -> None:
    found = judge(march(), works(geometry=line(x=100)))

    assert found is not None
    assert says(found, "passe par 105 m de « Travaux »", 'passes through 105 m of "Travaux"')
    assert found.severity == 4
    assert found.from_us == NOON


def test_works_on_another_street_are_no_clash() -> None:
    assert not judge(march(), works(geometry=line(y=80)))


def test_works_that_begin_after_are_no_clash() -> None:
    assert not judge(march(), works(from_us=NOON + 3 * HOUR))
