"""Episodes of a series: it begins beyond one level and ends only back behind another."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np

from vigie.judge.rule import Finding
from vigie.judge.watched import Floats, Ints


@dataclass(frozen=True, slots=True)
class Episode:
    """A stretch of a series beyond a level.

    Attributes:
        from_us: Instant of the first value beyond ``on``, epoch µs.
        to_us: Instant of the first value back behind ``off``; None while it lasts.
        peak: Farthest value.
        peak_us: When it was first reached.
        samples: How many values it holds.
    """

    from_us: int
    to_us: int | None
    peak: float
    peak_us: int
    samples: int


def episodes(at_us: Ints, values: Floats, on: float, off: float) -> list[Episode]:
    """Return the episodes of a series in time order: from ``>= on`` to ``<= off``.

    Between the two levels nothing changes (hysteresis): what is on stays on, what is off stays
    off. The series begins off. For a level that is passed downward give everything negated.

    Args:
        at_us: Instants, ascending, epoch µs.
        values: A value at each.
        on: Level at which an episode begins.
        off: Level at which it ends; below ``on``.
    """
    steps = np.zeros(values.size, dtype=np.int8)
    steps[values >= on] = 1
    steps[values <= off] = -1
    marks = np.flatnonzero(steps)
    if not marks.size:
        return []
    turns = marks[np.concatenate([[True], np.diff(steps[marks]) != 0])]
    starts = turns[steps[turns] == 1]
    ends = turns[steps[turns] == -1]
    found = []
    for start in starts.tolist():
        place = int(np.searchsorted(ends, start))
        end = int(ends[place]) if place < ends.size else None
        last = values.size if end is None else end
        peak = start + int(np.argmax(values[start:last]))
        found.append(
            Episode(
                int(at_us[start]),
                None if end is None else int(at_us[end]),
                float(values[peak]),
                int(at_us[peak]),
                last - start,
            )
        )
    return found


def rolling(at_us: Ints, window_us: int, to_us: int) -> tuple[Ints, Floats]:
    """Return how many events lie in the window behind each change of that number.

    Args:
        at_us: Events, ascending.
        window_us: Length of the window; an event counts from its instant for so long.
        to_us: Changes after this are not told.

    Returns:
        Instants and the count from each on.
    """
    moments = np.concatenate([at_us, at_us + window_us])
    moments.sort(kind="stable")  # two runs in order: merged
    moments = moments[(moments <= to_us) & (np.diff(moments, prepend=-1) != 0)]
    begun = np.searchsorted(at_us, moments, side="right")
    gone = np.searchsorted(at_us + window_us, moments, side="right")
    return moments, (begun - gone).astype(np.float64)


def settle(findings: Iterable[Finding], quiet_us: int) -> list[Finding]:
    """Return findings by time, one a subject within a quiet time after each that is told."""
    told: dict[tuple[str, ...], int] = {}
    kept = []
    for finding in sorted(findings, key=lambda one: (one.from_us, one.identity or one.subjects)):
        key = finding.identity or finding.subjects
        last = told.get(key)
        if last is not None and finding.from_us - last < quiet_us:
            continue
        told[key] = finding.from_us
        kept.append(finding)
    return kept
