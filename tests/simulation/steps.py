"""What happens in a seed, step by step, and what came of it."""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Step:
    """One thing that happens: what, and a number that all its chances follow from."""

    what: str
    chance: int

    def __str__(self) -> str:
        return f"{self.what}/{self.chance}"


_WEIGHTS = {
    "send": 6, "burst": 2, "wait": 5, "drain": 4, "clean": 2, "answer": 2, "head": 1, "shred": 1,
    "leap": 1, "wrong": 2, "fault": 2, "full": 1, "cut": 4, "reopen": 1, "days": 1, "read": 1,
}  # fmt: skip


def steps_of(seed: int, length: int = 9) -> list[Step]:
    """Return what happens in a seed."""
    chance = random.Random(f"steps {seed}")
    kinds = chance.choices(list(_WEIGHTS), list(_WEIGHTS.values()), k=length)
    return [Step("send", chance.getrandbits(32)), Step("wait", chance.getrandbits(32))] + [
        Step(kind, chance.getrandbits(32)) for kind in kinds
    ]


@dataclass(slots=True)
class Run:
    """What came of a seed.

    Attributes:
        seed: The seed.
        steps: What happened.
        history: What was done and answered, line by line.
        broken: The promise that was not kept; empty when all were.
        cuts: Power cuts.
        refused: Writes refused by the disk.
        acknowledged: Messages whose senders were answered.
    """

    seed: int
    steps: Sequence[Step]
    history: list[str] = field(default_factory=list)
    broken: str = ""
    cuts: int = 0
    refused: int = 0
    acknowledged: int = 0
