"""Plans entered by hand: what is sent, what is answered."""

from __future__ import annotations

from typing import Any, Literal

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field

from vigie.web.answers.base import Answer, Geometry, Instant

DECLARED = "False for a gathering that nobody declared: attributes then say known_from."


class PlanFields(BaseModel):
    """Fields of a plan, as far as they are said; those not said stay, or are empty."""

    model_config = ConfigDict(extra="forbid")

    kind: str = Field(default="", max_length=80, description="Taxonomy code under event.")
    title: str = Field(default="", max_length=400, description="No person, no organiser.")
    geometry: Geometry | None = Field(default=None, description="GeoJSON, WGS 84: point to area.")
    starts_at: AwareDatetime | None = None
    ends_at: AwareDatetime | None = None
    setup_s: int = 0
    teardown_s: int = 0
    attendance_low: float | None = None
    attendance_likely: float | None = None
    attendance_high: float | None = None
    state: str = Field(default="declared", max_length=40, description="draft or declared.")
    declared: bool = Field(default=True, description=DECLARED)
    place_id: str | None = Field(default=None, max_length=80)
    closes: list[str] = Field(default_factory=list, max_length=100)
    means: dict[str, str] = Field(default_factory=dict, max_length=100)
    attributes: dict[str, str] = Field(default_factory=dict, max_length=100)
    reason: str = Field(default="", max_length=500, description="Why, where it is worth saying.")


class PlanDecision(BaseModel):
    """A decision on a plan and its reason."""

    model_config = ConfigDict(extra="forbid")

    decision: Literal["authorised", "cancelled", "declared"]
    reason: str = Field(max_length=500)


class PlanWithdrawal(BaseModel):
    """Why a plan is called off."""

    model_config = ConfigDict(extra="forbid")

    reason: str = Field(max_length=500)


class PlanSettlement(BaseModel):
    """Which of the disputed fields become what the feed says; the others stay."""

    model_config = ConfigDict(extra="forbid")

    take: list[str] = Field(default_factory=list, max_length=40)


class PlanVersionAnswer(Answer):
    """One version of a plan by hand."""

    version: int
    at: Instant
    act: str = Field(description="entered, amended, authorised, cancelled, reopened, settled.")
    who: str | None = Field(description="Login; null for whoever is not told.")
    service: str
    reason: str
    changed: list[str]
    before: dict[str, Any]
    after: dict[str, Any]


class PlanHistory(Answer):
    """The versions of a plan, newest first."""

    items: list[PlanVersionAnswer]
    next: str | None = None
