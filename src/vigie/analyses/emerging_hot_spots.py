"""Which hot spots are new, which last, which grow, which fade?"""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import scipy
from pydantic import Field

from vigie.analyse.analysis import Analysis, Frame, Outcome, OutputColumn
from vigie.analyse.association import getis_ord
from vigie.analyse.draws import at_most, false_discovery
from vigie.analyse.ground import ground_of
from vigie.analyse.intervals import poisson_interval
from vigie.analyse.monotone import mann_kendall
from vigie.analyse.points import READS, TimedParameters, read_points
from vigie.analyse.slots import make_slots
from vigie.analyse.weights import within
from vigie.base.errors import WrongUsage
from vigie.base.remarks import remark

Flags = npt.NDArray[np.bool_]

LEAST_STEPS = 4
USUAL_STEP = 14
MOST_BINS = 500_000
LASTING = 0.9
"""Share of the steps from which a hot spot is said to last."""


_HOW = {
    "new": ("nouveau", "New"),
    "consecutive": ("continu", "Consecutive"),
    "intensifying": ("qui s’intensifie", "Intensifying"),
    "persistent": ("persistant", "Persistent"),
    "diminishing": ("qui s’efface", "Diminishing"),
    "sporadic": ("intermittent", "Sporadic"),
    "oscillating": ("oscillant", "Oscillating"),
    "historical": ("ancien", "Historical"),
}
SPOTS = {
    **{f"{how}_hot": (f"Chaud, {fr}", f"{en} hot spot") for how, (fr, en) in _HOW.items()},
    **{f"{how}_cold": (f"Froid, {fr}", f"{en} cold spot") for how, (fr, en) in _HOW.items()},
    "none": ("Ne ressort pas", "Does not stand out"),
}


class EmergingParameters(TimedParameters):
    """Which ground and steps of time, how far a surrounding reaches, what is told."""

    zoning: str = Field(
        "arrondissement",
        title="Découpage / Zoning",
        description="Son sol, cellules sans aucun fait comprises. / Its ground, cells without a"
        " fact included.",
    )
    resolution: int = Field(
        9,
        ge=7,
        le=10,
        title="Maille H3 / H3 resolution",
        description="9 : cellules de quelque 350 m de large. / 9: cells some 350 m wide.",
    )
    band_m: int = Field(
        500,
        ge=50,
        le=5_000,
        title="Voisinage (m) / Surroundings (m)",
        description="Sont voisines les cellules dont les centres sont à cette distance au plus. /"
        " Cells whose centres are at most this far are neighbours.",
    )
    step_days: int = Field(
        0,
        ge=0,
        le=182,
        title="Pas (jours) / Step (days)",
        description="Jours comptés ensemble ; 0 : quatorze, ou le quart d’une période plus"
        " courte. / Days told together; 0: fourteen, or a quarter of a shorter period.",
    )
    share: float = Field(
        0.05,
        gt=0.0,
        le=0.5,
        title="Fausses découvertes / False discoveries",
        description="Part de ce qui est dit qui peut être faux, sur toutes les cellules et tous"
        " les pas. / Share of what is told that may be false, over all cells and"
        " steps.",
    )


