"""Saved questions and their reports: what is answered, what is set."""

from __future__ import annotations

from typing import Any, Literal

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field

from vigie.web.answers.base import Answer, Instant, Texts


class PeriodSpec(BaseModel):
    """The last so many whole days, weeks, months or years; or a period that stands."""

    model_config = ConfigDict(extra="forbid", populate_by_name=True)

    unit: Literal["day", "week", "month", "year", "fixed"]
    n: int = Field(0, ge=0, le=7_300, description="How many of them; 0 for a fixed period.")
    from_: AwareDatetime | None = Field(None, alias="from", description="Of a fixed period.")
    to: AwareDatetime | None = Field(None, description="Its end, exclusive.")


class ScheduleSpec(BaseModel):
    """When reports are due, by the city's clock."""

    model_config = ConfigDict(extra="forbid")

    every: Literal["day", "week", "month"]
    hour: int = Field(7, ge=0, le=23)
    weekday: int = Field(0, ge=0, le=6, description="Of a week, 0 for Monday.")
    day: int = Field(1, ge=1, le=31, description="Of a month; a shorter one takes its last.")


class QuestionSpec(BaseModel):
    """A question as it is saved."""

    model_config = ConfigDict(extra="forbid")

    title: str = Field(min_length=1, max_length=120, description="No person's name.")
    analysis: str = Field(max_length=80)
    params: dict[str, Any] = Field(default_factory=dict, description="The analysis's own.")
    filters: dict[str, Any] = Field(
        default_factory=dict, description="kind, source, severity_min, zone."
    )
    period: PeriodSpec
    shared: list[str] = Field(default_factory=list, max_length=20, description="Roles.")
    schedule: ScheduleSpec | None = None
    language: Literal["fr", "en"] = Field("fr", description="Of its reports.")


class QuestionChange(QuestionSpec):
    """A new version."""

    after: int = Field(ge=1, description="Number of the version it was made on.")


class QuestionEnd(BaseModel):
    """The end of a question."""

    model_config = ConfigDict(extra="forbid")

    after: int = Field(ge=1, description="Number of the version it was made on.")


class QuestionReportAnswer(Answer):
    """A report: wanted, being made, made or failed."""

    report_id: str
    state: Literal["waiting", "running", "ready", "failed"]
    by_hand: bool = Field(description="Asked for by a person, not by the schedule.")
    due: Instant
    at: Instant = Field(description="When its state last changed.")
    missed: int = Field(description="Occasions before it that passed without a report.")
    late: bool = Field(description="Caught up more than an hour after it was due.")
    role: str = Field(description="Made for this role, by its rights.")
    from_: Instant | None = Field(alias="from")
    to: Instant | None
    base: int | None
    withheld: int | None
    size: int | None = Field(description="Bytes.")
    failure: Texts | None


class PeriodTold(Answer):
    """The period of a question."""

    unit: Literal["day", "week", "month", "year", "fixed"]
    n: int


class ScheduleTold(Answer):
    """When reports are due, and the next one; none while its owner has not the role."""

    every: Literal["day", "week", "month"]
    hour: int
    weekday: int
    day: int
    next: Instant | None
    suspended: Texts | None = Field(description="Why no report is made; null: they are.")


class QuestionAnswer(Answer):
    """A saved question, its period as it stands now, and its last reports."""

    question_id: str
    number: int
    title: str
    analysis: str
    params: dict[str, Any]
    filters: dict[str, Any]
    period: PeriodTold
    from_: Instant = Field(alias="from")
    to: Instant
    shared: list[str]
    schedule: ScheduleTold | None
    language: str
    owner: str
    mine: bool
    changed_at: Instant
    reports: list[QuestionReportAnswer]


class QuestionVersion(Answer):
    """One version of a question."""

    number: int
    title: str
    at: Instant


class QuestionDetail(QuestionAnswer):
    """A question with its versions."""

    versions: list[QuestionVersion]


class QuestionList(Answer):
    """One's own questions and those shared with one's role, by title."""

    items: list[QuestionAnswer]
    may_save: bool
    roles: list[str] = Field(description="Roles that a question can be shared with.")
    failed: list[str] = Field(description="One's own whose last report failed.")
    next: str | None = None
