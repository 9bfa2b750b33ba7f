"""Rights: broken glasses and a service's own accounts."""

from __future__ import annotations

from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

from vigie.web.answers.base import Answer, Instant


class GlassRequest(BaseModel):
    """What to open, and why."""

    model_config = ConfigDict(extra="forbid")

    dataset: str = Field(max_length=40, description="facts, narratives or means, by the charter.")
    zone: str = Field(default="", max_length=200, description="zoning:zone_id; or a fact.")
    fact_id: str = Field(default="", max_length=80, description="One fact; or a zone.")
    minutes: int = Field(default=30, ge=1, le=60)
    reason: str = Field(max_length=500, description="At least 15 characters, not the last one.")


class GlassReview(BaseModel):
    """What the review found."""

    model_config = ConfigDict(extra="forbid")

    verdict: Literal["justified", "unjustified"]


class BrokenGlass(Answer):
    """Something opened against the charter, for minutes."""

    glass_id: str
    login: str
    name: str
    dataset: str
    zone: str | None
    fact_id: str | None
    reason: str
    opened_at: Instant
    until: Instant
    review_before: Instant
    reviewed_at: Instant | None
    reviewed_by: str | None
    verdict: str | None
    overdue: bool = Field(description="Nobody reviewed it in time: its account is locked.")


class GlassList(Answer):
    """Broken glasses, those that wait for their review first."""

    items: list[BrokenGlass]
    next: str | None = None


class DelegateRequest(BaseModel):
    """An account of one's own service, within one's own rights."""

    model_config = ConfigDict(extra="forbid")

    login: str = Field(min_length=1, max_length=80)
    name: str = Field(min_length=1, max_length=200)
    sources: list[str] | None = Field(
        default=None, max_length=50, description="Feeds it sees; null for all of the service's."
    )
    zones: list[str] | None = Field(
        default=None, max_length=200, description="zoning:zone_id; null for all of the service's."
    )


class Delegate(Answer):
    """An account of a partner service."""

    login: str
    name: str
    partner: str
    head: bool = Field(description="Whether it names the service's other accounts.")
    sources: list[str] | None
    zones: list[str] | None
    granted_by: str


class NewDelegate(Delegate):
    """A new account of a partner service."""

    first_password: str = Field(description="Told once; it must be changed at the first sign-in.")


class DelegateBounds(Answer):
    """Within what the head of a service names its accounts."""

    service: str
    sources: list[str] | None = Field(description="Feeds it may open; null for no end.")
    zones: list[str] | None = Field(description="zoning:zone_id; null for everywhere.")


class DelegateList(Answer):
    """The accounts of one's own service; of all services for who oversees."""

    items: list[Delegate]
    bounds: DelegateBounds | None = Field(description="Null for who names nobody.")
    next: str | None = None
