"""Recordings searched by movement: by zone, way, speed and size, from the first picture on."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import pytest
from tests.detectors.scenes import FPS, Actor, encode, render, walk

from vigie.watch.vision.geometry import WHOLE, Box, Zone
from vigie.watch.vision.seeking import Found, Reel, Stretches, Wanted, Went, movement, seek
from vigie.watch.vision.tracks import Track

START = 1_780_000_000_000_000
PIECE_S = 8
LEFT = Zone("left", ((0.0, 0.0), (0.4, 0.0), (0.4, 1.0), (0.0, 1.0)))
TALL, LOW = 0.3, 0.15


@pytest.fixture(scope="module")
def reels(tmp_path_factory: pytest.TempPathFactory) -> list[Reel]:
    """Forty seconds: somebody is there at once and leaves, one comes, a car, then nothing."""
    folder = tmp_path_factory.mktemp("reels")
    actors = [
        Actor(walk((0.5, 0.4), (0.5, -0.3), 0.0, 5.0), (0.05, 0.25)),
        Actor(walk((0.1, 0.6), (0.35, 0.6), 9.0, 15.0), (0.05, TALL)),
        Actor(walk((1.1, 0.8), (-0.1, 0.8), 18.0, 21.0), (0.15, LOW)),
    ]
    pictures = list(render(actors, 5.0 * PIECE_S))
    size = PIECE_S * FPS
    made = []
    for number in range(5):
        path = encode(folder / f"{number}.mp4", pictures[number * size : (number + 1) * size])
        begins = START + number * PIECE_S * 1_000_000
        made.append(Reel(path, begins, begins + PIECE_S * 1_000_000))
    return made


def seconds(told: Sequence[Found | Went]) -> list[tuple[float, float]]:
    spans = [(one.from_us - START, one.to_us - START) for one in told if isinstance(one, Found)]
    return [(round(a / 1e6, 1), round(b / 1e6, 1)) for a, b in spans]


@pytest.mark.parametrize(
    ("wanted", "truth"),
    [
        (Wanted(WHOLE), [(0.0, 4.0), (9.0, 15.0), (18.0, 21.0)]),
        (Wanted(WHOLE, towards=(1.0, 0.0), least_height=0.22), [(9.0, 15.0)]),
        (Wanted(WHOLE, towards=(-2.0, 0.0), least_speed=0.2), [(18.0, 21.0)]),
        (Wanted(LEFT, most_speed=0.2), [(9.0, 15.0)]),
        (Wanted(LEFT, most_height=0.22), [(19.6, 21.0)]),
    ],
)
def test_what_moved_as_wanted_is_found_and_nothing_else(reels, wanted: Wanted, truth) -> None:
    found = seconds(list(seek(reels, wanted, quick=False)))

    assert len(found) == len(truth)
    assert all(
        abs(a - c) <= 1.0 and abs(b - d) <= 1.0 for (a, b), (c, d) in zip(found, truth, strict=True)
    )


def test_a_quick_search_passes_over_what_is_still(reels) -> None:
    told = list(seek(reels, Wanted(WHOLE), quick=True))

    assert [one.looked for one in told if isinstance(one, Went)] == [True, True, True, True, False]
    assert seconds(told) == seconds(list(seek(reels, Wanted(WHOLE), quick=False)))
    assert list(seek([], Wanted(WHOLE), quick=True)) == []


def test_a_piece_that_cannot_be_read_is_an_error_and_not_a_silence(reels, tmp_path: Path) -> None:
    broken = tmp_path / "broken.mp4"
    broken.write_bytes(b"no film")

    with pytest.raises(Exception, match="video"):
        list(seek([*reels[:1], Reel(broken, START, START + 1)], Wanted(WHOLE), quick=False))


def test_who_comes_back_went_both_ways() -> None:
    xs = [0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.5, 0.4, 0.3, 0.2]
    path = [(number * 200_000, Box(x, 0.4, x + 0.1, 0.7)) for number, x in enumerate(xs)]
    right = movement(Track(1, path), Wanted(WHOLE, towards=(1.0, 0.0)))
    left = movement(Track(1, path), Wanted(WHOLE, towards=(-1.0, 0.0)))

    assert right is not None
    assert left is not None
    assert (right.from_us, right.to_us, right.heading) == (0, 1_000_000, (1.0, 0.0))
    assert (left.from_us, left.to_us) == (1_000_000, 1_800_000)
    assert right.speed == pytest.approx(0.5)
    assert movement(Track(1, path), Wanted(WHOLE, towards=(0.0, 1.0))) is None


def test_stretches_join_what_follows_and_end_after_a_minute() -> None:
    def one(from_s: float, to_s: float) -> Found:
        times = round(from_s * 1e6), round(to_s * 1e6)
        return Found(*times, 1, Box(0.0, 0.0, 0.1, 0.1), 0.1, (1.0, 0.0))

    stretches = Stretches()
    for number in (0, 1, 2):
        stretches.take(one(number * 3.0, number * 3.0 + 2.0))
    assert list(stretches.ready(9_000_000)) == []
    (first,) = stretches.ready(20_000_000)
    assert (first.from_us, first.to_us, first.movements) == (0, 8_000_000, 3)
    for number in range(40):
        stretches.take(one(100.0 + 2 * number, 102.0 + 2 * number))
    spans = [(it.to_us - it.from_us) / 1e6 for it in stretches.ready(1 << 62)]
    assert spans == [60.0, 20.0]
