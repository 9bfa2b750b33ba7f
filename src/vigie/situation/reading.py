"""Facts read for a view: by the lake's queries, or, within a zone, exactly by its polygon.

Both ways answer the same columns; a test holds them together on views without a zone.
"""

from __future__ import annotations

from functools import lru_cache

import pyarrow as pa
import pyarrow.compute as pc

from vigie.geo.cells import (
    COARSE_RESOLUTION,
    RESOLUTION,
    bbox_cells,
    bbox_ranges,
    cell_ranges,
    to_parents,
)
from vigie.situation.filters import (
    Bbox,
    Filters,
    filter_facts,
    query_params,
    select_facts,
    zone_box,
)
from vigie.situation.home import Home

POINT_COLUMNS = ("fact_id", "lon", "lat", "kind", "source", "severity", "status", "earliest_us")
CUBE_RESOLUTION = 8
HOUR_US = 3_600 * 1_000_000
MOST_RANGES = 6
"""Ranges of cells in one question: each is compared with every row that is read."""
SMALL_BOX_DEG2 = 0.5
"""Larger boxes (some 6,000 cells) are cut out of the answer, not listed in the question."""
SUMMARY_COLUMNS = ("kind", "source", "severity", "status")


def cell_counts(home: Home, filters: Filters, resolution: int) -> pa.Table:
    """Return ``cell``, ``n``, ``severity_max`` of the placed facts by cell.

    With a box, of all cells that may touch it, and whatever else; whoever asks looks which do.
    Cells finer than the fixed grid of the cube are those of what is shown.
    """
    if resolution == CUBE_RESOLUTION and summed(filters):
        return _from_sums(home, filters, "map_cube", resolution)
    if resolution == RESOLUTION and summed(filters) and filters.masking is None:
        return _from_sums(home, filters, "map_fine", resolution)
    if not filters.drawn and filters.masking is None:
        return home.lake.query("map_cells", resolution=resolution, **query_params(filters))
    facts = _shown(home, filters, ("cell", "cell8", "severity", "lon", "lat"))
    grouped = _by_cell(facts, resolution).aggregate([("severity", "max"), ([], "count_all")])
    return pa.table(
        {
            "cell": grouped["cell"],
            "n": grouped["count_all"],
            "severity_max": grouped["severity_max"],
        }
    )


def summed(filters: Filters) -> bool:
    """Say whether sums know enough: they hold neither severity, status nor exact place."""
    return not filters.drawn and not filters.statuses and not filters.severity_min


def _from_sums(home: Home, filters: Filters, query: str, resolution: int) -> pa.Table:
    """Return counts of whole cells; a box takes every cell that may touch it, and some beside."""
    params = query_params(filters.over(None))
    del params["severity_min"], params["status"]
    if filters.bbox is not None and (resolution == RESOLUTION or _is_small(filters.bbox)):
        params["ranges"] = _covering(filters.bbox, resolution)
    return home.lake.query(query, **params)


@lru_cache(maxsize=256)
def _covering(bbox: Bbox, resolution: int) -> tuple[tuple[int, int], ...]:
    """Return ranges of cells that together hold a box: a map asks for the same one again."""
    if resolution == RESOLUTION:
        return tuple(bbox_ranges(*bbox, limit=MOST_RANGES))
    return tuple(cell_ranges(bbox_cells(*bbox, resolution), MOST_RANGES))


def _is_small(bbox: Bbox) -> bool:
    return (bbox[2] - bbox[0]) * (bbox[3] - bbox[1]) <= SMALL_BOX_DEG2


def cluster_counts(home: Home, filters: Filters, resolution: int) -> pa.Table:
    """Return ``cell``, ``n``, ``lon``, ``lat`` (mean place), ``severity_max`` by cell.

    With a box, as ``cell_counts``.
    """
    if resolution == RESOLUTION and summed(filters) and filters.masking is None:
        return _from_sums(home, filters, "map_fine_clusters", resolution)
    if not filters.drawn and filters.masking is None:
        return home.lake.query("map_clusters", resolution=resolution, **query_params(filters))
    facts = _shown(home, filters, ("cell", "cell8", "severity", "lon", "lat"))
    for name in ("lon", "lat"):
        tenths = _rounded(pc.multiply(facts[name], 1e7)).cast(pa.int64())
        facts = facts.append_column(f"{name}_e7", tenths)
    grouped = _by_cell(facts, resolution).aggregate(
        [("lon_e7", "sum"), ("lat_e7", "sum"), ("severity", "max"), ([], "count_all")]
    )
    lon, lat = (
        pc.divide(
            _rounded(pc.divide(pc.divide(grouped[name].cast("double"), grouped["count_all"]), 10)),
            1e6,
        )
        for name in ("lon_e7_sum", "lat_e7_sum")
    )
    return pa.table(
        {
            "cell": grouped["cell"],
            "n": grouped["count_all"],
            "lon": lon,
            "lat": lat,
            "severity_max": grouped["severity_max"],
        }
    )


