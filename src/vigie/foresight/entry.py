"""Entering a plan by hand: what may stand, what is refused and in which field, what is remarked on.

Nothing here reads or writes: values go in, values or refusals come out. Titles pass what the
agendas' titles pass (no person, no organiser; those of demonstrations are always that of the kind);
free texts pass the scrubber. Nobody is asked who organises.
"""

from __future__ import annotations

import dataclasses
import math
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import shapely
from shapely.geometry import shape
from shapely.geometry.base import BaseGeometry

from vigie.base.errors import WrongUsage
from vigie.base.translations import LANGUAGES, translate
from vigie.foresight.plans import DAY_US, LONGEST_US, SECOND_US
from vigie.intake.messages.titles import MAX_TITLE, OURS, holds_person
from vigie.model.taxonomy import TAXONOMY
from vigie.scrub import LateScrubber

STATES = ("draft", "declared", "authorised", "cancelled")
FIELDS = (
    *("kind", "title", "geometry", "starts_us", "ends_us", "setup_s", "teardown_s"),
    *("attendance_low", "attendance_likely", "attendance_high", "state", "declared", "place_id"),
    *("closes", "means", "attributes"),
)
EMPTY: Mapping[str, Any] = {
    "title": "",
    "geometry": None,
    "setup_s": 0,
    "teardown_s": 0,
    "attendance_low": None,
    "attendance_likely": None,
    "attendance_high": None,
    "state": "declared",
    "declared": True,
    "place_id": None,
    "closes": [],
    "means": {},
    "attributes": {},
}
"""What stands for what is not said when a plan is entered."""

KNOWN_FROM = "known_from"
"""Attribute of a gathering that nobody declared: how the city knows of it."""

SUBSTANCE = frozenset(
    {"kind", "geometry", "starts_us", "ends_us", "setup_s", "teardown_s", "place_id", "closes"}
    | {"attendance_low", "attendance_likely", "attendance_high", "declared"}
)
"""What an authorisation was given for: who changes one of these asks for it again."""

MOST_PERSONS = 1e7
MOST_BUFFER_S = 90 * 86_400
MOST_TEXTS = 30
MOST_CORNERS = 5_000
LONGEST_TEXT = 200
LONGEST_REASON = 500
AWAY_DEGREES = 1.0
LARGE_DEGREES2 = 0.05
_SHAPES = ("Point", "MultiPoint", "LineString", "MultiLineString", "Polygon", "MultiPolygon")
_NAME = re.compile(r"[a-z][a-z0-9_]{0,40}")
_FIRST_US, _LAST_US = 0, 4_102_444_800 * SECOND_US
_SCRUBBER = LateScrubber()

Box = tuple[float, float, float, float]


class EntryInvalid(WrongUsage):
    """What was entered cannot stand; ``errors`` says why, field by field, in both languages."""

    code = "entry_invalid"


@dataclass(frozen=True, slots=True)
class Remark:
    """Something to say about one field: a refusal, or a notice beside what was kept.

    Attributes:
        field: Name of the field.
        code: Code of its text.
        params: Facts of it.
    """

    field: str
    code: str
    params: Mapping[str, Any] = dataclasses.field(default_factory=dict)

    def told(self) -> dict[str, str]:
        """Return it in both languages."""
        texts = {language: translate(self.code, language, **self.params) for language in LANGUAGES}
        name = self.field.replace("_us", "_at")
        return {"field": name, "code": self.code, **texts}


@dataclass(frozen=True, slots=True)
class Entered:
    """What stands after all checks.

    Attributes:
        values: Every field of a version's record (``plans.values_of``), plain JSON.
        shape: The footprint, WGS 84 lon lat.
        notices: What was replaced, or is unusual.
    """

    values: dict[str, Any]
    shape: BaseGeometry | None
    notices: tuple[Remark, ...]

    @property
    def window(self) -> tuple[int, int]:
        """Start and end of the occupation with its buffers, epoch µs."""
        values = self.values
        return (
            values["starts_us"] - values["setup_s"] * SECOND_US,
            values["ends_us"] + values["teardown_s"] * SECOND_US,
        )


