"""One story, told again and again; each time another write, flush or renaming is refused."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from tests.simulation.steps import Run, Step
from tests.simulation.story import ERRORS, run

SEED = 52
TOLD = (
    "send", "burst", "wait", "drain", "answer", "head", "send", "wait", "clean", "reopen", "burst",
    "drain", "answer", "days", "shred", "send", "wait", "drain", "clean", "head", "read",
)  # fmt: skip
"""Everything that a home does by itself and is asked to, some of it on what is there already."""


def story() -> list[Step]:
    """Return the story as it is when nothing is refused."""
    return [Step(what, 1_000 + number) for number, what in enumerate(TOLD)]


def operations(template: Path, folder: Path) -> range:
    """Return the numbers of the operations of the story, its beginning and its end left out."""
    told = run(SEED, template, folder, [*story(), Step("read", 0)])
    assert not told.broken, told.broken
    first, last = (
        next(int(line.split(" ")[1]) for line in told.history if f" step {number} " in line)
        for number in (0, len(TOLD))
    )
    return range(first + 1, last + 1)


def each(template: Path, folder: Path, numbers: range) -> Iterator[tuple[int, Run]]:
    """Yield the number of each operation with what came of it being refused, by each error."""
    for number in numbers:
        for error in range(len(ERRORS)):
            step = Step("nth", number * len(ERRORS) + error)
            yield number, run(SEED, template, folder, [step, *story()])
