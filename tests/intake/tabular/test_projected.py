"""Files in a projected reference system: Lambert-93 comes to WGS 84, what is outside is refused."""

from datetime import UTC, datetime
from io import BytesIO
from typing import Any

import pytest
import shapely

from vigie.connectors.table import CONNECTOR
from vigie.intake.connector import Context, Parsed, Payload

MAPPING: dict[str, Any] = {
    "source": "s",
    "kind": "facts",
    "file": {"format": "csv", "separator": ";", "decimal": ",", "crs": "EPSG:2154"},
    "columns": {
        "source_ref": "id",
        "lon": "x",
        "lat": "y",
        "kind": {"value": "road"},
        "earliest_at": {"column": "t", "format": "iso8601"},
    },
}


def _parse(text: str, mapping: dict[str, Any] = MAPPING) -> list[Parsed]:
    content = text.encode()
    context = Context(
        source="s", timezone="Europe/Paris", now=datetime(2026, 6, 1, tzinfo=UTC), mapping=mapping
    )
    return list(CONNECTOR.parse(Payload("f.csv", BytesIO(content), "", len(content)), context))


def test_lambert_93_is_brought_to_degrees() -> None:
    # 893 198,4 E, 6 246 958,8 N lies in the city centre: about 5.38 E, 43.296 N.
    (found,) = _parse(
        "id;x;y;t\na;893198,4;6246958,8;2026-05-01T10:00:00Z\nb;;;2026-05-01T10:00:00Z\n"
    )
    lon, lat = (found.table[name].to_pylist() for name in ("lon", "lat"))

    assert lon[1] is None
    assert lat[1] is None
    assert (lon[0], lat[0]) == pytest.approx((5.38, 43.296), abs=0.01)


def test_a_round_trip_is_exact_to_the_millimetre() -> None:
    from vigie.geo.projection import lambert93

    x, y = lambert93().to_metres([5.3698], [43.2965])
    (found,) = _parse(f"id;x;y;t\na;{x[0]:.4f};{y[0]:.4f};2026-05-01T10:00:00Z\n".replace(".", ","))

    assert found.table["lon"].to_pylist()[0] == pytest.approx(5.3698, abs=1e-8)
    assert found.table["lat"].to_pylist()[0] == pytest.approx(43.2965, abs=1e-8)


def test_a_point_beyond_the_projection_is_refused_and_its_neighbour_is_in() -> None:
    rows = "id;x;y;t\na;1e30;1e30;2026-05-01T10:00:00Z\nb;893198;6246958;2026-05-01T10:00:00Z\n"
    (found,) = _parse(rows)

    assert [reject.code for reject in found.rejects] == ["bad_coordinates"]
    assert found.table["source_ref"].to_pylist() == ["b"]


def test_geometries_move_too() -> None:
    columns = {
        "source_ref": "id",
        "kind": {"value": "event.market"},
        "state": {"value": "declared"},
        "declared": {"value": True},
        "starts_at": "t",
        "ends_at": "t",
        "geometry": {"column": "wkt", "format": "wkt"},
    }
    mapping = {**MAPPING, "kind": "plans", "columns": columns}
    rows = "id;wkt;t\na;POINT (893198 6246958);2026-05-01T10:00:00Z\n"
    (found,) = _parse(rows, mapping)
    point = shapely.from_wkb(found.table["geometry"].to_pylist()[0])

    assert (point.x, point.y) == pytest.approx((5.38, 43.296), abs=0.01)