class _Checks:
    """Collects refusals and notices; one method a group of fields."""

    def __init__(self, values: Mapping[str, Any], bounds: Box) -> None:
        self.values = dict(values)
        self.bounds = bounds
        self.faults: list[Remark] = []
        self.notices: list[Remark] = []
        self.shape: BaseGeometry | None = None

    def refuse(self, field: str, code: str, **params: Any) -> None:
        self.faults.append(Remark(field, code, params))

    def remark(self, field: str, code: str, **params: Any) -> None:
        self.notices.append(Remark(field, code, params))

    def kind(self) -> bool:
        kind = self.values.get("kind")
        if not isinstance(kind, str) or not kind:
            self.refuse("kind", "entry_required")
        elif kind not in TAXONOMY or not TAXONOMY.is_within(kind, "event"):
            self.refuse("kind", "entry_kind", value=kind[:40])
        else:
            return True
        return False

    def title(self) -> None:
        kind, title = self.values["kind"], self.values.get("title") or ""
        if not isinstance(title, str) or len(title) > MAX_TITLE:
            self.refuse("title", "entry_long", most=MAX_TITLE)
            return
        shown = " ".join(title.split())
        common = TAXONOMY.get(kind).fr
        if shown and shown != common and (kind in OURS or holds_person(shown)):
            self.remark("title", "entry_title_replaced", kind=common)
            shown = ""
        self.values["title"] = shown or common

    def times(self) -> None:
        for name in ("starts_us", "ends_us"):
            value = self.values.get(name)
            if value is None:
                self.refuse(name, "entry_required")
            elif type(value) is not int or not _FIRST_US <= value <= _LAST_US:
                self.refuse(name, "entry_instant")
        for name in ("setup_s", "teardown_s"):
            value = self.values.get(name)
            if type(value) is not int or not 0 <= value <= MOST_BUFFER_S:
                self.refuse(name, "entry_number", least=0, most=MOST_BUFFER_S)
        starts, ends = self.values.get("starts_us"), self.values.get("ends_us")
        if type(starts) is not int or type(ends) is not int:
            return
        if ends <= starts:
            self.refuse("ends_us", "entry_ends_before")
        elif ends - starts > LONGEST_US:
            self.refuse("ends_us", "entry_too_long", days=LONGEST_US // DAY_US)

    def crowd(self) -> None:
        names = ("attendance_low", "attendance_likely", "attendance_high")
        for name in names:
            value = self.values.get(name)
            if value is None:
                continue
            number = type(value) in (int, float) and math.isfinite(value)
            if not number or not 0 <= value <= MOST_PERSONS:
                self.refuse(name, "entry_number", least=0, most=int(MOST_PERSONS))
                return
            self.values[name] = float(value)
        low, likely, high = (self.values.get(name) for name in names)
        if likely is None and (low is not None or high is not None):
            self.refuse("attendance_likely", "entry_required")
        elif likely is not None:
            if low is not None and low > likely:
                self.refuse("attendance_low", "entry_order")
            if high is not None and high < likely:
                self.refuse("attendance_high", "entry_order")

    def ground(self) -> None:
        given = self.values.get("geometry")
        if given is None:
            self.remark("geometry", "entry_nowhere")
            return
        found = _shape_of(given)
        if found is None:
            self.refuse("geometry", "entry_shape", most=MOST_CORNERS)
            return
        west, south, east, north = self.bounds
        city = shapely.box(*self.bounds)
        away = found.distance(city)
        if away > AWAY_DEGREES:
            self.refuse("geometry", "entry_far", box=f"{west} {south} {east} {north}")
            return
        if not city.covers(found):
            self.remark("geometry", "entry_outside")
        if found.area > LARGE_DEGREES2:
            self.remark("geometry", "entry_large")
        self.shape = found
        self.values["geometry"] = shapely.to_wkt(found, 7)

    def standing(self) -> None:
        if self.values.get("state") not in STATES:
            self.refuse("state", "entry_state", value=str(self.values.get("state"))[:40])
        declared = self.values.get("declared")
        if type(declared) is not bool:
            self.refuse("declared", "entry_state", value=str(declared)[:40])
            return
        known_from = self.values.get("attributes", {})
        if not declared and not (isinstance(known_from, Mapping) and known_from.get(KNOWN_FROM)):
            self.refuse("attributes", "entry_known_from")
        place = self.values.get("place_id")
        if place is not None and (not isinstance(place, str) or len(place) > 80):  # noqa: PLR2004 - as ids are
            self.refuse("place_id", "entry_long", most=80)

    def texts(self) -> None:
        closes = self.values.get("closes")
        if not isinstance(closes, list | tuple) or len(closes) > MOST_TEXTS:
            self.refuse("closes", "entry_many", most=MOST_TEXTS)
        else:
            kept = [self._text("closes", one, names=True) for one in closes]
            self.values["closes"] = [one.replace(",", " ") for one in kept if one]
        for name in ("means", "attributes"):
            said = self.values.get(name)
            if not isinstance(said, Mapping) or len(said) > MOST_TEXTS:
                self.refuse(name, "entry_many", most=MOST_TEXTS)
                continue
            for key in said:
                if not isinstance(key, str) or not _NAME.fullmatch(key):
                    self.refuse(name, "entry_name", value=str(key)[:40])
            self.values[name] = {
                str(key): text
                for key, value in said.items()
                if (text := self._text(name, "" if value is None else value))
            }

    def _text(self, field: str, value: Any, *, names: bool = False) -> str:
        """Return a short text without what belongs to a person; streets may be named."""
        if not isinstance(value, str) or len(value) > LONGEST_TEXT:
            self.refuse(field, "entry_long", most=LONGEST_TEXT)
            return ""
        text = " ".join(value.split())
        if names:
            if holds_person(text):
                self.remark(field, "entry_text_scrubbed")
                return ""
            return text
        scrubbed = _SCRUBBER.scrub(text)
        if scrubbed.total:
            self.remark(field, "entry_text_scrubbed")
        return scrubbed.text


def _shape_of(given: Any) -> BaseGeometry | None:
    """Return a valid footprint of a GeoJSON geometry, of WKT or of a shape; None for none."""
    try:
        if isinstance(given, BaseGeometry):
            found = given
        elif isinstance(given, str):
            found = shapely.from_wkt(given)
        elif isinstance(given, Mapping) and given.get("type") in _SHAPES:
            found = shape(dict(given))
        else:
            return None
        if found.is_empty or shapely.get_num_coordinates(found) > MOST_CORNERS:
            return None
        found = shapely.force_2d(found)
        if not all(math.isfinite(one) for one in found.bounds):
            return None
        found = shapely.make_valid(found)
    except (ValueError, TypeError, AttributeError, KeyError, IndexError, shapely.GEOSException):
        return None  # what GeoJSON promises and does not hold
    return None if found.is_empty else found


def check(values: Mapping[str, Any], bounds: Box) -> Entered:
    """Return what may stand of a plan entered by hand.

    Args:
        values: Fields of ``FIELDS``; those not said take their ``EMPTY`` value. ``geometry`` is a
            GeoJSON geometry, a WKT text or a shape, WGS 84 lon lat.
        bounds: West, south, east, north of the city, degrees.

    Raises:
        EntryInvalid: When a field cannot stand; ``errors`` names each.
    """
    checks = _Checks({**EMPTY, **values}, bounds)
    for name in sorted(set(checks.values) - set(FIELDS)):
        checks.refuse(name, "entry_unknown")
        checks.values.pop(name)
    if checks.kind():
        checks.title()
    checks.times()
    checks.crowd()
    checks.ground()
    checks.standing()
    checks.texts()
    if checks.faults:
        raise invalid(checks.faults)
    kept = {name: checks.values[name] for name in FIELDS}
    return Entered(kept, checks.shape, tuple(checks.notices))


def invalid(faults: Iterable[Remark]) -> EntryInvalid:
    """Return the error of some refusals."""
    told = [one.told() for one in faults]
    return EntryInvalid(reason=told[0]["fr"], errors=told)


def scrubbed_reason(text: str) -> str:
    """Return a reason without what belongs to a person.

    Raises:
        EntryInvalid: When it is too long.
    """
    if len(text) > LONGEST_REASON:
        raise invalid([Remark("reason", "entry_long", {"most": LONGEST_REASON})])
    return _SCRUBBER.scrub(" ".join(text.split())).text


def changed_fields(before: Mapping[str, Any], after: Mapping[str, Any]) -> tuple[str, ...]:
    """Return the fields of two records that differ; shapes differ by more than a centimetre."""
    return tuple(
        name
        for name in FIELDS
        if before.get(name) != after[name]
        and not (name == "geometry" and _same_shape(before.get(name), after[name]))
    )


def _same_shape(one: str | None, other: str | None) -> bool:
    if one is None or other is None:
        return one == other
    return bool(shapely.equals_exact(shapely.from_wkt(one), shapely.from_wkt(other), 1e-7))
