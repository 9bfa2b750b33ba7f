"""p-values of draws are uniform under the null; q-values are those of the step-up procedure."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import false_discovery_control
from tests.stopping import After

from vigie.analyse.draws import STEPS, at_most, draw, false_discovery, p_at_least
from vigie.base.errors import Stopping
from vigie.base.stopping import stoppable


@given(st.lists(st.floats(0, 1), min_size=1, max_size=60))
def test_q_values_are_those_of_scipy(p: list[float]) -> None:
    assert false_discovery(np.array(p)) == pytest.approx(false_discovery_control(p), abs=1e-12)


def test_what_has_no_p_has_no_q_and_does_not_count() -> None:
    found = false_discovery(np.array([np.nan, 0.01, 0.04]))

    assert np.isnan(found[0])
    assert found[1:] == pytest.approx([0.02, 0.04])


@given(st.lists(st.floats(0, 1) | st.just(float("nan"))))
def test_what_is_told_of_a_place_is_one_of_few_steps_and_never_too_small(p: list[float]) -> None:
    told = at_most(np.array(p))

    for one, step in zip(p, told.tolist(), strict=True):
        assert np.isnan(step) if np.isnan(one) else step in STEPS
        below = [each for each in STEPS if each < step]
        assert np.isnan(one) or max(below, default=-1.0) < one <= step


def test_p_counts_the_observation_among_the_draws() -> None:
    drawn = np.array([[1.0, 5.0], [2.0, 5.0], [3.0, 5.0]])

    assert p_at_least(np.array([3.0, 6.0]), drawn).tolist() == [0.5, 0.25]


def test_the_first_draws_of_many_are_those_of_few() -> None:
    few = draw(lambda chance: chance.random(2), 3, 7)

    assert draw(lambda chance: chance.random(2), 9, 7)[:3].tolist() == few.tolist()


def test_draws_end_when_the_process_is_told_to_stop() -> None:
    done = []
    with stoppable(After(3)), pytest.raises(Stopping):
        draw(lambda chance: np.array([done.append(1) or chance.random()]), 99, 1)

    assert len(done) < 5
