"""A file recorded as a camera: cut at keyframes, true times, whole or not at all."""

from __future__ import annotations

import errno
import hashlib
import sqlite3
import threading
from datetime import timedelta
from itertools import pairwise

import av
import pytest
from hypothesis import given
from hypothesis import strategies as st

from vigie.base.clock import FixedClock, from_us, now_us, to_us
from vigie.base.errors import WrongUsage
from vigie.watch.recording.condition import all_health, untold_alarms
from vigie.watch.recording.leftovers import settle
from vigie.watch.recording.recorder import Recorder
from vigie.watch.recording.segment_file import PART, SegmentWriter, place_of
from vigie.watch.recording.source import FileSource, StreamSource

EVER = 1 << 60


def record(index, clock, path, *, most=1, room=lambda: True, camera="cam-1"):
    source = FileSource(path, clock, start_us=now_us(clock))
    recorder = Recorder(
        index, camera, source, clock, threading.Event(), room=room, jitter=lambda: 0.0
    )
    recorder.run(most=most)


@pytest.mark.parametrize("b_frames", [0, 2])
def test_a_stream_is_cut_at_keyframes_and_no_picture_is_lost(
    index, clock, sheet, make_clip, tmp_path, b_frames
) -> None:
    """Segments follow each other without a hole, decode alone, and hold every picture."""
    clip = make_clip(tmp_path / "clip.mp4", b_frames=b_frames)
    index.put_camera(sheet())
    record(index, clock, clip)
    found = index.segments("cam-1", 0, EVER)
    assert [one.end_us - one.start_us for one in found] == [4_000_000] * 5
    assert found[0].start_us == now_us(clock)
    assert all(a.end_us == b.start_us for a, b in pairwise(found))
    assert found[0].path == "cam-1/2026/03/01/12/0000.mp4"
    for one in found:
        content = (index.root / one.path).read_bytes()
        assert hashlib.sha256(content).hexdigest() == one.sha256
        assert len(content) == one.size
        for _, offset in index.keyframes(one.segment_id):
            assert content[offset + 4 : offset + 8] == b"moof"
        with av.open(str(index.root / one.path)) as held:
            frames = list(held.decode(video=0))
        assert len(frames) == 40
        assert frames[0].time == pytest.approx(0, abs=0.21)
    (gap,) = index.gaps("cam-1", 0, EVER)
    assert (gap.from_us, gap.to_us, gap.reason) == (found[-1].end_us, None, "source_ended")


def test_nothing_is_recorded_once_the_authorisation_has_ended(index, clock, sheet, clip) -> None:
    """Requirement: VID-1. It stops in the middle of a stream, at the next keyframe."""
    index.put_camera(sheet(authorised_until_us=now_us(clock) + 6_000_000))
    record(index, clock, clip)
    found = index.segments("cam-1", 0, EVER)
    assert [one.end_us - one.start_us for one in found] == [4_000_000, 2_000_000]
    assert index.gaps("cam-1", 0, EVER)[-1].reason == "not_authorised"
    clock.advance(timedelta(seconds=60))
    record(index, clock, clip)
    assert len(index.segments("cam-1", 0, EVER)) == 2
    assert all_health(index)["cam-1"].state == "not_authorised"


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("authorisation", " "),
        ("authorised_until_us", 0),
        ("purposes", ()),
        ("purposes", (12,)),
        ("purposes", (5, 1)),
        ("retention_days", 0),
        ("retention_days", 31),
        ("masks", ""),
        ("masks", "unknown"),
        ("camera_id", "../other"),
        ("stream", ""),
    ],
)
def test_a_camera_without_what_the_law_asks_has_no_sheet(sheet, field, value) -> None:
    """Requirement: VID-1, VID-2, VID-6."""
    with pytest.raises(WrongUsage):
        sheet(**{field: value})


@pytest.mark.parametrize(
    "change",
    [
        "UPDATE camera SET retention_days = 31",
        "UPDATE camera SET retention_days = 0",
        "UPDATE camera SET authorisation = ''",
        "UPDATE camera SET masks = 'none'",
        "UPDATE camera SET stream = 'rtsp://user:word@host/1'",
        "UPDATE camera_purpose SET purpose = 12",
        "UPDATE segment SET term_days = 31",
        "INSERT INTO hold VALUES ('', 'cam-1', 1, 2, 3, NULL, NULL)",
    ],
)
def test_the_store_itself_refuses_what_the_law_refuses(index, clock, sheet, clip, change) -> None:
    """Requirement: VID-1, VID-2. Not only the code stands before 31 days: the database does."""
    index.put_camera(sheet())
    record(index, clock, clip)
    with pytest.raises(sqlite3.IntegrityError), index.open() as base:
        base.execute(change)


def leave_torn(index, clock, clip, *, cut: int) -> int:
    """Begin a segment as a recorder would, and end the process in the middle of a fragment."""
    start = now_us(clock)
    path = place_of("cam-1", start)
    number = index.begin("cam-1", path, start, 30)
    with av.open(str(clip)) as held:
        writer = SegmentWriter(index.root, path, start, held.streams.video[0])
        for packet in held.demux(held.streams.video[0]):
            if packet.size and packet.pts * packet.time_base < 3:
                writer.write(packet)
        writer.abandon()
    part = index.root / (path + PART)
    content = part.read_bytes()
    part.write_bytes(content[: len(content) - cut])
    return number


