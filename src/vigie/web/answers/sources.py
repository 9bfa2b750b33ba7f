"""Sources, their health, and what was refused."""

from __future__ import annotations

from datetime import date
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


class FieldAnswer(Answer):
    """A field that a source should bring, or brought."""

    name: str = Field(description="In the source's words; … stands for names that are not shown.")
    meaning: Texts | None
    privacy: Literal["none", "place", "free_text", "personal", "agent"] | None = Field(
        description="Personal and agent: dropped at the door. Null: nobody expects the field."
    )
    expected: bool = Field(description="Whether it is on the allow-list.")
    required: bool = Field(description="Whether a record cannot be without it.")
    seen: int | None = Field(description="How often; null: let in without being counted.")
    missing: int = Field(description="How often it was missed.")
    last_at: Instant | None = Field(description="When it was last remarked on.")
    drift: Literal["new", "gone"] | None = Field(description="Since the previous batches.")


class DayVolumeAnswer(Answer):
    """Records of one local day against the same weekday of the last eight weeks."""

    day: date
    records: int
    typical: float | None = Field(description="Median; null with too little history.")
    low: float | None = Field(description="Below it, the day is low.")
    high: float | None = Field(description="Above it, the day is high.")
    weeks: int = Field(description="How many weeks the median is of.")
    verdict: Literal["normal", "low", "high", "unknown"]


class ContractAnswer(Answer):
    """What a source should bring beside what it brought."""

    source: str
    state: Literal["live", "late", "stale", "never"]
    period_s: int
    age_s: float | None
    last_received_at: Instant | None
    last_fact_at: Instant | None
    since: Instant | None = Field(
        description="Fields are new or gone since then; null: too short a past to say."
    )
    fields: list[FieldAnswer]
    days: list[DayVolumeAnswer] = Field(description="By time of receipt, newest first.")


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
    changed_at: Instant = Field(description="When its state last changed, or it was last tried.")


class QuarantineDetail(QuarantineAnswer):
    """A refused row as it was received; it may hold personal data and expires."""

    raw: str = Field(description="Text as received; bytes that are no text are escaped.")
    expires_at: Instant | None


class QuarantinePage(Answer):
    """A page of refused rows, newest first."""

    items: list[QuarantineAnswer]
    next: str | None
    total: int
    by_code: dict[str, int] = Field(description="Of this source and state, whatever the code.")
    by_state: dict[str, int] = Field(description="Of this source and code, whatever the state.")


class RetrySelection(BaseModel):
    """What to try again: rows by id, or all of a source, of a code, or in a state."""

    model_config = ConfigDict(extra="forbid")

    ids: list[str] = Field(default_factory=list, max_length=10_000)
    source: str | None = None
    code: str | None = None
    state: Literal["new", "retried", "open"] | None = Field(
        default=None, description="Open: all that wait, whether or not they were tried before."
    )


class RetryAnswer(Answer):
    """What a new try gave."""

    tried: int
    resolved: int
    refused: int
    accepted: int = Field(description="Records that got in.")
    by_code: dict[str, int] = Field(description="Today's reasons of those still refused.")


class Acknowledged(Answer):
    """A message that is durable: it will not be lost."""

    message_id: str
