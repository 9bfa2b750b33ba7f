"""Which places, with their surroundings, hold more facts than chance deals them?"""

from __future__ import annotations

import math
from typing import Literal

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import scipy
from pydantic import Field

from vigie.analyse.analysis import Analysis, Frame, Outcome, OutputColumn, Parameters
from vigie.analyse.association import Local, general_g, getis_ord, local_moran, moran
from vigie.analyse.draws import at_most, false_discovery
from vigie.analyse.ground import ground_of
from vigie.analyse.intervals import poisson_interval
from vigie.analyse.points import READS, read_points
from vigie.analyse.weights import row_standardised, within
from vigie.base.remarks import remark

SPOTS = {
    "hot": ("Chaud", "Hot"),
    "cold": ("Froid", "Cold"),
    "high_among_low": ("Haut parmi des bas", "High among low"),
    "low_among_high": ("Bas parmi des hauts", "Low among high"),
    "none": ("Ne ressort pas", "Does not stand out"),
}


class HotSpotParameters(Parameters):
    """Which statistic, which ground, and how far a surrounding reaches."""

    method: Literal["gi_star", "local_moran"] = Field(
        "gi_star",
        title="Méthode / Method",
        description="Gi* : une cellule avec ses alentours ; Moran local : la cellule et ses"
        " alentours à part, pour dire aussi une cellule haute seule parmi des basses."
        " / gi_star: a cell with its surroundings; local_moran: a cell and its"
        " surroundings apart, so that a lone high cell among low ones is told too.",
        json_schema_extra={
            "words": {
                "gi_star": ["Gi* (Getis et Ord)", "Gi* (Getis and Ord)"],
                "local_moran": ["Moran local", "Local Moran"],
            }
        },
    )
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
    share: float = Field(
        0.05,
        gt=0.0,
        le=0.5,
        title="Fausses découvertes / False discoveries",
        description="Part des cellules dites qui peuvent être fausses. / Share of the cells told"
        " that may be false.",
    )


def run(facts: pa.Table, params: HotSpotParameters, frame: Frame) -> Outcome:
    """Return each cell with its count and whether it is a hot spot, a cold one, or neither.

    p is against all ways of dealing the counts out to the cells, q over all cells (Benjamini and
    Hochberg). z is told to the nearest half, p and q as the step they are not above, and the order
    follows what is told: finer ones would give the neighbours' counts away.
    """
    points = read_points(facts, frame)
    ground = ground_of(frame, params.zoning, params.resolution)
    place = ground.index(points)
    inside = place[place >= 0]
    counts = np.bincount(inside, minlength=len(ground)).astype(np.float64)
    near = within(ground.x, ground.y, params.band_m)
    apart = row_standardised(near)
    if params.method == "gi_star":
        itself = scipy.sparse.csr_array(near + scipy.sparse.eye_array(len(counts), format="csr"))
        found = getis_ord(counts, itself)
    else:
        found = local_moran(counts, apart)
    q = false_discovery(found.p)
    kept = np.nan_to_num(q, nan=1.0) <= params.share
    bounds = np.array([poisson_interval(int(n)) for n in counts]).reshape(-1, 2)
    z, p_told, q_told = np.round(found.z * 2) / 2, at_most(found.p), at_most(q)
    order = np.lexsort((ground.cells, -np.nan_to_num(z), np.nan_to_num(q_told, nan=2.0)))
    table = pa.table(
        {
            "cell": ground.names(),
            "facts": pa.array(counts.astype(np.int64)),
            "low": pa.array(bounds[:, 0]),
            "high": pa.array(bounds[:, 1]),
            "kind_of_spot": pa.array(_kinds(found, counts, kept)),
            "z": pa.array(z, from_pandas=True),
            "p": pa.array(p_told, from_pandas=True),
            "q": pa.array(q_told, from_pandas=True),
        }
    )
    notes = [*points.notes(), _note(len(points) - len(inside), kept, counts)]
    whole = moran(counts, apart)
    if math.isfinite(whole.value):
        words = "I = {i:.3f}, z = {z:.1f}"
        fr = f"Indice de Moran de l’ensemble : {words} ; nul attendu : {{chance:.4f}}."
        en = f"Moran's I of the whole: {words}; by chance {{chance:.4f}}."
        notes.append(remark(fr, en, i=whole.value, z=whole.z, chance=-1 / (len(counts) - 1)))
    together = general_g(counts, near)
    if math.isfinite(together.z):
        words = "G = {g:.4f}, z = {z:.1f}"
        fr = f"G de Getis et Ord de l’ensemble : {words} (z > 0 : les forts se touchent)."
        en = f"Getis and Ord's G of the whole: {words} (z > 0: high ones touch)."
        notes.append(remark(fr, en, g=together.value, z=together.z))
    return Outcome(table.take(pa.array(order)), len(inside), tuple(notes))


