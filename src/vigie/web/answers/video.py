"""What the interface answers about cameras and recordings."""

from __future__ import annotations

from typing import Literal

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field

from vigie.web.answers.base import Answer, Instant


class OpenGap(Answer):
    """Pictures are missing since an instant, and why."""

    from_: Instant = Field(alias="from", serialization_alias="from")
    reason: str


class RecordingCamera(Answer):
    """The sheet of a camera that records, and how its recorder does; no address of a stream."""

    camera_id: str
    label: str
    authorisation: str = Field(description="Number of the prefect's authorisation.")
    authorised_until: Instant
    authorised: bool
    purposes: list[int] = Field(description="Purposes of article L251-2 CSI, by number.")
    retention_days: int
    masks: Literal["set", "not_needed", "burnt"]
    service: str
    state: str = Field(
        description="recording, connecting, not_authorised, not_masked, disk_full, stopped."
    )
    seen_at: Instant | None
    packet_at: Instant | None
    skew_ms: int
    reconnects: int
    bytes_per_s: int
    cpu_permille: int = Field(description="What recording it takes of one core, in thousandths.")
    gap: OpenGap | None = Field(description="What is missing now, and since when; null: nothing.")
    last_at: Instant | None = Field(description="End of the newest recording.")


class Looker(Answer):
    """Whether whoever asks may open pictures, and what is missing."""

    why: Literal["designated", "not_in_charter", "person_required", "agent_not_designated"]
    until: Instant | None = Field(description="When the designation ends.")
    most_cameras: int = Field(description="Cameras that one viewing opens at most.")
    search: bool = Field(description="Whether the home names a text on which it may be searched.")


class RecordingCameras(Answer):
    """Every camera that records, and whether whoever asks may see what it recorded."""

    items: list[RecordingCamera]
    looker: Looker
    next: None = None


class Stretch(Answer):
    """A stretch of time."""

    from_: Instant = Field(alias="from", serialization_alias="from")
    to: Instant


class MissingStretch(Answer):
    """A stretch without pictures, and why; it lasts while it has no end."""

    from_: Instant = Field(alias="from", serialization_alias="from")
    to: Instant | None
    reason: str


class Timeline(Answer):
    """What a camera recorded in a window, and what is missing of it; no picture."""

    camera_id: str
    from_: Instant = Field(alias="from", serialization_alias="from")
    to: Instant
    retention_days: int
    segments: int
    bytes: int
    recorded: list[Stretch]
    gaps: list[MissingStretch]


class ViewingAsked(BaseModel):
    """What somebody wants to look at; the reason stands in the header ``X-Vigie-Reason``."""

    model_config = ConfigDict(extra="forbid", populate_by_name=True)
    cameras: list[str] = Field(min_length=1, max_length=16)
    from_at: AwareDatetime | None = Field(None, alias="from", description="Empty: a minute ago.")
    to_at: AwareDatetime | None = Field(None, alias="to", description="Empty: live.")
    service: str = Field(min_length=1, max_length=120, description="Service that looks at it.")


class ViewingOpened(Answer):
    """A viewing: its own person's, until it ends."""

    viewing_id: str
    cameras: list[str]
    from_: Instant = Field(alias="from", serialization_alias="from")
    to: Instant | None
    until: Instant


class HoldAsked(BaseModel):
    """What is to be kept for the case that the header ``X-Vigie-Case`` names."""

    model_config = ConfigDict(extra="forbid", populate_by_name=True)
    cameras: list[str] = Field(min_length=1, max_length=200)
    from_at: AwareDatetime = Field(alias="from")
    to_at: AwareDatetime = Field(alias="to")


class HoldKept(Answer):
    """A hold, and how many segments are there to be held now."""

    case: str
    cameras: list[str]
    segments: int


class RegisterLine(Answer):
    """A row of the register; ``line`` is the audit's line that proves it."""

    line: int
    at_us: int
    kind: Literal["made", "destroyed", "hold", "release", "transmitted"]
    camera_id: str
    from_us: int
    to_us: int
    segments: int
    bytes: int
    sha256: list[str]
    why: str
    case: str
    recipient: str
    who: str


class RecordingRegister(Answer):
    """The register of recordings, from the audit alone."""

    items: list[RegisterLine]
    next: None = None
