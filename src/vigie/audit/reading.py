"""Reading the audit, newest first; reading it is itself a line."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from itertools import pairwise

from vigie.audit.line import Line
from vigie.audit.record import Stored, from_text, unpack
from vigie.audit.segments import BLOCK, Segment
from vigie.audit.store import DATASET, Audit
from vigie.base.clock import from_us, now_us
from vigie.privacy.purposes import Purpose, Verb

DAY_US = 86_400_000_000
MOST_SCANNED = 200_000
"""Lines looked at for one page; a page of a rare filter may be short and still have a next."""


@dataclass(frozen=True, slots=True)
class Query:
    """Which lines are asked for; what is None or empty does not restrict.

    Attributes:
        from_us: Earliest instant, epoch µs.
        to_us: Instant before which, epoch µs.
        who: Exactly this login, token or program.
        verb: What was done.
        dataset: To which data.
        outcome: ``allowed`` or ``refused``.
        before: Only lines with an index below: where the last page ended.
        limit: Most lines returned.
    """

    from_us: int | None = None
    to_us: int | None = None
    who: str = ""
    verb: Verb | None = None
    dataset: str = ""
    outcome: str = ""
    before: int | None = None
    limit: int = 100

    def subject(self) -> dict[str, str | int]:
        """Return what is asked for, as a line of the audit tells it."""
        return {key: value for key, value in asdict(self).items() if value not in (None, "")}

    def takes(self, line: Line) -> bool:
        """Return whether a line is asked for."""
        return (
            (self.from_us is None or line.at_us >= self.from_us)
            and (self.to_us is None or line.at_us < self.to_us)
            and self.who in ("", line.who)
            and self.verb in (None, line.verb)
            and self.dataset in ("", line.dataset)
            and self.outcome in ("", line.outcome)
        )


@dataclass(frozen=True, slots=True)
class Reader:
    """Who reads the audit.

    Attributes:
        who: Login, ``token:NAME`` or ``os:NAME``.
        role: Role it is done with.
        reason: In the reader's words.
        case: Reference of the case, where there is one.
    """

    who: str
    role: str
    reason: str = ""
    case: str = ""


@dataclass(frozen=True, slots=True)
class Page:
    """Lines with their index, newest first, and where to go on (None at the end)."""

    lines: list[tuple[int, Line]]
    before: int | None


def read(audit: Audit, query: Query, reader: Reader) -> Page:
    """Return lines that a query asks for; that they were read is written before they are told.

    Raises:
        Unavailable: When that line cannot be written: nothing is then read.
    """
    at = audit.append(_told(audit, reader, Verb.CONSULT, query.subject()))
    return lines_before(audit, query, at)


def tell_export(audit: Audit, reader: Reader) -> int:
    """Write down that the lines are taken elsewhere, before they are; returns the line's index.

    Raises:
        Unavailable: When that cannot be written: nothing is then exported.
    """
    return audit.append(_told(audit, reader, Verb.DISCLOSE, {"lines": "all"}))


def _told(audit: Audit, reader: Reader, verb: Verb, subject: dict[str, str | int]) -> Line:
    return Line(
        at_us=now_us(audit.clock),
        verb=verb,
        who=reader.who,
        role=reader.role,
        purpose=Purpose.OVERSIGHT,
        dataset=DATASET,
        subject=dict(subject),
        reason=reader.reason,
        case=reader.case,
    )


def lines_before(audit: Audit, query: Query, told: int) -> Page:
    """Return lines that a query asks for, to whoever has been written down for it already.

    Args:
        audit: The audit.
        query: What is asked for.
        told: Index of the line that says who reads; only lines before it are returned.
    """
    end = told if query.before is None else min(told, query.before)
    found: list[tuple[int, Line]] = []
    last = 0
    for scanned, (index, stored) in enumerate(_newest_first(audit, end, query)):
        line = _line_of(stored)
        if line is not None and query.takes(line):
            found.append((index, line))
        if len(found) == query.limit or scanned >= MOST_SCANNED:
            last = index
            break
    return Page(found, last or None)


def _line_of(stored: Stored) -> Line | None:
    try:
        return from_text(stored.text)
    except ValueError:  # not as it was written: the verification names it
        return None


def _newest_first(audit: Audit, end: int, query: Query) -> Iterator[tuple[int, Stored]]:
    """Yield lines from before an index backwards; days outside the window are not opened."""
    segments = [one for one in audit.segments() if one.first < end]
    bounds = [*(one.first for one in segments), end]
    for segment, (first, after) in reversed(list(zip(segments, pairwise(bounds), strict=True))):
        if not _may_hold(segment, query):
            continue
        for start in reversed(range(first, after, BLOCK)):
            block = _block(audit, segment, start, min(after, start + BLOCK))
            yield from reversed(list(enumerate(block, start)))


def _may_hold(segment: Segment, query: Query) -> bool:
    """Say whether a day is in the window; a day of tolerance each way for clocks that differ."""
    early = query.from_us is not None and segment.day < _day(query.from_us - DAY_US)
    late = query.to_us is not None and segment.day > _day(query.to_us + DAY_US)
    return not (early or late)


def _day(at_us: int) -> str:
    return from_us(at_us).date().isoformat()


def _block(audit: Audit, segment: Segment, first: int, end: int) -> Sequence[Stored]:
    leaves = audit.leaves.read(first, end)
    start = audit.leaves.start_of(first, segment)
    return list(unpack(segment.read(start, leaves[-1].end), start)) if leaves else []


def stored_lines(audit: Audit, first: int, end: int) -> Iterator[tuple[int, Stored]]:
    """Yield lines that are not shredded, from one index to before another, as they are stored."""
    segments = [one for one in audit.segments() if one.first < end]
    bounds = [*(one.first for one in segments), end]
    for segment, (begin, after) in zip(segments, pairwise(bounds), strict=True):
        for start in range(max(begin, first), after, BLOCK):
            yield from enumerate(_block(audit, segment, start, min(after, start + BLOCK)), start)
