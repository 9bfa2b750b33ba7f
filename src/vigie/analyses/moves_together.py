"""What moves with what, from day to day, once the rhythm common to everything is gone?"""

from __future__ import annotations

from collections.abc import Mapping
from itertools import combinations
from typing import Any, Literal

import numpy as np
import pyarrow as pa
from pydantic import Field

from vigie.analyse.analysis import Analysis, Frame, Outcome, OutputColumn, Parameters
from vigie.analyse.days import (
    SPREAD_COLUMNS,
    Bools,
    Days,
    Floats,
    Ints,
    by_day,
    days_of,
    on_days,
    public_holidays,
    spread,
)
from vigie.analyse.draws import false_discovery
from vigie.analyse.row_keys import text_of, wrong_row
from vigie.analyse.shifts import associate, residuals
from vigie.base.remarks import remark

LEAST_DAYS = 112
EDGE_DAYS = 3
"""Longest uncertainty, and the days left out at both ends, where facts are missing together."""
LEAST_A_DAY = 0.5
MOST_SERIES = 16


class TogetherParameters(Parameters):
    """Which series, and what survives."""

    by: Literal["source", "theme", "kind"] = Field(
        "source",
        title="Séries / Series",
        description="Une série par source, par thème ou par nature. / One series for each source,"
        " theme or kind.",
        json_schema_extra={
            "words": {
                "source": ["Source", "Source"],
                "theme": ["Thème", "Theme"],
                "kind": ["Nature", "Kind"],
            }
        },
    )
    most_lag: int = Field(
        7,
        ge=0,
        le=28,
        title="Décalage maximal (jours) / Largest lag (days)",
        description="Jours dont une série peut précéder l’autre, dans un sens ou dans l’autre. /"
        " Days one series may precede the other, either way.",
    )
    smooth_days: int = Field(
        29,
        ge=15,
        le=57,
        title="Niveau retiré (jours) / Level removed (days)",
        description="Les mouvements lents sur autant de jours sont retirés avant de comparer. /"
        " Slow movements over so many days are taken out before comparing.",
    )
    false_discoveries: float = Field(
        0.05,
        ge=0.01,
        le=0.25,
        title="Fausses découvertes / False discoveries",
        description="Part des paires montrées qui peuvent être dues au hasard (Benjamini et"
        " Hochberg). / Share of shown pairs that may be chance (Benjamini and"
        " Hochberg).",
    )
    permutations: int = Field(
        999,
        ge=199,
        le=4_999,
        title="Permutations / Permutations",
        description="Permutations par blocs de chaque paire. / Block permutations of each pair.",
    )
    per_total: bool = Field(
        False,
        title="Rapporter à l’activité / Relative to activity",
        description="Retirer l’essentiel de ce que font toutes les séries ensemble : une journée"
        " chargée lie moins. / Take out most of what all series together do: a busy"
        " day is less of a bond.",
    )
    seed: int = Field(
        1,
        ge=0,
        le=2**31 - 1,
        title="Graine / Seed",
        description="Des permutations. / Of the permutations.",
    )


