"""A period cut into slots of whole local days, the last of which ends with the period."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from vigie.analyse.analysis import Frame
from vigie.model.times import local_columns

Ints = npt.NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Slots:
    """Slots of time.

    Attributes:
        first_day: First local day of the period, days since 1970.
        last_day: Its last.
        step: Days in a slot; the first slot may be shorter.
    """

    first_day: int
    last_day: int
    step: int

    def __len__(self) -> int:
        return (self.last_day - self.first_day) // self.step + 1

    def index(self, day: Ints) -> Ints:
        """Return the slot of each day, -1 outside the period."""
        inside = (day >= self.first_day) & (day <= self.last_day)
        found = len(self) - 1 - (self.last_day - day) // self.step
        return np.where(inside, found, -1).astype(np.int64)

    def days(self, first: int, last: int) -> tuple[int, int]:
        """Return the first and the last day of the slots from ``first`` to before ``last``."""
        end = self.last_day - (len(self) - last) * self.step
        return max(self.first_day, end - (last - first) * self.step + 1), end


def make_slots(frame: Frame, step: int) -> Slots:
    """Return the slots of a frame's period."""
    span = pa.array([frame.from_us, max(frame.from_us, frame.to_us - 1)], type=pa.int64())
    first, last = local_columns(span, frame.timezone).local_day.cast(pa.int32()).to_pylist()
    return Slots(first, last, step)
