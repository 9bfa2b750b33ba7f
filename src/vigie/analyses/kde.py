"""How thick are facts on the ground, smoothed?"""

from __future__ import annotations

import numpy as np
import pyarrow as pa
from pydantic import Field

from vigie.analyse.analysis import Analysis, Frame, Outcome, OutputColumn, Parameters
from vigie.analyse.ground import ground_of
from vigie.analyse.kernels import choose_bandwidth, kernel_matrix, smooth
from vigie.analyse.points import READS, read_points
from vigie.base.remarks import remark

CANDIDATES = (200.0, 300.0, 450.0, 700.0, 1_000.0)
KM2 = 1e6


class DensityParameters(Parameters):
    """How widely a fact is spread, and over which ground."""

    bandwidth_m: int = Field(
        0,
        ge=0,
        le=3_000,
        title="Largeur (m) / Bandwidth (m)",
        description="Écart-type du noyau ; 0 : choisi entre 200 et 1 000 m, là où les faits"
        " laissés de côté sont le mieux dits. / Standard deviation of the kernel; 0:"
        " chosen from 200 to 1,000 m so that facts left out are told best.",
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


def run(facts: pa.Table, params: DensityParameters, frame: Frame) -> Outcome:
    """Return the density of each cell, per square kilometre over the period, with its interval.

    The interval is that of counting: it says nothing of what smoothing itself displaces.
    """
    points = read_points(facts, frame)
    ground = ground_of(frame, params.zoning, params.resolution)
    place = ground.index(points)
    inside = place[place >= 0]
    counts = np.bincount(inside, minlength=len(ground)).astype(np.float64)
    area = ground.area_m2()
    notes = list(points.notes())
    width = float(params.bandwidth_m)
    how = ("donnée", "given")
    if width == 0.0:
        width, _ = choose_bandwidth(ground.x, ground.y, counts, area, CANDIDATES)
        how = ("choisie par validation croisée", "chosen by cross-validation")
    fr, en = "Largeur : {width:.0f} m ({how}).", "Bandwidth: {width:.0f} m ({how})."
    notes.append(remark(fr, en, width=width, how=how))
    outside = len(points) - len(inside)
    if outside:
        fr, en = "{n} faits hors du zonage.", "{n} facts outside the zoning."
        notes.append(remark(fr, en, n=outside))
    found = smooth(counts, kernel_matrix(ground.x, ground.y, width), area)
    density, error = found.value * KM2, found.error * KM2
    mean = counts.sum() / (area * len(ground)) * KM2
    ratio = density / mean if mean > 0 else np.full(len(density), np.nan)
    order = np.lexsort((ground.cells, -density))
    table = pa.table(
        {
            "cell": ground.names(),
            "density": pa.array(density),
            "low": pa.array(np.maximum(0.0, density - 1.96 * error)),
            "high": pa.array(density + 1.96 * error),
            "ratio": pa.array(ratio, from_pandas=True),
            "facts": pa.array(found.facts),
        }
    )
    return Outcome(table.take(pa.array(order)), len(inside), tuple(notes))


ANALYSIS = Analysis(
    name="kde",
    question={
        "fr": "Où les faits sont-ils denses, une fois lissés ?",
        "en": "Where are facts dense, once smoothed?",
    },
    limits={
        "fr": "Une densité de faits signalés, à vol d’oiseau : le lissage passe par-dessus voies"
        " ferrées, mer et collines, et fait paraître dense ce qui borde un lieu chargé. La largeur"
        " décide de l’image ; choisie par validation croisée, elle est celle qui prédit le mieux un"
        " fait à partir des autres, et penche vers l’étroit quand des lieux sont arrondis au même"
        " point. L’intervalle est celui du comptage seul et suppose des faits indépendants. Au bord"
        " du zonage la densité est corrigée de la part du noyau qui en sort, donc plus incertaine."
        " Sans test : une tache peut être due au hasard (voir hot_spots). Les heures ne jouent"
        " pas.",
        "en": "A density of facts reported, as the crow flies: smoothing crosses railways, sea and"
        " hills, and makes what borders a busy place look dense. The bandwidth decides the picture;"
        " chosen by cross-validation it is the one that best tells a fact from the others, and"
        " leans to the narrow when places are rounded to one point. The interval is that of"
        " counting alone and supposes independent facts. At the zoning's edge the density is"
        " corrected for the kernel's part beyond it, hence less certain. No test: a patch may be"
        " chance (see hot_spots). Hours do not matter.",
    },
    reads=READS,
    parameters=DensityParameters,
    columns=(
        OutputColumn("cell", "Cellule", "Cell", key=True),
        OutputColumn("density", "Densité", "Density", "faits/km²"),
        OutputColumn("low", "Borne basse 95 %", "Low 95%", "faits/km²"),
        OutputColumn("high", "Borne haute 95 %", "High 95%", "faits/km²"),
        OutputColumn("ratio", "Densité / moyenne", "Density / mean"),
        OutputColumn("facts", "Faits sur lesquels elle repose", "Facts it rests on"),
    ),
    run=run,
    count_column="facts",
    chart={
        "mark": "bar",
        "encoding": {
            "x": {"field": "density", "type": "quantitative", "bin": {"maxbins": 40}},
            "y": {"aggregate": "count", "type": "quantitative"},
        },
    },
    reference="Silverman (1986), Density Estimation; Diggle (1985), Applied Statistics 34:138",
    geo_column="cell",
    map_column="density",
)
