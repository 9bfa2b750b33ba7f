"""The audit of a home: lines that are on disk before what they speak of is done.

Anybody who may write the folder can spoil it; nobody can do so unseen by whoever kept a head
(RFC 9162). See ``docs/decisions/0010-audit.md``.
"""

from __future__ import annotations

import secrets
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Self, TypeVar

from filelock import FileLock, Timeout

from vigie.audit.heads import HEADS, Heads
from vigie.audit.line import Line
from vigie.audit.record import SALT, to_text
from vigie.audit.segments import LINES, Leaves, Segment, segments_in
from vigie.audit.signing import KEY_FILE, Signer, open_key
from vigie.audit.tail import Tail
from vigie.base.clock import Clock, from_us, now_us, to_rfc3339
from vigie.base.errors import NotFound, Unavailable, WrongUsage
from vigie.base.settings import AuditSettings
from vigie.base.timing import Timing
from vigie.privacy.checkpoint import Checkpoint, PublicKey, parse, sign
from vigie.privacy.merkle import Frontier, consistency_proof, inclusion_proof, root_of
from vigie.privacy.purposes import Purpose, Verb

LOCK_FILE = "lock"
DATASET = "audit"
PROGRAM, SYSTEM = "vigie", "system"
LOCK_TIMEOUT_S = 10.0
TILE = 256
T = TypeVar("T")


@dataclass(slots=True)
class _Waiting:
    """A line that waits for the next write; then its index, or why it could not be written."""

    salt: bytes
    text: bytes
    index: int = -1
    error: OSError | None = None


@dataclass(frozen=True, slots=True)
class Proof:
    """That a line stands in a tree.

    Attributes:
        index: The line's.
        leaf: Its leaf hash.
        hashes: The way from the leaf to the root.
        note: Signed checkpoint with that root.
    """

    index: int
    leaf: bytes
    hashes: list[bytes]
    note: str


