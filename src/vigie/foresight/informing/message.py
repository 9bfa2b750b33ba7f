"""A message to the public as it is kept: both languages, what CAP asks, where, until when."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import Any

from vigie.intake.messages.cap import CATEGORIES, CERTAINTIES, URGENCIES

SEVERITIES = ("Extreme", "Severe", "Moderate", "Minor", "Unknown")
RESPONSES = (
    *("Shelter", "Evacuate", "Prepare", "Execute", "Avoid", "Monitor", "Assess", "AllClear"),
    "None",
)
CODES: Mapping[str, tuple[str, ...]] = {
    "category": CATEGORIES,
    "response": RESPONSES,
    "urgency": URGENCIES,
    "severity": SEVERITIES,
    "certainty": CERTAINTIES,
}
"""Fields that hold a code of CAP 1.2 (section 3.2.2), and the codes."""

Ring = tuple[tuple[float, float], ...]
"""Corners of a closed ring, lon lat, WGS 84; the first is the last."""

CITY = "city"
"""In place of a zone: the whole city."""


@dataclass(frozen=True, slots=True)
class Message:
    """A message to the public.

    Attributes:
        title_fr: In one line, French.
        title_en: The same, English.
        text_fr: What happens, French.
        text_en: The same, English.
        advice_fr: What to do, French; empty for nothing.
        advice_en: The same, English.
        panel: Lines of the street panels, French; empty for none.
        category: CAP category.
        response: CAP response type: what people are asked to do.
        urgency: CAP urgency.
        severity: CAP severity.
        certainty: CAP certainty.
        zone: ``ZONING:ID``, ``city``, or empty.
        streets: Names of streets.
        place: Where, in words, from zone and streets.
        rings: Where, drawn; empty where only words say it.
        onset_us: When what it tells of begins, epoch µs.
        expires_us: When it is over, epoch µs; whole seconds.
        about: ``plan:ID`` or ``alert:ID`` that it comes from, or empty; never told in public.
    """

    title_fr: str
    title_en: str
    text_fr: str
    text_en: str
    category: str
    urgency: str
    severity: str
    certainty: str
    onset_us: int
    expires_us: int
    advice_fr: str = ""
    advice_en: str = ""
    panel: tuple[str, ...] = ()
    response: str = "None"
    zone: str = ""
    streets: tuple[str, ...] = ()
    place: str = ""
    rings: tuple[Ring, ...] = field(default=())
    about: str = ""

    def to_json(self) -> dict[str, Any]:
        """Return it as plain JSON."""
        told = asdict(self)
        told["panel"], told["streets"] = list(self.panel), list(self.streets)
        told["rings"] = [[list(corner) for corner in ring] for ring in self.rings]
        return told

    @classmethod
    def of_json(cls, told: Mapping[str, Any]) -> Message:
        """Return what ``to_json`` told."""
        values = {name: told[name] for name in cls.__slots__ if name in told}
        values["panel"], values["streets"] = tuple(told["panel"]), tuple(told["streets"])
        values["rings"] = tuple(
            tuple((float(lon), float(lat)) for lon, lat in ring) for ring in told["rings"]
        )
        return cls(**values)

    def geometry(self) -> dict[str, Any] | None:
        """Return where it holds as a GeoJSON geometry (RFC 7946), None where only words say it."""
        rings = [[list(corner) for corner in ring] for ring in self.rings]
        if not rings:
            return None
        if len(rings) == 1:
            return {"type": "Polygon", "coordinates": rings}
        return {"type": "MultiPolygon", "coordinates": [[ring] for ring in rings]}
