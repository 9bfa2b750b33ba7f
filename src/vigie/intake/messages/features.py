"""Features of a GeoJSON collection whose properties go by many names, in French and in English.

A table says under which names each value may stand; names are compared in lower case, without
accents, blanks as ``_``. Dates are ISO 8601, ``JJ/MM/AAAA`` or milliseconds since 1970, as city
portals export them.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from datetime import date, timedelta

import shapely

from vigie.base.translations import Phrase
from vigie.geo.addresses import fold
from vigie.intake.messages import reading
from vigie.intake.messages.reading import RowRefused
from vigie.intake.messages.shapes import Footprint, footprint
from vigie.intake.messages.tree import Tree
from vigie.intake.tabular.block import FileRefused
from vigie.intake.tabular.geojson import wkb_of
from vigie.model.times import SECOND_US

_DAY = re.compile(r"(\d{4})-(\d\d)-(\d\d)", re.ASCII)
_FRENCH_DAY = re.compile(r"(\d\d)/(\d\d)/(\d{4})(.*)", re.ASCII)
_EPOCH_MS = re.compile(r"\d{12,13}", re.ASCII)
_COUNT = re.compile(r"\d{1,9}", re.ASCII)
_DEGREES = re.compile(r"CRS:?84|\b4326\b|\b4979\b|WGS ?84", re.IGNORECASE)
_LONGEST = 300


def plain_names(properties: Tree) -> dict[str, Tree]:
    """Return properties under their plain names; the first of two that become the same stays."""
    named: dict[str, Tree] = {}
    for name, value in properties.items() if isinstance(properties, dict) else ():
        named.setdefault(fold(name).replace(" ", "_"), value)
    return named


class Properties:
    """Values of one feature, by what they mean.

    Args:
        properties: Values by plain name, stripped.
        names: By meaning, the names under which it may stand; the first that is filled counts.
        timezone: Zone of a time that names none.
    """

    def __init__(self, properties: Tree, names: Mapping[str, Sequence[str]], timezone: str) -> None:
        self._properties = properties or {}
        self._names = names
        self._timezone = timezone

    def text(self, meaning: str) -> str | None:
        """Return the text that stands for a meaning."""
        found = (reading.text(self._properties, name, _LONGEST) for name in self._names[meaning])
        return next((one for one in found if one), None)

    def instant(self, meaning: str, *, last: bool = False) -> int | None:
        """Return an instant as epoch µs; ``last``: a day without hour is meant to its end.

        Raises:
            RowRefused: ``bad_time``.
        """
        shown = self.text(meaning)
        if shown is None:
            return None
        if _EPOCH_MS.fullmatch(shown):
            return int(shown) * 1_000
        if french := _FRENCH_DAY.fullmatch(shown):
            shown = f"{french[3]}-{french[2]}-{french[1]}{french[4]}"
        day = _DAY.fullmatch(shown)
        if day and last:
            try:
                after = date(int(day[1]), int(day[2]), int(day[3])) + timedelta(days=1)
            except (ValueError, OverflowError) as error:
                raise RowRefused("bad_time", value=shown, column=meaning) from error
            shown = after.isoformat()
        if _DAY.fullmatch(shown):
            shown += "T00:00:00"
        return reading.instant({meaning: shown}, meaning, self._timezone)

    def revision(self, meaning: str) -> int:
        """Return a version number, or an instant in seconds; 0 when there is none.

        Raises:
            RowRefused: ``bad_time``.
        """
        shown = self.text(meaning)
        if shown is not None and _COUNT.fullmatch(shown):
            return int(shown)
        made_us = self.instant(meaning)
        return 0 if made_us is None else made_us // SECOND_US


def beginning(shown: str | None, table: Mapping[str, Sequence[str]]) -> list[str]:
    """Return the codes of a table for which some word of a text begins as the table says."""
    said = fold(shown or "")
    return [
        code
        for code, starts in table.items()
        if any(re.search(rf"\b{re.escape(one)}", said) for one in starts)
    ]


def check_system(name: str | None) -> None:
    """Check the ``crs`` that GeoJSON of 2008 could name.

    Raises:
        FileRefused: ``unreadable`` when it is not WGS 84 in degrees.
    """
    if name and not _DEGREES.search(name):
        raise FileRefused("unreadable", reason=Phrase("reason_unknown_value", value=name[:40]))


def footprint_of(geometry: Tree) -> Footprint:
    """Return a GeoJSON geometry as a footprint.

    Raises:
        RowRefused: ``bad_geometry`` when it is none, ``bad_coordinates`` when it is off the Earth.
    """
    try:
        wkb = wkb_of(geometry)
    except ValueError as error:
        raise RowRefused("bad_geometry") from error
    if wkb is None:
        return Footprint()
    shape = shapely.from_wkb(wkb)
    west, south, east, north = shape.bounds
    if west < -180 or east > 180 or south < -90 or north > 90:  # noqa: PLR2004 -- degrees
        raise RowRefused("bad_coordinates", lon=f"{west:g}", lat=f"{south:g}")
    return footprint([shapely.make_valid(shape)])
