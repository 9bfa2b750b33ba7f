"""Are facts near in space near in time too: one answer each from four tests."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
from pydantic import Field

from vigie.analyse.analysis import Analysis, Frame, Outcome, OutputColumn
from vigie.analyse.draws import DrawnParameters, false_discovery
from vigie.analyse.interaction import jacquez, modified_knox
from vigie.analyse.pairs import close_pairs, in_pairs, knox, mantel
from vigie.analyse.points import READS, Points, read_points
from vigie.analyse.row_keys import text_of, wrong_row
from vigie.base.remarks import remark

MOST_FACTS = 5_000
MANTEL_AT_MOST = 500
LEAST_FACTS = 4
Row = dict[str, str | float | int | None]


class InteractionParameters(DrawnParameters):
    """Up to where two facts are near, and how many neighbours Jacquez looks at."""

    draws: int = Field(
        199,
        ge=99,
        le=9_999,
        title="Tirages / Draws",
        description="Tirages où rien ne lie lieu et temps ; la plus petite p est 1 sur (tirages +"
        " 1). / Draws under 'nothing is going on'; the least p-value is one in (draws + 1).",
    )
    near_m: int = Field(
        300,
        ge=10,
        le=5_000,
        title="Proches jusqu’à (m) / Near up to (m)",
        description="Pour le test de Knox et le modifié. / For Knox's test and the modified one.",
    )
    near_days: int = Field(
        6,
        ge=0,
        le=182,
        title="Proches jusqu’à (jours) / Near up to (days)",
        description="Pour le test de Knox et le modifié. / For Knox's test and the modified one.",
    )
    neighbours: int = Field(
        3,
        ge=1,
        le=20,
        title="Voisins / Neighbours",
        description="Pour Jacquez : nombre de faits les plus proches, à toute distance. / For"
        " Jacquez: how many nearest facts, whatever their distance.",
    )


def run(facts: pa.Table, params: InteractionParameters, frame: Frame) -> Outcome:
    """Return four tests of interaction, each against permutations of the days among the places.

    Of more than ``MOST_FACTS`` nothing is tested, and that is said.
    """
    points = read_points(facts, frame, params.longest_hours)
    rows = _rows(points, params) if LEAST_FACTS <= len(points) <= MOST_FACTS else []
    q = false_discovery(_floats(rows, "p"))
    table = pa.table(
        {
            "test": pa.array([row["test"] for row in rows], pa.string()),
            "pairs": pa.array([row["pairs"] for row in rows], pa.int64()),
            **{
                name: pa.array(_floats(rows, name), pa.float64(), from_pandas=True)
                for name in ("value", "expected", "low", "high", "p")
            },
            "q": pa.array(q, pa.float64(), from_pandas=True),
        }
    )
    notes = list(points.notes())
    if len(points) < LEAST_FACTS:
        fr, en = "Moins de {least} faits : rien à tester.", "Fewer than {least} facts: no test."
        notes.append(remark(fr, en, least=LEAST_FACTS))
    elif len(points) > MOST_FACTS:
        fr = "Trop de faits : {most} au plus. Choisir une nature ou une période plus courte."
        en = "Too many facts: {most} at most. Choose a kind or a shorter period."
        notes.append(remark(fr, en, most=MOST_FACTS))
    elif len(points) > MANTEL_AT_MOST:
        fr = "Test de Mantel laissé de côté : au plus {most} faits."
        en = "Mantel's test left out: at most {most} facts."
        notes.append(remark(fr, en, most=MANTEL_AT_MOST))
    return Outcome(table, len(points), tuple(notes))


def _floats(rows: list[Row], name: str) -> npt.NDArray[np.float64]:
    return np.array([math.nan if row[name] is None else row[name] for row in rows], np.float64)


def _rows(points: Points, params: InteractionParameters) -> list[Row]:
    """Return the tests as rows; Mantel's only of few facts."""
    at = (points.x, points.y)
    found = knox(
        close_pairs(*at, [float(params.near_m)]),
        points.day,
        [params.near_days],
        draws=params.draws,
        seed=params.seed,
    )
    observed = int(found.observed.item())
    rows: list[Row] = [
        {
            "test": "knox",
            "pairs": observed,
            "value": float(observed),
            "expected": float(found.expected.item()),
            "low": float(found.low.item()),
            "high": float(found.high.item()),
            "p": float(found.p.item()),
        }
    ]
    reach = (float(params.near_m), float(params.near_days))
    own = modified_knox(*at, points.day, reach, draws=params.draws, seed=params.seed)
    near = jacquez(*at, points.day, params.neighbours, draws=params.draws, seed=params.seed)
    rows += [
        {"test": name, "pairs": pairs, **one._asdict()}
        for name, pairs, one in (
            ("modified_knox", observed, own),
            ("jacquez", math.floor(near.value), near),
        )
    ]
    if len(points) <= MANTEL_AT_MOST:
        r, p = mantel(*at, points.day, draws=params.draws, seed=params.seed)
        told: Row = {"test": "mantel", "pairs": None, "value": r, "expected": 0.0}
        rows.append({**told, "low": None, "high": None, "p": p if math.isfinite(r) else None})
    return rows


