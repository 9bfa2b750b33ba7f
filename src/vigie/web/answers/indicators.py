"""Indicators: what is answered, what is set."""

from __future__ import annotations

from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

from vigie.web.answers.base import Answer, Instant


class IndicatorSpec(BaseModel):
    """What an indicator counts and when it matters."""

    model_config = ConfigDict(extra="forbid")

    title: str = Field(min_length=1, max_length=80, description="No person's name.")
    kind: str = Field("", max_length=80, description="Taxonomy code; empty for all facts.")
    zone: str = Field("", max_length=80, description="ZONING:ID; empty for the city.")
    rolling_h: int = Field(24, ge=0, le=168, description="The last so many hours; 0 for a slot.")
    from_h: int = Field(0, ge=0, le=23, description="Local hour at which the slot begins.")
    to_h: int = Field(0, ge=0, le=24, description="Local hour at which it ends.")
    threshold: float | None = Field(
        None, ge=0, description="Null: what the past makes unlikely (1 %)."
    )
    criticality: int = Field(3, ge=1, le=5)


class IndicatorChange(IndicatorSpec):
    """A new version."""

    after: int = Field(ge=1, description="Number of the version it was made on.")


class IndicatorEnd(BaseModel):
    """The end of an indicator."""

    model_config = ConfigDict(extra="forbid")

    after: int = Field(ge=1, description="Number of the version it was made on.")


class IndicatorTrend(Answer):
    """The last fourteen windows against the forty-two before, with an 80 % interval."""

    direction: Literal["up", "down", "stable", "unknown"]
    ratio: float | None
    low: float | None
    high: float | None
    base: int = Field(description="Windows on both sides.")


class IndicatorPoint(Answer):
    """One window of the past."""

    from_: Instant = Field(alias="from")
    n: int | None = Field(description="Null where withheld or before the data begins.")


class IndicatorFigures(Answer):
    """What an indicator shows now."""

    from_: Instant = Field(alias="from")
    to: Instant
    n: int | None
    withheld: bool = Field(description="Whether the count is too small to be told.")
    expected: float | None
    low: float | None = Field(description="Lower end of the 80 % interval of what was expected.")
    high: float | None
    base: int = Field(description="Weeks behind what was expected.")
    small_base: bool
    chance: float | None = Field(description="Chance of a count at least this high.")
    limit: float | None = Field(description="Count above which it matters.")
    state: Literal["above", "ordinary", "unknown", "withheld"]
    severity: int
    trend: IndicatorTrend
    crossings: int = Field(description="How often the limit was crossed in the windows shown.")
    series: list[IndicatorPoint]


class IndicatorAnswer(Answer):
    """An indicator as it was set."""

    indicator_id: str
    number: int
    title: str
    kind: str
    zone: str
    rolling_h: int
    from_h: int
    to_h: int
    threshold: float | None
    criticality: int
    owner: str
    changed_by: str
    changed_at: Instant


class IndicatorShown(IndicatorAnswer):
    """An indicator with its figures; null for whoever sees figures of whole days only."""

    figures: IndicatorFigures | None


class IndicatorDetail(IndicatorShown):
    """One indicator with its versions."""

    versions: list[IndicatorAnswer]


class IndicatorPage(Answer):
    """The indicators in force, the most critical first."""

    items: list[IndicatorShown]
    may_set: bool
    least: int = Field(description="Least count told.")
    figures_withheld: bool
    age_s: float | None
    stale: bool
    at: Instant
    next: str | None = None
