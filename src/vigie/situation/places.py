"""Places: what does not move."""

from __future__ import annotations

from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
import shapely
from shapely.geometry import mapping

from vigie.analyse.running import kind_mask
from vigie.base.clock import now_us
from vigie.base.errors import WrongUsage
from vigie.model.taxonomy import TAXONOMY
from vigie.situation.caller import Caller
from vigie.situation.home import Home


def select_places(home: Home, kinds: tuple[str, ...] = ()) -> pa.Table:
    """Return the places valid now, all columns.

    Raises:
        WrongUsage: When a kind does not exist.
    """
    for code in kinds:
        if code not in TAXONOMY:
            raise WrongUsage(reason=f"kind {code[:80]}", field="kind")
    table = home.lake.scan("places")
    at = (
        pa.scalar(now_us(home.clock), pa.int64())
        .cast(pa.timestamp("us"))
        .cast(pa.timestamp("us", tz="UTC"))
    )
    ended = pc.fill_null(pc.less_equal(table["valid_to_at"], at), False)
    table = table.filter(pc.invert(ended))
    return table.filter(kind_mask(table["kind"], kinds)) if kinds else table


def place_json(row: dict[str, Any]) -> dict[str, Any]:
    """Return a row of places as lists show it."""
    return {
        "place_id": row["place_id"],
        "kind": row["kind"],
        "label": row["label"],
        "lon": row["lon"],
        "lat": row["lat"],
        "accuracy_m": row["accuracy_m"],
        "capacity": row["capacity"],
        "owner": row["owner"],
        "attributes": dict(row["attributes"] or ()),
    }


def shape_of(row: dict[str, Any]) -> dict[str, Any] | None:
    """Return the GeoJSON geometry of a place or plan: its shape, else its point, else nothing."""
    if row["geometry"]:
        return dict(mapping(shapely.from_wkb(row["geometry"])))
    if row["lon"] is not None and row["lat"] is not None:
        return {"type": "Point", "coordinates": [row["lon"], row["lat"]]}
    return None


def places_geojson(home: Home, caller: Caller, kinds: tuple[str, ...] = ()) -> dict[str, Any]:
    """Return the places as a GeoJSON collection.

    Raises:
        Forbidden: When the role may not see figures.
        WrongUsage: When a kind does not exist.
    """
    view = home.rights.ask(caller, "places", subject={"kinds": list(kinds)})
    return {
        "type": "FeatureCollection",
        "features": [
            {
                "type": "Feature",
                "id": row["place_id"],
                "geometry": shape_of(row),
                "properties": place_json(row),
            }
            for row in view.rows(select_places(home, kinds)).to_pylist()
        ],
    }
