"""The recorder's index: cameras, segments, gaps, acts, holds, in a SQLite file of its own.

Many processes share it: each recorder writes its own segments, the janitor ends them, the server
reads. A segment is listed once it is whole under its name, and never before.
"""

from __future__ import annotations

import sqlite3
import threading
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path

from vigie.base.errors import NotFound, Unavailable
from vigie.watch.recording.renewal import renew
from vigie.watch.recording.segment_file import Written
from vigie.watch.recording.sheet import CameraSheet

FILE = "recorder.db"
BUSY_S = 30.0
_SHEET = (
    *("camera_id", "label", "authorisation", "authorised_until_us", "retention_days", "masks"),
    *("service", "stream", "revision"),
)
_SEGMENT = (
    *("segment_id", "camera_id", "start_us", "end_us", "path", "size", "sha256", "head"),
    *("term_days", "skew_us", "state", "mask"),
)
SEGMENT_COLUMNS = ", ".join(_SEGMENT)


@dataclass(frozen=True, slots=True)
class Segment:
    """A segment of the index.

    Attributes:
        segment_id: Its number; never given twice.
        camera_id: Whose.
        start_us: Instant of its first picture, epoch µs.
        end_us: Instant at which it ends, exclusive.
        path: Relative to the recorder's store.
        size: Bytes.
        sha256: Hexadecimal.
        head: Bytes of its beginning without pictures (``ftyp``, ``moov``).
        term_days: The camera's days of retention when it was made.
        skew_us: How far the stream's clock was ahead of the machine's when it ended.
        state: ``writing``, ``whole`` or ``ending``.
        mask: Version of the masks burnt in; 0 where the recorder burns none.
    """

    segment_id: int
    camera_id: str
    start_us: int
    end_us: int
    path: str
    size: int
    sha256: str
    head: int
    term_days: int
    skew_us: int
    state: str
    mask: int = 0


@dataclass(frozen=True, slots=True)
class Gap:
    """A stretch without pictures, and why; ``to_us`` is None while it lasts."""

    camera_id: str
    from_us: int
    to_us: int | None
    reason: str


class _Held:
    """A connection that is closed when its thread, or the index, is gone."""

    def __init__(self, base: sqlite3.Connection) -> None:
        self.base = base

    def __del__(self) -> None:
        """Close it, in whichever thread the last reference falls."""
        self.base.close()


