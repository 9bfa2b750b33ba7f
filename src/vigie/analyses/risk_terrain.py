"""Where do the kinds of places around add up to more risk than exposure tells?"""

from __future__ import annotations

import numpy as np
import pyarrow as pa

from vigie.analyse.analysis import Analysis, Frame, Outcome, OutputColumn
from vigie.analyse.exposure import metrics_of
from vigie.analyse.points import READS
from vigie.analyse.terrain_ground import TerrainParameters, survey


def run(facts: pa.Table, params: TerrainParameters, frame: Frame) -> Outcome:
    """Return each cell with its relative risk by the model; no cell if the model is naive.

    The risk is a function of the places around alone: cells with the same places around them have
    the same, whatever happened in them, so no small count is given away.
    """
    found = survey(facts, params, frame)
    terrain, ground = found.terrain, found.ground
    shown = terrain is not None and terrain.better
    risk = terrain.risk if terrain is not None and shown else np.empty((0, 3))
    order = np.lexsort((ground.cells[: len(risk)], -risk[:, 0]))
    table = pa.table(
        {
            "cell": ground.names().slice(0, len(risk)),
            "risk": pa.array(risk[:, 0]),
            "low": pa.array(risk[:, 1]),
            "high": pa.array(risk[:, 2]),
            "certain": pa.array(
                np.select([risk[:, 1] > 1, risk[:, 2] < 1], ["above", "below"], "alike")
            ),
        }
    )
    return Outcome(table.take(pa.array(order)), int(found.counts.sum()), found.notes)


ANALYSIS = Analysis(
    name="risk_terrain",
    question={
        "fr": "Où les lieux alentour laissent-ils attendre plus de faits que l’exposition seule ?",
        "en": "Where do the places around make one expect more facts than exposure alone?",
    },
    limits={
        "fr": "Une association de lieux et de faits signalés, pas une cause, et rien sur des"
        " personnes : ni âge, ni revenu, ni origine n’entrent. Le risque d’une cellule ne dépend"
        " que des lieux alentour : il est comparé à la moyenne pour la même exposition. Le modèle"
        " n’est montré que s’il"
        " fait mieux que l’exposition seule sur des blocs de la ville qu’il n’a jamais vus, choix"
        " compris ; ses intervalles, eux, ne paient pas le choix des types retenus et sont donc un"
        " peu étroits. Deux types de lieux toujours voisins se remplacent : l’un peut parler pour"
        " l’autre. L’exposition d’une maille de mesure est répartie selon la surface entre ses"
        " cellules : au pied d’un lieu qui attire, elle est sous-estimée et le risque surestimé."
        " Les lieux sont ceux que la ville a donnés, tels qu’ils sont aujourd’hui. Un fait d’heure"
        " incertaine compte au milieu de son intervalle.",
        "en": "An association of places and facts reported, not a cause, and nothing about people:"
        " no age, income or origin enters. The risk of a cell depends on the places around it"
        " alone: it is held against the mean for the same exposure. The model is shown only if it"
        " does better than"
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
        OutputColumn("cell", "Cellule", "Cell", key=True),
        OutputColumn("risk", "Risque relatif", "Relative risk"),
        OutputColumn("low", "Borne basse 95 %", "Low 95%"),
        OutputColumn("high", "Borne haute 95 %", "High 95%"),
        OutputColumn(
            "certain",
            "Situation",
            "State",
            words={
                "above": ("Au-dessus de 1", "Above 1"),
                "below": ("Au-dessous de 1", "Below 1"),
                "alike": ("Incertain", "Uncertain"),
            },
        ),
    ),
    run=run,
    chart={
        "mark": "bar",
        "encoding": {
            "x": {"field": "risk", "type": "quantitative", "bin": {"step": 0.25}},
            "y": {"aggregate": "count", "type": "quantitative"},
            "color": {"field": "certain", "type": "nominal"},
        },
    },
    reference="Caplan, Kennedy and Miller (2011), Justice Quarterly 28:360; Friedman, Hastie and"
    " Tibshirani (2010), J. Statistical Software 33:1; Roberts et al. (2017), Ecography 40:913"
    " (blocks of space left out)",
    geo_column="cell",
    map_column="risk",
    beside=("measures", "places"),
    metrics=metrics_of,
)
