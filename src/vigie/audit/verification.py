"""Checking the whole audit: every line, every leaf, every head, and that it only ever grew."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

from vigie.audit.record import HASH, HEAD, MAGIC, from_text
from vigie.audit.segments import RECORD, Leaf, Leaves, Segment, unpack_leaves
from vigie.audit.store import DATASET, PROGRAM, Audit
from vigie.base.translations import translate
from vigie.privacy.checkpoint import Checkpoint, PublicKey, parse, signers
from vigie.privacy.merkle import Frontier, leaf_hash
from vigie.privacy.purposes import Verb

Progress = Callable[[float, float, str], None]
MOST_FAULTS = 1_000
"""Faults told one by one; beyond, they are counted."""

LINE_CHANGED = "audit_line_changed"
LINE_MISSING = "audit_line_missing"
LINE_UNKNOWN = "audit_line_unknown"
LEAVES_TORN = "audit_leaves_torn"
HEAD_FORGED = "audit_head_forged"
HEAD_DIFFERS = "audit_head_differs"
HEAD_BEYOND = "audit_head_beyond"
_SHRED = b'"up_to":'


@dataclass(frozen=True, slots=True)
class Fault:
    """Something that is not as it was written.

    Attributes:
        code: What, with a text in ``messages.toml``.
        params: The text's parameters.
    """

    code: str
    params: dict[str, Any] = field(default_factory=dict)

    def text(self, language: str) -> str:
        """Return the fault in words."""
        return translate(self.code, language, **self.params)


@dataclass(slots=True)
class Verification:
    """What a check found.

    Attributes:
        lines: Lines ever written.
        shredded: Those whose text was shredded when its time was over.
        heads: Heads compared.
        root: Root over all leaves.
        faults: What is wrong, at most ``MOST_FAULTS``.
        faulty: How many things are wrong.
    """

    lines: int = 0
    shredded: int = 0
    heads: int = 0
    root: bytes = b""
    faults: list[Fault] = field(default_factory=list)
    faulty: int = 0

    def add(self, code: str, **params: Any) -> None:
        """Note a fault."""
        self.faulty += 1
        if len(self.faults) < MOST_FAULTS:
            self.faults.append(Fault(code, params))

    def take(self, other: Verification) -> None:
        """Note the faults that another check found."""
        self.faults += other.faults[: MOST_FAULTS - len(self.faults)]
        self.faulty += other.faulty

    @property
    def sound(self) -> bool:
        """Whether nothing is wrong."""
        return not self.faulty


def verify(audit: Audit, progress: Progress | None = None) -> Verification:
    """Check every line against its leaf, and the leaves against every kept head.

    Each head is compared with the root over as many of today's leaves, so that all of them together
    also say that the audit only ever grew. What was written before a head that an outsider keeps
    cannot be changed unseen; see ``witnesses`` for the comparison with theirs.

    Args:
        audit: The audit; lines may be appended meanwhile.
        progress: Told ``(steps done, steps in all, "")``.

    Raises:
        Unavailable: When the folder cannot be read.
    """
    found = Verification()
    points = _signed_points(audit, found)  # before the lines: a head has all of its own by then
    found.lines = audit.settle()
    step = progress or _silent
    _check_leaves(audit, found, points, step)
    missing: list[tuple[int, int]] = []
    up_to = 0
    segments = audit.segments()
    for first, end, segment in _days(segments, found.lines):
        if segment is None or not segment.path.exists():
            missing.append((first, end))
            continue
        of_day = Verification()
        later = _check_day(audit, segment, end, of_day, newest=segment == segments[-1])
        if not segment.path.exists():  # shredded while it was looked at
            missing.append((first, end))
            continue
        found.take(of_day)
        up_to = max(up_to, later)
        step(found.lines + end, 2 * found.lines, "")
    if missing and missing[-1][1] > up_to:  # told, if at all, in a day that began meanwhile
        begun = [one for one in audit.segments() if one.first >= found.lines]
        for _first, end, segment in _days(begun, audit.settle()):
            if segment is not None:
                newest = segment == begun[-1]
                up_to = max(up_to, _check_day(audit, segment, end, found, newest=newest))
    for first, end in missing:
        found.shredded += max(0, min(end, up_to) - first)
        if end > up_to:
            found.add(LINE_MISSING, first=max(first, up_to), last=end - 1)
    return found


def _silent(_done: float, _total: float, _name: str) -> None:
    """Tell nobody."""


def _days(segments: list[Segment], lines: int) -> Iterator[tuple[int, int, Segment | None]]:
    """Yield first line, line after the last, and the segment that should hold them."""
    firsts = [one.first for one in segments]
    if lines and (not firsts or firsts[0] > 0):
        yield 0, min([*firsts, lines]), None
    for segment, after in zip(segments, [*firsts[1:], lines], strict=False):
        yield segment.first, after, segment


def _check_leaves(
    audit: Audit, found: Verification, points: dict[int, Checkpoint], step: Progress
) -> None:
    tree = Frontier()
    for start, content in audit.leaves.blocks(0, found.lines):
        if content[RECORD - 1 :: RECORD].strip(b"\n"):
            found.add(LEAVES_TORN)
        for index, leaf in enumerate(unpack_leaves(content), start):
            if index in points:
                _compare(points.pop(index), tree, found)
            tree.append(leaf.leaf)
        step(start, 2 * found.lines, "")
    if tree.size in points:
        _compare(points.pop(tree.size), tree, found)
    for beyond in points:
        found.add(HEAD_BEYOND, size=beyond, lines=tree.size)
    found.root = tree.root()


def _signed_points(audit: Audit, found: Verification) -> dict[int, Checkpoint]:
    """Return the kept heads by size; note those that the log's key did not sign."""
    points: dict[int, Checkpoint] = {}
    if audit.heads.torn():
        found.add(HEAD_FORGED, number=len(audit.heads.notes()) + 1)
    for number, note in enumerate(audit.heads.notes(), 1):
        found.heads += 1
        point = read_head(note, audit.public_key)
        if point is None or point.size <= max(points, default=-1):
            found.add(HEAD_FORGED, number=number)
        else:
            points[point.size] = point
    return points


