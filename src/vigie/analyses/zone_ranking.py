"""Which zones count most, in number and for their size?"""

from __future__ import annotations

from typing import Literal

import numpy as np
import pyarrow as pa
from pydantic import Field

from vigie.analyse.analysis import Analysis, Frame, Outcome, OutputColumn, Parameters
from vigie.analyse.intervals import poisson_interval
from vigie.base.errors import NotFound
from vigie.base.remarks import remark


class RankingParameters(Parameters):
    """Which zoning, and what order."""

    zoning: str = Field(
        "arrondissement",
        title="Découpage / Zoning",
        description="Nom d’un découpage. / Name of a zoning.",
    )
    order: Literal["facts", "density"] = Field(
        "facts",
        title="Ordre / Order",
        description="Par nombre de faits ou par faits au km². / By number of facts or by facts"
        " per km2.",
        json_schema_extra={
            "words": {
                "facts": ["Nombre de faits", "Number of facts"],
                "density": ["Densité", "Density"],
            }
        },
    )


def run(facts: pa.Table, params: RankingParameters, frame: Frame) -> Outcome:
    """Count facts by zone, with the exact Poisson interval and the density per square kilometre.

    Facts without a place or outside every zone are told in a note, not hidden.
    """
    zoning = frame.zonings.get(params.zoning)
    if zoning is None:
        raise NotFound(what="zoning", name=params.zoning)
    index = np.asarray(
        zoning.assign(
            facts["lon"].to_numpy(zero_copy_only=False), facts["lat"].to_numpy(zero_copy_only=False)
        )
    )
    inside = index[index >= 0]
    counts = np.bincount(inside, minlength=len(zoning.ids)).astype(np.int64)
    area = np.asarray(zoning.areas_km2, dtype=np.float64)
    density = counts / area
    order = np.lexsort((np.arange(len(counts)), -(counts if params.order == "facts" else density)))
    bounds = np.array([poisson_interval(int(n)) for n in counts]).reshape(-1, 2)
    table = pa.table(
        {
            "zone": pa.array([zoning.ids[i] for i in order]),
            "label": pa.array([zoning.labels[i] for i in order]),
            "facts": pa.array(counts[order]),
            "low": pa.array(bounds[order, 0]),
            "high": pa.array(bounds[order, 1]),
            "density": pa.array(density[order]),
            "area_km2": pa.array(area[order]),
        }
    )
    outside = len(index) - len(inside)
    notes = (
        remark(
            "{outside} faits sans lieu ou hors de tout zonage.",
            "{outside} facts without a place or outside every zone.",
            outside=outside,
        ),
    )
    return Outcome(table, len(inside), notes if outside else ())


ANALYSIS = Analysis(
    name="zone_ranking",
    question={
        "fr": "Quelles zones comptent le plus de faits ?",
        "en": "Which zones count most facts?",
    },
    limits={
        "fr": "Un nombre, pas un danger : une zone fréquentée compte plus parce qu’il s’y trouve"
        " plus de monde. Deux zones dont les intervalles se recouvrent ne sont pas classées l’une"
        " par rapport à l’autre. Les limites de zones découpent des rues.",
        "en": "A number, not a danger: a busy zone counts more because more people are there. Two"
        " zones whose intervals overlap are not ranked against each other. Zone borders cut"
        " through streets.",
    },
    reads=("lon", "lat"),
    parameters=RankingParameters,
    columns=(
        OutputColumn("zone", "Zone", "Zone", key=True),
        OutputColumn("label", "Nom", "Name", key=True),
        OutputColumn("facts", "Faits", "Facts"),
        OutputColumn("low", "Borne basse 95 %", "Low 95%"),
        OutputColumn("high", "Borne haute 95 %", "High 95%"),
        OutputColumn("density", "Densité", "Density", "faits/km²"),
        OutputColumn("area_km2", "Surface", "Area", "km²", key=True),
    ),
    run=run,
    count_column="facts",
    chart={
        "mark": "bar",
        "encoding": {
            "y": {"field": "label", "type": "nominal", "sort": None},
            "x": {"field": "facts", "type": "quantitative"},
        },
    },
    reference="Garwood (1936), Biometrika 28:437",
    geo_column="zone",
    map_column="density",
)
