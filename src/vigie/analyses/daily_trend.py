"""How many facts a day, and does the level move?"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import pyarrow as pa
from pydantic import Field

from vigie.analyse.analysis import Analysis, Frame, Outcome, OutputColumn, Parameters
from vigie.analyse.intervals import poisson_interval
from vigie.model.times import local_columns, resolve_local

DAY_US = 86_400_000_000


class TrendParameters(Parameters):
    """How the level is smoothed."""

    window_days: int = Field(
        7,
        ge=1,
        le=91,
        title="Fenêtre (jours) / Window (days)",
        description="Jours moyennés, centrés ; 7 efface le rythme de la semaine. / Days averaged,"
        " centred; 7 removes the rhythm of the week.",
    )


def run(facts: pa.Table, params: TrendParameters, frame: Frame) -> Outcome:
    """Count facts by local day of their earliest instant, with a centred moving mean.

    The interval of a day is the exact Poisson interval of its count; that of the level rests on
    all the counts in the window. Near both ends the window is cut, never filled. A day that the
    period covers in part only shows which part, and no level rests on it.
    """
    span = pa.array([frame.from_us, max(frame.from_us, frame.to_us - 1)], type=pa.int64())
    first, last = (local_columns(span, frame.timezone)[0].cast(pa.int32()).to_pylist())[:2]
    days = np.arange(first, last + 1)
    found = facts["local_day"].cast(pa.int32()).to_numpy(zero_copy_only=False)
    counts = np.bincount(found - first, minlength=len(days))[: len(days)].astype(np.int64)
    covered = _covered(days, frame)
    whole = covered == 1
    half = params.window_days // 2
    low = np.clip(np.arange(len(days)) - half, 0, None)
    high = np.clip(np.arange(len(days)) + params.window_days - half, None, len(days))
    totals = _between(np.where(whole, counts, 0), low, high)
    widths = np.where(whole, _between(whole.astype(np.int64), low, high), np.nan)
    day_bounds = np.array([poisson_interval(int(n)) for n in counts]).reshape(-1, 2)
    level_bounds = np.array([poisson_interval(int(n)) for n in totals]).reshape(-1, 2)
    table = pa.table(
        {
            "day": pa.array(days.astype("int32"), type=pa.int32()).cast(pa.date32()),
            "facts": pa.array(counts),
            "covered": pa.array(covered),
            "low": pa.array(day_bounds[:, 0]),
            "high": pa.array(day_bounds[:, 1]),
            "level": pa.array(totals / widths, from_pandas=True),
            "level_low": pa.array(level_bounds[:, 0] / widths, from_pandas=True),
            "level_high": pa.array(level_bounds[:, 1] / widths, from_pandas=True),
        }
    )
    return Outcome(table, int(counts.sum()))


def _covered(days: npt.NDArray[np.int64], frame: Frame) -> npt.NDArray[np.float64]:
    """Return which part of each local day (of 23, 24 or 25 hours) lies within the period."""
    edges = np.append(days, days[-1] + 1) * DAY_US
    midnights = resolve_local(edges, frame.timezone).at_us.to_numpy()
    start, end = midnights[:-1], midnights[1:]
    within = np.minimum(end, frame.to_us) - np.maximum(start, frame.from_us)
    part: npt.NDArray[np.float64] = np.clip(within, 0, None) / (end - start)
    return part


def _between(
    values: npt.NDArray[np.int64], low: npt.NDArray[np.int64], high: npt.NDArray[np.int64]
) -> npt.NDArray[np.int64]:
    """Return the sum of the values from each ``low`` to before each ``high``."""
    sums = np.concatenate([[0], np.cumsum(values)])
    total: npt.NDArray[np.int64] = sums[high] - sums[low]
    return total


ANALYSIS = Analysis(
    name="daily_trend",
    question={
        "fr": "Combien de faits par jour, et le niveau bouge-t-il ?",
        "en": "How many facts a day, and does the level move?",
    },
    limits={
        "fr": "Compte ce qui est signalé, pas ce qui se produit. Un fait d’heure incertaine"
        " compte au jour de son début possible. Les intervalles supposent des faits indépendants :"
        " des séries de faits liés les rendent trop étroits. Les derniers jours montent encore :"
        " certaines sources arrivent en retard. Un jour couvert en partie n’entre dans aucun"
        " niveau.",
        "en": "Counts what is reported, not what happens. A fact of uncertain time counts on the"
        " day of its earliest instant. Intervals suppose independent facts: chains of related facts"
        " make them too narrow. The last days are still filling: some sources arrive late. A day"
        " covered in part enters no level.",
    },
    reads=("local_day",),
    parameters=TrendParameters,
    columns=(
        OutputColumn("day", "Jour", "Day", key=True),
        OutputColumn("facts", "Faits", "Facts"),
        OutputColumn("covered", "Part du jour couverte", "Part of the day covered", key=True),
        OutputColumn("low", "Borne basse 95 %", "Low 95%"),
        OutputColumn("high", "Borne haute 95 %", "High 95%"),
        OutputColumn("level", "Niveau", "Level", "faits/jour"),
        OutputColumn("level_low", "Niveau, borne basse", "Level, low", "faits/jour"),
        OutputColumn("level_high", "Niveau, borne haute", "Level, high", "faits/jour"),
    ),
    run=run,
    count_column="facts",
    chart={
        "layer": [
            {
                "mark": {"type": "area", "opacity": 0.25},
                "encoding": {
                    "x": {"field": "day", "type": "temporal"},
                    "y": {"field": "level_low", "type": "quantitative"},
                    "y2": {"field": "level_high"},
                },
            },
            {
                "mark": {"type": "point", "size": 12},
                "encoding": {
                    "x": {"field": "day", "type": "temporal"},
                    "y": {"field": "facts", "type": "quantitative"},
                    "opacity": {
                        "condition": {"test": "datum.covered < 1", "value": 0.15},
                        "value": 0.6,
                    },
                },
            },
            {
                "mark": {"type": "line"},
                "encoding": {
                    "x": {"field": "day", "type": "temporal"},
                    "y": {"field": "level", "type": "quantitative"},
                },
            },
        ]
    },
    reference="Garwood (1936), Biometrika 28:437",
)
