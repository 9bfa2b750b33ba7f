"""The law before the pictures: what must be in force before one is decoded (ALG-1, ALG-2, ALG-7).

A permit is a grant as a run of the analysis holds it. It is asked before anything is opened and
again at every picture, for the picture's instant and for the clock's: the run ends by itself in the
second in which the grant does.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from typing import Protocol

from shapely.geometry import Point as ShapelyPoint
from shapely.geometry import Polygon

from vigie.base.errors import DetectionClosed
from vigie.model.legal_events import LegalEvent


@dataclass(frozen=True, slots=True)
class Permit:
    """What a grant opens.

    Attributes:
        grant_id: Its id.
        types: Types of event; nothing else may be looked for.
        cameras: References of cameras in the register.
        ring: Corners of the place, lon and lat.
        signed_us: When it was signed, epoch µs; it opens nothing before.
        from_us: Start.
        to_us: End, exclusive.
        ended_us: When somebody ended it before its term; None where nobody did.
    """

    grant_id: str
    types: frozenset[LegalEvent]
    cameras: frozenset[str]
    ring: tuple[tuple[float, float], ...]
    signed_us: int
    from_us: int
    to_us: int
    ended_us: int | None = None

    def refusal(
        self, event: str, camera: str, point: tuple[float, float] | None, at_us: int
    ) -> str:
        """Return why something may not be looked for at an instant; empty when it may.

        Args:
            event: Type of event.
            camera: Reference of the camera.
            point: Where it stands, lon and lat; None where nobody knows.
            at_us: Instant, epoch µs.
        """
        if event not in self.types:
            return "other_type"
        if camera not in self.cameras:
            return "other_camera"
        if point is None or not Polygon(self.ring).covers(ShapelyPoint(point)):
            return "other_place"
        if at_us < max(self.signed_us, self.from_us):
            return "not_yet"
        if at_us >= min(self.to_us, self.to_us if self.ended_us is None else self.ended_us):
            return "over"
        return ""


class Allowing(Protocol):
    """What a run asks before it opens a stream and at every picture."""

    @property
    def grant_id(self) -> str:
        """The grant that opens it; empty for a trial."""
        ...

    def check(self, event: LegalEvent, at_us: int, now_us: int) -> None:
        """Return when it may go on.

        Args:
            event: Type of event looked for.
            at_us: Instant of the picture, epoch µs.
            now_us: The clock's instant.

        Raises:
            DetectionClosed: It may not.
        """
        ...


@dataclass(frozen=True, slots=True)
class UnderGrants:
    """One camera under the grants of a home.

    Attributes:
        permits: The grants, whatever their state.
        camera: Reference of the camera.
        point: Where it stands, lon and lat.
    """

    permits: tuple[Permit, ...]
    camera: str
    point: tuple[float, float] | None

    @property
    def grant_id(self) -> str:
        """The only grant, once chosen."""
        return self.permits[0].grant_id if len(self.permits) == 1 else ""

    def chosen(self, event: LegalEvent, at_us: int, now_us: int) -> UnderGrants:
        """Return it under the one grant that opens a run.

        Raises:
            DetectionClosed: No grant does; ``why`` is the nearest miss.
        """
        whys = []
        for permit in self.permits:
            why = self._why(permit, event, at_us, now_us)
            if not why:
                return UnderGrants((permit,), self.camera, self.point)
            whys.append(why)
        raise DetectionClosed(why=_nearest(whys), event=str(event))

    def check(self, event: LegalEvent, at_us: int, now_us: int) -> None:
        """Return when the one grant still opens the run.

        Raises:
            DetectionClosed: It does not, or none was chosen.
        """
        why = "no_grant"
        if len(self.permits) == 1:
            why = self._why(self.permits[0], event, at_us, now_us)
        if why:
            raise DetectionClosed(why=why, event=str(event))

    def _why(self, permit: Permit, event: str, at_us: int, now_us: int) -> str:
        return permit.refusal(event, self.camera, self.point, at_us) or permit.refusal(
            event, self.camera, self.point, now_us
        )


@dataclass(frozen=True, slots=True)
class Trial:
    """A trial on pictures in which nobody is watched; nothing of it is stored.

    Attributes:
        footage: ``synthetic`` (rendered) or ```staged`` (played for a test by people who agreed).
    """

    footage: str
    grant_id: str = ""

    def check(self, event: LegalEvent, at_us: int, now_us: int) -> None:
        """Return: it needs no grant, the file says what it is."""


FOOTAGE = ("synthetic", "staged")
_ORDER = ("over", "not_yet", "other_place", "other_type", "other_camera")


def _nearest(whys: Collection[str]) -> str:
    return next((one for one in _ORDER if one in whys), "no_grant")
