"""What a caller may see of a dataset: fields, precision, sources, zones; and the cutting to it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any, Final

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import shapely
from shapely.geometry.base import BaseGeometry

from vigie.analyse.running import Selection
from vigie.model.contracts import CONTRACTS
from vigie.privacy.charter import PRECISIONS, Grant, Limits
from vigie.privacy.purposes import Purpose, Verb
from vigie.situation.field_counter import FieldCounter
from vigie.situation.filters import Filters
from vigie.situation.frame import CityFrame
from vigie.situation.precision import Masking

NOTHING: Final = ("!none",)
"""In place of sources: no feed has this name, so nothing is found."""
CAMERA = "place.camera"
COARSE: Final = ("alerts",)
"""Datasets whose positions are those of large cells from the outset."""


def area_of(limits: Limits, frame: CityFrame) -> BaseGeometry | None:
    """Return the zones of limits as one polygon; None without a limit, empty for none of them."""
    if limits.zones is None:
        return None
    polygons = []
    for zone in sorted(limits.zones):
        zoning, _, zone_id = zone.partition(":")
        known = frame.zonings.get(zoning)
        if known is not None and zone_id in known.ids:
            polygons.append(known.polygons[list(known.ids).index(zone_id)])
    return shapely.union_all(polygons)


@dataclass(frozen=True)
class View:
    """What a caller may see of a dataset, decided and written down.

    Attributes:
        dataset: The dataset.
        verb: What is done to it.
        purpose: What for.
        grants: What the charter opens; several where a view is cut by another (*view as*).
        limits: Sources, zones and camera groups; None sets no end.
        frame: The city's zonings, where zones are among the limits.
        line: Number of the line in the audit; None where none is due.
        count: Told of every table that leaves, for the alarm of bulk reads.
        at_most: Precision that may not be exceeded: figures are told no finer than facts.
        uses: Counts the fields told, without saying to whom.
    """

    dataset: str
    verb: Verb
    purpose: Purpose
    grants: tuple[Grant, ...]
    limits: Limits
    frame: CityFrame
    line: int | None = None
    count: Callable[[pa.Table], None] = field(default=lambda _table: None, compare=False)
    at_most: str = "exact"
    uses: FieldCounter | None = field(default=None, compare=False)

    @property
    def precision(self) -> str:
        """How precisely places are told: the coarsest of what the grants allow."""
        return max((self.at_most, *(one.precision for one in self.grants)), key=PRECISIONS.index)

    @property
    def masking(self) -> Masking | None:
        """How places are told; None for exactly."""
        return None if self.dataset in COARSE else self.frame.maskings.get(self.precision)

    @property
    def least(self) -> int:
        """Least count shown."""
        return max(one.least for one in self.grants)

    def sees(self, field: str) -> bool:
        """Say whether a field of the dataset may be seen.

        What no record can lack (its id, kind, times, source) is seen with the record; a field that
        stands in no contract counts as internal.
        """
        contract = CONTRACTS.get(self.dataset)
        kind = "internal"
        if contract is not None and field in contract.names():
            column = contract.column(field)
            if not column.nullable:
                return True
            kind = column.sensitivity
        return all(field in one.fields or kind in one.fields for one in self.grants)

    @cached_property
    def withheld(self) -> tuple[str, ...]:
        """The contract's fields that this view does not show."""
        contract = CONTRACTS.get(self.dataset)
        names = contract.names() if contract is not None else ()
        return tuple(name for name in names if not self.sees(name))

    @cached_property
    def area(self) -> BaseGeometry | None:
        """The zones of the limits as one polygon; None without a limit, empty for none of them."""
        return area_of(self.limits, self.frame)

    @property
    def everywhere(self) -> bool:
        """Whether neither sources nor zones bound the view."""
        return self.limits.sources is None and self.limits.zones is None

    def holds(self, source: str | None, place: BaseGeometry | None = None) -> bool:
        """Say whether a record of a source, at a place, lies within the view."""
        if self.limits.sources is not None and source not in self.limits.sources:
            return False
        return self.area is None or (place is not None and bool(self.area.intersects(place)))

    def sources(self, asked: tuple[str, ...] = ()) -> tuple[str, ...]:
        """Return the feeds to read, of those asked for; empty for all, ``NOTHING`` for none."""
        allowed = self.limits.sources
        if allowed is None:
            return asked
        return tuple(sorted(allowed.intersection(asked) if asked else allowed)) or NOTHING

    def narrow(self, filters: Filters) -> Filters:
        """Return filters that find nothing outside the view's sources and zones.

        Their box holds what is shown in it.
        """
        sources = self.sources(filters.sources)
        return replace(filters, sources=sources, area=self.area, masking=self.masking)

    def select(self, selection: Selection) -> Selection:
        """Return a selection of facts that finds nothing outside the view's sources and zones."""
        sources = self.sources(tuple(selection.sources))
        return replace(selection, sources=sources, area=self.area)

    def rows(self, table: pa.Table) -> pa.Table:
        """Return the rows that may be seen, with the fields that may not set to null.

        Every table of records that leaves a use case passes here: sources, zones, fields; places
        are told as precisely as ``precision`` says.
        """
        kept = self.keep(table)
        self.count(kept)
        return self.hide(kept)

    def keep(self, table: pa.Table) -> pa.Table:
        """Return the rows of the view's sources, zones and groups of cameras.

        A group of cameras are those of one service in charge (``owner``).
        """
        if self.limits.camera_groups is not None and self.dataset == "places":
            groups = pa.array(sorted(self.limits.camera_groups), pa.string())
            other = pc.invert(pc.starts_with(table["kind"], pattern=CAMERA))
            table = table.filter(pc.or_(other, pc.is_in(table["owner"], groups)))
        if self.limits.sources is not None and "source" in table.column_names:
            allowed = pa.array(sorted(self.limits.sources), pa.string())
            table = table.filter(pc.is_in(table["source"], allowed))
        if self.area is not None and {"lon", "lat"} <= set(table.column_names):
            x, y = (np.asarray(table[name].to_numpy(), dtype=np.float64) for name in ("lon", "lat"))
            table = table.filter(pa.array(shapely.intersects_xy(self.area, x, y)))
        return table

    def blank(self, record: dict[str, Any]) -> dict[str, Any]:
        """Return one record with the fields that may not be seen emptied, its place as shown."""
        masking = self.masking
        if masking is not None:
            record = masking.tell_record(record)
        self.told([record])
        return {
            name: type(value)()
            if name in self.withheld and isinstance(value, dict | list)
            else None
            if name in self.withheld
            else value
            for name, value in record.items()
        }

    def told(self, records: Sequence[Mapping[str, Any]]) -> None:
        """Count the fields that records tell."""
        if self.uses is not None:
            self.uses.see_records(self.dataset, records, self.withheld)

    def hide(self, table: pa.Table) -> pa.Table:
        """Return a table with the fields that may not be seen set to null, places as shown."""
        masking = self.masking
        if masking is not None:
            table = masking.tell(table)
        for name in set(self.withheld).intersection(table.column_names):
            at = table.column_names.index(name)
            field = table.schema.field(name).with_nullable(True)
            table = table.set_column(at, field, pa.nulls(table.num_rows, type=field.type))
        if self.uses is not None:
            self.uses.see(self.dataset, table)
        return table
