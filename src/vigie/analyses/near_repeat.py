"""After a fact, is another nearby more likely, how near, and for how long?"""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any, Literal

import numpy as np
import numpy.typing as npt
import pyarrow as pa
from pydantic import Field

from vigie.analyse.analysis import Analysis, Frame, Outcome, OutputColumn
from vigie.analyse.draws import DrawnParameters, false_discovery
from vigie.analyse.pairs import close_pairs, in_pairs, knox, mantel
from vigie.analyse.points import READS, read_points
from vigie.analyse.row_keys import number_of, wrong_row
from vigie.base.remarks import remark

SAME_PLACE_M = 1.0
MANTEL_AT_MOST = 500


class NearRepeatParameters(DrawnParameters):
    """How wide the bands of distance and of time are, and how many."""

    distance: Literal["straight", "blocks"] = Field(
        "straight",
        title="Distance / Distance",
        description="À vol d’oiseau, ou autour des îlots (est-ouest plus nord-sud). / In a"
        " straight line, or around blocks (east-west plus north-south).",
        json_schema_extra={
            "words": {
                "straight": ["À vol d’oiseau", "Straight line"],
                "blocks": ["Autour des îlots", "Around blocks"],
            }
        },
    )
    step_m: int = Field(
        100,
        ge=10,
        le=2_000,
        title="Pas de distance (m) / Step of distance (m)",
        description="Largeur d’une bande de distance. / Width of a band of distance.",
    )
    steps: int = Field(
        4,
        ge=1,
        le=10,
        title="Bandes de distance / Bands of distance",
        description="Bandes en plus de celle du même lieu. / Bands beside that of the same place.",
    )
    step_days: int = Field(
        7,
        ge=1,
        le=91,
        title="Pas de temps (jours) / Step of time (days)",
        description="Largeur d’une bande de temps ; la première va de 0 à ce nombre moins 1. /"
        " Width of a band of time; the first holds differences from 0 to this less 1.",
    )
    times: int = Field(
        4,
        ge=1,
        le=10,
        title="Bandes de temps / Bands of time",
        description="Nombre de bandes de temps. / How many bands of time.",
    )


def run(facts: pa.Table, params: NearRepeatParameters, frame: Frame) -> Outcome:
    """Count pairs of facts in bands of distance and days, against shuffled days (Knox).

    ``expected`` is the exact mean of all shuffles, ``low`` and ``high`` hold 95 % of the draws, and
    ``q`` is the share of false discoveries among bands at least as striking.
    """
    points = read_points(facts, frame, params.longest_hours)
    metres, days = _edges(params)
    pairs = close_pairs(points.x, points.y, metres, blocks=params.distance == "blocks")
    found = knox(pairs, points.day, days, draws=params.draws, seed=params.seed)
    rows, columns = found.observed.shape
    observed, expected = found.observed.ravel(), found.expected.ravel()
    from_m = [0.0, 0.0, *metres[1:-1]]
    ratio = np.divide(observed, expected, out=np.full(observed.size, np.nan), where=expected > 0)
    p = np.where(expected > 0, found.p.ravel(), np.nan)
    table = pa.table(
        {
            "from_m": pa.array(np.repeat(from_m, columns)),
            "to_m": pa.array(np.repeat([0.0, *metres[1:]], columns)),
            "from_days": pa.array(np.tile([0, *(edge + 1 for edge in days[:-1])], rows)),
            "to_days": pa.array(np.tile(days, rows)),
            "pairs": pa.array(observed),
            "expected": pa.array(expected),
            "low": pa.array(found.low.ravel()),
            "high": pa.array(found.high.ravel()),
            "ratio": pa.array(ratio, from_pandas=True),
            "p": pa.array(p, from_pandas=True),
            "q": pa.array(false_discovery(p), from_pandas=True),
        }
    )
    notes = list(points.notes())
    if len(points) <= MANTEL_AT_MOST:
        r, chance = mantel(points.x, points.y, points.day, draws=99, seed=params.seed)
        if math.isfinite(r):
            words = " r = {r:.3f}, p = {p:.2f}, n = {n}."
            fr, en = f"Test de Mantel :{words}", f"Mantel's test:{words}"
            notes.append(remark(fr, en, r=r, p=chance, n=len(points)))
    return Outcome(table, len(points), tuple(notes))


