"""Where is more reported for what was there: rates of facts against an exposure."""

from __future__ import annotations

import math

import numpy as np
import numpy.typing as npt
import pyarrow as pa
from pydantic import Field

from vigie.analyse.analysis import Analysis, Frame, Outcome, OutputColumn
from vigie.analyse.draws import false_discovery
from vigie.analyse.exposure import (
    LEAST_KNOWN,
    ExposedParameters,
    Exposure,
    exposure_of,
    metrics_of,
    within_hours,
)
from vigie.analyse.points import READS, read_points
from vigie.analyse.rate_ratios import dispersion
from vigie.analyse.rates import against_rest, funnel, interval, shrink, widen
from vigie.base.errors import NotFound
from vigie.base.remarks import remark

Floats = npt.NDArray[np.float64]
Bools = npt.NDArray[np.bool_]

NUMBERS = (
    *("rate", "low", "high", "smoothed", "smoothed_low", "smoothed_high", "ratio"),
    *("limit_low", "limit_high", "far_low", "far_high", "p", "q"),
)


class RateParameters(ExposedParameters):
    """Which exposure, how rates are told, and what is too small to be."""

    per: int = Field(
        0,
        ge=0,
        le=1_000_000_000,
        title="Pour / For",
        description="Les taux sont dits pour tant d’unités d’exposition ; 0 : la puissance de dix"
        " où"
        " le taux de la ville est entre 1 et 10. / Rates are told for so many units of exposure;"
        " 0: the power of ten at which the city's own rate is between 1 and 10.",
    )
    least_expected: float = Field(
        5.0,
        ge=0.0,
        le=1_000.0,
        title="Attendus au moins / Least expected",
        description="Une zone où l’on attendait moins de faits est dite, non classée. / A zone"
        " where"
        " fewer facts were to be expected is told, not ranked.",
    )
    share: float = Field(
        0.05,
        gt=0.0,
        le=0.5,
        title="Fausses découvertes / False discoveries",
        description="Part des zones dites qui peuvent être fausses. / Share of the zones told that"
        " may be false.",
    )


def run(facts: pa.Table, params: RateParameters, frame: Frame) -> Outcome:
    """Return each zone with its facts, its exposure and its rate; ranked where it can be.

    ``p`` is against the same rate as all other zones together; ``q`` over the zones ranked
    (Benjamini and Hochberg). How much the counts of zones scatter is taken from their weeks.
    """
    zoning = frame.zonings.get(params.zoning)
    if zoning is None:
        raise NotFound(what="zoning", name=params.zoning)
    points = read_points(facts, frame, params.longest())
    known = exposure_of(points, frame, params, zoning)
    there = (known.counted >= 0) & within_hours(facts, points, params, frame)
    counts = np.bincount(known.counted[there], minlength=len(zoning)).astype(np.float64)
    usable = np.isfinite(known.value) & (known.value > 0) & (known.known >= LEAST_KNOWN)
    scatter, free = _scatter(known.counted[there], points.day[there], len(zoning))
    found = _rates(counts, known, usable, params, (scatter, free))
    order = np.lexsort((np.arange(len(zoning)), -np.nan_to_num(found["rate"], nan=-1.0)))
    table = pa.table(
        {
            "zone": pa.array(zoning.ids),
            "label": pa.array(zoning.labels),
            "facts": pa.array(counts.astype(np.int64)),
            "exposure": pa.array(known.value, from_pandas=True),
            "known": pa.array(known.known),
            "error": pa.array(
                np.where(np.isfinite(known.value), known.error, np.nan), from_pandas=True
            ),
            "state": pa.array(_states(found, usable, params.share)),
            **{name: pa.array(found[name], from_pandas=True) for name in NUMBERS},
        }
    )
    notes = [*points.notes(), *_notes(known, usable, found, scatter)]
    return Outcome(table.take(pa.array(order)), int(counts.sum()), tuple(notes))


def _scatter(
    zone: npt.NDArray[np.int64], day: npt.NDArray[np.int64], zones: int
) -> tuple[float, int]:
    """Return how much weekly counts of zones vary beyond chance, and its degrees of freedom.

    What the whole city does in a week, and what a zone does in all weeks, is taken out first.
    """
    if not len(zone):
        return 1.0, 1
    week = (day + 3) // 7
    week = week - week.min()
    table = np.zeros((zones, int(week.max()) + 1))
    np.add.at(table, (zone, week), 1.0)
    table = table[table.sum(axis=1) > 0][:, table.sum(axis=0) > 0]
    expected = np.outer(table.sum(axis=1), table.sum(axis=0)) / table.sum()
    fitted = table.shape[0] + table.shape[1] - 1
    return dispersion(table.ravel(), expected.ravel(), fitted), max(1, table.size - fitted)


