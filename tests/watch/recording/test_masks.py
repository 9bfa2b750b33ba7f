"""Masks burnt in before storage: what is decoded from the disk is black there, intact elsewhere."""

from __future__ import annotations

import io
import sqlite3
import threading
from datetime import timedelta
from itertools import pairwise

import av
import numpy as np
import pytest

from vigie.base.clock import now_us
from vigie.base.errors import WrongUsage
from vigie.watch.masking.burning import Burning
from vigie.watch.masking.paint import Painter
from vigie.watch.masking.shapes import checked_rings, checked_size
from vigie.watch.recording.condition import all_health
from vigie.watch.recording.index import FILE, Index
from vigie.watch.recording.masks import mask_history, masks_in_force, put_masks
from vigie.watch.recording.playback import picture
from vigie.watch.recording.recorder import Recorder
from vigie.watch.recording.source import Arrived, FileSource, Opened

EVER = 1 << 60
SIZE = (64, 48)
WINDOW = ((0.25, 0.25), (0.75, 0.25), (0.75, 0.75), (0.25, 0.75))
CORNER = ((0.0, 0.0), (0.2, 0.0), (0.0, 0.2))
BLACK = 24
"""As bright as a painted pixel may be once encoded; the scene itself is brighter."""


def draw(index, *rings, size=SIZE, at_us=1):
    return put_masks(
        index, "cam-1", rings, size, by_name="admin", why="Fenêtres du n° 4", at_us=at_us
    )


def record(index, clock, path, *, most=1, source=None):
    source = source or FileSource(path, clock, start_us=now_us(clock))
    burning = Burning(source, lambda: masks_in_force(index, "cam-1"))
    Recorder(index, "cam-1", burning, clock, threading.Event(), jitter=lambda: 0.0).run(most=most)


def brightness(path):
    with av.open(str(path)) as held:
        return [one.to_ndarray(format="gray") for one in held.decode(video=0)]


def stored(index):
    return [(one, brightness(index.root / one.path)) for one in index.segments("cam-1", 0, EVER)]


def assert_masked(shown, source, cover):
    """Compare what is stored with what came: black under the masks, the same beside them."""
    assert len(shown) == len(source)
    beside = ~cover
    for one, came in zip(shown, source, strict=True):
        assert one[cover].max() <= BLACK
        apart = np.abs(one[beside].astype(int) - came[beside].astype(int))
        assert apart.mean() < 4


@pytest.mark.parametrize("b_frames", [0, 2])
def test_every_stored_picture_is_masked_and_no_picture_is_lost(
    index, clock, sheet, make_clip, tmp_path, b_frames
) -> None:
    """Requirement: VID-6. Across keyframes and segments, with pictures that come out of order."""
    clip = make_clip(tmp_path / "clip.mp4", b_frames=b_frames)
    index.put_camera(sheet(masks="burnt"))
    draw(index, WINDOW, CORNER)
    record(index, clock, clip)
    found = stored(index)
    cover = Painter((WINDOW, CORNER), *SIZE).cover
    assert [one.end_us - one.start_us for one, _ in found] == [4_000_000] * 5
    assert {one.mask for one, _ in found} == {1}
    assert all(a.end_us == b.start_us for (a, _), (b, _) in pairwise(found))
    assert_masked([x for _, shown in found for x in shown], brightness(clip), cover)
    first = found[0][0]
    assert len(index.keyframes(first.segment_id)) == 4, "a keyframe of the camera stays one"
    snapshot = picture(index.root / first.path, 1_500_000, index.keyframes(first.segment_id))
    with av.open(io.BytesIO(snapshot)) as held:
        (still,) = (one.to_ndarray(format="gray") for one in held.decode(video=0))
    assert still[16:32, 20:44].max() <= BLACK
    assert [(one.version, one.from_us) for one in mask_history(index, "cam-1")] == [
        (1, first.start_us)
    ]


