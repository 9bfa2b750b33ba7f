"""Processing in a process of its own: what it says, and how the serving process hears it.

The journal on disk is what passes between the two. Two pipes only say that there is something new:
a byte to the child when a message waits, a line from the child when it has processed some or logged
an event. A line that is lost loses nothing: either side also looks by itself twice a second.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

AWAY = "unavailable"
"""Why messages wait while the process that should process them is being started again."""


@dataclass(frozen=True, slots=True)
class Processed:
    """What a process has processed since it began.

    Attributes:
        n: Messages.
        errors: Why the messages of a feed wait, by feed.
        alerts: How long alerts took, how many in each step, and the sum in seconds.
    """

    n: int
    errors: Mapping[str, str]
    alerts: tuple[Sequence[int], float]

    def line(self) -> bytes:
        """Return it as the child says it."""
        said = {"n": self.n, "errors": self.errors, "alerts": self.alerts}
        return json.dumps(said).encode() + b"\n"

    @classmethod
    def read(cls, line: bytes) -> Processed:
        """Return what a line says.

        Raises:
            ValueError: When it is none.
        """
        told = json.loads(line)
        try:
            counts, sum_s = told["alerts"]
            return cls(int(told["n"]), dict(told["errors"]), (tuple(counts), float(sum_s)))
        except (KeyError, TypeError) as error:
            raise ValueError(line) from error


class Apart(Protocol):
    """The process that processes what waits, seen from the one that takes it."""

    def wake(self) -> None:
        """Say that a message waits; does not wait for anything."""
        ...

    @property
    def errors(self) -> Mapping[str, str]:
        """Why messages wait, by feed."""
        ...
