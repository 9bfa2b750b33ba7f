"""The janitor says what was recorded, ends what has ended, proves it (law: VID-2, VID-3).

An act is written into the index, then into the audit, then done: a crash between two of them leaves
an act that the next pass takes up. A line that stands twice bears the same act and counts once.
"""

from __future__ import annotations

import hashlib
import sqlite3
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from filelock import FileLock, Timeout

from vigie.audit.line import Line, Writer
from vigie.base.clock import Clock, now_us
from vigie.base.house_clock import stretches_of
from vigie.base.ids import new_id
from vigie.base.stopping import look
from vigie.base.time_record import Stretch
from vigie.privacy.purposes import Purpose, Verb
from vigie.watch.masking.exports import end_exports
from vigie.watch.recording.condition import raise_alarm
from vigie.watch.recording.index import SEGMENT_COLUMNS, Index, Segment
from vigie.watch.recording.segment_file import sync_folder
from vigie.watch.recording.sheet import DAY_US
from vigie.watch.recording.space import Space

DATASET = "recordings"
STEP = 64
"""Segments that end in one act."""
HOUR_US = 3_600_000_000
SETTLED_US = 60_000_000
"""An hour is told when it has been over for so long."""
_HELD = (
    "EXISTS (SELECT 1 FROM hold WHERE hold.camera_id = segment.camera_id"
    " AND hold.released_us IS NULL AND hold.from_us < segment.end_us"
    " AND hold.to_us > segment.start_us)"
)
_TERM = (
    "min(term_days, (SELECT retention_days FROM camera WHERE camera.camera_id = segment.camera_id))"
)
_DUE = f"state = 'whole' AND start_us + {_TERM} * {DAY_US} <= ? AND NOT {_HELD}"


def _due(now: int, late: Sequence[Stretch]) -> tuple[str, tuple[int, ...]]:
    """Return the condition of what has ended: what was stamped by a late clock ends later."""
    condition, values = _DUE, [now]
    for one in late:
        condition += " AND NOT (start_us >= ? AND start_us < ?"
        condition += f" AND start_us + ? + {_TERM} * {DAY_US} > ?)"
        values += [one.from_us, one.to_us, one.late_us, now]
    return condition, tuple(values)


@dataclass(slots=True)
class Pass:
    """What a pass did: segments told, ended because their time had come, ended to make room."""

    made: int = 0
    destroyed: int = 0
    made_room: int = 0
    cameras: set[str] = field(default_factory=set)