def read_head(note: str, key: PublicKey) -> Checkpoint | None:
    """Return what a head says when it is one that this key signed, else None."""
    try:
        point = parse(note)
    except ValueError:
        return None
    return point if point.origin == key.name and signers(note, [key]) else None


def _compare(point: Checkpoint, tree: Frontier, found: Verification) -> None:
    if point.root != tree.root():
        found.add(HEAD_DIFFERS, size=point.size)


def _check_day(
    audit: Audit, segment: Segment, end: int, found: Verification, *, newest: bool
) -> int:
    """Check the lines of a day; return up to where its lines say that text was shredded."""
    at = len(MAGIC)
    if segment.read(0, at) != MAGIC:
        found.add(LINE_CHANGED, index=segment.first)
    at, up_to = _check_lines(audit.leaves, segment, (segment.first, end), at, found)
    beyond = at + len(segment.read(at))
    if newest and beyond > at:  # lines that came meanwhile: they have their leaves once settled
        after = [audit.settle(), *(one.first for one in audit.segments() if one.first > end)]
        at, later = _check_lines(audit.leaves, segment, (end, min(after)), at, found)
        up_to = max(up_to, later)
    if beyond > at:
        found.add(LINE_UNKNOWN, day=segment.day)
    return up_to


def _check_lines(
    leaves: Leaves, segment: Segment, span: tuple[int, int], at: int, found: Verification
) -> tuple[int, int]:
    """Check lines from one index to before another; return where they end, and what they shred."""
    up_to = 0
    for start, content in leaves.blocks(*span):
        block = unpack_leaves(content)
        lines = segment.read(at, block[-1].end) if block[-1].end > at else b""
        base = at
        for index, leaf in enumerate(block, start):
            line = lines[max(0, at - base) : max(0, leaf.end - base)]
            if not _is_of(line, leaf):
                found.add(LINE_CHANGED if line else LINE_MISSING, **_named(index, line))
            elif _SHRED in line:
                up_to = max(up_to, _shredded_by(line))
            at = leaf.end
    return at, up_to


def _named(index: int, line: bytes) -> dict[str, int]:
    return {"index": index} if line else {"first": index, "last": index}


def _is_of(line: bytes, leaf: Leaf) -> bool:
    length = int.from_bytes(line[:4], "big")
    told = len(line) == HEAD + length and line[4 : 4 + HASH] == leaf.leaf
    return told and leaf_hash(line[4 + HASH :]) == leaf.leaf


def _shredded_by(content: bytes) -> int:
    try:
        line = from_text(content[HEAD:])
    except ValueError:
        return 0
    told = line.subject.get("up_to")
    program = line.verb is Verb.ERASE and line.dataset == DATASET and line.who == PROGRAM
    return told if program and isinstance(told, int) else 0
