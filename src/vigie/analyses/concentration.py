"""On how few places does how much of it happen?"""

from __future__ import annotations

from typing import Literal

import numpy as np
import numpy.typing as npt
import pyarrow as pa
from pydantic import Field

from vigie.analyse.analysis import Analysis, Frame, Outcome, OutputColumn
from vigie.analyse.draws import DrawnParameters, draw
from vigie.analyse.ground import ground_of
from vigie.analyse.points import READS, read_points
from vigie.base.remarks import remark

Floats = npt.NDArray[np.float64]

SHARES = (0.25, 0.5, 0.8)
"""Shares of the facts whose least share of places is told in the notes."""


class ConcentrationParameters(DrawnParameters):
    """What a place is, and how finely the curve is drawn."""

    unit: Literal["cells", "zones"] = Field(
        "cells",
        title="Unité / Unit",
        description="Des hexagones, ou les zones du découpage. / Hexagons, or the zones of the"
        " zoning.",
        json_schema_extra={
            "words": {"cells": ["Hexagones", "Hexagons"], "zones": ["Zones", "Zones"]}
        },
    )
    zoning: str = Field(
        "arrondissement",
        title="Découpage / Zoning",
        description="Les zones, ou le sol des hexagones ; ceux sans aucun fait compris. / The"
        " zones, or the ground of the hexagons; those without a fact included.",
    )
    resolution: int = Field(
        9,
        ge=7,
        le=11,
        title="Maille H3 / H3 resolution",
        description="9 : quelque 350 m de large. / 9: some 350 m wide.",
    )
    points: int = Field(
        50,
        ge=5,
        le=200,
        title="Points de la courbe / Points of the curve",
        description="À parts égales des lieux. / At even shares of the places.",
    )


def concentration_curve(counts: Floats, shares: Floats) -> Floats:
    """Return the share of facts on the busiest places, at shares of the places (Lorenz 1905).

    Args:
        counts: Facts by place.
        shares: From 0 to 1.
    """
    ordered = np.sort(counts)[::-1]
    sums = np.concatenate([[0.0], np.cumsum(ordered)])
    return np.asarray(
        np.interp(shares, np.linspace(0.0, 1.0, len(sums)), sums / max(1.0, sums[-1])), np.float64
    )


def gini(counts: Floats) -> tuple[float, float]:
    """Return Gini's coefficient, and that which allows for fewer facts than places.

    With fewer facts than places even the most even spread leaves places empty; the second is held
    against that spread (Bernasco and Steenbeek 2017, J. Quantitative Criminology 33:451): 0 when
    facts are spread as evenly as they can be. Without facts both are NaN.
    """
    places, facts = len(counts), float(counts.sum())
    if places == 0 or facts == 0.0:
        return float("nan"), float("nan")
    ordered = np.sort(counts)
    rank = np.arange(1, places + 1)
    plain = float((2 * rank - places - 1) @ ordered / (places * facts))
    allowed = max(places / facts, 1.0) * (plain - 1.0) + 1.0
    return plain, allowed


def share_of_places(counts: Floats, share: float) -> float:
    """Return the least share of the places that holds a share of the facts; NaN without facts."""
    if counts.sum() == 0:
        return float("nan")
    sums = np.cumsum(np.sort(counts)[::-1])
    return float(np.searchsorted(sums, share * sums[-1] - 1e-9) + 1) / len(counts)


def run(facts: pa.Table, params: ConcentrationParameters, frame: Frame) -> Outcome:
    """Return the curve of the busiest places, with its interval and that of pure chance.

    The interval is that of facts drawn again (bootstrap); ``even`` is the curve of as many facts
    dropped evenly on the places, which is curved too.
    """
    points = read_points(facts, frame)
    ground = ground_of(frame, params.zoning, params.resolution)
    place, places = ground.index(points), len(ground)
    if params.unit == "zones":
        zoning = frame.zonings[params.zoning]
        place, places = np.asarray(zoning.assign(points.lon, points.lat)), len(zoning)
    inside = place[place >= 0]
    counts = np.bincount(inside, minlength=places).astype(np.float64)
    shares = np.linspace(0.0, 1.0, params.points + 1)
    curve = concentration_curve(counts, shares)
    told = np.array([*gini(counts), *(share_of_places(counts, one) for one in SHARES)])
    low, high, even, bounds = curve, curve, np.full(len(shares), np.nan), np.full((2, 5), np.nan)
    if len(inside):
        drawn = draw(lambda c: _again(c, inside, places, shares), params.draws, params.seed)
        low, high = _interval(curve, drawn[:, : len(shares)])
        bounds = _interval(told, drawn[:, len(shares) : -len(shares)])
        even = drawn[:, -len(shares) :].mean(axis=0)
    table = pa.table(
        {
            "places": pa.array(shares),
            "number": pa.array(np.rint(curve * counts.sum()).astype(np.int64)),
            "facts": pa.array(curve),
            "low": pa.array(low),
            "high": pa.array(high),
            "even": pa.array(even, from_pandas=True),
        }
    )
    notes = [*points.notes(), *_notes(told, bounds, places, len(points) - len(inside))]
    return Outcome(table, len(inside), tuple(notes))


