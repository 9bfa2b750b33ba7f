"""What a crash left unfinished: adopted as far as it is whole, else dropped and its gap written."""

from __future__ import annotations

from pathlib import Path

from vigie.base.clock import Clock, now_us
from vigie.watch.recording.boxes import read_layout
from vigie.watch.recording.condition import raise_alarm
from vigie.watch.recording.index import Index, Segment
from vigie.watch.recording.segment_file import PART, finish_part, import_av

_MICROS = 1_000_000


def settle(index: Index, camera_id: str, clock: Clock, *, reason: str = "torn") -> tuple[int, int]:
    """Adopt or drop what a recorder of this camera left; return how many of each.

    Only while no recorder of the camera runs.
    """
    adopted = dropped = 0
    for one in index.unfinished(camera_id):
        if _adopt(index, one):
            adopted += 1
        else:
            dropped += 1
            index.drop(one.segment_id)
            index.open_gap(camera_id, one.start_us, reason)
            raise_alarm(index, now_us(clock), "dropped", camera_id, 1)
    for part in (index.root / camera_id).rglob(f"*{PART}"):
        part.unlink()
    return adopted, dropped


def _adopt(index: Index, one: Segment) -> bool:
    target = index.root / one.path
    part = target.with_name(target.name + PART)
    if target.exists():
        target.replace(part)
    elif not part.exists():
        return False
    size = part.stat().st_size
    with part.open("r+b") as stream:
        layout = read_layout(stream, size)
        if not layout.fragments:
            part.unlink()
            return False
        stream.truncate(layout.whole)
    found = read_times(part)
    if found is None:
        part.unlink()
        return False
    duration_us, keys = found
    index.finish(
        one.segment_id,
        finish_part(index.root, one.path, one.start_us, one.start_us + duration_us, keys),
    )
    return True


def read_times(path: Path) -> tuple[int, list[tuple[int, int]]] | None:
    """Return how long a segment is (µs) and its keyframes (µs after its start, time stamp).

    None when it cannot be read. Nothing is decoded.
    """
    av = import_av()
    keys: list[tuple[int, int]] = []
    first = last = step = None
    try:
        with av.open(str(path), format="mp4") as held:
            video = held.streams.video[0]
            for packet in held.demux(video):
                if packet.pts is None or not packet.size:
                    continue
                first = packet.pts if first is None else first
                at = round((packet.pts - first) * video.time_base * _MICROS)
                if packet.is_keyframe:
                    keys.append((at, packet.pts))
                if last is None or at > last:
                    step, last = at - (last or 0), at
    except (av.FFmpegError, OSError, IndexError):
        return None
    return None if last is None or not keys else (last + (step or 0), keys)
