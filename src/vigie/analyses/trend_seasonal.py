"""What is the level once season, weekday, hour and public holidays are set apart?"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import pyarrow as pa
import scipy
from pydantic import Field

from vigie.analyse.analysis import Analysis, Frame, Outcome, OutputColumn, Parameters
from vigie.analyse.days import (
    SPREAD_COLUMNS,
    Bools,
    Days,
    Floats,
    Ints,
    by_day,
    by_window,
    dates,
    days_of,
    public_holidays,
    spread,
    windows,
)
from vigie.analyse.regression import PoissonFit, fit_poisson
from vigie.base.remarks import remark

WEEK, HOURS = 7, 24
LEAST_WEEKS = 6
"""Whole weeks below which nothing is told apart."""
SEASON_FROM_DAYS = 548
"""A season is told from a trend only when one and a half years show it."""
SEASONAL_KNOT_DAYS = 366
"""With a season, the level bends once a year at most, or it would take the season up itself."""
YEAR = 365.2425
LEAST_HOLIDAYS = 2


class SeasonalParameters(Parameters):
    """How freely the level may move."""

    knot_days: int = Field(
        56,
        ge=14,
        le=366,
        title="Souplesse du niveau (jours) / Bend of the level (days)",
        description="Le niveau est une ligne qui peut fléchir une fois par autant de jours ; plus"
        " court suit de plus près et repose sur moins. Une fois par an au plus là où"
        " une saison est dite. / The level is a line that may bend once in so many"
        " days; shorter follows more and rests on less. Once a year at most where a"
        " season is told.",
    )
    longest_hours: int = Field(
        48,
        ge=1,
        le=24 * 14,
        title="Incertitude maximale (h) / Longest uncertainty (h)",
        description="Un fait dont l’intervalle est plus long est écarté. / A fact whose interval"
        " is longer is left out.",
    )


@dataclass(frozen=True, slots=True)
class Design:
    """The columns of the regression, block by block.

    Attributes:
        columns: Shape (days, columns).
        trend: Where the level's columns are.
        weekday: Where the weekdays' are: seven rows of contrasts times these columns.
        season: Where the season's are, or None.
        holiday: Where the holiday's is, or None.
    """

    columns: Floats
    trend: slice
    weekday: slice
    season: slice | None
    holiday: int | None


def run(facts: pa.Table, params: SeasonalParameters, frame: Frame) -> Outcome:
    """Fit a Poisson regression to the daily counts, and tell its parts one by one.

    The level is the count of an average weekday that is no holiday; weekdays, holidays and months
    are factors around it. Hours are shares of the day, with intervals from how they vary from week
    to week.
    """
    known, days = spread(facts, params.longest_hours), days_of(frame)
    counts = by_day(known.early, known.late, days, frame.timezone)[0]
    off = public_holidays(days, frame.country)
    notes = known.note()
    if int(days.whole.sum()) < LEAST_WEEKS * WEEK or counts[days.whole].sum() <= 0:
        notes += (
            remark(
                "Moins de {least} semaines entières, ou aucun fait : rien à séparer.",
                "Fewer than {least} whole weeks, or no fact: nothing to tell apart.",
                least=LEAST_WEEKS,
            ),
        )
        return Outcome(SCHEMA.empty_table(), 0 if not len(known.early) else len(known.early), notes)
    design = _design(days, off, params.knot_days)
    use = days.whole
    fit = fit_poisson(design.columns[use], counts[use], np.ones(int(use.sum())), days.week[use])
    rows = [
        *_level(fit, design, days, counts),
        *_weekdays(fit, design, days, counts),
        *_holiday(fit, design, off & use, counts),
        *_months(fit, design, days, counts),
        *_hours(known.early, known.late, days, frame.timezone),
    ]
    return Outcome(
        pa.Table.from_pylist(rows, SCHEMA), len(known.early), (*notes, *_told(fit, design))
    )


def _told(fit: PoissonFit, design: Design) -> tuple[dict[str, str], ...]:
    """Return how much days scatter, and whether a season could be told."""
    notes = [
        remark(
            "Dispersion {scatter:.2f} (1 = hasard de Poisson) ; intervalles élargis d’autant,"
            " {weeks} semaines.",
            "Scatter {scatter:.2f} (1 = Poisson chance); intervals widened by it, {weeks} weeks.",
            scatter=fit.scatter,
            weeks=fit.free + 1,
        )
    ]
    if design.season is None:
        notes.append(
            {
                "fr": "Moins d’un an et demi : la saison ne se distingue pas du niveau, elle y est"
                " comprise.",
                "en": "Less than a year and a half: season cannot be told from the level, which"
                " includes it.",
            }
        )
    return tuple(notes)


def _design(days: Days, off: Bools, knot_days: int) -> Design:
    """Return the columns: hats of a bent line, weekday contrasts, a holiday, a year's waves."""
    number = days.number.astype(np.float64)
    whole = number[days.whole]
    seasonal = len(whole) >= SEASON_FROM_DAYS
    bend = max(knot_days, SEASONAL_KNOT_DAYS) if seasonal else knot_days
    knots = np.linspace(whole[0], whole[-1], max(2, round((whole[-1] - whole[0]) / bend) + 1))
    gap = knots[1] - knots[0]
    inside = np.clip(number, knots[0], knots[-1])
    hats = np.clip(1.0 - np.abs(inside[:, None] - knots[None, :]) / gap, 0.0, None)
    parts, at = [hats, CONTRASTS[days.weekday]], hats.shape[1] + WEEK - 1
    season = holiday = None
    if seasonal:
        angle = 2.0 * np.pi * number[:, None] / YEAR * np.array([1.0, 2.0])
        parts.append(np.hstack([np.sin(angle), np.cos(angle)]))
        season, at = slice(at, at + 4), at + 4
    if int((off & days.whole).sum()) >= LEAST_HOLIDAYS:
        parts.append(off[:, None].astype(np.float64))
        holiday = at
    trend, week = slice(0, hats.shape[1]), slice(hats.shape[1], hats.shape[1] + WEEK - 1)
    return Design(np.hstack(parts), trend, week, season, holiday)


