"""How long something takes, counted in steps: what a process measures of itself."""

from __future__ import annotations

import threading
from bisect import bisect_left
from collections.abc import Sequence

STEPS_S = (0.001, 0.005, 0.025, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 60.0)


class Timing:
    """Durations, counted by the least step that holds them; threads share it.

    Args:
        steps_s: Upper ends of the steps, rising, in seconds; what is longer is counted too.
    """

    def __init__(self, steps_s: tuple[float, ...] = STEPS_S) -> None:
        self.steps_s = steps_s
        self._guard = threading.Lock()
        self._counts = [0] * (len(steps_s) + 1)
        self._sum_s = 0.0

    def note(self, seconds: float) -> None:
        """Count a duration; one below nought (a clock set back) counts as nought."""
        seconds = max(0.0, seconds)
        with self._guard:
            self._counts[bisect_left(self.steps_s, seconds)] += 1
            self._sum_s += seconds

    def read(self) -> tuple[list[int], float]:
        """Return how many were up to each step, the last without end, and the sum in seconds."""
        with self._guard:
            total, up_to = 0, []
            for count in self._counts:
                total += count
                up_to.append(total)
            return up_to, self._sum_s

    def counts(self) -> tuple[list[int], float]:
        """Return how many fell into each step, the last without end, and the sum in seconds."""
        with self._guard:
            return list(self._counts), self._sum_s

    def add(self, counts: Sequence[int], sum_s: float) -> None:
        """Count what another process measured, in the same steps.

        Raises:
            ValueError: When the steps are not the same in number.
        """
        with self._guard:
            both = [here + there for here, there in zip(self._counts, counts, strict=True)]
            self._counts, self._sum_s = both, self._sum_s + sum_s
