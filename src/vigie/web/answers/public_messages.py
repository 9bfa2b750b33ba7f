"""Messages to the public: what is written, what is answered, what everybody is told."""

from __future__ import annotations

from typing import Any, Literal

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field

from vigie.base.clock import to_us
from vigie.web.answers.base import Answer, Geometry, Instant, Texts

Category = Literal[
    "Geo", "Met", "Safety", "Security", "Rescue", "Fire", "Health", "Env", "Transport", "Infra",
    "CBRNE", "Other",
]  # fmt: skip
Response = Literal[
    "Shelter", "Evacuate", "Prepare", "Execute", "Avoid", "Monitor", "Assess", "AllClear", "None"
]
Urgency = Literal["Immediate", "Expected", "Future", "Past", "Unknown"]
Severity = Literal["Extreme", "Severe", "Moderate", "Minor", "Unknown"]
Certainty = Literal["Observed", "Likely", "Possible", "Unlikely", "Unknown"]
Status = Literal["Exercise", "Test", "Actual"]
Act = Literal["submit", "refuse", "approve", "publish", "withdraw"]
WhyNot = Literal["closed", "state", "same_hand", "expired", "role", "token"]


class MessageSpec(BaseModel):
    """A message to the public, as somebody writes it."""

    model_config = ConfigDict(extra="forbid")

    title_fr: str = Field(max_length=200, description="One line; no person's name, no small count.")
    title_en: str = Field(max_length=200)
    text_fr: str = Field(max_length=3_000, description="What happens.")
    text_en: str = Field(max_length=3_000)
    advice_fr: str = Field("", max_length=2_000, description="What to do; in both or in neither.")
    advice_en: str = Field("", max_length=2_000)
    panel: list[str] = Field([], max_length=20, description="Lines of the street panels, French.")
    category: Category
    response: Response = "None"
    urgency: Urgency
    severity: Severity
    certainty: Certainty
    zone: str = Field("", max_length=120, description="ZONING:ID, or `city`.")
    ring: Geometry | None = Field(None, description="GeoJSON Polygon; drawn in place of the zone.")
    streets: list[str] = Field([], max_length=50, description="Names of streets.")
    onset: AwareDatetime | None = Field(None, description="When it begins; null for now.")
    expires: AwareDatetime = Field(description="When it is over; at most `bounds.longest_days` on.")
    about: str = Field("", max_length=120, description="plan:ID or alert:ID; never told in public.")

    def values(self) -> dict[str, Any]:
        """Return the fields as use cases take them: instants in epoch µs."""
        named = set(MessageSpec.model_fields) - {"onset", "expires"}
        return self.model_dump(include=named) | {
            "onset_us": None if self.onset is None else to_us(self.onset),
            "expires_us": to_us(self.expires),
        }


class MessageDraft(MessageSpec):
    """A new message."""

    submit: bool = Field(False, description="Handed in at once.")


class MessageChange(MessageDraft):
    """A new draft of a message."""

    after: int = Field(ge=1, description="Number of the act it was written on.")


class MessageAct(BaseModel):
    """An act on a message."""

    model_config = ConfigDict(extra="forbid")

    act: Act
    after: int = Field(ge=1, description="Number of the act that the decision was made on.")
    reason: str = Field("", max_length=500, description="Needed to send back and to withdraw.")
    publish: bool = Field(False, description="What is approved is published at once.")


class MessageContent(Answer):
    """A message as it was written."""

    title_fr: str
    title_en: str
    text_fr: str
    text_en: str
    advice_fr: str
    advice_en: str
    panel: list[str]
    category: Category
    response: Response
    urgency: Urgency
    severity: Severity
    certainty: Certainty
    zone: str
    streets: list[str]
    place: str
    geometry: Geometry | None
    onset: Instant
    expires: Instant
    about: str


class MessageStanding(Answer):
    """A message and how it stands."""

    message_id: str
    number: int = Field(description="Number of its last act.")
    state: Literal["draft", "submitted", "approved", "published", "withdrawn", "expired"]
    preparing: Literal["", "draft", "submitted", "approved"] = Field(
        description="State of what is being prepared beside what is public; empty for nothing."
    )
    content: MessageContent = Field(description="What is prepared, else what was told last.")
    public: MessageContent | None = Field(description="What the public reads now.")
    published_at: Instant | None
    publications: int
    may: list[str] = Field(description="Acts that the reader may do now.")
    closed: dict[str, WhyNot] = Field(description="Every other act, and why it is closed to them.")


class MessageHistory(Answer):
    """One act."""

    number: int
    act: str
    by: str
    role: str
    at: Instant
    reason: str
    title: str


class MessageDetail(MessageStanding):
    """A message with its acts."""

    history: list[MessageHistory]


class MessageBounds(Answer):
    """What a message may be."""

    longest_days: int
    panel_lines: int
    panel_characters: int
    least: int


class MessagePage(Answer):
    """Messages that are prepared, public, or over of late."""

    items: list[MessageStanding]
    total: int
    broken: int = Field(description="Messages whose acts do not follow: never shown, never public.")
    may_write: bool
    bounds: MessageBounds
    at: Instant
    next: None


class PublicProperties(Answer):
    """What everybody is told of a message."""

    type: Literal["Alert", "Update", "Cancel"]
    status: Status
    sent: Instant
    onset: Instant
    expires: Instant
    title: Texts
    text: Texts
    advice: Texts
    panel: list[str]
    category: Category
    response: Response
    urgency: Urgency
    severity: Severity
    certainty: Certainty
    place: str
    references: list[str] = Field(description="Identifiers of what it replaces or takes back.")
    cap: str = Field(description="Address of the same as CAP 1.2.")


class PublicFeature(Answer):
    """A message as a GeoJSON feature; `id` is the CAP identifier."""

    type: Literal["Feature"]
    id: str
    geometry: dict[str, Any] | None
    properties: PublicProperties


class PublicMessageCollection(Answer):
    """What the public is told now, as GeoJSON."""

    type: Literal["FeatureCollection"]
    status: Status
    features: list[PublicFeature]
