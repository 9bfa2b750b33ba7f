"""Sources, their health, and what was refused."""

from __future__ import annotations

from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field

from vigie.web.answers.base import Answer, Instant, Texts


class BatchAnswer(Answer):
    """One load."""

    batch_id: str
    at: Instant
    name: str
    files: list[str]
    kinds: dict[str, int]
    messages: int
    read: int
    accepted: int
    duplicates: int
    quarantined: int
    notices: dict[str, int]
    duration_s: float


class FetchingAnswer(Answer):
    """How fetching a source is going."""

    circuit: Literal["closed", "half_open", "open"] = Field(
        description="Open: left alone after failures; half open: the next trial decides."
    )
    failures: int = Field(description="In a row.")
    reason: str = Field(description="Code of the last failure, or of what to know, or empty.")
    next_at: Instant = Field(description="When it is tried next.")


class SourceAnswer(Answer):
    """How a source is doing."""

    source: str
    title: Texts
    connector: str
    period_s: int
    last_received_at: Instant | None
    last_fact_at: Instant | None
    age_s: float | None = Field(description="Seconds since the last receipt; null before it.")
    state: Literal["live", "late", "stale", "never"]
    messages: int
    read: int
    records: int
    duplicates: int
    quarantined: int
    backlog: int = Field(description="Messages that wait.")
    notices: dict[str, int]
    last_batches: list[BatchAnswer]
    last_error: str = Field(
        description="Why it cannot be fetched, or its messages not be processed now, or empty."
    )
    fetching: FetchingAnswer | None = Field(description="Null for a source that we do not fetch.")


class SourceList(Answer):
    """Every source."""

    items: list[SourceAnswer]
    next: str | None = None


class QuarantineAnswer(Answer):
    """A row that was refused, and why."""

    id: str
    source: str
    code: str
    reason: str = Field(description="The code in words, in the language of Accept-Language.")
    params: dict[str, Any]
    file: str
    row: int | None
    at: Instant
    state: str
    attempts: int


class QuarantineDetail(QuarantineAnswer):
    """A refused row as it was received; it may hold personal data and expires."""

    raw: str = Field(description="Text as received; bytes that are no text are escaped.")
    expires_at: Instant | None


class QuarantinePage(Answer):
    """A page of refused rows, newest first."""

    items: list[QuarantineAnswer]
    next: str | None
    total: int
    by_code: dict[str, int]


class RetrySelection(BaseModel):
    """What to try again: rows by id, or all of a source or of a code."""

    model_config = ConfigDict(extra="forbid")

    ids: list[str] = Field(default_factory=list, max_length=10_000)
    source: str | None = None
    code: str | None = None


class RetryAnswer(Answer):
    """What a new try gave."""

    tried: int
    resolved: int
    refused: int
    by_code: dict[str, int]


class Acknowledged(Answer):
    """A message that is durable: it will not be lost."""

    message_id: str