class Janitor:
    """Ends recordings.

    Args:
        index: The recorder's index.
        audit: Where each act is written before it is done.
        clock: Its clock.
        space: What recordings may take.
    """

    def __init__(self, index: Index, audit: Writer, clock: Clock, space: Space) -> None:
        self._index, self._audit, self._clock, self._space = index, audit, clock, space

    def run(self) -> Pass:
        """Make one pass, unless another process makes one now.

        Safe to stop between two steps, to repeat, to run beside recorders.

        Raises:
            Unavailable: The index or the audit cannot be written: what could not be told is not
                done.
            Stopping: It is to end.
        """
        lock = FileLock(self._index.root / "janitor.lock", timeout=0, thread_local=False)
        try:
            with lock:
                return self._pass()
        except Timeout:
            return Pass()

    def _pass(self) -> Pass:
        done, now = Pass(), now_us(self._clock)
        self._resume()
        with self._index.open() as base:
            base.execute(
                "UPDATE hold SET released_us = until_us"
                " WHERE released_us IS NULL AND until_us <= ?",
                (now,),
            )
        due, values = _due(now, stretches_of(self._clock))
        while segments := self._step(due, values):
            look()
            self._destroy(segments, "term")
            done.destroyed += len(segments)
            done.cameras.add(segments[0].camera_id)
        end_exports(self._index, now)
        done.made_room = self.make_room()
        done.made = self._tell_hours(now)
        return done

    def make_room(self) -> int:
        """End the oldest that no act holds until the disk has room; return how many.

        What is held is never ended: recording then stops instead.
        """
        n = 0
        while (wanted := self._space.wanting(self._index)) > 0:
            look()
            segments = self._step(f"state = 'whole' AND NOT {_HELD}", ())
            if not segments:
                break
            freed, taken = 0, list[Segment]()
            for one in segments:
                if freed >= wanted:
                    break
                taken.append(one)
                freed += one.size
            self._destroy(taken, "made_room")
            self._index.note_gap(
                taken[0].camera_id, taken[0].start_us, taken[-1].end_us, "made_room"
            )
            n += len(taken)
        if n:
            raise_alarm(self._index, now_us(self._clock), "made_room", n=n)
        return n

    def _step(self, condition: str, values: tuple[object, ...]) -> list[Segment]:
        """Return the oldest segments that a condition takes, of one camera, ``STEP`` at most."""
        with self._index.open() as base:
            oldest = base.execute(
                f"SELECT camera_id FROM segment WHERE {condition} ORDER BY start_us LIMIT 1",  # noqa: S608
                values,
            ).fetchone()
            if oldest is None:
                return []
            rows = base.execute(
                f"SELECT {SEGMENT_COLUMNS} FROM segment WHERE camera_id = ? AND {condition}"  # noqa: S608
                f" ORDER BY start_us LIMIT {STEP}",
                (oldest[0], *values),
            ).fetchall()
        return [Segment(*row) for row in rows]

    # --- What was recorded -----------------------------------------------------------------------

    def _tell_hours(self, now: int) -> int:
        """Write a line for each hour of each camera that is over: how much, and a hash over it."""
        before = (now - SETTLED_US) // HOUR_US * HOUR_US
        with self._index.open() as base:
            hours = base.execute(
                "SELECT DISTINCT camera_id, start_us / ? FROM segment"
                " WHERE made = '' AND state = 'whole' AND end_us <= ? ORDER BY 2, 1",
                (HOUR_US, before),
            ).fetchall()
        n = 0
        for camera_id, hour in hours:
            look()
            segments = self._index.select(
                "camera_id = ? AND made = '' AND state = 'whole' AND start_us >= ? AND start_us < ?"
                " AND end_us <= ?",
                (camera_id, hour * HOUR_US, (hour + 1) * HOUR_US, before),
            )
            n += self._tell_made(segments)
        return n

    def _tell_made(self, segments: Sequence[Segment]) -> int:
        if segments:
            self._tell(self._begin("made", "recorded", segments))
        return len(segments)

    # --- What ends -------------------------------------------------------------------------------

    def _destroy(self, segments: Sequence[Segment], why: str) -> None:
        untold = self._untold(segments)
        self._tell_made(untold)
        act = self._begin("destroyed", why, segments)
        self._tell(act)
        self._do(act)

    def _untold(self, segments: Sequence[Segment]) -> list[Segment]:
        ids = ", ".join(str(one.segment_id) for one in segments)
        return self._index.select(f"segment_id IN ({ids}) AND made = ''", ())

    def _begin(self, kind: str, why: str, segments: Sequence[Segment]) -> str:
        """Write an act on segments of one camera into the index; return its name."""
        act = new_id("act")
        hashes = [one.sha256 for one in segments]
        told = hashes if kind == "destroyed" else [_over(hashes)]
        ids = [(act, one.segment_id) for one in segments]
        with self._index.open() as base:
            base.execute(
                "INSERT INTO act VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, NULL)",
                (
                    *(act, kind, why, segments[0].camera_id, segments[0].start_us),
                    *(max(one.end_us for one in segments), len(segments)),
                    *(sum(one.size for one in segments), " ".join(told), now_us(self._clock)),
                ),
            )
            if kind == "made":
                base.executemany("UPDATE segment SET made = ? WHERE segment_id = ?", ids)
            else:
                base.executemany(
                    "UPDATE segment SET state = 'ending', ended = ? WHERE segment_id = ?", ids
                )
        return act

    def _tell(self, act: str) -> None:
        """Write an act's line; only then is it done."""
        with self._index.open() as base:
            row = base.execute(
                "SELECT kind, why, camera_id, from_us, to_us, segments, bytes, sha256, at_us"
                " FROM act WHERE act_id = ? AND line IS NULL",
                (act,),
            ).fetchone()
        if row is None:
            return
        kind, why, camera, from_us, to_us, n, size, hashes, at_us = row
        line = self._audit.append(
            Line(
                at_us=at_us,
                verb=Verb.COLLECT if kind == "made" else Verb.ERASE,
                who="vigie",
                role="system",
                purpose=Purpose.LIVE_RESPONSE if kind == "made" else Purpose.OVERSIGHT,
                dataset=DATASET,
                subject={
                    "act": kind,
                    "act_id": act,
                    "why": why,
                    "camera": camera,
                    "from_us": from_us,
                    "to_us": to_us,
                    "segments": n,
                    "bytes": size,
                    "sha256": hashes.split(" "),
                },
            )
        )
        with self._index.open() as base:
            base.execute("UPDATE act SET line = ? WHERE act_id = ?", (line, act))

    def _do(self, act: str) -> None:
        """Remove the files of an act that has been told, then their rows."""
        segments = self._index.select("ended = ? AND state = 'ending'", (act,))
        folders = set()
        for one in segments:
            path = self._index.root / one.path
            path.unlink(missing_ok=True)
            folders.add(path.parent)
        for folder in folders:
            if folder.exists():
                sync_folder(folder)
                self._prune(folder)
        with self._index.open() as base:
            base.execute("DELETE FROM segment WHERE ended = ? AND state = 'ending'", (act,))
            _forget_gaps(base, segments)

    def _prune(self, folder: Path) -> None:
        """Remove the folders of hours and days that are over and empty."""
        at = folder
        while self._index.root not in {at, at.parent}:
            try:
                at.rmdir()
            except OSError:
                return
            at = at.parent

    def _resume(self) -> None:
        """Take up the acts that a crash left, in the order of their beginning."""
        with self._index.open() as base:
            untold = base.execute(
                "SELECT act_id FROM act WHERE line IS NULL ORDER BY at_us, rowid"
            ).fetchall()
        for (act,) in untold:
            self._tell(act)
        for (act,) in self._ending():
            self._do(act)

    def _ending(self) -> list[tuple[str]]:
        with self._index.open() as base:
            return base.execute(
                "SELECT DISTINCT ended FROM segment WHERE state = 'ending'"
            ).fetchall()


def _over(hashes: Sequence[str]) -> str:
    """Return one hash over the hashes of segments in order."""
    return hashlib.sha256("\n".join(hashes).encode("ascii")).hexdigest()


def _forget_gaps(base: sqlite3.Connection, ended: Sequence[Segment]) -> None:
    """Drop gaps that are over and older than the oldest segment that is left of their camera."""
    for camera_id in {one.camera_id for one in ended}:
        base.execute(
            "DELETE FROM gap WHERE camera_id = ?1 AND reason <> 'made_room' AND to_us <"
            " (SELECT min(start_us) FROM segment WHERE camera_id = ?1)",
            (camera_id,),
        )
