"""First-aid posts on an event's ground: as near as can be to a public spread evenly over it.

How many there must be is a matter of the national grid (``vigie.model.dps``); this says where.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
import shapely
from shapely.geometry.base import BaseGeometry

from vigie.base.errors import WrongUsage
from vigie.foresight.allocation.covering import p_median
from vigie.foresight.allocation.sites import DETOUR
from vigie.geo.projection import Projection

POINTS: Final = 40
MOST_POSTS: Final = 40


@dataclass(frozen=True, slots=True)
class FirstAidPost:
    """A post on the ground.

    Attributes:
        lon: Degrees.
        lat: Degrees.
        share: Share of the public nearest to it.
        mean_m: Their mean way to it, metres.
        farthest_m: Their longest way.
        gap: How far at most all posts together are from the best choice; 0 when proved best.
    """

    lon: float
    lat: float
    share: float
    mean_m: float
    farthest_m: float
    gap: float


def first_aid_posts(ground: BaseGeometry, posts: int, plane: Projection) -> list[FirstAidPost]:
    """Return where posts are nearest to the public (p-median over a grid of the ground).

    Args:
        ground: Where the public is, WGS 84; a line is followed, a point holds every post.
        posts: How many, 1 to 40.
        plane: Metres around it.

    Raises:
        WrongUsage: When there are none or too many posts.
    """
    if not 1 <= posts <= MOST_POSTS:
        raise WrongUsage(reason=f"first-aid posts: 1 to {MOST_POSTS}", field="first_aid_posts")
    shape = plane.geometries_to_metres(np.array([ground], object))[0]
    x, y = _grid(shape)
    ways = DETOUR * np.hypot(x[:, None] - x[None, :], y[:, None] - y[None, :])
    sited = p_median(np.ones(len(x)), ways, posts, time_limit_s=1.0)
    nearest = sited.sites[ways[:, sited.sites].argmin(axis=1)]
    lon, lat = plane.to_degrees(x, y)
    result = []
    for site in sited.sites.tolist():
        mine = ways[nearest == site, site]
        share = len(mine) / len(x)
        result.append(
            FirstAidPost(
                lon=float(lon[site]),
                lat=float(lat[site]),
                share=share,
                mean_m=float(mine.mean()),
                farthest_m=float(mine.max()),
                gap=sited.gap,
            )
        )
    return result


def _grid(shape: BaseGeometry) -> tuple[np.ndarray, np.ndarray]:
    """Return some forty points spread evenly over a shape, or along it."""
    if shape.area > 0.0:
        step = float(np.sqrt(shape.area / POINTS))
        west, south, east, north = shape.bounds
        xs, ys = np.arange(west + step / 2, east, step), np.arange(south + step / 2, north, step)
        gx, gy = (one.ravel() for one in np.meshgrid(xs, ys))
        inside = shapely.intersects_xy(shape, gx, gy)
        gx, gy = gx[inside], gy[inside]
        if len(gx):
            return gx, gy
    if shape.length > 0.0 and not shape.area > 0.0:
        dots = shapely.line_interpolate_point(
            shapely.line_merge(shape), np.linspace(0.0, shape.length, POINTS)
        )
        return shapely.get_x(dots), shapely.get_y(dots)
    middle = shape.representative_point()
    return np.array([middle.x]), np.array([middle.y])
