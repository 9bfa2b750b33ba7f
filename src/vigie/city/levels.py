"""What is counted and sensed: presence, noise, traffic, emergency arrivals; true levels by hour."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

import numpy as np

from vigie.city import geography
from vigie.city.chance import stream
from vigie.city.kinds import FloatArray, hour_profile
from vigie.city.plans import TruePlan
from vigie.city.sites import POPULATION, sites
from vigie.city.span import DAY_US, HOUR_US, BoolArray, IntArray, Span
from vigie.city.truth import Truth

WORKERS = 230_000
REVELLERS = 24_000
BATHERS = 60_000
NOISE_PLACES = (
    *("vieux_port", "la_plaine", "cours_julien", "castellane", "gare_saint_charles"),
    *("porte_aix", "plages_prado", "stade_velodrome", "estaque", "merlan", "grand_littoral"),
    *("marche_noailles", "plage_catalans", "pointe_rouge", "docks_joliette", "chateau_gombert"),
    *("la_valentine", "friche", "obelisque_mazargues", "reformes"),
)
COUNTERS = 32
AGE_BANDS = ("age_0_17", "age_18_64", "age_65_up")
_AGE_SHARE = (0.28, 0.48, 0.24)
SUPPRESS_UNDER = 11
"""Least group that a hospital tells of (law, HEA-2)."""
PRESENCE_MIN = 20
PRESENCE_STEP = 10


@dataclass(frozen=True, slots=True)
class Anomaly:
    """Something known to be out of the ordinary in a series, on purpose.

    Attributes:
        name: What it is: ``epidemic``, ``silent_sensor`` or ``stuck_sensor``.
        series: Which series (source and reference).
        from_us: Start.
        to_us: End, exclusive.
        size: Size: a factor, or the stuck value.
    """

    name: str
    series: str
    from_us: int
    to_us: int
    size: float


@dataclass(frozen=True, slots=True)
class Point:
    """A sensor: its reference, its place and its usual level."""

    ref: str
    name: str
    lon: float
    lat: float
    usual: float


@cache
def noise_sensors() -> tuple[Point, ...]:
    """Return the noise sensors, at well-known places."""
    known = {p.place_id.removeprefix("landmark."): p for p in geography.places()[:60]}
    night = sites().weights["nightlife"]
    out = []
    for number, name in enumerate(NOISE_PLACES, start=1):
        place = known[name]
        x, y = geography.to_metres(sites().lon, sites().lat)
        px, py = geography.to_metres(np.array(place.lon), np.array(place.lat))
        busy = float(night[np.hypot(x - px, y - py) < 400].sum())
        out.append(
            Point(f"BR{number:02d}", place.name, place.lon, place.lat, 57.0 + 18.0 * min(0.4, busy))
        )
    return tuple(out)


@cache
def traffic_counters() -> tuple[Point, ...]:
    """Return the traffic counters, in the middle of axes and main streets."""
    ranked = [s for s in geography.streets() if s.rank == "axis"]
    ranked += [s for s in geography.streets() if s.rank == "main"]
    out = []
    for number, street in enumerate(ranked[:COUNTERS], start=1):
        middle = street.line.interpolate(0.5, normalized=True)
        usual = 1_350.0 if street.rank == "axis" else 720.0
        out.append(Point(f"TR{number:02d}", street.name, float(middle.x), float(middle.y), usual))
    return tuple(out)


def anomalies(truth: Truth) -> tuple[Anomaly, ...]:
    """Return the anomalies planted in the series."""
    now, days = truth.now_us, truth.days
    epidemic = now - days // 4 * DAY_US
    silent = now - max(2, days // 8) * DAY_US
    stuck = now - max(1, days // 16) * DAY_US
    return (
        Anomaly("epidemic", "emergency", epidemic - 12 * DAY_US, epidemic + 12 * DAY_US, 1.4),
        Anomaly("silent_sensor", "sensors_noise:BR08", silent, silent + DAY_US, 0.0),
        Anomaly("stuck_sensor", "sensors_noise:BR13", stuck, stuck + DAY_US, 63.2),
    )


def attending(truth: Truth, plan: TruePlan, *, before_h: float, after_h: float) -> FloatArray:
    """Return the people a plan holds in each slot of the span (partial hours count less)."""
    begin = plan.starts_us - before_h * HOUR_US
    end = plan.ends_us + after_h * HOUR_US
    slots = truth.span.slots_us
    overlap = np.minimum(slots + HOUR_US, end) - np.maximum(slots, begin)
    return np.clip(overlap / HOUR_US, 0.0, 1.0) * plan.came


def _works_long(plan: TruePlan) -> bool:
    return plan.came == 0 or plan.ends_us - plan.starts_us > DAY_US


def _by_maille(weights: FloatArray) -> FloatArray:
    count = len(geography.zonings()["maille"].ids)
    summed = np.bincount(sites().maille, weights=weights, minlength=count)
    return np.asarray(summed, dtype=np.float64)


def _curve(over: Span, home: FloatArray) -> FloatArray:
    return np.asarray(home[over.local_hour])


def presence(truth: Truth) -> FloatArray:
    """Return the true number of people by slot and presence cell."""
    over, weather = truth.span, truth.weather
    weights = sites().weights
    at_home = np.array([1.0] * 7 + [0.86, 0.74, 0.68, 0.66, 0.66, 0.68, 0.68, 0.66, 0.66])
    at_home = np.concatenate([at_home, [0.68, 0.73, 0.80, 0.86, 0.90, 0.94, 0.97, 1.0]])
    at_work = hour_profile("day") / hour_profile("day").max()
    out_late = hour_profile("night") / hour_profile("night").max()
    week = np.array([1.0, 1.0, 1.0, 1.0, 1.0, 0.45, 0.25])
    evening = np.array([0.5, 0.55, 0.65, 0.85, 1.2, 1.5, 0.8])
    weekday = np.where(over.holiday, 6, over.weekday)
    warm = np.clip((weather.temperature - 20.0) / 10.0, 0.0, 1.3) * (weather.rain == 0)
    level = np.outer(_curve(over, at_home), _by_maille(weights["residents"]) * sum(POPULATION))
    busy = _by_maille(0.5 * weights["commerce"] + 0.5 * weights["centre"]) * WORKERS
    level += np.outer(_curve(over, at_work) * week[weekday], busy)
    late = _curve(over, out_late) * evening[over.weekday]
    level += np.outer(late, _by_maille(weights["nightlife"]) * REVELLERS)
    swim = _curve(over, at_work) * warm * np.where(week[weekday] < 1, 1.6, 1.0)
    level += np.outer(swim, _by_maille(weights["beach"]) * BATHERS)
    maille = geography.zonings()["maille"]
    plans = [p for p in truth.plans if not _works_long(p)]
    cells = maille.locate(np.array([p.lon for p in plans]), np.array([p.lat for p in plans]))
    for plan, cell in zip(plans, cells.tolist(), strict=True):
        if cell >= 0:
            level[:, cell] += attending(truth, plan, before_h=1.5, after_h=0.75)
    return np.asarray(level)


def counted(truth: Truth, level: FloatArray) -> tuple[FloatArray, BoolArray]:
    """Return presence as the operator gives it, and which values it gives at all.

    Rounded to 10; a group under 20 is not given (disclosure control at the source).
    """
    chance = stream(truth.seed, "presence")
    noisy = level * np.exp(chance.normal(0.0, 0.04, level.shape))
    rounded = np.rint(noisy / PRESENCE_STEP) * PRESENCE_STEP
    return rounded, rounded >= PRESENCE_MIN


def noise_expected(truth: Truth) -> FloatArray:
    """Return the expected sound level (LAeq, dB) by slot and noise sensor."""
    over, sensors = truth.span, noise_sensors()
    day = hour_profile("day") / hour_profile("day").max()
    night = hour_profile("night") / hour_profile("night").max()
    weekend = np.isin(over.weekday, (4, 5)).astype(np.float64)
    level = np.zeros((over.hours, len(sensors)))
    for column, sensor in enumerate(sensors):
        lively = (sensor.usual - 57.0) / 7.2
        level[:, column] = (
            sensor.usual
            - 7.0
            + 9.0 * _curve(over, day)
            + 5.0 * lively * _curve(over, night) * (0.6 + 0.6 * weekend)
            + 2.0 * (truth.weather.rain > 0)
            + 0.25 * np.clip(truth.weather.wind - 6.0, 0.0, None)
        )
    x = np.array([geography.to_metres(np.array(s.lon), np.array(s.lat)) for s in sensors])
    for plan in truth.plans:
        if _works_long(plan) or plan.came < 500:
            continue
        px, py = geography.to_metres(np.array(plan.lon), np.array(plan.lat))
        near = np.exp(-np.hypot(x[:, 0] - px, x[:, 1] - py) / 350.0)
        if near.max() < 0.05:
            continue
        crowd = attending(truth, plan, before_h=0.5, after_h=0.5)
        level += 6.0 * np.log10(1.0 + crowd / 800.0)[:, None] * near[None, :]
    return level


def traffic(truth: Truth) -> tuple[FloatArray, FloatArray]:
    """Return vehicles per hour and mean speed (km/h) by slot and traffic counter."""
    over, counters = truth.span, traffic_counters()
    chance = stream(truth.seed, "traffic")
    hours = 0.6 * hour_profile("commute") + 0.4 * hour_profile("day")
    shape = _curve(over, hours / hours.max())
    week = np.array([1.0, 1.02, 1.02, 1.02, 1.06, 0.82, 0.66])
    weekday = np.where(over.holiday, 6, over.weekday)
    base = shape * week[weekday] * np.where(over.school, 1.0, 0.94)
    base = base * np.where(truth.weather.rain > 0, 0.93, 1.0)
    usual = np.array([c.usual for c in counters])
    expected = np.outer(base, usual)
    x = np.array([geography.to_metres(np.array(c.lon), np.array(c.lat)) for c in counters])
    for plan in truth.plans:
        if _works_long(plan) or plan.came < 3_000:
            continue
        px, py = geography.to_metres(np.array(plan.lon), np.array(plan.lat))
        near = np.exp(-np.hypot(x[:, 0] - px, x[:, 1] - py) / 900.0)
        coming = attending(truth, plan, before_h=2.0, after_h=1.5)
        expected += (coming * 0.012)[:, None] * near[None, :]
    flow = chance.poisson(np.clip(expected, 0.5, None)).astype(np.float64)
    load = np.clip(flow / usual[None, :], 0.0, 1.5)
    speed = 44.0 * (1.0 - 0.45 * load**2) + chance.normal(0, 1.5, flow.shape)
    speed -= 3.0 * (truth.weather.rain > 0)[:, None]
    return flow, np.round(np.clip(speed, 4.0, 70.0), 1)


@cache
def emergency_sites() -> dict[str, str]:
    """Return the number of each hospital with an emergency department, by place.

    Nine digits as a FINESS number has, in a series that is nobody's.
    """
    known = [p for p in geography.places() if p.kind == "place.hospital.emergency"]
    return {p.place_id: f"139990{number:03d}" for number, p in enumerate(known, start=1)}


def arrivals(truth: Truth) -> tuple[list[str], IntArray, IntArray]:
    """Return sites, starts of local days, and arrivals by day, site and age band."""
    over = truth.span
    hospitals = [p for p in geography.places() if p.kind == "place.hospital.emergency"]
    _, first = np.unique(over.ordinal, return_index=True)
    chance = stream(truth.seed, "emergency")
    week = np.array([1.10, 1.02, 0.99, 0.98, 1.0, 0.96, 0.95])[over.weekday[first]]
    season = 1 + 0.06 * np.cos(2 * np.pi * (over.month[first] - 1) / 12)
    epidemic = next(a for a in anomalies(truth) if a.name == "epidemic")
    middle = (epidemic.from_us + epidemic.to_us) / 2
    wave = np.exp(-((((over.slots_us[first] - middle) / (6 * DAY_US)) ** 2) / 2))
    beds = np.array([p.capacity for p in hospitals], dtype=np.float64)
    base = (week * season)[:, None, None] * beds[None, :, None] * 0.24 * np.array(_AGE_SHARE)
    touched = np.array([epidemic.size - 1, 0.1, epidemic.size - 1])
    rate = base * (1 + wave[:, None, None] * touched[None, None, :])
    return list(emergency_sites().values()), over.slots_us[first], chance.poisson(rate)


def arrivals_by_hour(truth: Truth) -> tuple[list[str], IntArray, IntArray]:
    """Return sites, starts of local days, and arrivals by day, site, age band and local hour.

    Each day's hours sum to the count of ``arrivals``; the hour that spring leaves out has nobody.
    """
    named, days_us, counts = arrivals(truth)
    usual = 0.7 * hour_profile("day") + 0.3 * hour_profile("flat")
    chance = stream(truth.seed, "emergency", "hours")
    hours = np.empty((*counts.shape, len(usual)), dtype=np.int64)
    for day, ordinal in enumerate(np.unique(truth.span.ordinal)):
        there = np.isin(np.arange(len(usual)), truth.span.local_hour[truth.span.ordinal == ordinal])
        hours[day] = chance.multinomial(counts[day], usual * there / (usual * there).sum())
    return named, days_us, hours


def arrivals_before(truth: Truth, weeks: int) -> tuple[list[str], int, IntArray]:
    """Return sites, the ordinal of a day, and arrivals by day, site and local hour from it on.

    They end where the span begins: what the hospitals had in their own records by then.
    """
    days = 7 * weeks
    first = int(truth.span.ordinal[0]) - days
    hospitals = [p for p in geography.places() if p.kind == "place.hospital.emergency"]
    beds = np.array([p.capacity for p in hospitals], dtype=np.float64)
    usual = 0.7 * hour_profile("day") + 0.3 * hour_profile("flat")
    chance = stream(truth.seed, "emergency", "before")
    rate = 0.24 * beds[None, :, None] * (usual / usual.sum())[None, None, :]
    return list(emergency_sites().values()), first, chance.poisson(rate, (days, *rate.shape[1:]))
