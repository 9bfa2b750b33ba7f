"""What is held of a person who asks, in numbers."""

from __future__ import annotations

from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

from vigie.web.answers.base import Answer, Instant, Texts

Kind = Literal["phone", "plate", "nir", "email"]


class GivenIdentifier(BaseModel):
    """What the person is named by, as written by the person."""

    model_config = ConfigDict(extra="forbid")

    kind: Kind
    text: str = Field(min_length=1, max_length=120)


class RightsRequest(BaseModel):
    """A request of one person."""

    model_config = ConfigDict(extra="forbid")

    identifiers: list[GivenIdentifier] = Field(min_length=1, max_length=8)

    def pairs(self) -> list[tuple[str, str]]:
        """Return kinds and texts."""
        return [(one.kind, one.text) for one in self.identifiers]


class KindCount(Answer):
    """How many identifiers of a kind were given."""

    kind: Kind
    n: int


class SearchedSource(Answer):
    """A feed whose sealed texts were asked, and how many of them name the person."""

    source: str
    regime: Literal["gdpr", "led"]
    controller: str
    purposes: list[str]
    term: Texts
    epochs: int = Field(description="Epochs kept: the pseudonym was made anew in each.")
    epoch_days: int
    since_on: str = Field(description="First day of the first epoch, YYYY-MM-DD.")
    records: int = Field(description="Texts that name the person; 0 for none.")
    held: int = Field(description="Of these, how many a legal hold kept from erasure.")
    first_on: str = Field(description="Local day of the first; empty for none.")
    last_on: str = Field(description="Local day of the last; empty for none.")


class UnsearchedStore(Answer):
    """What may name a person and is opened by nobody until it ends."""

    store: str
    title: Texts
    term: Texts
    ends_on: str = Field(description="Last day of what is there now, YYYY-MM-DD.")


class RightsAnswer(Answer):
    """What is held, or was erased: the same form whether or not anything was found."""

    request_id: str
    act: Literal["access", "erase"]
    at: Instant
    line: int | None = Field(description="Line of the audit that says who answered.")
    identifiers: list[KindCount]
    keeps_originals: bool = Field(description="Whether the sealed plane keeps texts at all.")
    sources: list[SearchedSource]
    records: int
    erased: int
    held: int
    unsearched: list[UnsearchedStore]
