"""Reflex cards: what is done at once, by which function, within how long; one file a card.

The cards that come with Vigie stand in ``cards/`` beside this module. A city puts its own in
``cards/`` of its home; one of the same id takes the place of Vigie's. A file that cannot be used is
told as a notice and left out: a wrong card must neither stop the room nor be followed.
"""

from __future__ import annotations

import tomllib
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from importlib.resources.abc import Traversable
from pathlib import Path
from typing import Annotated, Any, Self

from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from vigie.base.logging import get_logger
from vigie.base.translations import LANGUAGES, translate
from vigie.foresight.dossier.model import ItemId, Name, ReflexStep
from vigie.foresight.dossier.model import ReflexCard as EventCard
from vigie.model.taxonomy import TAXONOMY

FOLDER = "cards"
LONGEST_S = 24 * 3_600
MOST_BYTES = 100_000
log = get_logger(__name__)


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Words(_Part):
    """A text in both languages."""

    fr: Name
    en: Name


class Step(_Part):
    """One thing to do: who does it, and within how many seconds of the opening."""

    id: ItemId
    fr: Name
    en: Name
    who: str
    within_s: Annotated[int, Field(ge=1, le=LONGEST_S)]

    @model_validator(mode="after")
    def _known(self) -> Self:
        if self.who not in functions():
            msg = f"who: {self.who[:40]} is no function"
            raise ValueError(msg)
        return self


class Card(_Part):
    """A reflex card: the kinds or alert rules it is for, and its steps in the order of doing.

    A kind stands for its branch. ``source`` says where the order of steps comes from.
    """

    id: ItemId
    title: Words
    kinds: Annotated[tuple[str, ...], Field(max_length=60)] = ()
    rules: Annotated[tuple[str, ...], Field(max_length=20)] = ()
    source: Name
    steps: Annotated[tuple[Step, ...], Field(min_length=1, max_length=40)]

    @model_validator(mode="after")
    def _coherent(self) -> Self:
        if not self.kinds and not self.rules:
            msg = "kinds or rules: the card is for nothing"
            raise ValueError(msg)
        unknown = [kind for kind in self.kinds if kind not in TAXONOMY]
        if unknown:
            msg = f"kinds: {unknown[0][:80]} is unknown"
            raise ValueError(msg)
        ids = [step.id for step in self.steps]
        if len(set(ids)) != len(ids):
            msg = "steps: an id stands twice"
            raise ValueError(msg)
        times = [step.within_s for step in self.steps]
        if times != sorted(times):
            msg = "steps: not in the order of their times"
            raise ValueError(msg)
        return self

    def step(self, step_id: str) -> Step | None:
        """Return a step by its id."""
        return next((one for one in self.steps if one.id == step_id), None)

    def fits(self, kinds: Iterable[str], rule: str = "") -> int:
        """Return how closely the card fits: 0 not at all, a rule above all kinds."""
        if rule and rule in self.rules:
            return 1_000
        depths = [
            len(mine.split("."))
            for mine in self.kinds
            for asked in kinds
            if TAXONOMY.is_within(asked, mine)
        ]
        return max(depths, default=0)

    def for_event(self, language: str) -> EventCard:
        """Return the card as it stands in the file of an event, in one language."""
        title = self.title.fr if language == "fr" else self.title.en
        names = functions()
        steps = tuple(
            ReflexStep(
                action=one.fr if language == "fr" else one.en,
                function=names[one.who][language],
            )
            for one in self.steps
        )
        return EventCard(id=self.id, title=title, trigger=title, steps=steps)


@dataclass(frozen=True, slots=True)
class Fault:
    """A file that is no usable card: its name, and where and why."""

    file: str
    reason: str

    def told(self) -> dict[str, Any]:
        """Return it in both languages."""
        facts = {"file": self.file, "reason": self.reason}
        texts = {one: translate("card_unusable", one, **facts) for one in LANGUAGES}
        return {"file": self.file, "code": "card_unusable", **texts}


@dataclass(frozen=True)
class Cards:
    """The cards of a home by id, those that are the city's own, and the files left out."""

    by_id: Mapping[str, Card]
    own: frozenset[str] = frozenset()
    faults: tuple[Fault, ...] = ()

    def fitting(self, kinds: Collection[str], rule: str = "") -> list[Card]:
        """Return the cards that fit, the closest first."""
        found = [(one.fits(kinds, rule), one) for one in self.by_id.values()]
        found.sort(key=lambda pair: (-pair[0], pair[1].id))
        return [one for fit, one in found if fit]


@cache
def functions() -> Mapping[str, Mapping[str, str]]:
    """Return the functions that steps are for, in both languages."""
    text = files("vigie.situation.act").joinpath("functions.toml").read_text(encoding="utf-8")
    return tomllib.loads(text)


def read_card(text: str, name: str, rules: Collection[str] | None = None) -> Card:
    """Return the card in a file's text.

    Args:
        text: TOML.
        name: Name of the file without its ending; the card's id is the same.
        rules: Alert rules that there are; None checks no rule.

    Raises:
        ValueError: Saying where and why it is no usable card.
    """
    try:
        card = Card.model_validate(tomllib.loads(text))
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join(str(part) for part in first["loc"])
        msg = f"{where}: {first['msg']}" if where else str(first["msg"])
        raise ValueError(msg) from error
    if card.id != name:
        msg = f"id: {card.id}, the file is {name}"
        raise ValueError(msg)
    unknown = [] if rules is None else [one for one in card.rules if one not in rules]
    if unknown:
        msg = f"rules: {unknown[0][:80]} is unknown"
        raise ValueError(msg)
    return card


def _read(
    entries: Iterable[Traversable], rules: Collection[str] | None
) -> tuple[dict[str, Card], list[Fault]]:
    found: dict[str, Card] = {}
    faults: list[Fault] = []
    for entry in sorted(entries, key=lambda one: one.name):
        name = entry.name.removesuffix(".toml")
        if name == entry.name:
            continue
        try:
            raw = entry.read_bytes()
            if len(raw) > MOST_BYTES:
                faults.append(Fault(entry.name, f"more than {MOST_BYTES} bytes"))
                continue
            found[name] = read_card(raw.decode("utf-8"), name, rules)
        except (OSError, ValueError) as error:  # what TOML and UTF-8 refuse is a ValueError too
            faults.append(Fault(entry.name, str(error)[:300]))
    return found, faults


def load_cards(home: Path, rules: Collection[str] | None = None) -> Cards:
    """Return Vigie's cards and the city's own, with the files that cannot be used.

    Args:
        home: Folder of the home; its ``cards/`` need not exist.
        rules: Alert rules that there are; None checks no rule.
    """
    shipped, faults = _read(files("vigie.situation.act").joinpath(FOLDER).iterdir(), rules)
    folder = home / FOLDER
    own, wrong = _read(folder.iterdir(), rules) if folder.is_dir() else ({}, [])
    for fault in (*faults, *wrong):
        log.warning("reflex card left out", file=fault.file, reason=fault.reason)
    return Cards(shipped | own, frozenset(own), (*faults, *wrong))