class Audit:
    """The audit: append, sign, prove, shred. Threads and processes may share a folder.

    Attributes:
        folder: Where it stands.
        clock: Its clock.
        leaves: What stays of every line.
        heads: Every signed head that was kept.
        tell: Who else is told of a line, by its index, once it is on disk; must not wait.
        timing: How long lines of this process took until they were on disk.
    """

    def __init__(self, folder: Path, signer: Signer, tail: Tail, clock: Clock) -> None:
        self.folder = folder
        self.leaves = Leaves(folder)
        self.heads = Heads(folder / HEADS)
        self._signer = signer
        self._tail = tail
        self.clock = clock
        self.tell: Callable[[int, Line], None] | None = None
        self.timing = Timing()
        self._lock = FileLock(folder / LOCK_FILE, timeout=LOCK_TIMEOUT_S, thread_local=False)
        self._turn = threading.Lock()
        self._guard = threading.Lock()
        self._waiting: list[_Waiting] = []
        self._tile = lru_cache(maxsize=65_536)(self._part)

    @classmethod
    def open(cls, folder: Path, *, settings: AuditSettings, clock: Clock) -> Self:
        """Open the audit of a folder, made when missing; what a crash left torn is cut off.

        Raises:
            Unavailable: When it cannot be written: nothing may then be done that it should tell.
            StoreBroken: When its key is none.
        """
        try:
            folder.mkdir(parents=True, exist_ok=True, mode=0o700)
            key = Path(settings.key_file) if settings.key_file else folder / KEY_FILE
            audit = cls(folder, open_key(key, settings.origin), Tail(folder), clock)
        except OSError as error:
            raise Unavailable(what=DATASET) from error
        audit._hold(audit._tail.look)
        return audit

    def close(self) -> None:
        """Let go of the files."""
        with self._turn:
            self._tail.close()

    @property
    def public_key(self) -> PublicKey:
        """What heads are verified with."""
        return self._signer.public

    def _hold(self, do: Callable[[], T]) -> T:
        try:
            with self._turn, self._lock:
                return do()
        except (OSError, Timeout) as error:
            raise Unavailable(what=DATASET) from error

    # --- Writing -------------------------------------------------------------------------------

    def append(self, line: Line) -> int:
        """Write a line; returns its index once it is on disk. Threads share one flush.

        Raises:
            Unavailable: When it cannot be written: what it speaks of must then not be done.
            WrongUsage: When the line cannot be written down (no JSON number, far too long).
        """
        try:
            text = to_text(line)
        except ValueError as error:
            raise WrongUsage(reason=str(error)) from error
        began = time.perf_counter()
        mine = _Waiting(secrets.token_bytes(SALT), text)
        with self._guard:
            self._waiting.append(mine)
        with self._turn:
            if mine.index < 0 and mine.error is None:
                self._write_waiting()
        if mine.error is not None:
            raise Unavailable(what=DATASET) from mine.error
        self.timing.note(time.perf_counter() - began)
        if self.tell is not None:
            self.tell(mine.index, line)
        return mine.index

    def _write_waiting(self) -> None:
        with self._guard:
            together, self._waiting = self._waiting, []
        day = from_us(now_us(self.clock)).date().isoformat()
        try:
            with self._lock:
                first = self._tail.add([(one.salt, one.text) for one in together], day)
        except OSError as error:  # of which a lock that is not given is a kind
            for one in together:
                one.error = error
            return
        for number, one in enumerate(together):
            one.index = first + number

    def shred(self, before_us: int) -> int:
        """Delete text and salt of the days that ended before an instant (P-LOG-6), for good.

        Leaves and heads stay: proofs made before still verify. Being an erasure, it is first told
        by a line, which also says to the verification what may be missing.

        Args:
            before_us: Epoch µs.

        Returns:
            How many lines were shredded.

        Raises:
            Unavailable: When the line cannot be written or a file cannot be deleted.
        """
        # A line that was on disk when its writer was refused counts: it must be among those told.
        self.settle()
        limit = from_us(min(before_us, now_us(self.clock))).date().isoformat()
        segments = self.segments()
        old: list[Segment] = []
        for one in segments:
            if one.day >= limit:
                break
            old.append(one)
        if not old:
            return 0
        up_to = segments[len(old)].first if len(old) < len(segments) else self.leaves.count()
        self.append(
            Line(
                at_us=now_us(self.clock),
                verb=Verb.ERASE,
                who=PROGRAM,
                role=SYSTEM,
                purpose=Purpose.OVERSIGHT,
                dataset=DATASET,
                subject={"up_to": up_to, "before": to_rfc3339(before_us)},
            )
        )
        self._hold(lambda: self._tail.drop(old))
        return up_to - old[0].first

    # --- Signing and proving -------------------------------------------------------------------

    def segments(self) -> list[Segment]:
        """Return the days whose lines are kept, in order."""
        return segments_in(self.folder / LINES)

    def count(self) -> int:
        """Return how many lines were ever written."""
        return self.leaves.count()

    def settle(self) -> int:
        """Mend what a writer that died left torn; return how many lines were ever written.

        Raises:
            Unavailable: When the folder cannot be read or written.
        """

        def look() -> int:
            self._tail.look()
            return self._tail.count

        return self._hold(look)

    def head(self) -> str:
        """Return a signed head over all lines now, and keep it: a C2SP checkpoint with its time.

        Raises:
            Unavailable: When leaves or head cannot be put on disk.
        """

        def sign() -> str:
            self._tail.look()
            self._tail.sync_leaves()
            size = self._tail.count
            time = f"time {to_rfc3339(now_us(self.clock))}"
            root = self.subtree(0, size)
            note = self._signer.note(Checkpoint(self._signer.name, size, root, (time,)))
            self.heads.keep(note, size)
            return note

        return self._hold(sign)

    def seal(self, text: str) -> str:
        """Return a text as a note signed by the audit's key; no checkpoint can be made so.

        Raises:
            ValueError: When the text begins as a head of this audit would.
        """
        if text.startswith(f"{self._signer.name}\n"):
            msg = "a head is signed by head()"
            raise ValueError(msg)
        return f"{text}\n{sign(text, self._signer.private, self._signer.name)}"

    def prove(self, index: int) -> Proof:
        """Return the proof that a line stands in the tree of a new head.

        Raises:
            NotFound: When there is no such line.
            Unavailable: When the head cannot be kept.
        """
        if not 0 <= index < self.count():
            raise NotFound(what="line", name=str(index))
        note = self.head()
        size = parse(note).size
        hashes = inclusion_proof(index, size, self.subtree)
        return Proof(index, self.leaves.read(index, index + 1)[0].leaf, hashes, note)

    def consistency(self, size1: int, size2: int) -> list[bytes]:
        """Return the proof that the tree of ``size2`` lines began as that of ``size1``.

        Raises:
            WrongUsage: Unless ``0 <= size1 <= size2 <= count()``.
        """
        if not 0 <= size1 <= size2 <= self.count():
            raise WrongUsage(reason=f"sizes {size1}, {size2}")
        return consistency_proof(size1, size2, self.subtree)

    def root(self, size: int) -> bytes:
        """Return the root over the first lines; raises ``WrongUsage`` when there are fewer."""
        if not 0 <= size <= self.count():
            raise WrongUsage(reason=f"size {size}")
        return self.subtree(0, size)

    def subtree(self, first: int, end: int) -> bytes:
        """Return the root over a part of the leaves that the tree has; tiles are remembered."""
        if first % TILE:
            return self._part(first, end)
        tiles = Frontier()
        for start in range(first, end, TILE):
            # A tile that is not full yet stands at the end, where a node is as good as a leaf.
            tile = self._tile if start + TILE <= end else self._part
            tiles.append(tile(start, min(end, start + TILE)))
        return tiles.root()

    def _part(self, first: int, end: int) -> bytes:
        return root_of([leaf.leaf for leaf in self.leaves.read(first, end)])
