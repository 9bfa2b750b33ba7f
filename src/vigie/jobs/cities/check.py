"""What is wrong with an installation of several cities, and what was refused at its doors."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path

from vigie.base.clock import Clock
from vigie.jobs.cities.description import City, FrontSettings
from vigie.jobs.doctor import frame
from vigie.jobs.doctor.finding import Finding, missing

_REFUSED = re.compile(r'vigie_front_refused_total\{city="([^"]*)",reason="([^"]*)"\} (\d+)')


def look_at_cities(front: FrontSettings, cities: Sequence[City], clock: Clock) -> Iterator[Finding]:
    """Yield what is found, city by city; each home is looked at whole by ``vigie doctor``.

    Args:
        front: The address.
        cities: The cities, kept apart already.
        clock: The machine's clock.
    """
    refused = read_refused(Path(front.figures)) if front.figures else {}
    nobody = {reason: n for (city, reason), n in refused.items() if not city}
    yield _told("front", nobody)
    for one in cities:
        home, name = one.part.home, f"city {one.name}"
        if not one.part.user and len(cities) > 1:
            yield missing(name, "city_same_account", city=one.name)
        for found in (*frame.look_at_rights(home), *frame.look_at_refusals(home, clock)):
            yield replace(found, name=f"{name}: {found.name}")
        yield _told(name, {why: n for (city, why), n in refused.items() if city == one.name})


def _told(name: str, refused: dict[str, int]) -> Finding:
    if not refused:
        return Finding(name)
    what = ", ".join(f"{reason} {n}" for reason, n in sorted(refused.items()))
    return missing(name, "front_refused", what=what)


def read_refused(figures: Path) -> dict[tuple[str, str], int]:
    """Return what the front refused since it began, by city (empty for none) and reason."""
    try:
        text = figures.read_text("ascii")
    except OSError:
        return {}
    return {(city, reason): int(n) for city, reason, n in _REFUSED.findall(text)}
