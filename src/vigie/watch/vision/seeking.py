"""Looking through recordings for movement: where, which way, how fast, how large; never who.

A search knows boxes and instants and forgets both when it ends. The background is known before the
first picture: it is the median of keyframes from the whole window, so that nobody has to stand
aside while it is learnt. What it answers is stretches of time to be looked at by a person.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from statistics import median

import av
import av.error
import cv2
import numpy as np
from numpy.typing import NDArray

from vigie.model.times import SECOND_US
from vigie.watch.vision.geometry import Box, Mask, Point, Zone
from vigie.watch.vision.motion import START, Mover
from vigie.watch.vision.pictures import Gray, Picture, Pictures, gray_of
from vigie.watch.vision.tracks import LOST_US, Track, Tracker

JOINED_US = 2 * SECOND_US
"""Movements that follow each other so closely are one stretch to look at."""

LONGEST_US = 60 * SECOND_US
SAMPLES = 25
LEAST_POINTS = 4
ASPECT = 9.0 / 16.0
"""Heights are counted in widths of the picture, so that a slant is one."""

_STIRS, _LEAST_STIR = 25, 10
_GATE = (178, 100)


Way = list[tuple[int, Box]]


@dataclass(frozen=True, slots=True)
class Wanted:
    """What is looked for.

    Attributes:
        zone: Where on the picture.
        towards: Which way, (x, y) with y down, in widths of the picture; None for any.
        cosine: How straight: 1 exactly that way.
        least_speed: Widths of the picture in a second, at least.
        most_speed: At most; None for any.
        least_height: Height of what moves, share of the picture, at least.
        most_height: At most.
        least_reach: How far it must come, widths of the picture.
    """

    zone: Zone
    towards: Point | None = None
    cosine: float = 0.7
    least_speed: float = 0.0
    most_speed: float | None = None
    least_height: float = 0.0
    most_height: float = 1.0
    least_reach: float = 0.05


@dataclass(frozen=True, slots=True)
class Found:
    """A stretch of one camera's recording in which something moved as wanted.

    Attributes:
        from_us: Start, epoch µs.
        to_us: End.
        movements: How many did; fragments of one are counted each.
        box: Where the largest of them was.
        speed: Its speed, widths of the picture in a second.
        heading: Where it went, (x, y) of length 1.
    """

    from_us: int
    to_us: int
    movements: int
    box: Box
    speed: float
    heading: Point


@dataclass(frozen=True, slots=True)
class Reel:
    """A piece of recording: its file, the instants of its beginning and end, what masks hide."""

    path: Path
    start_us: int
    end_us: int
    hidden: Mask | None = None


@dataclass(frozen=True, slots=True)
class Went:
    """How far a search is: pieces done of all, and whether the last one was looked through."""

    done: int
    of: int
    looked: bool


def movement(track: Track, wanted: Wanted) -> Found | None:
    """Return the way of one track through the zone, if it is as wanted."""
    inside = [
        (at_us, box)
        for at_us, box in track.path
        if wanted.zone.holds(box.foot) or wanted.zone.holds(box.centre)
    ]
    inside = inside if wanted.towards is None else _leg(inside, wanted.towards)
    if len(inside) < LEAST_POINTS:
        return None
    (from_us, first), (to_us, last) = inside[0], inside[-1]
    seconds = (to_us - from_us) / SECOND_US
    speed = sum(math.hypot(*_step(a, b)) for (_, a), (_, b) in pairwise(inside)) / seconds
    way = _step(first, last)
    height = median(box.height for _, box in inside)
    if (
        max(math.hypot(*_step(first, box)) for _, box in inside) < wanted.least_reach
        or not wanted.least_height <= height <= wanted.most_height
        or not wanted.least_speed <= speed <= (wanted.most_speed or math.inf)
        or (wanted.towards is not None and not _goes(way, wanted))
    ):
        return None
    length = math.hypot(*way)
    heading = (way[0] / length, way[1] / length) if length > 0.0 else (0.0, 0.0)
    largest = max((box for _, box in inside), key=lambda one: one.area)
    return Found(from_us, to_us, 1, largest, speed, heading)


def _step(a: Box, b: Box) -> Point:
    (x0, y0), (x1, y1) = a.centre, b.centre
    return x1 - x0, (y1 - y0) * ASPECT


def _leg(path: Way, towards: Point) -> Way:
    """Return the part of a way that goes farthest in a direction: who comes back went there too."""
    x, y = towards
    rise = [box.centre[0] * x + box.centre[1] * ASPECT * y for _, box in path]
    best, low = (0, 0), 0
    for number, height in enumerate(rise):
        if height < rise[low]:
            low = number
        if height - rise[low] > rise[best[1]] - rise[best[0]]:
            best = (low, number)
    return path[best[0] : best[1] + 1]


def _goes(way: Point, wanted: Wanted) -> bool:
    length, (x, y) = math.hypot(*way), wanted.towards or (0.0, 1.0)
    straight = (way[0] * x + way[1] * y) / (length * math.hypot(x, y)) if length else 0.0
    return length >= wanted.least_reach and straight >= wanted.cosine


class Stretches:
    """Join movements that follow each other to stretches of a minute at most."""

    def __init__(self) -> None:
        self._open: list[Found] = []

    def take(self, one: Found) -> None:
        """Take in a movement."""
        self._open.append(one)

    def ready(self, before_us: int) -> Iterator[Found]:
        """Yield the stretches to which nothing can be joined that begins at an instant or later."""
        self._open.sort(key=lambda one: (one.from_us, one.to_us))
        joined: list[Found] = []
        for one in self._open:
            last = joined[-1] if joined else None
            if (
                last
                and one.from_us - last.to_us <= JOINED_US
                and one.to_us - last.from_us <= LONGEST_US
            ):
                joined[-1] = _joined(last, one)
            else:
                joined.append(one)
        # What is not ready stays joined: its parts have nothing more to tell.
        self._open = [one for one in joined if one.to_us + JOINED_US >= before_us]
        yield from (one for one in joined if one.to_us + JOINED_US < before_us)


def _joined(one: Found, other: Found) -> Found:
    larger = max(one, other, key=lambda it: it.box.area)
    return Found(
        min(one.from_us, other.from_us),
        max(one.to_us, other.to_us),
        one.movements + other.movements,
        larger.box,
        larger.speed,
        larger.heading,
    )


def seek(reels: Sequence[Reel], wanted: Wanted, *, quick: bool) -> Iterator[Found | Went]:
    """Look through pieces of one camera's recording, oldest first.

    Args:
        reels: The pieces.
        wanted: What is looked for.
        quick: Whether pieces whose keyframes show nothing new are passed over: what comes and goes
            between two keyframes is missed then.

    Yields:
        Stretches as they are found, and how far it is after each piece.
    """
    ground, stirring = _survey(reels, every=quick)
    mover, tracker, stretches = Mover(), Tracker(), Stretches()
    alive: dict[int, Track] = {}
    if ground is not None:
        for number in range(START):
            mover.step(Picture(reels[0].start_us - (START - number) * SECOND_US // 5, ground))
    at_us = 0
    for number, reel in enumerate(reels):
        looked = not quick or any(stirring[max(0, number - 1) : number + 2])
        pictures = Pictures(reel.path, reel.start_us, gated=False, hidden=reel.hidden)
        for picture in pictures if looked else ():
            at_us = picture.at_us
            motion = mover.step(picture)
            blobs = () if motion.troubled else motion.blobs
            alive |= {track.number: track for track in tracker.step(at_us, blobs)}
            over = [one for one in alive.values() if at_us - one.seen_us > LOST_US]
            for track in over:
                del alive[track.number]
                _take(stretches, track, wanted)
        begins = min((one.path[0][0] for one in alive.values()), default=at_us)
        yield from stretches.ready(min(begins, at_us))
        yield Went(number + 1, len(reels), looked)
    for track in alive.values():
        _take(stretches, track, wanted)
    yield from stretches.ready(1 << 62)


def _take(stretches: Stretches, track: Track, wanted: Wanted) -> None:
    found = movement(track, wanted)
    if found is not None:
        stretches.take(found)


def _survey(reels: Sequence[Reel], *, every: bool) -> tuple[Gray | None, list[bool]]:
    """Return the median of some keyframes, and which pieces have one that differs from it."""
    step = max(1, len(reels) // SAMPLES)
    kept: list[Gray] = []
    small: list[list[Gray]] = [[] for _ in reels]
    for number, reel in enumerate(reels):
        if not every and number % step:
            continue
        for gray in _keyframes(reel, most=None if every else 1 + SAMPLES // len(reels)):
            if number % step == 0:
                kept.append(gray)
            shrunk = cv2.resize(gray, _GATE, interpolation=cv2.INTER_AREA)
            small[number].append(np.asarray(shrunk, dtype=np.uint8))
    if not kept:
        return None, [False] * len(reels)
    thin = kept[:: max(1, len(kept) // (2 * SAMPLES))]
    ground = np.median(np.stack(thin), axis=0).astype(np.uint8)
    usual = cv2.blur(cv2.resize(ground, _GATE, interpolation=cv2.INTER_AREA), (3, 3))
    return ground, [any(_stirs(one, usual) for one in some) for some in small]


def _stirs(gray: Gray, usual: NDArray[np.uint8]) -> bool:
    differs = cv2.absdiff(cv2.blur(gray, (3, 3)), usual)
    return int(np.count_nonzero(differs > _STIRS)) >= _LEAST_STIR


def _keyframes(reel: Reel, *, most: int | None) -> Iterator[Gray]:
    """Yield gray keyframes of a piece; one that cannot be read has none."""
    try:
        with av.open(str(reel.path)) as container:
            stream = container.streams.video[0]
            stream.codec_context.thread_type = "NONE"
            stream.codec_context.skip_frame = "NONKEY"
            for number, frame in enumerate(container.decode(stream)):
                if most is not None and number >= most:
                    return
                gray = gray_of(frame)
                if reel.hidden is not None:
                    gray[reel.hidden] = 0
                yield gray
    except (av.error.FFmpegError, OSError):
        return
