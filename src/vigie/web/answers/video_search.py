"""What the interface is asked when recordings are searched by movement."""

from __future__ import annotations

from typing import Literal, Self

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, model_validator

from vigie.base.errors import WrongUsage
from vigie.watch.vision.geometry import WHOLE, Zone
from vigie.web.answers.base import Answer, Instant

Share = float
Corner = tuple[Share, Share]


class SearchAsked(BaseModel):
    """Movement looked for in the recordings of a viewing; reason and case stand in headers."""

    model_config = ConfigDict(extra="forbid", populate_by_name=True)
    cameras: list[str] = Field([], max_length=16, description="Of the viewing; empty: all of them.")
    from_at: AwareDatetime | None = Field(None, alias="from", description="Empty: the viewing's.")
    to_at: AwareDatetime | None = Field(None, alias="to", description="Empty: the viewing's.")
    ring: list[Corner] = Field(
        [],
        max_length=40,
        description="Zone on the picture, corners in shares of it; empty: all of it.",
    )
    towards: Corner | None = Field(
        None, description="Which way, (x, y) with y down, as it looks on the picture; empty: any."
    )
    least_speed: float = Field(0.0, ge=0.0, le=10.0, description="Widths of the picture a second.")
    most_speed: float | None = Field(None, gt=0.0, le=10.0, description="Empty: any.")
    size: Literal["any", "small", "medium", "large"] = Field(
        "any", description="Height on the picture: below 12 %, 12 to 35 %, above."
    )
    quick: bool = Field(
        False,
        description="Pass over pieces whose keyframes show nothing new; what comes and goes"
        " between two of them is missed.",
    )

    @model_validator(mode="after")
    def _check(self) -> Self:
        if self.towards is not None and not any(self.towards):
            msg = "a direction has a length"
            raise ValueError(msg)
        return self

    def zone(self) -> Zone:
        """Return the zone.

        Raises:
            WrongUsage: It is none.
        """
        try:
            return Zone("search", tuple(self.ring) or WHOLE.ring)
        except ValueError as error:
            raise WrongUsage(reason=f"ring: {error}", field="ring") from error


class SearchCamera(Answer):
    """A camera that is searched: where it stands, and how many pieces of recording it has."""

    camera_id: str
    lon: float | None
    lat: float | None
    pieces: int


class SearchLine(Answer):
    """A line of a search's answer; each ``kind`` has its own fields.

    ``begin`` the cameras; ``found`` a stretch to look at; ``went`` how far it is; ``end`` how many
    were found, and why it ended early: ``closed`` (the viewing), ``many``, ``stopping``.
    """

    kind: Literal["begin", "found", "went", "end"]
    cameras: list[SearchCamera] | None = None
    camera_id: str | None = None
    from_: Instant | None = Field(None, alias="from", serialization_alias="from")
    to: Instant | None = None
    movements: int | None = Field(None, description="How many moved so; fragments count each.")
    box: list[float] | None = Field(None, description="Left, top, right, bottom: shares.")
    speed: float | None = Field(None, description="Widths of the picture in a second.")
    heading: list[float] | None = Field(None, description="Which way, (x, y), length 1.")
    done: int | None = None
    of: int | None = None
    looked: bool | None = None
    found: int | None = None
    why: str | None = None
