"""Signs of printed maps: each has a shape or a dash of its own, so that no colour is needed."""

from __future__ import annotations

import math
from typing import Final, Literal
from xml.etree import ElementTree as ET

import numpy as np

from vigie.reports.drawing import Drawing, path_of

Symbol = Literal["circle", "square", "triangle", "diamond", "cross", "pentagon", "star", "hexagon"]
LineSign = Literal[
    "perimeter", "barrier", "closure", "diversion", "street", "axis", "rail", "coast", "border"
]

SIGN: Final = 7.0
"""Half the width of a symbol, points."""

LINES: Final[dict[str, dict[str, str | float]]] = {
    "street": {"stroke": "#b9c1c7", "stroke_width": 1.2},
    "axis": {"stroke": "#aab3ba", "stroke_width": 2.6},
    "rail": {"stroke": "#6d7780", "stroke_width": 1.0, "stroke_dasharray": "1.5 2.5"},
    "coast": {"stroke": "#6d7780", "stroke_width": 0.8},
    "border": {"stroke": "#aab3ba", "stroke_width": 0.6, "stroke_dasharray": "5 3"},
    "perimeter": {"stroke": "#14212d", "stroke_width": 2.0, "stroke_dasharray": "9 3 2 3"},
    "barrier": {"stroke": "#14212d", "stroke_width": 3.4, "stroke_dasharray": "2.2 1.6"},
    "closure": {"stroke": "#a3103f", "stroke_width": 4.2},
    "diversion": {"stroke": "#0b5394", "stroke_width": 2.4, "stroke_dasharray": "8 4"},
}


def stroke(drawing: Drawing, parent: ET.Element, path: str, sign: str) -> None:
    """Draw a path in the style of a line sign."""
    style: dict[str, str | float] = {"fill": "none", "stroke_linejoin": "round", **LINES[sign]}
    drawing.add(parent, "path", d=path, **style)
    if sign == "closure":
        drawing.add(
            parent,
            "path",
            d=path,
            fill="none",
            stroke="#ffffff",
            stroke_width=1.6,
            stroke_dasharray="5 5",
        )


def arrow(drawing: Drawing, parent: ET.Element, points: list[tuple[float, float]]) -> None:
    """Draw the point of an arrow at the end of a line."""
    (x0, y0), (x1, y1) = points[-2:]
    turn = math.degrees(math.atan2(y1 - y0, x1 - x0))
    drawing.add(
        parent,
        "path",
        d="M0 0 L-8 4 L-8 -4 Z",
        fill="#0b5394",
        transform=f"translate({x1:.2f} {y1:.2f}) rotate({turn:.1f})",
    )


_CORNERS: Final = {"triangle": 3, "square": 4, "diamond": 4, "pentagon": 5, "hexagon": 6}


def symbol(
    drawing: Drawing, parent: ET.Element, name: str, x: float, y: float, *, scale: float = 1.0
) -> None:
    """Draw a symbol with its middle at a point."""
    group = drawing.group(parent, transform=f"translate({x:.2f} {y:.2f}) scale({scale:.3f})")
    style: dict[str, str | float] = {"fill": "#ffffff", "stroke": "#14212d", "stroke_width": 1.6}
    if name == "circle":
        drawing.add(group, "circle", r=SIGN * 0.8, **style)
    elif name == "cross":
        drawing.add(group, "rect", x=-SIGN, y=-SIGN, width=2 * SIGN, height=2 * SIGN, **style)
        path = f"M0 {-SIGN * 0.6} V{SIGN * 0.6} M{-SIGN * 0.6} 0 H{SIGN * 0.6}"
        drawing.add(group, "path", d=path, stroke="#14212d", stroke_width=3.0)
    elif name == "star":
        drawing.add(group, "path", d=_regular(5, inner=0.45), **style)
    else:
        turned = 45.0 if name == "square" else 0.0
        drawing.add(group, "path", d=_regular(_CORNERS[name], turned=turned), **style)


def _regular(corners: int, *, turned: float = 0.0, inner: float | None = None) -> str:
    n = corners if inner is None else 2 * corners
    angles = np.radians(turned - 90.0) + np.arange(n) * 2 * np.pi / n
    radii = [SIGN if inner is None or at % 2 == 0 else SIGN * inner for at in range(n)]
    points = [
        (float(r * np.cos(a)), float(r * np.sin(a))) for a, r in zip(angles, radii, strict=True)
    ]
    return path_of(points, closed=True)