def _edges(params: NearRepeatParameters) -> tuple[list[float], list[int]]:
    """Return the upper edges of the bands of distance and of time."""
    metres = [SAME_PLACE_M, *(float(params.step_m * (n + 1)) for n in range(params.steps))]
    return metres, [params.step_days * (n + 1) - 1 for n in range(params.times)]


def rests_on(
    facts: pa.Table, params: NearRepeatParameters, frame: Frame, row: Mapping[str, Any]
) -> npt.NDArray[np.bool_]:
    """Return which facts stand in a pair of the row's band."""
    points = read_points(facts, frame, params.longest_hours)
    metres, _ = _edges(params)
    told, to_m = [0.0, *metres[1:]], number_of(row, "to_m")
    if to_m not in told:
        raise wrong_row("to_m")
    band = told.index(to_m)
    pairs = close_pairs(points.x, points.y, metres[: band + 1], blocks=params.distance == "blocks")
    apart = (number_of(row, "from_days"), number_of(row, "to_days"))
    return points.among(facts.num_rows, in_pairs(pairs, band, points.day, apart))


ANALYSIS = Analysis(
    name="near_repeat",
    question={
        "fr": "Après un fait, un autre est-il plus probable à proximité : à quelle distance, et"
        " pendant combien de jours ?",
        "en": "After a fact, is another nearby more likely: how near, and for how many days?",
    },
    limits={
        "fr": "Des lieux et des jours, jamais des auteurs : rien ici ne dit que deux faits ont la"
        " même cause. Un quartier dont l’activité change au cours de la période (chantier, été,"
        " fête) donne des paires proches sans répétition : préférer une période courte et un seul"
        " type de fait. Un fait d’heure incertaine compte au milieu de son intervalle. Un même"
        " fait signalé deux fois ressemble à une répétition : voir la bande du même lieu. Les"
        " paires partagent des faits, donc les bandes ne sont pas indépendantes : l’intervalle"
        " est celui des tirages, pas d’un compte de Poisson. Des lieux arrondis au tronçon de rue"
        " rapprochent des faits distincts ; au bord de la ville des paires manquent, dans"
        " l’observé comme dans l’attendu.",
        "en": "Places and days, never people: nothing here says that two facts have one cause. A"
        " district whose activity changes within the period (works, summer, a fair) gives close"
        " pairs without repetition: prefer a short period and one kind of fact. A fact of"
        " uncertain time counts at the middle of its interval. One fact told twice looks like a"
        " repeat: see the band of the same place. Pairs share facts, so bands are not independent:"
        " the interval is that of the draws, not of a Poisson count. Places rounded to a stretch"
        " of street bring distinct facts together; at the city's edge pairs are missing, in what"
        " is observed as in what is expected.",
    },
    reads=READS,
    parameters=NearRepeatParameters,
    columns=(
        OutputColumn("from_m", "À plus de", "Farther than", "m", key=True),
        OutputColumn("to_m", "Jusqu’à", "Up to", "m", key=True),
        OutputColumn("from_days", "De", "From", "j", key=True),
        OutputColumn("to_days", "À", "To", "j", key=True),
        OutputColumn("pairs", "Paires", "Pairs"),
        OutputColumn("expected", "Attendues sans lien", "Expected without a link"),
        OutputColumn("low", "Sans lien, 2,5 %", "Without a link, 2.5%"),
        OutputColumn("high", "Sans lien, 97,5 %", "Without a link, 97.5%"),
        OutputColumn("ratio", "Observées / attendues", "Observed / expected"),
        OutputColumn("p", "p", "p"),
        OutputColumn("q", "q (fausses découvertes)", "q (false discoveries)"),
    ),
    run=run,
    rests_on=rests_on,
    count_column="pairs",
    chart={
        "mark": "rect",
        "encoding": {
            "x": {"field": "to_days", "type": "ordinal"},
            "y": {"field": "to_m", "type": "ordinal", "sort": "descending"},
            "color": {
                "field": "ratio",
                "type": "quantitative",
                "scale": {"scheme": "blueorange", "domainMid": 1},
            },
            "opacity": {"condition": {"test": "datum.q < 0.05", "value": 1}, "value": 0.35},
        },
    },
    reference="Knox (1964), Applied Statistics 13:25; Mantel (1967), Cancer Research 27:209;"
    " Johnson et al. (2007), J. Quantitative Criminology 23:201",
)
