"""Whether planned agents suffice: a share of draws, a percentage, the fewest that would."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from vigie.foresight.whatif.adequacy import TARGET, adequacy, advised, sufficing
from vigie.foresight.whatif.reliability import Calibrator

NEEDED = np.repeat([2.0, 4.0, 6.0, 8.0, 10.0], [80, 80, 80, 120, 40])


def test_the_probability_is_the_share_of_draws_that_are_met():
    assert sufficing(NEEDED, 6) == pytest.approx(0.6, abs=0.002)
    assert 0 < sufficing(NEEDED, 1) < 0.01
    assert 0.99 < sufficing(NEEDED, 99) < 1


def test_the_cover_is_planned_over_needed_turned_round():
    told = adequacy(NEEDED, 6, Calibrator(), base=12, basis=("a",))
    assert told.cover is not None
    assert told.cover.likely == pytest.approx(100)
    assert 60 <= told.cover.low <= 75
    assert told.cover.high == pytest.approx(300)
    assert told.needed.base == 12


def test_a_plan_that_tells_no_agents_has_a_need_and_no_probability():
    told = adequacy(NEEDED, None, Calibrator(), base=0, basis=())
    assert (told.cover, told.probability, told.raw) == (None, None, None)
    assert told.needed.likely == 6


def test_the_fewest_that_suffice_reach_the_target_and_one_crew_less_does_not():
    assert advised(NEEDED, Calibrator()) == 8
    assert sufficing(NEEDED, 8) >= TARGET > sufficing(NEEDED, 7)


def test_a_calibrator_that_trusts_less_advises_more():
    assert advised(NEEDED, Calibrator(1.0, -2.0)) > advised(NEEDED, Calibrator())


@given(st.lists(st.integers(2, 60), min_size=5, max_size=200), st.integers(0, 80))
def test_one_more_agent_never_makes_it_less_likely(draws, planned):
    needed = np.array(draws, dtype=float)
    assert sufficing(needed, planned + 1) >= sufficing(needed, planned)
    assert advised(needed, Calibrator()) <= needed.max()