def _rates(
    counts: Floats,
    known: Exposure,
    usable: Bools,
    params: RateParameters,
    weekly: tuple[float, int],
) -> dict[str, Floats]:
    """Return the figures of each zone by name, NaN where a zone has none; ``per`` and ``mean``."""
    scatter, free = weekly
    found = {name: np.full(len(counts), np.nan) for name in NUMBERS}
    found["per"] = found["mean"] = np.zeros(1)
    whole = float(known.value[usable].sum())
    if not usable.any() or counts[usable].sum() == 0:
        return found
    mean = float(counts[usable].sum()) / whole
    per = float(params.per) if params.per else 10.0 ** math.ceil(-math.log10(mean))
    found["per"], found["mean"] = np.array([per]), np.array([mean])
    at = np.flatnonzero(usable & (np.nan_to_num(known.value) * mean >= params.least_expected))
    if not len(at):
        return found
    n, of, error = counts[at], known.value[at], known.error[at]
    smooth = widen(shrink(n / scatter, of / scatter), error)
    bounds = np.array(
        [
            interval(int(c), float(e), scatter, float(r))
            for c, e, r in zip(n, of, error, strict=True)
        ]
    )
    p = against_rest(n, of, error, scatter=scatter, free=free) if len(at) > 1 else np.ones(1)
    rest = (counts[usable].sum() - n) / np.maximum(whole - of, 1e-300)
    told = {
        "rate": per * n / of,
        "low": per * bounds[:, 0],
        "high": per * bounds[:, 1],
        "smoothed": per * smooth.mean,
        "smoothed_low": per * smooth.low,
        "smoothed_high": per * smooth.high,
        "ratio": np.divide(n / of, rest, np.full(len(at), np.nan), where=rest > 0),
        "p": p,
        "q": false_discovery(p),
    }
    for name, tail in (("limit", 0.025), ("far", 0.001)):
        low, high = funnel(mean, of, tail, scatter)
        told[f"{name}_low"], told[f"{name}_high"] = per * low, per * high
    for name, values in told.items():
        found[name][at] = values
    return found


def _states(found: dict[str, Floats], usable: Bools, share: float) -> list[str]:
    """Return above, below or alike for zones that are ranked, else why they are not."""
    told = []
    for rate, q, ratio, fit in zip(found["rate"], found["q"], found["ratio"], usable, strict=True):
        if not fit:
            told.append("missing")
        elif math.isnan(rate):
            told.append("tiny")
        elif q <= share:
            told.append("above" if ratio > 1 else "below")
        else:
            told.append("alike")
    return told


def _notes(
    known: Exposure, usable: Bools, found: dict[str, Floats], scatter: float
) -> list[dict[str, str]]:
    per, mean = float(found["per"][0]), float(found["mean"][0])
    missing, tiny = int((~usable).sum()), int((usable & np.isnan(found["rate"])).sum())
    notes = [
        remark(
            "{missing} zones sans exposition suffisamment connue, {tiny} où trop peu de faits"
            " étaient attendus : dites, non classées.",
            "{missing} zones whose exposure is not known well enough, {tiny} where too few facts"
            " were to be expected: told, not ranked.",
            missing=missing,
            tiny=tiny,
        )
    ]
    if known.beyond:
        notes.append(
            remark(
                "{beyond} faits laissés de côté : rien n’a été mesuré là où ils sont.",
                "{beyond} facts left out: nothing was measured where they are.",
                beyond=known.beyond,
            )
        )
    if mean > 0:
        notes.append(
            remark(
                "Taux de l’ensemble : {rate:.3g} pour {per:.0f} {unit}. Dispersion des comptes"
                " hebdomadaires : {scatter:.2f} fois le hasard.",
                "Rate of the whole: {rate:.3g} for {per:.0f} {unit}. Scatter of the weekly counts:"
                " {scatter:.2f} times chance.",
                rate=per * mean,
                per=per,
                unit=tuple(known.unit),
                scatter=scatter,
            )
        )
    return notes


def _line(field: str, dash: int) -> dict[str, object]:
    return {
        "mark": {"type": "line", "strokeDash": [dash, dash], "interpolate": "monotone"},
        "encoding": {
            "x": {"field": "exposure", "type": "quantitative"},
            "y": {"field": field, "type": "quantitative"},
        },
    }


