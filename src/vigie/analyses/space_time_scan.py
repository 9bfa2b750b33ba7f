"""Where and when were there more facts than chance makes, wherever and whenever one looks?"""

from __future__ import annotations

from functools import partial
from typing import Any, Literal, NamedTuple

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc
from pydantic import Field, model_validator

from vigie.analyse.analysis import Analysis, Frame, Outcome, OutputColumn
from vigie.analyse.draws import DrawnParameters, p_at_least
from vigie.analyse.ground import Ground, ground_of, ground_with
from vigie.analyse.intervals import poisson_interval
from vigie.analyse.points import READS, read_points
from vigie.analyse.scan import (
    FEWEST,
    Cases,
    Cluster,
    Likelihood,
    bernoulli_ratio,
    clusters,
    highest_of_draws,
    make_circles,
    make_windows,
    poisson_ratio,
)
from vigie.analyse.slots import Slots, make_slots
from vigie.base.errors import WrongUsage
from vigie.base.remarks import remark

MOST_WORK = 20_000_000_000
"""Circles by stretches by draws: some two minutes on one core; for each of many hands, as many."""


class ScanParameters(DrawnParameters):
    """What is compared with what, and which circles and stretches of time are looked at."""

    model: Literal["permutation", "poisson", "bernoulli"] = Field(
        "permutation",
        title="Modèle / Model",
        description="Permutation : lieux et jours tels quels, sans lien ; Poisson : égal sur le"
        " sol du découpage et les jours ; Bernoulli : la part d’une nature parmi tous"
        " les faits. / permutation: places and days as they are, unlinked; poisson:"
        " even over the zoning's ground and the days; bernoulli: the share of one kind"
        " among all facts.",
        json_schema_extra={
            "words": {
                "permutation": ["Permutation", "Permutation"],
                "poisson": ["Poisson", "Poisson"],
                "bernoulli": ["Bernoulli", "Bernoulli"],
            }
        },
    )
    cases: str = Field(
        "",
        title="Cas (Bernoulli) / Cases (Bernoulli)",
        description="Nature, avec sa branche, dont la part parmi tous les faits est jugée. / Kind,"
        " with its branch, whose share among all facts is judged.",
    )
    zoning: str = Field(
        "arrondissement",
        title="Découpage (poisson) / Zoning (poisson)",
        description="Sol sur lequel les faits sont attendus également. / Ground over which facts"
        " are expected evenly.",
    )
    look: Literal["now", "ever"] = Field(
        "now",
        title="Recherche / Look for",
        description="En cours : amas qui durent encore en fin de période ; tous : n’importe"
        " lesquels de la période. / now: clusters that go on at the end of the period;"
        " ever: any in the period.",
        json_schema_extra={"words": {"now": ["En cours", "Going on"], "ever": ["Tous", "Any"]}},
    )
    resolution: int = Field(
        9,
        ge=7,
        le=10,
        title="Maille H3 / H3 resolution",
        description="9 : cellules de quelque 350 m de large. / 9: cells some 350 m wide.",
    )
    radius_m: int = Field(
        1_000,
        ge=0,
        le=5_000,
        title="Rayon maximal (m) / Largest radius (m)",
        description="Des cercles examinés. / Of the circles looked at.",
    )
    step_days: int = Field(
        1,
        ge=1,
        le=91,
        title="Pas (jours) / Step (days)",
        description="Jours comptés ensemble. / Days told together.",
    )
    longest: int = Field(
        28,
        ge=1,
        le=365,
        title="Durée maximale (pas) / Longest (steps)",
        description="Plus longue durée examinée ; jamais plus de la moitié de la période. /"
        " Longest stretch of time looked at; never over half the period.",
    )
    most: int = Field(
        10,
        ge=1,
        le=50,
        title="Amas au plus / Clusters at most",
        description="Combien sont dits. / How many are told.",
    )

    @model_validator(mode="before")
    @classmethod
    def _of_a_kept_question(cls, told: Any) -> Any:
        """Read ``cases`` where a question kept by an older version has it as ``kind``."""
        if isinstance(told, dict) and "kind" in told and "cases" not in told:
            return {("cases" if name == "kind" else name): value for name, value in told.items()}
        return told


