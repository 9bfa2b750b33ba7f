"""What stands in an event file: parts of one content, checked when it is read, never changed.

A content is a value: every change makes a new version (``vigie.desk.event_files``). Items carry an
``id`` of their own, so that two versions can be compared item by item. No person stands in it:
contacts are those of services (``naming``).
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from enum import StrEnum
from typing import Annotated, Self
from unicodedata import category

from pydantic import (
    AfterValidator,
    AwareDatetime,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    PlainSerializer,
    StringConstraints,
    model_validator,
)

from vigie.base.clock import to_rfc3339, to_us
from vigie.foresight.dossier.shapes import LineShape, PointShape, PolygonShape
from vigie.model.dps import CoverLevel

MOST_ITEMS = 300
LONGEST_TEXT = 2_000


def _printable(text: str) -> str:
    if any(category(letter)[0] == "C" and letter not in "\n\t" for letter in text):
        msg = "control characters"
        raise ValueError(msg)
    return text


def _tidy(value: object) -> object:
    return value.replace("\r\n", "\n").replace("\r", "\n") if isinstance(value, str) else value


def _whole_second(at: datetime) -> datetime:
    return at.astimezone(UTC).replace(microsecond=0)


def _told(at: datetime) -> str:
    return to_rfc3339(to_us(at))


Instant = Annotated[
    AwareDatetime, AfterValidator(_whole_second), PlainSerializer(_told, return_type=str)
]
ItemId = Annotated[str, StringConstraints(pattern=r"^[a-z0-9][a-z0-9-]{0,39}$")]
Line = Annotated[
    str,
    StringConstraints(strip_whitespace=True, max_length=200),
    AfterValidator(_printable),
]
Name = Annotated[
    str,
    StringConstraints(strip_whitespace=True, min_length=1, max_length=200),
    AfterValidator(_printable),
]
Text = Annotated[
    str,
    BeforeValidator(_tidy),
    StringConstraints(strip_whitespace=True, max_length=LONGEST_TEXT),
    AfterValidator(_printable),
]
Headcount = Annotated[int, Field(ge=0, le=100_000)]


class State(StrEnum):
    """Where a file stands; the word is said on every page of it."""

    DRAFT = "draft"
    UNDER_REVIEW = "under_review"
    VALIDATED = "validated"
    CLOSED = "closed"


STEPS: dict[State, tuple[State, ...]] = {
    State.DRAFT: (State.DRAFT, State.UNDER_REVIEW),
    State.UNDER_REVIEW: (State.UNDER_REVIEW, State.DRAFT, State.VALIDATED),
    State.VALIDATED: (State.VALIDATED, State.DRAFT, State.CLOSED),
    State.CLOSED: (State.CLOSED, State.VALIDATED),
}
"""Which state may follow which; nothing is validated that was not under review before."""


class PostKind(StrEnum):
    """What a post is for."""

    AGENTS = "agents"
    FIRST_AID = "first_aid"
    FILTER = "filter"
    BARRIER_CROSSING = "barrier_crossing"
    FIRE = "fire"
    COMMAND = "command"
    TRAFFIC = "traffic"
    RECEPTION = "reception"


class BarrierKind(StrEnum):
    """What a barrier is made of."""

    CROWD = "crowd"
    FENCE = "fence"
    CONCRETE = "concrete"
    VEHICLE = "vehicle"
    WATER = "water"
    TAPE = "tape"


class Exempt(StrEnum):
    """Who passes a closure all the same."""

    EMERGENCY = "emergency"
    RESIDENTS = "residents"
    TRANSIT = "transit"
    DELIVERIES = "deliveries"
    CYCLES = "cycles"
    PEDESTRIANS = "pedestrians"
    ORGANISER = "organiser"


class Audience(StrEnum):
    """To whom a message goes."""

    PUBLIC = "public"
    RESIDENTS = "residents"
    SHOPS = "shops"
    DRIVERS = "drivers"
    PASSENGERS = "passengers"
    SERVICES = "services"
    PRESS = "press"


class Channel(StrEnum):
    """By what a message goes."""

    WEB = "web"
    PANELS = "panels"
    POSTERS = "posters"
    LETTERS = "letters"
    LOUDSPEAKERS = "loudspeakers"
    RADIO = "radio"
    TRANSPORT = "transport"
    CELL_BROADCAST = "cell_broadcast"


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class _Item(_Part):
    id: ItemId


class _Timed(_Item):
    from_at: Instant
    to_at: Instant

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        if self.to_at <= self.from_at:
            msg = "from_at must be before to_at"
            raise ValueError(msg)
        return self


class Post(_Timed):
    """Where people of a service stand, from when to when, how many and for what."""

    name: Name
    kind: PostKind
    place: PointShape | None = None
    headcount: Headcount
    service: Line = ""
    mission: Text = ""


class Shift(_Timed):
    """So many at a post for a while (``post`` is its id)."""

    post: ItemId
    headcount: Headcount
    service: Line = ""
    note: Line = ""


class Barrier(_Item):
    """A line of barriers: ``count`` pieces of one kind."""

    name: Name
    kind: BarrierKind
    line: LineShape | None = None
    count: Annotated[int, Field(ge=0, le=100_000)]
    note: Line = ""


class Closure(_Timed):
    """A street closed, and who passes all the same."""

    street: Name
    line: LineShape | None = None
    exempt: Annotated[tuple[Exempt, ...], Field(max_length=10)] = ()
    note: Line = ""


class Diversion(_Item):
    """Another way, and for whom."""

    name: Name
    line: LineShape | None = None
    whom: Annotated[tuple[Audience | Exempt, ...], Field(max_length=10)] = ()
    note: Line = ""


class FirstAid(_Part):
    """The first-aid cover (DPS) foreseen.

    ``risk`` is the RIS of the national grid, ``level`` its class (``vigie.model.dps``).
    """

    level: CoverLevel | None = None
    responders: Headcount = 0
    risk: Annotated[float | None, Field(ge=0, le=10_000)] = None
    provider: Line = ""
    note: Text = ""


class Message(_Item):
    """What is told to whom, by what and when, in both languages."""

    audience: Audience
    channel: Channel
    at: Instant
    fr: Text
    en: Text = ""


class Contact(_Item):
    """A function of a service and the telephone of the service; never a person."""

    service: Name
    function: Name
    telephone: Line = ""


class ReflexStep(_Part):
    """One thing to do, and the function that does it."""

    action: Name
    function: Name


class ReflexCard(_Item):
    """What is done at once when something happens."""

    title: Name
    trigger: Name
    steps: Annotated[tuple[ReflexStep, ...], Field(max_length=40)] = ()


class Document(_Item):
    """A document held elsewhere, by name and SHA-256; empty while it is awaited."""

    name: Name
    sha256: Annotated[str, StringConstraints(pattern=r"^([0-9a-f]{64})?$")] = ""


class Task(_Item):
    """A line of the checklist."""

    text: Name
    function: Line = ""
    done: bool = False


class Figure(_Item):
    """A figure the file rests on: value, interval at ``level`` percent, base and source."""

    what: Name
    unit: Line = ""
    low: float | None = None
    likely: float | None = None
    high: float | None = None
    level: Annotated[int | None, Field(ge=1, le=99)] = None
    base: Line = ""
    source: Name


class Used(_Item):
    """A means as it was really engaged, entered afterwards."""

    what: Name
    planned: Annotated[float | None, Field(ge=0)] = None
    used: Annotated[float | None, Field(ge=0)] = None
    note: Line = ""


class Moment(_Item):
    """Something that happened, in order of time."""

    at: Instant
    text: Name


class ClashSeen(_Item):
    """Whether a clash that had been found came true."""

    what: Name
    came_true: bool
    note: Line = ""


class After(_Part):
    """What is entered after the event."""

    attendance: Annotated[float | None, Field(ge=0, le=10_000_000)] = None
    attendance_source: Line = ""
    used: Annotated[tuple[Used, ...], Field(max_length=MOST_ITEMS)] = ()
    timeline: Annotated[tuple[Moment, ...], Field(max_length=MOST_ITEMS)] = ()
    clashes: Annotated[tuple[ClashSeen, ...], Field(max_length=MOST_ITEMS)] = ()
    lessons: Annotated[
        str, BeforeValidator(_tidy), Field(max_length=20_000), AfterValidator(_printable)
    ] = ""


class Origin(_Part):
    """The earlier file that this one was taken from, and the attendance it was made for."""

    plan_id: Annotated[str, StringConstraints(min_length=1, max_length=80)]
    version: Annotated[int, Field(ge=1)]
    title: Line = ""
    attendance: Annotated[float | None, Field(ge=0)] = None


LISTS = (
    *("posts", "shifts", "barriers", "closures", "diversions", "messages", "contacts"),
    *("reflex_cards", "documents", "checklist", "figures"),
)
"""Parts of a content that are lists of items, in the order in which they are read."""


class Content(_Part):
    """Everything in an event file.

    Ids are unique within each list; a shift names a post that exists.
    """

    summary: Text = ""
    perimeter: PolygonShape | None = None
    posts: Annotated[tuple[Post, ...], Field(max_length=MOST_ITEMS)] = ()
    shifts: Annotated[tuple[Shift, ...], Field(max_length=2_000)] = ()
    barriers: Annotated[tuple[Barrier, ...], Field(max_length=MOST_ITEMS)] = ()
    closures: Annotated[tuple[Closure, ...], Field(max_length=MOST_ITEMS)] = ()
    diversions: Annotated[tuple[Diversion, ...], Field(max_length=MOST_ITEMS)] = ()
    first_aid: FirstAid = FirstAid()
    messages: Annotated[tuple[Message, ...], Field(max_length=MOST_ITEMS)] = ()
    contacts: Annotated[tuple[Contact, ...], Field(max_length=MOST_ITEMS)] = ()
    reflex_cards: Annotated[tuple[ReflexCard, ...], Field(max_length=MOST_ITEMS)] = ()
    documents: Annotated[tuple[Document, ...], Field(max_length=MOST_ITEMS)] = ()
    checklist: Annotated[tuple[Task, ...], Field(max_length=MOST_ITEMS)] = ()
    figures: Annotated[tuple[Figure, ...], Field(max_length=MOST_ITEMS)] = ()
    after: After = After()
    origin: Origin | None = None

    @model_validator(mode="after")
    def _coherent(self) -> Self:
        for name, items in self.lists():
            ids = [item.id for item in items]
            if len(set(ids)) != len(ids):
                msg = f"{name}: an id stands twice"
                raise ValueError(msg)
        posts = {post.id for post in self.posts}
        if any(shift.post not in posts for shift in self.shifts):
            msg = "shifts: a post that is not in the file"
            raise ValueError(msg)
        return self

    def lists(self) -> Iterator[tuple[str, tuple[_Item, ...]]]:
        """Yield every list of items with its name, those of the after-action too."""
        for name in LISTS:
            yield name, getattr(self, name)
        for name in ("used", "timeline", "clashes"):
            yield f"after.{name}", getattr(self.after, name)

    @property
    def planned(self) -> Content:
        """The content without what is entered after the event."""
        return self.model_copy(update={"after": After()})