def test_a_new_version_begins_a_segment_and_the_old_one_stays_as_it_was(
    index, clock, sheet, clip
) -> None:
    """Drawn while it records: from the next keyframe on, in a segment of its own."""
    index.put_camera(sheet(masks="burnt"))
    draw(index, WINDOW)

    class Redrawn(FileSource):
        def _packets(self, held, video):
            for number, one in enumerate(super()._packets(held, video)):
                if number == 65:
                    draw(index, CORNER, at_us=2)
                yield one

    record(index, clock, clip, source=Redrawn(clip, clock, start_us=now_us(clock)))
    found = stored(index)
    assert [(one.mask, (one.end_us - one.start_us) // 1_000_000) for one, _ in found] == [
        *((1, 4), (1, 3), (2, 4), (2, 4), (2, 4), (2, 1)),
    ]
    source = brightness(clip)
    assert_masked(found[1][1], source[40:70], Painter((WINDOW,), *SIZE).cover)
    assert_masked(found[2][1], source[70:110], Painter((CORNER,), *SIZE).cover)
    history = mask_history(index, "cam-1")
    assert [(one.version, one.from_us) for one in history] == [
        (2, found[2][0].start_us),
        (1, found[0][0].start_us),
    ]
    for change in (
        "DELETE FROM mask",
        "UPDATE mask SET rings = '[]'",
        "UPDATE mask SET from_us = 1",
        "UPDATE mask SET by_name = 'other'",
    ):
        with pytest.raises(sqlite3.IntegrityError), index.open() as base:
            base.execute(change)


def test_a_stream_that_begins_between_keyframes_and_comes_again_stays_masked(
    index, clock, sheet, clip
) -> None:
    """A reconnection in the middle: nothing before its first keyframe, all of it masked."""

    class Cut(FileSource):
        def open(self):
            return _late(super().open())

    index.put_camera(sheet(masks="burnt"))
    draw(index, WINDOW)
    record(index, clock, clip)
    clock.advance(timedelta(seconds=25))
    record(index, clock, clip, source=Cut(clip, clock, start_us=now_us(clock)))
    cover = Painter((WINDOW,), *SIZE).cover
    source = brightness(clip)
    shown = [x for _, pictures in stored(index) for x in pictures]
    assert_masked(shown, source + source[10:], cover)
    assert [one.reason for one in index.gaps("cam-1", 0, EVER)] == ["source_ended"] * 2


class _late:  # noqa: N801 -- a context manager used once
    """A stream of which the first four packets were lost."""

    def __init__(self, held) -> None:
        self._held = held

    def __enter__(self):
        opened = self._held.__enter__()
        for _ in range(4):
            next(opened.packets)
        return Opened(opened.template, opened.packets)

    def __exit__(self, *told):
        return self._held.__exit__(*told)


def test_pictures_of_another_size_are_not_recorded_until_masks_are_drawn_on_them(
    index, clock, sheet, make_clip, tmp_path
) -> None:
    """Requirement: VID-6. In the middle of a stream too: what came before stays whole."""
    other = make_clip(tmp_path / "other.mp4", size=(96, 64), seconds=6)
    both = tmp_path / "both.h264"
    with both.open("wb") as out:
        for path in (make_clip(tmp_path / "clip.mp4", seconds=6), other):
            out.write(annex_b(path))
    index.put_camera(sheet(masks="burnt"))
    draw(index, WINDOW)

    class Raw(FileSource):
        """Packets of a stream of bytes carry no time: they are counted."""

        def _packets(self, held, video):
            start = now_us(clock)
            for number, packet in enumerate(one for one in held.demux(video) if one.size):
                packet.pts = packet.dts = round(number / 10 / video.time_base)
                yield Arrived(packet, start + number * 100_000)

    record(index, clock, both, source=Raw(both, clock))
    found = stored(index)
    assert sum(len(shown) for _, shown in found) == 60
    assert {shown[0].shape for _, shown in found} == {(48, 64)}
    assert index.gaps("cam-1", 0, EVER)[-1].reason == "mask_size"
    assert all_health(index)["cam-1"].state == "not_masked"
    clock.advance(timedelta(seconds=30))
    record(index, clock, other)
    assert len(stored(index)) == len(found)
    draw(index, WINDOW, size=(96, 64), at_us=3)
    record(index, clock, other)
    made = stored(index)[len(found) :]
    assert_masked(
        [x for _, shown in made for x in shown], brightness(other), Painter((WINDOW,), 96, 64).cover
    )


def annex_b(path):
    """Return the bytes of a clip's pictures with their parameters at each keyframe."""
    sink = io.BytesIO()
    with av.open(str(path)) as held, av.open(sink, "w", format="h264") as out:
        stream = out.add_stream_from_template(held.streams.video[0])
        for packet in held.demux(held.streams.video[0]):
            if packet.size:
                packet.stream = stream
                out.mux(packet)
    return sink.getvalue()


def test_without_masks_or_with_what_cannot_be_decoded_nothing_is_recorded(
    index, clock, sheet, clip
) -> None:
    """Requirement: VID-6. The gap and the health say which of the two it is."""
    index.put_camera(sheet(masks="burnt"))
    record(index, clock, clip)
    assert index.gaps("cam-1", 0, EVER)[-1].reason == "mask_missing"
    draw(index, WINDOW)
    draw(index, at_us=2)
    record(index, clock, clip)
    assert index.gaps("cam-1", 0, EVER)[-1].reason == "mask_missing"
    draw(index, WINDOW, at_us=3)

    class Garbled(FileSource):
        def _packets(self, held, video):
            for one in super()._packets(held, video):
                garbled = av.Packet(b"\0" * one.packet.size)
                garbled.pts = garbled.dts = one.packet.pts
                garbled.is_keyframe = True
                yield one._replace(packet=garbled)

    with index.open() as base:
        base.execute("DELETE FROM gap")
    record(index, clock, clip, source=Garbled(clip, clock, start_us=now_us(clock)))
    assert index.segments("cam-1", 0, EVER) == []
    assert index.gaps("cam-1", 0, EVER)[-1].reason == "mask_codec"
    assert all_health(index)["cam-1"].state == "not_masked"


def test_a_stream_that_nobody_masked_is_not_stored_under_a_sheet_that_says_burnt(
    index, clock, sheet, clip
) -> None:
    """Requirement: VID-6. A recorder started before the sheet changed stops at the segment."""
    index.put_camera(sheet(masks="burnt"))
    draw(index, WINDOW)
    source = FileSource(clip, clock, start_us=now_us(clock))
    Recorder(index, "cam-1", source, clock, threading.Event(), jitter=lambda: 0.0).run(most=1)
    assert index.segments("cam-1", 0, EVER) == []
    assert not list(index.root.rglob("*.mp4*"))


@pytest.mark.parametrize(
    "rings",
    [
        [[(0, 0), (1, 1)]],
        [[(0, 0), (1.2, 0), (1, 1)]],
        [[(0, 0), (0.5, 0.5), (1, 1)]],
        [[(0.1, 0.1), (0.9, 0.9), (0.9, 0.1), (0.1, 0.9)]],
        [[(0, 0), (float("nan"), 0), (1, 1)]],
        [[(0, 0), (1, 0), (1, 1)]] * 21,
    ],
)
def test_what_is_no_polygon_on_a_picture_is_refused(rings) -> None:
    with pytest.raises(WrongUsage):
        checked_rings(rings)
    with pytest.raises(WrongUsage):
        checked_size(641, 360)


def test_a_painted_polygon_covers_every_pixel_that_it_touches() -> None:
    painter = Painter((WINDOW,), *SIZE)
    assert painter.cover[12:36, 16:48].all()
    assert not painter.cover[:10].any()
    assert not painter.cover[:, 52:].any()


def test_an_index_of_an_older_vigie_keeps_its_rows(tmp_path, sheet, clock) -> None:
    """The tables as version 0.1.0 made them, with their rows: nothing is lost, checks are new."""
    root = tmp_path / "video"
    root.mkdir()
    index = Index(root, durable=False)
    index.put_camera(sheet(masks="set"))
    number = index.begin("cam-1", "cam-1/a.mp4", 1, 30)
    index.drop(number)
    with index.open() as base:
        schema = base.execute(
            "SELECT name, sql FROM sqlite_master WHERE sql IS NOT NULL"
        ).fetchall()
    old = sqlite3.connect(tmp_path / "old.db")
    before = {
        "segment": (",\n  mask INTEGER NOT NULL DEFAULT 0", ""),
        "health": (",\n  cpu_permille INTEGER NOT NULL DEFAULT 0", ""),
        "camera": (", 'burnt'", ""),
    }
    for name, text in schema:
        if not name.startswith(("sqlite_", "mask")):
            assert name not in before or before[name][0] in text
            old.execute(text.replace(*before.get(name, ("", "")), 1))
    old.execute("INSERT INTO camera VALUES ('cam-1','A','B',9,30,'set','S','sealed',1)")
    old.execute("INSERT INTO camera_purpose VALUES ('cam-1', 1)")
    old.execute(
        "INSERT INTO segment (segment_id, camera_id, start_us, end_us, path, term_days, state)"
        " VALUES (7, 'cam-1', 1, 2, 'p', 30, 'whole')"
    )
    old.execute("DELETE FROM segment WHERE segment_id = 7")
    old.commit()
    old.close()
    again = tmp_path / "again"
    again.mkdir()
    (tmp_path / "old.db").rename(again / FILE)
    renewed = Index(again, durable=False)
    assert renewed.camera("cam-1").purposes == (1,)
    renewed.put_camera(sheet(masks="burnt"))
    assert renewed.begin("cam-1", "q", 1, 30) == 8, "a segment's number is never given twice"
    with renewed.open() as base:
        assert base.execute("PRAGMA foreign_key_check").fetchall() == []
        assert base.execute("PRAGMA foreign_keys").fetchone() == (1,)
        indexes = base.execute("SELECT count(*) FROM sqlite_master WHERE type = 'index'")
        assert indexes.fetchone()[0] >= 6
