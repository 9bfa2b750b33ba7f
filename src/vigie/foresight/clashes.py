"""The clashes of a period: plans from feeds and people, rules from the registry."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace

import numpy as np

from vigie.base.settings import CitySettings
from vigie.foresight.clash_ground import Ground
from vigie.foresight.plans import PlanRecord, Plans, plans_between
from vigie.geo.projection import Projection
from vigie.judge.clashes import Clash, find_clashes
from vigie.judge.rule import Rule


def bare_ground(plans: Sequence[PlanRecord]) -> Ground:
    """Return ground without places or stock, centred among the plans to a tenth of a degree."""
    shapes = [plan.geometry for plan in plans if plan.geometry is not None]
    points = [shape.centroid for shape in shapes if not shape.is_empty]
    if not points:
        return Ground(CitySettings())
    lon, lat = np.median([(point.x, point.y) for point in points], axis=0)
    return Ground(CitySettings(center=(round(float(lon), 1), round(float(lat), 1))))


def on_the_map(clashes: Sequence[Clash], projection: Projection) -> list[Clash]:
    """Return clashes with their places in WGS 84, lon lat."""
    placed = [clash for clash in clashes if clash.finding.geometry is not None]
    shapes = np.array([clash.finding.geometry for clash in placed], dtype=object)
    moved = iter(projection.geometries_to_degrees(shapes) if placed else ())
    return [
        clash
        if clash.finding.geometry is None
        else replace(clash, finding=replace(clash.finding, geometry=next(moved)))
        for clash in clashes
    ]


def clashes_of(
    plans: Sequence[PlanRecord],
    rules: Mapping[str, Rule],
    *,
    now_us: int,
    ground: Ground | None = None,
) -> list[Clash]:
    """Return what the rules find among these plans; geometries in WGS 84, lon lat.

    Without ground, the rules that need places or the city's stock find nothing.
    """
    ground = ground or bare_ground(plans)
    views = ground.views(plans)
    found = find_clashes(views, rules, now_us=now_us, context=ground.context(now_us))
    return on_the_map(found, ground.projection)


def clashes_between(
    plans: Plans,
    rules: Mapping[str, Rule],
    from_us: int,
    to_us: int,
    *,
    now_us: int,
    seen: Callable[[PlanRecord], bool] = bool,
    ground: Ground | None = None,
) -> list[Clash]:
    """Return the clashes whose time touches the window, among the plans that ``seen`` lets pass."""
    shown = [plan for plan in plans_between(plans, from_us, to_us) if seen(plan)]
    found = clashes_of(shown, rules, now_us=now_us, ground=ground)
    return [c for c in found if c.finding.from_us < to_us and c.finding.to_us > from_us]
