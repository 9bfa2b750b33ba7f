"""Masked clips that were asked for: what is covered, who asked, who signed; in the index."""

from __future__ import annotations

import json
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from vigie.base.errors import NotFound
from vigie.watch.masking.clip import HandMask
from vigie.watch.masking.spans import Span, spans_of, spans_told
from vigie.watch.recording.index import Index

FOLDER = "_exports"
"""Beside the cameras' folders; no camera's number begins so."""
COVERS = ("faces", "hand", "whole")
CLAIM_US = 60_000_000
"""Who draws says so at least this often; a claim that is older belongs to nobody."""
_NAMES = (
    *("export_id", "camera_id", "from_us", "to_us", "cover", "asked_by", "why", "recipient"),
    *("at_us", "until_us", "state", "spans", "hand", "pictures", "sha256", "sources"),
    *("signed_by", "signed_us", "decided_by", "decided_us", "progress", "failure"),
)
_COLUMNS = ", ".join(_NAMES)


@dataclass(frozen=True, slots=True)
class Export:
    """A masked clip.

    Attributes:
        export_id: Its id.
        camera_id: The camera.
        from_us: Start of its window, epoch µs.
        to_us: End, exclusive.
        cover: ``faces`` (found, and by hand), ``hand`` (by hand alone) or ``whole`` (a mosaic).
        asked_by: Who asked.
        why: What for, in their words.
        recipient: Who is to have it.
        at_us: When it was asked.
        until_us: When it ends: file and boxes.
        state: ``asked``, ``refused``, ``drawing``, ``failed``, ``ready`` (to be reviewed),
            ``signed`` or ``ended``.
        spans: What was found to be covered; None while nobody looked.
        hand: Masks of a person.
        pictures: How many it has.
        sha256: Of the file as it stands.
        sources: SHA-256 of the recordings that it was made of.
        signed_by: Who reviewed and signed; never who asked.
        signed_us: When.
        decided_by: Who let it be drawn, or refused; never who asked.
        decided_us: When.
        progress: How far it is drawn, in thousandths.
        failure: Code of why it could not be drawn; empty otherwise.
    """

    export_id: str
    camera_id: str
    from_us: int
    to_us: int
    cover: str
    asked_by: str
    why: str
    recipient: str
    at_us: int
    until_us: int
    state: str
    spans: tuple[Span, ...] | None = None
    hand: tuple[HandMask, ...] = ()
    pictures: int = 0
    sha256: str = ""
    sources: tuple[str, ...] = ()
    signed_by: str = ""
    signed_us: int | None = None
    decided_by: str = ""
    decided_us: int | None = None
    progress: int = 0
    failure: str = ""


def clip_path(index: Index, export_id: str) -> Path:
    """Return where the file of an export stands."""
    return index.root / FOLDER / f"{export_id}.mp4"


def begin_export(index: Index, asked: Export) -> Export:
    """Keep what was asked for, under a new id."""
    name = secrets.token_hex(8)
    with index.open() as base:
        base.execute(
            "INSERT INTO export (export_id, camera_id, from_us, to_us, cover, asked_by, why,"
            " recipient, at_us, until_us, state) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, 'asked')",
            (
                *(name, asked.camera_id, asked.from_us, asked.to_us, asked.cover, asked.asked_by),
                *(asked.why, asked.recipient, asked.at_us, asked.until_us),
            ),
        )
    return get_export(index, name)


def get_export(index: Index, export_id: str) -> Export:
    """Return one.

    Raises:
        NotFound: No such export.
    """
    found = list_exports(index, export_id)
    if not found:
        raise NotFound(what="export", name=export_id[:40])
    return found[0]


def list_exports(index: Index, export_id: str = "") -> list[Export]:
    """Return exports, newest first; one, when it is named."""
    query = f"SELECT {_COLUMNS} FROM export WHERE ? IN ('', export_id) ORDER BY at_us DESC, 1"  # noqa: S608
    with index.open() as base:
        rows = base.execute(query, (export_id,)).fetchall()
    return [_read(dict(zip(_NAMES, row, strict=True))) for row in rows]


def _read(row: dict[str, Any]) -> Export:
    found = row["spans"]
    told = {
        "spans": None if found is None else tuple(spans_of(json.loads(found))),
        "hand": tuple(_hand_of(one) for one in json.loads(row["hand"])),
        "sources": tuple(json.loads(row["sources"])),
    }
    return Export(**{**row, **told})


def _hand_of(told: Sequence[Any]) -> HandMask:
    from_us, to_us, ring, *more = told
    follow, path, lost_us = more or (False, None, None)
    (span,) = spans_of([path]) if path else (None,)
    return HandMask(from_us, to_us, tuple((x, y) for x, y in ring), follow, span, lost_us)


def _hand_told(hand: Sequence[HandMask]) -> str:
    return json.dumps(
        [
            [
                *(one.from_us, one.to_us, one.ring, one.follow),
                *(spans_told([one.path])[0] if one.path else None, one.lost_us),
            ]
            for one in hand
        ]
    )


