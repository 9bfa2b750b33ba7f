"""When did the level change, and by how much?"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from typing import Any, Literal

import numpy as np
import pyarrow as pa
from pydantic import Field

from vigie.analyse.analysis import Analysis, Frame, Outcome, OutputColumn, Parameters
from vigie.analyse.days import SPREAD_COLUMNS, Floats, Ints, by_day, dates, days_of, spread
from vigie.analyse.intervals import poisson_interval
from vigie.analyse.rate_ratios import rate_ratio, scatter_interval
from vigie.analyse.segments import (
    best_cuts,
    calibrated_penalty,
    local_scatter,
    neighbours,
    where_cut,
)
from vigie.base.remarks import remark

WEEK = 7
MOST_STEPS = 400
"""Longer series are counted in weeks, and still longer ones in four weeks."""
STEPS = (1, WEEK, 4 * WEEK)
LEAST_STEPS = 8
DRAWS = 199
REACH = 14
"""Steps on either side that the scatter is measured around."""


class ChangeParameters(Parameters):
    """How ready to see a change."""

    false_alarms: float = Field(
        0.05,
        ge=0.01,
        le=0.5,
        title="Fausses alertes / False alarms",
        description="Part des séries sans aucun changement où l’on en trouverait un. / Share of"
        " series without any change in which one would be found.",
    )
    shortest: int = Field(
        14,
        ge=2,
        le=182,
        title="Palier le plus court (jours) / Shortest level (days)",
        description="Un palier dure au moins autant de jours (des semaines entières si l’on"
        " compte par semaine). / A level lasts at least so many days (whole weeks when"
        " weeks are counted).",
    )
    step: Literal["finest", "week"] = Field(
        "finest",
        title="Pas / Step",
        description="Des jours, ou au moins des semaines ; plus large au-delà de 400 pas. / Days,"
        " or weeks at least; coarser where more than 400 steps would result.",
        json_schema_extra={
            "words": {"finest": ["Le plus fin", "Finest"], "week": ["Semaine", "Week"]}
        },
    )
    longest_hours: int = Field(
        48,
        ge=1,
        le=24 * 14,
        title="Incertitude maximale (h) / Longest uncertainty (h)",
        description="Un fait dont l’intervalle est plus long est écarté. / A fact whose interval"
        " is longer is left out.",
    )
    seed: int = Field(
        1,
        ge=0,
        le=2**31 - 1,
        title="Graine / Seed",
        description="Des séries tirées au sort. / Of the series drawn.",
    )


@dataclass(frozen=True, slots=True)
class Series:
    """Counts in steps of time.

    Attributes:
        first: First day of each step, days since 1970-01-01.
        days: Days of a step.
        counts: Facts.
        exposure: Days, each weighed by what its weekday counts; mean 1 a day.
    """

    first: Ints
    days: int
    counts: Floats
    exposure: Floats


def run(facts: pa.Table, params: ChangeParameters, frame: Frame) -> Outcome:
    """Cut the series where the level changes; weekdays are allowed for.

    The penalty is calibrated on 199 drawn series of one level with the same scatter. Levels carry
    intervals for counts that scatter; the date of a change carries the interval in which it was
    found again in 199 drawn series that have it.
    """
    known = spread(facts, params.longest_hours)
    series = _series(known.early, known.late, params.step, frame)
    shortest = max(2, -(-params.shortest // series.days))
    total = float(series.counts.sum())
    if len(series.counts) < max(LEAST_STEPS, 2 * shortest) or total <= 0:
        note = {
            "fr": "Trop peu de jours entiers, ou aucun fait : aucun changement cherché.",
            "en": "Too few whole days, or no fact: no change was looked for.",
        }
        return Outcome(SCHEMA.empty_table(), len(known.early), (*known.note(), note))
    scatter = _scatter(series)
    penalty = calibrated_penalty(
        series.exposure,
        total / float(series.exposure.sum()),
        scatter,
        shortest=shortest,
        false_alarms=params.false_alarms,
        draws=DRAWS,
        seed=params.seed,
    )
    cuts = best_cuts(series.counts, series.exposure, penalty, shortest)
    rows = _rows(series, cuts, scatter, shortest, params.seed)
    note = remark(
        "{n} changement(s) ; pénalité {penalty:.1f}, dispersion {scatter:.2f}, pas de {days}"
        " jour(s).",
        "{n} change(s); penalty {penalty:.1f}, scatter {scatter:.2f}, steps of {days} day(s).",
        n=len(cuts),
        penalty=penalty,
        scatter=scatter,
        days=series.days,
    )
    return Outcome(pa.Table.from_pylist(rows, SCHEMA), len(known.early), (*known.note(), note))


def _series(early: Ints, late: Ints, step: str, frame: Frame) -> Series:
    """Return whole days, or whole weeks from a Monday; weekdays weigh what they count."""
    days = days_of(frame)
    counts = by_day(early, late, days, frame.timezone)[0]
    number, counts, weekday = days.number[days.whole], counts[days.whole], days.weekday[days.whole]
    per = np.bincount(weekday, minlength=WEEK).astype(np.float64)
    mean = np.bincount(weekday, weights=counts, minlength=WEEK) / np.maximum(per, 1.0)
    every = float(counts.mean()) if len(counts) else 0.0
    weigh = np.ones(len(counts))
    if every > 0 and len(counts) >= 4 * WEEK:
        weigh = np.maximum((mean + 0.1 * every)[weekday] / (1.1 * every), 0.05)
    allowed = STEPS[1:] if step == "week" else STEPS
    size = next((days for days in allowed if len(number) <= MOST_STEPS * days), STEPS[-1])
    begin = int(-weekday[0] % WEEK) if len(weekday) and size > 1 else 0
    many = max(0, (len(number) - begin) // size)
    rows = slice(begin, begin + many * size)
    return Series(
        number[rows].reshape(many, size)[:, 0],
        size,
        counts[rows].reshape(many, size).sum(axis=1),
        weigh[rows].reshape(many, size).sum(axis=1),
    )


def _scatter(series: Series) -> float:
    """Return variance over mean around the level of the neighbourhood.

    The larger of what is seen from step to step and from seven steps to seven: days that lean on
    their neighbours differ little from day to day, and their weeks all the more.
    """
    found = _around(series.counts, series.exposure, REACH)
    many = len(series.counts) // WEEK
    if many < LEAST_STEPS:
        return found
    counts, exposure = (
        np.add.reduceat(of[: many * WEEK], np.arange(0, many * WEEK, WEEK))
        for of in (series.counts, series.exposure)
    )
    return max(found, _around(counts, exposure, REACH // WEEK))


def _around(counts: Floats, exposure: Floats, reach: int) -> float:
    low, high = neighbours(len(counts), reach)
    n = np.concatenate([[0.0], np.cumsum(counts)])
    e = np.concatenate([[0.0], np.cumsum(exposure)])
    return local_scatter(counts, exposure * (n[high] - n[low]) / (e[high] - e[low]))


def _rows(
    series: Series, cuts: list[int], scatter: float, shortest: int, seed: int
) -> list[dict[str, Any]]:
    edges = [0, *cuts, len(series.counts)]
    parts = [slice(a, b) for a, b in pairwise(edges)]
    sides = [(series.counts[part], series.exposure[part]) for part in parts]
    rows: list[dict[str, Any]] = []
    for place, (part, (counts, exposure)) in enumerate(zip(parts, sides, strict=True)):
        total, length = float(counts.sum()), float(exposure.sum())
        low, high = poisson_interval(round(total / scatter))
        first = int(series.first[part][0])
        row: dict[str, Any] = {
            "first_day": _date(first),
            "last_day": _date(int(series.first[part][-1]) + series.days - 1),
            "facts": total,
            "level": total / length,
            "low": low * scatter / length,
            "high": high * scatter / length,
        }
        if place:
            before = sides[place - 1]
            totals = (float(before[0].sum()), total)
            ratio = rate_ratio(round(totals[0]), round(totals[1]), float(before[1].sum()), length)
            free = len(counts) + len(before[0]) - 2
            wide = scatter_interval(ratio, totals, scatter, free)
            off = where_cut(
                before, (counts, exposure), scatter, shortest=shortest, draws=DRAWS, seed=seed
            )
            row |= {
                "earliest": _date(first + off[0] * series.days),
                "latest": _date(first + off[1] * series.days),
                "ratio": wide.value if np.isfinite(wide.value) else None,
                "ratio_low": wide.low,
                "ratio_high": wide.high if np.isfinite(wide.high) else None,
            }
        rows.append(row)
    return rows


def _date(number: int) -> object:
    return dates(np.array([number]))[0].as_py()


SCHEMA = pa.schema(
    [
        *(pa.field(name, pa.date32()) for name in ("first_day", "last_day")),
        *(pa.field(name, pa.float64()) for name in ("facts", "level", "low", "high")),
        *(pa.field(name, pa.date32()) for name in ("earliest", "latest")),
        *(pa.field(name, pa.float64()) for name in ("ratio", "ratio_low", "ratio_high")),
    ]
)
_X = {"field": "first_day", "type": "temporal"}

ANALYSIS = Analysis(
    name="change_points",
    question={
        "fr": "Quand le niveau a-t-il changé, et de combien ?",
        "en": "When did the level change, and by how much?",
    },
    limits={
        "fr": "Un changement de ce qui est signalé : une nouvelle source, un nouveau formulaire en"
        " font un aussi. Saison et croissance lente apparaissent comme des paliers. Le taux de"
        " fausses alertes vaut pour une série entière, d’un seul niveau, dont les jours sont"
        " indépendants : une dépendance d’un jour à l’autre en donne davantage. Rien ne dit"
        " pourquoi. L’écart de part et d’autre d’une date trouvée dans la même courbe est un peu"
        " exagéré.",
        "en": "A change of what is reported: a new source or a new form makes one too. Season and"
        " slow growth appear as steps. The false-alarm rate holds for a whole series of one level"
        " whose days are independent: dependence from day to day gives more. Nothing tells why."
        " The difference across a date found in the same curve is somewhat overstated.",
    },
    reads=SPREAD_COLUMNS,
    parameters=ChangeParameters,
    columns=(
        OutputColumn("first_day", "Du", "From", key=True),
        OutputColumn("last_day", "Au", "To", key=True),
        OutputColumn("facts", "Faits (pondérés)", "Facts (weighted)"),
        OutputColumn("level", "Niveau", "Level", "faits/jour"),
        OutputColumn("low", "Niveau, borne basse 95 %", "Level, 95% low", "faits/jour"),
        OutputColumn("high", "Niveau, borne haute 95 %", "Level, 95% high", "faits/jour"),
        OutputColumn("earliest", "Début au plus tôt (95 %)", "Begins at the earliest (95%)"),
        OutputColumn("latest", "Début au plus tard (95 %)", "Begins at the latest (95%)"),
        OutputColumn("ratio", "Rapport au palier précédent", "Ratio to the level before"),
        OutputColumn("ratio_low", "Rapport, borne basse", "Ratio, low"),
        OutputColumn("ratio_high", "Rapport, borne haute", "Ratio, high"),
    ),
    run=run,
    count_column="facts",
    chart={
        "layer": [
            {
                "mark": {"type": "rect", "opacity": 0.2},
                "encoding": {
                    "x": _X,
                    "x2": {"field": "last_day"},
                    "y": {"field": "low", "type": "quantitative"},
                    "y2": {"field": "high"},
                },
            },
            {
                "mark": {"type": "rule", "strokeWidth": 3, "tooltip": True},
                "encoding": {
                    "x": _X,
                    "x2": {"field": "last_day"},
                    "y": {"field": "level", "type": "quantitative"},
                },
            },
        ]
    },
    reference="Jackson et al. (2005), IEEE SPL 12:105; Killick et al. (2012), JASA 107:1590",
)
