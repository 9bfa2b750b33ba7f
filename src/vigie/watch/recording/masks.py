"""The masks of a camera in the recorder's index: each version stays as it was drawn."""

from __future__ import annotations

from collections.abc import Sequence

from vigie.watch.masking.shapes import MaskVersion, Ring, rings_of, rings_text
from vigie.watch.recording.index import Index

_NAMES = (
    *("camera_id", "version", "width", "height", "rings", "by_name", "why", "at_us"),
    "from_us",
)
_COLUMNS = ", ".join(_NAMES)


def mask_history(index: Index, camera_id: str) -> list[MaskVersion]:
    """Return every version of a camera's masks, newest first."""
    query = f"SELECT {_COLUMNS} FROM mask WHERE camera_id = ? ORDER BY version DESC"  # noqa: S608
    with index.open() as base:
        return [
            MaskVersion(**{**dict(zip(_NAMES, row, strict=True)), "rings": rings_of(row[4])})
            for row in base.execute(query, (camera_id,))
        ]


def masks_in_force(index: Index, camera_id: str) -> MaskVersion | None:
    """Return the newest version of a camera's masks; None when nobody drew any."""
    return next(iter(mask_history(index, camera_id)), None)


def put_masks(
    index: Index,
    camera_id: str,
    rings: Sequence[Ring],
    size: tuple[int, int],
    *,
    by_name: str,
    why: str,
    at_us: int,
) -> MaskVersion:
    """Keep a new version, in force from the next segment on; return it."""
    with index.open() as base:
        made = base.execute(
            "INSERT INTO mask (camera_id, version, width, height, rings, by_name, why, at_us)"
            " SELECT ?1, coalesce(max(version), 0) + 1, ?2, ?3, ?4, ?5, ?6, ?7"
            " FROM mask WHERE camera_id = ?1 RETURNING version",
            (camera_id, *size, rings_text(rings), by_name, why, at_us),
        ).fetchone()
    return MaskVersion(camera_id, int(made[0]), *size, tuple(rings), by_name, why, at_us)


def note_borne(index: Index, camera_id: str, version: int, start_us: int) -> None:
    """Note the first recording that bears a version; later ones change nothing."""
    with index.open() as base:
        base.execute(
            "UPDATE mask SET from_us = ? WHERE camera_id = ? AND version = ? AND from_us IS NULL",
            (start_us, camera_id, version),
        )
