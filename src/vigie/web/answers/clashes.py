"""Clashes: what is answered, what is decided."""

from __future__ import annotations

from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

from vigie.web.answers.base import Answer, Geometry, Instant, Texts
from vigie.web.answers.records import ClashAnswer


class ClashStanding(ClashAnswer):
    """A clash, and how it stands."""

    title: Texts
    state: Literal["open", "accepted", "solved"]
    reopened: list[str] = Field(
        description="Why a decision no longer holds: time, place, crowd, closures, means, kind,"
        " plan, severity."
    )
    decided_at: Instant | None
    decided_by: str | None = Field(description="Null for whoever does not decide.")
    reason: str
    measure: str
    number: int = Field(description="Number of the last decision; 0 without any.")


class StateCounts(Answer):
    """How many clashes stand in each state."""

    open: int
    accepted: int
    solved: int


class ClashPage(Answer):
    """Clashes of an interval, the gravest first."""

    items: list[ClashStanding]
    total: int = Field(description="How many there are, shown or not.")
    states: StateCounts = Field(description="Of all states, whichever was asked for.")
    rules: dict[str, int]
    next: str | None = None


class ClashPlan(Answer):
    """A plan of a clash, with its occupied time."""

    plan_id: str
    kind: str
    title: str
    occupied_from: Instant
    starts_at: Instant
    ends_at: Instant
    occupied_to: Instant
    geometry: Geometry | None


class ClashDecisionAnswer(Answer):
    """One decision about a clash."""

    number: int
    state: str
    reason: str
    measure: str
    by: str | None
    at: Instant


class ClashDetail(ClashStanding):
    """A clash with its plans and its history."""

    present: bool = Field(description="False when it is no longer found and only its history is.")
    subjects: list[ClashPlan]
    history: list[ClashDecisionAnswer]
    may_decide: bool


class ClashDecision(BaseModel):
    """A decision about a clash, on the history as it was read."""

    model_config = ConfigDict(extra="forbid")

    state: Literal["open", "accepted", "solved"]
    reason: str = Field(default="", max_length=500)
    measure: str = Field(default="", max_length=200, description="What solves it.")
    after: int = Field(ge=0, description="Number of the last decision that was read; 0: none.")


class ClashRule(Answer):
    """A clash rule: what it finds, why, and what it does not know."""

    name: str
    kind: str
    title: Texts
    why: Texts
    reference: str


class ClashRuleList(Answer):
    """The clash rules, by name."""

    items: list[ClashRule]
    next: str | None = None


class LearntPairAnswer(Answer):
    """Two kinds that brought more together than apart."""

    kinds: list[str]
    together: int = Field(description="How many times they were near each other.")
    alone: list[int] = Field(description="Plans of each kind that had no neighbour.")
    observed: int = Field(description="Facts on those times, all together.")
    expected: float = Field(description="The usual of the place, and what each brings alone.")
    surplus: float = Field(description="Mean facts more than expected, each time.")
    low: float = Field(description="Lower end of its 80 % interval.")
    high: float
    p: float = Field(description="One-sided, before the control of false discoveries.")
    tested: int = Field(description="Pairs of kinds that were tested.")
    severity: int


class LearntPairList(Answer):
    """What history shows of pairs; empty where nothing survives the control."""

    items: list[LearntPairAnswer]
    learnt_at: Instant | None
    next: str | None = None
