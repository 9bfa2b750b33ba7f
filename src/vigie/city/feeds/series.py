"""Measures: presence, noise and traffic, as services send them."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.csv as pc

from vigie.base.ids import record_id
from vigie.city import geography, levels
from vigie.city.chance import stream
from vigie.city.feeds.writing import by_month, csv_bytes
from vigie.city.kinds import FloatArray
from vigie.city.ledger import Feed
from vigie.city.span import (
    HOUR_US,
    BoolArray,
    IntArray,
    local_text,
)
from vigie.city.truth import Truth

PRESENCE = "presence"
PRESENCE_HEADER = (
    *("code_zone", "debut_creneau", "fin_creneau", "longitude", "latitude", "nombre_presents"),
)
NOISE = "sensors_noise"
TRAFFIC = "sensors_traffic"
NOISE_SIGMA_DB = 1.2
NOISE_HEADER = ("REF", "DEBUT", "FIN", "LON", "LAT", "LAEQ", "LAMAX")


def _past(truth: Truth) -> IntArray:
    """Return the slots that have ended by now."""
    return np.flatnonzero(truth.span.slots_us + HOUR_US <= truth.now_us).astype(np.int64)


def _write(path: Path, columns: dict[str, pa.Array]) -> None:
    options = pc.WriteOptions(delimiter=";", quoting_style="none")
    pc.write_csv(pa.table(columns), path, options)


def _grid(
    slots: IntArray, texts: tuple[pa.Array, pa.Array], refs: list[str], given: BoolArray
) -> tuple[dict[str, pa.Array], IntArray]:
    """Return the columns DEBUT, FIN and REF of a slots x references grid, and the cells kept."""
    kept = np.flatnonzero(given.reshape(-1)).astype(np.int64)
    row, column = kept // len(refs), kept % len(refs)
    return {
        "REF": pa.array(refs).take(pa.array(column)),
        "DEBUT": texts[0].take(pa.array(slots[row])),
        "FIN": texts[1].take(pa.array(slots[row])),
    }, kept


def _slot_texts(truth: Truth) -> tuple[pa.Array, pa.Array]:
    slots = truth.span.slots_us
    return pa.array(local_text(slots, "offset")), pa.array(local_text(slots + HOUR_US, "offset"))


def _feed(source: str, paths: list[str], rows: int, records: int) -> Feed:
    return Feed(
        source=source,
        connector="table",
        mapping=f"mappings/{source}.toml",
        kind="measures",
        paths=tuple(paths),
        rows=rows,
        records=records,
    )


def _coordinates(lon: list[float], lat: list[float], index: IntArray) -> dict[str, pa.Array]:
    at = pa.array(index)
    return {
        "LON": pa.array([f"{v:.5f}" for v in lon]).take(at),
        "LAT": pa.array([f"{v:.5f}" for v in lat]).take(at),
    }


def emit_presence(truth: Truth, folder: Path) -> Feed:
    """Write presence counts by zone and hour as an operator delivers them, one CSV a month.

    Rounded by the operator, which says so; groups under 20 are not given.
    """
    (folder / PRESENCE).mkdir()
    zoning = geography.zonings()["maille"]
    middles = [polygon.representative_point() for polygon in zoning.polygons]
    lon, lat = [float(m.x) for m in middles], [float(m.y) for m in middles]
    value, given = levels.counted(truth, levels.presence(truth))
    texts, past = _slot_texts(truth), _past(truth)
    paths, rows = [], 0
    for month, chosen in by_month(truth.span.slots_us[past]):
        slots = past[chosen]
        columns, kept = _grid(slots, texts, list(zoning.ids), given[slots])
        counts = value[slots].reshape(-1)[kept].astype(np.int64)
        name = f"{PRESENCE}/presence_{month}.csv"
        columns |= _coordinates(lon, lat, kept % len(zoning.ids)) | {"PRESENTS": pa.array(counts)}
        _write(folder / name, dict(zip(PRESENCE_HEADER, columns.values(), strict=True)))
        paths.append(name)
        rows += len(kept)
    return Feed(
        source=PRESENCE,
        connector="telecom_presence",
        mapping="",
        kind="measures",
        paths=tuple(paths),
        rows=rows,
        records=rows,
        options={
            "minimum": levels.PRESENCE_MIN,
            "rounding": levels.PRESENCE_STEP,
            "zones": {zone: record_id("places", zone) for zone in zoning.ids},
        },
    )


def noise_given(truth: Truth) -> tuple[FloatArray, FloatArray, BoolArray]:
    """Return levels and peaks as the sensors give them, with their faults, and which they give."""
    chance = stream(truth.seed, NOISE)
    expected = levels.noise_expected(truth)
    value = expected + chance.normal(0, NOISE_SIGMA_DB, expected.shape)
    given = np.ones(value.shape, dtype=np.bool_)
    for anomaly in levels.anomalies(truth):
        source, _, ref = anomaly.series.partition(":")
        if source != NOISE:
            continue
        column = [s.ref for s in levels.noise_sensors()].index(ref)
        slots = truth.span.slots_us
        during = (slots >= anomaly.from_us) & (slots < anomaly.to_us)
        if anomaly.name == "silent_sensor":
            given[during, column] = False
        else:
            value[during, column] = anomaly.size
    value = np.round(value, 1)
    loudest = 8.0 + stream(truth.seed, NOISE, "peak").exponential(5.0, value.shape)
    return value, value + loudest, given


def emit_noise(truth: Truth, folder: Path) -> Feed:
    """Write hourly sound levels, mean and peak; a sensor that is silent sends nothing."""
    (folder / NOISE).mkdir()
    sensors = levels.noise_sensors()
    refs = [f"sensor.noise.{s.ref}" for s in sensors]
    value, peak, given = noise_given(truth)
    texts, past = _slot_texts(truth), _past(truth)
    paths, rows = [], 0
    for month, chosen in by_month(truth.span.slots_us[past]):
        slots = past[chosen]
        columns, kept = _grid(slots, texts, refs, given[slots])
        place = _coordinates([s.lon for s in sensors], [s.lat for s in sensors], kept % len(refs))
        name = f"{NOISE}/bruit_{month}.csv"
        levels_text = {
            column: pa.array([f"{v:.1f}" for v in db[slots].reshape(-1)[kept].tolist()])
            for column, db in (("LAEQ", value), ("LAMAX", peak))
        }
        _write(folder / name, columns | place | levels_text)
        paths.append(name)
        rows += len(kept)
    return _feed(NOISE, paths, rows, 2 * rows)


def emit_traffic(truth: Truth, folder: Path) -> Feed:
    """Write hourly counts and speeds; two measures a row."""
    (folder / TRAFFIC).mkdir()
    counters = levels.traffic_counters()
    refs = [f"sensor.traffic.{c.ref}" for c in counters]
    flow, speed = levels.traffic(truth)
    texts, past = _slot_texts(truth), _past(truth)
    paths, rows = [], 0
    for month, chosen in by_month(truth.span.slots_us[past]):
        slots = past[chosen]
        every = np.ones((len(slots), len(refs)), dtype=np.bool_)
        columns, kept = _grid(slots, texts, refs, every)
        place = _coordinates([c.lon for c in counters], [c.lat for c in counters], kept % len(refs))
        name = f"{TRAFFIC}/trafic_{month}.csv"
        counts = pa.array(flow[slots].reshape(-1).astype(np.int64))
        kmh = pa.array([f"{v:.1f}" for v in speed[slots].reshape(-1).tolist()])
        _write(folder / name, columns | place | {"DEBIT": counts, "VITESSE": kmh})
        paths.append(name)
        rows += len(kept)
    return _feed(TRAFFIC, paths, rows, 2 * rows)


class HourlySeries:
    """The hourly feeds beyond now: presence, noise and traffic, a slot at a time."""

    def __init__(self, truth: Truth) -> None:
        self.truth = truth
        self.presence = levels.counted(truth, levels.presence(truth))
        self.noise = noise_given(truth)
        self.flow, self.speed = levels.traffic(truth)
        self.maille = geography.zonings()["maille"]
        self.middles = [polygon.representative_point() for polygon in self.maille.polygons]

    def messages(self, slot: int) -> Iterator[tuple[str, str, bytes]]:
        """Yield the source, file name and content of each feed for one slot that has ended."""
        start = self.truth.span.start_us + slot * HOUR_US
        ends = np.array([start, start + HOUR_US], dtype=np.int64)
        since, until = local_text(ends, "offset")
        value, given = self.presence
        people = [
            [zone_id, since, until, f"{m.x:.5f}", f"{m.y:.5f}", str(int(value[slot, column]))]
            for column, (zone_id, m) in enumerate(zip(self.maille.ids, self.middles, strict=True))
            if given[slot, column]
        ]
        yield PRESENCE, "presence.csv", csv_bytes(PRESENCE_HEADER, people)
        level, peak, heard = self.noise
        noises = [
            [
                *(f"sensor.noise.{s.ref}", since, until, f"{s.lon:.5f}", f"{s.lat:.5f}"),
                *(f"{level[slot, column]:.1f}", f"{peak[slot, column]:.1f}"),
            ]
            for column, s in enumerate(levels.noise_sensors())
            if heard[slot, column]
        ]
        yield NOISE, "bruit.csv", csv_bytes(NOISE_HEADER, noises)
        counts = [
            [
                *(f"sensor.traffic.{c.ref}", since, until, f"{c.lon:.5f}", f"{c.lat:.5f}"),
                *(str(int(self.flow[slot, column])), f"{self.speed[slot, column]:.1f}"),
            ]
            for column, c in enumerate(levels.traffic_counters())
        ]
        header_traffic = ("REF", "DEBUT", "FIN", "LON", "LAT", "DEBIT", "VITESSE")
        yield TRAFFIC, "trafic.csv", csv_bytes(header_traffic, counts)
