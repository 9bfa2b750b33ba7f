"""The shortest story in which a promise is still broken."""

from __future__ import annotations

from pathlib import Path

from tests.simulation.steps import Run
from tests.simulation.story import run


def shortest(found: Run, template: Path, folder: Path, *, steady: bool = True) -> Run:
    """Return a run of the same seed that is broken, and in which no step can be left out."""
    steps, best = list(found.steps), found
    size = max(1, len(steps) // 2)
    while size:
        at = 0
        while at < len(steps):
            fewer = steps[:at] + steps[at + size :]
            tried = run(found.seed, template, folder, fewer, steady=steady)
            if tried.broken:
                steps, best = fewer, tried
            else:
                at += size
        size //= 2
    return best
