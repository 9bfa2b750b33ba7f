"""Boxes and zones: as Shapely reckons them."""

from __future__ import annotations

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from shapely.geometry import Point, Polygon
from shapely.geometry import box as shapely_box

from vigie.watch.vision.geometry import WHOLE, Box, Zone

SHARES = st.floats(0.0, 1.0, width=16)
POINTS = st.tuples(SHARES, SHARES)


@st.composite
def boxes(draw: st.DrawFn) -> Box:
    x, y = draw(SHARES) * 0.8, draw(SHARES) * 0.8
    return Box(x, y, x + 0.01 + draw(SHARES) * 0.19, y + 0.01 + draw(SHARES) * 0.19)


@given(boxes(), boxes())
def test_overlap_and_iou_are_those_of_shapely(one: Box, other: Box) -> None:
    first, second = shapely_box(*one), shapely_box(*other)

    assert one.overlap(other) == pytest.approx(first.intersection(second).area, abs=1e-9)
    shared = first.intersection(second).area / first.union(second).area
    assert one.iou(other) == pytest.approx(shared, abs=1e-9)
    assert one.iou(other) == other.iou(one)


@given(st.lists(POINTS, min_size=3, max_size=7), POINTS)
def test_a_zone_holds_what_shapely_says(ring: list[tuple[float, float]], point) -> None:
    polygon = Polygon(ring)
    assume(polygon.is_valid and polygon.area > 1e-3)
    assume(polygon.exterior.distance(Point(point)) > 1e-6)
    zone = Zone("z", tuple(ring))

    assert zone.holds(point) == polygon.contains(Point(point))
    assert zone.area == pytest.approx(polygon.area)


@given(st.lists(POINTS, min_size=3, max_size=6))
def test_a_mask_covers_the_share_of_its_zone(ring: list[tuple[float, float]]) -> None:
    assume(Polygon(ring).is_valid and Polygon(ring).area > 1e-3)

    assert Zone("z", tuple(ring)).mask(180, 320).mean() == pytest.approx(
        Polygon(ring).area, abs=0.02
    )


@pytest.mark.parametrize(
    ("ring", "towards"),
    [
        (((0.0, 0.0), (1.0, 1.0)), None),
        (((0.0, 0.0), (1.0, 0.0), (2.0, 1.0)), None),
        (((0.0, 0.0), (float("nan"), 0.0), (1.0, 1.0)), None),
        (((0.0, 0.0), (0.5, 0.5), (1.0, 1.0)), None),
        (WHOLE.ring, (0.0, 0.0)),
    ],
)
def test_a_zone_without_area_or_outside_is_refused(ring, towards) -> None:
    with pytest.raises(ValueError, match=r"zone|direction"):
        Zone("z", ring, towards)


@given(st.floats(-1.0, 1.0), st.floats(-1.0, 1.0))
def test_against_is_a_cosine(x: float, y: float) -> None:
    zone = Zone("z", WHOLE.ring, (0.0, -2.0))

    assert -1.0 - 1e-9 <= zone.against((x, y)) <= 1.0 + 1e-9
    assert zone.against((0.0, -1.0)) == pytest.approx(1.0)
    assert WHOLE.against((x, y)) == 0.0
