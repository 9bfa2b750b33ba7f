"""Boxes to be covered through time: padded, held over pictures on which nothing was found."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterable
from dataclasses import dataclass, field

from vigie.watch.vision.geometry import Box

HOLD_US = 1_000_000
"""A box that is not found again is covered for so long, before it was found and after."""
PADDING = 0.3
"""Of its sides, on each side."""
DRIFT = 0.6
"""Of its sides for each second in which it was not found: it may have moved."""
NEAR = 1.5
"""A box found again lies within so many of its widths."""


@dataclass(slots=True)
class Span:
    """One thing to be covered: where it was found, and when (epoch µs, in order)."""

    times: list[int] = field(default_factory=list)
    boxes: list[Box] = field(default_factory=list)

    def at(self, at_us: int) -> Box | None:
        """Return what is covered at an instant; None outside its time.

        Between two findings it is all that both cover; before the first and after the last it
        grows with the time since.
        """
        first, last = self.times[0], self.times[-1]
        if not first - HOLD_US <= at_us <= last + HOLD_US:
            return None
        after = bisect_left(self.times, at_us)
        before = bisect_right(self.times, at_us) - 1
        after, before = min(after, len(self.times) - 1), max(before, 0)
        box = self.boxes[before].union(self.boxes[after])
        away = max(first - at_us, at_us - last, 0) / HOLD_US
        return _padded(box, PADDING + DRIFT * away)


def _padded(box: Box, by: float) -> Box:
    wide, tall = box.width * by, box.height * by
    return Box(
        max(0.0, box.left - wide),
        max(0.0, box.top - tall),
        min(1.0, box.right + wide),
        min(1.0, box.bottom + tall),
    )


def linked(found: Iterable[tuple[int, list[Box]]]) -> list[Span]:
    """Return spans of boxes found on pictures in order of time; nearest goes to nearest."""
    spans: list[Span] = []
    for at_us, boxes in found:
        open_spans = [one for one in spans if at_us - one.times[-1] <= HOLD_US]
        pairs = sorted(
            (
                (_apart(one.boxes[-1], box), i, j)
                for i, one in enumerate(open_spans)
                for j, box in enumerate(boxes)
            ),
        )
        taken: set[int] = set()
        placed: set[int] = set()
        for apart, i, j in pairs:
            if apart <= NEAR and i not in taken and j not in placed:
                taken.add(i)
                placed.add(j)
                open_spans[i].times.append(at_us)
                open_spans[i].boxes.append(boxes[j])
        spans += [Span([at_us], [box]) for j, box in enumerate(boxes) if j not in placed]
    return spans


def _apart(one: Box, other: Box) -> float:
    """Return how far two middles are, in sides of the larger box."""
    (x0, y0), (x1, y1) = one.centre, other.centre
    wide, tall = max(one.width, other.width), max(one.height, other.height)
    return max(abs(x1 - x0) / wide, abs(y1 - y0) / tall) if wide > 0 and tall > 0 else 9.0


def spans_told(spans: Iterable[Span]) -> list[list[list[float]]]:
    """Return spans as numbers: µs and four sides for each finding."""
    return [
        [
            [at, *(round(side, 5) for side in box)]
            for at, box in zip(one.times, one.boxes, strict=True)
        ]
        for one in spans
    ]


def spans_of(told: Iterable[Iterable[Iterable[float]]]) -> list[Span]:
    """Return spans of their numbers."""
    made = []
    for one in told:
        span = Span()
        for at, *sides in one:
            span.times.append(int(at))
            span.boxes.append(Box(*sides))
        made.append(span)
    return made
