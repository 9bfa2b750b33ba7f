"""The printable map of an event file: what stands on it, and the legend in words."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

import shapely
from shapely.geometry.base import BaseGeometry

from vigie.foresight.dossier.model import Content, PostKind
from vigie.foresight.dossier.texts import word
from vigie.foresight.plans import PlanRecord
from vigie.reports.maps import Entry, Mark, Sheet, Street, draw
from vigie.reports.signs import LineSign, Symbol

SYMBOLS: Final[Mapping[PostKind, Symbol]] = {
    PostKind.AGENTS: "circle",
    PostKind.FIRST_AID: "cross",
    PostKind.FILTER: "diamond",
    PostKind.BARRIER_CROSSING: "triangle",
    PostKind.FIRE: "pentagon",
    PostKind.COMMAND: "star",
    PostKind.TRAFFIC: "hexagon",
    PostKind.RECEPTION: "square",
}
_RANKS: Final[Mapping[str, LineSign]] = {"axis": "axis", "main": "axis"}


@dataclass(frozen=True, slots=True)
class Ground:
    """The city as its home draws it: GeoJSON collections by layer; empty without any."""

    layers: Mapping[str, Mapping[str, Any]]

    def features(self, layer: str) -> list[tuple[BaseGeometry, Mapping[str, Any]]]:
        """Return the shapes of a layer with their properties."""
        found = []
        for feature in self.layers.get(layer, {}).get("features", ()):
            if feature.get("geometry"):
                shape = shapely.geometry.shape(feature["geometry"])
                found.append((shape, feature.get("properties") or {}))
        return found

    def land(self) -> BaseGeometry | None:
        """Return the land; None where it is not drawn."""
        shapes = [shape for shape, _ in self.features("coast")]
        polygons = [one for one in shapes if one.geom_type.endswith("Polygon")]
        return shapely.union_all(polygons) if polygons else None

    def streets(self) -> list[Street]:
        """Return borders, streets and rails, the lesser first."""
        borders = [
            Street(shape.boundary, "", "border") for shape, _ in self.features("arrondissements")
        ]
        streets = [
            Street(shape, str(told.get("name") or ""), _RANKS.get(str(told.get("rank")), "street"))
            for shape, told in self.features("streets")
        ]
        streets.sort(key=lambda one: one.sign == "axis")
        rails = [
            Street(shape, "", "rail")
            for shape, _ in self.features("metro")
            if shape.geom_type.endswith("LineString")
        ]
        return [*borders, *streets, *rails]


def codes_of(content: Content) -> dict[str, str]:
    """Return the short name that each item bears on map and lists: P1, B1, F1 (closed), D1."""
    parts = (("posts", "P"), ("barriers", "B"), ("closures", "F"), ("diversions", "D"))
    return {
        f"{part}.{item.id}": f"{letter}{at}"
        for part, letter in parts
        for at, item in enumerate(getattr(content, part), start=1)
    }


def _marks(content: Content, plan: PlanRecord) -> list[Mark]:
    codes = codes_of(content)
    marks: list[Mark] = []
    if content.perimeter is not None:
        marks.append(Mark(content.perimeter.geometry(), "perimeter"))
    elif plan.geometry is not None and not plan.geometry.is_empty:
        point = plan.geometry.geom_type == "Point"
        marks.append(Mark(plan.geometry, "star" if point else "perimeter"))
    lines: tuple[tuple[str, LineSign], ...] = (
        ("closures", "closure"),
        ("diversions", "diversion"),
        ("barriers", "barrier"),
    )
    for part, sign in lines:
        marks += [
            Mark(item.line.geometry(), sign, codes[f"{part}.{item.id}"])
            for item in getattr(content, part)
            if item.line is not None
        ]
    marks += [
        Mark(post.place.geometry(), SYMBOLS[post.kind], codes[f"posts.{post.id}"])
        for post in content.posts
        if post.place is not None
    ]
    return marks


def _legend(content: Content, language: str) -> list[Entry]:
    codes = codes_of(content)
    entries: list[Entry] = []
    if content.perimeter is not None:
        entries.append(Entry("perimeter", word("part", "perimeter", language)))
    for kind, sign in SYMBOLS.items():
        posts = [post for post in content.posts if post.kind is kind and post.place is not None]
        if posts:
            entries.append(Entry(None, word("post", kind, language)))
            entries += [Entry(sign, f"{codes[f'posts.{one.id}']} {one.name}") for one in posts]
    lines: tuple[tuple[str, LineSign], ...] = (
        ("barriers", "barrier"),
        ("closures", "closure"),
        ("diversions", "diversion"),
    )
    for part, line_sign in lines:
        items = [one for one in getattr(content, part) if one.line is not None]
        if items:
            entries.append(Entry(None, word("part", part, language)))
            entries += [
                Entry(
                    line_sign,
                    f"{codes[f'{part}.{one.id}']} {getattr(one, 'name', '') or one.street}",
                )
                for one in items
            ]
    return entries


def map_svg(
    content: Content,
    plan: PlanRecord,
    ground: Ground,
    *,
    version: str,
    date: str,
    language: str,
    paper: str,
) -> str:
    """Return the map of a file as SVG, landscape.

    Args:
        content: The file.
        plan: Its plan.
        ground: The city's outline.
        version: Version as it is told.
        date: Day of the version as it is told.
        language: ``fr`` or ``en``.
        paper: ``A4`` or ``A3``.
    """
    land = ground.land()
    told = "ground_none" if not ground.layers else "ground_home"
    return draw(
        Sheet(
            title=plan.title or word("word", "event_file", language),
            subtitle=word("word", "drawn_on", language, version=version, date=date),
            paper=paper,
            land=land,
            ground=ground.streets(),
            marks=_marks(content, plan),
            legend=_legend(content, language),
            notes=(word("word", told, language),),
            language=language,
            words={"north": word("word", "north", language)},
        )
    )


def map_alt(content: Content, plan: PlanRecord, language: str) -> str:
    """Return what the map shows, in words."""
    counts = {name: len(getattr(content, name)) for name in ("posts", "barriers", "closures")}
    return word(
        "word",
        "map_alt",
        language,
        title=plan.title,
        diversions=len(content.diversions),
        **counts,
    )