def _interval(observed: Floats, drawn: Floats) -> Floats:
    """Return the spread of facts drawn again, around what was observed.

    Facts drawn again are more concentrated than those they are drawn from, so their own quantiles
    would miss the observation; that the observation is itself too concentrated stays uncorrected.
    """
    spread = np.quantile(drawn, [0.025, 0.975], axis=0) - drawn.mean(axis=0)
    return np.asarray(np.clip(observed + spread, 0.0, 1.0), np.float64)


def _again(
    chance: np.random.Generator, place: npt.NDArray[np.int64], places: int, shares: Floats
) -> Floats:
    """Return curve, coefficients and shares of facts drawn again, and the curve of an even drop."""
    some = place[chance.integers(0, len(place), len(place))]
    again = np.bincount(some, minlength=places).astype(np.float64)
    even = np.bincount(chance.integers(0, places, len(place)), minlength=places)
    figures = [*gini(again), *(share_of_places(again, one) for one in SHARES)]
    return np.concatenate(
        [
            concentration_curve(again, shares),
            figures,
            concentration_curve(even.astype(np.float64), shares),
        ]
    )


def _notes(told: Floats, bounds: Floats, places: int, outside: int) -> list[dict[str, str]]:
    if np.isnan(told[0]):
        return []
    found = []
    fr = "{n} lieux ; {out} faits hors du zonage."
    en = "{n} places; {out} facts outside the zoning."
    found.append(remark(fr, en, n=places, out=outside))
    for number, name in enumerate(
        (
            ("Coefficient de Gini", "Gini's coefficient"),
            ("Gini rapporté au plus égal possible", "Gini against the most even spread possible"),
        )
    ):
        low, high = bounds[:, number]
        fr, en = "{name} : {at:.3f} [{a:.3f} ; {b:.3f}].", "{name}: {at:.3f} [{a:.3f} ; {b:.3f}]."
        found.append(remark(fr, en, name=name, at=told[number], a=low, b=high))
    for number, share in enumerate(SHARES, start=2):
        low, high = bounds[:, number]
        fr = "{share:.0%} des faits sur {at:.1%} [{a:.1%} ; {b:.1%}] des lieux."
        en = "{share:.0%} of the facts on {at:.1%} [{a:.1%} ; {b:.1%}] of the places."
        found.append(remark(fr, en, share=share, at=told[number], a=low, b=high))
    return found


ANALYSIS = Analysis(
    name="concentration",
    question={
        "fr": "Sur combien peu de lieux se produit quelle part des faits ?",
        "en": "On how few places does how much of it happen?",
    },
    limits={
        "fr": "La concentration dépend de la taille des lieux et du nombre de faits : peu de faits"
        " sur beaucoup de lieux sont toujours concentrés, d’où la courbe d’une répartition au"
        " hasard et le second Gini. Des lieux où rien ne peut se produire (mer, colline) la"
        " grossissent ; des lieux arrondis au tronçon de rue aussi. Les lieux les plus chargés"
        " d’une période ne le sont pas forcément de la suivante : l’intervalle (dispersion du"
        " rééchantillonnage, autour de l’observé) ne le dit pas, ni que peu de faits paraissent"
        " plus concentrés qu’ils ne le sont. Les heures ne jouent pas.",
        "en": "Concentration depends on the size of the places and on the number of facts: few"
        " facts on many places are always concentrated, hence the curve of an even drop and the"
        " second Gini. Places where nothing can happen (sea, hills) swell it; so do places rounded"
        " to a stretch of street. The busiest places of one period need not be those of the next:"
        " the interval (spread of the bootstrap, around what is observed) does not say so, nor that"
        " few facts look more concentrated than they are. Hours do not"
        " matter.",
    },
    reads=READS,
    parameters=ConcentrationParameters,
    columns=(
        OutputColumn("places", "Part des lieux", "Share of the places", key=True),
        OutputColumn("number", "Faits", "Facts"),
        OutputColumn("facts", "Part des faits", "Share of the facts"),
        OutputColumn("low", "Borne basse 95 %", "Low 95%"),
        OutputColumn("high", "Borne haute 95 %", "High 95%"),
        OutputColumn("even", "Si au hasard", "If dropped evenly"),
    ),
    run=run,
    count_column="number",
    chart={
        "layer": [
            {
                "mark": {"type": "area", "opacity": 0.25},
                "encoding": {
                    "x": {"field": "places", "type": "quantitative"},
                    "y": {"field": "low", "type": "quantitative"},
                    "y2": {"field": "high"},
                },
            },
            {
                "mark": "line",
                "encoding": {
                    "x": {"field": "places", "type": "quantitative"},
                    "y": {"field": "facts", "type": "quantitative"},
                },
            },
            {
                "mark": {"type": "line", "strokeDash": [4, 4]},
                "encoding": {
                    "x": {"field": "places", "type": "quantitative"},
                    "y": {"field": "even", "type": "quantitative"},
                },
            },
        ]
    },
    reference="Lorenz (1905); Weisburd (2015), Criminology 53:133; Bernasco and Steenbeek (2017),"
    " J. Quantitative Criminology 33:451",
)
