"""The gazetteer's index: records by exact key, by the words they hold, and by small errors.

A text is matched in this order, and the first step that finds anything ends the search:

1. the whole key (kind of way and words): 1.0;
2. the words without the kind of way: 0.95, or 0.9 when the text names another kind of way;
3. a name that stands whole in the text (``stade velodrome porte 5``): 0.75 to 0.9;
4. a text that stands whole in a name (``boulevard liberation`` for Boulevard de la Liberation du
   General de Monsabert): 0.75 to 0.88;
5. at most one slip of the pen in five letters, two in nine (insertion, deletion, substitution or
   exchange of neighbours: F. J. Damerau, Communications of the ACM 7 (1964) 171): 0.88 and 0.8,
   less when the text names another kind of way. Trigrams only choose whom to compare with.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import shapely

from vigie.geo.addresses import MAX_LENGTH, Address, district_key, parse_name
from vigie.geo.distance import haversine_m
from vigie.geo.projection import Projection, local_projection

ACCURACY_M = {"street": 200.0, "place": 60.0, "district": 1_000.0}
"""Accuracy of a record that states none and has no line, metres (by kind)."""

_EXACT, _CORE, _CORE_OTHER_WAY = 1.0, 0.95, 0.9
_HOLDS, _HELD, _LEAST_PART = 0.9, 0.88, 0.75
_SLIP_SCORES = (1.0, 0.88, 0.8)
_OTHER_WAY_LOSS = 0.06
_ONE_SLIP_LETTERS, _TWO_SLIPS_LETTERS = 5, 9
_LONE_WORD_LETTERS = 5
_MOST_CANDIDATES = 30
_GRAMS_PER_SLIP = 5
_LEAST_LINE_M = 25.0
_NUMBER_ACCURACY_M = 30.0
_PARENTHESES = re.compile(r"\(([^()]{3,})\)")


@dataclass(frozen=True)
class Entry:
    """One record of a gazetteer, read and checked.

    Attributes:
        order: Position among the records; settles what nothing else settles.
        label: Name as written.
        names: Parsed forms of the name and its aliases.
        is_street: Whether it is a street.
        districts: District keys, possibly none.
        lon: Longitude of the point.
        lat: Latitude of the point.
        accuracy_m: Radius that holds the true place in about two of three cases.
        line: Course, as coordinates lon lat, or None.
        numbers: First and last house number, or None.
    """

    order: int
    label: str
    names: tuple[Address, ...]
    is_street: bool
    districts: frozenset[str]
    lon: float
    lat: float
    accuracy_m: float
    line: shapely.LineString | None
    numbers: tuple[int, int] | None

    def position(self, number: int | None) -> tuple[float, float, float]:
        """Return ``(lon, lat, accuracy_m)``, along the course when the house number allows it."""
        if self.line is None or self.numbers is None or number is None:
            return self.lon, self.lat, self.accuracy_m
        first, last = self.numbers
        if not min(first, last) <= number <= max(first, last) or first == last:
            return self.lon, self.lat, self.accuracy_m
        plane = self._plane()
        course = plane.geometries_to_metres(np.array([self.line], object))[0]
        share = (number - first) / (last - first)
        at = shapely.line_interpolate_point(course, share, normalized=True)
        lon, lat = plane.to_degrees(at.x, at.y)
        return float(lon), float(lat), max(_NUMBER_ACCURACY_M, course.length / 12.0)

    def meets(self, other: Entry) -> tuple[float, float, float] | None:
        """Return where two courses come closest, as ``(lon, lat, gap_m)``."""
        if self.line is None or other.line is None:
            return None
        plane = self._plane()
        courses = plane.geometries_to_metres(np.array([self.line, other.line], object))
        link = shapely.shortest_line(courses[0], courses[1])
        middle = shapely.line_interpolate_point(link, link.length / 2.0)
        lon, lat = plane.to_degrees(middle.x, middle.y)
        return float(lon), float(lat), float(link.length)

    def distance_m(self, lon: float, lat: float) -> float:
        """Return the distance from the entry's point to another."""
        return float(haversine_m(self.lon, self.lat, lon, lat))

    def _plane(self) -> Projection:
        return local_projection(round(self.lon), round(self.lat))


