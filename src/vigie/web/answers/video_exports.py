"""What the interface answers about masked clips."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field

from vigie.web.answers.base import Answer, Instant
from vigie.web.answers.video_masks import Ring

Cover = Literal["faces", "hand", "whole"]


class HandMask(Answer):
    """A mask that a person put on a clip for a time."""

    from_: Instant = Field(alias="from", serialization_alias="from")
    to: Instant
    ring: Ring = Field(description="Corners; 0 to 1 from the left and from the top.")
    follow: bool = Field(description="Whether it goes with what it was put on.")
    lost: Instant | None = Field(
        description="When that was lost: from then on the mask stays where it was."
    )


class MaskedClip(Answer):
    """A masked clip: who asked, who let it be drawn, what is covered, who signed; no picture."""

    export_id: str
    camera_id: str
    from_: Instant = Field(alias="from", serialization_alias="from")
    to: Instant
    cover: Cover
    state: Literal["asked", "refused", "drawing", "failed", "ready", "signed", "ended"]
    asked_by: str
    why: str
    recipient: str
    at: Instant
    until: Instant = Field(description="When film and boxes end.")
    decided_by: str = Field(description="Who let it be drawn, or refused; empty: nobody yet.")
    decided_at: Instant | None
    progress: int = Field(description="How far it is drawn, in thousandths.")
    failure: str = Field(description="Code of why it could not be drawn; empty otherwise.")
    found: int | None = Field(description="Things found to be covered; null: not looked for yet.")
    hand: list[HandMask]
    pictures: int
    sha256: str = Field(description="Of the film as it stands; empty: there is none.")
    signed_by: str
    signed_at: Instant | None


class MaskedClips(Answer):
    """Every masked clip that was asked for, newest first, and what whoever asks may do."""

    items: list[MaskedClip]
    you: str = Field(description="Who asks: nobody decides on or signs what they asked for.")
    covers: list[Cover] = Field(description="What can be asked for here.")
    may_ask: bool
    may_decide: bool
    may_sign: bool
    longest_s: int = Field(description="Length of a clip at most.")
    next: None = None


class ClipAsked(BaseModel):
    """A masked clip to be asked for; the reason stands in the header ``X-Vigie-Reason``."""

    model_config = ConfigDict(extra="forbid")
    camera_id: str = Field(min_length=1, max_length=40)
    from_at: AwareDatetime = Field(alias="from")
    to_at: AwareDatetime = Field(alias="to")
    cover: Cover
    recipient: str = Field(min_length=1, max_length=120)


class ClipDecision(BaseModel):
    """Whether a clip that another person asked for may be drawn."""

    model_config = ConfigDict(extra="forbid")
    drawn: bool


class ReviewOpened(Answer):
    """A film opened to one person, until when; the film is asked for by the viewing's id."""

    viewing_id: str
    until: Instant
    export: MaskedClip


class HandMaskAsked(BaseModel):
    """A mask as a person puts it."""

    model_config = ConfigDict(extra="forbid")
    from_at: AwareDatetime = Field(alias="from")
    to_at: AwareDatetime = Field(alias="to")
    ring: Ring
    follow: bool = False


class HandMasksAsked(BaseModel):
    """Every mask by hand, in place of those before."""

    model_config = ConfigDict(extra="forbid")
    masks: Annotated[list[HandMaskAsked], Field(max_length=200)]


class ClipSigned(BaseModel):
    """The film that whoever signs has looked at."""

    model_config = ConfigDict(extra="forbid")
    sha256: str = Field(min_length=64, max_length=64)
