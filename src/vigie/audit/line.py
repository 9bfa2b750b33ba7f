"""A line of the audit: what is written before anything is done or told."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal, Protocol

from vigie.privacy.purposes import Purpose, Verb

Scalar = str | int | float | bool | None
Outcome = Literal["allowed", "refused"]


@dataclass(frozen=True, slots=True)
class Line:
    """Who does what to which data, what for, and why.

    Attributes:
        at_us: When, epoch µs.
        verb: What is done.
        who: Login, ``token:NAME``, ``os:NAME`` at the command line, or ``vigie`` for the program.
        role: Role it is done with; ``system`` for the program.
        purpose: What for.
        dataset: Record kind, or another store (``narratives``, ``quarantine``, ``audit`` ...).
        subject: What was asked: window, zone, ids, batch; never a text that a person typed.
        outcome: Whether it was allowed.
        reason: In the caller's words, where one is required.
        case: Reference of the case, where there is one.
        recipient: Who gets what is disclosed, when it is not ``who``.
    """

    at_us: int
    verb: Verb
    who: str
    role: str
    purpose: Purpose
    dataset: str
    subject: Mapping[str, Scalar | list[Scalar]] = field(default_factory=dict)
    outcome: Outcome = "allowed"
    reason: str = ""
    case: str = ""
    recipient: str = ""


class Writer(Protocol):
    """What writes lines."""

    def append(self, line: Line) -> int:
        """Write a line; returns its index once it is on disk.

        Raises:
            Unavailable: When it cannot be written: what it speaks of must then not be done.
        """
        ...
