"""The detectors as people read them: what each looks for, how it is set, what it does not show."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache, lru_cache
from pathlib import Path
from typing import Any

from pydantic import ValidationError

import vigie.detectors
from vigie.base.errors import NotFound, WrongUsage
from vigie.base.logging import get_logger
from vigie.model.legal_events import TITLES, LegalEvent
from vigie.situation.detection.validated import FOLDER, read_validation, words_of
from vigie.watch.vision.detector import Detector, DetectorParameters, discover
from vigie.watch.vision.plugged import Plugged, detector_of, read_plugged

log = get_logger(__name__)


@cache
def detectors() -> Mapping[str, Detector]:
    """Return the detectors by name."""
    return discover(vigie.detectors)


def plugged_at(home: Path) -> list[Plugged]:
    """Return what a city brought: each description of its folder, the file checked.

    Raises:
        WrongUsage: One cannot be used; nothing is left out in silence.
    """
    folder = home / FOLDER
    held = [(one.name, one.stat()) for one in sorted(folder.glob("*")) if one.is_file()]
    return _read(folder, tuple((name, told.st_mtime_ns, told.st_size) for name, told in held))


@lru_cache(maxsize=8)
def _read(folder: Path, stamps: tuple[tuple[str, int, int], ...]) -> list[Plugged]:
    """Return what a folder holds; read and hashed anew when any of its files changes."""
    return [read_plugged(folder / name) for name, *_ in stamps if name.endswith(".toml")]


def detectors_of(home: Path) -> Mapping[str, Detector]:
    """Return the detectors that a home has: those of Vigie, and those that it was brought.

    Raises:
        WrongUsage: A description cannot be used, or two look for the same type.
    """
    found = dict(detectors())
    for one in plugged_at(home):
        if one.name in found:
            raise WrongUsage(reason=f"{one.name}: two descriptions", field="type")
        known = read_validation(home, one)
        found[one.name] = detector_of(
            one, "measured" if known else "not_validated", words_of(known)
        )
    return found


def find_detector(name: str, home: Path | None = None) -> Detector:
    """Return a detector, of Vigie or brought to a home.

    Raises:
        NotFound: There is none of that name; a type without one is not offered.
        WrongUsage: A description of the home cannot be used.
    """
    found = (detectors() if home is None else detectors_of(home)).get(name)
    if found is None:
        raise NotFound(what="detector", name=name[:40])
    return found


def brought(home: Path, name: str) -> tuple[Plugged, Detector]:
    """Return a detector that a home was brought, with its description.

    Raises:
        NotFound: There is none of that name.
        WrongUsage: A description of the home cannot be used.
    """
    for one in plugged_at(home):
        if one.name == name:
            return one, find_detector(name, home)
    raise NotFound(what="detector", name=name[:40])


def parameters_of(detector: Detector, said: Mapping[str, Any]) -> DetectorParameters:
    """Return a detector's parameters.

    Raises:
        WrongUsage: One is unknown or out of its bounds.
    """
    try:
        return detector.parameters.model_validate(dict(said))
    except ValidationError as error:
        first = error.errors()[0]
        field = ".".join(str(one) for one in first["loc"])
        raise WrongUsage(reason=f"{field}: {first['msg']}", field=field) from error


def usable(home: Path) -> Mapping[str, Detector]:
    """Return the detectors of a home; Vigie's own alone where what was brought cannot be used."""
    try:
        return detectors_of(home)
    except WrongUsage as error:
        log.warning("a detector that was brought cannot be used", why=error.params.get("reason"))
        return detectors()


def types_json(home: Path) -> list[dict[str, Any]]:
    """Return the eight types in the order of the decree, each with its detector or none.

    Vigie's own goes before one that was brought; where what was brought cannot be used, the type
    has none.
    """
    by_event = {one.event: one for one in (*usable(home).values(), *detectors().values())}
    return [_type_json(event, by_event.get(event)) for event in LegalEvent]


def _type_json(event: LegalEvent, detector: Detector | None) -> dict[str, Any]:
    return {
        "type": str(event),
        "title": dict(TITLES[event]),
        "detector": None if detector is None else detector.name,
        "version": None if detector is None else detector.version,
        "proof": "not_validated" if detector is None else detector.proof,
        "limits": None if detector is None else dict(detector.limits),
        "unit": None if detector is None else dict(detector.unit),
        "parameters": {} if detector is None else detector.parameters.model_json_schema(),
    }
