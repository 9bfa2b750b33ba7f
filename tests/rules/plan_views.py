"""Plans to judge: a square of ground in metres, an afternoon."""

from typing import Any

from shapely import LineString, Point, box
from shapely.geometry.base import BaseGeometry

from vigie.judge.rule import Finding, PlaceView, PlanView, Surroundings

HOUR = 3_600_000_000
NOON = 1_800_000_000_000_000
DAY = 24 * HOUR


def plan(
    plan_id: str, *, x: float = 0, size_m: float = 100, start_h: float = 0, **values: Any
) -> PlanView:
    """Return a plan of two hours from noon plus ``start_h`` on a square at ``x`` metres.

    ``clock`` tells what the clock on the wall shows at start and end.
    """
    starts = NOON + int(start_h * HOUR)
    clock = values.pop("clock", (12.0 + start_h, 14.0 + start_h))
    given: dict[str, Any] = {
        "kind": "event.concert",
        "title": plan_id.title(),
        "geometry": box(x, 0, x + size_m, size_m),
        "from_us": starts - HOUR,
        "to_us": starts + 3 * HOUR,
        "starts_us": starts,
        "ends_us": starts + 2 * HOUR,
        "attendance": (4_000, 5_000, 8_000),
        "start_h": clock[0],
        "end_h": clock[1],
        "setup_h": clock[0] - 1.0,
    }
    return PlanView(plan_id=plan_id, **{**given, **values})


def line(x: float = 0.0, y: float = 50.0, length_m: float = 200.0) -> LineString:
    """Return a street from west to east."""
    return LineString([(x, y), (x + length_m, y)])


def works(plan_id: str = "w", **values: Any) -> PlanView:
    """Return works that close a street across the square of ``plan``, for two days."""
    given: dict[str, Any] = {
        "kind": "event.works",
        "title": "Travaux",
        "geometry": line(),
        "from_us": NOON - 24 * HOUR,
        "to_us": NOON + 24 * HOUR,
        "starts_us": NOON - 24 * HOUR,
        "ends_us": NOON + 24 * HOUR,
        "attendance": (None, None, None),
        "closes": ("circulation",),
    }
    return plan(plan_id, **{**given, **values})


def march(plan_id: str = "m", **values: Any) -> PlanView:
    """Return a demonstration of 500 along a street, two hours from noon."""
    given: dict[str, Any] = {
        "kind": "event.demonstration",
        "title": "Manifestation",
        "geometry": line(),
        "attendance": (400, 500, 600),
        "from_us": NOON,
        "to_us": NOON + 2 * HOUR,
    }
    return plan(plan_id, **{**given, **values})


def place(
    kind: str, x: float = 0.0, y: float = 0.0, *, shape: BaseGeometry | None = None, **values: Any
) -> PlaceView:
    """Return a place at a point, named after its kind."""
    name = values.pop("label", kind.rpartition(".")[2].title())
    return PlaceView(values.pop("place_id", name), kind, name, shape or Point(x, y), **values)


def around(
    *places: PlaceView, plans: tuple[PlanView, ...] = (), now_us: int = NOON
) -> Surroundings:
    """Return surroundings of some places and plans."""
    return Surroundings(places, plans, now_us)


def says(found: Finding | None, fr: str, en: str) -> bool:
    """Whether a finding says this in both languages, in whole sentences about real numbers."""
    assert found is not None
    for text in found.explanation.values():
        assert text.endswith(".")
        assert "None" not in text
        assert "nan" not in text
    assert found.from_us < found.to_us
    return fr in found.explanation["fr"] and en in found.explanation["en"]