def _rounded(values: pa.ChunkedArray) -> pa.ChunkedArray:
    """Return whole numbers, halves away from zero, as the engines round."""
    return pc.round(values, round_mode="half_towards_infinity")


def _shown(home: Home, filters: Filters, columns: tuple[str, ...]) -> pa.Table:
    facts = _placed(home, filters).select(list(columns))
    return facts if filters.masking is None else filters.masking.tell(facts)


def _placed(home: Home, filters: Filters) -> pa.Table:
    """Return what a map draws of the placed facts that pass the filters, zones by their polygons.

    Only what stands in a box around zone, area and view is read.
    """
    params = query_params(filters.over(None))
    params |= dict(zip(("west", "south", "east", "north"), zone_box(filters) or (), strict=False))
    return filter_facts(home.lake.query("placed_facts", **params), filters)


def _by_cell(facts: pa.Table, resolution: int) -> pa.TableGroupBy:
    placed = facts.filter(pc.is_valid(facts["cell"])).combine_chunks()
    finest = "cell8" if resolution <= COARSE_RESOLUTION else "cell"
    cells = to_parents(placed[finest].combine_chunks(), resolution)
    return placed.set_column(placed.column_names.index("cell"), "cell", cells).group_by("cell")


def newest_points(home: Home, filters: Filters, limit: int) -> pa.Table:
    """Return ``POINT_COLUMNS`` of the placed facts, newest first, at most ``limit``."""
    if not filters.drawn:
        found = home.lake.query("map_points", limit_rows=limit, **query_params(filters))
        return found.select(list(POINT_COLUMNS))
    order = [("earliest_us", "descending"), ("fact_id", "descending")]
    return _placed(home, filters).select(list(POINT_COLUMNS)).sort_by(order).slice(0, limit)


def bucket_counts(home: Home, filters: Filters, bucket_us: int, origin_us: int) -> pa.Table:
    """Return ``bucket_us`` (its first microsecond) and ``n``, in order, empty buckets left out."""
    if summed(filters) and filters.bbox is None and not (bucket_us % HOUR_US or origin_us):
        params = query_params(filters)
        del params["severity_min"], params["status"]
        return home.lake.query("histogram_cube", bucket_us=bucket_us, origin_us=0, **params)
    if not filters.drawn:
        return home.lake.query(
            "histogram", bucket_us=bucket_us, origin_us=origin_us, **query_params(filters)
        )
    times = select_facts(home.lake, filters, ("earliest_us",))["earliest_us"].to_numpy()
    starts = pa.array(times - (times - origin_us) % bucket_us, pa.int64())
    grouped = pa.table({"bucket_us": starts}).group_by("bucket_us").aggregate([([], "count_all")])
    return grouped.rename_columns(["bucket_us", "n"]).sort_by("bucket_us")


def combined_counts(home: Home, filters: Filters) -> pa.Table:
    """Return ``kind``, ``source``, ``severity``, ``status`` and ``n`` of each combination."""
    if not filters.drawn:
        return home.lake.query("summary_counts", **query_params(filters))
    facts = select_facts(home.lake, filters, SUMMARY_COLUMNS).combine_chunks()
    grouped = facts.group_by(list(SUMMARY_COLUMNS)).aggregate([([], "count_all")])
    return grouped.rename_columns([*SUMMARY_COLUMNS, "n"])


def facts_page(
    home: Home, filters: Filters, limit: int, before: tuple[int, str] | None
) -> pa.Table:
    """Return whole facts, newest first, after the one that ``before`` names (time, id)."""
    if not filters.drawn:
        params = query_params(filters)
        if before is not None:
            params |= {"before_us": before[0], "before_id": before[1]}
        return home.lake.query("facts_page", limit_rows=limit, **params)
    found = select_facts(home.lake, filters, ("fact_id", "earliest_us"))
    if before is not None:
        same = pc.and_(
            pc.equal(found["earliest_us"], before[0]), pc.less(found["fact_id"], before[1])
        )
        found = found.filter(pc.or_(pc.less(found["earliest_us"], before[0]), same))
    order = [("earliest_us", "descending"), ("fact_id", "descending")]
    page = found.sort_by(order).slice(0, limit)
    if page.num_rows == 0:
        return home.lake.scan("facts", from_us=0, to_us=0)
    times = pc.min_max(page["earliest_us"]).as_py()
    facts = home.lake.scan(
        "facts",
        from_us=times["min"],
        to_us=times["max"] + 1,
        ids=page["fact_id"].to_pylist(),
    )
    return facts.sort_by(order)
