"""A printable map drawn from vectors: ground, signs, scale bar, north arrow, legend in words.

It is readable without colour: every sign has a shape or a dash of its own, and stands in the legend
with its word. North is up; metres are those of a local projection at the map's middle.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Final
from xml.etree import ElementTree as ET

import shapely
from shapely.geometry.base import BaseGeometry

from vigie.base.translations import number
from vigie.geo.projection import Projection, local_projection, to_metres
from vigie.reports.drawing import Drawing, path_of
from vigie.reports.signs import LINES, SIGN, LineSign, Symbol, arrow, stroke, symbol

PAPERS: Final = {"A4": (842.0, 595.0), "A3": (1191.0, 842.0)}
"""Landscape sheets, points."""

MARGIN: Final = 18.0
LEGEND: Final = 190.0
TINY_M: Final = 250.0
"""A map shows at least so much ground, metres."""


@dataclass(frozen=True, slots=True)
class Street:
    """A line of the ground with its name."""

    line: BaseGeometry
    name: str
    sign: LineSign


@dataclass(frozen=True, slots=True)
class Mark:
    """Something that the map is about.

    Attributes:
        shape: Point, line or polygon, WGS 84.
        sign: How it is drawn: a symbol for points, a line sign otherwise.
        label: Number or short text beside it.
    """

    shape: BaseGeometry
    sign: Symbol | LineSign
    label: str = ""


@dataclass(frozen=True, slots=True)
class Entry:
    """A line of the legend; without a sign it is a heading."""

    sign: Symbol | LineSign | None
    text: str


@dataclass(frozen=True)
class Sheet:
    """Everything on a map.

    Attributes:
        title: Title.
        subtitle: Version and date.
        paper: ``A4`` or ``A3``, landscape.
        land: Areas of land; what is outside is water. None where it is not known.
        ground: Streets, rails, borders.
        marks: What the map is about, drawn in this order.
        legend: Legend, in order.
        notes: Small print below the legend: sources.
        words: ``north``, ``scale``.
    """

    title: str
    subtitle: str
    paper: str
    land: BaseGeometry | None
    ground: Sequence[Street]
    marks: Sequence[Mark]
    legend: Sequence[Entry]
    notes: Sequence[str] = ()
    language: str = "fr"
    words: dict[str, str] = field(default_factory=dict)


class _Frame:
    """From degrees to points on the sheet."""

    def __init__(self, marks: Sequence[Mark], width: float, height: float) -> None:
        shapes = [mark.shape for mark in marks if not mark.shape.is_empty]
        whole = shapely.unary_union(shapes) if shapes else shapely.Point(0.0, 0.0)
        middle = whole.envelope.centroid
        self.plane: Projection = local_projection(round(middle.x, 2), round(middle.y, 2))
        west, south, east, north = to_metres(whole, self.plane).bounds
        wide, high = max(east - west, TINY_M) * 1.16, max(north - south, TINY_M) * 1.16
        self.points_per_m = min(width / wide, height / high)
        self.west = (west + east) / 2 - width / self.points_per_m / 2
        self.north = (south + north) / 2 + height / self.points_per_m / 2
        self.width, self.height = width, height
        span = width / self.points_per_m, height / self.points_per_m
        self.box = shapely.box(self.west, self.north - span[1], self.west + span[0], self.north)

    def place(self, geometry: BaseGeometry) -> BaseGeometry:
        """Return a geometry in metres, cut to what the sheet shows."""
        flat = shapely.make_valid(to_metres(geometry, self.plane))
        return shapely.intersection(flat, self.box)

    def points(self, line: BaseGeometry) -> list[tuple[float, float]]:
        """Return the points of a line on the sheet."""
        xy = shapely.get_coordinates(line)
        x = (xy[:, 0] - self.west) * self.points_per_m
        y = (self.north - xy[:, 1]) * self.points_per_m
        return [(float(a), float(b)) for a, b in zip(x, y, strict=True)]


def draw(sheet: Sheet) -> str:
    """Return a map as SVG; equal sheets give equal texts."""
    width, height = PAPERS[sheet.paper]
    drawing = Drawing(width, height, title=sheet.title)
    head = 40.0
    inner = width - 2 * MARGIN - LEGEND, height - 2 * MARGIN - head
    frame = _Frame(sheet.marks, *inner)
    drawing.add(drawing.root, "rect", width=width, height=height, fill="#ffffff")
    drawing.text(drawing.root, MARGIN, MARGIN + 14, sheet.title, font_size=15, font_weight="bold")
    drawing.text(drawing.root, MARGIN, MARGIN + 29, sheet.subtitle, font_size=9, fill="#45545f")
    clip = drawing.add(drawing.definitions, "clipPath", id="frame")
    drawing.add(clip, "rect", width=inner[0], height=inner[1])
    outer = drawing.group(drawing.root, transform=f"translate({MARGIN:g} {MARGIN + head:g})")
    inside = drawing.group(outer, clip_path="url(#frame)")
    _ground(drawing, inside, frame, sheet)
    for mark in sheet.marks:
        _mark(drawing, inside, frame, mark)
    _labels(drawing, inside, frame, sheet.marks)
    drawing.add(
        outer,
        "rect",
        width=inner[0],
        height=inner[1],
        fill="none",
        stroke="#14212d",
        stroke_width=0.8,
    )
    _scale_bar(drawing, outer, frame, sheet)
    _north(drawing, outer, frame, sheet)
    _legend(drawing, width - MARGIN - LEGEND + 10, MARGIN + head, inner[1], sheet)
    return drawing.write()


def _ground(drawing: Drawing, parent: ET.Element, frame: _Frame, sheet: Sheet) -> None:
    drawing.add(
        parent,
        "rect",
        width=frame.width,
        height=frame.height,
        fill="#f7f8f7" if sheet.land is None else "#dfe7ee",
    )
    if sheet.land is not None:
        for polygon in _polygons(frame.place(sheet.land)):
            drawing.add(parent, "path", d=_area(frame, polygon), fill="#f7f8f7")
    for street in sheet.ground:
        for line in _lines(frame.place(street.line)):
            stroke(drawing, parent, path_of(frame.points(line)), street.sign)
    for street in sheet.ground:
        if street.name and street.sign in {"street", "axis"}:
            _street_name(drawing, parent, frame, street)


def _street_name(drawing: Drawing, parent: ET.Element, frame: _Frame, street: Street) -> None:
    """Write a street's name along its longest straight piece on the sheet, if it fits there."""
    best: tuple[float, tuple[float, float], tuple[float, float]] | None = None
    for line in _lines(frame.place(street.line)):
        for one, other in itertools.pairwise(frame.points(line)):
            length = math.dist(one, other)
            if best is None or length > best[0]:
                best = length, one, other
    if best is None or best[0] < 4.0 * len(street.name):
        return
    _, one, other = best
    if one[0] > other[0]:
        one, other = other, one
    turn = math.degrees(math.atan2(other[1] - one[1], other[0] - one[0]))
    x, y = (one[0] + other[0]) / 2, (one[1] + other[1]) / 2
    drawing.text(
        parent,
        0,
        -2.4,
        street.name,
        font_size=7,
        fill="#45545f",
        text_anchor="middle",
        transform=f"translate({x:.2f} {y:.2f}) rotate({turn:.1f})",
    )