class _Setting(NamedTuple):
    ground: Ground
    place: npt.NDArray[np.int64]
    slot: npt.NDArray[np.int64]
    case: npt.NDArray[np.bool_]


def run(facts: pa.Table, params: ScanParameters, frame: Frame) -> Outcome:
    """Return the most likely clusters that share no place, each against the highest of the draws.

    A circle holds whole cells and at most half of what is expected; cells at one distance enter
    together. A cluster has at least two facts.
    """
    slots = make_slots(frame, params.step_days)
    setting, notes = _read(facts, params, frame, slots)
    base_count = len(setting.place)
    if params.model == "bernoulli":
        notes.append(_cases_note(setting.case))
    if setting.case.sum() < FEWEST or len(slots) == 1:
        empty = _table([], np.empty(0), setting, slots, params)
        fr = "Moins de {least} faits à chercher, ou une période trop courte pour deux pas."
        en = "Fewer than {least} facts to look for, or a period too short for two steps."
        return Outcome(empty, base_count, (*notes, remark(fr, en, least=FEWEST)))
    counts, base, ratio = _model(setting, slots, params)
    circles = make_circles(setting.ground.x, setting.ground.y, float(params.radius_m))
    longest = min(params.longest, max(1, len(slots) // 2))
    windows = make_windows(len(slots), longest, prospective=params.look == "now")
    work = circles.member.size * len(windows) * params.draws
    if work > MOST_WORK * frame.hands.width:
        reason = f"{work:.1e} cylinders, at most {MOST_WORK:.0e}: wider cells or steps"
        raise WrongUsage(reason=reason, field="resolution")
    found = clusters(counts, base, circles, windows, ratio, most=params.most)
    p = np.empty(0)
    if not found:
        fr = "Nulle part plus de faits qu’attendu."
        notes.append({"fr": fr, "en": "Nowhere more facts than expected."})
    else:
        told = np.array([one.llr for one in found])
        drawn = highest_of_draws(
            partial(_draw, setting=setting, base=base, model=params.model),
            *(base, circles, windows, ratio),
            cases=int(setting.case.sum()),
            draws=params.draws,
            seed=params.seed,
            wanted=float(told.min()) - 1e-9,
            hands=frame.hands,
        )
        p = p_at_least(told - 1e-9, np.repeat(drawn[:, None], len(told), axis=1))
    return Outcome(_table(found, p, setting, slots, params), base_count, tuple(notes))


def _read(
    facts: pa.Table, params: ScanParameters, frame: Frame, slots: Slots
) -> tuple[_Setting, list[dict[str, str]]]:
    """Return the facts by cell and slot, and what was left out."""
    points = read_points(facts, frame, params.longest_hours)
    notes = [dict(note) for note in points.notes()]
    if params.model == "poisson":
        ground = ground_of(frame, params.zoning, params.resolution)
    else:
        ground = ground_with(points, params.resolution)
    place, slot = ground.index(points), slots.index(points.day)
    kept = (place >= 0) & (slot >= 0)
    if not kept.all():
        left = int((~kept).sum())
        fr = "{left} faits hors du zonage ou de la période."
        notes.append(remark(fr, "{left} facts outside the zoning or period.", left=left))
    case = np.ones(len(points), dtype=bool)
    if params.model == "bernoulli":
        if not params.cases:
            raise WrongUsage(reason="bernoulli: cases", field="cases")
        kinds = facts["kind"].take(pa.array(points.row))
        branch = pc.starts_with(kinds, pattern=f"{params.cases}.")
        mine = pc.fill_null(pc.or_(pc.equal(kinds, params.cases), branch), False)
        case = np.asarray(mine.to_numpy(), dtype=bool)
    return _Setting(ground, place[kept], slot[kept], case[kept]), notes


def _cases_note(case: npt.NDArray[np.bool_]) -> dict[str, str]:
    part, whole = int(case.sum()), len(case)
    return remark(
        "{part} faits de ce type parmi {whole}.",
        "{part} facts of this kind among {whole}.",
        part=part,
        whole=whole,
    )


def _model(
    setting: _Setting, slots: Slots, params: ScanParameters
) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.float64], Likelihood]:
    """Return counts, what is held against them, and the ratio."""
    shape = (len(setting.ground), len(slots))
    counts = np.zeros(shape, np.int64)
    np.add.at(counts, (setting.place[setting.case], setting.slot[setting.case]), 1)
    total = float(counts.sum())
    if params.model == "bernoulli":
        everyone = np.zeros(shape)
        np.add.at(everyone, (setting.place, setting.slot), 1.0)
        return counts, everyone, bernoulli_ratio(total, float(everyone.sum()))
    if params.model == "poisson":
        days = np.array([np.ptp(slots.days(n, n + 1)) + 1 for n in range(len(slots))], np.float64)
        share = setting.ground.share
        base = np.outer(share / share.sum(), days / days.sum()) * total
    else:
        base = np.outer(counts.sum(axis=1), counts.sum(axis=0)) / total
    return counts, base, poisson_ratio(total)


