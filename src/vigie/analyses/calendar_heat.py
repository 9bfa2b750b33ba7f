"""Which days stand out on the calendar?"""

from __future__ import annotations

import numpy as np
import pyarrow as pa
from pydantic import Field

from vigie.analyse.analysis import Analysis, Frame, Outcome, OutputColumn, Parameters
from vigie.analyse.days import (
    SPREAD_COLUMNS,
    WEEKDAYS,
    Days,
    Floats,
    by_day,
    count_bounds,
    dates,
    days_of,
    public_holidays,
    spread,
)

LEAST_LIKE_DAYS = 4
"""Whole days of the same weekday that a usual count needs."""


class CalendarParameters(Parameters):
    """What a day is held against."""

    longest_hours: int = Field(
        48,
        ge=1,
        le=24 * 14,
        title="Incertitude maximale (h) / Longest uncertainty (h)",
        description="Un fait dont l’intervalle est plus long dit peu de son jour : il est écarté."
        " / A fact whose interval is longer says little about its day and is left out.",
    )
    weeks_around: int = Field(
        8,
        ge=2,
        le=52,
        title="Semaines autour / Weeks around",
        description="Le compte habituel d’un jour est la médiane du même jour de semaine, autant"
        " de semaines avant et après. / The usual count of a day is the median of the"
        " same weekday so many weeks before and after it.",
    )


def run(facts: pa.Table, params: CalendarParameters, frame: Frame) -> Outcome:
    """Count facts on each local day, beside what the same weekday usually counts around it.

    The usual count leaves the day itself out. It is the median of whole days of the same weekday;
    with fewer than four there is none.
    """
    known, days = spread(facts, params.longest_hours), days_of(frame)
    counts = by_day(known.early, known.late, days, frame.timezone)[0]
    usual = _usual(counts, days, params.weeks_around)
    bounds = count_bounds(counts)
    table = pa.table(
        {
            "day": dates(days.number),
            "week": dates(days.number - days.weekday),
            "weekday": pa.array(days.weekday.astype(np.int8)),
            "holiday": pa.array(public_holidays(days, frame.country)),
            "covered": pa.array(days.covered),
            "facts": pa.array(counts),
            "low": pa.array(bounds[:, 0]),
            "high": pa.array(bounds[:, 1]),
            "usual": pa.array(usual, from_pandas=True),
        }
    )
    return Outcome(table, len(known.early), known.note())


def _usual(counts: Floats, days: Days, weeks: int) -> Floats:
    """Return the median of the same weekday around each day, NaN where too few are whole."""
    known = np.where(days.whole, counts, np.nan)
    padded = np.pad(known, 7 * weeks, constant_values=np.nan)
    steps = 7 * np.array([step for step in range(-weeks, weeks + 1) if step != 0])
    like = np.stack([padded[7 * weeks + step :][: len(days)] for step in steps])
    enough = np.isfinite(like).sum(axis=0) >= LEAST_LIKE_DAYS
    usual = np.full(len(days), np.nan)
    if enough.any():
        usual[enough] = np.nanmedian(like[:, enough], axis=0)
    return usual


ANALYSIS = Analysis(
    name="calendar_heat",
    question={
        "fr": "Quels jours du calendrier sortent de l’ordinaire ?",
        "en": "Which days stand out on the calendar?",
    },
    limits={
        "fr": "Compte ce qui est signalé. Un fait d’heure incertaine est réparti sur les jours où"
        " il a pu se produire. Parmi des centaines de jours, quelques-uns sortent de l’ordinaire"
        " par hasard : l’intervalle à 95\u202f% de Poisson en laisse un sur vingt dehors, davantage"
        " quand les faits arrivent en séries. Le niveau habituel ignore fêtes et vacances.",
        "en": "Counts what is reported. A fact of uncertain time is spread over the days it may"
        " have happened on. Among hundreds of days some stand out by chance: the 95% Poisson"
        " interval leaves one in twenty outside, more when facts come in series. The usual level"
        " knows neither public nor school holidays.",
    },
    reads=SPREAD_COLUMNS,
    parameters=CalendarParameters,
    columns=(
        OutputColumn("day", "Jour", "Day", key=True),
        OutputColumn("week", "Semaine du", "Week of", key=True),
        OutputColumn("weekday", "Jour", "Weekday", key=True, words=WEEKDAYS),
        OutputColumn("holiday", "Jour férié", "Public holiday", key=True),
        OutputColumn("covered", "Part du jour couverte", "Part of the day covered", key=True),
        OutputColumn("facts", "Faits (pondérés)", "Facts (weighted)"),
        OutputColumn("low", "Borne basse 95 %", "Low 95%"),
        OutputColumn("high", "Borne haute 95 %", "High 95%"),
        OutputColumn("usual", "Même jour d’habitude", "Same weekday usually"),
    ),
    run=run,
    count_column="facts",
    chart={
        "mark": {"type": "rect", "tooltip": True},
        "encoding": {
            "x": {"field": "week", "type": "ordinal", "timeUnit": "yearmonthdate"},
            "y": {"field": "weekday", "type": "ordinal"},
            "color": {"field": "facts", "type": "quantitative", "scale": {"scheme": "cividis"}},
            "stroke": {"condition": {"test": "datum.holiday", "value": "#d33"}, "value": None},
            "tooltip": [
                {"field": "day", "type": "temporal"},
                {"field": "facts", "type": "quantitative", "format": ".1f"},
                {"field": "usual", "type": "quantitative", "format": ".1f"},
            ],
        },
    },
    reference="Garwood (1936), Biometrika 28:437; Ratcliffe (2000), IJGIS 14:669",
)
