"""Two messages about one thing have an order of their own; a clock ahead is told apart."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vigie.intake.messages.reading import RowRefused
from vigie.intake.messages.revisions import DAY_S, SKEW_S, clock_ahead_s, revision

SECOND = 1_000_000
TIMES = st.integers(0, 4 * 10**15)
STATES = st.dictionaries(st.text(max_size=4), st.integers() | st.text(max_size=4), max_size=3)


@given(TIMES, TIMES, STATES, STATES, st.booleans(), st.booleans())
def test_what_was_sent_a_millisecond_later_is_later(first, second, one, other, end, other_end):
    early, late = sorted((first, second))
    if late // 1_000 > early // 1_000:
        assert revision(late, one, final=end) > revision(early, other, final=other_end)


@given(TIMES, STATES, STATES)
def test_of_one_instant_a_closure_is_the_later(at, one, other):
    assert revision(at, one, final=True) > revision(at, other)


@given(TIMES, STATES)
def test_the_same_state_has_the_same_revision(at, state):
    assert revision(at, state) == revision(at, dict(state))
    assert abs(revision(at, state) - at) < 1_000


def test_other_states_of_one_instant_differ():
    found = {revision(0, {"status": status}) for status in ("open", "in_progress", "x", "y")}

    assert len(found) == 4


def test_a_text_that_no_encoding_takes_has_a_revision():
    assert revision(0, "\ud800") >= 0


@pytest.mark.parametrize(
    ("ahead", "said"),
    [(-(10**9), 0), (0, 0), (SKEW_S, 0), (SKEW_S + 1, SKEW_S + 1), (DAY_S, DAY_S)],
)
def test_only_a_clock_ahead_is_said(ahead, said):
    now = 1_800_000_000 * SECOND

    assert clock_ahead_s(now + ahead * SECOND, now) == said


def test_a_clock_a_day_ahead_is_refused():
    with pytest.raises(RowRefused) as caught:
        clock_ahead_s((DAY_S + 1) * SECOND, 0)

    assert caught.value.code == "time_in_future"
    assert caught.value.params == {"value": "1970-01-02T00:00:01Z"}