def read_entry(record: Mapping[str, Any], order: int = 0) -> Entry:
    """Read one record.

    Raises:
        KeyError: When it has no name or no position.
        ValueError: When a value cannot be used.
        TypeError: When a value is of the wrong type.
    """
    label = str(record["name"]).strip()
    if not label:
        msg = "empty name"
        raise ValueError(msg)
    kind = str(record.get("kind", "street"))
    group = kind if kind in ACCURACY_M else ("place" if kind.startswith("place") else "street")
    course = record.get("line")
    line = shapely.LineString(course) if course is not None and len(course) > 1 else None
    lon, lat, accuracy_m = _point(record, line, group)
    if not (abs(lon) <= 180.0 and abs(lat) <= 90.0):  # noqa: PLR2004 -- the Earth
        msg = f"not on Earth: {lon}, {lat}"
        raise ValueError(msg)
    numbers = record.get("numbers")
    return Entry(
        order=order,
        label=label,
        names=tuple(parse_name(name) for name in _names(label, record)),
        is_street=group == "street",
        districts=_districts(record.get("district")),
        lon=lon,
        lat=lat,
        accuracy_m=float(record.get("accuracy_m") or accuracy_m),
        line=line,
        numbers=(int(numbers[0]), int(numbers[1])) if numbers else None,
    )


def _point(
    record: Mapping[str, Any], line: shapely.LineString | None, group: str
) -> tuple[float, float, float]:
    """Return the point and its accuracy: of a street with a course, the middle and a third of it.

    A point anywhere along a straight street lies within a third of its length of the middle in two
    of three cases.
    """
    if line is None:
        return float(record["lon"]), float(record["lat"]), ACCURACY_M[group]
    plane = local_projection(round(line.centroid.x), round(line.centroid.y))
    course = plane.geometries_to_metres(np.array([line], object))[0]
    middle = shapely.line_interpolate_point(course, course.length / 2.0)
    lon, lat = plane.to_degrees(middle.x, middle.y)
    return float(lon), float(lat), max(_LEAST_LINE_M, course.length / 3.0)


def _names(label: str, record: Mapping[str, Any]) -> list[str]:
    """Return the name, its part before parentheses, what stands in them, and the aliases."""
    names = [label, *(str(alias) for alias in record.get("aliases") or ())]
    inside = _PARENTHESES.findall(label)
    if inside:
        names += [_PARENTHESES.sub(" ", label).strip(), *inside]
    return [name for name in dict.fromkeys(names) if name]


def _districts(value: Any) -> frozenset[str]:
    if value is None or value == "":
        return frozenset()
    many = value if isinstance(value, list | tuple) else [value]
    return frozenset(district_key(str(one)) for one in many)


