"""The shift: reflex cards, lines of the log, means proposed, dispatches, handovers."""

from __future__ import annotations

from typing import Any, Literal

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field

from vigie.web.answers.base import Answer, Instant, Texts
from vigie.web.answers.situation import WayLeg

LineKind = Literal["note", "tick", "opened", "closed", "dispatch", "correction"]
BY = "Null for whoever may not see the words of the log."


class CardStep(Answer):
    """One thing to do."""

    step: str
    text: Texts
    who: str = Field(description="Function: never a person.")
    function: Texts
    within_s: int = Field(description="Seconds from the opening of the situation.")


class CardAnswer(Answer):
    """A reflex card."""

    card: str
    title: Texts
    kinds: list[str] = Field(description="Kinds it is for, each with its branch.")
    rules: list[str] = Field(description="Alert rules it is for.")
    source: str = Field(description="Where the steps come from.")
    own: bool = Field(description="The city's own.")
    steps: list[CardStep]


class CardFault(Answer):
    """A file that is no usable card and was left out."""

    file: str
    code: str
    fr: str
    en: str


class CardList(Answer):
    """Every reflex card."""

    items: list[CardAnswer]
    faults: list[CardFault]
    next: str | None = None


class StepDone(Answer):
    """Who ticked a step and when."""

    number: int = Field(description="Line of the log.")
    at: Instant
    role: str
    by: str | None = Field(description=BY)
    late: bool


class FollowedStep(CardStep):
    """A step with what was done of it."""

    due_at: Instant | None = Field(description="Null while the situation is not open.")
    late: bool
    done: StepDone | None


class FollowedCard(Answer):
    """A reflex card with its ticks."""

    card: str
    title: Texts
    kinds: list[str]
    rules: list[str]
    source: str
    own: bool
    steps: list[FollowedStep]


class CardNamed(Answer):
    """A card that can be taken as well."""

    card: str
    title: Texts


class Correction(Answer):
    """A later line about an earlier one."""

    number: int
    at: Instant
    text: str
    strikes: bool
    role: str
    by: str | None = Field(description=BY)


class LineAnswer(Answer):
    """A line as it stands after its corrections."""

    number: int
    at: Instant
    kind: LineKind
    situation: str = Field(description="alert:ID, fact:ID, LON,LAT, or empty for the shift.")
    text: str = Field(description="As it stands.")
    written: str = Field(description="As it was written.")
    card: str
    step: str
    struck: bool = Field(description="The last correction says that it does not stand.")
    role: str
    by: str | None = Field(description=BY)
    corrections: list[Correction]


class Course(Answer):
    """How a situation goes."""

    situation: str
    since: Instant
    last: Instant
    closed_at: Instant | None
    lines: int


class ShiftLog(Answer):
    """Lines of a window, and the situations that are open now."""

    from_: Instant = Field(alias="from", serialization_alias="from")
    to: Instant
    items: list[LineAnswer]
    open: list[Course]
    names: dict[str, Texts] = Field(description="What each situation told of is called.")
    may_write: bool
    next: str | None = None


class LineWritten(BaseModel):
    """A line to be written."""

    model_config = ConfigDict(extra="forbid")

    kind: Literal["note", "tick", "opened", "closed", "correction"]
    text: str = Field(default="", max_length=800, description="No person's name.")
    situation: str = Field(default="", max_length=90)
    card: str = Field(default="", max_length=40)
    step: str = Field(default="", max_length=40)
    corrects: int | None = Field(default=None, ge=1)
    strikes: bool = False


class LineReceipt(Answer):
    """The line as it was written, its text scrubbed."""

    number: int
    at: Instant
    text: str


class ProposalBasis(Answer):
    """What a proposal rests on."""

    network_km: float
    detour: float
    link_kmh: float
    closed: int
    closed_filed: int
    siren: bool
    at: Instant
    adequacy: str = Field(description="Row of the table that stands; empty where there is none.")
    suited: list[str] = Field(description="Kinds of means that suit.")
    known: int = Field(description="Means heard of that could be sent.")
    suiting: int
    usable: int
    accuracy_m: float


