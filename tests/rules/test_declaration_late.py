"""Declared too late."""

import pytest
from tests.rules.plan_views import DAY, NOON, march, plan, says

from vigie.base.clock import to_rfc3339
from vigie.rules.declaration_late import judge


def test_a_draft_of_five_thousand_at_59_days_is_late() -> None:
    found = judge(plan("a", state="draft"), NOON - 59 * DAY)

    assert found is not None
    assert says(
        found,
        "projet à 59 j du début et se déclare au moins 60 jours avant, avec dossier de sécurité",
        "draft 59 days before it starts and is to be declared at least 60 days before, with a",
    )
    assert found.severity == 3


def test_a_march_declared_two_days_ahead_is_late() -> None:
    found = judge(march(attributes={"declared_at": to_rfc3339(NOON - 3 * DAY)}), NOON - DAY)

    assert found is not None
    assert says(found, "a été déclaré 3 j avant le début", "was declared 3 days before it starts")
    assert found.severity == 2


def test_a_sheet_is_enough_below_five_thousand() -> None:
    found = judge(plan("a", state="draft", attendance=(1, 1_500, 2)), NOON - 29 * DAY)

    assert found is not None
    assert says(
        found, "30 jours avant, avec fiche de sécurité", "30 days before, with a safety sheet"
    )
    assert found.severity == 3


def test_a_draft_in_time_is_no_clash() -> None:
    assert not judge(plan("a", state="draft"), NOON - 60 * DAY)


def test_a_march_in_time_is_no_clash() -> None:
    assert not judge(march(attributes={"declared_at": to_rfc3339(NOON - 4 * DAY)}), NOON - DAY)


def test_a_small_event_is_no_clash() -> None:
    assert not judge(plan("a", state="draft", attendance=(1, 1_499, 2)), NOON)


def test_an_authorised_venue_is_not_judged() -> None:
    assert not judge(plan("a", state="draft", place_id="p"), NOON)


def test_what_has_begun_is_not_judged() -> None:
    assert not judge(plan("a", state="draft"), NOON + 1)


def test_a_wild_one_has_its_own_rules() -> None:
    assert not judge(plan("a", state="draft", declared=False), NOON - DAY)


@pytest.mark.parametrize("said", ["", "hier", "2026-01-01T00:00:00", "2026-99-99"])
def test_an_unknown_day_of_declaration_is_not_guessed(said: str) -> None:
    assert judge(march(attributes={"declared_at": said}), NOON - DAY) is None
