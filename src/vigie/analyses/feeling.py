"""Where do people feel worse, or better, than facts, lamps and patrols explain?"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal

import numpy as np
import numpy.typing as npt
import pyarrow as pa
from pydantic import Field

from vigie.analyse.analysis import Analysis, Frame, Outcome, OutputColumn
from vigie.analyse.days import count_bounds, dates
from vigie.analyse.draws import false_discovery
from vigie.analyse.explained import MORE_ZONES, Explained, explain
from vigie.analyse.felt import READS, REPORTS, SCORE, FeltParameters, Panel, make_panel, metrics_of
from vigie.base.errors import NotFound
from vigie.base.remarks import remark
from vigie.model.times import DAY_US, local_us

Floats = npt.NDArray[np.float64]

Z = 1.959964
PER_DAYS = 30.0
NUMBERS = (
    *("feeling", "low", "high", "expected", "expected_low", "expected_high"),
    *("residual", "residual_low", "residual_high", "by_facts", "by_light", "by_patrols"),
    *("p", "q", "zone_p", "zone_q"),
)
TERMS = {
    "facts": ("deux fois plus de faits", "twice the facts", np.log(2.0)),
    "light": ("10 points de plus en panne", "10 points more lamps out", 10.0),
    "patrols": ("deux fois plus de patrouilles", "twice the patrols", np.log(2.0)),
}


class FeelingParameters(FeltParameters):
    """What is told, and how sure of it."""

    periods: Literal["last", "all"] = Field(
        "last",
        title="Périodes / Periods",
        description="Toutes servent au calcul ; seule la dernière de chaque zone est montrée, ou"
        " toutes. / All serve to reckon; only the last of each zone is shown, or all.",
        json_schema_extra={
            "words": {"last": ["La dernière", "The last"], "all": ["Toutes", "All"]}
        },
    )
    design: float = Field(
        1.0,
        ge=1.0,
        le=10.0,
        title="Effet de plan / Design effect",
        description="De combien le plan de sondage élargit la variance d’un tirage simple. / By how"
        " much the survey's design widens the variance of a simple draw.",
    )
    share: float = Field(
        0.05,
        gt=0.0,
        le=0.5,
        title="Fausses découvertes / False discoveries",
        description="Part des zones dites qui peuvent être fausses. / Share of the zones told that"
        " may be false.",
    )


def run(facts: pa.Table, params: FeelingParameters, frame: Frame) -> Outcome:
    """Return each zone and period: what is felt, what is expected, what remains, and its terms.

    ``p`` is of a zone in a period as far from what the others lead to expect, ``zone_p`` of a zone
    in all periods together; each ``q`` over its family, shown or not (Benjamini and Hochberg). Two
    families share what may be false between them.
    """
    zoning = frame.zonings.get(params.zoning)
    if zoning is None:
        raise NotFound(what="zoning", name=params.zoning)
    panel = make_panel(facts, params, frame, zoning)
    counted = params.feeling == REPORTS
    found = _felt(panel, params, counted=counted)
    states = np.full(len(panel.zone), "unknown", dtype="<U10")
    told, notes = _explain(panel, params, found, states)
    shown = _shown(panel, params)
    starts = np.array([begin for begin, _ in panel.periods], np.int64)
    ends = np.array([end - 1 for _, end in panel.periods], np.int64)
    first, last = (local_us(us, frame.timezone) // DAY_US for us in (starts, ends))
    least = np.where(panel.counts > 0, np.minimum(panel.answers, panel.counts), panel.answers)
    rest = np.where((panel.answers == 0) & (panel.counts > 0), panel.counts, least)
    table = pa.table(
        {
            "zone": pa.array([zoning.ids[one] for one in panel.zone], pa.string()),
            "label": pa.array([zoning.labels[one] for one in panel.zone], pa.string()),
            "from_day": dates(first[panel.period]),
            "to_day": dates(last[panel.period]),
            "answers": pa.array(panel.answers.astype(np.int64)),
            "state": pa.array(states.tolist(), pa.string()),
            "rests_on": pa.array(rest.astype(np.int64)),
            **{name: pa.array(found[name], from_pandas=True) for name in NUMBERS},
        }
    )
    base = int(panel.counts.sum() + (panel.answers.sum() if counted else 0))
    everything = (*panel.notes, *notes, *_left_out(panel, told))
    return Outcome(table.take(pa.array(shown)), base, everything)


def _felt(panel: Panel, params: FeelingParameters, *, counted: bool) -> dict[str, Floats]:
    """Return the columns of numbers: what is felt with its interval, the others yet unknown."""
    found = {name: np.full(len(panel.zone), np.nan) for name in NUMBERS}
    if counted:
        scale = PER_DAYS / panel.area_days
        bounds = count_bounds(panel.value)
        found["feeling"] = panel.value * scale
        found["low"], found["high"] = bounds[:, 0] * scale, bounds[:, 1] * scale
        return found
    share, many = panel.value / 100.0, panel.answers / params.design
    middle = (share + Z**2 / (2 * many)) / (1 + Z**2 / many)
    half = np.sqrt(share * (1 - share) / many + Z**2 / (4 * many**2)) * Z / (1 + Z**2 / many)
    found["feeling"] = panel.value.copy()
    found["low"], found["high"] = 100.0 * (middle - half), 100.0 * (middle + half)
    return found


def _scaled(panel: Panel, params: FeelingParameters, *, counted: bool) -> tuple[Floats, Floats]:
    """Return the figures where effects add up, and the variance of each by its sample."""
    if counted:
        return np.log((panel.value + 0.5) / panel.area_days), 1.0 / (panel.value + 0.5)
    many = panel.answers / params.design
    yes, no = many * panel.value / 100.0 + 0.5, many * (1 - panel.value / 100.0) + 0.5
    return np.log(yes / no), 1.0 / yes + 1.0 / no


def _back(scaled: Floats, *, counted: bool) -> Floats:
    """Return figures as they are told: per cent, or reports by km2 and 30 days."""
    if counted:
        return np.asarray(PER_DAYS * np.exp(np.minimum(scaled, 300.0)), np.float64)
    return np.asarray(100.0 / (1.0 + np.exp(-np.clip(scaled, -300, 300))), np.float64)


def _explain(
    panel: Panel, params: FeelingParameters, found: dict[str, Floats], states: npt.NDArray[np.str_]
) -> tuple[bool, tuple[Mapping[str, str], ...]]:
    """Fill in what is expected and what remains; return whether it could be, and what to say."""
    counted = params.feeling == REPORTS
    names = list(panel.known)
    columns = np.stack([panel.known[name] for name in names], axis=1)
    fit = np.asarray(np.isfinite(columns).all(axis=1), np.bool_)
    names = [
        name for name in names if fit.any() and np.ptp(panel.known[name][fit]) > 1e-9  # noqa: PLR2004
    ]  # fmt: skip
    if not fit.any() or len(np.unique(panel.zone[fit])) < len(names) + MORE_ZONES:
        return False, ()
    columns = np.stack([panel.known[name][fit] for name in names], axis=1).reshape(fit.sum(), -1)
    y, sampling = (one[fit] for one in _scaled(panel, params, counted=counted))
    told = explain(y, sampling, columns, panel.zone[fit], panel.period[fit])
    expected = _back(told.expected, counted=counted)
    found["expected"][fit] = expected
    for sign, name in ((-1, "low"), (1, "high")):
        far = told.expected + sign * told.reach * told.spread
        found[f"expected_{name}"][fit] = _back(far, counted=counted)
        # What remains, by the error of its own figure and of what is expected, not by what zones
        # differ by anyhow: that belongs to p.
        error = np.sqrt(told.error**2 + sampling)
        ends = _back(y + sign * told.reach * error, counted=counted)
        found[f"residual_{name}"][fit] = ends - expected
    found["residual"][fit] = _back(y, counted=counted) - expected
    _terms(panel, (names, told), found, fit, slope=_slope(expected, counted=counted))
    found["p"][fit], found["zone_p"][fit] = told.p, told.zone_p
    _judge(panel, params, found, states)
    return True, _weights(names, told, counted=counted)


def _judge(
    panel: Panel, params: FeelingParameters, found: dict[str, Floats], states: npt.NDArray[np.str_]
) -> None:
    """Say which zones stand apart in all periods together, and which in one of them."""
    known = np.isfinite(found["p"])
    zones, first, of = np.unique(panel.zone[known], return_index=True, return_inverse=True)
    found["zone_q"][known] = false_discovery(found["zone_p"][known][first])[of]
    found["q"] = false_discovery(found["p"])
    level = params.share / 2 if len(panel.periods) > 1 else params.share
    worse = found["residual"] < 0 if params.feeling == SCORE else found["residual"] > 0
    total = np.bincount(of, np.where(worse, 1.0, -1.0)[known], len(zones))
    states[known] = "alike"
    now = known & (np.nan_to_num(found["q"], nan=1.0) <= level)
    states[now] = np.where(worse[now], "worse_now", "better_now")
    ever = known & (np.nan_to_num(found["zone_q"], nan=1.0) <= level)
    states[ever] = np.where((total[of] > 0)[ever[known]], "worse", "better")


def _slope(expected: Floats, *, counted: bool) -> Floats:
    """Return what one unit of the scale is in the figures told."""
    return expected if counted else expected * (100.0 - expected) / 100.0


def _terms(
    panel: Panel,
    fitted: tuple[list[str], Explained],
    found: dict[str, Floats],
    fit: npt.NDArray[np.bool_],
    *,
    slope: Floats,
) -> None:
    """Fill in what each term adds to a zone, beside the mean of the zones of its period."""
    names, told = fitted
    period = panel.period[fit]
    for name, weight in zip(names, told.weights[:, 0], strict=True):
        value = panel.known[name][fit]
        mean = np.bincount(period, value) / np.maximum(np.bincount(period), 1)
        found[f"by_{name}"][fit] = slope * weight * (value - mean[period])


def _weights(names: list[str], told: Explained, *, counted: bool) -> tuple[Mapping[str, str], ...]:
    """Return a sentence for each term: what goes with it, all zones together."""
    of = ("Nombre multiplié", "Number") if counted else ("Cote multipliée", "Odds")
    notes = []
    for name, weights in zip(names, told.weights, strict=True):
        fr, en, unit = TERMS[name]
        at, low, high = np.exp(np.clip(unit * weights, -50, 50))
        notes.append(
            remark(
                "{of} par {at:.2f} [{a:.2f} ; {b:.2f}] pour {term}.",
                "{of} times {at:.2f} [{a:.2f}, {b:.2f}] for {term}.",
                of=of,
                at=at,
                a=low,
                b=high,
                term=(fr, en),
            )
        )
    return tuple(notes)


def _left_out(panel: Panel, told: bool) -> tuple[Mapping[str, str], ...]:
    words = {"light": ("l’éclairage", "lighting"), "patrols": ("le déploiement", "deployment")}
    notes: list[Mapping[str, str]] = [
        {
            "fr": f"Rien de connu sur {words[name][0]} dans ce qui est demandé : il n’explique rien"
            " ici.",
            "en": f"Nothing known about {words[name][1]} in what was asked: it explains nothing"
            " here.",
        }
        for name in panel.missing
    ]
    if panel.unsized:
        notes.append(
            remark(
                "{n} chiffres d’enquête laissés de côté : nombre de réponses inconnu.",
                "{n} survey figures left out: how many answered is not known.",
                n=panel.unsized,
            )
        )
    if len(panel.zone) and not told:
        notes.append(
            {
                "fr": "Trop peu de zones connues pour expliquer : seul le ressenti est dit.",
                "en": "Too few zones are known to explain: only the feeling is told.",
            }
        )
    return tuple(notes)


def _shown(panel: Panel, params: FeelingParameters) -> npt.NDArray[np.int64]:
    """Return the rows to show, by zone and period."""
    order = np.lexsort((panel.period, panel.zone))
    if params.periods == "all" or not len(order):
        return order
    last = np.append(np.diff(panel.zone[order]) != 0, True)
    return np.asarray(order[last], np.int64)


ANALYSIS = Analysis(
    name="feeling",
    question={
        "fr": "Où se sent-on moins bien, ou mieux, que les faits, l’éclairage et les patrouilles ne"
        " l’expliquent ?",
        "en": "Where do people feel worse, or better, than facts, lighting and patrols explain?",
    },
    limits={
        "fr": "Ce qui n’est pas expliqué ici n’est ni infondé ni imaginaire : c’est ce que ces"
        " données ne disent pas. Une enquête dit ce que pensent ceux qui ont répondu, là où ils"
        " habitent, pas ceux qui passent ; ses chiffres sont pris comme d’un tirage simple, sauf"
        " effet de plan donné ; un chiffre de moins de 20 réponses n’entre pas. Les termes sont des"
        " associations entre zones, pas des causes : on patrouille où l’on se sent mal, on signale"
        " plus où l’on s’inquiète, et une lampe en panne va avec d’autres manques. Un fait non"
        " signalé n’explique rien. L’attendu d’une zone vient des autres zones ; il n’en faut pas"
        " peu, et deux zones à part se cachent un peu l’une l’autre. Être dite « pire » veut dire :"
        " plus loin de l’attendu que les zones ne diffèrent d’ordinaire. Les signalements et appels"
        " mêlent ressenti, faits et habitude de signaler. Rien ici ne porte sur des personnes : ni"
        " âge, ni sexe, ni origine, ni réponse d’un seul. Un fait d’heure incertaine compte au"
        " milieu de son intervalle.",
        "en": "What is not explained here is neither unfounded nor imagined: it is what these data"
        " do not say. A survey tells what those who answered think, where they live, not those who"
        " pass; its figures are taken as a simple draw's unless a design effect is given; a figure"
        " of fewer than 20 answers does not enter. Terms are associations between zones, not"
        " causes: patrols go where people feel bad, people report more where they worry, and a lamp"
        " that is out goes with other wants. A fact that nobody reported explains nothing. What is"
        " expected of a zone comes from the other zones; that takes more than a few, and two zones"
        " that stand apart hide each other a little. 'Worse' means: further from what is expected"
        " than zones ordinarily differ. Reports and calls mix feeling, facts and the habit of"
        " reporting. Nothing here is about people: no age, sex, origin, nor anybody's answer. A"
        " fact of uncertain time counts at the middle of its interval.",
    },
    reads=READS,
    parameters=FeelingParameters,
    columns=(
        OutputColumn("zone", "Zone", "Zone", key=True),
        OutputColumn("label", "Nom", "Name", key=True),
        OutputColumn(
            "state",
            "Situation",
            "State",
            words={
                "worse": ("Pire qu’attendu", "Worse than expected"),
                "better": ("Mieux qu’attendu", "Better than expected"),
                "worse_now": ("Pire qu’attendu, cette période", "Worse than expected, this period"),
                "better_now": (
                    "Mieux qu’attendu, cette période",
                    "Better than expected, this period",
                ),
                "alike": ("Comme attendu", "As expected"),
                "unknown": ("Non expliqué", "Not explained"),
            },
        ),
        OutputColumn("feeling", "Ressenti", "Feeling"),
        OutputColumn("low", "Borne basse 95 %", "Low 95%"),
        OutputColumn("high", "Borne haute 95 %", "High 95%"),
        OutputColumn("expected", "Attendu", "Expected"),
        OutputColumn("expected_low", "Attendu, bas 95 %", "Expected, low 95%"),
        OutputColumn("expected_high", "Attendu, haut 95 %", "Expected, high 95%"),
        OutputColumn("residual", "Reste", "Remains"),
        OutputColumn("residual_low", "Reste, bas 95 %", "Remains, low 95%"),
        OutputColumn("residual_high", "Reste, haut 95 %", "Remains, high 95%"),
        OutputColumn("by_facts", "Par les faits", "By facts"),
        OutputColumn("by_light", "Par l’éclairage", "By lighting"),
        OutputColumn("by_patrols", "Par les patrouilles", "By patrols"),
        OutputColumn("p", "p", "p"),
        OutputColumn("q", "q (fausses découvertes)", "q (false discoveries)"),
        OutputColumn("zone_p", "p de la zone", "p of the zone"),
        OutputColumn("zone_q", "q de la zone", "q of the zone"),
        OutputColumn("from_day", "Du", "From", key=True),
        OutputColumn("to_day", "Au", "To", key=True),
        OutputColumn("answers", "Réponses ou signalements", "Answers or reports"),
        OutputColumn("rests_on", "Plus petit compte", "Smallest count"),
    ),
    run=run,
    count_column="rests_on",
    chart={
        "layer": [
            {
                "mark": {"type": "rule", "size": 7, "opacity": 0.25},
                "encoding": {
                    "y": {"field": "label", "type": "nominal", "sort": None},
                    "x": {"field": "expected_low", "type": "quantitative"},
                    "x2": {"field": "expected_high"},
                },
            },
            {
                "mark": {"type": "rule", "size": 2},
                "encoding": {
                    "y": {"field": "label", "type": "nominal", "sort": None},
                    "x": {"field": "low", "type": "quantitative"},
                    "x2": {"field": "high"},
                },
            },
            {
                "mark": {"type": "point", "filled": True, "size": 80},
                "encoding": {
                    "y": {"field": "label", "type": "nominal", "sort": None},
                    "x": {"field": "feeling", "type": "quantitative"},
                    "color": {"field": "state", "type": "nominal"},
                    "shape": {"field": "state", "type": "nominal"},
                },
            },
        ]
    },
    reference="Patterson and Thompson (1971), Biometrika 58:545 (restricted likelihood); Cook and"
    " Weisberg (1982), Residuals and Influence in Regression; Wilson (1927), J. American"
    " Statistical Association 22:209; Benjamini and Hochberg (1995), J. Royal Statistical Society"
    " B 57:289",
    geo_column="zone",
    map_column="state",
    beside=("measures", "plans"),
    metrics=metrics_of,
)
