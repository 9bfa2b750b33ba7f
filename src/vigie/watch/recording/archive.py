"""What others ask of recordings: which there are, and that a case holds them.

Nothing here asks whether somebody may: the use case does, and writes its line first
(``subject_of`` says what that line must tell, so that the register can be drawn from the audit).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from vigie.base.clock import Clock, now_us
from vigie.base.errors import NotFound, WrongUsage
from vigie.watch.recording.index import Gap, Index
from vigie.watch.recording.sheet import CameraSheet

FOLDER = "video"
_LONGEST_CASE = 80


@dataclass(frozen=True, slots=True)
class Piece:
    """A segment as others are given it.

    Attributes:
        segment_id: Its number.
        camera_id: Whose.
        start_us: Instant of its first picture, epoch µs.
        end_us: Instant at which it ends, exclusive.
        path: The file, whole.
        size: Bytes.
        sha256: Of the file, hexadecimal.
    """

    segment_id: int
    camera_id: str
    start_us: int
    end_us: int
    path: Path
    size: int
    sha256: str


@dataclass(frozen=True, slots=True)
class HoldLine:
    """A hold of a case on a stretch of one camera; ``released_us`` is None while it stands.

    It lapses by itself at ``until_us``, where that is said.
    """

    case_ref: str
    camera_id: str
    from_us: int
    to_us: int
    at_us: int
    released_us: int | None
    until_us: int | None


def subject_of(
    act: str, camera_ids: Sequence[str], from_us: int, to_us: int
) -> dict[str, str | int | list[str]]:
    """Return the subject that the audit's line of an act must bear.

    Args:
        act: ``hold`` or ``release``.
        camera_ids: Cameras.
        from_us: Window, epoch µs.
        to_us: Its end, exclusive.
    """
    return {"act": act, "cameras": list(camera_ids), "from_us": from_us, "to_us": to_us}


class Archive:
    """The recordings of a home.

    Args:
        home: The home's folder.
        clock: Its clock.
        durable: As ``Index``.

    Attributes:
        index: The recorder's index.
    """

    def __init__(self, home: Path, clock: Clock, *, durable: bool = True) -> None:
        self.index = Index(home / FOLDER, durable=durable)
        self._clock = clock

    def segments(self, camera_id: str, from_us: int, to_us: int) -> list[Piece]:
        """Return the whole segments of a camera that overlap a window, oldest first.

        Raises:
            NotFound: No such camera records here.
            Unavailable: The index cannot be read.
        """
        self.index.camera(camera_id)
        return [
            Piece(
                *(one.segment_id, one.camera_id, one.start_us, one.end_us),
                *(self.index.root / one.path, one.size, one.sha256),
            )
            for one in self.index.segments(camera_id, from_us, to_us)
        ]

    def gaps(self, camera_id: str, from_us: int, to_us: int) -> list[Gap]:
        """Return the gaps of a camera that overlap a window, oldest first."""
        return self.index.gaps(camera_id, from_us, to_us)

    def hold(
        self,
        camera_ids: Sequence[str],
        from_us: int,
        to_us: int,
        case_ref: str,
        *,
        until_us: int | None = None,
    ) -> int:
        """Keep what cameras recorded in a window beyond its term, until the case releases it.

        Only segments that overlap the window are kept, their neighbours end on time (REQ-5). The
        same hold again changes nothing.

        Args:
            camera_ids: Cameras; one at least.
            from_us: Start of the window, epoch µs.
            to_us: Its end, exclusive.
            case_ref: Reference of the case.
            until_us: When it lapses were the case forgotten, epoch µs; None: it does not.

        Returns:
            How many segments are there to be held now.

        Raises:
            WrongUsage: No camera, no case, or a window that is none.
            NotFound: A camera does not record here.
        """
        self._check(camera_ids, from_us, to_us, case_ref)
        with self.index.open() as base:
            for camera_id in camera_ids:
                base.execute(
                    "INSERT INTO hold SELECT ?1, ?2, ?3, ?4, ?5, NULL, ?6 WHERE NOT EXISTS"
                    " (SELECT 1 FROM hold WHERE case_ref = ?1 AND camera_id = ?2 AND from_us = ?3"
                    " AND to_us = ?4 AND released_us IS NULL)",
                    (case_ref, camera_id, from_us, to_us, now_us(self._clock), until_us),
                )
        return sum(len(self.index.segments(one, from_us, to_us)) for one in camera_ids)

    def release(self, case_ref: str) -> int:
        """End every hold of a case; what has passed its term goes at the janitor's next pass.

        Raises:
            NotFound: The case holds nothing.
        """
        with self.index.open() as base:
            n = base.execute(
                "UPDATE hold SET released_us = ? WHERE case_ref = ? AND released_us IS NULL",
                (now_us(self._clock), case_ref),
            ).rowcount
        if not n:
            raise NotFound(what="hold", name=case_ref[:_LONGEST_CASE])
        return n

    def holds(self, case_ref: str = "") -> list[HoldLine]:
        """Return the holds, of one case or of all, released ones too."""
        with self.index.open() as base:
            query = "SELECT * FROM hold WHERE ?1 IN ('', case_ref) ORDER BY at_us, camera_id"
            return [HoldLine(*row) for row in base.execute(query, (case_ref,))]

    def cameras(self) -> list[CameraSheet]:
        """Return the sheet of every camera that records here."""
        return self.index.cameras()

    def _check(self, camera_ids: Sequence[str], from_us: int, to_us: int, case_ref: str) -> None:
        if not camera_ids:
            raise WrongUsage(reason="cameras", field="cameras")
        if not 0 < len(case_ref.strip()) <= _LONGEST_CASE:
            raise WrongUsage(reason="case", field="case")
        if not from_us < to_us:
            raise WrongUsage(reason="from < to", field="to")
        for one in camera_ids:
            self.index.camera(one)
