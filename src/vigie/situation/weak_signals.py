"""Weak signals: cells and hours in which several sources depart together from their past.

Aggregates only: presence of fewer people than the kernel lets out is as if it had not been measured
and facts are counts by cell. What the rules find becomes alerts like any other.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import shapely

from vigie.base.clock import now_us
from vigie.base.stopping import look
from vigie.desk.alerts import Alert
from vigie.geo.cells import cell_centers, cells_of
from vigie.judge.kinds import GROUNDLESS, NOT_CROWDS
from vigie.judge.rule import of_kind
from vigie.judge.surveillance.expectation import Floats
from vigie.judge.surveillance.signals import (
    DAY_H,
    WEEK_H,
    WEEKS,
    Flags,
    Ints,
    Scored,
    Signal,
    score_counts,
    score_levels,
)
from vigie.model.taxonomy import FACT_THEMES, TAXONOMY
from vigie.model.times import local_us
from vigie.privacy.disclosure import THRESHOLDS
from vigie.situation.alerts import HOUR_US, as_alert, tell
from vigie.situation.home import Home

NULL_WEEKS = 6
"""Weeks of scored past from which correlation and limit are learnt."""
REACH_M = 1_100.0
"""A declared event this near to a cell's centre explains it: the cell and its neighbours."""
EXPLAINS_NOTHING = tuple(
    kind for kind in (*NOT_CROWDS, *GROUNDLESS) if not kind.startswith("event.transport")
)
"""Kinds that bring nobody; ships do."""
METRES_PER_DEGREE = 111_195.0
AROUND_US = 2 * HOUR_US
GRAIN_US = HOUR_US // 4
"""Facts are counted by quarters of an hour: every time zone is some of them away from UTC."""
LEAST_PEOPLE = THRESHOLDS["telecom"]

LEVELS: tuple[Signal, ...] = (
    Signal(
        "presence.total",
        {"fr": "Présence", "en": "Presence"},
        sort="relative",
        crowd=True,
        floor=0.02,
        grain=10.0,
        least=float(LEAST_PEOPLE),
    ),
    Signal("noise.laeq", {"fr": "Bruit", "en": "Noise"}, crowd=True, unit="dB", floor=0.5),
    Signal(
        "traffic.speed",
        {"fr": "Trafic ralenti", "en": "Traffic slowed"},
        sign=-1,
        crowd=True,
        unit="km/h",
        floor=1.0,
    ),
    Signal(
        "transport.occupancy",
        {"fr": "Remplissage des transports", "en": "Transport occupancy"},
        crowd=True,
        unit="%",
        floor=5.0,
    ),
    Signal(
        "transport.bikes_available",
        {"fr": "Vélos déposés", "en": "Bikes left"},
        crowd=True,
        floor=2.0,
    ),
)
COUNTS: tuple[Signal, ...] = tuple(
    Signal(
        f"facts.{theme}",
        {"fr": TAXONOMY.get(theme).fr, "en": TAXONOMY.get(theme).en},
        sort="count",
    )
    for theme in FACT_THEMES
)
SIGNALS = (*LEVELS, *COUNTS)
_COLUMNS = ["metric", "place_id", "cell8", "from_us", "value", "group_size", "quality"]
_COMPACT = pa.schema(
    [("which", pa.int8()), ("cell", pa.int64()), ("hour", pa.int32()), ("value", pa.float64())]
)


def _measures(home: Home, from_us: int, to_us: int, cells: Mapping[str, int]) -> pa.Table:
    """Return means by metric, cell and hour; small groups and bad values left out."""
    table = home.lake.scan("measures", from_us=from_us, to_us=to_us, columns=_COLUMNS)
    wanted = pa.array([one.name for one in LEVELS])
    keep = pc.and_(
        pc.is_in(table["metric"], wanted), pc.not_equal(pc.fill_null(table["quality"], ""), "bad")
    )
    small = pc.and_(
        pc.starts_with(table["metric"], "presence."), pc.less(table["value"], LEAST_PEOPLE)
    )
    few = pc.less(pc.fill_null(table["group_size"], LEAST_PEOPLE), LEAST_PEOPLE)
    table = table.filter(pc.and_(keep, pc.invert(pc.or_(small, few))))
    known = pa.array(cells, pa.string())
    of_place = pa.array(cells.values(), pa.int64()).take(pc.index_in(table["place_id"], known))
    return (
        pa.table(
            {
                "name": table["metric"],
                "cell": pc.coalesce(table["cell8"], of_place),
                "hour": _local_hours(home, table["from_us"]),
                "value": table["value"],
            }
        )
        .filter(pc.is_valid(pc.coalesce(table["cell8"], of_place)))
        .group_by(["name", "cell", "hour"])
        .aggregate([("value", "mean")])
        .rename_columns(["name", "cell", "hour", "value"])
    )


