"""Event files: the file, its versions, what changed, what is proposed, what came after."""

from __future__ import annotations

from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field

from vigie.foresight.dossier.model import After, Content, Figure, State
from vigie.web.answers.base import Answer, Instant, Texts
from vigie.web.answers.effects import EffectEstimate
from vigie.web.answers.records import ClashAnswer


class FileChange(BaseModel):
    """A new version of a file."""

    model_config = ConfigDict(extra="forbid")

    content: Content
    state: State = State.DRAFT
    why: str = Field(default="", max_length=500)


class ReuseRequest(BaseModel):
    """Which past file to take over."""

    model_config = ConfigDict(extra="forbid")

    plan_id: str = Field(min_length=1, max_length=80)
    version: int = Field(ge=1)


class RemarkItem(Answer):
    """Something to look at again."""

    code: str
    weight: Literal["wrong", "missing", "look"]
    part: str
    item: str
    text: Texts


class VersionItem(Answer):
    """A version: its state, who made it, when and why."""

    version: int
    state: State
    who: str
    at: Instant
    why: str


class VersionDetail(VersionItem):
    """A version with its content."""

    content: Content


class VersionList(Answer):
    """The versions of a file, newest first."""

    items: list[VersionItem]
    next: str | None = None


class EventFile(Answer):
    """The file of an event; version 0 is a first proposal that nobody has saved."""

    plan_id: str
    title: str
    kind: str
    starts_at: Instant
    ends_at: Instant
    version: int
    state: State
    next_states: list[State] = Field(description="States that may follow, by keeping or changing.")
    who: str | None
    at: Instant | None
    why: str | None
    may_alter: bool
    may_disclose: bool
    content: Content
    remarks: list[RemarkItem]
    scrubbed: int = Field(default=0, description="Passages taken out of the text just saved.")


class EventFileItem(Answer):
    """A file as lists tell it."""

    plan_id: str
    kind: str
    title: str
    starts_at: Instant
    ends_at: Instant
    version: int
    state: State


class EventFileList(Answer):
    """Files, that of the latest event first."""

    items: list[EventFileItem]
    next: str | None = None


class FieldChangeItem(Answer):
    """A value that changed; shapes say how far their middle moved."""

    field: str
    before: Any
    after: Any
    moved_m: float | None


class ChangeItem(Answer):
    """An item of a file that was added, removed or changed."""

    part: str
    item: str
    label: str
    what: Literal["added", "removed", "changed"]
    fields: list[FieldChangeItem]


class FileDifference(Answer):
    """What changed between two versions."""

    before: int
    after: int
    changes: list[ChangeItem]


class ReuseProposal(Answer):
    """A past file and why it is proposed."""

    plan_id: str
    version: int
    title: str
    kind: str
    starts_at: Instant
    state: State
    score: float = Field(description="0 to 1.")
    same_kind: bool
    same_venue: bool
    title_likeness: float = Field(description="Jaccard index of the words of the titles.")


class ReuseList(Answer):
    """Past files, the most alike first."""

    items: list[ReuseProposal]
    next: str | None = None


class Estimate(Answer):
    """A low, a likely and a high value; null where unknown."""

    low: float | None
    likely: float | None
    high: float | None


class PresenceSeen(Answer):
    """People that presence measures saw, and what was usual at that hour and weekday."""

    most: float
    usual: float
    excess: float
    low: float = Field(description="Excess over the fullest of the control weeks.")
    high: float = Field(description="Excess over the emptiest.")
    places: int
    controls: int


class AttendanceSeen(Answer):
    """Attendance planned, entered and measured."""

    planned: Estimate
    entered: float | None
    entered_source: str | None
    seen: PresenceSeen | None


class RingCount(Answer):
    """Facts in one ring and phase beside what the control weeks brought."""

    ring_from_m: float
    ring_to_m: float
    phase: Literal["before", "during", "after"]
    from_: Instant = Field(alias="from")
    to: Instant
    happened: int | None = Field(description="Null when withheld: below facts_least.")
    expected: float | None = Field(description="Without the event; null when withheld or unknown.")
    low: float | None
    high: float | None
    controls: int = Field(description="Control weeks it rests on.")
    beyond: Literal["above", "below", "inside"] | None


class ForeseenFacts(Answer):
    """The forecast as it stood before the event, and the facts that came."""

    from_: Instant = Field(
        alias="from", description="Start of the hours that count; the forecast knows nothing later."
    )
    to: Instant
    reach_m: float = Field(description="Metres from the footprint within which facts count.")
    events: int = Field(description="Past events that taught it.")
    controls: float = Field(description="Effective number of ordinary days before it.")
    level: int = Field(description="Level of the interval that `beyond` is about, percent.")
    without: EffectEstimate = Field(description="Foreseen without the event.")
    effect: EffectEstimate = Field(description="Foreseen to be brought by the event.")
    total: EffectEstimate = Field(description="Foreseen in all.")
    observed: int | None = Field(description="Facts that came; null when withheld or not settled.")
    withheld: bool
    settles_at: Instant | None = Field(description="When the count will be complete, if it is not.")
    beyond: Literal["above", "below", "inside"] | None


class ForeseenAnswer(Answer):
    """What was foreseen beside what happened, or why nothing was."""

    why_not: Texts | None
    figures: ForeseenFacts | None


class EngagedMeans(Answer):
    """Means that the file plans."""

    headcount: dict[str, int] = Field(description="People at posts, by kind of post.")
    hours: float = Field(description="Hours of people.")
    barriers: dict[str, int] = Field(description="Pieces, by kind.")
    responders: int


class AfterAction(Answer):
    """Planned, forecast and happened, side by side."""

    plan_id: str
    version: int
    state: State
    over: bool = Field(description="Whether the event and the two hours after it are past.")
    attendance: AttendanceSeen
    facts: list[RingCount]
    facts_level: int = Field(description="Level of the intervals, percent.")
    facts_least: int = Field(description="Least count shown.")
    foreseen: ForeseenAnswer | None = Field(description="Null before its end.")
    controls: list[Instant] = Field(description="Starts of the control weeks, nearest first.")
    means: EngagedMeans
    after: After
    figures: list[Figure]
    clashes: list[ClashAnswer]