def run(facts: pa.Table, params: TogetherParameters, frame: Frame) -> Outcome:
    """Correlate every two series at every lag, and return the pairs that survive, both ways round.

    A pair survives when the larger of its two probabilities, that of block permutation and that of
    toroidal shift, adjusted over all pairs, is within the rate asked for. A period of few days has
    few shifts, hence no small probability: among many series, little survives then.
    """
    known, days = spread(facts, 24 * EDGE_DAYS), days_of(frame)
    inner = _inner(days)
    names, group = _groups(facts, known.used, params.by)
    counts = by_day(
        known.early, known.late, days, frame.timezone, group=group, groups=max(len(names), 1)
    )[:, inner]
    base = len(known.early)
    enough = [k for k in range(len(names)) if counts.shape[1] and counts[k].mean() >= LEAST_A_DAY]
    enough = sorted(sorted(enough, key=lambda k: (-counts[k].sum(), names[k]))[:MOST_SERIES])
    if counts.shape[1] < LEAST_DAYS or len(enough) < 2:  # noqa: PLR2004
        return Outcome(SCHEMA.empty_table(), base, (*known.note(), TOO_LITTLE))
    off = public_holidays(days, frame.country)[inner].astype(np.int64)
    weekday = days.weekday[inner]
    smooth = params.smooth_days // 2 * 2 + 1
    series = {k: residuals(counts[k], weekday, off, smooth) for k in enough}
    if params.per_total:
        series = _apart(series, counts, weekday, off, smooth)
    rows = _pairs(series, counts, names, params)
    q = false_discovery(np.array([max(row["p"], row["p_shift"]) for row in rows]))
    kept = [
        {**row, "q": float(value)}
        for row, value in zip(rows, q, strict=True)
        if value <= params.false_discoveries
    ]
    kept += [
        {**row, "first": row["second"], "second": row["first"], "lag": -row["lag"]} for row in kept
    ]
    told = remark(
        "{pairs} paires essayées sur {days} jours, {kept} restent.",
        "{pairs} pairs tried over {days} days, {kept} survive.",
        pairs=len(rows),
        days=counts.shape[1],
        kept=len(kept) // 2,
    )
    return Outcome(pa.Table.from_pylist(kept, SCHEMA), base, (*known.note(), told))


def _inner(days: Days) -> Bools:
    """Return the whole days away from both ends of the period."""
    at = np.arange(len(days))
    return np.asarray(days.whole & (at >= EDGE_DAYS) & (at < len(days) - EDGE_DAYS), np.bool_)


def _groups(facts: pa.Table, used: np.ndarray[Any, Any], by: str) -> tuple[list[str], Ints]:
    """Return the names of the series and which of them each usable fact belongs to."""
    texts = facts["source" if by == "source" else "kind"].to_pylist()
    whole = [str(text or "other") for text, use in zip(texts, used.tolist(), strict=True) if use]
    if by == "theme":
        whole = [text.partition(".")[0] for text in whole]
    names = sorted(set(whole))
    number = {name: rank for rank, name in enumerate(names)}
    return names, np.array([number[text] for text in whole], np.int64)


def _apart(
    series: dict[int, Floats], counts: Floats, weekday: Ints, off: Ints, smooth: int
) -> dict[int, Floats]:
    """Return each series without what all the others together explain of it."""
    total, found = counts.sum(axis=0), {}
    for k, one in series.items():
        rest = residuals(total - counts[k], weekday, off, smooth)
        left = one - float(one @ rest) / max(float(rest @ rest), 1e-9) * rest
        deviation = float(left.std())
        found[k] = (left - left.mean()) / deviation if deviation > 1e-9 else left  # noqa: PLR2004
    return found


def _pairs(
    series: dict[int, Floats], counts: Floats, names: list[str], params: TogetherParameters
) -> list[dict[str, Any]]:
    rows = []
    for a, b in combinations(series, 2):
        found = associate(
            series[a],
            series[b],
            most=params.most_lag,
            draws=params.permutations,
            rng=np.random.default_rng([params.seed, a, b]),
        )
        rows.append(
            {
                "first": names[a],
                "second": names[b],
                "lag": found.lag,
                "r": found.r,
                "low": found.low,
                "high": found.high,
                "p": found.p_block,
                "p_shift": found.p_shift,
                "facts": float(min(counts[a].sum(), counts[b].sum())),
            }
        )
    return rows