def _facts(home: Home, from_us: int, to_us: int) -> pa.Table:
    """Return counts by theme, cell and hour; the facts themselves never leave the engine."""
    table = home.lake.query("theme_cells", from_us=from_us, to_us=to_us, bucket_us=GRAIN_US)
    return (
        pa.table(
            {
                "name": pc.binary_join_element_wise("facts", table["theme"], "."),
                "cell": table["cell8"],
                "hour": _local_hours(home, table["bucket_us"]),
                "value": pc.cast(table["n"], pa.float64()),
            }
        )
        .group_by(["name", "cell", "hour"])
        .aggregate([("value", "sum")])
        .rename_columns(["name", "cell", "hour", "value"])
    )


def _local_hours(home: Home, instants: pa.ChunkedArray) -> pa.Array:
    """Return the number of the local hour of instants: a week is one of clocks, not of seconds."""
    us = np.asarray(instants.to_numpy(), dtype=np.int64)
    return pa.array(local_us(us, home.settings.city.timezone) // HOUR_US)


def _place_cells(home: Home) -> dict[str, int]:
    """Return the cell of each place that a measure may name instead of a point."""
    table = home.lake.scan("places", columns=["place_id", "lon", "lat"])
    table = table.filter(pc.and_(pc.is_valid(table["lon"]), pc.is_valid(table["lat"])))
    if not table.num_rows:
        return {}
    cells = cells_of(table["lon"].to_numpy(), table["lat"].to_numpy(), 8).to_pylist()
    return dict(zip(table["place_id"].to_pylist(), cells, strict=True))


def read_signals(home: Home, first_us: int, hours: int, *, judged: int) -> Scored | None:
    """Read and score all signals.

    Args:
        home: The home.
        first_us: Start of the first hour that is scored, epoch µs, on a whole hour.
        hours: How many hours are scored.
        judged: How many of them, at the end, are to be judged.

    Returns:
        The scores, with eight weeks of past behind each where the lake holds them; None where
        there is nothing.

    Raises:
        Stopping: When what goes on here is to end, looked at before each week is read.
    """
    start_us = first_us - WEEKS * WEEK_H * HOUR_US
    total = WEEKS * WEEK_H + hours
    places = _place_cells(home)
    pieces: list[pa.Table] = []
    for at in range(0, total, WEEK_H):
        look()
        from_us = start_us + at * HOUR_US
        to_us = from_us + min(WEEK_H, total - at) * HOUR_US
        pieces.append(_compact(_measures(home, from_us, to_us, places)))
        pieces.append(_compact(_facts(home, from_us, to_us)))
    table = pa.concat_tables(pieces)
    if not table.num_rows:
        return None
    return _scored(home, table, start_us, total, first=WEEKS * WEEK_H, judged=judged)


def _compact(table: pa.Table) -> pa.Table:
    """Return rows of signals with the signal's position, -1 for none, in place of its name."""
    which = pc.index_in(table["name"], pa.array([one.name for one in SIGNALS]))
    columns = [pc.fill_null(which, -1), *(table[name] for name in _COMPACT.names[1:])]
    return pa.table(columns, names=_COMPACT.names).cast(_COMPACT)


def _clock(home: Home, start_us: int, total: int) -> tuple[int, Ints]:
    """Return the number of the first local hour, and the instant at which each local hour begins.

    The hour that summer time leaves out begins with the next; the one it has twice, once.
    """
    utc = start_us + np.arange(total, dtype=np.int64) * HOUR_US
    local = local_us(utc, home.settings.city.timezone) // HOUR_US
    origin = int(local[-1]) - total + 1
    wanted = origin + np.arange(total)
    return origin, utc[np.minimum(np.searchsorted(local, wanted), total - 1)]


def _scored(
    home: Home, table: pa.Table, start_us: int, total: int, *, first: int, judged: int
) -> Scored:
    which, value = table["which"].to_numpy(), table["value"].to_numpy()
    origin, instants = _clock(home, start_us, total)
    hour = table["hour"].to_numpy() - origin
    cells, column = np.unique(table["cell"].to_numpy(), return_inverse=True)
    extent = home.lake.extent("facts")
    since = 0 if extent is None else max(0, (extent[0] - start_us) // HOUR_US + 1)
    values, expected, scores = np.full((3, len(SIGNALS), len(cells), total - first), np.nan)
    weeks = np.zeros((len(SIGNALS), total - first), dtype=np.int64)
    split = total - judged
    for i, signal in enumerate(SIGNALS):
        look()
        seen = np.full((len(cells), total), np.nan)
        rows = (which == i) & (hour >= 0) & (hour < total)
        seen[column[rows], hour[rows]] = value[rows]
        if signal.sort == "count":
            seen = np.nan_to_num(seen)
            values[i] = seen[:, first:]
            seen[:, :since] = np.nan
            expected[i], scores[i], weeks[i] = score_counts(seen, first, split)
        elif rows.any():
            values[i] = seen[:, first:]
            expected[i], scores[i], weeks[i] = score_levels(seen, first, split, signal)
    lon, lat = cell_centers(cells)
    hours_us = instants[first:]
    days = (origin + np.arange(first, total, dtype=np.int64)) // DAY_H
    return Scored(
        signals=SIGNALS,
        cells=cells,
        lon=lon,
        lat=lat,
        hours_us=hours_us,
        days=days,
        values=values,
        expected=expected,
        scores=scores,
        weeks=weeks,
        planned=_planned(home, lon, lat, hours_us),
        judged=split - first,
        least=LEAST_PEOPLE,
    )


def _planned(home: Home, lon: Floats, lat: Floats, hours_us: Ints) -> Flags:
    """Return where and when something declared is under way: it explains itself."""
    planned = np.zeros((len(lon), len(hours_us)), dtype=np.bool_)
    metres = METRES_PER_DEGREE * np.array([np.cos(np.radians(np.mean(lat))), 1.0])

    def flat(degrees: Floats) -> Floats:
        return np.asarray(degrees * metres)

    centres = shapely.points(flat(np.column_stack([lon, lat])))
    for plan in home.plans.between(int(hours_us[0]), int(hours_us[-1]) + HOUR_US):
        quiet = any(TAXONOMY.is_within(plan.kind, one) for one in EXPLAINS_NOTHING)
        if quiet or not plan.declared or plan.state == "cancelled" or plan.geometry is None:
            continue
        if plan.geometry.is_empty:
            continue
        from_h = np.searchsorted(hours_us, plan.from_us - AROUND_US, side="right") - 1
        to_h = np.searchsorted(hours_us, plan.to_us + AROUND_US)
        ground = shapely.transform(plan.geometry, flat)
        near = shapely.distance(centres, ground) <= REACH_M
        planned[near, max(0, from_h) : to_h] = True
    return planned


def judge_signals(home: Home, hours: int) -> list[Alert]:
    """Return what the rules about signals find in the last full hours.

    Args:
        home: The home.
        hours: How many.

    Raises:
        Stopping: As ``read_signals``.
    """
    at = now_us(home.clock)
    end_us = at - at % HOUR_US
    scored_hours = NULL_WEEKS * WEEK_H + hours
    scored = read_signals(home, end_us - scored_hours * HOUR_US, scored_hours, judged=hours)
    if scored is None:
        return []
    return [
        as_alert(rule, finding)
        for rule in of_kind(home.rules, "alert_signals")
        for finding in rule.judge(scored, {})
    ]


def watch_signals(home: Home, *, hours: int = 2) -> list[Alert]:
    """Judge the last full hours; put what is new on the desk and in the stream.

    Raises:
        Stopping: As ``read_signals``.
    """
    fresh = home.desk.alerts.raise_all(judge_signals(home, hours))
    tell(home, fresh)
    return fresh
