"""The charter: who may do what with which data, for which purpose; a file, read strictly.

An entry opens cells (role, purpose, dataset, verb); each cell says which fields, how precisely,
from which sources, zones and camera groups, from which least count on, and whether a reason must be
given. What no entry opens is closed. A charter that says one thing twice, names something unknown
or opens what may never be opened is refused as a whole (law reference, 3.5).
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache
from importlib.resources import files
from types import MappingProxyType
from typing import Any, NamedTuple

from vigie.privacy.purposes import Purpose, Verb

_BY_PLANE = {
    "open": (
        *("figures", "measures", "plans", "authorisations", "places", "sources", "charter"),
        *("register", "cameras"),
    ),
    "live": (
        *("facts", "means", "narratives", "alerts", "quarantine", "journal"),
        "forecasts",
    ),
    "office": ("event_files", "public_messages", "shift", "detections", "detection_grants"),
    "sealed": ("originals", "raw_rows", "recordings", "cases", "requisitions", "vault"),
    "control": (
        *("audit", "accounts", "delegations", "breakglass", "retention", "keys", "budget"),
        "rights_requests",
    ),
}
PLANES = MappingProxyType({name: plane for plane, names in _BY_PLANE.items() for name in names})
"""Plane of every dataset: ``raw_rows`` came and were refused, ``originals`` were not scrubbed.

In the plane ``office`` stands what the house writes itself in preparing its work.
"""

ROLES = (
    *("operator", "shift_head", "planner", "analyst", "partner", "dpo", "elected", "admin"),
    "investigator",
)
CLASSES = ("open", "internal", "restricted")
"""Sensitivity of fields, as the table contracts tell it."""

PRECISIONS = ("exact", "street", "public")
OWN = frozenset({"@partner"})
"""In place of sources: those of the partner service that the account belongs to."""

LONGEST_GLASS_MIN = 60
_ONLY = {Purpose.OVERSIGHT: "dpo", Purpose.INQUIRY: "investigator"}
_WITH_REASON = frozenset({"audit", "raw_rows", "originals", "recordings", "rights_requests"})
_OVERSEEN = frozenset({"audit", "rights_requests"})
_BY_GLASS = _BY_PLANE["live"]
_NEEDED = {"roles", "purposes", "datasets", "verbs", "fields", "precision", "least", "why"}
_LIMITS = ("sources", "zones", "camera_groups")
_NAME = re.compile(r"[a-z][a-z0-9_]{0,40}")

Names = frozenset[str] | None
Key = tuple[str, Purpose, str, Verb]


class CharterInvalid(ValueError):
    """A charter that cannot be used; ``key`` says where, ``reason`` why."""

    def __init__(self, key: str, reason: str) -> None:
        super().__init__(f"{key}: {reason}")
        self.key, self.reason = key, reason


class Limits(NamedTuple):
    """Where a right ends: feeds, zones (``zoning:zone_id``), groups of cameras; None: nowhere."""

    sources: Names = None
    zones: Names = None
    camera_groups: Names = None

    def within(self, other: Limits) -> Limits:
        """Return what lies within both."""
        pairs = zip(self, other, strict=True)
        return Limits(*((a if b is None else b if a is None else a & b) for a, b in pairs))


ANYWHERE = Limits()


@dataclass(frozen=True, slots=True)
class Grant:
    """What a cell opens: fields (classes, single names), precision of places, least count shown."""

    fields: frozenset[str]
    precision: str
    least: int
    limits: Limits = ANYWHERE
    reason: bool = False
    why: str = ""


@dataclass(frozen=True, slots=True)
class Charter:
    """A charter that was read and found consistent.

    ``roles`` gives the purposes of each role, the usual one first; ``cells`` what is open;
    ``titles`` what partner services are called, by language, where the charter says it;
    ``glass_datasets`` what breaking the glass may open, for ``glass_min`` minutes at most.
    """

    version: str
    dated_on: date
    roles: Mapping[str, tuple[Purpose, ...]]
    cells: Mapping[Key, Grant]
    partners: Mapping[str, Limits]
    titles: Mapping[str, Mapping[str, str]]
    glass_datasets: frozenset[str]
    glass_min: int

    def who_may(self, verb: Verb, dataset: str) -> dict[str, tuple[Purpose, ...]]:
        """Return the roles with an open cell, each with its purposes, in the charter's order."""
        found = {
            role: tuple(one for one in purposes if (role, one, dataset, verb) in self.cells)
            for role, purposes in self.roles.items()
        }
        return {role: purposes for role, purposes in found.items() if purposes}


@cache
def shipped_charter() -> Charter:
    """Return the charter that comes with this version."""
    return read_charter(files("vigie.privacy").joinpath("charter.toml").read_text("utf-8"))