class Candidate(Answer):
    """A means with its way, and whether it can be proposed."""

    unit: str = Field(description="What confirms it: source|unit.")
    means_id: str
    unit_ref: str
    kind: str
    label: str | None
    source: str
    at: Instant
    lon: float | None
    lat: float | None
    status: str | None
    age_s: float
    stale: bool
    travel_s: int | None = Field(description="Without siren; null where there is no way.")
    way_m: int | None
    guessed: float | None
    way: list[WayLeg] = Field(description="Its course; empty where there is no way.")
    suits: bool
    verdict: Literal[
        "usable", "unsuited", "stale", "status_unknown", "busy", "dispatched", "no_way"
    ]


class MeansProposal(Answer):
    """Means proposed for a situation: a signal; only a person engages."""

    situation: str
    kind: str
    proposed: str | None
    candidates: list[Candidate]
    basis: ProposalBasis
    left_out: list[str]


class DispatchWritten(BaseModel):
    """A means that a person sends."""

    model_config = ConfigDict(extra="forbid")

    situation: str = Field(max_length=90)
    unit: str = Field(max_length=300)
    kind: str = Field(default="", max_length=80)
    reason: str = Field(
        default="", max_length=800, description="Needed for another means than the one proposed."
    )


class DispatchReceipt(Answer):
    """A dispatch as it was written down; Vigie transmits no order."""

    dispatch_id: str
    number: int
    at: Instant
    proposed: bool
    usable: bool


class DispatchAnswer(Answer):
    """A dispatch that a person confirmed."""

    dispatch_id: str
    number: int = Field(description="The person's line in the log.")
    at: Instant
    situation: str
    means_id: str
    unit_ref: str
    means_kind: str
    label: str
    source: str
    proposed: bool
    basis: dict[str, Any]
    reason: str
    role: str
    by: str | None = Field(description=BY)
    called_off: bool


class DispatchList(Answer):
    """The dispatches of a window."""

    items: list[DispatchAnswer]
    next: str | None = None


class Sheet(Answer):
    """What is done about a situation."""

    situation: str
    kinds: list[str]
    course: Course | None = Field(description="Null before its first line.")
    cards: list[FollowedCard] = Field(description="Those begun, then those that fit.")
    others: list[CardNamed]
    lines: list[LineAnswer]
    dispatches: list[DispatchAnswer]
    left_out: list[str]
    may_write: bool
    may_dispatch: bool


class HandoverDraft(Answer):
    """A note to be read, edited and signed; nothing is kept."""

    from_: Instant = Field(alias="from", serialization_alias="from")
    to: Instant
    language: Literal["fr", "en"]
    text: str
    record: dict[str, Any]


class HandoverWritten(BaseModel):
    """A note to be signed."""

    model_config = ConfigDict(extra="forbid")

    text: str = Field(min_length=1, max_length=400_000, description="No person's name.")
    language: Literal["fr", "en"] = "fr"
    from_at: AwareDatetime | None = None
    to_at: AwareDatetime | None = None
    handover_id: str = Field(default="", max_length=40, description="Sign its next version.")
    after: int = Field(default=0, ge=0, description="Version that was read.")


class HandoverListed(Answer):
    """A version of a handover."""

    handover_id: str
    version: int
    from_: Instant = Field(alias="from", serialization_alias="from")
    to: Instant
    language: str
    text: str = Field(description="Empty in a list.")
    sha256: str = Field(description="Of the text in UTF-8; stands in the audit as well.")
    role: str
    by: str | None = Field(description=BY)
    at: Instant


class HandoverAnswer(HandoverListed):
    """A version with what Vigie knew when it was signed."""

    record: dict[str, Any] | None


class HandoverList(Answer):
    """The newest version of each handover."""

    items: list[HandoverListed]
    next: str | None = None


class HandoverVersions(Answer):
    """The versions of a handover, newest first."""

    items: list[HandoverAnswer]
    next: str | None = None
