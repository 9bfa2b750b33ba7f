"""Legal grants: what must be in force before an algorithm's finding may be looked at.

Closed by default (law, ALG-1 and ALG-7). A grant names its text, the prefect's order, cameras,
types of event, and from when to when; it is signed on a date. Whatever lacks a part, names a type
that does not exist or an hour without an offset is no grant at all.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from vigie.base.clock import to_us

_TEXTS = ("legal_basis", "order", "model", "attestation", "threshold")
_INSTANTS = ("dated", "from", "to")


@dataclass(frozen=True, slots=True)
class Grant:
    """A grant that is complete.

    Attributes:
        texts: ``legal_basis`` (the text), ``order`` (of the prefect), and of the system that finds:
            ``model`` with its version, ``attestation`` of conformity, ``threshold`` (ALG-5).
        cameras: Tokens of the cameras, each with its longitude and latitude or None.
        types: Types of event.
        dated_us: When it was signed, epoch µs.
        from_us: Start, epoch µs.
        to_us: End, exclusive, epoch µs.
    """

    texts: Mapping[str, str]
    cameras: Mapping[str, tuple[float, float] | None]
    types: frozenset[str]
    dated_us: int
    from_us: int
    to_us: int

    def allows(self, kind: str, camera: str, at_us: int, now_us: int) -> bool:
        """Say whether an event may be looked at.

        Args:
            kind: Type of event.
            camera: Token of its camera.
            at_us: When it happened.
            now_us: When it was received: after the end, nothing enters any more.
        """
        return (
            kind in self.types
            and camera in self.cameras
            and max(self.dated_us, self.from_us) <= at_us < self.to_us
            and max(self.dated_us, self.from_us) <= now_us < self.to_us
        )


def read_grant(said: Any, types: Collection[str]) -> Grant | None:
    """Return the grant that a feed's options hold, or None when it is not a complete one.

    Args:
        said: Table with ``legal_basis``, ``order``, ``model``, ``attestation``, ``threshold``,
            ``cameras`` (tokens, or tokens with ``[lon, lat]``), ``types``, ``dated``, ``from``
            and ``to`` (RFC 3339, with an offset).
        types: The types that the law knows.
    """
    if not isinstance(said, Mapping):
        return None
    texts = {name: str(said.get(name) or "").strip() for name in _TEXTS}
    instants = [_instant(said.get(name)) for name in _INSTANTS]
    wanted, cameras = said.get("types"), _cameras(said.get("cameras"))
    known = isinstance(wanted, list | tuple) and all(one in types for one in map(str, wanted))
    dated, start, end = instants
    if not (all(texts.values()) and known and wanted and cameras):
        return None
    if dated is None or start is None or end is None or start >= end:
        return None
    return Grant(texts, cameras, frozenset(map(str, wanted or ())), dated, start, end)


def _instant(said: Any) -> int | None:
    if isinstance(said, str):
        try:
            said = datetime.fromisoformat(said)
        except ValueError:
            return None
    if not isinstance(said, datetime) or said.tzinfo is None:
        return None
    try:
        return to_us(said)
    except OverflowError:
        return None


def _cameras(said: Any) -> dict[str, tuple[float, float] | None]:
    if isinstance(said, list | tuple):
        return {str(token): None for token in said if token}
    if not isinstance(said, Mapping):
        return {}
    found: dict[str, tuple[float, float] | None] = {}
    for token, point in said.items():
        pair = isinstance(point, list | tuple) and len(point) == 2  # noqa: PLR2004 -- lon, lat
        numbers = pair and all(type(one) in {int, float} for one in point)
        found[str(token)] = (float(point[0]), float(point[1])) if numbers else None
    return found
