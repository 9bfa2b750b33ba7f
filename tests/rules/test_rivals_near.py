"""Two demonstrations close by."""

from tests.rules.plan_views import HOUR, NOON, line, march, says

from vigie.rules.rivals_near import judge


def test_two_marches_near_each_other_are_told() -> None:
    found = judge(march("a"), march("b", geometry=line(y=350)))

    assert found is not None
    assert says(found, "à 300 m l'une de l'autre pendant 2,0 h", "are 300 m apart for 2.0 h")
    assert found.severity == 3
    assert found.numbers["people"] == 1_200


def test_one_that_opposes_the_other_is_grave() -> None:
    found = judge(march("a"), march("b", attributes={"opposed_to": "x, a"}))

    assert found is not None
    assert says(found, "et s'opposent.", "and oppose each other.")
    assert found.severity == 5


def test_two_of_one_cause_are_no_clash() -> None:
    assert not judge(march("a", attributes={"cause": "c"}), march("b", attributes={"cause": "c"}))


def test_far_apart_is_no_clash() -> None:
    assert not judge(march("a"), march("b", geometry=line(y=600)))


def test_at_another_hour_is_no_clash() -> None:
    assert not judge(march("a"), march("b", starts_us=NOON + 2 * HOUR, ends_us=NOON + 3 * HOUR))
