"""The clashes of a period: plans from the lake, rules from the registry."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace

import numpy as np

from vigie.foresight.plans import PlanRecord, Plans, plans_between
from vigie.geo.projection import Projection, local_projection
from vigie.judge.clashes import Clash, find_clashes
from vigie.judge.rule import Rule


def _projection(plans: Sequence[PlanRecord]) -> Projection | None:
    """Return a projection centred among the plans, to a tenth of a degree so that it is stable."""
    shapes = [plan.geometry for plan in plans if plan.geometry is not None]
    points = [shape.centroid for shape in shapes if not shape.is_empty]
    if not points:
        return None
    lon, lat = np.median([(point.x, point.y) for point in points], axis=0)
    return local_projection(round(float(lon), 1), round(float(lat), 1))


def _on_the_map(clash: Clash, projection: Projection) -> Clash:
    if clash.finding.geometry is None:
        return clash
    geometry = projection.geometries_to_degrees(np.array([clash.finding.geometry], object))[0]
    return replace(clash, finding=replace(clash.finding, geometry=geometry))


def clashes_of(
    plans: Sequence[PlanRecord], rules: Mapping[str, Rule], *, now_us: int
) -> list[Clash]:
    """Return what the rules find among these plans; geometries in WGS 84, lon lat."""
    projection = _projection(plans)
    if projection is None:
        return []
    views = [view for view in (plan.view(projection) for plan in plans) if view is not None]
    return [_on_the_map(c, projection) for c in find_clashes(views, rules, now_us=now_us)]


def clashes_between(
    plans: Plans,
    rules: Mapping[str, Rule],
    from_us: int,
    to_us: int,
    *,
    now_us: int,
    seen: Callable[[PlanRecord], bool] = bool,
) -> list[Clash]:
    """Return the clashes whose time touches the window, among the plans that ``seen`` lets pass."""
    shown = [plan for plan in plans_between(plans, from_us, to_us) if seen(plan)]
    found = clashes_of(shown, rules, now_us=now_us)
    return [c for c in found if c.finding.from_us < to_us and c.finding.to_us > from_us]
