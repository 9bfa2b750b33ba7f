"""How people feel, and which lamps are out: a barometer of the city and its lighting contractor.

What people say rests on what happens around them (offences), on lamps that are out, on patrols, on
what zones differ by anyhow, and, in one zone, on something that no feed tells. The sizes are known.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass
from datetime import date, timedelta
from functools import cache
from pathlib import Path

import numpy as np
from scipy.special import expit, logit

from vigie.base.clock import to_us
from vigie.city import geography
from vigie.city.chance import stream
from vigie.city.feeds.writing import csv_bytes
from vigie.city.kinds import FloatArray, kinds
from vigie.city.ledger import Feed
from vigie.city.sites import sites
from vigie.city.span import ZONE, IntArray, midnight
from vigie.city.truth import Truth

SURVEY, LIGHTING = "survey", "lighting"
SURVEY_HEADER = ("zone", "debut", "fin", "question", "part", "reponses", "longitude", "latitude")
LIGHTING_HEADER = ("SECTEUR", "DEBUT", "FIN", "LON", "LAT", "PART_PANNE")
WAVE_DAYS = 28
PERIOD_S = WAVE_DAYS * 86_400


@dataclass(frozen=True, slots=True)
class Feeling:
    """What makes the share who feel unsafe at night, on the logit scale.

    Attributes:
        usual: Share where everything is as usual.
        offences: For each unit of the log of offences by km2 and day.
        lamps: For each point of the share of lamps out.
        patrols: For each unit of the log of patrols by km2 and day.
        zones: Standard deviation of what zones differ by anyhow.
        waves: Standard deviation of what a zone differs by from one survey to the next.
        outages: Zone, points of lamps out on top of the usual, first and last share of the period.
        apart_zone: Where the feeling is worse for a reason that no feed tells.
        apart: By how much.
        by_day: By how much fewer feel unsafe by day, whom lamps do not matter to.
    """

    usual: float = 0.35
    offences: float = 0.45
    lamps: float = 0.05
    patrols: float = -0.25
    zones: float = 0.12
    waves: float = 0.06
    outages: tuple[tuple[str, float, float, float], ...] = (
        ("13203", 18.0, 0.5, 1.0),
        ("13210", 12.0, 0.0, 0.4),
        ("13212", 15.0, 0.3, 0.7),
    )
    apart_zone: str = "13208"
    apart: float = 0.9
    by_day: float = -0.6


FEELING = Feeling()


@dataclass(frozen=True)
class Waves:
    """The surveys of a city: days, true figures by wave and zone.

    Attributes:
        days: First and last local day of each.
        lamps_out: Share of lamps out, per cent.
        offences: By km2 and day.
        patrols: By km2 and day.
        unsafe_night: True share, 0 to 1.
        unsafe: True share by day, 0 to 1.
    """

    days: tuple[tuple[date, date], ...]
    lamps_out: FloatArray
    offences: FloatArray
    patrols: FloatArray
    unsafe_night: FloatArray
    unsafe: FloatArray


def wave_days(truth: Truth) -> tuple[tuple[date, date], ...]:
    """Return the first and last day of each wave, back from yesterday; one at least."""
    last = truth.first + timedelta(days=truth.days - 1)
    count = max(1, truth.days // WAVE_DAYS)
    length = min(WAVE_DAYS, truth.days)
    ends = [last - timedelta(days=length * back) for back in reversed(range(count))]
    return tuple((end - timedelta(days=length - 1), end) for end in ends)


def _by_wave(truth: Truth, days: tuple[tuple[date, date], ...], branch: str) -> FloatArray:
    """Return the true incidents of a branch by wave and zone, by km2 and day."""
    codes = [number for number, kind in enumerate(kinds()) if f"{kind.code}.".startswith(branch)]
    them, areas = truth.incidents, zone_areas_km2()
    mine = np.isin(them.kind, codes)
    at_us, zone = them.at_us[mine], sites().arrondissement[them.site[mine]] - 1
    found = np.zeros((len(days), len(areas)))
    for wave, (first, last) in enumerate(days):
        begin, end = (to_us(midnight(day)) for day in (first, last + timedelta(days=1)))
        inside = (at_us >= begin) & (at_us < end)
        counts = np.bincount(zone[inside], minlength=len(areas))
        found[wave] = (counts + 0.5) / areas / ((last - first).days + 1)
    return found


@cache
def zone_areas_km2() -> FloatArray:
    """Return the area of each zone of the surveys."""
    polygons = geography.zonings()["arrondissement"].polygons
    return np.array([geography.metric(one).area / 1e6 for one in polygons])


def make_waves(truth: Truth) -> Waves:
    """Return what people feel and which lamps are out, wave by wave."""
    days, of = wave_days(truth), FEELING
    ids = list(geography.zonings()["arrondissement"].ids)
    shape = (len(days), len(ids))
    chance = stream(truth.seed, LIGHTING)
    lamps = np.exp(chance.normal(np.log(3.0), 0.4, len(ids)))
    out = lamps * np.exp(chance.normal(0.0, 0.15, shape))
    for zone, points, begin, end in of.outages:
        during = slice(int(begin * len(days)), max(1, int(np.ceil(end * len(days)))))
        out[during, ids.index(zone)] += points
    offences = _by_wave(truth, days, "offence.")
    patrols = _by_wave(truth, days, "space.prevention.patrol.")
    chance = stream(truth.seed, SURVEY, "zones")
    own = chance.normal(0.0, of.zones, len(ids)) + chance.normal(0.0, of.waves, shape)
    own[:, ids.index(of.apart_zone)] += of.apart
    level = logit(of.usual) + own
    for weight, rate in ((of.offences, offences), (of.patrols, patrols)):
        level += weight * (np.log(rate) - np.log(rate).mean())
    night = level + of.lamps * (out - 3.0)
    return Waves(days, np.round(out, 1), offences, patrols, expit(night), expit(level + of.by_day))


def known_feeling() -> dict[str, object]:
    """Return the sizes that are planted, for the truth."""
    return asdict(FEELING)


def _middles() -> list[tuple[str, str]]:
    points = [one.representative_point() for one in geography.zonings()["arrondissement"].polygons]
    return [(f"{point.x:.5f}", f"{point.y:.5f}") for point in points]


def _feed(source: str, paths: list[str], rows: int) -> Feed:
    table = source == LIGHTING
    return Feed(
        source=source,
        connector="table" if table else "perception_survey",
        mapping=f"mappings/{source}.toml" if table else "",
        kind="measures",
        paths=tuple(paths),
        rows=rows,
        records=rows,
        via="hand",
        period_s=0 if table else PERIOD_S,
    )


def emit_lighting(truth: Truth, folder: Path) -> Feed:
    """Write the contractor's table of lamps out, by zone and wave."""
    (folder / LIGHTING).mkdir()
    waves, ids = make_waves(truth), geography.zonings()["arrondissement"].ids
    rows = [
        (zone, *(midnight(day).astimezone(ZONE).isoformat() for day in _edges(days)), *place, share)
        for days, shares in zip(waves.days, waves.lamps_out, strict=True)
        for zone, place, share in zip(ids, _middles(), map(str, shares.tolist()), strict=True)
    ]
    name = f"{LIGHTING}/eclairage.csv"
    (folder / name).write_bytes(csv_bytes(LIGHTING_HEADER, rows))
    return _feed(LIGHTING, [name], len(rows))


def _edges(days: tuple[date, date]) -> tuple[date, date]:
    return days[0], days[1] + timedelta(days=1)


def emit_survey(truth: Truth, folder: Path) -> Feed:
    """Write the barometer, a file a wave: two questions, each by zone with its answers."""
    (folder / SURVEY).mkdir()
    waves, ids = make_waves(truth), geography.zonings()["arrondissement"].ids
    chance, paths, rows = stream(truth.seed, SURVEY, "answers"), [], 0
    questions = (("insécurité la nuit", waves.unsafe_night), ("insécurité", waves.unsafe))
    for wave, (first, last) in enumerate(waves.days):
        told = []
        for question, share in questions:
            answers: IntArray = chance.integers(110, 220, len(ids))
            said = 100.0 * chance.binomial(answers, share[wave]) / answers
            texts = zip(ids, said.tolist(), answers.tolist(), _middles(), strict=True)
            told += [
                (zone, str(first), str(last), question, f"{part:.1f}", str(many), *place)
                for zone, part, many, place in texts
            ]
        paths.append(f"{SURVEY}/barometre_{last}.csv")
        (folder / paths[-1]).write_bytes(csv_bytes(SURVEY_HEADER, told))
        rows += len(told)
    return _feed(SURVEY, paths, rows)