def rests_on(
    facts: pa.Table, params: TogetherParameters, frame: Frame, row: Mapping[str, Any]
) -> Bools:
    """Return which facts the two series of the row count."""
    known, days = spread(facts, 24 * EDGE_DAYS), days_of(frame)
    names, group = _groups(facts, known.used, params.by)
    wanted = []
    for key in ("first", "second"):
        name = text_of(row, key)
        if name not in names:
            raise wrong_row(key)
        wanted.append(names.index(name))
    counted = on_days(known.early, known.late, frame.timezone, days.number[_inner(days)])
    found = np.zeros(facts.num_rows, np.bool_)
    found[np.flatnonzero(known.used)[counted & np.isin(group, wanted)]] = True
    return found


TOO_LITTLE = remark(
    "Il faut {days} jours entiers et deux séries d’un fait tous les deux jours.",
    "It takes {days} whole days and two series of a fact every other day.",
    days=LEAST_DAYS,
)
SCHEMA = pa.schema(
    [
        *(pa.field(name, pa.string()) for name in ("first", "second")),
        pa.field("lag", pa.int64()),
        *(
            pa.field(name, pa.float64())
            for name in ("r", "low", "high", "p", "p_shift", "q", "facts")
        ),
    ]
)

ANALYSIS = Analysis(
    name="moves_together",
    question={
        "fr": "Qu’est-ce qui bouge ensemble d’un jour à l’autre, et dans quel ordre ?",
        "en": "What moves together from day to day, and in which order?",
    },
    limits={
        "fr": "Bouger ensemble n’est pas causer : météo, événements, organisation des services"
        " peuvent mener les deux. Niveau lent, semaine et jours fériés sont retirés ; vacances et"
        " matchs ne le sont pas. Seules les paires qui survivent à la correction sont montrées :"
        " une case vide dit « non établi », pas « sans lien ». La plus forte corrélation parmi"
        " plusieurs décalages est un peu exagérée. Une même main qui saisit deux sources les lie.",
        "en": "To move together is not to cause: weather, events, the way services are organised"
        " may lead both. Slow level, week and public holidays are taken out; school holidays and"
        " matches are not. Only pairs that survive the correction are shown: an empty cell says"
        " 'not established', not 'unrelated'. The largest correlation of several lags is somewhat"
        " overstated. One hand that enters two sources binds them.",
    },
    reads=(*SPREAD_COLUMNS, "kind", "source"),
    parameters=TogetherParameters,
    columns=(
        OutputColumn("first", "Première série", "First series", key=True, source=True, kind=True),
        OutputColumn("second", "Seconde série", "Second series", key=True, source=True, kind=True),
        OutputColumn("lag", "Retard de la seconde", "Second follows after", "j"),
        OutputColumn("r", "Corrélation", "Correlation"),
        OutputColumn("low", "Borne basse 95 %", "Low 95%"),
        OutputColumn("high", "Borne haute 95 %", "High 95%"),
        OutputColumn("p", "p (permutations par blocs)", "p (block permutations)"),
        OutputColumn("p_shift", "p (décalage toroïdal)", "p (toroidal shift)"),
        OutputColumn("q", "q (fausses découvertes)", "q (false discovery)"),
        OutputColumn("facts", "Faits de la plus petite série", "Facts of the smaller series"),
    ),
    run=run,
    rests_on=rests_on,
    count_column="facts",
    chart={
        "mark": {"type": "rect", "tooltip": True},
        "encoding": {
            "x": {"field": "first", "type": "nominal"},
            "y": {"field": "second", "type": "nominal"},
            "color": {
                "field": "r",
                "type": "quantitative",
                "scale": {"scheme": "blueorange", "domain": [-1, 1]},
            },
            "tooltip": [
                {"field": "first", "type": "nominal"},
                {"field": "second", "type": "nominal"},
                {"field": "r", "type": "quantitative", "format": ".2f"},
                {"field": "lag", "type": "quantitative"},
                {"field": "q", "type": "quantitative", "format": ".3f"},
            ],
        },
    },
    reference="Benjamini & Hochberg (1995), JRSS-B 57:289; Bartlett (1935), JRSS 98:536",
)
