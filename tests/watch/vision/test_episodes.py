"""Debounce: raised once when it has lasted, ended once when it is gone."""

from __future__ import annotations

from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from vigie.model.times import SECOND_US
from vigie.watch.vision.detector import Sighting
from vigie.watch.vision.episodes import Debounce
from vigie.watch.vision.geometry import Box

SEEN = Sighting("z", Box(0.1, 0.1, 0.2, 0.2), 1.0)


@given(st.lists(st.booleans(), max_size=120), st.integers(0, 5), st.integers(1, 5))
def test_what_is_raised_lasted_and_what_ended_was_gone(seen, hold_s: int, release_s: int) -> None:
    debounce = Debounce(hold_s, release_s)
    raised, ended = [], []
    for second, there in enumerate(seen):
        at_us = second * SECOND_US
        for episode in debounce.step(at_us, [SEEN] if there else []):
            (raised if debounce.lasting(episode) else ended).append(episode)
    ended += debounce.finish()

    assert raised == ended
    for one in ended:
        assert one.raised_us is not None
        assert one.raised_us - one.from_us >= hold_s * SECOND_US
        assert seen[one.from_us // SECOND_US]
        assert seen[one.last_us // SECOND_US]
    for before, after in pairwise(ended):
        assert after.from_us - before.last_us > release_s * SECOND_US


def test_the_path_has_one_box_a_second() -> None:
    debounce = Debounce(0.0, 2.0)
    for number in range(26):
        tuple(debounce.step(number * SECOND_US // 5, [SEEN]))
    (one,) = debounce.finish()

    assert [at for at, _ in one.path] == [n * SECOND_US for n in range(6)]
