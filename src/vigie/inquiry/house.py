"""What an inquiry needs of a home and of a caller; the rooms of the same floor are not known here.

``vigie.situation.home.Home`` and ``vigie.situation.own_door.OwnDoor`` are such; web and command
line bring them together.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any, NoReturn, Protocol

from vigie.audit.store import Audit
from vigie.base.clock import Clock
from vigie.base.settings import Settings
from vigie.desk.store import Desk
from vigie.foresight.plans import PlanBook
from vigie.intake.service import Intake
from vigie.keys.keeper import Keeper
from vigie.lake.store import Lake
from vigie.privacy.purposes import Verb
from vigie.watch.recording.archive import Archive


class House(Protocol):
    """A home, as far as an inquiry goes."""

    @property
    def path(self) -> Path:
        """Its folder."""

    @property
    def settings(self) -> Settings:
        """Its settings."""

    @property
    def clock(self) -> Clock:
        """Its clock."""

    @property
    def audit(self) -> Audit:
        """Its audit."""

    @property
    def lake(self) -> Lake:
        """Its lake."""

    @property
    def desk(self) -> Desk:
        """Its desk."""

    @property
    def plans(self) -> PlanBook:
        """What is planned."""

    @property
    def intake(self) -> Intake:
        """Its journal and sources."""

    @property
    def video(self) -> Archive:
        """What cameras recorded."""

    @property
    def keys(self) -> Keeper:
        """The keeper of keys."""


class Door(Protocol):
    """One caller's door to the charter."""

    @property
    def name(self) -> str:
        """Login."""

    @property
    def role(self) -> str:
        """Role."""

    @property
    def hand(self) -> str:
        """Account of a person who signed in; empty for anything else."""

    def ask(
        self,
        dataset: str,
        verb: Verb,
        subject: Mapping[str, Any],
        *,
        case: str = "",
        recipient: str = "",
    ) -> tuple[int | None, int]:
        """Decide and write the line; returns its number and the least count that may be told."""

    def may(self, dataset: str, verb: Verb) -> bool:
        """Say whether it would be opened."""

    def refuse(
        self, dataset: str, verb: Verb, subject: Mapping[str, Any], *, why: str, case: str = ""
    ) -> NoReturn:
        """Write down and raise a refusal."""
