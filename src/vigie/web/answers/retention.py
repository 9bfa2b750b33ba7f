"""What is kept how long, what vanishes when, and what is held."""

from __future__ import annotations

from typing import Any, Literal

from pydantic import Field

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


class RetentionAnswer(Answer):
    """Rules, calendar, holds, and how the last run went."""

    at: Instant
    version: str = Field(description="SHA-256 of the rules in force.")
    rules: list[RetentionRule]
    vanishing: list[Vanishing]
    holds: list[HoldAnswer]
    last_run: dict[str, Any] | None
    last_proof: Proof | None
