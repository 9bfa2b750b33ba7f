"""Legal detection: grants, signals, verdicts, and the rate that everybody may read."""

from __future__ import annotations

from typing import Any, Literal

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field

from vigie.base.clock import to_us
from vigie.desk.detections import Terms
from vigie.web.answers.base import Answer, Instant, Texts

EventType = Literal[
    "abandoned_object",
    "weapon",
    "wrong_way",
    "forbidden_zone",
    "fall",
    "crowd_movement",
    "density",
    "fire",
]
Verdict = Literal["true", "false", "unknown"]
Proof = Literal["measured", "fitted", "not_validated"]


class LegalType(Answer):
    """One of the eight types of décret 2023-828, and its detector or none."""

    type: EventType
    title: Texts
    detector: str | None
    version: str | None
    proof: Proof = Field(description="What its figures rest on; not_validated without a detector.")
    limits: Texts | None
    unit: Texts | None
    parameters: dict[str, Any] = Field(description="JSON Schema of its settings.")


class DetectionGrant(Answer):
    """A grant as it was entered, and how it stands."""

    grant_id: str
    state: Literal["to_come", "in_force", "over", "ended"]
    legal_basis: str
    prefect_order: str
    attestation: str
    occasion: str
    place: str
    ring: list[list[float]]
    cameras: list[str]
    types: list[EventType]
    signed_by: str
    signed_at: Instant
    from_: Instant = Field(alias="from")
    to: Instant
    entered_by: str
    entered_at: Instant
    ended_at: Instant | None
    ended_by: str
    end_reason: str


class DetectionGrantPage(Answer):
    """The grants; without one in force nothing is analysed."""

    items: list[DetectionGrant]
    open: bool = Field(description="Whether any is in force now.")
    legal_state: Texts
    types: list[LegalType]
    may_give: bool
    may_end: bool
    next: str | None = None


class DetectionGrantSpec(BaseModel):
    """A grant to be entered; every part is needed."""

    model_config = ConfigDict(extra="forbid", populate_by_name=True)

    legal_basis: str = Field(max_length=300, description="The text that allows it.")
    prefect_order: str = Field(max_length=200, description="Reference of the prefect's order.")
    attestation: str = Field(max_length=200, description="Attestation of conformity.")
    occasion: str = Field(max_length=200, description="The event that it is given for.")
    place: str = Field(max_length=200)
    ring: list[tuple[float, float]] = Field(min_length=3, max_length=500)
    cameras: list[str] = Field(min_length=1, max_length=500)
    types: list[EventType] = Field(min_length=1, max_length=8)
    signed_by: str = Field(max_length=200, description="The authority, by its function.")
    signed_at: AwareDatetime
    from_: AwareDatetime = Field(alias="from")
    to: AwareDatetime

    def terms(self) -> Terms:
        """Return it as the desk takes it."""
        return Terms(
            legal_basis=self.legal_basis,
            prefect_order=self.prefect_order,
            attestation=self.attestation,
            occasion=self.occasion,
            place=self.place,
            ring=tuple(self.ring),
            cameras=tuple(self.cameras),
            types=tuple(self.types),
            signed_by=self.signed_by,
            signed_us=to_us(self.signed_at),
            from_us=to_us(self.from_),
            to_us=to_us(self.to),
        )


class DetectionGrantEnd(BaseModel):
    """The end of a grant before its term."""

    model_config = ConfigDict(extra="forbid")

    reason: str = Field(max_length=500, description="Why; no person's name.")


class DetectionClip(Answer):
    """Where in the recording it can be looked at."""

    camera: str
    from_: Instant = Field(alias="from")
    to: Instant


class DetectionSignal(Answer):
    """What was detected, and what a person said of it."""

    detection_id: str
    grant_id: str
    type: EventType
    camera: str
    zone: str
    detector: str
    version: str
    parameters: dict[str, Any]
    lasts: bool
    score: float
    level: str
    proof: Proof
    from_: Instant = Field(alias="from")
    raised_at: Instant
    to: Instant
    clip: DetectionClip
    path: list[list[Any]] = Field(
        description="Instant, left, top, right, bottom once a second, in shares of the picture."
    )
    verdict: Verdict | None


class DetectionPage(Answer):
    """Signals, the newest first."""

    items: list[DetectionSignal]
    legal_state: Texts
    may_judge: bool
    next: str | None = None


class DetectionJudged(BaseModel):
    """What a person says of a signal."""

    model_config = ConfigDict(extra="forbid")

    verdict: Verdict


class FalseAlarms(Answer):
    """How often signals of a type were false."""

    false_share: float
    low: float = Field(description="Lower end of the exact 95 % interval.")
    high: float
    n: int = Field(description="Verdicts true or false.")
    unknown: int


class PublicType(LegalType):
    """A type, whether any grant opens it, and its false-alarm rate."""

    granted: bool
    rate: FalseAlarms | None = Field(description="Null below the least number of verdicts.")


class PublicRates(Answer):
    """What everybody may know of legal detection."""

    items: list[PublicType]
    legal_state: Texts
    days: int
    least: int
    next: str | None = None