def run(facts: pa.Table, params: EmergingParameters, frame: Frame) -> Outcome:
    """Return each cell with how its Gi* has gone through the steps of the period.

    A surrounding is the cells within reach in the same step and the one before. Steps are whole:
    days before the first whole step are left out. The trend is Mann and Kendall's, of Gi*.
    """
    points = read_points(facts, frame, params.longest_hours)
    slots = make_slots(frame, params.step_days or USUAL_STEP)
    days = slots.last_day - slots.first_day + 1
    step = params.step_days or max(1, min(USUAL_STEP, days // LEAST_STEPS))
    slots, whole = replace(slots, step=step), days // step
    if whole < LEAST_STEPS:
        raise WrongUsage(reason=f"{whole} steps, at least {LEAST_STEPS}", field="step_days")
    ground = ground_of(frame, params.zoning, params.resolution)
    if whole * len(ground) > MOST_BINS:
        reason = f"{whole * len(ground)} cells by steps, at most {MOST_BINS}"
        raise WrongUsage(reason=reason, field="resolution")
    place, slot = ground.index(points), slots.index(points.day) - (len(slots) - whole)
    kept = (place >= 0) & (slot >= 0)
    flat = np.bincount(slot[kept] * len(ground) + place[kept], minlength=whole * len(ground))
    near = within(ground.x, ground.y, params.band_m, itself=True)
    steps = scipy.sparse.csr_array(
        scipy.sparse.diags_array([1.0, 1.0], offsets=[0, -1], shape=(whole, whole))
    )
    cube = scipy.sparse.csr_array(scipy.sparse.kron(steps, near, format="csr"))
    found = getis_ord(flat.astype(np.float64), cube)
    told = np.nan_to_num(false_discovery(found.p), nan=1.0) <= params.share
    z = np.nan_to_num(found.z).reshape(whole, -1).T
    hot, cold = ((told.reshape(whole, -1).T) & (sign * z > 0) for sign in (1, -1))
    trend = mann_kendall(z)
    trend_q = false_discovery(trend.p)
    rising = (trend_q <= params.share) * np.sign(trend.tau)
    counts = flat.reshape(whole, -1).sum(axis=0)
    bounds = np.array([poisson_interval(int(n)) for n in counts]).reshape(-1, 2)
    table = pa.table(
        {
            "cell": ground.names(),
            "facts": pa.array(counts),
            "low": pa.array(bounds[:, 0]),
            "high": pa.array(bounds[:, 1]),
            "kind_of_spot": pa.array(
                [describe(*row) for row in zip(hot, cold, rising, strict=True)], pa.string()
            ),
            "hot_steps": pa.array(hot.sum(axis=1)),
            "cold_steps": pa.array(cold.sum(axis=1)),
            "tau": pa.array(np.round(trend.tau, 1)),
            "trend_p": pa.array(at_most(trend.p), from_pandas=True),
            "trend_q": pa.array(at_most(trend_q), from_pandas=True),
        }
    )
    order = np.lexsort((ground.cells, -hot.sum(axis=1), -hot[:, -1].astype(int)))
    left = len(points) - int(kept.sum())
    note = remark(
        "{whole} pas de {step} jours ; {left} faits hors du zonage ou des pas.",
        "{whole} steps of {step} days; {left} facts outside zoning or steps.",
        whole=whole,
        step=step,
        left=left,
    )
    return Outcome(table.take(pa.array(order)), int(kept.sum()), (*points.notes(), note))


def describe(hot: Flags, cold: Flags, rising: float) -> str:
    """Return the name of how a cell has gone, ``none`` when it never stood out.

    Args:
        hot: By step.
        cold: By step.
        rising: 1, -1 or 0 for a trend that is told.
    """
    if hot[-1] or (not cold[-1] and hot.sum() >= cold.sum()):
        mine, other, name = hot, cold, "hot"
    else:
        mine, other, name = cold, hot, "cold"
        rising = -rising
    times = int(mine.sum())
    if times == 0:
        return "none"
    lasting = times >= LASTING * len(mine)
    if not mine[-1]:
        return f"historical_{name}" if lasting else "none"
    if lasting:
        trend = {1.0: "intensifying", -1.0: "diminishing"}.get(float(rising), "persistent")
        return f"{trend}_{name}"
    if times == 1:
        return f"new_{name}"
    if mine[-times:].all():
        return f"consecutive_{name}"
    return f"oscillating_{name}" if other.any() else f"sporadic_{name}"


ANALYSIS = Analysis(
    name="emerging_hot_spots",
    question={
        "fr": "Quels points chauds sont nouveaux, lesquels durent, lesquels s’intensifient ou"
        " s’effacent ?",
        "en": "Which hot spots are new, which last, which grow, which fade?",
    },
    limits={
        "fr": "Un point chaud compte plus de faits signalés, pas plus de danger : rien n’est su des"
        " personnes présentes. La comparaison est avec toutes les cellules et tous les pas : en"
        " haute saison, plus de cellules sont chaudes. Les pas se recouvrent (chacun regarde aussi"
        " le précédent), donc les valeurs qui se suivent se ressemblent et le test de tendance est"
        " trop prompt : lire ses probabilités comme un tri. Le découpage en pas et en cellules"
        " change les classes ; les seuils (90\u202f% des pas) sont une convention. Le dernier pas"
        " peut être incomplet, ce qui cache un point nouveau. Un fait d’heure incertaine compte au"
        " milieu de son intervalle. Les cellules du bord ont moins de voisines.",
        "en": "A hot spot holds more facts reported, not more danger: nothing is known of the"
        " people present. The comparison is with all cells and all steps: in high season more"
        " cells are hot. Steps overlap (each looks at the one before too), so values that follow"
        " each other resemble each other and the test of the trend is too quick: read its"
        " probabilities as a sorting. The cut into steps and cells changes the classes; their"
        " thresholds (90% of the steps) are a convention. The last step may be incomplete, which"
        " hides a new spot. A fact of uncertain time counts at the middle of its interval. Cells at"
        " the edge have fewer neighbours.",
    },
    reads=READS,
    parameters=EmergingParameters,
    columns=(
        OutputColumn("cell", "Cellule", "Cell", key=True),
        OutputColumn("facts", "Faits", "Facts"),
        OutputColumn("low", "Borne basse 95 %", "Low 95%"),
        OutputColumn("high", "Borne haute 95 %", "High 95%"),
        OutputColumn("kind_of_spot", "Classe", "Class", words=SPOTS),
        OutputColumn("hot_steps", "Pas chauds", "Hot steps"),
        OutputColumn("cold_steps", "Pas froids", "Cold steps"),
        OutputColumn("tau", "Tendance (tau, à 0,1)", "Trend (tau, to 0.1)"),
        OutputColumn("trend_p", "p de la tendance (au plus)", "p of the trend (at most)"),
        OutputColumn("trend_q", "q de la tendance (au plus)", "q of the trend (at most)"),
    ),
    run=run,
    count_column="facts",
    chart={
        "mark": "bar",
        "encoding": {
            "y": {"field": "kind_of_spot", "type": "nominal", "sort": "-x"},
            "x": {"aggregate": "count", "type": "quantitative"},
        },
    },
    reference="Getis and Ord (1992), Geographical Analysis 24:189; Mann (1945), Econometrica"
    " 13:245; Esri, Emerging Hot Spot Analysis (names of the classes)",
    geo_column="cell",
    map_column="kind_of_spot",
)