CONTRASTS = np.vstack([np.eye(WEEK - 1), -np.ones(WEEK - 1)])
"""Weekdays sum to nothing: Sunday is what the others leave."""


def _mean_week(fit: PoissonFit, design: Design) -> Floats:
    """Return the combination of columns of the mean over the seven weekdays (delta method)."""
    effects = CONTRASTS @ fit.weights[design.weekday]
    share = np.exp(effects) / np.exp(effects).sum()
    found = np.zeros(design.columns.shape[1])
    found[design.weekday] = share @ CONTRASTS
    return found


def _mean_scale(fit: PoissonFit, design: Design) -> float:
    """Return the mean of the weekdays' factors over the factor of their mean combination."""
    effects = CONTRASTS @ fit.weights[design.weekday]
    return float(np.exp(effects).mean() / np.exp(_mean_week(fit, design) @ fit.weights))


def _level(fit: PoissonFit, design: Design, days: Days, counts: Floats) -> list[dict[str, Any]]:
    combination = np.zeros_like(design.columns)
    combination[:, design.trend] = design.columns[:, design.trend]
    combination += _mean_week(fit, design)
    value = fit.factor(combination) * _mean_scale(fit, design)
    rows = [
        _row("level", float(position), count, value[position], day=int(number))
        for position, (number, count) in enumerate(zip(days.number, counts, strict=True))
        if days.whole[position]
    ]
    first, last = np.flatnonzero(days.whole)[[0, -1]]
    change = fit.factor((combination[last] - combination[first])[None, :])[0]
    rows.append(_row("change", 0.0, float(counts[days.whole].sum()), change))
    return rows


