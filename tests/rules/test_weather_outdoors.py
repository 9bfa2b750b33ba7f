"""Outdoors under a weather warning."""

from typing import Any

from tests.rules.plan_views import HOUR, plan, says

from vigie.judge.rule import PlanView
from vigie.rules.weather_outdoors import judge


def test_orange_is_told() -> None:
    found = judge(plan("a"), warning())

    assert found is not None
    assert says(found, "8\u202f000 personnes en plein air", "8,000 people outdoors")
    assert found.severity == 4
    assert found.to_us - found.from_us == 4 * HOUR


def test_red_is_graver() -> None:
    found = judge(plan("a"), warning(colour="red"))

    assert found is not None
    assert says(found, "est sous « Vigilance »", 'is under "Vigilance"')
    assert found.severity == 5


def test_a_cap_alert_counts_by_its_severity() -> None:
    found = judge(plan("a"), warning(colour="", severity="5"))

    assert found is not None
    assert says(found, "montage et démontage compris", "set-up and tear-down included")
    assert found.severity == 5


def test_yellow_is_no_clash() -> None:
    assert not judge(plan("a"), warning(colour="yellow", severity="2"))


def test_under_a_roof_is_no_clash() -> None:
    assert not judge(plan("a", place_id="p", venue_kind="place.venue.hall"), warning())


def test_a_venue_of_unknown_sort_is_taken_for_a_roof() -> None:
    assert not judge(plan("a", place_id="p", venue_kind="place.venue"), warning())


def test_a_warning_that_is_over_is_no_clash() -> None:
    assert not judge(plan("a", start_h=40), warning())


def warning(**attributes: Any) -> PlanView:
    """Return a warning of the day."""
    told = {"colour": "orange", "severity": "4", **attributes}
    return plan(
        "w",
        title="Vigilance",
        kind="environment.weather.storm",
        start_h=-10,
        attributes=told,
        ends_us=plan("x").starts_us + 20 * HOUR,
    )
