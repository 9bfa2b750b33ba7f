"""The offline geocoder: where an address or a well-known place is, without asking anybody.

An incident's address never leaves the house (law MIN-2), so the city brings its own list of streets
and places. A record is a mapping:

``name``
    The street's or place's name.
``lon``, ``lat``
    A point; may be left out when ``line`` is given.
``kind``
    ``street`` (default), ``place`` or ``district``; a taxonomy code under ``place`` is a place.
``district``
    Optional: arrondissement number or name, or a list of them.
``line``
    Optional, streets: ``[[lon, lat], ...]``, the course, from low to high house numbers.
``numbers``
    Optional, streets with a line: ``[first, last]`` house number.
``aliases``
    Optional: other names.
``accuracy_m``
    Optional: radius that holds the true place in about two of three cases.

Everything is deterministic: the same records and the same text give the same answer.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, NamedTuple

import pyarrow as pa
import shapely

from vigie.base.errors import WrongUsage
from vigie.geo.addresses import Address, crossing, district_key, parse_address
from vigie.geo.names import Entry, NameIndex, read_entry

DEFAULT_MIN_SCORE = 0.7
_MEMO_LIMIT = 500_000
_CROSSING_M = 150.0
_CROSSING_ACCURACY_M = 25.0
_AGREE_BONUS, _CLASH_FACTOR = 0.02, 0.85


@dataclass(frozen=True, slots=True)
class Located:
    """A place found.

    Attributes:
        lon: Longitude, WGS 84.
        lat: Latitude, WGS 84.
        accuracy_m: Radius that holds the true place in about two of three cases.
        score: How sure the match of the text is, above 0 and at most 1.
        label: Name of the record matched.
    """

    lon: float
    lat: float
    accuracy_m: float
    score: float
    label: str


class LocatedColumns(NamedTuple):
    """Places found for whole columns; null where nothing was found."""

    lon: pa.DoubleArray
    lat: pa.DoubleArray
    accuracy_m: pa.FloatArray
    score: pa.FloatArray
    label: pa.StringArray


_Query = tuple[str | None, str | None, str | None]


class Gazetteer:
    """Streets, places and districts by name, with a memory of what was asked."""

    def __init__(self, entries: Iterable[Entry], *, min_score: float = DEFAULT_MIN_SCORE) -> None:
        self._index = NameIndex(tuple(entries))
        self._min_score = min_score
        self._memo: dict[_Query, Located | None] = {}

    @classmethod
    def from_records(
        cls, records: Iterable[Mapping[str, Any]], *, min_score: float = DEFAULT_MIN_SCORE
    ) -> Gazetteer:
        """Build a gazetteer from records (see the module's text).

        Args:
            records: Mappings as read from JSON.
            min_score: Matches below are no match.

        Raises:
            WrongUsage: When a record has no name or no position; ``params`` hold its number.
        """
        entries: list[Entry] = []
        for number, record in enumerate(records):
            try:
                entries.append(read_entry(record, number))
            except (KeyError, TypeError, ValueError) as error:
                raise WrongUsage(
                    f"gazetteer record {number} cannot be used", record=number, reason=str(error)
                ) from error
        return cls(entries, min_score=min_score)

    def __len__(self) -> int:
        return len(self._index.entries)

    def streets(self) -> list[tuple[shapely.LineString, tuple[int, int] | None]]:
        """Return the courses of the streets, WGS 84, each with its first and last number if known.

        A street known by a point alone is not among them.
        """
        entries = (one for one in self._index.entries if one.is_street)
        return [(one.line, one.numbers) for one in entries if one.line is not None]

    def named_courses(self) -> list[tuple[str, shapely.LineString]]:
        """Return name and course, WGS 84, of every street whose course is known, by name."""
        entries = (one for one in self._index.entries if one.is_street)
        known = [(one.label, one.line) for one in entries if one.line is not None]
        return sorted(known, key=lambda one: (one[0], one[1].wkt))

    def named_streets(self) -> list[tuple[str, float, float]]:
        """Return name, longitude and latitude (degrees) of the middle of every street, by name.

        Where several bear one name, each tells its district, or its number among them.
        """
        streets = [one for one in self._index.entries if one.is_street]
        often = Counter(one.label for one in streets)
        found: dict[str, tuple[float, float]] = {}
        for one in streets:
            name = one.label
            if often[name] > 1:
                name = f"{name} ({', '.join(sorted(one.districts)) or one.order})"
            if one.line is None:
                point = (one.lon, one.lat)
            else:
                middle = one.line.interpolate(0.5, normalized=True)
                point = (middle.x, middle.y)
            found.setdefault(name if name not in found else f"{name} {one.order}", point)
        return [(name, *found[name]) for name in sorted(found)]

    def locate(
        self, address: str | None, place_name: str | None = None, district: str | None = None
    ) -> Located | None:
        """Return where an address or a place is, or ``None``.

        Args:
            address: ``12 bis rue de Rome, 13006``, ``angle rue A et rue B``, or null.
            place_name: Name of a well-known place, or null. The better match of the two wins; at
                equal scores the more exact position.
            district: Arrondissement, postal code or neighbourhood that settles homonyms, or null.

        Returns:
            The place with its accuracy and score. The same question again costs a look-up.
        """
        query = (address, place_name, district)
        if query in self._memo:
            return self._memo[query]
        found = self._search(address or "", place_name or "", district or "")
        if len(self._memo) >= _MEMO_LIMIT:
            self._memo.clear()
        self._memo[query] = found
        return found

    def locate_columns(
        self,
        addresses: pa.StringArray | None,
        place_names: pa.StringArray | None = None,
        districts: pa.StringArray | None = None,
    ) -> LocatedColumns:
        """Return where each row is; each different question is answered once.

        Args:
            addresses: Addresses, or None for none at all.
            place_names: Names of places, aligned, or None.
            districts: Districts, aligned, or None.

        Raises:
            WrongUsage: When the columns differ in length or none is given.
        """
        given = [column for column in (addresses, place_names, districts) if column is not None]
        if not given or len({len(column) for column in given}) != 1:
            raise WrongUsage("gazetteer: columns of different lengths")
        length = len(given[0])
        columns = [
            [None] * length if column is None else column.to_pylist()
            for column in (addresses, place_names, districts)
        ]
        found = [self.locate(*query) for query in zip(*columns, strict=True)]
        return LocatedColumns(
            lon=pa.array([one and one.lon for one in found], pa.float64()),
            lat=pa.array([one and one.lat for one in found], pa.float64()),
            accuracy_m=pa.array([one and one.accuracy_m for one in found], pa.float32()),
            score=pa.array([one and one.score for one in found], pa.float32()),
            label=pa.array([one and one.label for one in found], pa.string()),
        )

    def _search(self, address: str, place_name: str, district: str) -> Located | None:
        hint = district_key(district) if district.strip() else ""
        candidates: list[Located] = []
        if address.strip():
            crossed = self._crossing(address, hint)
            if crossed is not None:
                return crossed
            candidates.extend(self._best(parse_address(address), hint, streets_first=True))
        if place_name.strip():
            candidates.extend(self._best(parse_address(place_name), hint, streets_first=False))
        return min(
            candidates, key=lambda one: (-one.score, one.accuracy_m, one.label), default=None
        )

    def _best(self, asked: Address, hint: str, *, streets_first: bool) -> list[Located]:
        """Return the best match of one parsed text: none or one."""
        wanted = hint or asked.district
        scored = [
            (_with_district(score, entry, wanted), entry)
            for score, entry in self._index.search(asked)
        ]
        ranked = sorted(
            scored, key=lambda pair: (-pair[0], pair[1].is_street != streets_first, pair[1].order)
        )
        if not ranked or ranked[0][0] < self._min_score:
            return []
        score, entry = ranked[0]
        rivals = [one for rival, one in ranked[1:] if rival >= score - 1e-9]
        lon, lat, accuracy_m = entry.position(asked.number)
        apart_m = max((one.distance_m(lon, lat) for one in rivals), default=0.0)
        if apart_m > accuracy_m:  # homonyms that nothing settles: say how far apart they are
            accuracy_m = apart_m
            score *= _CLASH_FACTOR
        if score < self._min_score:
            return []
        return [Located(lon, lat, accuracy_m, min(score, 1.0), entry.label)]

    def _crossing(self, text: str, hint: str) -> Located | None:
        """Return where two streets meet, when both are known and their courses come close."""
        ways = crossing(text)
        if ways is None:
            return None
        pair: list[tuple[float, Entry]] = []
        for way in ways:
            asked = parse_address(way)
            scored = [
                (_with_district(score, entry, hint or asked.district), entry)
                for score, entry in self._index.search(asked)
                if entry.line is not None
            ]
            if not scored:
                return None
            pair.append(min(scored, key=lambda one: (-one[0], one[1].order)))
        score = min(one[0] for one in pair)
        met = pair[0][1].meets(pair[1][1])
        if met is None or score < self._min_score or met[2] > _CROSSING_M:
            return None
        lon, lat, gap_m = met
        label = f"{pair[0][1].label} / {pair[1][1].label}"
        return Located(lon, lat, max(_CROSSING_ACCURACY_M, gap_m), min(score, 1.0), label)


def _with_district(score: float, entry: Entry, wanted: str) -> float:
    """Raise a match in the district asked for a little, lower one elsewhere.

    A number says nothing of a district known by its name only, nor a name of a number.
    """
    if wanted in entry.districts:
        return score + _AGREE_BONUS
    comparable = any(one.isdigit() == wanted.isdigit() for one in entry.districts)
    return score * _CLASH_FACTOR if wanted and comparable else score
