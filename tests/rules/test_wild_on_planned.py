"""A wild gathering at a planned event."""

from tests.rules.plan_views import plan, says

from vigie.rules.wild_on_planned import judge


def test_a_wild_gathering_beside_an_event_is_told() -> None:
    found = judge(plan("w", x=200, declared=False, attendance=(100, 300, 400)), plan("a"))

    assert found is not None
    assert says(
        found, "(400 personnes, non déclaré) est à 100 m", "(400 people, undeclared) is 100 m"
    )
    assert found.severity == 3


def test_a_large_one_is_graver() -> None:
    found = judge(plan("w", declared=False), plan("a"))

    assert found is not None
    assert says(found, "8\u202f000 personnes", "8,000 people")
    assert found.severity == 4


def test_an_unknown_size_is_said() -> None:
    found = judge(plan("w", declared=False, attendance=(None, None, None)), plan("a"))

    assert found is not None
    assert says(found, "(? personnes", "(? people")
    assert found.severity == 3


def test_a_declared_one_is_no_clash() -> None:
    assert not judge(plan("w"), plan("a"))


def test_two_wild_ones_are_no_clash() -> None:
    assert not judge(plan("w", declared=False), plan("a", declared=False))


def test_far_away_is_no_clash() -> None:
    assert not judge(plan("w", x=400, declared=False), plan("a"))