def _draw(
    chance: np.random.Generator, setting: _Setting, base: npt.NDArray[np.float64], model: str
) -> Cases:
    """Return the cases of one draw under the model."""
    if model == "permutation":
        return setting.place, chance.permutation(setting.slot)
    if model == "bernoulli":
        some = chance.permutation(len(setting.place))[: int(setting.case.sum())]
        return setting.place[some], setting.slot[some]
    sums = np.cumsum(base.ravel())
    flat = np.searchsorted(sums, chance.random(len(setting.place)) * sums[-1], side="right")
    flat = np.minimum(flat, base.size - 1)
    return flat // base.shape[1], flat % base.shape[1]


def _table(
    found: list[Cluster],
    p: npt.NDArray[np.float64],
    setting: _Setting,
    slots: Slots,
    params: ScanParameters,
) -> pa.Table:
    """Return a row for each cluster; of cases among all, the mean share is what is expected."""
    ground = setting.ground
    centre = np.array([one.centre for one in found], np.int64)
    days = np.array([slots.days(one.first, one.last) for one in found], np.int32).reshape(-1, 2)
    observed = np.array([one.observed for one in found], np.int64)
    base = np.array([one.base for one in found]) * (setting.case.sum() / max(1, len(setting.case)))
    bounds = np.array([poisson_interval(one.observed) for one in found]).reshape(-1, 2)
    again = np.where(params.look == "now", params.step_days / p, np.nan)
    return pa.table(
        {
            "rank": pa.array(np.arange(1, len(found) + 1)),
            "cell": ground.names().take(pa.array(centre)),
            "lon": pa.array(ground.lon[centre]),
            "lat": pa.array(ground.lat[centre]),
            "radius_m": pa.array([one.radius_m for one in found], pa.float64()),
            "cells": pa.array([len(one.members) for one in found], pa.int64()),
            "from_day": pa.array(days[:, 0], pa.int32()).cast(pa.date32()),
            "to_day": pa.array(days[:, 1], pa.int32()).cast(pa.date32()),
            "facts": pa.array(observed),
            "expected": pa.array(base),
            "ratio": pa.array(observed / base),
            "ratio_low": pa.array(bounds[:, 0] / base),
            "ratio_high": pa.array(bounds[:, 1] / base),
            "llr": pa.array([one.llr for one in found], pa.float64()),
            "p": pa.array(p),
            "recurrence_days": pa.array(again, from_pandas=True),
        }
    )


