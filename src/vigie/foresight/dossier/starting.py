"""A first content for a plan that has no file yet: what its source says, put where it belongs."""

from __future__ import annotations

from datetime import datetime
from typing import Final

from shapely.geometry import LineString, Polygon
from shapely.geometry.base import BaseGeometry

from vigie.base.clock import from_us
from vigie.foresight.dossier.model import Closure, Content, Exempt, Figure, FirstAid
from vigie.foresight.dossier.shapes import LineShape, PolygonShape
from vigie.foresight.plans import PlanRecord
from vigie.model import dps

STREET: Final = "voie:"
"""Before the name of a street in what a plan closes."""
PARTS: Final = ("figures", "perimeter", "closures", "first_aid")


def first_content(plan: PlanRecord) -> Content:
    """Return the content that a new file begins with: figures, perimeter, streets, first aid.

    The perimeter is the plan's footprint where that is an area. The first-aid cover is what the
    national grid gives for the likely attendance, with the lines of the grid usual for that kind of
    event: a proposal, to be confirmed by who organises it.
    """
    return Content(
        perimeter=_area(plan.geometry),
        closures=_closures(plan),
        first_aid=_first_aid(plan),
        figures=_figures(plan),
    )


def _area(geometry: BaseGeometry | None) -> PolygonShape | None:
    if not isinstance(geometry, Polygon) or geometry.is_empty or not geometry.is_valid:
        return None
    return PolygonShape(coordinates=(tuple((x, y) for x, y, *_ in geometry.exterior.coords),))


def _closures(plan: PlanRecord) -> tuple[Closure, ...]:
    names = [code.removeprefix(STREET) for code in plan.closes if code.startswith(STREET)]
    line = None
    if len(names) == 1 and isinstance(plan.geometry, LineString):
        line = LineShape(coordinates=tuple((x, y) for x, y, *_ in plan.geometry.coords))
    return tuple(
        Closure(
            id=f"closure-{at}",
            from_at=_at(plan.from_us),
            to_at=_at(max(plan.to_us, plan.from_us + 1_000_000)),
            street=name[:200],
            line=line,
            exempt=(Exempt.EMERGENCY, Exempt.RESIDENTS),
        )
        for at, name in enumerate(dict.fromkeys(names), start=1)
        if name.strip()
    )


def _at(us: int) -> datetime:
    return from_us(us)


def _first_aid(plan: PlanRecord) -> FirstAid:
    likely = plan.attendance[1]
    if not likely or likely > dps.MOST_PUBLIC:
        return FirstAid()
    cover = dps.first_aid_cover(round(likely), *dps.usual_degrees(plan.kind))
    return FirstAid(level=cover.level, responders=cover.responders, risk=float(cover.ris))


def _figures(plan: PlanRecord) -> tuple[Figure, ...]:
    low, likely, high = plan.attendance
    if likely is None:
        return ()
    return (
        Figure(
            id="attendance",
            what="Affluence attendue",
            unit="personnes",
            low=low,
            likely=likely,
            high=high,
            source=plan.source or "–",
        ),
    )