class Index:
    """The index of one store.

    Args:
        root: The recorder's store; made when missing, closed to other users of the machine.
        durable: Whether what is written is on disk when a block ends; only a trial may do without.

    Attributes:
        root: The store.
    """

    def __init__(self, root: Path, *, durable: bool = True) -> None:
        self.root = root
        self._synchronous = "FULL" if durable else "OFF"
        self._own = threading.local()

    @contextmanager
    def open(self) -> Iterator[sqlite3.Connection]:
        """Open the database in a transaction that is on disk when the block ends.

        Raises:
            Unavailable: When it cannot be opened or written now.
        """
        try:
            held: _Held | None = getattr(self._own, "held", None)
            if held is None:
                held = self._own.held = _Held(self._connect())
            with held.base:
                yield held.base
        except sqlite3.OperationalError as error:
            raise Unavailable(what="recorder") from error

    def _connect(self) -> sqlite3.Connection:
        """Return a connection of this thread; the tables are made when missing."""
        self.root.mkdir(mode=0o700, parents=True, exist_ok=True)
        base = sqlite3.connect(self.root / FILE, timeout=BUSY_S, check_same_thread=False)
        with ExitStack() as undo:
            undo.callback(base.close)
            base.execute("PRAGMA journal_mode = WAL")
            base.execute(f"PRAGMA synchronous = {self._synchronous}")
            base.execute("PRAGMA foreign_keys = ON")
            text = files("vigie.watch.recording").joinpath("schema.sql").read_text("utf-8")
            renew(base, text)
            undo.pop_all()
        return base

    # --- Cameras ---------------------------------------------------------------------------------

    def put_camera(self, sheet: CameraSheet) -> CameraSheet:
        """Keep a sheet, in place of the one before; return it with its revision."""
        told = [getattr(sheet, name) for name in _SHEET[:-1]]
        changed = ", ".join(f"{name} = excluded.{name}" for name in _SHEET[1:-1])
        with self.open() as base:
            base.execute(
                f"INSERT INTO camera ({', '.join(_SHEET)}) VALUES (?, ?, ?, ?, ?, ?, ?, ?, 1)"  # noqa: S608
                f" ON CONFLICT (camera_id) DO UPDATE SET {changed}, revision = revision + 1",
                told,
            )
            base.execute("DELETE FROM camera_purpose WHERE camera_id = ?", (sheet.camera_id,))
            base.executemany(
                "INSERT INTO camera_purpose VALUES (?, ?)",
                [(sheet.camera_id, one) for one in sheet.purposes],
            )
        return self.camera(sheet.camera_id)

    def cameras(self) -> list[CameraSheet]:
        """Return every sheet, by camera."""
        with self.open() as base:
            purposes: dict[str, list[int]] = {}
            for camera, one in base.execute("SELECT * FROM camera_purpose ORDER BY 1, 2"):
                purposes.setdefault(camera, []).append(one)
            names = ", ".join(_SHEET)
            rows = base.execute(f"SELECT {names} FROM camera ORDER BY 1").fetchall()  # noqa: S608
        return [
            CameraSheet(
                **dict(zip(_SHEET, row, strict=True)), purposes=tuple(purposes.get(row[0], ()))
            )
            for row in rows
        ]

    def camera(self, camera_id: str) -> CameraSheet:
        """Return one sheet.

        Raises:
            NotFound: No such camera records here.
        """
        for sheet in self.cameras():
            if sheet.camera_id == camera_id:
                return sheet
        raise NotFound(what="camera", name=camera_id[:40])

    # --- Segments --------------------------------------------------------------------------------

    def begin(self, camera_id: str, path: str, start_us: int, term_days: int, mask: int = 0) -> int:
        """Note that a segment is being written; it ends the gap before it. Return its number."""
        with self.open() as base:
            base.execute(
                "UPDATE gap SET to_us = max(from_us, ?) WHERE camera_id = ? AND to_us IS NULL",
                (start_us, camera_id),
            )
            made = base.execute(
                "INSERT INTO segment (camera_id, start_us, end_us, path, term_days, state,"
                " mask) VALUES (?, ?, ?, ?, ?, 'writing', ?) RETURNING segment_id",
                (camera_id, start_us, start_us, path, term_days, mask),
            ).fetchone()
        return int(made[0])

    def finish(self, segment_id: int, written: Written, skew_us: int = 0) -> None:
        """List a segment that stands whole under its name."""
        with self.open() as base:
            base.execute(
                "UPDATE segment SET state = 'whole', end_us = ?, size = ?, sha256 = ?, head = ?,"
                " skew_us = ? WHERE segment_id = ?",
                (
                    *(written.end_us, written.size, written.sha256, written.head),
                    *(skew_us, segment_id),
                ),
            )
            base.executemany(
                "INSERT OR IGNORE INTO keyframe VALUES (?, ?, ?, ?)",
                [(segment_id, *one) for one in written.keyframes],
            )

    def drop(self, segment_id: int) -> None:
        """Forget a segment of which nothing whole was written."""
        with self.open() as base:
            base.execute(
                "DELETE FROM segment WHERE segment_id = ? AND state = 'writing'", (segment_id,)
            )

    def unfinished(self, camera_id: str) -> list[Segment]:
        """Return the segments of a camera that were being written, oldest first."""
        return self.select("camera_id = ? AND state = 'writing'", (camera_id,))

    def segments(self, camera_id: str, from_us: int, to_us: int) -> list[Segment]:
        """Return the whole segments of a camera that overlap a window, oldest first."""
        return self.select(
            "camera_id = ? AND state = 'whole' AND start_us < ? AND end_us > ?",
            (camera_id, to_us, from_us),
        )

    def segment(self, segment_id: int) -> Segment:
        """Return one whole segment.

        Raises:
            NotFound: It does not exist, is not whole or is gone.
        """
        found = self.select("segment_id = ? AND state = 'whole'", (segment_id,))
        if not found:
            raise NotFound(what="segment", name=str(segment_id))
        return found[0]

    def select(self, condition: str, values: tuple[object, ...]) -> list[Segment]:
        """Return segments by a condition on the table's columns, oldest first."""
        query = f"SELECT {SEGMENT_COLUMNS} FROM segment WHERE {condition} "  # noqa: S608
        query += "ORDER BY start_us"
        with self.open() as base:
            return [Segment(*row) for row in base.execute(query, values)]

    def keyframes(self, segment_id: int) -> list[tuple[int, int]]:
        """Return each keyframe of a segment: µs after its start, byte offset of its fragment."""
        with self.open() as base:
            return base.execute(
                "SELECT after_us, offset FROM keyframe WHERE segment_id = ? ORDER BY 1",
                (segment_id,),
            ).fetchall()

    def last_end(self, camera_id: str) -> int | None:
        """Return where the newest whole segment of a camera ends, epoch µs."""
        with self.open() as base:
            row = base.execute(
                "SELECT max(end_us) FROM segment WHERE camera_id = ? AND state <> 'writing'",
                (camera_id,),
            ).fetchone()
        return None if row[0] is None else int(row[0])

    # --- Gaps ------------------------------------------------------------------------------------

    def open_gap(self, camera_id: str, from_us: int, reason: str) -> None:
        """Note that pictures are missing from an instant on; a gap that lasts stays as it is."""
        with self.open() as base:
            base.execute(
                "INSERT INTO gap (camera_id, from_us, reason) SELECT ?1, ?2, ?3 WHERE NOT EXISTS"
                " (SELECT 1 FROM gap WHERE camera_id = ?1 AND to_us IS NULL)",
                (camera_id, from_us, reason),
            )

    def note_gap(self, camera_id: str, from_us: int, to_us: int, reason: str) -> None:
        """Note a gap that is over."""
        with self.open() as base:
            base.execute(
                "INSERT INTO gap (camera_id, from_us, to_us, reason) VALUES (?, ?, ?, ?)",
                (camera_id, from_us, to_us, reason),
            )

    def open_gaps(self) -> tuple[int, int]:
        """Return of how many cameras pictures are missing now, and how many gaps are known."""
        with self.open() as base:
            now, known = base.execute(
                "SELECT count(DISTINCT camera_id) FILTER (WHERE to_us IS NULL), count(*) FROM gap"
            ).fetchone()
        return int(now), int(known)

    def gaps(self, camera_id: str, from_us: int, to_us: int) -> list[Gap]:
        """Return the gaps of a camera that overlap a window, oldest first."""
        with self.open() as base:
            return [
                Gap(*row)
                for row in base.execute(
                    "SELECT camera_id, from_us, to_us, reason FROM gap WHERE camera_id = ?"
                    " AND from_us < ? AND (to_us IS NULL OR to_us > ?) ORDER BY from_us",
                    (camera_id, to_us, from_us),
                )
            ]
