"""Agents busy at once: known answers by hand."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from vigie.foresight.whatif.load import (
    HOUR_US,
    MINUTE_US,
    Happened,
    busy,
    crew_of,
    crew_table,
    needed,
    needed_then,
    service,
    standing,
)
from vigie.model.taxonomy import TAXONOMY

NONE = np.zeros(1)


def run(minute, agents, minutes, lasting=300.0):
    arrays = (np.array(one, dtype=float) for one in (minute, agents, minutes))
    return busy(*arrays, lasting)


def test_two_facts_that_overlap_need_both_crews_and_two_apart_need_one():
    assert needed(run([10, 20], [4, 2], [30, 25]), NONE)[0] == 6
    assert needed(run([10, 45], [4, 2], [30, 25]), NONE)[0] == 4


def test_a_fact_outside_the_service_or_without_a_crew_takes_nobody():
    assert run([-5, 300, 10], [4, 4, 0], [30, 30, 30]).sum() == 0


def test_nobody_goes_out_alone():
    assert needed(run([10], [1], [20]), NONE)[0] == 2
    assert needed(run([], [], []), NONE)[0] == 2


def test_posts_come_on_top_of_those_who_are_busy():
    assert needed(run([10], [4], [30]), np.array([5.4]))[0] == 9


def test_a_closed_street_takes_two_and_a_thousand_people_one():
    assert standing(np.array([0.0, 1_000.0, 2_500.0]), 0).tolist() == [0, 1, 2.5]
    assert standing(np.array([1_000.0]), 3)[0] == 7


def test_the_service_goes_from_an_hour_before_to_an_hour_after():
    assert service(10 * HOUR_US, 12 * HOUR_US) == (9 * HOUR_US, 13 * HOUR_US)


def test_what_an_event_needed_is_read_off_the_facts_that_happened():
    at = np.array([0, 10, 400], dtype=np.int64) * MINUTE_US + 10 * HOUR_US
    happened = Happened(
        ("offence.person.brawl", "road.traffic.obstruction"), np.array([0, 1, 0]), at
    )
    told = needed_then(happened, 10 * HOUR_US, 12 * HOUR_US, public=0, closed_streets=0)
    assert told == 5  # four at the brawl, one at the obstruction; the third is long after


def test_every_kind_of_the_table_stands_in_the_tree_and_takes_somebody():
    for code, crew in crew_table():
        assert TAXONOMY.get(code).code == code
        assert crew.agents >= 1
        assert crew.minutes > 0


@pytest.mark.parametrize(
    "kind", ["offence.drugs", "offence.disorder.gathering", "space.prevention.patrol", "health"]
)
def test_what_agents_find_themselves_needs_no_agents(kind):
    assert crew_of(kind) is None


def test_the_nearest_kind_above_answers():
    assert crew_of("offence.person.assault.battery") == crew_of("offence.person")
    assert crew_of("offence.person.brawl") != crew_of("offence.person")


FACTS = st.lists(st.tuples(st.floats(0, 299), st.integers(1, 4), st.floats(1, 120)), max_size=30)


@given(FACTS, st.tuples(st.floats(0, 299), st.integers(1, 4), st.floats(1, 120)))
def test_one_more_fact_never_needs_fewer(facts, more):
    columns = list(zip(*facts, strict=True)) or [(), (), ()]
    wider = list(zip(*facts, more, strict=True)) if facts else [(v,) for v in more]
    assert (run(*wider).max() >= run(*columns).max()).all()


@given(FACTS)
def test_never_more_are_busy_than_all_crews_together(facts):
    columns = list(zip(*facts, strict=True)) or [(), (), ()]
    running = run(*columns)
    assert running.max() <= sum(columns[1])
    assert running.min() >= 0
