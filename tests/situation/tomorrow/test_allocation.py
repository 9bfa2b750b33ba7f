"""Allocation asked by the charter, of a real small home: proposals, withheld places, refusals."""

from __future__ import annotations

from typing import Any

import pytest

from vigie.base.errors import Forbidden, NotFound, WrongUsage
from vigie.situation.caller import Caller
from vigie.situation.home import Home
from vigie.situation.tomorrow.allocation import allocate
from vigie.situation.tomorrow.allocation_case import Asked, planned_posts, prepare

PLANNER = Caller("p", "planner")
HOUR_US = 3_600_000_000
DAY_US = 24 * HOUR_US
KINDS = ("offence.property", "offence.disorder.noise")


@pytest.fixture(scope="module")
def tomorrow_us(sample: Any) -> int:
    """Midnight UTC after the sample's present; the clock changed between it and its past weeks."""
    now_us = int(sample.to_us(sample.NOW))
    return now_us - now_us % DAY_US + DAY_US


@pytest.fixture(scope="module")
def answer(seen_home: Home, tomorrow_us: int) -> dict[str, Any]:
    asked = Asked(
        posts=4,
        reach_s=600.0,
        speed_kmh=20.0,
        from_us=tomorrow_us,
        to_us=tomorrow_us + DAY_US,
        kinds=KINDS,
        available=9,
    )
    return allocate(seen_home, PLANNER, asked)


def test_a_day_has_proposals_whose_posts_say_why(answer: dict[str, Any]) -> None:
    aims = {one["aim"] for one in answer["proposals"]}
    assert {"cover"} <= aims <= {"cover", "near", "even"}  # what found nothing in time is not told
    for proposal in answer["proposals"]:
        assert len(proposal["posts"]) == 4
        for post in proposal["posts"]:
            assert post["reason"]["fr"]
            assert post["covers"]["low"] <= post["covers"]["mid"] <= post["covers"]["high"]


def test_every_place_told_rests_on_the_least_count_of_the_charter(
    seen_home: Home, tomorrow_us: int
) -> None:
    asked = Asked(posts=4, from_us=tomorrow_us, to_us=tomorrow_us + DAY_US, kinds=KINDS)
    demand = prepare(seen_home, PLANNER, asked).demand
    for place in set(demand.place.tolist()):
        assert demand.counted[demand.place == place].sum() >= 5 - 1e-9


def test_shifts_name_the_hours_that_lack_people(answer: dict[str, Any]) -> None:
    shifts = answer["shifts"]
    lacking = sum(one["missing"] for one in shifts["by_hour"])
    assert sum(one["people"] for one in shifts["shifts"]) <= 9
    assert bool(shifts["missing"]) == bool(lacking) == (not shifts["feasible"])


def test_asking_leaves_a_line_in_the_audit(seen_home: Home, tomorrow_us: int) -> None:
    before = seen_home.audit.count()
    allocate(seen_home, PLANNER, Asked(from_us=tomorrow_us, to_us=tomorrow_us + DAY_US))
    assert seen_home.audit.count() > before


@pytest.mark.parametrize("role", ["operator", "elected", "partner", "dpo", "investigator"])
def test_who_may_not_combine_figures_gets_no_proposal(
    seen_home: Home, tomorrow_us: int, role: str
) -> None:
    with pytest.raises(Forbidden):
        allocate(
            seen_home, Caller("x", role), Asked(from_us=tomorrow_us, to_us=tomorrow_us + DAY_US)
        )


def test_what_does_not_exist_or_is_too_long_is_refused(seen_home: Home, tomorrow_us: int) -> None:
    with pytest.raises(NotFound):
        allocate(seen_home, PLANNER, Asked(plan_id="none"))
    with pytest.raises(WrongUsage):
        allocate(seen_home, PLANNER, Asked(from_us=tomorrow_us, to_us=tomorrow_us + 3 * DAY_US))
    with pytest.raises(NotFound):
        allocate(
            seen_home,
            PLANNER,
            Asked(from_us=tomorrow_us, to_us=tomorrow_us + DAY_US, zone=("arrondissement", "none")),
        )
    with pytest.raises(WrongUsage):
        allocate(
            seen_home,
            PLANNER,
            Asked(from_us=tomorrow_us, to_us=tomorrow_us + DAY_US, kinds=("offence.drugs",)),
        )


def test_an_event_is_sited_around_its_ground(seen_home: Home) -> None:
    plan = next(
        one
        for one in seen_home.plans.between(0, 2**62)
        if one.title == "Plan 1" and one.geometry is not None
    )
    asked = Asked(plan_id=plan.plan_id, radius_m=4_000.0, kinds=KINDS, first_aid_posts=2)
    found = allocate(seen_home, PLANNER, asked)
    assert len(found["first_aid"]) == 2
    assert found["plan_id"] == plan.plan_id
    for proposal in found["proposals"]:
        assert len(proposal["posts"]) == planned_posts(plan, 2)


def test_where_too_little_is_known_no_post_is_proposed_and_that_is_said(
    seen_home: Home, tomorrow_us: int
) -> None:
    plan = next(one for one in seen_home.plans.between(0, 2**62) if one.title == "Plan 1")
    asked = Asked(plan_id=plan.plan_id, radius_m=50.0, kinds=("offence.person",), posts=3)
    found = allocate(seen_home, PLANNER, asked)
    assert found["expected"] is None
    assert found["proposals"] == found["prices"] == found["by_hour"] == []
    assert "aucun n’est proposé" in found["unknown"]["fr"]
    assert found["shifts"]["people"] >= 6  # who works when is known all the same
    day = Asked(from_us=tomorrow_us, to_us=tomorrow_us + DAY_US, kinds=KINDS)
    assert allocate(seen_home, PLANNER, day)["unknown"] is None
