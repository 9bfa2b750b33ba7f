"""What is kept how long, what vanishes when, and what is held."""

from __future__ import annotations

from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field

from vigie.web.answers.base import Answer, Instant, Texts


class RetentionRule(Answer):
    """One rule: what is kept, how long, for whom, what for."""

    name: str
    store: str
    connector: str = Field(description="Whose feeds; empty for all that no other rule names.")
    title: Texts
    basis: Texts
    plane: Literal["open", "live", "sealed", "office"]
    regime: Literal["gdpr", "led"]
    controller: str
    purposes: list[str]
    term: Texts
    ceiling: Texts
    since: Texts
    at_term: Literal["erase", "shred"]
    holdable: bool


class Vanishing(Answer):
    """How many records vanish on a local day if nothing holds them."""

    rule: str
    on: str = Field(description="Local day, YYYY-MM-DD.")
    n: int


class HoldAnswer(Answer):
    """A legal hold and the act behind it."""

    id: str
    case: str
    authority: str
    act: str
    stores: list[str]
    sources: list[str]
    from_at: Instant
    to_at: Instant
    zone: list[list[float]] = Field(description="Corners, longitude and latitude.")
    records: int = Field(description="How many records it names.")
    until_at: Instant
    created_at: Instant
    created_by: str
    standing: bool
    released_at: Instant | None


class Proof(Answer):
    """A line of the register of destructions."""

    id: str
    rule: str
    store: str
    n: int
    first_at: Instant
    last_at: Instant
    before_at: Instant
    digest: str = Field(description="SHA-256 of the ids destroyed, sorted, one a line.")
    rules_version: str
    begun_at: Instant
    done_at: Instant | None


class StoredField(Answer):
    """A field that is kept to be told, and dropped when nobody uses it."""

    dataset: str
    field: str
    need: Texts
    state: Literal["empty", "used", "unused", "dropped"]
    since: str | None = Field(description="Watched since, YYYY-MM-DD; null while it holds nothing.")
    last_used: str | None = Field(description="Last day on which a value was told to anybody.")
    days_used: int = Field(description="On how many days one was.")
    idle_days: int
    reported_after: int = Field(description="Days without use until it is reported.")
    dropped_after: int = Field(description="Days without use until it is dropped.")
    dropped_at: Instant | None
    taken_up_for: str = Field(description="The need for which it was taken up again.")


class TakeUp(BaseModel):
    """A field to be kept, and what for."""

    model_config = ConfigDict(extra="forbid")

    dataset: str = Field(max_length=40)
    field: str = Field(max_length=60)
    need: str = Field(min_length=15, max_length=500)


class RetentionAnswer(Answer):
    """Rules, calendar, holds, and how the last run went."""

    at: Instant
    version: str = Field(description="SHA-256 of the rules in force.")
    rules: list[RetentionRule]
    vanishing: list[Vanishing]
    holds: list[HoldAnswer]
    fields: list[StoredField]
    last_run: dict[str, Any] | None
    last_proof: Proof | None
