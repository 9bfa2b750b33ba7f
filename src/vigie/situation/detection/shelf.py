"""The detectors as people read them: what each looks for, how it is set, what it does not show."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from typing import Any

from pydantic import ValidationError

import vigie.detectors
from vigie.base.errors import NotFound, WrongUsage
from vigie.model.legal_events import TITLES, LegalEvent
from vigie.watch.vision.detector import Detector, DetectorParameters, discover


@cache
def detectors() -> Mapping[str, Detector]:
    """Return the detectors by name."""
    return discover(vigie.detectors)


def find_detector(name: str) -> Detector:
    """Return a detector.

    Raises:
        NotFound: There is none of that name; a type without one is not offered.
    """
    found = detectors().get(name)
    if found is None:
        raise NotFound(what="detector", name=name[:40])
    return found


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


def types_json() -> list[dict[str, Any]]:
    """Return the eight types in the order of the decree, each with its detector or none."""
    by_event = {one.event: one for one in detectors().values()}
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