def _weekdays(fit: PoissonFit, design: Design, days: Days, counts: Floats) -> list[dict[str, Any]]:
    combination = np.zeros((WEEK, design.columns.shape[1]))
    combination[:, design.weekday] = CONTRASTS
    value = fit.factor(combination - _mean_week(fit, design)) / _mean_scale(fit, design)
    totals = np.bincount(days.weekday, weights=counts * days.whole, minlength=WEEK)
    return [_row("weekday", float(k), float(totals[k]), value[k]) for k in range(WEEK)]


def _holiday(fit: PoissonFit, design: Design, off: Bools, counts: Floats) -> list[dict[str, Any]]:
    if design.holiday is None:
        return []
    combination = np.zeros((1, design.columns.shape[1]))
    combination[0, design.holiday] = 1.0
    return [_row("holiday", 0.0, float(counts[off].sum()), fit.factor(combination)[0])]


def _months(fit: PoissonFit, design: Design, days: Days, counts: Floats) -> list[dict[str, Any]]:
    """Return the season's factor in the middle of each month, around the year's mean."""
    if design.season is None:
        return []
    middle = (np.arange(12) + 0.5) * YEAR / 12.0
    angle = 2.0 * np.pi * middle[:, None] / YEAR * np.array([1.0, 2.0])
    waves = np.hstack([np.sin(angle), np.cos(angle)])
    combination = np.zeros((12, design.columns.shape[1]))
    combination[:, design.season] = waves - waves.mean(axis=0)
    value = fit.factor(combination)
    month = (days.number.astype("datetime64[D]").astype("datetime64[M]").astype(np.int64)) % 12
    totals = np.bincount(month, weights=counts * days.whole, minlength=12)
    return [_row("month", float(k + 1), float(totals[k]), value[k]) for k in range(12)]


def _hours(early: Ints, late: Ints, days: Days, timezone: str) -> list[dict[str, Any]]:
    """Return how each hour stands to the mean hour; weeks are the units the interval rests on."""
    whole = days.number[days.whole]
    weeks, place = np.unique(days.week[days.whole], return_inverse=True)
    pieces = [windows(whole, hour, hour + 1, timezone) for hour in range(HOURS)]
    starts = np.stack([start for start, _ in pieces], axis=1).reshape(-1)
    ends = np.stack([end for _, end in pieces], axis=1).reshape(-1)
    one = np.zeros(len(early), np.int64)
    hourly = by_window(early, late, starts, ends, group=one, groups=1).reshape(len(whole), HOURS)
    by_week = np.zeros((len(weeks), HOURS))
    np.add.at(by_week, place, hourly)
    total, hour = by_week.sum(), by_week.sum(axis=0)
    if total <= 0:
        return []
    share = hour / total
    left = by_week - share * by_week.sum(axis=1, keepdims=True)
    spread_of = np.sqrt(len(weeks) / (len(weeks) - 1) * (left**2).sum(axis=0)) / total
    chance = np.sqrt(share * (1 - share) / total)
    reach = scipy.stats.t.ppf(0.975, len(weeks) - 1) * np.maximum(spread_of, chance)
    low, high = np.clip(share - reach, 0.0, None), share + reach
    value = np.stack([share, low, high], axis=1) * HOURS
    return [_row("hour", float(k), float(hour[k]), value[k]) for k in range(HOURS)]


def _row(
    part: str, position: float, count: float, value: Floats, day: int | None = None
) -> dict[str, Any]:
    return {
        "part": part,
        "day": None if day is None else dates(np.array([day]))[0].as_py(),
        "position": position,
        "facts": float(count),
        "value": float(value[0]),
        "low": float(value[1]),
        "high": float(value[2]),
    }


SCHEMA = pa.schema(
    [
        pa.field("part", pa.string()),
        pa.field("day", pa.date32()),
        *(pa.field(name, pa.float64()) for name in ("position", "facts", "value", "low", "high")),
    ]
)


