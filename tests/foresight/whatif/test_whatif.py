"""A plan before and after a change, on a small city whose past is known."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from tests.foresight.whatif.small_city import (
    DAYS,
    FROM_US,
    QUIET,
    model,
    plan,
    plans,
    standing,
    surroundings,
)
from tests.stopping import After

from vigie.base.errors import Stopping, WrongUsage
from vigie.base.stopping import stoppable
from vigie.foresight.effects.bins import HOUR_US
from vigie.foresight.whatif.around import outcome, outlook_of
from vigie.foresight.whatif.backtest import backtest
from vigie.foresight.whatif.brief import Briefs, brief
from vigie.foresight.whatif.knowledge import Knowing, build, judged, past_means
from vigie.foresight.whatif.reliability import reliability
from vigie.foresight.whatif.scenario import Scenario
from vigie.foresight.whatif.telling import answer_json, reliability_json, told_json
from vigie.foresight.whatif.weather import rain_effect, with_weather
from vigie.foresight.whatif.whatif import what_if

NEXT = plan(DAYS // 7 + 1)


@pytest.fixture(scope="module")
def known():
    return build(standing(model()), plans(), surroundings())


@pytest.fixture(scope="module")
def walked(known):
    return judged(known)


def figures(plan_, scenario, known):
    answer = what_if(plan_, scenario, known.knowledge)
    return {one.code: one for one in answer.figures}, answer


def test_no_change_changes_nothing_at_all(known):
    found, answer = figures(NEXT, Scenario(), known)
    for one in found.values():
        assert (one.change.low, one.change.likely, one.change.high) == (0, 0, 0), one.code
    assert answer.before.adequacy == answer.after.adequacy


def test_every_figure_has_an_ordered_interval_and_says_what_it_rests_on(known):
    found, _ = figures(NEXT, Scenario(attendance=4_000), known)
    for one in found.values():
        for part in (one.before, one.after, one.change):
            assert part.low <= part.likely <= part.high
            assert part.method
    assert found["facts.total"].before.base == len(plans())
    assert found["facts.total"].before.basis[0] == plans()[-1].plan_id
    assert found["agents.usual"].before.method == "history"
    assert found["stewards"].before.method == "rule"
    assert found["aid.assisted"].before.method == "literature"


def test_twice_the_public_brings_more_facts_and_the_change_is_surer_than_its_parts(known):
    found, _ = figures(NEXT, Scenario(attendance=9_000), known)
    total = found["facts.total"]
    assert total.after.likely > total.before.likely + 2
    apart = (total.after.high - total.after.low) + (total.before.high - total.before.low)
    assert total.change.high - total.change.low < 0.8 * apart
    assert found["aid.responders"].change.likely > 0
    leaving = found["egress.minutes"]  # the exits stay what they are
    assert leaving.after.likely == pytest.approx(4.5 * leaving.before.likely, rel=0.01)


def test_more_agents_change_whether_they_suffice_and_no_fact(known):
    found, answer = figures(NEXT, Scenario(means={"agents": 30}), known)
    assert found["facts.total"].change.likely == 0
    assert found["agents.needed"].change.high == 0
    assert answer.after.adequacy.probability > answer.before.adequacy.probability
    assert answer.after.adequacy.cover.likely > answer.before.adequacy.cover.likely


def test_a_quiet_place_has_fewer_facts_and_other_streets(known):
    found, answer = figures(NEXT, Scenario(place=QUIET), known)
    assert found["facts.total"].after.likely < found["facts.total"].before.likely
    assert [one.name for one in answer.before.closed] == ["Rue de la Place"]
    assert [one.name for one in answer.after.closed] == ["Avenue du Nord"]
    assert found["transit.load"].after is None  # no station there


def test_after_midnight_no_metro_takes_the_public(known):
    found, answer = figures(NEXT, Scenario(shift_min=240), known)
    assert found["transit.load"].before is not None
    assert found["transit.load"].after is None
    assert answer.after.crowd.per_hour == 0


def test_a_street_closed_takes_agents_and_barriers(known):
    found, _ = figures(NEXT, Scenario(closes=("Avenue du Nord", "Rue de la Place")), known)
    assert found["agents.posts"].change.likely == 4
    assert found["agents.needed"].change.likely == pytest.approx(4, abs=1)
    assert found["barriers.length"].change.likely == 8
    assert found["streets.closed"].change.likely == 1


def test_a_venue_holds_no_more_than_it_holds(known):
    full = replace(NEXT, place_id="hall", attendance=(1_500.0, 1_800.0, 2_400.0))
    found, _ = figures(full, Scenario(), known)
    assert found["people.attendance"].before.high <= 1_800


@pytest.mark.parametrize(
    "values",
    [{"state": "cancelled"}, {"geometry": None}, {"ends_us": NEXT.starts_us + 30 * HOUR_US}],
)
def test_where_nothing_can_be_told_it_is_said(known, values):
    with pytest.raises(WrongUsage):
        what_if(replace(NEXT, **values), Scenario(), known.knowledge)


def test_a_kind_that_rests_on_too_few_facts_is_not_told_apart(known):
    answer = what_if(NEXT, Scenario(), replace(known.knowledge, least=10_000))
    codes = {one.code for one in answer.figures}
    assert not any(code.startswith(("facts.", "calls.")) for code in codes)
    assert answer.before.folded == 4
    some = what_if(NEXT, Scenario(), replace(known.knowledge, least=5))
    assert "facts.total" in {one.code for one in some.figures}


def test_an_answer_is_plain_values_with_texts_in_both_languages(known):
    answer = answer_json(what_if(NEXT, Scenario(shift_min=30), known.knowledge), known)
    assert answer["about"]["limits"].keys() == {"fr", "en"}
    assert not answer["about"]["ready"]
    assert answer["before"]["first_aid"]["steps"][-1]["symbol"] == "RIS"


def test_rain_that_keeps_people_home_is_found_and_used():
    of = model()
    wet = frozenset((FROM_US + np.arange(0, DAYS * 24, 5) * HOUR_US).tolist())
    dry = frozenset((FROM_US + np.arange(DAYS * 24) * HOUR_US).tolist()) - wet
    effect = rain_effect(of, wet, dry)
    assert effect.wet == pytest.approx(np.ones(4), abs=0.2)  # no rain effect was planted
    assert rain_effect(of, frozenset(list(wet)[:10]), dry) is None
    planted = replace(effect, wet=np.full(4, 0.5))
    outlook = outlook_of(of.expected(of.past[-1].occasion), of.past[-1].occasion.starts_us)
    half = with_weather(outlook, planted, "rain")
    assert half.without.sum() == pytest.approx(outlook.without.sum() / 2)
    assert with_weather(outlook, planted, "usual") is outlook
    assert with_weather(outlook, None, "rain") is outlook


def test_past_means_are_those_of_plans_that_were_held():
    held = [plan(1), plan(2, state="cancelled"), plan(3, attendance=(None, None, None)), plan(90)]
    assert [one.plan_id for one in past_means(held, plan(50).starts_us)] == ["concert-001"]


def test_what_is_told_before_an_event_knows_nothing_of_it_or_later(known):
    of = known.knowledge.model
    means = {one.plan_id: one for one in known.knowledge.past}
    plain = backtest(of, means, lambda one: outcome(of, one, 0), draws=60)
    late = plain.starts_us[len(plain.starts_us) // 2]
    turned = backtest(
        of, means, lambda one: 99 if one.starts_us >= late else outcome(of, one, 0), draws=60
    )
    step = int((plain.starts_us < late).sum())
    assert step > 3
    assert np.array_equal(plain.probability[:step], turned.probability[:step])
    assert np.array_equal(plain.raw, turned.raw)
    assert not np.array_equal(plain.sufficed, turned.sufficed)


def test_the_walk_through_the_past_calibrates_and_is_told(walked):
    told = walked.told
    assert len(told.plan_ids) > 20
    assert walked.knowledge.calibrator.base == len(told.plan_ids)
    assert 0.6 <= told.covered <= 1.0
    scores = reliability_json(reliability(told.probability, told.sufficed))
    assert scores["events"] == len(told_json(told))


def test_the_calibration_comes_later_and_is_then_used(known):
    knowing = Knowing()
    first = knowing.get("home", known.standing, lambda: known)
    assert first.knowledge is known.knowledge or first.told is not None
    done = knowing.get("home", known.standing, lambda: known, wait=True)
    assert done.told is not None
    again = knowing.get("home", known.standing, lambda: pytest.fail("read twice"), wait=True)
    assert again is done


def test_a_walk_ended_in_the_middle_is_begun_anew_by_the_next_who_asks(known):
    knowing = Knowing()
    with pytest.raises(Stopping), stoppable(After(20)):
        knowing.get("home", known.standing, lambda: known, wait=True)
    done = knowing.get("home", known.standing, lambda: pytest.fail("read twice"), wait=True)
    assert done.told is not None


def test_adequacy_of_a_plan_without_agents_still_tells_the_need(known):
    _, answer = figures(replace(NEXT, means={}), Scenario(), known)
    assert answer.before.adequacy.planned is None
    assert answer.before.adequacy.needed.likely >= 2


def test_the_list_of_a_day_says_what_the_page_of_an_event_says(known):
    short = brief(NEXT, known.knowledge)
    _, answer = figures(NEXT, Scenario(), known)
    long = answer.before.adequacy
    assert short.planned == long.planned
    assert short.needed.likely == pytest.approx(long.needed.likely, abs=1)
    assert short.probability == pytest.approx(long.probability, abs=0.1)
    assert brief(replace(NEXT, state="cancelled"), known.knowledge) is None
    assert brief(replace(NEXT, attendance=(None, None, None)), known.knowledge) is None


def test_a_list_reckons_a_plan_once_and_again_when_it_changes(known):
    briefs = Briefs(known.knowledge)
    first = briefs.of(NEXT)
    assert briefs.of(NEXT) is first
    more = briefs.of(replace(NEXT, means={"agents": "50"}))
    assert more.planned == 50
    assert more.probability > first.probability