class NameIndex:
    """Entries by key, by words and by trigrams."""

    def __init__(self, entries: tuple[Entry, ...]) -> None:
        self.entries = entries
        self._by_key: dict[str, list[int]] = defaultdict(list)
        self._by_core: dict[str, list[tuple[int, str]]] = defaultdict(list)
        self._by_word: dict[str, list[int]] = defaultdict(list)
        self._by_trigram: dict[str, list[int]] = defaultdict(list)
        self._forms: list[tuple[int, Address]] = []
        for number, entry in enumerate(entries):
            for name in entry.names:
                self._add(number, name)

    def _add(self, number: int, name: Address) -> None:
        if not name.core:
            return
        self._by_key[name.key].append(number)
        self._by_core[name.core].append((number, name.way))
        form = len(self._forms)
        self._forms.append((number, name))
        for word in set(name.core.split()):
            self._by_word[word].append(form)
        for gram in _trigrams(name.core):
            self._by_trigram[gram].append(form)

    def search(self, asked: Address) -> list[tuple[float, Entry]]:
        """Return candidates with their scores, each entry once, in the order of the records."""
        if not asked.core:
            return []
        exact = dict.fromkeys(self._by_key.get(asked.key, ()), _EXACT)
        for number, way in self._by_core.get(asked.core, ()):
            same = not way or not asked.way
            exact.setdefault(number, _CORE if same else _CORE_OTHER_WAY)
        best = exact or self._by_words(asked) or self._by_slips(asked)
        return [(best[number], self.entries[number]) for number in sorted(best)]

    def _by_words(self, asked: Address) -> dict[int, float]:
        """Return entries whose name the text holds; if none, those whose name holds the text."""
        held = asked.core.split()
        forms = {form for word in set(held) for form in self._by_word.get(word, ())}
        inside: dict[int, float] = {}
        around: dict[int, float] = {}
        for form in sorted(forms):
            number, name = self._forms[form]
            whole = name.key if name.way else name.core
            if _stands_in(whole, asked.key) and _telling(name.core):
                score = _part(_HOLDS, whole, asked.key)
                inside[number] = max(inside.get(number, 0.0), score)
            same_way = not asked.way or asked.way == name.way
            if same_way and _stands_in(asked.core, name.core) and _telling(asked.core):
                score = _part(_HELD, asked.core, name.core)
                around[number] = max(around.get(number, 0.0), score)
        return inside or around

    def _by_slips(self, asked: Address) -> dict[int, float]:
        allowed = _slips_allowed(asked.core)
        if allowed == 0:
            return {}
        grams = _trigrams(asked.core)
        shared = Counter(form for gram in grams for form in self._by_trigram.get(gram, ()))
        least = max(len(grams) - _GRAMS_PER_SLIP * allowed, 1)
        close = [
            (count, form)
            for form, count in shared.items()
            if count >= least and abs(len(self._forms[form][1].core) - len(asked.core)) <= allowed
        ]
        close.sort(key=lambda pair: (-pair[0], pair[1]))
        found: dict[int, float] = {}
        for _, form in close[:_MOST_CANDIDATES]:
            number, name = self._forms[form]
            slips = slips_between(asked.core, name.core, allowed)
            if slips <= min(allowed, _slips_allowed(name.core)):
                other_way = bool(asked.way and name.way and asked.way != name.way)
                score = _SLIP_SCORES[slips] - _OTHER_WAY_LOSS * other_way
                found[number] = max(found.get(number, 0.0), score)
        return found


def slips_between(first: str, second: str, most: int = MAX_LENGTH) -> int:
    """Return the least number of slips of the pen between two texts (optimal string alignment).

    Args:
        first: A text.
        second: Another.
        most: Stop as soon as there must be more; the answer is then ``most + 1``.
    """
    before: list[int] = []
    row = list(range(len(second) + 1))
    for i, left in enumerate(first, start=1):
        older, before, row = before, row, [i]
        for j, right in enumerate(second, start=1):
            cost = min(before[j] + 1, row[j - 1] + 1, before[j - 1] + (left != right))
            swapped = i > 1 and j > 1 and left == second[j - 2] and first[i - 2] == right
            row.append(min(cost, older[j - 2] + 1) if swapped else cost)
        if min(row) > most and min(before) > most:
            return most + 1
    return min(row[-1], most + 1)


def _slips_allowed(core: str) -> int:
    letters = len(core)
    return (letters >= _ONE_SLIP_LETTERS) + (letters >= _TWO_SLIPS_LETTERS)


def _stands_in(part: str, whole: str) -> bool:
    """Say whether a text stands in another as whole words in a row."""
    return f" {part} " in f" {whole} "


def _telling(core: str) -> bool:
    """Say whether words are enough to name something: two of them, or a long one."""
    return " " in core or (len(core) >= _LONE_WORD_LETTERS and not core.isdigit())


def _part(best: float, part: str, whole: str) -> float:
    """Return the score of a part of a text: the more of it, the surer."""
    return _LEAST_PART + (best - _LEAST_PART) * len(part) / len(whole)


def _trigrams(core: str) -> frozenset[str]:
    """Return the three-letter windows of a text with its words marked at both ends."""
    padded = f"  {core.replace(' ', '  ')}  "
    return frozenset(padded[at : at + 3] for at in range(len(padded) - 2))