def _factors(part: str) -> dict[str, Any]:
    """Return the chart of one family of factors: its points with their bands, and the mean at 1."""
    x = {"field": "position", "type": "ordinal"}
    return {
        "height": 120,
        "transform": [{"filter": f"datum.part == '{part}'"}],
        "layer": [
            {
                "mark": {"type": "rule", "strokeWidth": 3, "opacity": 0.5},
                "encoding": {
                    "x": x,
                    "y": {"field": "low", "type": "quantitative", "title": "×"},
                    "y2": {"field": "high"},
                },
            },
            {
                "mark": {"type": "point", "filled": True, "size": 50, "tooltip": True},
                "encoding": {"x": x, "y": {"field": "value", "type": "quantitative", "title": "×"}},
            },
        ],
    }


PARTS = {
    "level": ("Niveau", "Level"),
    "change": ("Du début à la fin", "From start to end"),
    "weekday": ("Jour de semaine", "Weekday"),
    "holiday": ("Jour férié", "Public holiday"),
    "month": ("Mois", "Month"),
    "hour": ("Heure", "Hour"),
}
ANALYSIS = Analysis(
    name="trend_seasonal",
    question={
        "fr": "Quel est le niveau, une fois mis à part saison, jour, heure et jours fériés ?",
        "en": "What is the level once season, weekday, hour and public holidays are set apart?",
    },
    limits={
        "fr": "Compte ce qui est signalé. Les facteurs sont supposés les mêmes toute la période et"
        " se multiplier ; les bandes à 95\u202f% tiennent compte de la dispersion et de la"
        " dépendance au sein d’une semaine, pas au-delà. Un fait d’heure incertaine est réparti"
        " également sur son intervalle, ce qui lisse les heures. Vacances scolaires et météo"
        " restent dans le niveau. Ce n’est pas une prévision.",
        "en": "Counts what is reported. Factors are taken to be the same throughout and to"
        " multiply; the 95% bands take account of scatter and of dependence within a week, not"
        " beyond. A fact of uncertain time is spread evenly over its interval, which smooths the"
        " hours. School holidays and weather stay in the level. This is no forecast.",
    },
    reads=SPREAD_COLUMNS,
    parameters=SeasonalParameters,
    columns=(
        OutputColumn("part", "Composante", "Part", key=True, words=PARTS),
        OutputColumn("day", "Jour", "Day", key=True),
        OutputColumn(
            "position",
            "Rang (heure ; jour, 0 : lundi ; mois)",
            "Place (hour; day, 0: Monday; month)",
            key=True,
        ),
        OutputColumn("facts", "Faits (pondérés)", "Facts (weighted)"),
        OutputColumn("value", "Niveau (faits/jour) ou facteur", "Level (facts/day) or factor"),
        OutputColumn("low", "Borne basse 95 %", "Low 95%"),
        OutputColumn("high", "Borne haute 95 %", "High 95%"),
    ),
    run=run,
    count_column="facts",
    chart={
        "vconcat": [
            {
                "height": 200,
                "transform": [{"filter": "datum.part == 'level'"}],
                "layer": [
                    {
                        "mark": {"type": "area", "opacity": 0.25},
                        "encoding": {
                            "x": {"field": "day", "type": "temporal"},
                            "y": {"field": "low", "type": "quantitative"},
                            "y2": {"field": "high"},
                        },
                    },
                    {
                        "mark": {"type": "point", "size": 10, "opacity": 0.5},
                        "encoding": {
                            "x": {"field": "day", "type": "temporal"},
                            "y": {"field": "facts", "type": "quantitative"},
                        },
                    },
                    {
                        "mark": {"type": "line"},
                        "encoding": {
                            "x": {"field": "day", "type": "temporal"},
                            "y": {"field": "value", "type": "quantitative"},
                        },
                    },
                ],
            },
            _factors("weekday"),
            _factors("hour"),
            _factors("month"),
        ]
    },
    reference="McCullagh & Nelder (1989); Liang & Zeger (1986), Biometrika 73:13",
)
