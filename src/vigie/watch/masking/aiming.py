"""One picture of a camera to draw its masks on: in memory, with the masks in force burnt in."""

from __future__ import annotations

from collections.abc import Sequence

from vigie.base.errors import Unavailable
from vigie.watch.masking.paint import Painter, planar_of
from vigie.watch.masking.shapes import Ring
from vigie.watch.recording.playback import jpeg_of
from vigie.watch.recording.segment_file import import_av
from vigie.watch.recording.source import Source, SourceLost

MOST_PACKETS = 500
"""A picture is looked for in so many packets: a keyframe comes every few seconds."""


def aim_picture(source: Source, rings: Sequence[Ring]) -> bytes:
    """Return the first whole picture of a stream as JPEG, with polygons painted; nothing is kept.

    Raises:
        Unavailable: The stream cannot be read or decoded now, or its size cannot be masked.
    """
    av = import_av()
    try:
        with source.open() as opened:
            decoder = opened.template.codec_context
            decoder.thread_type = "NONE"
            begun = False
            for number, arrived in enumerate(opened.packets):
                begun = begun or arrived.packet.is_keyframe
                for frame in decoder.decode(arrived.packet) if begun else ():
                    planar = planar_of(frame)
                    Painter(rings, frame.width, frame.height).paint(planar)
                    return jpeg_of(av.VideoFrame.from_ndarray(planar, "yuv420p"))
                if number > MOST_PACKETS:
                    break
    except (SourceLost, av.FFmpegError, ValueError) as error:
        raise Unavailable(what="video") from error
    raise Unavailable(what="video")
