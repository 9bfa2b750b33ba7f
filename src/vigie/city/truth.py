"""The ground truth: every incident that happens, where, when and why.

Rates are products of known factors (space x hour, weekday, season, weather, calendar); a part of
the incidents begets others nearby (self-excitation); events add theirs; a hot spot and a measure
are planted. One seed gives one truth, including the days beyond "now" that the live replay shows.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta

import numpy as np

from vigie.base.clock import require_aware, to_us
from vigie.base.errors import WrongUsage
from vigie.city import geography
from vigie.city.agenda import make_plans
from vigie.city.chance import stream
from vigie.city.kinds import FloatArray, IncidentKind, hour_profile, kind_index, kinds
from vigie.city.outbreaks import outbreaks
from vigie.city.plans import TruePlan
from vigie.city.sites import Nearest, pick, sites
from vigie.city.situations import (
    EVENT_EFFECTS,
    HotSpot,
    Measure,
    hot_spots,
    measures_taken,
    within,
)
from vigie.city.span import DAY_US, HOUR_US, IntArray, Span, local_day, span
from vigie.city.weather import Weather, make_weather

LIVE_DAYS = 30
JITTER_M = 12.0
CHILD_CLOCK_H = 1.5
GENERATIONS = 12
YEAR_DAYS = 365.25
CAUSES = ("background", "excited", "event", "cluster")


@dataclass(frozen=True)
class Incidents:
    """True incidents, columns aligned, sorted by time; the position is the incident's number.

    Attributes:
        kind: Position in ``kinds()``.
        at_us: True instant, epoch microseconds.
        lon: True longitude.
        lat: True latitude.
        site: Position in ``sites()``.
        severity: 1 to 5.
        cause: Position in ``CAUSES``.
        parent: Number of the incident that begot it, -1 if none.
        plan: Position of the event that brought it, -1 if none.
    """

    kind: IntArray
    at_us: IntArray
    lon: FloatArray
    lat: FloatArray
    site: IntArray
    severity: IntArray
    cause: IntArray
    parent: IntArray
    plan: IntArray

    def __len__(self) -> int:
        return len(self.kind)


@dataclass(frozen=True)
class Truth:
    """Everything that is true of a synthetic city.

    Attributes:
        seed: Seed of every draw.
        days: Full local days before today.
        scale: 1 is Marseille's order (300,000 log entries a year); facts only.
        now_us: The instant that divides past from future.
        first: First local day.
        span: Hours from ``first`` to the end of the live days.
        weather: Hourly weather on ``span``.
        plans: Agenda.
        incidents: Every incident on ``span``.
        hot_spots: Planted clusters.
        measures: Planted measures.
    """

    seed: int
    days: int
    scale: float
    now_us: int
    first: date
    span: Span
    weather: Weather
    plans: tuple[TruePlan, ...]
    incidents: Incidents
    hot_spots: tuple[HotSpot, ...]
    measures: tuple[Measure, ...]


def day_factor(kind: IncidentKind, over: Span) -> FloatArray:
    """Return the factor of weekday, season and calendar on each slot (mean about 1)."""
    weekday = np.where(over.holiday, 6, over.weekday)
    factor = kind.week[weekday] * (
        1 + kind.season_amplitude * np.cos(2 * np.pi * (over.month - kind.season_peak) / 12)
    )
    if kind.school_only:
        factor = np.where(over.school, factor, 0.0)
    return np.asarray(factor, dtype=np.float64)


def weather_factor(kind: IncidentKind, weather: Weather) -> FloatArray:
    """Return the factor of rain and temperature on each slot."""
    wet = (weather.rain > 0).astype(np.float64)
    warm = (weather.temperature - 15.0) / 10.0
    return np.asarray(np.exp(kind.rain * wet + kind.temperature * warm), dtype=np.float64)


class _Draft:
    """Incidents being drawn, before they are sorted and numbered."""

    def __init__(self) -> None:
        self.nearest = Nearest()
        self.kind: list[IntArray] = []
        self.at_us: list[IntArray] = []
        self.site: list[IntArray] = []
        self.cause: list[IntArray] = []
        self.plan: list[IntArray] = []
        self.parent: list[IntArray] = []
        self.count = 0

    def add(
        self,
        kind: int | IntArray,
        at_us: IntArray,
        site: IntArray,
        *,
        cause: int,
        plan: int = -1,
        parent: IntArray | None = None,
    ) -> None:
        """Append incidents of one cause."""
        n = len(at_us)
        self.kind.append(np.broadcast_to(np.asarray(kind, dtype=np.int64), n))
        self.at_us.append(at_us.astype(np.int64))
        self.site.append(site.astype(np.int64))
        self.cause.append(np.full(n, cause, dtype=np.int64))
        self.plan.append(np.full(n, plan, dtype=np.int64))
        self.parent.append(np.full(n, -1, dtype=np.int64) if parent is None else parent)
        self.count += n


def _background(draft: _Draft, over: Span, weather: Weather, scale: float, seed: int) -> None:
    place = sites()
    for number, kind in enumerate(kinds()):
        daily = kind.yearly * scale * (1 - kind.branching) / YEAR_DAYS
        factor = day_factor(kind, over) * weather_factor(kind, weather)
        for part, component in enumerate(kind.mix):
            chance = stream(seed, "background", kind.code, part)
            rate = (
                daily * component.weight * factor * hour_profile(component.hours)[over.local_hour]
            )
            counts = chance.poisson(rate)
            slot = np.repeat(np.arange(over.hours), counts)
            at_us = over.slots_us[slot] + (chance.random(len(slot)) * HOUR_US).astype(np.int64)
            site = pick(place.weights[component.space], len(slot), chance)
            draft.add(number, at_us, site, cause=0)


def _events(draft: _Draft, plans: tuple[TruePlan, ...], scale: float, seed: int) -> None:
    index = kind_index()
    for number, plan in enumerate(plans):
        if plan.came == 0:
            continue
        acting = [e for e in EVENT_EFFECTS if f"{plan.kind}.".startswith(f"{e.event}.")]
        x0, y0 = geography.to_metres(np.array(plan.lon), np.array(plan.lat))
        for effect in acting:
            chance = stream(seed, "event", plan.ref, effect.kind)
            n = int(chance.poisson(effect.per_10k * plan.came / 10_000 * scale))
            begin = plan.starts_us - effect.before_h * HOUR_US
            end = plan.ends_us + effect.after_h * HOUR_US
            at_us = (begin + chance.random(n) * (end - begin)).astype(np.int64)
            x = x0 + chance.normal(0, effect.spread_m, n)
            y = y0 + chance.normal(0, effect.spread_m, n)
            if n:
                site = draft.nearest.snap(x, y)
                draft.add(index[effect.kind], at_us, site, cause=2, plan=number)


def _clusters(
    draft: _Draft, over: Span, spots: tuple[HotSpot, ...], scale: float, seed: int
) -> None:
    for spot in spots:
        chance = stream(seed, "cluster", spot.name)
        n = int(chance.poisson(spot.per_day * scale * (over.end_us - spot.from_us) / DAY_US))
        at_us = (spot.from_us + chance.random(n) * (over.end_us - spot.from_us)).astype(np.int64)
        x0, y0 = geography.to_metres(np.array(spot.lon), np.array(spot.lat))
        x, y = x0 + chance.normal(0, spot.sigma_m, n), y0 + chance.normal(0, spot.sigma_m, n)
        if n:
            draft.add(kind_index()[spot.kind], at_us, draft.nearest.snap(x, y), cause=3)


def _children(draft: _Draft, end_us: int, seed: int) -> None:
    """Add self-excited incidents, generation after generation (a branching process)."""
    branching = np.array([k.branching for k in kinds()])
    days = np.array([k.excite_days for k in kinds()])
    metres = np.array([k.excite_m for k in kinds()])
    kind, at_us, site = (np.concatenate(c) for c in (draft.kind, draft.at_us, draft.site))
    number = np.arange(draft.count)
    nearest = draft.nearest
    for generation in range(GENERATIONS):
        chance = stream(seed, "children", generation)
        births = chance.poisson(branching[kind])
        mother = np.repeat(np.arange(len(kind)), births)
        born_kind = kind[mother]
        n = len(mother)
        whole = np.rint(chance.exponential(1.0, n) * days[born_kind]) * 24.0
        delay_h = np.abs(whole + chance.normal(0, CHILD_CLOCK_H, n))
        born_at = at_us[mother] + (delay_h * HOUR_US).astype(np.int64) + 1
        shift = chance.normal(0, 1.0, (n, 2)) * metres[born_kind][:, None]
        keep = born_at < end_us
        if not keep.any():
            return
        born_site = nearest.snap(
            nearest.x[site[mother]][keep] + shift[keep, 0],
            nearest.y[site[mother]][keep] + shift[keep, 1],
        )
        first = draft.count
        parents = number[mother][keep]
        draft.add(born_kind[keep], born_at[keep], born_site, cause=1, parent=parents)
        kind, at_us, site = born_kind[keep], born_at[keep], born_site
        number = np.arange(first, draft.count)


def _finish(draft: _Draft, over: Span, taken: tuple[Measure, ...], seed: int) -> Incidents:
    """Place, thin by measures, sort and number the incidents."""
    kind, at_us, site, cause, plan, parent = (
        np.concatenate(c)
        for c in (draft.kind, draft.at_us, draft.site, draft.cause, draft.plan, draft.parent)
    )
    chance = stream(seed, "finish")
    n = len(kind)
    x, y = geography.to_metres(sites().lon[site], sites().lat[site])
    lon, lat = geography.to_degrees(
        x + chance.normal(0, JITTER_M, n), y + chance.normal(0, JITTER_M, n)
    )
    usual = np.array([k.severity for k in kinds()])[kind]
    severity = np.clip(usual + chance.choice([-1, 0, 0, 0, 1], n), 1, 5)
    fate = chance.random(n)
    keep = (at_us >= over.start_us) & (at_us < over.end_us)
    for measure in taken:
        touched = within(measure, at_us, lon, lat) & (kind == kind_index()[measure.kind])
        keep &= ~(touched & (fate >= measure.factor))
    order = np.flatnonzero(keep)[np.argsort(at_us[keep], kind="stable")]
    renumber = np.full(n + 1, -1, dtype=np.int64)
    renumber[order] = np.arange(len(order))
    return Incidents(
        kind=kind[order],
        at_us=at_us[order],
        lon=np.round(lon[order], 6),
        lat=np.round(lat[order], 6),
        site=site[order],
        severity=severity[order].astype(np.int64),
        cause=cause[order],
        parent=renumber[parent[order]],
        plan=plan[order],
    )


def make_truth(*, seed: int, days: int, scale: float, now: datetime, planted: int = 0) -> Truth:
    """Return the truth of a city.

    Args:
        seed: Any non-negative integer; the same arguments give the same truth, to the byte.
        days: Full local days of past before today.
        scale: Volume of facts; 1 is Marseille's order, 300,000 log entries a year.
        now: The instant that divides past from future, aware.
        planted: How many undeclared gatherings are planted besides, to score detectors on.

    Raises:
        WrongUsage: When ``days`` is under 1, ``scale`` is not positive or ``seed`` is negative.
    """
    if days < 1 or not scale > 0 or seed < 0:
        raise WrongUsage(reason="days >= 1, scale > 0, seed >= 0")
    now_us = to_us(require_aware(now))
    today = local_day(now)
    first = today - timedelta(days=days)
    over = span(first, days + 1 + LIVE_DAYS)
    weather = make_weather(over, seed)
    drawn = make_plans(first, days, seed, now_us, today)
    drawn += outbreaks(first, days, seed, now_us, planted)
    plans = tuple(sorted(drawn, key=lambda plan: (plan.starts_us, plan.ref)))
    spots, taken = hot_spots(now_us, days), measures_taken(now_us, days)
    draft = _Draft()
    _background(draft, over, weather, scale, seed)
    _events(draft, plans, scale, seed)
    _clusters(draft, over, spots, scale, seed)
    _children(draft, over.end_us, seed)
    incidents = _finish(draft, over, taken, seed)
    return Truth(seed, days, scale, now_us, first, over, weather, plans, incidents, spots, taken)
