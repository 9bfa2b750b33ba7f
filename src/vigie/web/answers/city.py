"""The city, its vocabulary and its outline."""

from __future__ import annotations

from pydantic import Field

from vigie.web.answers.base import Answer, Instant, Texts


class Extent(Answer):
    """The interval that facts cover; null without facts."""

    from_: Instant | None = Field(alias="from", serialization_alias="from")
    to: Instant | None


class CityAnswer(Answer):
    """The city that this home is about."""

    name: str
    timezone: str
    bbox: tuple[float, float, float, float] = Field(description="West, south, east, north.")
    center: tuple[float, float] = Field(description="Longitude, latitude.")
    languages: list[str]
    style_url: str | None = Field(description="MapLibre style; null: own offline outline.")
    now: Instant
    demo: bool
    extent: Extent
    partners: dict[str, Texts] = Field(
        description="What the charter calls its partner services; those that it names."
    )
    version: str


class KindAnswer(Answer):
    """One node of the tree of kinds."""

    code: str
    parent: str | None
    theme: str
    fr: str
    en: str
    colour_index: int = Field(description="Place of the theme in the palette, from 0.")
    leaf: bool


class MetricAnswer(Answer):
    """Something that can be measured."""

    code: str
    unit: str
    symbol: str
    fr: str
    en: str


class ZoningAnswer(Answer):
    """A way the city is divided."""

    name: str
    title: Texts
    zones: int


class ZoneAnswer(Answer):
    """One zone that holds a point."""

    zoning: str
    zone_id: str
    label: str
