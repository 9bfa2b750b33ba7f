"""From an address or a place's name to a point: offline first, an address service only if set."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc


class Located(Protocol):
    """What a geocoder finds: a point and the radius that holds the true place 2 times in 3."""

    @property
    def lon(self) -> float:
        """Longitude, degrees."""
        ...

    @property
    def lat(self) -> float:
        """Latitude, degrees."""
        ...

    @property
    def accuracy_m(self) -> float:
        """Radius, metres."""
        ...


class Geocoder(Protocol):
    """Something that finds a point; the offline gazetteer and the address service are both one."""

    def locate(self, address: str | None, place_name: str | None) -> Located | None:
        """Return where it is, or None when it is not known well enough."""
        ...


@dataclass(frozen=True, slots=True)
class Placed:
    """A table whose missing coordinates were looked up.

    Attributes:
        table: With ``lon``, ``lat`` and ``accuracy_m`` filled where an address was found.
        found: Rows that were placed by this.
    """

    table: pa.Table
    found: npt.NDArray[np.bool_]


def place(
    table: pa.Table,
    address: pa.Array | None,
    place_name: pa.Array | None,
    geocoders: Sequence[Geocoder],
) -> Placed:
    """Fill the coordinates of rows that have none from their address or their place's name.

    Each distinct pair is looked up once; the first geocoder that knows it wins.
    """
    found = np.zeros(table.num_rows, np.bool_)
    if not geocoders or (address is None and place_name is None):
        return Placed(table, found)
    absent = pc.or_(pc.is_null(table["lon"]), pc.is_null(table["lat"])).combine_chunks()
    if not pc.any(absent).as_py():
        return Placed(table, found)
    nothing = pa.nulls(table.num_rows, pa.string())
    pairs = pa.table(
        {
            "address": nothing if address is None else address,
            "place_name": nothing if place_name is None else place_name,
        }
    )
    asked = np.flatnonzero(np.asarray(absent))
    lon, lat, accuracy = (
        np.asarray(pc.fill_null(pc.cast(table[name], pa.float64()), np.nan)).copy()
        for name in ("lon", "lat", "accuracy_m")
    )
    known: dict[tuple[str | None, str | None], Located | None] = {}
    wanted = pairs.take(pa.array(asked))
    texts = zip(wanted["address"].to_pylist(), wanted["place_name"].to_pylist(), strict=True)
    for index, pair in zip(asked, texts, strict=True):
        if pair not in known:
            known[pair] = _locate(geocoders, *pair)
        point = known[pair]
        if point is not None:
            lon[index], lat[index], accuracy[index] = point.lon, point.lat, point.accuracy_m
            found[index] = True
    for name, values in (("lon", lon), ("lat", lat), ("accuracy_m", accuracy)):
        column = pa.array(values, from_pandas=True).cast(table.schema.field(name).type)
        table = table.set_column(table.schema.get_field_index(name), name, column)
    return Placed(table, found)


def _locate(
    geocoders: Sequence[Geocoder], address: str | None, place_name: str | None
) -> Located | None:
    if not (address and address.strip()) and not (place_name and place_name.strip()):
        return None
    for geocoder in geocoders:
        point = geocoder.locate(address, place_name)
        if point is not None:
            return point
    return None
