"""Did the level change from one period to another, same weekdays and same hours?"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, Literal

import numpy as np
import pyarrow as pa
from pydantic import Field

from vigie.analyse.analysis import Analysis, Frame, Outcome, OutputColumn, Parameters
from vigie.analyse.days import (
    SPREAD_COLUMNS,
    WEEKDAYS,
    Bools,
    Floats,
    Ints,
    by_window,
    spread,
    windows,
)
from vigie.analyse.draws import false_discovery
from vigie.analyse.rate_ratios import dispersion, rate_ratio, scatter_interval
from vigie.base.clock import EPOCH
from vigie.base.remarks import remark
from vigie.model.taxonomy import THEMES
from vigie.model.times import DAY_US, local_us

WEEK = 7
SATURDAY = 5
OTHER = "other"
GROUPS = {"whole": ("Ensemble", "All together"), OTHER: ("Autres", "Others"), **WEEKDAYS}


class BeforeAfterParameters(Parameters):
    """Which two periods, on which days and hours."""

    day: date | None = Field(
        None,
        title="Date du changement / Date of the change",
        description="La seconde période commence ce jour-là. Vide : le milieu de la période"
        " demandée. / The second period begins on it. Empty: the middle of the period"
        " asked for.",
    )
    gap_days: int = Field(
        0,
        ge=0,
        le=365,
        title="Jours écartés autour / Days left out around",
        description="Jours de part et d’autre de la date qui ne comptent dans aucune des deux"
        " périodes. / Days on each side of the date that count for neither period.",
    )
    weekdays: Literal["every", "working", "weekend"] = Field(
        "every",
        title="Jours / Days",
        description="Jours de semaine qui comptent, dans les deux périodes. / Which weekdays"
        " count, in both periods.",
        json_schema_extra={
            "words": {
                "every": ["Tous", "Every day"],
                "working": ["Du lundi au vendredi", "Monday to Friday"],
                "weekend": ["Samedi et dimanche", "Saturday and Sunday"],
            }
        },
    )
    hour_from: int = Field(
        0,
        ge=0,
        le=23,
        title="De l’heure / From hour",
        description="Première heure locale comptée. / First local hour counted.",
    )
    hour_to: int = Field(
        24,
        ge=1,
        le=24,
        title="À l’heure / To hour",
        description="Heure locale où l’on cesse de compter ; avant la première, c’est après"
        " minuit. / Local hour at which counting ends; before the first one it is past"
        " midnight.",
    )
    by: Literal["whole", "theme", "weekday"] = Field(
        "whole",
        title="Par / By",
        description="Une seule comparaison, ou une par thème ou par jour de semaine. / One"
        " comparison, or one for each theme or weekday.",
        json_schema_extra={
            "words": {
                "whole": ["Ensemble", "All together"],
                "theme": ["Thème", "Theme"],
                "weekday": ["Jour de semaine", "Weekday"],
            }
        },
    )
    longest_hours: int = Field(
        24,
        ge=1,
        le=24 * 14,
        title="Incertitude maximale (h) / Longest uncertainty (h)",
        description="Un fait dont l’intervalle est plus long est écarté. / A fact whose interval"
        " is longer is left out.",
    )


@dataclass(frozen=True, slots=True)
class Periods:
    """Two periods of whole weeks, the second from the first day after the change.

    Attributes:
        first: Numbers of the days of the first period.
        second: Numbers of the days of the second.
    """

    first: Ints
    second: Ints


def periods_of(frame: Frame, params: BeforeAfterParameters) -> Periods:
    """Return as many whole weeks before and after the change as the period allows on each side."""
    edges = local_us(np.array([frame.from_us + DAY_US - 1, frame.to_us], np.int64), frame.timezone)
    start, end = (edges // DAY_US).tolist()
    middle = start + (end - start) // 2
    change = middle if params.day is None else (params.day - EPOCH.date()).days
    before = max(0, (change - params.gap_days - start) // WEEK)
    after = max(0, (end - change - params.gap_days) // WEEK)
    return Periods(
        np.arange(change - params.gap_days - WEEK * before, change - params.gap_days),
        np.arange(change + params.gap_days, change + params.gap_days + WEEK * after),
    )


def run(facts: pa.Table, params: BeforeAfterParameters, frame: Frame) -> Outcome:
    """Compare two periods of whole weeks on the same weekdays and hours.

    Whole weeks on both sides hold every weekday equally often; rates are per day, so the periods
    need not be of one length. Two intervals: the exact one of independent facts, and a wider one
    from how much the weeks within each period vary.
    """
    periods, known = periods_of(frame, params), spread(facts, params.longest_hours)
    days = np.concatenate([periods.first, periods.second])
    names, group = _groups(facts, known.used, params.by)
    starts, ends = windows(days, params.hour_from, params.hour_to, frame.timezone)
    rows_of = max(int(group.max(initial=0)) + 1, 1)
    counts = by_window(known.early, known.late, starts, ends, group=group, groups=rows_of)
    weekday = (days + 3) % WEEK
    open_days = _weekdays(weekday, params.weekdays)
    rows = []
    for number, name in enumerate(names):
        mine = open_days & (weekday == number) if params.by == "weekday" else open_days
        series = counts[0 if params.by == "weekday" else number]
        if mine[: len(periods.first)].any() and mine[len(periods.first) :].any():
            rows.append(_compare(name, series, mine, len(periods.first)))
    q = false_discovery(np.array([row["p"] for row in rows], np.float64))
    told = [{**row, "q": float(value)} for row, value in zip(rows, q, strict=True)]
    base = round(float(counts[:, open_days].sum()))
    return Outcome(pa.Table.from_pylist(told, SCHEMA), base, (*known.note(), *_told(periods)))


def _groups(facts: pa.Table, used: Bools, by: str) -> tuple[list[str], Ints]:
    """Return the names of the rows, and which of them each usable fact belongs to."""
    if by == "weekday":
        return [str(number) for number in range(WEEK)], np.zeros(int(used.sum()), np.int64)
    if by == "whole":
        return ["whole"], np.zeros(int(used.sum()), np.int64)
    kinds = np.array([str(k or "").partition(".")[0] for k in facts["kind"].to_pylist()], object)
    present = [name for name in THEMES if (kinds[used] == name).any()]
    number = {name: rank for rank, name in enumerate(present)}
    group = [number.get(kind, len(present)) for kind in kinds[used].tolist()]
    return [*present, OTHER] if len(present) in group else present, np.array(group, np.int64)


def _weekdays(weekday: Ints, wanted: str) -> Bools:
    if wanted == "every":
        return np.ones(len(weekday), np.bool_)
    return np.asarray((weekday >= SATURDAY) == (wanted == "weekend"), np.bool_)


def _compare(name: str, series: Floats, mine: Bools, split: int) -> dict[str, Any]:
    """Return one row: both counts, both rates, their ratio and its two intervals."""
    halves = ((series[:split], mine[:split]), (series[split:], mine[split:]))
    totals = [float(values[which].sum()) for values, which in halves]
    lengths = [int(which.sum()) for _, which in halves]
    weekly = [np.where(w, v, 0.0).reshape(-1, WEEK).sum(axis=1) for v, w in halves]
    expected = np.concatenate([np.full(len(week), week.mean()) for week in weekly])
    phi = dispersion(np.concatenate(weekly), expected, fitted=2)
    ratio = rate_ratio(round(totals[0]), round(totals[1]), *map(float, lengths))
    wide = scatter_interval(ratio, (totals[0], totals[1]), phi, len(expected) - 2)
    seen = [total for total in totals if total > 0]
    return {
        "group": name,
        "before": totals[0],
        "after": totals[1],
        "least": min(seen, default=0.0),
        "before_days": lengths[0],
        "after_days": lengths[1],
        "before_per_day": totals[0] / lengths[0],
        "after_per_day": totals[1] / lengths[1],
        "ratio": _finite(ratio.value),
        "low": _finite(ratio.low),
        "high": _finite(ratio.high),
        "wide_low": _finite(wide.low),
        "wide_high": _finite(wide.high),
        "scatter": phi,
        "p": wide.p,
    }


def _finite(value: float) -> float | None:
    return value if np.isfinite(value) else None


def _told(periods: Periods) -> tuple[dict[str, str], ...]:
    """Return which periods were compared, or that there are none."""
    if not len(periods.first) or not len(periods.second):
        return (
            {
                "fr": "Il faut au moins une semaine entière avant et après le changement.",
                "en": "At least one whole week is needed before and after the change.",
            },
        )
    day = [
        (EPOCH + timedelta(days=int(number))).date().isoformat()
        for days in (periods.first, periods.second)
        for number in days[[0, -1]]
    ]
    return (
        remark(
            "Avant : du {day[0]} au {day[1]} ; après : du {day[2]} au {day[3]}.",
            "Before: {day[0]} to {day[1]}; after: {day[2]} to {day[3]}.",
            day=day,
        ),
    )


FLOATS = (
    *("before", "after", "least", "before_per_day", "after_per_day"),
    *("ratio", "low", "high", "wide_low", "wide_high", "scatter", "p", "q"),
)
SCHEMA = pa.schema(
    [
        pa.field("group", pa.string()),
        pa.field("before_days", pa.int64()),
        pa.field("after_days", pa.int64()),
        *(pa.field(name, pa.float64()) for name in FLOATS),
    ]
)

ANALYSIS = Analysis(
    name="before_after",
    question={
        "fr": "Le niveau a-t-il changé entre deux périodes, à jours et heures égaux ?",
        "en": "Did the level change between two periods, same weekdays and same hours?",
    },
    limits={
        "fr": "Un changement n’est pas un effet : saison, météo, vacances, manière de signaler"
        " changent aussi ; pour juger une mesure, comparer à des zones sans elle. L’intervalle"
        " exact suppose des faits indépendants ; le large tient compte de la dispersion entre"
        " semaines. Une date choisie après avoir vu la courbe exagère l’écart. Plusieurs lignes"
        " à la fois : lire q (taux de fausses découvertes), pas p.",
        "en": "A change is no effect: season, weather, school holidays and ways of reporting change"
        " too; to judge a measure, compare with zones without it. The exact interval supposes"
        " independent facts; the wide one takes account of scatter between weeks. A date chosen"
        " after seeing the curve overstates the difference. With several rows read q (false"
        " discovery rate), not p.",
    },
    reads=(*SPREAD_COLUMNS, "kind"),
    parameters=BeforeAfterParameters,
    columns=(
        OutputColumn("group", "Groupe", "Group", key=True, words=GROUPS, kind=True),
        OutputColumn("before", "Faits avant", "Facts before"),
        OutputColumn("after", "Faits après", "Facts after"),
        OutputColumn("before_days", "Jours avant", "Days before", "j"),
        OutputColumn("after_days", "Jours après", "Days after", "j"),
        OutputColumn("before_per_day", "Avant, par jour", "Before, per day", "faits/jour"),
        OutputColumn("after_per_day", "Après, par jour", "After, per day", "faits/jour"),
        OutputColumn("ratio", "Rapport après/avant", "Ratio after/before"),
        OutputColumn("low", "Borne basse 95 % exacte", "Exact 95% low"),
        OutputColumn("high", "Borne haute 95 % exacte", "Exact 95% high"),
        OutputColumn("wide_low", "Borne basse, dispersion comprise", "Low with scatter"),
        OutputColumn("wide_high", "Borne haute, dispersion comprise", "High with scatter"),
        OutputColumn("scatter", "Dispersion (1 = Poisson)", "Scatter (1 = Poisson)"),
        OutputColumn("p", "p, dispersion comprise", "p with scatter"),
        OutputColumn("q", "q (fausses découvertes)", "q (false discovery)"),
        OutputColumn("least", "Plus petit des deux comptes", "Smaller of both counts"),
    ),
    run=run,
    count_column="least",
    chart={
        "layer": [
            {
                "mark": {"type": "rule", "strokeWidth": 2},
                "encoding": {
                    "y": {"field": "group", "type": "nominal"},
                    "x": {
                        "field": "wide_low",
                        "type": "quantitative",
                        "scale": {"zero": False},
                        "title": "×",
                    },
                    "x2": {"field": "wide_high", "title": "×"},
                },
            },
            {
                "mark": {"type": "rule", "strokeWidth": 6},
                "encoding": {
                    "y": {"field": "group", "type": "nominal"},
                    "x": {"field": "low", "type": "quantitative", "title": "×"},
                    "x2": {"field": "high", "title": "×"},
                },
            },
            {
                "mark": {"type": "point", "filled": True, "size": 90, "tooltip": True},
                "encoding": {
                    "y": {"field": "group", "type": "nominal"},
                    "x": {"field": "ratio", "type": "quantitative", "title": "×"},
                },
            },
            {
                "mark": {"type": "rule", "strokeDash": [4, 4]},
                "encoding": {"x": {"datum": 1}},
            },
        ]
    },
    reference="Przyborowski & Wilenski (1940), Biometrika 31:313; Clopper & Pearson (1934)",
)
