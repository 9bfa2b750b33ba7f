"""What the interface answers about the masks of cameras."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

from vigie.web.answers.base import Answer, Instant

Corner = Annotated[list[float], Field(min_length=2, max_length=2)]
Ring = Annotated[list[Corner], Field(min_length=3, max_length=40)]


class MasksVersion(Answer):
    """A version of a camera's masks, as it was drawn."""

    version: int
    rings: list[Ring] = Field(description="Polygons; 0 to 1 from the left and from the top.")
    by: str
    why: str
    at: Instant
    from_: Instant | None = Field(
        alias="from",
        serialization_alias="from",
        description="Start of the first recording that bears it; null while there is none.",
    )


class CameraMasks(Answer):
    """The masks of a camera; they are burnt in where its sheet says so."""

    camera_id: str
    masks: Literal["set", "not_needed", "burnt"]
    version: int = Field(description="In force; 0: nobody drew any.")
    width: int = Field(description="Of the picture that they were drawn on.")
    height: int
    rings: list[Ring]
    may_draw: bool
    may_see: bool = Field(description="Whether whoever asks is designated to see a picture.")
    history: list[MasksVersion] = Field(description="Newest first.")


class MasksDrawn(BaseModel):
    """Masks as somebody drew them; the reason stands in the header ``X-Vigie-Reason``."""

    model_config = ConfigDict(extra="forbid")
    rings: list[Ring] = Field(max_length=20)
    width: int = Field(ge=2, le=8_192, multiple_of=2)
    height: int = Field(ge=2, le=8_192, multiple_of=2)
    after: int = Field(ge=0, description="Version that was read; another meanwhile: refused.")
