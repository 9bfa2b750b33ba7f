"""How the lines of a shift stand after their corrections: pure, from lines to what holds."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from vigie.desk.shift import ShiftLine
from vigie.desk.shift_tables import CLOSED, CORRECTION, OPENED, TICK


@dataclass(frozen=True, slots=True)
class Stands:
    """A line as it stands.

    Attributes:
        line: As it was written.
        text: Its words after the last correction.
        struck: Whether the last correction says that it does not stand.
        corrections: Its corrections, oldest first.
    """

    line: ShiftLine
    text: str
    struck: bool
    corrections: tuple[ShiftLine, ...] = ()


@dataclass(frozen=True, slots=True)
class Course:
    """How a situation goes.

    Attributes:
        key: The situation.
        since_us: Its first line that stands since it was last opened, epoch µs.
        last_us: Its last line, epoch µs.
        closed_us: When it was closed; None while it is open.
        lines: How many of its lines stand.
    """

    key: str
    since_us: int
    last_us: int
    closed_us: int | None
    lines: int


def root_of(line: ShiftLine, known: Mapping[int, ShiftLine]) -> ShiftLine:
    """Return the line that a correction is about in the end, as far as it is known.

    A correction is about an earlier number, so this ends.
    """
    while line.said.corrects is not None and line.said.corrects in known:
        line = known[line.said.corrects]
    return line


def stand(lines: Iterable[ShiftLine]) -> list[Stands]:
    """Return lines as they stand, by number; the newest correction holds.

    A correction whose line is not among them stands alone.
    """
    ordered = sorted(lines, key=lambda one: one.number)
    known = {one.number: one for one in ordered}
    roots: dict[int, list[ShiftLine]] = {}
    for one in ordered:
        root = root_of(one, known)
        roots.setdefault(root.number, [])
        if root.number != one.number:
            roots[root.number].append(one)
    told = []
    for number, found in roots.items():
        line = known[number]
        last = found[-1].said if found else line.said
        text = last.text or line.said.text
        told.append(Stands(line, text, last.strikes if found else False, tuple(found)))
    return sorted(told, key=lambda one: one.line.number)


def courses(stood: Sequence[Stands]) -> dict[str, Course]:
    """Return how each situation goes; it is open from its first line on until it is closed.

    After that only a line that opens it opens it again; a line that is struck counts for nothing.
    """
    found: dict[str, Course] = {}
    for one in stood:
        key = one.line.said.situation
        if not key or one.struck or one.line.said.kind == CORRECTION:
            continue
        before, at_us = found.get(key), one.line.at_us
        if before is None:
            closed = at_us if one.line.said.kind == CLOSED else None
            found[key] = Course(key, at_us, at_us, closed, 1)
            continue
        since_us, closed = before.since_us, before.closed_us
        if one.line.said.kind == OPENED and closed is not None:
            since_us, closed = at_us, None
        elif one.line.said.kind == CLOSED and closed is None:
            closed = at_us
        found[key] = Course(key, since_us, at_us, closed, before.lines + 1)
    return found


def ticks(stood: Sequence[Stands], since_us: int = 0) -> dict[tuple[str, str], Stands]:
    """Return the first tick that stands of each step, by card and step."""
    found: dict[tuple[str, str], Stands] = {}
    for one in stood:
        said = one.line.said
        if said.kind == TICK and not one.struck and one.line.at_us >= since_us:
            found.setdefault((said.card, said.step), one)
    return found
