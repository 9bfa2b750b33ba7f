"""Recordings that a window and an area cover, as an inquiry needs them.

The recorder is another room. Where a home has none, the video part of a package is absent, and
the package says so.
"""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import IO, Protocol

from shapely import intersects_xy

from vigie.inquiry.house import House
from vigie.inquiry.query import Query


@dataclass(frozen=True, slots=True)
class Segment:
    """A stretch of one camera's recording.

    Attributes:
        segment_id: Its id in the recorder.
        camera_id: Place of the camera.
        from_us: Start, epoch µs.
        to_us: End, exclusive.
        sha256: Of its bytes, as the recorder wrote it down.
        media: Media type.
    """

    segment_id: str
    camera_id: str
    from_us: int
    to_us: int
    sha256: str
    media: str = "video/mp4"


class Recorder(Protocol):
    """What an inquiry asks of a recorder (VID-2, REQ-5)."""

    def hold(self, camera_ids: Sequence[str], from_us: int, to_us: int, case_ref: str) -> int:
        """Freeze what the cameras recorded in a window; returns how many segments."""

    def release(self, case_ref: str) -> int:
        """Let go of what a case froze; returns how many segments."""

    def segments(self, camera_ids: Sequence[str], from_us: int, to_us: int) -> Sequence[Segment]:
        """Return the segments of cameras that touch a window, by camera and time."""

    def open(self, segment_id: str) -> AbstractContextManager[IO[bytes]]:
        """Give the bytes of a segment for a moment."""


def recorder_of(house: House) -> Recorder | None:
    """Return a home's recorder; None where it has none."""
    found: Recorder | None = getattr(house, "recorder", None)
    return found


def cameras_in(house: House, query: Query) -> list[str]:
    """Return the cameras that stand in a query's area, by id."""
    places = house.lake.query("places_all").select(["place_id", "kind", "lon", "lat"])
    area = query.polygon
    return sorted(
        row["place_id"]
        for row in places.to_pylist()
        if row["kind"].startswith("place.camera")
        and row["lon"] is not None
        and intersects_xy(area, row["lon"], row["lat"])
    )