def read_charter(text: str) -> Charter:
    """Return the charter of a TOML text.

    Raises:
        CharterInvalid: When anything in it is unknown, missing, double or never allowed.
    """
    try:
        table = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise CharterInvalid("charter", str(error)) from error
    _keys("charter", table, {"version", "date", "roles", "entry"}, {"partners", "breakglass"})
    _must(bool(_is(table["version"], str)) and type(table["date"]) is date, "version, date")
    roles = dict(_role(role, names) for role, names in _is(table["roles"], dict).items())
    cells: dict[Key, Grant] = {}
    for at, entry in enumerate(_is(table["entry"], list), start=1):
        for key, grant in _cells(f"entry {at}", _is(entry, dict), roles):
            _must(key not in cells, f"entry {at}", f"{' / '.join(key)} was opened before")
            cells[key] = grant
    partners = _is(table.get("partners", {}), dict)
    for name, entry in partners.items():
        _keys(f"partners.{name}", entry, {"sources"}, {*_LIMITS, "title"})
        if "title" in entry:
            _keys(f"partners.{name}.title", entry["title"], {"fr", "en"})
            _texts(list(entry["title"].values()))
    glass = table.get("breakglass", {"datasets": [], "minutes": 1})
    _keys("breakglass", glass, {"datasets", "minutes"})
    _must(glass["minutes"] in range(1, LONGEST_GLASS_MIN + 1), "breakglass", "minutes: 1 to 60")
    return Charter(
        version=table["version"],
        dated_on=table["date"],
        roles=MappingProxyType(roles),
        cells=MappingProxyType(cells),
        partners=MappingProxyType({name: _limits(entry) for name, entry in partners.items()}),
        titles=MappingProxyType(
            {
                name: MappingProxyType(one["title"])
                for name, one in partners.items()
                if "title" in one
            }
        ),
        glass_datasets=frozenset(_known("breakglass", glass["datasets"], _BY_GLASS)),
        glass_min=glass["minutes"],
    )


def _role(role: str, names: Any) -> tuple[str, tuple[Purpose, ...]]:
    where = f"roles.{role}"
    _known(where, [role], ROLES)
    purposes = tuple(Purpose(name) for name in _known(where, names, set(Purpose)))
    _must(len(purposes) == len(set(purposes)) > 0, where, "purposes, each once")
    _must(all(_ONLY.get(one, role) == role for one in purposes), where, "never for this role")
    return role, purposes


def _cells(
    where: str, entry: dict[str, Any], roles: Mapping[str, tuple[Purpose, ...]]
) -> Iterator[tuple[Key, Grant]]:
    _keys(where, entry, _NEEDED, {"reason", *_LIMITS})
    fields, why, reason = _texts(entry["fields"]), entry["why"], entry.get("reason", False)
    named = all(_NAME.fullmatch(name) for name in fields)
    _must("open" in fields and named, where, "fields: open at least, and names")
    _must(entry["precision"] in PRECISIONS, where, "precision")
    _must(type(entry["least"]) is int and entry["least"] >= 0, where, "least")
    _must(type(reason) is bool and bool(_is(why, str)), where, "reason: a boolean; why: the need")
    limits = _limits(entry)
    grant = Grant(frozenset(fields), entry["precision"], entry["least"], limits, reason, why)
    verbs = _known(where, entry["verbs"], set(Verb))
    datasets = _known(where, entry["datasets"], PLANES)
    purposes = _known(where, entry["purposes"], set(Purpose))
    for role in _known(where, entry["roles"], roles):
        _must(limits.sources != OWN or role == "partner", where, f"{role} is no partner")
        for purpose in purposes:
            _must(purpose in roles[role], where, f"{purpose} is no purpose of {role}")
            for dataset in datasets:
                fit = dataset not in _OVERSEEN or purpose == Purpose.OVERSIGHT
                _must(fit, where, f"{dataset} is for oversight alone (LED-3, AIA-7)")
                _must(reason or dataset not in _WITH_REASON, where, "a reason is required")
                for verb in verbs:
                    yield (role, Purpose(purpose), dataset, Verb(verb)), grant


def _limits(entry: Mapping[str, Any]) -> Limits:
    return Limits(*(frozenset(_texts(entry[n])) if n in entry else None for n in _LIMITS))


def _texts(value: Any) -> list[str]:
    return [_is(one, str) for one in _is(value, list)]


def _known(where: str, value: Any, known: Collection[str]) -> list[str]:
    for name in _texts(value):
        _must(name in known, where, f"{name[:40]} is unknown or not allowed here")
    return _texts(value)


def _keys(where: str, table: Any, needed: set[str], more: Collection[str] = ()) -> None:
    names = set(_is(table, dict))
    _must(needed <= names <= needed | set(more), where, f"keys: {sorted(needed)}")


def _is(value: Any, kind: type) -> Any:
    _must(isinstance(value, kind), str(value)[:40], f"{kind.__name__} expected")
    return value


def _must(holds: bool, key: str, reason: str = "unusable") -> None:
    if not holds:
        raise CharterInvalid(key, reason)
