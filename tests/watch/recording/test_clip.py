"""A masked clip: what must be covered is covered on every picture, and nothing else is."""

from __future__ import annotations

import threading

import av
import numpy as np
import pytest

from vigie.base.clock import now_us
from vigie.base.errors import NotFound, WrongUsage
from vigie.watch.masking.clip import HandMask, find_boxes, render
from vigie.watch.masking.paint import Painter
from vigie.watch.masking.spans import HOLD_US, linked, spans_of, spans_told
from vigie.watch.recording.archive import Archive
from vigie.watch.recording.recorder import Recorder
from vigie.watch.recording.source import FileSource
from vigie.watch.vision.geometry import Box

SECOND = 1_000_000
HAND = ((0.5, 0.5), (1.0, 0.5), (1.0, 1.0), (0.5, 1.0))


@pytest.fixture
def recorded(tmp_path, clock, sheet, clip):
    """Twenty seconds of a camera."""
    archive = Archive(tmp_path, clock, durable=False)
    archive.index.put_camera(sheet())
    source = FileSource(clip, clock, start_us=now_us(clock))
    Recorder(archive.index, "cam-1", source, clock, threading.Event()).run(most=1)
    return archive


def pictures(path):
    with av.open(str(path)) as held:
        return [(one.time, one.to_ndarray(format="gray")) for one in held.decode(video=0)]


def test_a_clip_is_its_window_and_each_mask_covers_its_time(recorded, clock, tmp_path) -> None:
    start = now_us(clock)
    window = (start + 2 * SECOND, start + 7 * SECOND)
    pieces = recorded.segments("cam-1", *window)
    spans = linked([(window[0] + SECOND, [Box(0.1, 0.1, 0.2, 0.3)])])
    hand = [HandMask(window[0] + 3 * SECOND, window[0] + 4 * SECOND, HAND)]
    told: list[float] = []
    n = render(pieces, window, tmp_path / "a.mp4", spans=spans, hand=hand, tell=told.append)
    plain = render(pieces, window, tmp_path / "b.mp4")
    assert n == plain == 50
    assert told == sorted(told)
    assert not list(tmp_path.glob("*.part"))
    found, bare = pictures(tmp_path / "a.mp4"), pictures(tmp_path / "b.mp4")
    by_hand = Painter((HAND,), 64, 48).cover
    for (at, one), (_, other) in zip(found, bare, strict=True):
        assert (one[5:14, 7:12].max() <= 24) == (at <= 2.0), at
        assert (one[by_hand].max() <= 24) == (3.0 <= at < 4.0), at
        assert np.abs(one[:, 20:30].astype(int) - other[:, 20:30]).mean() < 3
    assert bare[0][1].mean() == pytest.approx(pictures_mean(pieces, 2), abs=4)


def pictures_mean(pieces, second):
    return pictures(pieces[0].path)[second * 10][1].mean()


def test_a_mosaic_covers_all_of_it(recorded, clock, tmp_path) -> None:
    """Each field is one shade: what is smaller than a field cannot be seen."""
    window = (now_us(clock), now_us(clock) + SECOND)
    pieces = recorded.segments("cam-1", *window)
    assert render(pieces, window, tmp_path / "a.mp4", whole=True) == 10
    for _, one in pictures(tmp_path / "a.mp4"):
        fields = one[:48, :64].reshape(12, 4, 16, 4).swapaxes(1, 2).reshape(-1, 16)
        assert (fields.max(axis=1).astype(int) - fields.min(axis=1)).mean() < 8


def test_a_window_without_pictures_leaves_no_file(recorded, clock, tmp_path) -> None:
    window = (now_us(clock) + 100 * SECOND, now_us(clock) + 101 * SECOND)
    with pytest.raises(NotFound):
        render(recorded.segments("cam-1", 0, 1 << 60), window, tmp_path / "a.mp4")
    assert list(tmp_path.glob("a.mp4*")) == []


def test_two_picture_sizes_make_no_clip(recorded, clock, make_clip, tmp_path) -> None:
    other = make_clip(tmp_path / "other.mp4", size=(96, 64), seconds=5)
    start = now_us(clock)
    source = FileSource(other, clock, start_us=start + 20 * SECOND)
    Recorder(recorded.index, "cam-1", source, clock, threading.Event()).run(most=1)
    window = (start + 18 * SECOND, start + 24 * SECOND)
    with pytest.raises(WrongUsage):
        render(recorded.segments("cam-1", *window), window, tmp_path / "a.mp4")


class White:
    """Finds the white column of the clip: the box is known."""

    def find(self, picture):
        columns = np.flatnonzero(picture[..., 1].mean(axis=0) > 240)
        left, right = int(columns[0]), int(columns[-1]) + 1
        return [Box(max(0, left - 2) / 64, 0.0, min(64, right + 2) / 64, 1.0)]


def test_what_is_found_now_and_then_is_covered_on_each_picture(recorded, clock, tmp_path) -> None:
    """The column moves a pixel a picture and is looked for on every second one."""
    start = now_us(clock)
    window = (start, start + 5 * SECOND)
    pieces = recorded.segments("cam-1", *window)
    found = find_boxes(pieces, window, White(), lambda _: None)
    assert 20 <= len(found) < 45
    spans = spans_of(spans_told(linked(found)))
    assert [one.times for one in spans] == [one.times for one in linked(found)]
    render(pieces, window, tmp_path / "a.mp4", spans=spans)
    assert max(int(one.max()) for _, one in pictures(tmp_path / "a.mp4")) < 200


def test_a_box_that_is_lost_is_held_and_grows() -> None:
    box = Box(0.4, 0.4, 0.5, 0.5)
    (span,) = linked([(0, [box]), (400_000, []), (800_000, [box.moved(0.05, 0)])])
    between = span.at(400_000)
    assert between.left < 0.4
    assert between.right > 0.55
    late, later = span.at(900_000), span.at(1_700_000)
    assert later.width > late.width > box.width
    assert span.at(800_000 + HOLD_US + 1) is None
    assert span.at(-HOLD_US) is not None
    far = linked([(0, [box]), (100_000, [box.moved(0.4, 0.4)]), (3_000_000, [box])])
    assert len(far) == 3
