"""The agenda: days with their note, what makes it, what means cover, and how past notes did."""

from __future__ import annotations

from typing import Any, Literal

from pydantic import Field

from vigie.web.answers.base import Answer, Instant, Texts
from vigie.web.answers.records import PlanAnswer

Colour = Literal["green", "orange", "red"]


class Attendance(Answer):
    """Persons expected: low, likely, high."""

    low: float
    likely: float
    high: float


class Interval(Answer):
    """A value with its interval."""

    low: float
    mid: float
    high: float


class DangerPart(Answer):
    """One part of a note: its points, why, and the numbers it rests on."""

    name: str
    points: Interval
    most: float = Field(description="Most it can add.")
    reason: Texts
    numbers: dict[str, Any]
    plans: list[str]
    estimated: bool = Field(description="False: could not be estimated, and adds nothing.")


class DangerAnswer(Answer):
    """A note of 1 to 10 and what makes it, the greatest part first."""

    note: int
    low: int = Field(description="Note with every part at its low end.")
    high: int = Field(description="Note with every part at its high end.")
    colour: Colour = Field(description="Of the note: green to 3, orange to 6, red from 7.")
    parts: list[DangerPart]


class CoverAnswer(Answer):
    """What the planned means cover of what is needed."""

    planned: dict[str, int]
    unstated: int = Field(description="Estimated plans that do not say how many agents they have.")
    needed: Interval | None = Field(description="Agents needed; null: not estimated.")
    share: Interval | None = Field(description="Share of the need planned, 0 to 1.")
    estimated: int = Field(description="Plans whose need is estimated: the base.")
    colour: Colour | None


class AgendaDay(Answer):
    """One day of the agenda."""

    day: str = Field(json_schema_extra={"format": "date"})
    from_: Instant = Field(alias="from", serialization_alias="from")
    to: Instant
    plans: int
    attendance: Attendance
    unknown_attendance: int = Field(description="Plans of the day that say nothing of their size.")
    clashes: int
    colour: Colour = Field(description="The graver of the note's colour and the cover's.")
    danger: DangerAnswer
    cover: CoverAnswer
    listed: list[str] = Field(description="Ids of the plans that pass the filters.")
    items: list[PlanAnswer] = Field(description="The same in full; empty with once.")


class AgendaAnswer(Answer):
    """The agenda, day by day."""

    items: list[AgendaDay]
    plans: list[PlanAnswer] = Field(description="With once: every plan listed, once.")
    next: str | None = None


class NoteRecord(Answer):
    """What became of the days of one note."""

    note: int
    days: int = Field(description="Days noted so: the base.")
    facts: int
    expected: float = Field(description="Mean of the same weekday in the eight weeks before.")
    ratio: float
    low: float = Field(description="Lower end of the 80 % interval of the ratio.")
    high: float


class AgendaRecord(Answer):
    """How the note did over the past."""

    withheld: bool
    days: int
    first: str | None
    last: str | None
    items: list[NoteRecord]
    correlation: Interval | None = Field(
        description="Rank correlation of note and ratio over days, with its 80 % interval."
    )
    limits: Texts
