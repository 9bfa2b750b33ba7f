"""Tracks: followed while in view, forgotten within a second."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from vigie.watch.vision.geometry import Blob, Box
from vigie.watch.vision.tracks import LOST_US, Tracker

STEP_US = 200_000


def blob(x: float, y: float, size: float = 0.1) -> Blob:
    return Blob(Box(x, y, x + size, y + size), size * size)


def test_what_moves_steadily_stays_one_track() -> None:
    tracker = Tracker()
    for number in range(20):
        (track,) = tracker.step(number * STEP_US, [blob(0.04 * number, 0.3)])

    assert track.number == 1
    assert track.displacement()[0] > 0.7
    assert abs(track.velocity[0] - 0.2) < 0.02


def test_two_that_pass_each_other_keep_their_ways() -> None:
    tracker = Tracker()
    for number in range(15):
        share = 0.05 * number
        found = tracker.step(number * STEP_US, [blob(share, 0.3), blob(0.8 - share, 0.45)])

    assert {track.number: track.velocity[0] > 0.0 for track in found} == {1: True, 2: False}


def test_what_comes_back_after_a_second_is_somebody_new() -> None:
    """Requirement: ALG-3."""
    tracker = Tracker()
    tracker.step(0, [blob(0.4, 0.4)])
    (soon,) = tracker.step(LOST_US, [blob(0.4, 0.4)])
    (later,) = tracker.step(2 * LOST_US + 1, [blob(0.4, 0.4)])

    assert (soon.number, later.number) == (1, 2)


@given(
    st.lists(
        st.lists(st.tuples(st.floats(0.0, 0.9), st.floats(0.0, 0.9)), max_size=5),
        min_size=1,
        max_size=12,
    )
)
def test_every_blob_has_exactly_one_track(frames) -> None:
    tracker = Tracker()
    for number, places in enumerate(frames):
        blobs = [blob(x, y) for x, y in places]
        found = tracker.step(number * STEP_US, blobs)

        assert len({track.number for track in found}) == len(blobs)
        assert sorted(track.box for track in found) == sorted(one.box for one in blobs)
