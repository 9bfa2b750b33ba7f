"""What a situation is about: an alert, a fact or a point, with its instant, radius and window."""

from __future__ import annotations

from dataclasses import dataclass, replace

from vigie.base.clock import now_us
from vigie.base.errors import NotFound, WrongUsage
from vigie.desk.alerts import Alert
from vigie.situation.freshness import STEP_US
from vigie.situation.home import Home

HOUR_US = 3_600_000_000
MAX_RADIUS_M = 5_000.0
LEAST_RADIUS_M = 50.0
MAX_WINDOW_US = 7 * 24 * HOUR_US
BEFORE_US = 2 * HOUR_US
AFTER_US = HOUR_US
POINT_RADIUS_M = 500.0
CELL_RADIUS_M = 900.0
"""An alert about counts stands for a cell of about 530 m; its corners lie in this radius."""
MOST_ALERTS = 5_000


@dataclass(frozen=True, slots=True)
class Wanted:
    """What is asked.

    Attributes:
        about: ``alert:ID``, ``fact:ID`` or empty for a point.
        lon: Of the point.
        lat: Of the point.
        at_us: Instant; now by default for a point.
        radius_m: 50 to 5,000; None for what suits the subject.
        before_us: How far before the instant; None for two hours.
        after_us: How far after it; None for one hour.
    """

    about: str = ""
    lon: float | None = None
    lat: float | None = None
    at_us: int | None = None
    radius_m: float | None = None
    before_us: int | None = None
    after_us: int | None = None

    def subject(self) -> dict[str, str | float | int]:
        """Return it as the audit writes it."""
        told = {
            "about": self.about[:80],
            "lon": self.lon,
            "lat": self.lat,
            "at_us": self.at_us,
            "radius_m": self.radius_m,
            "before_us": self.before_us,
            "after_us": self.after_us,
        }
        return {name: value for name, value in told.items() if value not in (None, "")}


@dataclass(frozen=True, slots=True)
class Scene:
    """Where and when a situation stands.

    Attributes:
        about: What was asked for.
        lon: Centre, as it is shown to the caller.
        lat: Centre.
        accuracy_m: How exactly the centre is known; 0 for a point that was clicked.
        at_us: Instant.
        from_us: Start of the window.
        to_us: End of the window, exclusive.
        radius_m: Radius.
    """

    about: str
    lon: float
    lat: float
    accuracy_m: float
    at_us: int
    from_us: int
    to_us: int
    radius_m: float


def check(wanted: Wanted) -> None:
    """Refuse what cannot be answered.

    Raises:
        WrongUsage: Neither alert nor fact nor a whole point, a radius or a window out of bounds.
    """
    kind, colon, name = wanted.about.partition(":")
    if wanted.about and (kind not in {"alert", "fact"} or not colon or not name):
        raise WrongUsage(reason="about: alert:ID or fact:ID", field="about")
    if not wanted.about and (wanted.lon is None or wanted.lat is None):
        raise WrongUsage(reason="about, or lon and lat", field="lon")
    if wanted.radius_m is not None and not LEAST_RADIUS_M <= wanted.radius_m <= MAX_RADIUS_M:
        raise WrongUsage(reason=f"radius: {LEAST_RADIUS_M:g} to {MAX_RADIUS_M:g} m", field="radius")
    if _before(wanted) + _after(wanted) > MAX_WINDOW_US:
        raise WrongUsage(reason="window: at most seven days", field="before")


def scene_of_alert(wanted: Wanted, alert: Alert, place: tuple[float | None, float | None]) -> Scene:
    """Return the scene of an alert, around the place that the caller is told.

    Raises:
        WrongUsage: When the alert has no place: a source is silent everywhere.
    """
    lon, lat = place
    if lon is None or lat is None:
        raise WrongUsage(reason="this alert has no place", field="about")
    where = (lon, lat, CELL_RADIUS_M / 2)
    return _scene(wanted, where, alert.at_us, wanted.radius_m or CELL_RADIUS_M)


def scene_of_fact(wanted: Wanted, row: dict[str, object], *, masked_m: float = 0.0) -> Scene:
    """Return the scene of a fact as the caller is shown it.

    Raises:
        WrongUsage: When the fact has no place, or the caller is not told it.
        NotFound: When there is no such fact for the caller.
    """
    lon, lat, at_us = row["lon"], row["lat"], row["earliest_us"]
    if not isinstance(lon, float) or not isinstance(lat, float) or not isinstance(at_us, int):
        raise WrongUsage(reason="this fact has no place", field="about")
    accuracy = row["accuracy_m"]
    known_m = float(accuracy) if isinstance(accuracy, float) else 0.0
    where = (lon, lat, max(known_m, masked_m))
    return _scene(wanted, where, at_us, wanted.radius_m or POINT_RADIUS_M)


def scene_of_point(home: Home, wanted: Wanted) -> Scene:
    """Return the scene of a point, now unless told otherwise."""
    if wanted.lon is None or wanted.lat is None:
        raise NotFound(what="point", name=wanted.about)
    at_us = now_us(home.clock) if wanted.at_us is None else wanted.at_us
    where = (wanted.lon, wanted.lat, 0.0)
    scene = _scene(wanted, where, at_us, wanted.radius_m or POINT_RADIUS_M)
    if wanted.at_us is not None:
        return scene
    from_us, to_us = scene.from_us // STEP_US * STEP_US, -(-scene.to_us // STEP_US) * STEP_US
    return replace(scene, from_us=from_us, to_us=to_us)


def _scene(wanted: Wanted, where: tuple[float, float, float], at_us: int, radius_m: float) -> Scene:
    at_us = at_us if wanted.at_us is None else wanted.at_us
    return Scene(
        wanted.about, *where, at_us, at_us - _before(wanted), at_us + _after(wanted), radius_m
    )


def _before(wanted: Wanted) -> int:
    return BEFORE_US if wanted.before_us is None else wanted.before_us


def _after(wanted: Wanted) -> int:
    return AFTER_US if wanted.after_us is None else wanted.after_us
