"""Recordings that a window and an area cover, as an inquiry needs them.

The recorder is another room. Where no camera of a home records, the video part of a package is
absent, and the package says so.
"""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import IO, Any, Protocol

from shapely import intersects_xy

from vigie.inquiry.house import House
from vigie.inquiry.query import Query
from vigie.watch.recording.archive import Archive


@dataclass(frozen=True, slots=True)
class Segment:
    """A stretch of one camera's recording.

    Attributes:
        segment_id: Its id in the recorder.
        camera_id: Number of the camera in the city's register.
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

    def hold(
        self, camera_ids: Sequence[str], from_us: int, to_us: int, case_ref: str, *, until_us: int
    ) -> int:
        """Freeze what the cameras recorded in a window; returns how many segments."""

    def held(self, case_ref: str) -> list[str]:
        """Return the cameras of which a case holds something."""

    def release(self, case_ref: str) -> int:
        """Let go of what a case froze; returns how many holds."""

    def segments(self, camera_ids: Sequence[str], from_us: int, to_us: int) -> Sequence[Segment]:
        """Return the segments of cameras that touch a window, by camera and time."""

    def open(self, segment_id: str) -> AbstractContextManager[IO[bytes]]:
        """Give the bytes of a segment for a moment."""


class Shelf:
    """The recorder of a home, for an inquiry: cameras without a recording are passed over.

    Args:
        archive: The home's recordings.
    """

    def __init__(self, archive: Archive) -> None:
        self._archive = archive

    def _recording(self, camera_ids: Sequence[str]) -> list[str]:
        known = {one.camera_id for one in self._archive.cameras()}
        return sorted(known.intersection(camera_ids))

    def hold(
        self, camera_ids: Sequence[str], from_us: int, to_us: int, case_ref: str, *, until_us: int
    ) -> int:
        """Freeze what the cameras recorded in a window; returns how many segments."""
        cameras = self._recording(camera_ids)
        if not cameras:
            return 0
        return self._archive.hold(cameras, from_us, to_us, case_ref, until_us=until_us)

    def held(self, case_ref: str) -> list[str]:
        """Return the cameras of which a case holds something."""
        holds = self._archive.holds(case_ref) if case_ref else []
        return sorted({one.camera_id for one in holds if one.released_us is None})

    def release(self, case_ref: str) -> int:
        """Let go of what a case froze; returns how many holds."""
        return self._archive.release(case_ref) if self.held(case_ref) else 0

    def segments(self, camera_ids: Sequence[str], from_us: int, to_us: int) -> list[Segment]:
        """Return the segments of cameras that touch a window, by camera and time."""
        return [
            Segment(str(one.segment_id), one.camera_id, one.start_us, one.end_us, one.sha256)
            for camera in self._recording(camera_ids)
            for one in self._archive.segments(camera, from_us, to_us)
        ]

    def open(self, segment_id: str) -> AbstractContextManager[IO[bytes]]:
        """Give the bytes of a segment for a moment.

        Raises:
            NotFound: It is gone.
        """
        index = self._archive.index
        return (index.root / index.segment(int(segment_id)).path).open("rb")


def seen_video(cameras: Sequence[str], times: tuple[int, int]) -> dict[str, Any]:
    """Return what a line of the audit tells of recordings, for their register (CSI R252-11)."""
    return {"store": "video", "cameras": list(cameras), "from_us": times[0], "to_us": times[1]}


def recorder_of(house: House) -> Recorder | None:
    """Return a home's recorder; None where none of its cameras records."""
    return Shelf(house.video) if house.video.cameras() else None


def cameras_in(house: House, query: Query) -> list[str]:
    """Return the cameras that stand in a query's area, by their number in the city's register."""
    places = house.lake.query("places_all").select(["source_ref", "kind", "lon", "lat"])
    area = query.polygon
    return sorted(
        row["source_ref"]
        for row in places.to_pylist()
        if row["kind"].startswith("place.camera")
        and row["source_ref"] is not None
        and row["lon"] is not None
        and intersects_xy(area, row["lon"], row["lat"])
    )