def _kinds(found: Local, counts: npt.NDArray[np.float64], kept: npt.NDArray[np.bool_]) -> list[str]:
    """Return hot and cold, a lone high or low cell among others, or none, for each cell."""
    high = counts > (counts.mean() if len(counts) else 0.0)
    with np.errstate(invalid="ignore"):
        around = found.z > 0
        apart = found.value < 0
    words = np.where(around, "hot", "cold").astype(object)
    words[apart & high] = "high_among_low"
    words[apart & ~high] = "low_among_high"
    words[~kept] = "none"
    return [str(word) for word in words]


def _note(
    outside: int, kept: npt.NDArray[np.bool_], counts: npt.NDArray[np.float64]
) -> dict[str, str]:
    told, cells = int(kept.sum()), len(counts)
    return remark(
        "{told} cellules retenues sur {cells} ; {outside} faits hors du zonage.",
        "{told} cells told of {cells}; {outside} facts outside the zoning.",
        told=told,
        cells=cells,
        outside=outside,
    )


ANALYSIS = Analysis(
    name="hot_spots",
    question={
        "fr": "Quels lieux, avec leurs alentours, comptent plus de faits que le hasard ne leur en"
        " donnerait ?",
        "en": "Which places, with their surroundings, hold more facts than chance would deal them?",
    },
    limits={
        "fr": "Un point chaud compte plus de faits signalés, pas plus de danger : rien n’est su des"
        " personnes présentes. Le hasard est ici une redistribution des comptes entre toutes les"
        " cellules, inhabitées comprises : le choix du zonage et de la maille change les résultats,"
        " et une ville entière n’est jamais homogène, donc le centre ressort presque toujours. Les"
        " cellules du bord ont moins de voisines. q borne la part de fausses cellules parmi celles"
        " retenues, en moyenne, non pour chacune. Des faits liés entre eux (un même incident"
        " signalé deux fois) rendent l’intervalle du compte trop étroit. Les heures incertaines ne"
        " jouent pas ; les lieux arrondis, si. z est donné au demi près, p et q au palier qu’ils"
        " ne dépassent pas, pour ne pas trahir les petits comptes voisins.",
        "en": "A hot spot holds more facts reported, not more danger: nothing is known of the"
        " people present. Chance is here a new deal of the counts among all cells, uninhabited ones"
        " included: the choice of zoning and cell changes the results, and a whole city is never"
        " even, so the centre nearly always stands out. Cells at the edge have fewer neighbours. q"
        " bounds the share of false cells among those told, on average, not for each. Facts tied"
        " to each other (one incident told twice) make the interval of the count too narrow."
        " Uncertain hours do not matter; rounded places do. z is told to the nearest half, p and q"
        " as the step they are not above, so as not to give small counts nearby away.",
    },
    reads=READS,
    parameters=HotSpotParameters,
    columns=(
        OutputColumn("cell", "Cellule", "Cell", key=True),
        OutputColumn("facts", "Faits", "Facts"),
        OutputColumn("low", "Borne basse 95 %", "Low 95%"),
        OutputColumn("high", "Borne haute 95 %", "High 95%"),
        OutputColumn("kind_of_spot", "Classe", "Class", words=SPOTS),
        OutputColumn("z", "z (au demi)", "z (to the half)"),
        OutputColumn("p", "p (au plus)", "p (at most)"),
        OutputColumn("q", "q (fausses découvertes, au plus)", "q (false discoveries, at most)"),
    ),
    run=run,
    count_column="facts",
    chart={
        "mark": "bar",
        "encoding": {
            "x": {"field": "z", "type": "quantitative", "bin": {"step": 0.5}},
            "y": {"aggregate": "count", "type": "quantitative"},
            "color": {"field": "kind_of_spot", "type": "nominal"},
        },
    },
    reference="Getis and Ord (1992), Geographical Analysis 24:189; Anselin (1995), Geographical"
    " Analysis 27:93; Benjamini and Hochberg (1995), J. Royal Statistical Society B 57:289",
    geo_column="cell",
    map_column="kind_of_spot",
)
