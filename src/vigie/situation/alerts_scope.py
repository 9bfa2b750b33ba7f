"""Where and when an instance of an alert rule looks: zone, feeds, hours."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import shapely
from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator
from shapely.geometry.base import BaseGeometry

from vigie.base.errors import NotFound, WrongUsage
from vigie.judge.parameters import WatchParameters
from vigie.judge.rule import Rule
from vigie.situation.frame import CityFrame

Corner = Annotated[tuple[float, float], Field(description="lon, lat, degrees")]


WIDEST, HIGHEST = 180.0, 90.0


class Scope(BaseModel):
    """Zone, feeds and hours of an instance.

    Attributes:
        zone: ``zoning:id``; empty for none.
        ring: A polygon drawn by hand, instead of a zone.
        sources: Feeds; empty for all.
        from_hour: First local hour.
        to_hour: Hour it ends; equal to ``from_hour`` for the whole day.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    zone: str = Field("", max_length=120)
    ring: tuple[Corner, ...] = Field((), max_length=400)
    sources: tuple[Annotated[str, Field(max_length=80)], ...] = Field((), max_length=40)
    from_hour: int = Field(0, ge=0, le=23)
    to_hour: int = Field(0, ge=0, le=23)

    @model_validator(mode="after")
    def _one_place(self) -> Scope:
        if self.zone and self.ring:
            msg = "zone or ring, not both"
            raise ValueError(msg)
        if self.ring:
            if any(abs(x) > WIDEST or abs(y) > HIGHEST for x, y in self.ring):
                msg = "ring: lon, lat in degrees"
                raise ValueError(msg)
            if len(self.ring) < 4 or not shapely.Polygon(self.ring).is_valid:  # noqa: PLR2004
                msg = "ring: a closed ring that does not cross itself"
                raise ValueError(msg)
        return self


def _refused(error: ValidationError, field: str) -> WrongUsage:
    first = error.errors()[0]
    where = ".".join(str(one) for one in first["loc"]) or field
    return WrongUsage(reason=f"{where[:80]}: {first['msg'][:160]}", field=where[:80])


def read_scope(told: Mapping[str, Any]) -> Scope:
    """Return a scope as somebody told it.

    Raises:
        WrongUsage: When it is none.
    """
    try:
        return Scope.model_validate(dict(told))
    except ValidationError as error:
        raise _refused(error, "scope") from error


def read_parameters(rule: Rule, told: Mapping[str, Any]) -> WatchParameters:
    """Return the parameters of a rule as somebody told them.

    Raises:
        WrongUsage: When the rule has no instances, or would not take them.
    """
    if rule.parameters is None:
        raise WrongUsage(reason=f"rule {rule.name}: no instances", field="family")
    try:
        return rule.parameters.model_validate(dict(told))
    except ValidationError as error:
        raise _refused(error, "parameters") from error


def area_of(frame: CityFrame, scope: Scope) -> tuple[BaseGeometry | None, dict[str, str]]:
    """Return the polygon of a scope, None for everywhere, and its name in both languages.

    Raises:
        NotFound: When there is no such zone.
    """
    if scope.ring:
        words = {"fr": "la zone dessinée", "en": "the drawn zone"}
        return shapely.Polygon(scope.ring), words
    if not scope.zone:
        return None, {"fr": "la ville", "en": "the city"}
    zoning, _, zone_id = scope.zone.partition(":")
    known = frame.zonings.get(zoning)
    if known is None or zone_id not in known.ids:
        raise NotFound(what="zone", name=scope.zone[:80])
    index = known.index_of(zone_id)
    label = known.labels[index]
    return known.polygons[index], {"fr": f"« {label} »", "en": f'"{label}"'}


def within(table: pa.Table, scope: Scope, area: BaseGeometry | None) -> pa.Table:
    """Return the rows of a table of facts or measures that lie in a scope, hours left aside."""
    if scope.sources:
        wanted = pa.array(sorted(scope.sources), pa.string())
        table = table.filter(pc.is_in(table["source"], wanted))
    if area is None or not table.num_rows:
        return table
    lon, lat = (
        np.asarray(pc.fill_null(table[name], float("nan")).to_numpy()) for name in ("lon", "lat")
    )
    shapely.prepare(area)
    return table.filter(pa.array(shapely.intersects_xy(area, lon, lat)))
