from __future__ import annotations

from datetime import UTC, date, datetime

import pytest

from vigie.base.clock import to_us
from vigie.city.agenda import make_plans
from vigie.city.feeds import agenda, roadworks
from vigie.city.fire_access import fire_sites
from vigie.city.plans import TruePlan
from vigie.city.span import DAY_US
from vigie.model.contracts import PLAN_STATES
from vigie.model.taxonomy import TAXONOMY

NOW = datetime(2026, 10, 20, 9, tzinfo=UTC)
NOW_US = to_us(NOW)


@pytest.fixture(scope="module")
def plans() -> list[TruePlan]:
    return make_plans(date(2026, 2, 22), 240, 4, NOW_US, date(2026, 10, 20))


def test_there_are_hundreds_past_and_to_come(plans: list[TruePlan]) -> None:
    assert len(plans) >= 350
    assert sum(p.starts_us > NOW_US for p in plans) >= 60
    assert max(p.starts_us for p in plans) > NOW_US + 30 * DAY_US


def test_references_are_unique_and_do_not_depend_on_now(plans: list[TruePlan]) -> None:
    assert len({p.ref for p in plans}) == len(plans)
    later = make_plans(date(2026, 2, 22), 241, 4, NOW_US + DAY_US, date(2026, 10, 21))
    common = {p.ref for p in plans if not p.planted and p.starts_us < NOW_US}
    assert common <= {p.ref for p in later}


def test_words_are_those_of_the_model(plans: list[TruePlan]) -> None:
    assert {p.state for p in plans} == set(PLAN_STATES)
    assert all(p.kind in TAXONOMY for p in plans)
    assert {p.kind for p in plans} <= {*agenda.CODES, *roadworks.KINDS}
    assert not set(agenda.CODES) & set(roadworks.KINDS)
    assert all(p.starts_us < p.ends_us for p in plans)
    assert all(p.geometry.is_valid for p in plans)


def test_a_wild_event_is_unknown_until_it_has_begun(plans: list[TruePlan]) -> None:
    wild = [p for p in plans if not p.declared]
    assert wild
    assert all(not agenda.known(p, p.starts_us) for p in wild)
    assert all(agenda.known(p, p.ends_us) for p in wild)


def test_nobody_comes_to_a_cancelled_event(plans: list[TruePlan]) -> None:
    cancelled = [p for p in plans if p.state == "cancelled"]
    assert cancelled
    assert all(p.came == 0 for p in cancelled)


def test_the_planted_situations_clash(plans: list[TruePlan]) -> None:
    groups: dict[str, list[TruePlan]] = {}
    for plan in plans:
        if plan.planted:
            groups.setdefault(plan.planted, []).append(plan)
    assert set(groups) == {"match_and_works", "two_crowds", "blocked_lane"}
    (scaffold,) = groups.pop("blocked_lane")
    assert scaffold.starts_us > NOW_US
    on = {site.kind for site in fire_sites() if site.where.intersects(scaffold.geometry)}
    assert on == {"place.fire_lane", "place.hydrant"}
    for one, two in groups.values():
        assert one.starts_us < two.ends_us
        assert two.starts_us < one.ends_us
        assert one.geometry.distance(two.geometry) < 0.005
        assert min(one.starts_us, two.starts_us) > NOW_US