def _polygons(geometry: BaseGeometry) -> list[BaseGeometry]:
    return [one for one in shapely.get_parts(geometry) if one.geom_type == "Polygon"]


def _lines(geometry: BaseGeometry) -> list[BaseGeometry]:
    kinds = {"LineString", "LinearRing"}
    return [
        one
        for one in shapely.get_parts(shapely.line_merge(geometry))
        if one.geom_type in kinds and not one.is_empty
    ]


def _area(frame: _Frame, polygon: BaseGeometry) -> str:
    rings = shapely.get_rings(polygon).tolist()
    return " ".join(path_of(frame.points(ring), closed=True) for ring in rings)


def _mark(drawing: Drawing, parent: ET.Element, frame: _Frame, mark: Mark) -> None:
    placed = frame.place(mark.shape)
    if placed.is_empty:
        return
    if mark.shape.geom_type == "Point":
        ((x, y),) = frame.points(placed)
        symbol(drawing, parent, str(mark.sign), x, y)
    elif mark.shape.geom_type in {"Polygon", "MultiPolygon"}:
        for polygon in _polygons(placed):
            drawing.add(parent, "path", d=_area(frame, polygon), fill="#14212d", fill_opacity=0.05)
            stroke(drawing, parent, _area(frame, polygon), str(mark.sign))
    else:
        for line in _lines(placed):
            stroke(drawing, parent, path_of(frame.points(line)), str(mark.sign))
            if mark.sign == "diversion":
                arrow(drawing, parent, frame.points(line))


