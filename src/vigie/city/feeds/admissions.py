"""What one hospital's own system sends at each arrival: HL7 v2.5 ADT^A04, for its edge only.

Of the same counts as ``emergency`` tells of that hospital: who counts these messages must come to
the same figures. They name invented patients, and no feed of Vigie reads them.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from vigie.city import levels, people
from vigie.city.chance import stream
from vigie.city.feeds.emergency import EMERGENCY
from vigie.city.span import ZONE, IntArray, local
from vigie.city.truth import Truth
from vigie.intake.hospital.passages import hour_start_us

SOURCE = "hospital_adt"
_YEARS = {"age_0_17": (1, 18), "age_18_64": (19, 65), "age_65_up": (66, 96)}
"""By age band: difference of the years of arrival and of birth, its end left out."""

Timed = tuple[int, str, str, bytes]


def site() -> str:
    """Return the number of the hospital whose system sends."""
    return next(iter(levels.emergency_sites().values()))


def told_by_edge(source: str, name: str) -> bool:
    """Say whether a live message tells what the edge of that hospital tells itself."""
    return source == EMERGENCY and name.startswith(f"{EMERGENCY}_{site()}_")


def admissions(truth: Truth, since_us: int) -> Iterator[Timed]:
    """Yield a message for each arrival after an instant, in order of time."""
    sites, days_us, counts = levels.arrivals_by_hour(truth)
    column = sites.index(site())
    ends_us = [*days_us[1:].tolist(), truth.span.end_us]
    for index, (begins_us, end_us) in enumerate(zip(days_us.tolist(), ends_us, strict=True)):
        if end_us > since_us:
            day = local(begins_us).date()
            yield from _day(truth.seed, day, counts[index, column], since_us)


def _day(seed: int, day: date, counts: IntArray, since_us: int) -> Iterator[Timed]:
    """Yield the messages of a day, of its counts by age band and local hour."""
    chance = stream(seed, SOURCE, day.toordinal())
    arrivals: list[tuple[int, str]] = []
    for row, band in enumerate(levels.AGE_BANDS):
        for hour, n in enumerate(counts[row].tolist()):
            first, end = (hour_start_us(day, h, ZONE.key) for h in (hour, hour + 1))
            arrivals += [(at, band) for at in chance.integers(first, end, n).tolist()] if n else []
    drawn = people.draws(chance, len(arrivals))
    names, phones, homes = people.names(drawn), people.phones(drawn), people.addresses(drawn)
    for number, (at_us, band) in enumerate(sorted(arrivals)):
        if at_us > since_us:
            low, high = _YEARS[band]
            draw = int(drawn[number])
            born = f"{day.year - low - draw % (high - low)}{draw % 12 + 1:02d}{draw % 28 + 1:02d}"
            visit = f"{day:%Y%m%d}{number:04d}"
            home = f"|||{homes[number]}||{phones[number]}"
            content = _message(at_us, visit, names[number], born, home)
            yield at_us, SOURCE, f"{SOURCE}_{visit}.hl7", content


def _message(at_us: int, visit: str, name: str, born: str, home: str) -> bytes:
    """Return a message: MSH, EVN, PID (``home`` from its ninth field on), PV1."""
    at = f"{local(at_us):%Y%m%d%H%M%S%z}"
    given, _, family = name.partition(" ")
    segments = (
        f"MSH|^~\\&|URGENCES|{site()}|EDGE|VIGIE|{at}||ADT^A04^ADT_A01|{visit}|P|2.5",
        f"EVN|A04|{at}",
        f"PID|1||P{visit}||{family}^{given}||{born}|{'FM'[int(visit) % 2]}{home}",
        "PV1|1|E" + "|" * 17 + visit + "|" * 25 + at,
    )
    return "".join(f"{segment}\r" for segment in segments).encode()
