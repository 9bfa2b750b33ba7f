"""What answers are made of: instants, both languages, pages."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field

Instant = Annotated[
    str, Field(description="RFC 3339 in UTC.", json_schema_extra={"format": "date-time"})
]
Cell = Annotated[str, Field(description="H3 cell, 15 hexadecimal digits.")]
Geometry = dict[str, Any]


class Answer(BaseModel):
    """An answer: nothing besides what it declares. Built when first given, not at the start."""

    model_config = ConfigDict(extra="forbid", defer_build=True)


def build_answers() -> None:
    """Build every answer now: the first to ask for one would wait for it."""
    found = Answer.__subclasses__()
    for one in found:
        found += one.__subclasses__()
        one.model_rebuild()


class Texts(Answer):
    """One text in both languages."""

    fr: str
    en: str


class Counted(Answer):
    """A number of events with the 95 % interval of the mean behind it."""

    n: int = Field(description="Events counted: the base of the figure.")
    low: float = Field(description="Lower end of the 95 % interval (Poisson).")
    high: float = Field(description="Upper end.")


class Feature(Answer):
    """A GeoJSON feature (RFC 7946)."""

    type: Literal["Feature"]
    id: str | None = None
    geometry: Geometry | None
    properties: dict[str, Any]


class FeatureCollection(BaseModel):
    """A GeoJSON feature collection (RFC 7946); may carry further members."""

    model_config = ConfigDict(extra="allow")

    type: Literal["FeatureCollection"]
    features: list[Feature]