def test_what_a_crash_left_is_adopted_as_far_as_it_is_whole(index, clock, sheet, clip) -> None:
    """The torn fragment goes, the whole ones before it are listed and decode."""
    index.put_camera(sheet())
    leave_torn(index, clock, clip, cut=30)
    assert index.segments("cam-1", 0, EVER) == []
    assert settle(index, "cam-1", clock) == (1, 0)
    (one,) = index.segments("cam-1", 0, EVER)
    assert one.end_us - one.start_us == 2_000_000
    assert hashlib.sha256((index.root / one.path).read_bytes()).hexdigest() == one.sha256
    with av.open(str(index.root / one.path)) as held:
        assert len(list(held.decode(video=0))) == 20


def test_what_a_crash_left_without_a_whole_fragment_is_dropped(index, clock, sheet, clip) -> None:
    index.put_camera(sheet())
    leave_torn(index, clock, clip, cut=10_000_000)
    assert settle(index, "cam-1", clock) == (0, 1)
    assert index.segments("cam-1", 0, EVER) == []
    assert not list(index.root.rglob(f"*{PART}"))
    assert index.gaps("cam-1", 0, EVER)[0].reason == "torn"
    assert [one.kind for one in untold_alarms(index)] == ["dropped"]


def test_a_crash_between_the_name_and_the_index_loses_nothing(index, clock, sheet, clip) -> None:
    index.put_camera(sheet())
    leave_torn(index, clock, clip, cut=0)
    (part,) = index.root.rglob(f"*{PART}")
    part.rename(part.with_name(part.name.removesuffix(PART)))
    assert settle(index, "cam-1", clock) == (1, 0)
    (one,) = index.segments("cam-1", 0, EVER)
    assert one.end_us - one.start_us == 3_000_000


def test_a_full_disk_stops_recording_and_is_told(index, clock, sheet, clip) -> None:
    """Without room nothing is begun; the gap says why, and what was recorded stays whole."""
    index.put_camera(sheet())
    record(index, clock, clip, room=lambda: False)
    assert index.segments("cam-1", 0, EVER) == []
    assert index.gaps("cam-1", 0, EVER)[0].reason == "disk_full"
    assert all_health(index)["cam-1"].state == "disk_full"


def test_a_disk_that_fills_in_a_segment_leaves_no_corrupt_one(
    index, clock, sheet, clip, monkeypatch
) -> None:
    """The disk refuses in the middle: whole fragments are adopted, the rest is a gap."""
    from vigie.watch.recording import segment_file

    left = [9_000]
    write = segment_file._Sink.write

    def bounded(self, data):
        if left[0] < len(data):
            raise OSError(errno.ENOSPC, "No space left on device")
        left[0] -= len(data)
        return write(self, data)

    monkeypatch.setattr(segment_file._Sink, "write", bounded)
    index.put_camera(sheet())
    record(index, clock, clip)
    found = index.segments("cam-1", 0, EVER)
    assert found
    for one in found:
        with av.open(str(index.root / one.path)) as held:
            assert list(held.decode(video=0))
    assert index.gaps("cam-1", 0, EVER)[-1].reason == "disk_full"
    assert "disk_full" in [one.kind for one in untold_alarms(index)]


def test_a_file_that_comes_again_leaves_a_gap_and_no_overlap(index, clock, sheet, clip) -> None:
    """After an end the next connection begins where it comes, never before the last picture."""
    index.put_camera(sheet())
    record(index, clock, clip)
    clock.advance(timedelta(seconds=25))
    record(index, clock, clip)
    gaps = index.gaps("cam-1", 0, EVER)
    assert [(one.reason, (one.to_us or 0) - one.from_us) for one in gaps[:1]] == [
        ("source_ended", 5_000_000)
    ]
    found = index.segments("cam-1", 0, EVER)
    assert all(a.end_us <= b.start_us for a, b in pairwise(found))


def test_a_clock_put_back_never_makes_segments_overlap(index, clock, sheet, clip) -> None:
    index.put_camera(sheet())
    record(index, clock, clip)
    clock.advance(timedelta(seconds=-3_600))
    record(index, clock, clip)
    found = index.segments("cam-1", 0, EVER)
    assert len(found) == 10
    assert all(a.end_us <= b.start_us for a, b in pairwise(found))


def test_an_address_in_clear_is_in_no_message(clock) -> None:
    from vigie.watch.recording.source import SourceLost

    source = StreamSource("rtsp://agent:mot-de-passe@127.0.0.1:1/none", clock)
    with pytest.raises(SourceLost) as caught, source.open():
        pass
    assert caught.value.reason == "no_connection"
    assert caught.value.__cause__ is None
    assert "mot-de-passe" not in repr(caught.value)


@given(st.integers(min_value=0, max_value=4_102_444_800_000_000))
def test_a_place_tells_the_second_in_universal_time(start_us: int) -> None:
    place = place_of("cam-1", start_us)
    assert place.startswith(f"cam-1/{from_us(start_us):%Y/%m/%d/%H}/")
    at = FixedClock(from_us(start_us)).now().replace(microsecond=0)
    digits = "".join(c for c in place.removeprefix("cam-1") if c.isdigit())[:14]
    assert digits == f"{at:%Y%m%d%H%M%S}"
    assert to_us(at) <= start_us
