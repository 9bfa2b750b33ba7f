"""Do facts of one kind lie nearer to those of another, or to places, than chance puts them?"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc
import shapely
from pydantic import Field

from vigie.analyse.analysis import Analysis, Frame, Outcome, OutputColumn
from vigie.analyse.cross_k import CrossK, Window, by_label, by_shift, in_pairs
from vigie.analyse.draws import DrawnParameters
from vigie.analyse.points import READS, read_points
from vigie.analyse.row_keys import number_of, wrong_row
from vigie.base.errors import NotFound, WrongUsage
from vigie.base.remarks import remark
from vigie.model.taxonomy import TAXONOMY

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]

MOST_POINTS = 5_000
LEAST_POINTS = 5
PLACE = "place"


class CrossKParameters(DrawnParameters):
    """Which two kinds, how far apart, and what "nothing" is."""

    draws: int = Field(
        199, ge=99, le=9_999, title="Tirages / Draws",
        description="Tirages où rien ne lie les deux ; la plus petite p est 1 sur (tirages + 1). /"
        " Draws under 'nothing is going on'; the least p-value is one in (draws + 1).",
    )  # fmt: skip
    first: str = Field(
        "offence.person",
        title="Premier type / First kind",
        description="Nature de faits, avec sa branche. / Kind of facts, with its branch.",
    )
    second: str = Field(
        "place.station",
        title="Second type / Second kind",
        description="Nature de faits ou de lieux (place.venue), avec sa branche. / Kind of facts"
        " or of places (place.venue), with its branch.",
    )
    zoning: str = Field(
        "arrondissement",
        title="Découpage / Zoning",
        description="Tout son sol est là où l’on a cherché les deux. / Its whole ground is where"
        " both were looked for.",
    )
    step_m: int = Field(
        100,
        ge=10,
        le=1_000,
        title="Pas (m) / Step (m)",
        description="Entre deux distances. / Between distances.",
    )
    steps: int = Field(
        10,
        ge=2,
        le=30,
        title="Distances / Distances",
        description="Nombre de distances. / How many distances.",
    )
    nothing: Literal["shift", "labels"] = Field(
        "shift",
        title="Hasard / Chance",
        description="Déplacement : une nature est déplacée d’un bloc, la disposition de chacune"
        " demeure ; noms : les noms des deux natures de faits sont redistribués, les lieux"
        " demeurent. / shift: one kind is moved as a whole, how each lies by itself stays; labels:"
        " the names of two kinds of facts are dealt out anew, where facts lie at all stays.",
        json_schema_extra={
            "words": {
                "shift": ["Déplacement d’un bloc", "Moved as a whole"],
                "labels": ["Noms redistribués", "Names dealt anew"],
            }
        },
    )
    shift_m: int = Field(
        2_000,
        ge=200,
        le=20_000,
        title="Déplacement au plus (m) / Longest move (m)",
        description="Ce qui lie les deux à plus grande distance (un centre animé) reste dans les"
        " tirages et n’est donc pas dit. / What binds both over longer distances than this (a busy"
        " centre) is left in the draws and so is not told.",
    )


def run(facts: pa.Table, params: CrossKParameters, frame: Frame) -> Outcome:
    """Return K between two kinds by distance, divided by that of kinds without a bond.

    ``low`` and ``high`` bound 95 % of the draws as whole curves; ``p`` is of the whole curve.

    Raises:
        NotFound: When there is no such zoning.
        WrongUsage: When a kind is part of the other, or names of places are to be dealt out.
    """
    _check(params)
    window, sides = _sides(facts, params, frame)
    notes: list[dict[str, str]] = []
    for kind, side in zip(_kinds(params), sides, strict=True):
        fr = "{kind} : {n} dans le zonage, {out} au dehors."
        en = "{kind}: {n} in the zoning, {out} outside."
        known = TAXONOMY.find(kind)
        name = (kind, kind) if known is None else (known.fr, known.en)
        notes.append(remark(fr, en, kind=name, n=len(side.at), out=side.outside))
    points = [side.at for side in sides]
    base = sum(
        len(one) for one, kind in zip(points, _kinds(params), strict=True) if not _placed(kind)
    )
    reach = params.step_m * np.arange(1.0, params.steps + 1)
    if untold := _untold([len(one) for one in points]):
        return Outcome(_table(None, reach), base, (*notes, untold))
    drawn = {"draws": params.draws, "seed": params.seed}
    if params.nothing == "labels":
        found = by_label(points[0], points[1], window, reach, **drawn)
    else:
        far = float(params.shift_m)
        found = by_shift(points[0], points[1], window, reach, most_m=far, **drawn)
    fr, en = "Courbe entière : p = {p:.3f}.", "The whole curve: p = {p:.3f}."
    notes.append(remark(fr, en, p=found.band.p))
    return Outcome(_table(found, reach), base, tuple(notes))


def _untold(sizes: list[int]) -> dict[str, str] | None:
    """Return why nothing is told of so many points of each kind; None when something is."""
    if min(sizes) < LEAST_POINTS:
        fr = "Moins de {least} points d’un type : rien n’est dit."
        en = "Fewer than {least} points of a kind: nothing told."
        return remark(fr, en, least=LEAST_POINTS)
    if max(sizes) > MOST_POINTS:
        fr = "Plus de {most} points d’un type : le choisir plus étroit, ou moins de jours."
        en = "More than {most} points of a kind: choose a narrower one, or fewer days."
        return remark(fr, en, most=MOST_POINTS)
    return None


def _kinds(params: CrossKParameters) -> tuple[str, str]:
    return params.first, params.second


def _placed(kind: str) -> bool:
    return kind == PLACE or kind.startswith(f"{PLACE}.")


def _check(params: CrossKParameters) -> None:
    first, second = _kinds(params)
    if first == second or first.startswith(f"{second}.") or second.startswith(f"{first}."):
        raise WrongUsage(reason=f"{first}, {second}: one is part of the other", field="second")
    if _placed(first) or (_placed(second) and params.nothing == "labels"):
        raise WrongUsage(reason=f"{first}, {second}: place", field="nothing")


@dataclass(frozen=True, slots=True)
class _Side:
    """Records of one kind inside the zoning: metres, their rows in the table, how many outside."""

    at: Floats
    row: Ints
    outside: int


def _sides(
    facts: pa.Table, params: CrossKParameters, frame: Frame
) -> tuple[Window, tuple[_Side, _Side]]:
    """Return the ground of the zoning and both kinds on it; raises ``NotFound``."""
    zoning = frame.zonings.get(params.zoning)
    if zoning is None:
        raise NotFound(what="zoning", name=params.zoning)
    shape = zoning.projection.geometries_to_metres(
        np.array([shapely.union_all(np.array(zoning.polygons, object))], object)
    )[0]
    window = Window(shapely.make_valid(shape))

    def side(kind: str) -> _Side:
        table = frame.places if _placed(kind) else facts
        lon, lat, row = _where(table, kind, frame, params)
        x, y = zoning.projection.to_metres(lon, lat)
        inside = window.holds(x, y)
        at = np.column_stack([x, y])[inside]
        return _Side(at, row[inside], len(x) - len(at))

    return window, (side(params.first), side(params.second))


def _where(
    table: pa.Table | None, kind: str, frame: Frame, params: CrossKParameters
) -> tuple[Floats, Floats, Ints]:
    """Return places of records of a kind, in an order that is not that of the rows, with these."""
    if table is None:
        return np.empty(0), np.empty(0), np.empty(0, np.int64)
    branch = pc.starts_with(table["kind"], pattern=f"{kind}.")
    mask = pc.fill_null(pc.or_(pc.equal(table["kind"], kind), branch), fill_value=False)
    rows = np.flatnonzero(mask.to_numpy(zero_copy_only=False))
    table = table.take(pa.array(rows))
    if not _placed(kind):
        points = read_points(table, frame, params.longest_hours)
        return points.lon, points.lat, rows[points.row]
    lon, lat = (
        np.asarray(table[name].to_numpy(zero_copy_only=False), np.float64)
        for name in ("lon", "lat")
    )
    known = np.flatnonzero(np.isfinite(lon) & np.isfinite(lat))
    known = known[np.lexsort((lat[known], lon[known]))]
    return lon[known], lat[known], rows[known]


def rests_on(
    facts: pa.Table, params: CrossKParameters, frame: Frame, row: Mapping[str, Any]
) -> npt.NDArray[np.bool_]:
    """Return which facts stand in a pair that the row counts; pairs with places have one each."""
    _check(params)
    reach = number_of(row, "to_m")
    if reach not in [params.step_m * (n + 1) for n in range(params.steps)]:
        raise wrong_row("to_m")
    window, sides = _sides(facts, params, frame)
    found = np.zeros(facts.num_rows, np.bool_)
    if _untold([len(side.at) for side in sides]):
        return found
    edge = window.to_edge(*sides[0].at.T)
    pairs = in_pairs(sides[0].at, sides[1].at, edge, reach)
    for kind, side, mine in zip(_kinds(params), sides, pairs, strict=True):
        if not _placed(kind):
            found[side.row[mine]] = True
    return found


def _table(found: CrossK | None, reach: Floats) -> pa.Table:
    """Return the answer; K over that of a kind without regard to the other, pi r^2."""
    if found is None:
        reach, nothing = reach[:0], np.empty(0)
        found_k, usual, low, high, p = (nothing,) * 4 + (math.nan,)
        pairs = np.zeros(0, np.int64)
    else:
        found_k, usual, pairs = found.k, found.usual, found.pairs
        low, high, p = found.band
    even = math.pi * reach**2
    state = np.where(found_k > high, "nearer", np.where(found_k < low, "apart", "alike"))
    state = np.where(np.isfinite(low), state, "unknown")
    return pa.table(
        {
            "to_m": pa.array(reach),
            "pairs": pa.array(pairs),
            "k": pa.array(found_k, from_pandas=True),
            **{
                name: pa.array(values / even, from_pandas=True)
                for name, values in (
                    *(("ratio", found_k), ("usual", usual)),
                    *(("low", low), ("high", high)),
                )
            },
            "state": pa.array(state.astype(object), pa.string()),
            "p": pa.array(np.full(len(reach), p), from_pandas=True),
        }
    )


ANALYSIS = Analysis(
    name="cross_k",
    question={
        "fr": "Les faits d’un type sont-ils plus près de ceux d’un autre, ou de certains lieux,"
        " que le hasard ne les y mettrait ?",
        "en": "Do facts of one kind lie nearer to those of another, or to some places, than chance"
        " would put them?",
    },
    limits={
        "fr": "Être proche n’est pas être cause. Le hasard par déplacement garde la façon dont"
        " chaque type est réparti et rompt leur lien ; il suppose que la ville se ressemble à"
        " l’échelle du déplacement : un centre plus dense que le déplacement n’est long y passe"
        " encore pour un lien. Les étiquettes redistribuées demandent seulement si deux types de"
        " faits se mêlent autrement qu’au hasard, là où il y a des faits. Aux bords, les points"
        " plus proches de la limite que la distance ne comptent pas (méthode de la bordure) :"
        " moins de paires aux grandes distances. La bande vaut pour la courbe entière ; hors"
        " d’elle à une distance, c’est un seul test. Les heures ne jouent pas ; les lieux"
        " arrondis, si. La distance est en ligne droite, et la mer n’arrête rien.",
        "en": "Near is not cause. Chance by moving keeps how each kind lies and breaks their bond;"
        " it takes the city to be alike at the scale of the move: a centre denser than the move is"
        " long still passes for a bond. Names dealt out anew ask only whether two kinds of facts"
        " mix otherwise than by chance, where there are facts. At the edge, points nearer to it"
        " than the distance do not count (border method): fewer pairs at long distances. The band"
        " is for the whole curve; outside of it at a distance is one test, not many. Hours do not"
        " matter; rounded places do. Distance is straight; sea or railway stop nothing.",
    },
    reads=("kind", *READS),
    parameters=CrossKParameters,
    columns=(
        OutputColumn("to_m", "Jusqu’à", "Up to", "m", key=True),
        OutputColumn("pairs", "Paires", "Pairs"),
        OutputColumn("k", "K", "K", "m²"),
        OutputColumn("ratio", "K / πr²", "K / πr²"),
        OutputColumn("usual", "Moyenne sans lien", "Mean without a bond"),
        OutputColumn("low", "Sans lien, bas 95 %", "Without a bond, low 95%"),
        OutputColumn("high", "Sans lien, haut 95 %", "Without a bond, high 95%"),
        OutputColumn(
            "state",
            "Situation",
            "State",
            words={
                "nearer": ("Plus proches que le hasard", "Nearer than chance"),
                "apart": ("Plus éloignés que le hasard", "Farther apart than chance"),
                "alike": ("Comme le hasard", "Like chance"),
                "unknown": ("Non jugé", "Not judged"),
            },
        ),
        OutputColumn("p", "p (courbe entière)", "p (whole curve)"),
    ),
    run=run,
    rests_on=rests_on,
    count_column="pairs",
    chart={
        "layer": [
            {
                "mark": {"type": "area", "opacity": 0.25},
                "encoding": {
                    "x": {"field": "to_m", "type": "quantitative"},
                    "y": {"field": "low", "type": "quantitative"},
                    "y2": {"field": "high"},
                },
            },
            {
                "mark": {"type": "line", "strokeDash": [4, 4]},
                "encoding": {
                    "x": {"field": "to_m", "type": "quantitative"},
                    "y": {"field": "usual", "type": "quantitative"},
                },
            },
            {
                "mark": {"type": "line", "point": True},
                "encoding": {
                    "x": {"field": "to_m", "type": "quantitative"},
                    "y": {"field": "ratio", "type": "quantitative"},
                },
            },
        ]
    },
    reference="Ripley (1976), J. Applied Probability 13:255; Lotwick and Silverman (1982), J. Royal"
    " Statistical Society B 44:406; Myllymäki et al. (2017), J. Royal Statistical Society B 79:381;"
    " Mrkvička et al. (2021), Spatial Statistics 42:100430",
    beside=("places",),
)