def _labels(drawing: Drawing, parent: ET.Element, frame: _Frame, marks: Sequence[Mark]) -> None:
    """Write the marks' labels last, each where it covers no other one."""
    taken: list[tuple[float, float, float, float]] = []
    for mark in marks:
        placed = frame.place(mark.shape)
        if not mark.label or placed.is_empty:
            continue
        point = (
            placed.representative_point()
            if placed.geom_type != "LineString"
            else (placed.interpolate(0.5, normalized=True))
        )
        ((x, y),) = frame.points(point)
        wide = 4.2 * len(mark.label) + 3.0
        places = [(x + SIGN, y - SIGN), (x - SIGN - wide, y - SIGN), (x + SIGN, y + SIGN + 5)]
        places += [(x - SIGN - wide, y + SIGN + 5), (x - wide / 2, y - 2 * SIGN)]
        for left, base in places:
            box = left - 1, base - 7.5, left + wide, base + 2
            if not any(_overlap(box, other) for other in taken):
                break
        else:
            left, base = places[0]
            box = left - 1, base - 7.5, left + wide, base + 2
        taken.append(box)
        drawing.add(
            parent,
            "rect",
            x=box[0],
            y=box[1],
            width=box[2] - box[0],
            height=box[3] - box[1],
            fill="#ffffff",
            fill_opacity=0.88,
            rx=1.5,
        )
        drawing.text(parent, left, base, mark.label, font_size=8, font_weight="bold")


def _overlap(
    one: tuple[float, float, float, float], other: tuple[float, float, float, float]
) -> bool:
    apart = one[2] < other[0] or other[2] < one[0] or one[3] < other[1] or other[3] < one[1]
    return not apart


def round_length(longest_m: float) -> float:
    """Return the longest of 1, 2 or 5 times a power of ten that is no longer than a length."""
    power = 10.0 ** math.floor(math.log10(longest_m))
    return next(n * power for n in (5.0, 2.0, 1.0, 0.5) if n * power <= longest_m)


def _scale_bar(drawing: Drawing, parent: ET.Element, frame: _Frame, sheet: Sheet) -> None:
    length_m = round_length(frame.width / frame.points_per_m / 4)
    wide = length_m * frame.points_per_m
    left, base = 10.0, frame.height - 12.0
    drawing.add(
        parent,
        "rect",
        x=left - 5,
        y=base - 18,
        width=wide + 40,
        height=26,
        fill="#ffffff",
        fill_opacity=0.85,
    )
    for at in range(4):
        drawing.add(
            parent,
            "rect",
            x=left + at * wide / 4,
            y=base - 4,
            width=wide / 4,
            height=4,
            fill="#14212d" if at % 2 == 0 else "#ffffff",
            stroke="#14212d",
            stroke_width=0.6,
        )
    drawing.text(parent, left - 2, base - 8, "0", font_size=8)
    told = f"{number(length_m, sheet.language)} m"
    drawing.text(parent, left + wide, base - 8, told, font_size=8, text_anchor="middle")


def _north(drawing: Drawing, parent: ET.Element, frame: _Frame, sheet: Sheet) -> None:
    group = drawing.group(parent, transform=f"translate({frame.width - 20:.2f} 30)")
    drawing.add(group, "circle", r=17, cy=-2, fill="#ffffff", fill_opacity=0.85)
    drawing.add(group, "path", d="M0 -16 L5 8 L0 4 L-5 8 Z", fill="#14212d")
    letter = sheet.words.get("north", "N")
    drawing.text(group, 0, 17, letter, font_size=9, font_weight="bold", text_anchor="middle")


def _legend(drawing: Drawing, left: float, top: float, height: float, sheet: Sheet) -> None:
    """Write the legend, closer together the more there is to say."""
    texts = [wrapped(entry.text, 34 if entry.sign else 40) for entry in sheet.legend]
    rows = sum(
        len(lines) + (0.35 if entry.sign is None else 0.0)
        for entry, lines in zip(sheet.legend, texts, strict=True)
    )
    room = height - 10 * len(sheet.notes) - 10
    pitch = max(6.5, min(15.0, room / max(rows, 1.0)))
    size = min(8.5, pitch * 0.72)
    y = top + size
    for entry, lines in zip(sheet.legend, texts, strict=True):
        if entry.sign is None:
            y += 0.35 * pitch
        elif entry.sign in LINES:
            path = f"M{left:.2f} {y - size / 3:.2f} H{left + 26:.2f}"
            stroke(drawing, drawing.root, path, entry.sign)
        else:
            scale = min(1.0, pitch / (2.1 * SIGN))
            symbol(drawing, drawing.root, entry.sign, left + 13, y - size / 3, scale=scale)
        weight = "bold" if entry.sign is None else "normal"
        for line in lines:
            x = left if entry.sign is None else left + 34
            drawing.text(drawing.root, x, y, line, font_size=size, font_weight=weight)
            y += pitch
    base = top + height - 10 * (len(sheet.notes) - 1)
    for at, note in enumerate(sheet.notes):
        drawing.text(drawing.root, left, base + 10 * at, note, font_size=7, fill="#45545f")


def wrapped(text: str, width: int) -> list[str]:
    """Return a text in lines of at most so many letters where words allow."""
    lines = [""]
    for word in text.split():
        if lines[-1] and len(lines[-1]) + 1 + len(word) > width:
            lines.append(word)
        else:
            lines[-1] = f"{lines[-1]} {word}".strip()
    return lines
