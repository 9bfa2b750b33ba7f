"""Crowding: how many people are where, with interval, base and limits."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from vigie.web.answers.base import Answer, Instant, Texts

Group = Literal["presence", "cameras", "transport"]
FEW = "Null under the least group that may be told."


class CrowdBase(Answer):
    """A kind of source that an estimate rests on."""

    group: Group
    age_s: int = Field(description="Age of the newest figure that weighs.")


class CrowdCell(Answer):
    """How many people are in a cell."""

    cell: str
    lon: float
    lat: float
    name: Texts
    people: int | None = Field(description=FEW)
    low: int | None = Field(description="Lower end of the interval.")
    high: int | None
    usual: int | None = Field(description="At this hour of this sort of day.")
    ratio: float | None = Field(description="People over what is usual.")
    state: Literal["above", "usual", "below", "few"] = Field(
        description="Above, below: the whole interval, and a tenth, beside what is usual."
    )
    base: list[CrowdBase] = Field(description="Empty: only what is usual is known.")


class CrowdSource(Answer):
    """A kind of source: whether it speaks, and whether it weighs."""

    group: Group
    state: Literal["speaking", "silent", "never"]
    weighs: bool = Field(description="It has gone along with presence for long enough.")
    sources: list[str]
    age_s: float | None = Field(description="Since its newest figure ended.")


class Crowding(Answer):
    """Crowds by cell in a quarter of an hour, the furthest above what is usual first."""

    at: Instant
    to: Instant
    coverage: float = Field(description="Share of past presence figures that the interval holds.")
    least: int = Field(description="Least group that is told.")
    limits: Texts
    items: list[CrowdCell]
    unknown: int = Field(description="Cells of which the past tells too little.")
    sources: list[CrowdSource]
    next: str | None = None
