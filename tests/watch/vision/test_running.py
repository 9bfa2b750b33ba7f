"""A run: refused before a picture exists, ended in the second in which its grant ends."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import fields
from datetime import UTC, datetime, timedelta

import pytest
from tests.detectors.scenes import Actor, render, walk

from vigie.base.clock import FixedClock, now_us
from vigie.base.errors import DetectionClosed
from vigie.detectors.wrong_way import DETECTOR
from vigie.model.legal_events import LegalEvent
from vigie.model.times import SECOND_US
from vigie.watch.vision.detections import CLIP_US, Detection
from vigie.watch.vision.geometry import WHOLE, Zone
from vigie.watch.vision.permit import Permit, UnderGrants
from vigie.watch.vision.pictures import Picture, Pictures
from vigie.watch.vision.running import Run, Watched

NOON = datetime(2026, 6, 1, 12, tzinfo=UTC)
START = now_us(FixedClock(NOON))
HERE = (5.37, 43.295)
RING = ((5.36, 43.29), (5.38, 43.29), (5.38, 43.30), (5.36, 43.30))
WATCHED = Watched("cam-1", Zone("lane", WHOLE.ring, (0.0, -1.0)), DETECTOR, DETECTOR.parameters())
WRONG = Actor(walk((0.5, -0.1), (0.5, 1.1), 6.0, 9.0), (0.14, 0.2))


def grant(seconds: float) -> UnderGrants:
    end = START + round(seconds * SECOND_US)
    permit = Permit(
        "g1", frozenset({LegalEvent.WRONG_WAY}), frozenset({"cam-1"}), RING, START, START, end
    )
    return UnderGrants((permit,), "cam-1", HERE)


def live(clock: FixedClock, pictures: Iterator[Picture]) -> Iterator[Picture]:
    for picture in pictures:
        yield picture
        clock.advance(timedelta(seconds=0.2))


class NeverOpened:
    """Pictures that must not be asked for."""

    def __iter__(self) -> Iterator[Picture]:
        raise AssertionError


@pytest.mark.parametrize("under", [UnderGrants((), "cam-1", HERE), grant(0.0)])
def test_nothing_is_opened_without_a_grant(under: UnderGrants) -> None:
    """Requirement: ALG-1."""
    run = Run(WATCHED, under, FixedClock(NOON))
    with pytest.raises(DetectionClosed):
        next(run.detections(NeverOpened(), START))
    pictures = Pictures("/nowhere/at/all", START)
    with pytest.raises(DetectionClosed):
        next(run.detections(pictures, START))
    assert pictures.packets == run.pictures == 0


def test_it_ends_in_the_second_in_which_its_grant_ends() -> None:
    """Requirement: ALG-7."""
    clock = FixedClock(NOON)
    run = Run(WATCHED, grant(8.0), clock)
    pictures = live(clock, render([WRONG], 20.0, start_us=START))
    detections, seen = run.detections(pictures, START), []
    with pytest.raises(DetectionClosed) as refused:
        seen.extend(detections)
    assert refused.value.params["why"] == "over"
    assert run.pictures == 40
    assert [one.open for one in seen] == [True]
    assert [one.to_us for one in run.left] == [START + 7_800_000]


def test_a_detection_is_told_when_raised_and_when_ended_with_its_clip() -> None:
    """Requirement: ALG-5."""
    clock = FixedClock(NOON)
    run = Run(WATCHED, grant(60.0), clock)
    raised, ended = run.detections(live(clock, render([WRONG], 16.0, start_us=START)), START)

    assert (raised.open, ended.open) == (True, False)
    assert raised.from_us == ended.from_us <= raised.raised_us < ended.to_us
    assert raised.raised_us - (START + 6 * SECOND_US) <= 3 * SECOND_US
    assert ended.grant_id == "g1"
    assert ended.clip.from_us == ended.from_us - CLIP_US
    assert ended.clip.to_us == ended.to_us + CLIP_US
    assert ended.parameters["least_travel"] == 0.08


def test_a_detection_holds_a_place_and_a_time_and_nothing_of_looks() -> None:
    """Requirement: ALG-3."""
    assert {one.name for one in fields(Detection)} == {
        "event", "camera", "zone", "detector", "version", "parameters", "score", "level",
        "grant_id", "from_us", "raised_us", "to_us", "open", "path",
    }  # fmt: skip