ANALYSIS = Analysis(
    name="space_time_scan",
    question={
        "fr": "Où et quand y a-t-il eu plus de faits que le hasard n’en fait, où et quand que l’on"
        " regarde ?",
        "en": "Where and when were there more facts than chance makes, wherever and whenever one"
        " looks?",
    },
    limits={
        "fr": "Un amas est un écart au modèle choisi, pas une cause : chantier, changement de"
        " saisie ou événement en font aussi. Permutation : un lieu toujours chargé n’est pas un"
        " amas, et une hausse de toute la ville non plus. Poisson : rien n’est su des personnes"
        " présentes, donc les lieux fréquentés ressortent. Bernoulli : seule la part du type est"
        " jugée. p compare au plus fort amas de chaque tirage : il vaut pour toute la recherche,"
        " mais non si le type de fait a été choisi en regardant la carte ; le répéter chaque jour"
        " donne de fausses alertes au rythme de la récurrence. Le rapport d’un amas choisi parce"
        " qu’il est le plus fort est surestimé, son intervalle est celui du compte seul. Les"
        " cercles épousent mal les rues et la côte ; les cellules à même distance entrent ensemble"
        " (SaTScan les départage). Un fait d’heure incertaine compte au milieu de son intervalle ;"
        " les derniers jours peuvent être incomplets, ce qui cache un amas en cours.",
        "en": "A cluster is a departure from the model chosen, not a cause: works, a change of"
        " recording or an event make them too. Permutation: a place that is always busy is no"
        " cluster, nor is a rise of the whole city. Poisson: nothing is known of the people"
        " present, so busy places stand out. Bernoulli: only the share of the kind is judged. p"
        " compares with the strongest cluster of each draw: it holds for the whole search, but not"
        " when the kind was chosen by looking at the map; asked again each day it gives false"
        " alarms at the pace of the recurrence. The ratio of a cluster chosen for being strongest"
        " is overstated, its interval is that of the count alone. Circles fit streets and the"
        " coast badly; cells at one distance enter together (SaTScan parts them). A fact of"
        " uncertain time counts at the middle of its interval; the last days may be incomplete,"
        " which hides a cluster that goes on.",
    },
    reads=(*READS, "kind"),
    parameters=ScanParameters,
    columns=(
        OutputColumn("rank", "Rang", "Rank", key=True),
        OutputColumn("cell", "Cellule du centre", "Cell of the centre", key=True),
        OutputColumn("lon", "Longitude", "Longitude", "°", key=True),
        OutputColumn("lat", "Latitude", "Latitude", "°", key=True),
        OutputColumn("radius_m", "Rayon", "Radius", "m", key=True),
        OutputColumn("cells", "Cellules", "Cells", key=True),
        OutputColumn("from_day", "Du", "From", key=True),
        OutputColumn("to_day", "Au", "To", key=True),
        OutputColumn("facts", "Faits", "Facts"),
        OutputColumn("expected", "Attendus", "Expected"),
        OutputColumn("ratio", "Observés / attendus", "Observed / expected"),
        OutputColumn("ratio_low", "Rapport, borne basse 95 %", "Ratio, low 95%"),
        OutputColumn("ratio_high", "Rapport, borne haute 95 %", "Ratio, high 95%"),
        OutputColumn("llr", "Log du rapport de vraisemblance", "Log likelihood ratio"),
        OutputColumn("p", "p (toute la recherche)", "p (whole search)"),
        OutputColumn("recurrence_days", "Récurrence par hasard", "Recurs by chance", "j"),
    ),
    run=run,
    count_column="facts",
    chart={
        "mark": {"type": "bar", "height": 8},
        "encoding": {
            "y": {"field": "rank", "type": "ordinal"},
            "x": {"field": "from_day", "type": "temporal"},
            "x2": {"field": "to_day"},
            "color": {"field": "ratio", "type": "quantitative", "scale": {"scheme": "cividis"}},
            "opacity": {"condition": {"test": "datum.p < 0.05", "value": 1}, "value": 0.35},
        },
    },
    reference="Kulldorff (1997), Communications in Statistics 26:1481; Kulldorff et al. (2005),"
    " PLoS Medicine 2:e59",
    geo_column="cell",
    map_column="ratio",
)