def decide(index: Index, export_id: str, decided_by: str, at_us: int, *, drawn: bool) -> bool:
    """Let what was asked for be drawn, or refuse it; False when somebody has decided."""
    with index.open() as base:
        done = base.execute(
            "UPDATE export SET state = ?, decided_by = ?, decided_us = ?"
            " WHERE export_id = ? AND state = 'asked'",
            ("drawing" if drawn else "refused", decided_by, at_us, export_id),
        )
    return done.rowcount == 1


def put_hand(index: Index, export_id: str, hand: Sequence[HandMask]) -> bool:
    """Put masks of a person in place of those before; False when it does not wait for a review.

    The file is to be drawn anew.
    """
    with index.open() as base:
        done = base.execute(
            "UPDATE export SET hand = ?, state = 'drawing', sha256 = '', progress = 0"
            " WHERE export_id = ? AND state = 'ready'",
            (_hand_told(hand), export_id),
        )
    return done.rowcount == 1


def put_followed(index: Index, export_id: str, hand: Sequence[HandMask]) -> None:
    """Keep where masks of a person went: boxes and times, nothing else."""
    with index.open() as base:
        base.execute(
            "UPDATE export SET hand = ? WHERE export_id = ? AND state = 'drawing'",
            (_hand_told(hand), export_id),
        )


def claim(index: Index, export_id: str, at_us: int) -> bool:
    """Take the drawing of an export; False when somebody draws it, or it is not to be drawn."""
    with index.open() as base:
        done = base.execute(
            "UPDATE export SET claim_us = ? WHERE export_id = ? AND state = 'drawing'"
            " AND (claim_us IS NULL OR claim_us <= ?)",
            (at_us, export_id, at_us - CLAIM_US),
        )
    return done.rowcount == 1


def put_progress(index: Index, export_id: str, at_us: int, progress: int) -> None:
    """Note how far the drawing is, in thousandths; the claim on it goes on."""
    with index.open() as base:
        base.execute(
            "UPDATE export SET claim_us = ?, progress = ? WHERE export_id = ?",
            (at_us, progress, export_id),
        )


def let_go(index: Index, export_id: str, failure: str = "") -> None:
    """End a claim without a file; with a code, the export has failed."""
    with index.open() as base:
        base.execute(
            "UPDATE export SET claim_us = NULL, failure = ?1,"
            " state = CASE WHEN ?1 = '' THEN state ELSE 'failed' END"
            " WHERE export_id = ?2 AND state = 'drawing'",
            (failure, export_id),
        )


def to_draw(index: Index, at_us: int) -> str:
    """Return the export that waits longest to be drawn and that nobody draws; empty for none."""
    with index.open() as base:
        row = base.execute(
            "SELECT export_id FROM export WHERE state = 'drawing'"
            " AND (claim_us IS NULL OR claim_us <= ?) ORDER BY decided_us, export_id LIMIT 1",
            (at_us - CLAIM_US,),
        ).fetchone()
    return row[0] if row else ""


def put_spans(index: Index, export_id: str, spans: Sequence[Span]) -> None:
    """Keep what was found to be covered: boxes and times, nothing else."""
    with index.open() as base:
        base.execute(
            "UPDATE export SET spans = ? WHERE export_id = ?",
            (json.dumps(spans_told(spans)), export_id),
        )


def put_ready(
    index: Index, export_id: str, pictures: int, sha256: str, sources: Sequence[str]
) -> None:
    """Note that the file stands, to be reviewed."""
    with index.open() as base:
        base.execute(
            "UPDATE export SET state = 'ready', pictures = ?, sha256 = ?, sources = ?,"
            " progress = 1000, claim_us = NULL WHERE export_id = ? AND state = 'drawing'",
            (pictures, sha256, json.dumps(list(sources)), export_id),
        )


def put_signed(index: Index, export_id: str, signed_by: str, at_us: int, sha256: str) -> bool:
    """Sign the file of this hash; False when it is another by now."""
    with index.open() as base:
        done = base.execute(
            "UPDATE export SET state = 'signed', signed_by = ?, signed_us = ?"
            " WHERE export_id = ? AND state = 'ready' AND sha256 = ?",
            (signed_by, at_us, export_id, sha256),
        )
    return done.rowcount == 1


def end_exports(index: Index, now_us: int) -> int:
    """End exports whose time has come: their files and boxes go; return how many."""
    with index.open() as base:
        due = base.execute(
            "SELECT export_id FROM export WHERE state <> 'ended' AND until_us <= ?", (now_us,)
        ).fetchall()
    for (name,) in due:
        clip_path(index, name).unlink(missing_ok=True)
        with index.open() as base:
            base.execute(
                "UPDATE export SET state = 'ended', spans = NULL, hand = '[]' WHERE export_id = ?",
                (name,),
            )
    return len(due)
