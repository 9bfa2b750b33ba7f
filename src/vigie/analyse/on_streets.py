"""Facts on streets: which place of a street each has; what is too far or too vague is told."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Final

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc
from pydantic import Field

from vigie.analyse.analysis import Frame, Parameters
from vigie.analyse.points import READS, Points, read_points
from vigie.base.remarks import remark
from vigie.geo.lixels import LixelNetwork, Snapped

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]
Note = Mapping[str, str]

STREET_READS = (*READS, "accuracy_m")
"""Columns of facts that ``read_on_streets`` needs."""

SPOTS: Final = {"hot": ("Au-dessus", "Above"), "none": ("Ne ressort pas", "Does not stand out")}
"""Classes of streets and stretches, in words."""


class StreetParameters(Parameters):
    """What a stretch of street is, and which facts lie on it."""

    lixel_m: int = Field(
        50,
        ge=20,
        le=500,
        title="Tronçon élémentaire (m) / Lixel (m)",
        description="Les rues sont coupées en pièces de cette longueur ; les faits moins bien"
        " situés"
        " sont écartés. / Streets are cut into pieces this long; facts located worse are left out.",
    )
    snap_m: int = Field(
        50,
        ge=5,
        le=200,
        title="Rattachement (m) / Snapping (m)",
        description="Un fait plus loin de toute rue n’est sur aucune. / A fact further from every"
        " street is on none.",
    )


@dataclass(frozen=True, slots=True)
class OnStreets:
    """Facts that lie on a street, aligned.

    Attributes:
        network: The streets.
        points: The facts, as they were located.
        at: Where on the network each is.
        placed: How many facts had a place and were located well enough.
        vague: How many were left out for their accuracy.
    """

    network: LixelNetwork
    points: Points
    at: Snapped
    placed: int
    vague: int

    def counts(self) -> Floats:
        """Return the facts of each lixel."""
        return np.bincount(self.at.lixel, minlength=len(self.network)).astype(np.float64)

    def notes(self) -> list[Note]:
        """Return what is known of the streets and of the facts on them, French and English."""
        told = [*self.points.notes(), _streets(self.network)]
        if self.vague:
            fr = "{n} faits situés moins précisément que demandé, laissés de côté."
            en = "{n} facts located less exactly than asked, left out."
            told.append(remark(fr, en, n=self.vague))
        if self.placed:
            fr = "{share:.0%} des {placed} faits situés sont rattachés à une voie"
            en = "{share:.0%} of the {placed} located facts are on a street"
            far = [0.0, 0.0]
            if len(self.points):
                far = np.percentile(self.at.away, [50, 90]).tolist()
                fr += ", à {half:.0f} m pour la moitié, {most:.0f} m pour neuf sur dix"
                en += ", {half:.0f} m from it for half, {most:.0f} m for nine in ten"
            values = {"share": len(self.points) / self.placed, "placed": self.placed}
            told.append(remark(f"{fr}.", f"{en}.", **values, half=far[0], most=far[1]))
        return told


def _streets(network: LixelNetwork) -> Note:
    whole = float(network.metres.sum()) / 1000
    return remark(
        "{names} voies connues, {km:.1f} km, {junctions} carrefours, en {parts} parties sans lien"
        " entre elles.",
        "{names} streets known, {km:.1f} km, {junctions} junctions, in {parts} parts that do not"
        " meet.",
        names=len(network.names),
        km=whole,
        junctions=len(network.junctions),
        parts=network.parts(),
    )


def read_on_streets(
    facts: pa.Table, frame: Frame, network: LixelNetwork, *, within_m: float, worst_m: float
) -> OnStreets:
    """Return the facts that lie on a street, in the order of ``read_points``.

    Args:
        facts: With the columns ``STREET_READS``.
        frame: For the city's zone.
        network: The streets.
        within_m: A fact further from every street is on none.
        worst_m: Facts known to be located less exactly are left out.
    """
    points = read_points(facts, frame)
    accuracy = np.asarray(
        pc.fill_null(facts["accuracy_m"].cast(pa.float64()), 0.0).to_numpy(), np.float64
    )[points.row]
    exact = accuracy <= worst_m
    at = network.snap(points.lon[exact], points.lat[exact], within_m)
    on = at.edge >= 0
    kept = np.flatnonzero(exact)[on]
    chosen = Snapped(at.edge[on], at.along[on], at.lixel[on], at.away[on])
    return OnStreets(network, _some(points, kept), chosen, int(exact.sum()), int((~exact).sum()))


def _some(points: Points, kept: Ints) -> Points:
    columns = ("lon", "lat", "x", "y", "day", "row")
    return replace(points, **{name: getattr(points, name)[kept] for name in columns})
