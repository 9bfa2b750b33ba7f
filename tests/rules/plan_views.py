"""Plans to judge: a square of ground in metres, an afternoon."""

from typing import Any

from shapely import box

from vigie.judge.rule import PlanView

HOUR = 3_600_000_000
NOON = 1_800_000_000_000_000


def plan(
    plan_id: str, *, x: float = 0, size_m: float = 100, start_h: float = 0, **values: Any
) -> PlanView:
    """Return a plan of two hours from noon plus ``start_h`` on a square at ``x`` metres."""
    starts = NOON + int(start_h * HOUR)
    given: dict[str, Any] = {
        "kind": "event.concert",
        "title": plan_id.title(),
        "geometry": box(x, 0, x + size_m, size_m),
        "from_us": starts - HOUR,
        "to_us": starts + 3 * HOUR,
        "starts_us": starts,
        "ends_us": starts + 2 * HOUR,
        "attendance": (4_000, 5_000, 8_000),
    }
    return PlanView(plan_id=plan_id, **{**given, **values})
