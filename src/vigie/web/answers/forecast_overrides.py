"""How right forecasts and persons were, and what persons expect instead."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict, Field

from vigie.web.answers.base import Answer, Instant


class Calibration(Answer):
    """How often the past fell into an interval that should hold a share of it."""

    level: float
    seen: float = Field(description="Over the weeks that judge; meant to be the level.")


class OverrideRequest(BaseModel):
    """What a person expects instead, and why."""

    model_config = ConfigDict(extra="forbid")

    kind: str = Field(default="", max_length=80, description="Taxonomy code; the run's first.")
    cell: str = Field(max_length=80)
    slot: int = Field(ge=0, le=200)
    value: float = Field(ge=0, le=10_000)
    reason: str = Field(max_length=500, description="At least 15 characters.")


class Override(Answer):
    """What a person expects instead of a forecast, with both numbers."""

    override_id: str
    forecast_id: str
    kind: str
    cell: str
    slot: int
    from_: Instant = Field(alias="from", serialization_alias="from")
    to: Instant
    expected: float
    low: int = Field(description="80 % interval of the forecast.")
    high: int
    value: float
    reason: str
    who: str
    role: str
    at: Instant


class JudgedOverride(Override):
    """The same with what happened; null where withheld."""

    n: int | None
    withheld: bool


class OverrideScore(Answer):
    """How far persons and forecasts were from what happened, in the slots that persons changed."""

    n: int
    person: float | None = Field(description="Mean distance of what persons expected.")
    model: float | None = Field(description="Mean distance of what the forecasts expected.")
    nearer: int = Field(description="How often the person was nearer.")


class OverrideList(Answer):
    """What persons expect instead of a run, and how right they were before."""

    items: list[Override]
    judged: list[JudgedOverride]
    score: OverrideScore
    least: int
    next: str | None = None
