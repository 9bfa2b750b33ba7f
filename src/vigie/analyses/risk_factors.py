"""Near what kinds of places are facts more frequent than exposure tells?"""

from __future__ import annotations

import numpy as np
import pyarrow as pa

from vigie.analyse.analysis import Analysis, Frame, Outcome, OutputColumn
from vigie.analyse.exposure import metrics_of
from vigie.analyse.points import READS
from vigie.analyse.terrain_ground import TerrainParameters, survey


def run(facts: pa.Table, params: TerrainParameters, frame: Frame) -> Outcome:
    """Return the kinds of places the model keeps, each with its relative risk; none if it is naive.

    ``factor`` is for one place at the spot, against none within reach, the others alike.
    """
    found = survey(facts, params, frame)
    terrain = found.terrain
    shown = terrain is not None and terrain.better
    kept = terrain.kept if terrain is not None and shown else np.zeros(0, np.int64)
    factor = terrain.factor if terrain is not None and shown else np.empty((0, 3))
    near = [int(found.counts[found.described[:, one] > 0].sum()) for one in kept]
    order = np.lexsort((kept, -np.abs(np.log(np.maximum(factor[:, 0], 1e-300)))))
    table = pa.table(
        {
            "place_kind": pa.array([found.columns[one][0] for one in kept], pa.string()),
            "reach_m": pa.array([found.columns[one][1] for one in kept], pa.int64()),
            "places": pa.array(found.places[kept], pa.int64()),
            "facts_near": pa.array(near, pa.int64()),
            **{name: pa.array(factor[:, at]) for at, name in enumerate(("factor", "low", "high"))},
        }
    )
    return Outcome(table.take(pa.array(order)), int(found.counts.sum()), found.notes)


ANALYSIS = Analysis(
    name="risk_factors",
    question={
        "fr": "Près de quels types de lieux les faits sont-ils plus fréquents, à exposition égale"
        " ?",
        "en": "Near what kinds of places are facts more frequent, for the same exposure?",
    },
    limits={
        "fr": "Une association de lieux et de faits signalés, pas une cause, et rien sur des"
        " personnes : ni âge, ni revenu, ni origine n’entrent. Le risque relatif est celui d’un"
        " lieu sur place, comparé à aucun à portée. Le modèle n’est montré que s’il"
        " fait mieux que l’exposition seule sur des blocs de la ville qu’il n’a jamais vus, choix"
        " compris ; ses intervalles, eux, ne paient pas le choix des types retenus et sont donc un"
        " peu étroits. Deux types de lieux toujours voisins se remplacent : l’un peut parler pour"
        " l’autre. L’exposition d’une maille de mesure est répartie selon la surface entre ses"
        " cellules : au pied d’un lieu qui attire, elle est sous-estimée et le risque surestimé."
        " Les lieux sont ceux que la ville a donnés, tels qu’ils sont aujourd’hui. Un fait d’heure"
        " incertaine compte au milieu de son intervalle.",
        "en": "An association of places and facts reported, not a cause, and nothing about people:"
        " no age, income or origin enters. The relative risk is that of one place at the spot,"
        " against none within reach. The model is shown only if it does better than"
        " exposure alone on blocks of the city it never saw, choice and all; its intervals do not"
        " pay for the choice of kinds and are a little narrow. Two kinds of places that are always"
        " neighbours stand in for each other. The exposure of a cell of measurement is spread by"
        " area over its parts: at the foot of a place that draws people it is too low, and the risk"
        " too high. Places are those the city gave, as they are today. A fact of uncertain time"
        " counts at the middle of its interval.",
    },
    reads=READS,
    parameters=TerrainParameters,
    columns=(
        OutputColumn("place_kind", "Type de lieux", "Kind of places", key=True, kind=True),
        OutputColumn("reach_m", "Portée", "Reach", "m", key=True),
        OutputColumn("places", "Lieux", "Places", key=True),
        OutputColumn("facts_near", "Faits à portée", "Facts within reach"),
        OutputColumn("factor", "Risque relatif", "Relative risk"),
        OutputColumn("low", "Borne basse 95 %", "Low 95%"),
        OutputColumn("high", "Borne haute 95 %", "High 95%"),
    ),
    run=run,
    count_column="facts_near",
    chart={
        "layer": [
            {
                "mark": {"type": "rule", "size": 4, "opacity": 0.4},
                "encoding": {
                    "y": {"field": "place_kind", "type": "nominal", "sort": None},
                    "x": {"field": "low", "type": "quantitative", "scale": {"type": "log"}},
                    "x2": {"field": "high"},
                },
            },
            {
                "mark": {"type": "point", "filled": True, "size": 80},
                "encoding": {
                    "y": {"field": "place_kind", "type": "nominal", "sort": None},
                    "x": {"field": "factor", "type": "quantitative", "scale": {"type": "log"}},
                    "shape": {"field": "reach_m", "type": "nominal"},
                },
            },
        ]
    },
    reference="Caplan, Kennedy and Miller (2011), Justice Quarterly 28:360; Friedman, Hastie and"
    " Tibshirani (2010), J. Statistical Software 33:1; Roberts et al. (2017), Ecography 40:913"
    " (blocks of space left out)",
    beside=("measures", "places"),
    metrics=metrics_of,
)
