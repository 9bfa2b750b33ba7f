"""Entries of agents in the street: what a phone sends, what it is told."""

from __future__ import annotations

from typing import Literal
from uuid import UUID

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field

from vigie.base.clock import to_us
from vigie.situation.field_reports import MOST_ENTRIES, Entry
from vigie.web.answers.base import Answer, Cell, Instant, Texts


class FieldEntry(BaseModel):
    """One entry; a position finer than a cell cannot be told."""

    model_config = ConfigDict(extra="forbid")

    client_id: UUID = Field(description="Made on the phone once; a resend bears the same.")
    kind: str = Field(max_length=80)
    cell: Cell = Field(max_length=16, description="H3 address at resolution 10.")
    at: AwareDatetime = Field(description="When it was entered.")
    text: str = Field("", max_length=2_000, description="Scrubbed before it is written anywhere.")

    def entry(self) -> Entry:
        """Return it as use cases take it."""
        return Entry(str(self.client_id), self.kind, self.cell, to_us(self.at), self.text)


class FieldEntries(BaseModel):
    """What waited on a phone."""

    model_config = ConfigDict(extra="forbid")

    entries: list[FieldEntry] = Field(min_length=1, max_length=MOST_ENTRIES)


class FieldVerdict(Answer):
    """What became of an entry."""

    client_id: str
    state: Literal["taken", "refused"]
    fact_id: str | None
    why: Texts | None = Field(description="Of a refusal: such an entry is refused again.")


class FieldReceipt(Answer):
    """What became of each entry."""

    items: list[FieldVerdict]
    at: Instant


class FieldCategory(Answer):
    """A kind that agents enter."""

    kind: str
    title: Texts


class FieldStreet(Answer):
    """A street and the cell of its middle."""

    name: str
    cell: Cell


class FieldForm(Answer):
    """What a phone needs before it goes out."""

    categories: list[FieldCategory]
    streets: list[FieldStreet]
    resolution: int = Field(description="H3 resolution of every position.")
    longest_text: int
    most_entries: int = Field(description="In one sending.")
    latest_h: int = Field(description="Hours that an entry may wait.")
