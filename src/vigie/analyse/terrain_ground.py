"""The ground of a risk terrain: cells with facts, exposure and the places around them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt
import pyarrow as pa
from pydantic import Field

from vigie.analyse.analysis import Frame
from vigie.analyse.exposure import (
    AREA,
    LEAST_KNOWN,
    ExposedParameters,
    exposure_of,
    measured_by,
    within_hours,
)
from vigie.analyse.ground import Ground, ground_of
from vigie.analyse.points import Points, read_points
from vigie.analyse.terrain import Terrain, around, blocks, judge
from vigie.base.errors import NotFound
from vigie.base.remarks import joined, remark
from vigie.geo.projection import local_projection

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]
Bools = npt.NDArray[np.bool_]

APART = ("place.camera", "place.sensor")
"""Put where something had been seen before: no cause, and left out unless asked for."""
LEAST_PLACES = 3


class TerrainParameters(ExposedParameters):
    """Which places, how far they reach, on which cells, judged on which blocks."""

    kinds: str = Field(
        "",
        title="Types de lieux / Kinds of places",
        description="Natures de lieux entre virgules, chacune avec sa branche ; vide : toute nature"
        " d’au moins trois lieux, sauf caméras et capteurs. / Kinds of places between commas, each"
        " with its branch; empty: every kind with three places or more, but cameras and sensors.",
    )
    near_m: int = Field(
        300, ge=50, le=2_000, title="Portée courte (m) / Short reach (m)",
        description="Jusqu’où l’on est tout près d’un lieu. / Up to where a place is next to"
        " something.",
    )  # fmt: skip
    far_m: int = Field(
        1_000, ge=100, le=5_000, title="Portée longue (m) / Long reach (m)",
        description="Jusqu’où l’on est autour d’un lieu. / Up to where a place is around"
        " something.",
    )  # fmt: skip
    resolution: int = Field(
        9,
        ge=8,
        le=10,
        title="Maille H3 / H3 resolution",
        description="9 : cellules de quelque 350 m de large. / 9: cells some 350 m wide.",
    )
    block_m: int = Field(
        2_000, ge=250, le=10_000, title="Bloc (m) / Block (m)",
        description="Côté des carrés de ville mis de côté ensemble pour juger le modèle : assez"
        " large pour que les voisins ne lui soufflent pas la réponse. / Side of the squares of the"
        " city that are left out together to judge the model: wide enough that neighbours do not"
        " tell it the answer.",
    )  # fmt: skip
    seed: int = Field(
        1,
        ge=0,
        le=2**31,
        title="Graine / Seed",
        description="Du partage des blocs. / Of dealing blocks to folds.",
    )


@dataclass(frozen=True, slots=True)
class Survey:
    """What is known of each cell, and the model.

    Attributes:
        ground: The cells used.
        counts: Facts in each.
        columns: Names of the descriptions: kind and reach.
        described: Descriptions, shape (cells, columns).
        places: Places of each column.
        terrain: The judged model; None where too little is known to judge one.
        notes: What was left out, and how the model does.
    """

    ground: Ground
    counts: Floats
    columns: tuple[tuple[str, int], ...]
    described: Floats
    places: Ints
    terrain: Terrain | None
    notes: tuple[Mapping[str, str], ...]


def survey(facts: pa.Table, params: TerrainParameters, frame: Frame) -> Survey:
    """Return the cells of a zoning with facts, exposure and places around, and the judged model.

    Raises:
        NotFound: When there is no such zoning or metric.
        Stopping: When the process is told to stop.
    """
    points = read_points(facts, frame, params.longest())
    whole = ground_of(frame, params.zoning, params.resolution)
    exposure = _exposure(points, frame, params, whole)
    used = exposure > 0
    ground = _only(whole, used)
    at = ground.index(points)
    there = (at >= 0) & within_hours(facts, points, params, frame)
    counts = np.bincount(at[there], minlength=len(ground)).astype(np.float64)
    columns, described, places = _described(ground, params, frame)
    notes = [*points.notes()]
    gone = int((whole.index(points) >= 0).sum() - (at >= 0).sum())
    if gone:
        fr = "{n} faits laissés de côté : rien n’a été mesuré là où ils sont."
        en = "{n} facts left out: nothing was measured where they are."
        notes.append(remark(fr, en, n=gone))
    terrain = None
    if columns and counts.sum() > 0:
        block = blocks(ground.x, ground.y, params.block_m)
        try:
            terrain = judge(described, counts, exposure[used], block, params.seed)
        except ValueError:
            terrain = None
    notes.append(_note(terrain))
    return Survey(ground, counts, columns, described, places, terrain, tuple(notes))


def _only(ground: Ground, used: Bools) -> Ground:
    names = ("cells", "lon", "lat", "x", "y", "share")
    return replace(ground, **{name: getattr(ground, name)[used] for name in names})


def _exposure(points: Points, frame: Frame, params: TerrainParameters, ground: Ground) -> Floats:
    """Return the exposure of each cell, 0 where none is known: that of its zone, spread by area."""
    name = params.zoning if params.exposure == AREA else measured_by(params, frame) or params.zoning
    zoning = frame.zonings.get(name)
    if zoning is None:
        raise NotFound(what="zoning", name=name)
    if params.exposure == AREA:
        return ground.share
    asked = params.model_copy(update={"measured_by": ""})
    found = exposure_of(points, frame, asked, zoning)
    value = np.where(found.known >= LEAST_KNOWN, np.nan_to_num(found.value), 0.0)
    zone = zoning.assign(ground.lon, ground.lat)
    inside = zone >= 0
    area = np.bincount(zone[inside], ground.share[inside], len(zoning))
    each = np.divide(value, area, out=np.zeros(len(zoning)), where=area > 0)
    return np.where(inside, each[zone] * ground.share, 0.0)


def _described(
    ground: Ground, params: TerrainParameters, frame: Frame
) -> tuple[tuple[tuple[str, int], ...], Floats, Ints]:
    """Return names, descriptions of the cells, and how many places each rests on."""
    kinds, lon, lat = _places(frame.places)
    groups = _groups(kinds, params.kinds)
    if not groups or not len(ground):
        return (), np.zeros((len(ground), 0)), np.zeros(0, np.int64)
    plane = local_projection(round(float(ground.lon.mean()), 3), round(float(ground.lat.mean()), 3))
    x, y = plane.to_metres(ground.lon, ground.lat)
    place = np.column_stack(plane.to_metres(lon, lat))
    names, columns, many = [], [], []
    for kind, mine in groups.items():
        for reach in sorted({params.near_m, params.far_m}):
            column = around(x, y, place[mine], float(reach))
            if column.std() > 0:
                names.append((kind, reach))
                columns.append(column)
                many.append(int(mine.sum()))
    if not columns:
        return (), np.zeros((len(ground), 0)), np.zeros(0, np.int64)
    return tuple(names), np.column_stack(columns), np.array(many, np.int64)


def _places(places: pa.Table | None) -> tuple[list[str], Floats, Floats]:
    if places is None or not places.num_rows:
        return [], np.empty(0), np.empty(0)
    lon, lat = (
        np.asarray(places[name].to_numpy(zero_copy_only=False), np.float64)
        for name in ("lon", "lat")
    )
    known = np.isfinite(lon) & np.isfinite(lat)
    kinds = [kind for kind, one in zip(places["kind"].to_pylist(), known, strict=True) if one]
    return kinds, lon[known], lat[known]


def _groups(kinds: list[str], asked: str) -> dict[str, Bools]:
    """Return which places stand for each kind, kinds in order.

    Asked for by name, a kind takes its branch. Else a kind of too few places goes with the others
    of its branch.
    """
    wanted = sorted({one.strip() for one in asked.split(",") if one.strip()})
    if wanted:
        found = {
            one: np.array([kind == one or kind.startswith(f"{one}.") for kind in kinds], np.bool_)
            for one in wanted
        }
        return {one: mine for one, mine in found.items() if mine.any()}
    count = Counter(kinds)
    parts = [
        kind if count[kind] >= LEAST_PLACES else ".".join(kind.split(".")[:2]) for kind in kinds
    ]
    enough = sorted(
        kind
        for kind, many in Counter(parts).items()
        if many >= LEAST_PLACES and not kind.startswith(APART)
    )
    return {kind: np.array([one == kind for one in parts], np.bool_) for kind in enough}


def _note(terrain: Terrain | None) -> dict[str, str]:
    """Return how the model does beside exposure alone, and whether it is shown."""
    if terrain is None:
        return {
            "fr": "Trop peu de faits, de lieux ou de blocs pour juger un modèle : rien n’est"
            " montré.",
            "en": "Too few facts, places or blocks to judge a model: nothing is shown.",
        }
    gain, low = terrain.gain
    told = remark(
        "Déviance par cellule sur des blocs jamais vus : {model:.3f} ; exposition seule :"
        " {naive:.3f} ; gain {gain:.1%} (au moins {low:.1%} à 95\u202f%)."
        " Dispersion : {scatter:.2f}.",
        "Deviance a cell on blocks never seen: {model:.3f}; exposure alone: {naive:.3f}; gain"
        " {gain:.1%} (at least {low:.1%} at 95%). Scatter: {scatter:.2f}.",
        model=terrain.deviance,
        naive=terrain.naive,
        gain=gain,
        low=low,
        scatter=terrain.scatter,
    )
    worse = remark(
        "Le modèle ne fait pas mieux que l’exposition seule : il n’est pas montré.",
        "The model does no better than exposure alone: it is not shown.",
    )
    return told if terrain.better else joined(told, worse)