ANALYSIS = Analysis(
    name="exposure_rates",
    question={
        "fr": "Quelles zones comptent plus de faits, ou moins, que leur fréquentation (personnes,"
        " passagers, véhicules) ou leur surface ne le laisse attendre ?",
        "en": "Which zones count more facts, or fewer, than their presence (people, passengers,"
        " vehicles) or area would make one expect?",
    },
    limits={
        "fr": "Un taux de faits signalés, pas un danger couru : ce qui n’est pas signalé manque, et"
        " l’on ne signale pas partout autant. L’exposition est ce que des opérateurs ont compté :"
        " leurs petits groupes masqués manquent (surtout la nuit), leurs erreurs aussi ; les heures"
        " non mesurées d’un point sont prises à sa moyenne. Portée d’un découpage à un autre, elle"
        " suppose une répartition selon la surface ; son erreur vient de l’inégale répartition des"
        " faits, supposée être celle des présences. Une zone est comparée aux autres réunies : en"
        " différer n’est ni une cause ni une faute. Les intervalles supposent la dispersion des"
        " semaines ; le taux lissé rapproche de la moyenne ce qui repose sur peu. Aucun habitant"
        " n’entre ici : ni âge, ni revenu, ni origine. Un fait d’heure incertaine compte au milieu"
        " de son intervalle ; avec une fenêtre horaire, ceux plus incertains qu’elle sont écartés.",
        "en": "A rate of facts reported, not a danger run: what is not reported is missing, and"
        " people do not report alike everywhere. Exposure is what operators counted: small groups"
        " that they withhold are missing (at night above all), so are their errors; hours in which"
        " a point was not measured are taken at its mean. Carried from one zoning to another, it is"
        " taken as spread by area; its error comes from how unevenly facts lie, taken as how"
        " presence does. A zone is held against the others together: to differ is neither a cause"
        " nor a fault. Intervals take the scatter of weeks; the smoothed rate draws what rests on"
        " little towards the mean. No resident enters here: no age, income or origin. A fact of"
        " uncertain time counts at the middle of its interval; with a window of hours, those more"
        " uncertain than it are left out.",
    },
    reads=READS,
    parameters=RateParameters,
    columns=(
        OutputColumn("zone", "Zone", "Zone", key=True),
        OutputColumn("label", "Nom", "Name", key=True),
        OutputColumn("facts", "Faits", "Facts"),
        OutputColumn("exposure", "Exposition", "Exposure", key=True),
        OutputColumn("known", "Part connue", "Share known", key=True),
        OutputColumn("error", "Erreur de conversion", "Conversion error", key=True),
        OutputColumn(
            "state",
            "Situation",
            "State",
            words={
                "above": ("Au-dessus du reste", "Above the rest"),
                "below": ("Au-dessous du reste", "Below the rest"),
                "alike": ("Comme le reste", "Like the rest"),
                "tiny": ("Trop peu attendu", "Too little expected"),
                "missing": ("Exposition inconnue", "Exposure not known"),
            },
        ),
        OutputColumn("rate", "Taux", "Rate"),
        OutputColumn("low", "Borne basse 95 %", "Low 95%"),
        OutputColumn("high", "Borne haute 95 %", "High 95%"),
        OutputColumn("smoothed", "Taux lissé", "Smoothed rate"),
        OutputColumn("smoothed_low", "Lissé, bas 95 %", "Smoothed, low 95%"),
        OutputColumn("smoothed_high", "Lissé, haut 95 %", "Smoothed, high 95%"),
        OutputColumn("ratio", "Rapport au reste", "Ratio to the rest"),
        OutputColumn("limit_low", "Limite basse 95 %", "Lower limit 95%"),
        OutputColumn("limit_high", "Limite haute 95 %", "Upper limit 95%"),
        OutputColumn("far_low", "Limite basse 99,8 %", "Lower limit 99.8%"),
        OutputColumn("far_high", "Limite haute 99,8 %", "Upper limit 99.8%"),
        OutputColumn("p", "p", "p"),
        OutputColumn("q", "q (fausses découvertes)", "q (false discoveries)"),
    ),
    run=run,
    count_column="facts",
    chart={
        "layer": [
            _line("limit_low", 6),
            _line("limit_high", 6),
            _line("far_low", 2),
            _line("far_high", 2),
            {
                "mark": "rule",
                "encoding": {
                    "x": {"field": "exposure", "type": "quantitative"},
                    "y": {"field": "low", "type": "quantitative"},
                    "y2": {"field": "high"},
                },
            },
            {
                "mark": {"type": "point", "filled": True, "size": 70},
                "encoding": {
                    "x": {"field": "exposure", "type": "quantitative"},
                    "y": {"field": "rate", "type": "quantitative"},
                    "shape": {"field": "state", "type": "nominal"},
                    "color": {"field": "state", "type": "nominal"},
                },
            },
        ]
    },
    reference="Spiegelhalter (2005), Statistics in Medicine 24:1185; Marshall (1991), Applied"
    " Statistics 40:283; Donner and Zou (2012), Statistical Methods in Medical Research 21:347;"
    " Benjamini and Hochberg (1995), J. Royal Statistical Society B 57:289",
    geo_column="zone",
    map_column="state",
    beside=("measures",),
    metrics=metrics_of,
)
