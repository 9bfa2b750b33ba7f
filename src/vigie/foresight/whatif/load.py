"""How many agents an event needs: those who hold a post, and those busy with facts at once.

``needed`` is the standing posts (closed streets, the public present) plus the largest number busy
at the same time during the event's service, at least one crew. What a post and a fact take stands
in ``crew.toml``, a proposal that a city replaces with its own. Facts that are found afterwards (a
burglary over a week-end) load nobody at the time they may have happened.
"""

from __future__ import annotations

import tomllib
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any

import numpy as np
from numpy.typing import NDArray

FloatArray = NDArray[np.float64]
IntArray = NDArray[np.int64]

HOUR_US = 3_600_000_000
MINUTE_US = 60_000_000
BEFORE_H = 1
AFTER_H = 1
"""Hours before the start and after the end during which an event's agents stand ready."""
STEP_MIN = 5.0
LEAST_CREW = 2
"""Agents never go out alone: the least that any event takes."""


@dataclass(frozen=True, slots=True)
class Crew:
    """What one fact takes: agents, and minutes of each."""

    agents: int
    minutes: float


@cache
def _table() -> Any:
    return tomllib.loads(files("vigie.foresight.whatif").joinpath("crew.toml").read_text("utf-8"))


def crew_of(kind: str) -> Crew | None:
    """Return what a fact of this kind takes, None when it loads nobody."""
    table, code = _table(), kind
    while code:
        if code in table["left_out"]["kinds"]:
            return None
        if code in table["crew"]:
            row = table["crew"][code]
            return Crew(int(row["agents"]), float(row["minutes"]))
        code = code.rpartition(".")[0]
    return None


def crews_of(kinds: Sequence[str]) -> tuple[FloatArray, FloatArray]:
    """Return agents and minutes for each kind; 0 agents where it loads nobody."""
    found = [crew_of(kind) for kind in kinds]
    agents = np.array([0.0 if one is None else one.agents for one in found])
    minutes = np.array([0.0 if one is None else one.minutes for one in found])
    return agents, minutes


def crew_table() -> list[tuple[str, Crew]]:
    """Return the table as it stands, in its order."""
    return [(c, Crew(int(r["agents"]), float(r["minutes"]))) for c, r in _table()["crew"].items()]


def service(starts_us: int, ends_us: int) -> tuple[int, int]:
    """Return when an event's agents stand ready: an hour before it to an hour after it."""
    return starts_us - BEFORE_H * HOUR_US, ends_us + AFTER_H * HOUR_US


def busy(
    minute: FloatArray,
    agents: FloatArray,
    minutes: FloatArray,
    lasting_min: float,
    *,
    draw: IntArray | None = None,
    draws: int = 1,
) -> FloatArray:
    """Return how many agents are busy, draws x steps of five minutes.

    Args:
        minute: Minutes from the beginning of the service to each fact.
        agents: Agents each takes.
        minutes: For how long.
        lasting_min: Length of the service; facts outside it do not count.
        draw: Which draw each fact belongs to; all to the first when None.
        draws: How many draws there are.
    """
    steps = max(1, int(np.ceil(lasting_min / STEP_MIN)))
    inside = (minute >= 0) & (minute < lasting_min) & (agents > 0)
    row = np.zeros(len(minute), np.int64) if draw is None else draw
    row, taken = row[inside], agents[inside]
    first = (minute[inside] // STEP_MIN).astype(np.int64)
    last = np.ceil((minute[inside] + minutes[inside]) / STEP_MIN).astype(np.int64)
    last = np.minimum(np.maximum(last, first + 1), steps)
    size = steps + 1
    change = np.bincount(row * size + first, taken, minlength=draws * size).astype(np.float64)
    change -= np.bincount(row * size + last, taken, minlength=draws * size)
    running: FloatArray = np.cumsum(change.reshape(draws, size), axis=1)[:, :steps]
    return running


def standing(public: FloatArray, closed_streets: int) -> FloatArray:
    """Return the agents who hold a post whatever happens.

    Args:
        public: People present at once.
        closed_streets: Streets that the plan closes.
    """
    table = _table()["standing"]
    posts: FloatArray = (
        table["per_closed_street"] * closed_streets + table["per_thousand_people"] * public / 1_000
    )
    return posts


def needed(running: FloatArray, posts: FloatArray) -> FloatArray:
    """Return the agents needed in each draw: posts and the most busy at once, at least a crew.

    Args:
        running: Agents busy, draws x steps.
        posts: Agents who hold a post, by draw.
    """
    total: FloatArray = np.maximum(np.rint(running.max(axis=1) + posts), LEAST_CREW)
    return total


@dataclass(frozen=True, slots=True)
class Happened:
    """Facts around one place, columns aligned.

    Attributes:
        kinds: Codes; ``kind`` points into them.
        kind: Kind of each fact.
        at_us: When agents were called, epoch µs.
    """

    kinds: tuple[str, ...]
    kind: IntArray
    at_us: IntArray


def needed_then(
    happened: Happened, starts_us: int, ends_us: int, *, public: float, closed_streets: int
) -> int:
    """Return the agents that an event turned out to need.

    Args:
        happened: Facts around it.
        starts_us: Its start.
        ends_us: Its end.
        public: People present at once, as far as known.
        closed_streets: Streets that it closed.
    """
    begin, end = service(starts_us, ends_us)
    agents, minutes = crews_of(happened.kinds)
    running = busy(
        (happened.at_us - begin) / MINUTE_US,
        agents[happened.kind],
        minutes[happened.kind],
        (end - begin) / MINUTE_US,
    )
    return int(needed(running, standing(np.array([public]), closed_streets))[0])