def rests_on(
    facts: pa.Table, params: InteractionParameters, frame: Frame, row: Mapping[str, Any]
) -> npt.NDArray[np.bool_]:
    """Return which facts stand in a near pair of Knox; of the other tests, all that take part."""
    points = read_points(facts, frame, params.longest_hours)
    test = text_of(row, "test")
    if test not in ANALYSIS.columns[0].words:
        raise wrong_row("test")
    mine = np.ones(len(points), np.bool_)
    if test in {"knox", "modified_knox"}:
        pairs = close_pairs(points.x, points.y, [float(params.near_m)])
        mine = in_pairs(pairs, 0, points.day, (0, params.near_days))
    return points.among(facts.num_rows, mine)


ANALYSIS = Analysis(
    name="space_time_interaction",
    question={
        "fr": "Les faits proches dans l’espace le sont-ils aussi dans le temps, plus que par"
        " hasard ?",
        "en": "Are facts near in space near in time too, beyond chance?",
    },
    limits={
        "fr": "Quatre tests, une question : chacun est trompé autrement. Knox compte les paires"
        " proches dans les deux, et prend un quartier dont l’activité a changé pour une"
        " répétition ; le Knox modifié en ôte ce qu’apportent les voisins propres à chaque fait ;"
        " Jacquez ne connaît que des voisins, et tient là où les faits sont denses ici, rares"
        " ailleurs ; Mantel regarde toutes les distances, et se laisse mener par les plus proches."
        " Un accord de plusieurs convainc plus qu’un seul p. Rien ne dit que deux faits ont une"
        " même cause, ni un même auteur. Un fait d’heure incertaine compte au milieu de son"
        " intervalle ; un fait signalé deux fois ressemble à une répétition. L’intervalle est celui"
        " des tirages sans lien.",
        "en": "Four tests, one question: each is fooled in its own way. Knox counts pairs near in"
        " both, and takes a district whose activity changed for repetition; modified Knox takes"
        " off what each fact's own neighbours bring; Jacquez knows neighbours only, and holds where"
        " facts are dense here and rare there; Mantel looks at all distances and is led by the"
        " nearest. Agreement of several convinces more than one p. Nothing says that two facts have"
        " one cause, or one author. A fact of uncertain time counts at the middle of its interval;"
        " one told twice looks like a repeat. The interval is that of draws without a link.",
    },
    reads=READS,
    parameters=InteractionParameters,
    columns=(
        OutputColumn(
            "test",
            "Test",
            "Test",
            key=True,
            words={
                "knox": ("Knox", "Knox"),
                "modified_knox": ("Knox modifié (population qui change)", "Modified Knox"),
                "jacquez": ("Jacquez (plus proches voisins)", "Jacquez (nearest neighbours)"),
                "mantel": ("Mantel", "Mantel"),
            },
        ),
        OutputColumn("pairs", "Paires proches dans les deux", "Pairs near in both"),
        OutputColumn("value", "Statistique", "Statistic"),
        OutputColumn("expected", "Attendue sans lien", "Expected without a link"),
        OutputColumn("low", "Sans lien, 2,5 %", "Without a link, 2.5%"),
        OutputColumn("high", "Sans lien, 97,5 %", "Without a link, 97.5%"),
        OutputColumn("p", "p", "p"),
        OutputColumn("q", "q (fausses découvertes)", "q (false discoveries)"),
    ),
    run=run,
    rests_on=rests_on,
    count_column="pairs",
    chart={
        "layer": [
            {
                "mark": {"type": "rule", "size": 6, "opacity": 0.4},
                "encoding": {
                    "y": {"field": "test", "type": "nominal", "sort": None},
                    "x": {"field": "low", "type": "quantitative"},
                    "x2": {"field": "high"},
                },
            },
            {
                "mark": {"type": "point", "filled": True, "size": 90},
                "encoding": {
                    "y": {"field": "test", "type": "nominal", "sort": None},
                    "x": {"field": "value", "type": "quantitative"},
                },
            },
        ]
    },
    reference="Knox (1964), Applied Statistics 13:25; Baker (2004), Environmental and Ecological"
    " Statistics 11:9; Jacquez (1996), Statistics in Medicine 15:1935; Mantel (1967), Cancer"
    " Research 27:209",
)
