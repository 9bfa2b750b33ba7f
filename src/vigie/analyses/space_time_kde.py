"""How has the thickness of facts on the ground moved through the period?"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import scipy
from pydantic import Field

from vigie.analyse.analysis import Analysis, Frame, Outcome, OutputColumn
from vigie.analyse.ground import ground_of
from vigie.analyse.kernels import choose_bandwidth, kernel_matrix, smooth
from vigie.analyse.points import READS, TimedParameters, read_points
from vigie.analyse.slots import Slots, make_slots
from vigie.base.remarks import remark

CANDIDATES = (200.0, 300.0, 450.0, 700.0, 1_000.0)
KM2_DAYS = 1e6


class SpaceTimeDensityParameters(TimedParameters):
    """How widely a fact is spread over ground and days, and when the density is told."""

    bandwidth_m: int = Field(
        0,
        ge=0,
        le=3_000,
        title="Largeur (m) / Bandwidth (m)",
        description="Écart-type du noyau ; 0 : choisi entre 200 et 1 000 m, là où les faits"
        " laissés de côté sont le mieux dits. / Standard deviation of the kernel; 0:"
        " chosen from 200 to 1,000 m so that facts left out are told best.",
    )
    bandwidth_days: int = Field(
        14,
        ge=1,
        le=182,
        title="Largeur (jours) / Bandwidth (days)",
        description="Écart-type du noyau de temps. / Standard deviation of the kernel of time.",
    )
    moments: int = Field(
        6,
        ge=1,
        le=24,
        title="Instants / Moments",
        description="Jours où la densité est dite, répartis également sur la période, sa fin"
        " comprise. / Days at which the density is told, even through the period, its"
        " end included.",
    )
    zoning: str = Field(
        "arrondissement",
        title="Découpage / Zoning",
        description="Sol sur lequel la densité est dite. / Ground the density is told on.",
    )
    resolution: int = Field(
        9,
        ge=7,
        le=10,
        title="Maille H3 / H3 resolution",
        description="9 : cellules de quelque 350 m de large. / 9: cells some 350 m wide.",
    )


def time_weights(slots: Slots, moments: int, bandwidth: float) -> npt.NDArray[np.float64]:
    """Return the weight of each day of the period at each moment, per day; columns are moments.

    Each is divided by the kernel's part within the period, so a steady rate is told as steady.
    """
    days = np.arange(len(slots), dtype=np.float64)
    at = np.linspace(0.0, len(slots) - 1.0, moments + 1)[1:]
    apart = (days[:, None] - at[None, :]) / bandwidth
    part = scipy.special.ndtr(apart + 0.5 / bandwidth) - scipy.special.ndtr(apart - 0.5 / bandwidth)
    weights: npt.NDArray[np.float64] = part / part.sum(axis=0)
    return weights


def run(facts: pa.Table, params: SpaceTimeDensityParameters, frame: Frame) -> Outcome:
    """Return the density of each cell at each moment, per square kilometre and day.

    The interval is that of counting; ``change`` compares with the same cell's mean over the period.
    """
    points = read_points(facts, frame, params.longest_hours)
    slots = make_slots(frame, 1)
    ground = ground_of(frame, params.zoning, params.resolution)
    place, slot = ground.index(points), slots.index(points.day)
    kept = (place >= 0) & (slot >= 0)
    size = len(ground) * len(slots)
    flat = np.bincount(place[kept] * len(slots) + slot[kept], minlength=size)
    counts = flat.reshape(len(ground), len(slots)).astype(np.float64)
    area, width = ground.area_m2(), float(params.bandwidth_m)
    if width == 0.0:
        whole = counts.sum(axis=1)
        width, _ = choose_bandwidth(ground.x, ground.y, whole, area, CANDIDATES)
    kernel = kernel_matrix(ground.x, ground.y, width)
    weights = time_weights(slots, params.moments, float(params.bandwidth_days))
    first = smooth(counts @ weights, kernel, area)
    error = smooth(counts @ weights**2, kernel, area).error * KM2_DAYS
    density = first.value * KM2_DAYS
    mean = smooth(counts.sum(axis=1), kernel, area).value * KM2_DAYS / len(slots)
    rests = np.divide(density, error, out=np.zeros_like(density), where=error > 0) ** 2
    change = np.divide(
        density, mean[:, None], out=np.full_like(density, np.nan), where=mean[:, None] > 0
    )
    at = np.linspace(0.0, len(slots) - 1.0, params.moments + 1)[1:]
    days = np.rint(slots.first_day + at).astype(np.int32)
    table = pa.table(
        {
            "cell": ground.names().take(pa.array(np.repeat(np.arange(len(ground)), len(days)))),
            "day": pa.array(np.tile(days, len(ground)), pa.int32()).cast(pa.date32()),
            "density": pa.array(density.ravel()),
            "low": pa.array(np.maximum(0.0, density - 1.96 * error).ravel()),
            "high": pa.array((density + 1.96 * error).ravel()),
            "change": pa.array(change.ravel(), from_pandas=True),
            "facts": pa.array(rests.ravel()),
        }
    )
    note = remark(
        "Largeurs : {width:.0f} m et {days} jours.",
        "Bandwidths: {width:.0f} m and {days} days.",
        width=width,
        days=params.bandwidth_days,
    )
    return Outcome(table, int(kept.sum()), (*points.notes(), note))


ANALYSIS = Analysis(
    name="space_time_kde",
    question={
        "fr": "Comment la densité des faits s’est-elle déplacée au cours de la période ?",
        "en": "How has the density of facts moved through the period?",
    },
    limits={
        "fr": "Une densité de faits signalés, lissée à vol d’oiseau et dans le temps : une hausse"
        " brusque y paraît progressive, et commence avant d’avoir commencé. La largeur de temps est"
        " donnée, non jugée. La fin de la période repose sur moins de jours, peut être incomplète,"
        " et son intervalle s’élargit. Un fait d’heure incertaine compte au milieu de son"
        " intervalle. L’intervalle est celui du comptage seul et suppose des faits indépendants ;"
        " la comparaison à la moyenne n’est pas un test (voir emerging_hot_spots).",
        "en": "A density of facts reported, smoothed as the crow flies and in time: a sudden rise"
        " looks gradual, and begins before it began. The bandwidth of time is given, not judged."
        " The end of the period rests on fewer days, may be incomplete, and its interval widens. A"
        " fact of uncertain time counts at the middle of its interval. The interval is that of"
        " counting alone and supposes independent facts; the comparison with the mean is no test"
        " (see emerging_hot_spots).",
    },
    reads=READS,
    parameters=SpaceTimeDensityParameters,
    columns=(
        OutputColumn("cell", "Cellule", "Cell", key=True),
        OutputColumn("day", "Jour", "Day", key=True),
        OutputColumn("density", "Densité", "Density", "faits/km²/j"),
        OutputColumn("low", "Borne basse 95 %", "Low 95%", "faits/km²/j"),
        OutputColumn("high", "Borne haute 95 %", "High 95%", "faits/km²/j"),
        OutputColumn("change", "Densité / moyenne de la cellule", "Density / the cell's mean"),
        OutputColumn("facts", "Faits sur lesquels elle repose", "Facts it rests on"),
    ),
    run=run,
    count_column="facts",
    chart={
        "mark": "line",
        "encoding": {
            "x": {"field": "day", "type": "temporal"},
            "y": {"field": "density", "type": "quantitative", "aggregate": "max"},
        },
    },
    reference="Brunsdon, Corcoran and Higgs (2007), Computers, Environment and Urban Systems 31:52",
    geo_column="cell",
    map_column="density",
)
