"""What is felt in zones and periods, beside what is known of them then: facts, lamps, patrols.

Felt is a survey by file (a share or a score, how many answered) or what the public reported of one
sort. Each term is a rate by km2 and day on a log scale, so that its weight does not depend on how
many facts a city counts; the share of lamps out stays in per cent.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final, Literal

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc
from pydantic import Field

from vigie.analyse.analysis import Frame
from vigie.analyse.points import TimedParameters, read_points
from vigie.geo.zonings import Zoning
from vigie.model.times import DAY_US, HOUR_US

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]
Bools = npt.NDArray[np.bool_]

REPORTS: Final = "reports"
SCORE: Final = "feeling.tranquillity"
"""The one whose high figures are good ones."""
LAMPS: Final = "light.out"
LAMP_FAULT: Final = "space.equipment.light_fault"
PATROL_LOGGED: Final = "space.prevention.patrol"
PATROL_PLANNED: Final = "event.patrol"
READS: Final = ("lon", "lat", "earliest_us", "latest_us", "kind", "discovered_by")
_HALF = 0.5
"""Added to every count before its logarithm."""


class FeltParameters(TimedParameters):
    """What is felt, and what of the city is held beside it."""

    feeling: Literal[
        "feeling.unsafe_night", "feeling.unsafe", "feeling.nuisance", "feeling.tranquillity",
        "reports",
    ] = Field(
        "feeling.unsafe_night",
        title="Ressenti / Feeling",
        description="Question d’une enquête, ou ce que le public a signalé. / A question of a"
        " survey, or what the public reported.",
        json_schema_extra={
            "words": {
                "feeling.unsafe_night": ["Insécurité la nuit", "Unsafe at night"],
                "feeling.unsafe": ["Insécurité", "Unsafe"],
                "feeling.nuisance": ["Nuisances", "Nuisance"],
                "feeling.tranquillity": ["Note de tranquillité", "Score of tranquillity"],
                "reports": ["Signalements et appels", "Reports and calls"],
            }
        },
    )  # fmt: skip
    reported: str = Field(
        "offence.disorder",
        title="Signalements de / Reports of",
        description="Branche de la nomenclature, pour les signalements et appels ; ces faits n’en"
        " expliquent alors plus d’autres. / Branch of the taxonomy, for reports and calls; these"
        " facts then explain nothing.",
    )
    explained_by: str = Field(
        "offence",
        title="Faits / Facts",
        description="Branche des faits mis en regard ; vide : tous. / Branch of the facts held"
        " beside; empty: all.",
    )
    lighting: Literal["measured", "reported", "none"] = Field(
        "measured",
        title="Éclairage / Lighting",
        description="Part mesurée des points en panne, ou pannes signalées. / Share of lamps out"
        " as measured, or faults as reported.",
        json_schema_extra={
            "words": {
                "measured": ["Points en panne, mesurés", "Lamps out, measured"],
                "reported": ["Pannes signalées", "Faults reported"],
                "none": ["Non", "No"],
            }
        },
    )
    deployment: Literal["logged", "planned", "none"] = Field(
        "logged",
        title="Déploiement / Deployment",
        description="Patrouilles de la main courante, ou heures des patrouilles planifiées. /"
        " Patrols in the log, or hours of patrols that were planned.",
        json_schema_extra={
            "words": {
                "logged": ["Patrouilles consignées", "Patrols logged"],
                "planned": ["Patrouilles planifiées", "Patrols planned"],
                "none": ["Non", "No"],
            }
        },
    )
    zoning: str = Field(
        "arrondissement",
        title="Découpage / Zoning",
        description="Nom d’un découpage. / Name of a zoning.",
    )
    period_days: int = Field(
        28,
        ge=7,
        le=366,
        title="Période des signalements (jours) / Period of reports (days)",
        description="Une enquête a ses propres périodes. / A survey has periods of its own.",
    )


def metrics_of(params: FeltParameters) -> tuple[str, ...]:
    """Return the metrics that are read."""
    felt = () if params.feeling == REPORTS else (params.feeling,)
    return (*felt, LAMPS) if params.lighting == "measured" else felt


@dataclass(frozen=True)
class Panel:
    """Zones in periods: what is felt there, what is known.

    Attributes:
        zone: Position of the zone.
        period: Position of the period.
        periods: Start and end of each, epoch µs.
        value: Share or score in per cent; of reports, how many.
        answers: Who answered; of reports, how many.
        known: Terms by name (``facts``, ``light``, ``patrols``), NaN where one is missing.
        counts: How many facts stand behind the term ``facts``.
        area_days: Of each row, km2 by days.
        missing: Terms asked for of which there is nothing.
        unsized: Figures of surveys left out because nobody says how many answered.
    """

    zone: Ints
    period: Ints
    periods: tuple[tuple[int, int], ...]
    value: Floats
    answers: Floats
    known: Mapping[str, Floats]
    counts: Floats
    area_days: Floats
    missing: tuple[str, ...] = ()
    unsized: int = 0
    notes: tuple[Mapping[str, str], ...] = field(default=())


def make_panel(facts: pa.Table, params: FeltParameters, frame: Frame, zoning: Zoning) -> Panel:
    """Return what is felt by zone and period, beside what is known of them."""
    points = read_points(facts, frame, params.longest_hours)
    table = facts.take(pa.array(points.row))
    early, late = (table[name].to_numpy() for name in ("earliest_us", "latest_us"))
    at_us = np.asarray(early + (late - early) // 2, np.int64)
    where = zoning.assign(points.lon, points.lat)
    felt = _felt_facts(table, params)
    unsized = 0
    if params.feeling == REPORTS:
        periods = _even_periods(params, frame)
        shape = (len(periods), len(zoning))
        amount = _count(at_us[felt], where[felt], periods, shape)
        period, zone = (axis.ravel() for axis in np.indices(shape))
        value = answers = amount.ravel()
    else:
        periods, zone, period, value, answers, unsized = _asked(params.feeling, frame, zoning)
    shape = (len(periods), len(zoning))
    lasted = np.array([(end - begin) / DAY_US for begin, end in periods])
    area_days = (lasted[:, None] * zoning.areas_km2[None, :])[period, zone]
    held = _held(table, params) & ~felt
    counts = _count(at_us[held], where[held], periods, shape)[period, zone]
    known = {"facts": np.log((counts + _HALF) / area_days)}
    light = _light(table, (at_us, where), params, frame, (zoning, periods))
    if light is not None:
        known["light"] = light[period, zone] if params.lighting == "measured" else np.log(
            (light[period, zone] + _HALF) / area_days
        )  # fmt: skip
    patrols = _patrols(table, (at_us, where), params, frame, (zoning, periods))
    if patrols is not None:
        known["patrols"] = np.log((patrols[period, zone] + _HALF) / area_days)
    asked = (("light", params.lighting), ("patrols", params.deployment))
    missing = tuple(name for name, said in asked if said != "none" and name not in known)
    return Panel(
        zone=zone, period=period, periods=periods, value=value, answers=answers, known=known,
        counts=counts, area_days=area_days, missing=missing, unsized=unsized,
        notes=tuple(points.notes()),
    )  # fmt: skip


def _felt_facts(table: pa.Table, params: FeltParameters) -> Bools:
    """Return the facts that are themselves what is felt: none when a survey says it."""
    if params.feeling != REPORTS:
        return np.zeros(table.num_rows, np.bool_)
    public = pc.fill_null(pc.equal(table["discovered_by"], "public"), False)
    return np.asarray(_branch(table, params.reported) & public.to_numpy(), np.bool_)


def _branch(table: pa.Table, code: str) -> Bools:
    """Return which rows are of a kind or of one below it; all of them for no code."""
    if not code:
        return np.ones(table.num_rows, np.bool_)
    kinds = table["kind"].cast(pa.string())
    mine = pc.or_(pc.equal(kinds, code), pc.starts_with(kinds, pattern=f"{code}."))
    return np.asarray(pc.fill_null(mine, False).to_numpy(), np.bool_)


def _held(table: pa.Table, params: FeltParameters) -> Bools:
    """Return the facts held beside; lamps and patrols are terms of their own."""
    apart = _branch(table, LAMP_FAULT) | _branch(table, PATROL_LOGGED)
    if params.feeling == REPORTS:
        apart |= _branch(table, params.reported)
    return np.asarray(_branch(table, params.explained_by) & ~apart, np.bool_)


def _even_periods(params: FeltParameters, frame: Frame) -> tuple[tuple[int, int], ...]:
    """Return whole periods back from the end of what was asked."""
    step = params.period_days * DAY_US
    many = max(1, (frame.to_us - frame.from_us) // step)
    ends = [frame.to_us - step * back for back in reversed(range(many))]
    return tuple((max(frame.from_us, end - step), end) for end in ends)


def _asked(
    metric: str, frame: Frame, zoning: Zoning
) -> tuple[tuple[tuple[int, int], ...], Ints, Ints, Floats, Floats, int]:
    """Return periods, then zone, period, figure and answers of each row, and what was left out.

    Several figures in one zone and period are pooled by their answers.
    """
    nothing = np.zeros(0, np.int64)
    rows = _placed(frame.measures, metric)
    sized = None if rows is None else pc.is_valid(rows["group_size"])
    unsized = 0 if rows is None else rows.num_rows - int(pc.sum(sized).as_py() or 0)
    if rows is None or unsized == rows.num_rows:
        return (), nothing, nothing, np.zeros(0), np.zeros(0), unsized
    rows = rows.filter(sized)
    at = zoning.assign(rows["lon"].to_numpy(), rows["lat"].to_numpy())
    spans = np.column_stack([rows["from_us"].to_numpy(), rows["to_us"].to_numpy()])
    periods, of = np.unique(spans[at >= 0], axis=0, return_inverse=True)
    value, many = (
        np.asarray(rows[name].to_numpy(), np.float64)[at >= 0] for name in ("value", "group_size")
    )
    shape = (len(periods), len(zoning))
    answers, total = np.zeros(shape), np.zeros(shape)
    place = (of.ravel(), at[at >= 0])
    np.add.at(answers, place, many)
    np.add.at(total, place, many * value)
    period, zone = np.nonzero(answers)
    told = total[period, zone] / answers[period, zone]
    spans_told = tuple((int(begin), int(end)) for begin, end in periods)
    return spans_told, zone, period, told, answers[period, zone], unsized


def _placed(measures: pa.Table | None, metric: str) -> pa.Table | None:
    """Return the measures of a metric that have a place, or None where there is none."""
    if measures is None or not measures.num_rows:
        return None
    rows = measures.filter(pc.equal(measures["metric"], metric))
    rows = rows.filter(pc.and_(pc.is_valid(rows["lon"]), pc.is_valid(rows["lat"])))
    return rows if rows.num_rows else None


def _count(
    at_us: Ints, where: Ints, periods: tuple[tuple[int, int], ...], shape: tuple[int, int]
) -> Floats:
    """Return how many instants lie in each period and zone."""
    found = np.zeros(shape)
    for number, (begin, end) in enumerate(periods):
        inside = (at_us >= begin) & (at_us < end) & (where >= 0)
        found[number] = np.bincount(where[inside], minlength=shape[1])
    return found


Ground = tuple[Zoning, tuple[tuple[int, int], ...]]


def _light(
    table: pa.Table, points: tuple[Ints, Ints], params: FeltParameters, frame: Frame, over: Ground
) -> Floats | None:
    """Return lamps out in per cent, or faults reported, by period and zone; None: nothing known."""
    zoning, periods = over
    if params.lighting == "reported":
        faults = _branch(table, LAMP_FAULT)
        counted = _count(points[0][faults], points[1][faults], periods, (len(periods), len(zoning)))
        return counted if counted.any() else None
    rows = _placed(frame.measures, LAMPS) if params.lighting == "measured" else None
    if rows is None or not periods:
        return None
    at = zoning.assign(rows["lon"].to_numpy(), rows["lat"].to_numpy())
    begin, end = rows["from_us"].to_numpy(), rows["to_us"].to_numpy()
    value = np.asarray(rows["value"].to_numpy(), np.float64)
    found = np.full((len(periods), len(zoning)), np.nan)
    for number, (first, last) in enumerate(periods):
        shared = np.clip(np.minimum(end, last) - np.maximum(begin, first), 0, None) / HOUR_US
        shared = np.where(at >= 0, shared, 0.0)
        hours = np.bincount(np.maximum(at, 0), shared, len(zoning))
        total = np.bincount(np.maximum(at, 0), shared * value, len(zoning))
        np.divide(total, hours, out=found[number], where=hours > 0)
    return found


def _patrols(
    table: pa.Table, points: tuple[Ints, Ints], params: FeltParameters, frame: Frame, over: Ground
) -> Floats | None:
    """Return patrols logged, or hours of patrols planned, by period and zone; None: nothing."""
    zoning, periods = over
    found = np.zeros((len(periods), len(zoning)))
    if params.deployment == "logged":
        mine = _branch(table, PATROL_LOGGED)
        found = _count(points[0][mine], points[1][mine], periods, found.shape)
    elif params.deployment == "planned" and frame.plans is not None and frame.plans.num_rows:
        plans = frame.plans
        held = pc.and_(pc.is_valid(plans["lon"]), pc.not_equal(plans["state"], "cancelled"))
        plans = plans.filter(pc.and_(pa.array(_branch(plans, PATROL_PLANNED)), held))
        at = zoning.assign(plans["lon"].to_numpy(), plans["lat"].to_numpy())
        begin, end = plans["starts_us"].to_numpy(), plans["ends_us"].to_numpy()
        for number, (first, last) in enumerate(periods):
            hours = np.clip(np.minimum(end, last) - np.maximum(begin, first), 0, None) / HOUR_US
            np.add.at(found[number], at[at >= 0], hours[at >= 0])
    return found if found.any() else None
