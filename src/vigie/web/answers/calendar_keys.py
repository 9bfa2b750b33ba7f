"""Keys of calendar programs."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict, Field

from vigie.web.answers.base import Answer, Instant


class CalendarKey(Answer):
    """One's own key of a calendar program, without its secret."""

    token_id: str
    name: str
    created_at: Instant
    last_used_at: Instant | None = Field(description="Null: never.")


class CalendarKeys(Answer):
    """One's own keys that still open the agenda, oldest first."""

    items: list[CalendarKey]
    next: str | None = None


class IssuedKey(Answer):
    """A new key; its secret is told here and never again."""

    key: CalendarKey
    secret: str = Field(description="For `/api/agenda.ics?token=`, and nothing else.")


class KeyRequest(BaseModel):
    """What a key is for."""

    model_config = ConfigDict(extra="forbid")

    name: str = Field(min_length=1, max_length=60, description="The program or device.")
