"""Playing recordings: an HLS playlist of segments as they stand, and one picture in memory."""

from __future__ import annotations

import io
from collections.abc import Sequence
from itertools import pairwise
from pathlib import Path
from typing import Any

from vigie.base.clock import to_rfc3339
from vigie.watch.recording.index import Segment
from vigie.watch.recording.segment_file import import_av

_MICROS = 1_000_000
LIVE_SEGMENTS = 6


def playlist(segments: Sequence[Segment], *, live: bool, address: str) -> str:
    """Return the HLS playlist (RFC 8216, version 7) of segments in order.

    Each segment is whole in itself: its beginning is its own map, and a discontinuity stands
    between two. A player that knows neither the hour nor the gaps reads them off
    ``EXT-X-PROGRAM-DATE-TIME``.

    Args:
        segments: Oldest first, from the same beginning at each reading.
        live: Whether more will come: only the last are told then, and the list does not end.
            They are numbered from the beginning, one by one: the numbers of segments are those of
            every camera, and a player takes a missing number for a missing segment.
        address: Where a segment is fetched, with ``{id}`` in place of its number.
    """
    told = list(segments[-LIVE_SEGMENTS:] if live else segments)
    longest = max((one.end_us - one.start_us for one in told), default=_MICROS)
    lines = [
        "#EXTM3U",
        "#EXT-X-VERSION:7",
        f"#EXT-X-TARGETDURATION:{-(-longest // _MICROS)}",
        "#EXT-X-INDEPENDENT-SEGMENTS",
    ]
    if live:
        first = len(segments) - len(told)
        lines += [f"#EXT-X-MEDIA-SEQUENCE:{first}", f"#EXT-X-DISCONTINUITY-SEQUENCE:{first}"]
    else:
        lines += ["#EXT-X-MEDIA-SEQUENCE:0", "#EXT-X-PLAYLIST-TYPE:VOD"]
    for number, one in enumerate(told):
        uri = address.format(id=one.segment_id)
        lines += ["#EXT-X-DISCONTINUITY"] if number else []
        lines += [
            f'#EXT-X-MAP:URI="{uri}",BYTERANGE="{one.head}@0"',
            f"#EXT-X-PROGRAM-DATE-TIME:{to_rfc3339(one.start_us)}",
            f"#EXTINF:{(one.end_us - one.start_us) / _MICROS:.3f},",
            f"#EXT-X-BYTERANGE:{one.size - one.head}@{one.head}",
            uri,
        ]
    return "\n".join([*lines, *([] if live else ["#EXT-X-ENDLIST"])]) + "\n"


def picture(path: Path, after_us: int, keyframes: Sequence[tuple[int, int]]) -> bytes:
    """Return the picture of a segment at a time after its start, as JPEG; nothing is kept.

    It decodes from the last keyframe before that time on, which is less than a keyframe interval.

    Args:
        path: The segment.
        after_us: µs after its start.
        keyframes: Of the index: µs after the start, byte offset.
    """
    av = import_av()
    key = max((after for after, _ in keyframes if after <= after_us), default=0)
    with av.open(str(path), format="mp4") as held:
        video = held.streams.video[0]
        video.codec_context.thread_type = "NONE"
        start = video.start_time or 0
        if key:
            held.seek(start + round(key / _MICROS / video.time_base), stream=video)
        best: Any = None
        for frame in held.decode(video):
            at = round((frame.pts - start) * video.time_base * _MICROS)
            if best is not None and at > after_us:
                break
            best = frame
        return jpeg_of(best)


def jpeg_of(frame: Any) -> bytes:
    """Return a picture as JPEG, made in memory."""
    av = import_av()
    sink = io.BytesIO()
    with av.open(sink, "w", format="mjpeg") as out:
        stream = out.add_stream("mjpeg", rate=1)
        stream.width, stream.height, stream.pix_fmt = frame.width, frame.height, "yuvj420p"
        stream.codec_context.options = {"q": "4"}
        ready = frame.reformat(format="yuvj420p")
        ready.pts = 0
        out.mux(stream.encode(ready))
        out.mux(stream.encode(None))
    return sink.getvalue()


def stretches(segments: Sequence[Segment], *, joined_us: int = _MICROS) -> list[tuple[int, int]]:
    """Return the stretches that segments in order cover; a hole shorter than a second is none."""
    found: list[tuple[int, int]] = []
    begins = segments[0].start_us if segments else 0
    for one, other in pairwise([*segments, None]):
        if one is not None and (other is None or other.start_us - one.end_us > joined_us):
            found.append((begins, one.end_us))
            begins = other.start_us if other is not None else 0
    return found
