"""The register of recordings: made, destroyed, handed on (CSI R252-11), from the audit alone."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict, dataclass
from typing import Any

from vigie.audit.line import Line
from vigie.watch.recording.janitor import DATASET

ELSEWHERE = {
    ("requisitions", "hold"): "hold",
    ("cases", "release"): "release",
    ("retention", "release"): "release",
    ("vault", "read"): "transmitted",
}
"""Acts of an inquiry on recordings: lines of other datasets whose ``store`` is ``video``."""

KINDS = ("made", "destroyed", "hold", "release", "transmitted")


@dataclass(frozen=True, slots=True)
class RegisterRow:
    """A row of the register.

    Attributes:
        line: Index of its line in the audit: the proof.
        at_us: When it was done, epoch µs.
        kind: made, destroyed, hold, release or transmitted.
        camera_id: The camera.
        from_us: Start of what it is about; 0 for a release, which is about all that a case holds.
        to_us: End of it, exclusive.
        segments: How many segments; 0 where the act names a window.
        bytes: Their size.
        sha256: Of each segment destroyed; one over all of them where they were made.
        why: ``recorded``, ``term`` or ``made_room``; the reason that a person gave.
        case: Reference of the case.
        recipient: To whom it was handed.
        who: Who did it.
    """

    line: int
    at_us: int
    kind: str
    camera_id: str
    from_us: int
    to_us: int
    segments: int
    bytes: int
    sha256: tuple[str, ...]
    why: str
    case: str
    recipient: str
    who: str

    def told(self) -> dict[str, Any]:
        """Return it by name."""
        return asdict(self)


def rows_of(lines: Iterable[tuple[int, Line]]) -> list[RegisterRow]:
    """Return the register that lines of the audit tell, in their order.

    Refused lines and lines of other datasets tell nothing; an act that stands in two lines, because
    the program was ended between the line and the act, counts once.
    """
    rows: list[RegisterRow] = []
    seen: set[str] = set()
    for index, line in sorted(lines, key=lambda one: one[0]):
        act, name = str(line.subject.get("act", "")), str(line.subject.get("act_id", ""))
        if line.dataset != DATASET:
            told = line.subject.get("store") == "video"
            act = ELSEWHERE.get((line.dataset, act), "") if told else ""
        if line.outcome != "allowed" or act not in KINDS:
            continue
        if name and name in seen:
            continue
        seen.add(name)
        rows += _rows(index, line, act)
    return rows


def _rows(index: int, line: Line, act: str) -> list[RegisterRow]:
    told = line.subject
    named = told.get("cameras")
    cameras = [str(one) for one in named] if isinstance(named, list) else [str(told.get("camera"))]
    hashes = told.get("sha256")
    return [
        RegisterRow(
            line=index,
            at_us=line.at_us,
            kind=act,
            camera_id=camera,
            from_us=_number(told.get("from_us")),
            to_us=_number(told.get("to_us")),
            segments=_number(told.get("segments")),
            bytes=_number(told.get("bytes")),
            sha256=tuple(map(str, hashes)) if isinstance(hashes, list) else (),
            why=str(told.get("why", "")) or line.reason,
            case=line.case,
            recipient=line.recipient,
            who=line.who,
        )
        for camera in cameras
    ]


def _number(value: object) -> int:
    return value if isinstance(value, int) else 0
