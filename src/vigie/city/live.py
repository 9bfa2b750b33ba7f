"""The live replay: the same truth, beyond "now", as messages in the order they would arrive."""

from __future__ import annotations

import heapq
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

import numpy as np

from vigie.base.clock import Clock, from_us, to_us
from vigie.city import levels
from vigie.city.feeds import (
    agenda,
    gtfs,
    main_courante,
    reports,
    rescue,
    roadworks,
    series,
    traffic,
    vigilance,
)
from vigie.city.feeds.writing import csv_bytes, feature_collection, json_lines
from vigie.city.logbook import SOURCE as LOG
from vigie.city.logbook import make_logbook
from vigie.city.manifest import CityManifest, read_manifest
from vigie.city.span import HOUR_US, MINUTE_US, IntArray
from vigie.city.truth import Truth, make_truth

VEHICLE_PERIOD_S = 20
FRESH = timedelta(minutes=2)
SECOND_US = 1_000_000


@dataclass(frozen=True, slots=True, order=True)
class LiveMessage:
    """One message of the replay.

    Attributes:
        at: Instant it arrives.
        source: Feed it belongs to; its connector and mapping stand in the manifest.
        name: Name of the payload, unique.
        content: Native bytes.
    """

    at: datetime
    source: str
    name: str
    content: bytes


Timed = tuple[int, str, str, bytes]


def _log(truth: Truth, since_us: int) -> Iterator[Timed]:
    book = make_logbook(truth).after(since_us)
    writer = main_courante.LogWriter(truth, book)
    for row, at_us in enumerate(book.row_at_us.tolist()):
        content = csv_bytes(main_courante.HEADER, writer.rows(np.array([row]), comma=False))
        entry = int(book.row_entry[row])
        name = f"{LOG}_{book.number[entry]}_{book.row_version[row]}.csv"
        yield at_us, LOG, name, content


def _operations(truth: Truth, since_us: int) -> Iterator[Timed]:
    ops = rescue.make_operations(truth)
    at_us = np.concatenate([ops.out_us, ops.end_us])
    which = np.concatenate([np.arange(len(ops.told)), np.arange(len(ops.told))])
    for row in _after(at_us, since_us):
        instant = np.array([at_us[row]])
        documents = rescue.documents(truth, ops, which[row : row + 1], instant)
        name = f"{rescue.SOURCE}_{row:08d}.jsonl"
        yield int(at_us[row]), rescue.SOURCE, name, json_lines(documents)


def _after(at_us: IntArray, since_us: int) -> list[int]:
    """Return the positions later than an instant, in order of time."""
    later = np.flatnonzero(at_us > since_us)
    return [int(p) for p in later[np.argsort(at_us[later], kind="stable")].tolist()]


def _citizens(truth: Truth, since_us: int) -> Iterator[Timed]:
    told = reports.make_reports(truth)
    at_us = np.concatenate([told.told.reported_us, told.closed_us])
    which = np.concatenate([np.arange(len(told.told)), np.arange(len(told.told))])
    for row in _after(at_us, since_us):
        content = feature_collection(
            reports.features(told, which[row : row + 1], np.array([at_us[row]]))
        )
        yield int(at_us[row]), reports.SOURCE, f"{reports.SOURCE}_{row:08d}.geojson", content


def _road(truth: Truth, since_us: int, source: str) -> Iterator[Timed]:
    facts = traffic.make_road_facts(truth, source)
    for row in _after(facts.known_us, since_us):
        content = csv_bytes(traffic.header(facts), traffic.rows(truth, facts, np.array([row])))
        yield int(facts.known_us[row]), source, f"{source}_{row:08d}.csv", content


def _plans(truth: Truth, since_us: int) -> Iterator[Timed]:
    later = [p for p in truth.plans if p.updated_us > since_us and p.updated_us < truth.span.end_us]
    for plan in sorted(later, key=lambda p: (p.updated_us, p.ref)):
        feed = roadworks if roadworks.holds(plan) else agenda
        yield plan.updated_us, feed.SOURCE, *feed.message(plan, truth.seed)


def _warnings(truth: Truth, since_us: int) -> Iterator[Timed]:
    bulletins = vigilance.Bulletins(truth)
    for at_us in bulletins.times(since_us, truth.span.end_us):
        yield at_us, vigilance.SOURCE, bulletins.name(at_us), bulletins.content(at_us)


def _ticks(truth: Truth, since_us: int, step_us: int) -> Iterator[int]:
    first = (since_us // step_us + 1) * step_us
    yield from range(first, truth.span.end_us, step_us)


def _noise(truth: Truth, since_us: int, clock: Clock) -> Iterator[Timed]:
    expected = levels.noise_expected(truth)
    for at_us in _ticks(truth, since_us, MINUTE_US):
        if from_us(at_us) >= clock.now() - FRESH:
            content = series.noise_minute(truth, expected, at_us - MINUTE_US)
            yield at_us, series.NOISE, f"{series.NOISE}_{at_us}.csv", content


def _vehicles(truth: Truth, since_us: int, clock: Clock) -> Iterator[Timed]:
    for at_us in _ticks(truth, since_us, VEHICLE_PERIOD_S * SECOND_US):
        if from_us(at_us) >= clock.now() - FRESH:
            content, _ = gtfs.snapshot(at_us, truth.seed)
            yield at_us, gtfs.LIVE_SOURCE, f"{gtfs.LIVE_SOURCE}_{at_us}.pb", content


def _hourly(truth: Truth, since_us: int) -> Iterator[Timed]:
    hours = series.HourlySeries(truth)
    for at_us in _ticks(truth, since_us, HOUR_US):
        slot = int((at_us - truth.span.start_us) // HOUR_US) - 1
        for source, name, content in hours.messages(slot):
            yield at_us, source, f"{source}_{at_us}_{name}", content


def _arrivals(truth: Truth, since_us: int) -> Iterator[Timed]:
    for end_us, rows in series.emergency_days(truth):
        at_us = end_us + series.EMERGENCY_LATE_US
        if at_us > since_us:
            content = csv_bytes(series.EMERGENCY_HEADER, rows)
            yield at_us, series.EMERGENCY, f"{series.EMERGENCY}_{at_us}.csv", content


def _truth_of(manifest: CityManifest) -> Truth:
    return make_truth(
        seed=manifest.seed, days=manifest.days, scale=manifest.scale, now=manifest.now
    )


def live(folder: Path, clock: Clock, *, since: datetime | None = None) -> Iterator[LiveMessage]:
    """Yield what the city sends after it was built, in order of time, for 30 days.

    It never sleeps: the caller waits until ``message.at`` (or does not, to catch up). Facts, plans
    and hourly series are never skipped; vehicle positions and minute noise older than two minutes
    by the clock are, so that a demo that was off does not replay a day of positions.

    Args:
        folder: A built city; the truth is made again from its manifest, to the byte.
        clock: Tells what is too old to be worth sending.
        since: Only later messages; the manifest's ``now`` by default.
    """
    manifest = read_manifest(folder)
    truth = _truth_of(manifest)
    since_us = truth.now_us if since is None else to_us(since)
    streams = [
        _log(truth, since_us),
        _operations(truth, since_us),
        _citizens(truth, since_us),
        _road(truth, since_us, traffic.ACCIDENTS),
        _road(truth, since_us, traffic.PARKING),
        _plans(truth, since_us),
        _warnings(truth, since_us),
        _hourly(truth, since_us),
        _arrivals(truth, since_us),
        _noise(truth, since_us, clock),
        _vehicles(truth, since_us, clock),
    ]
    for at_us, source, name, content in heapq.merge(*streams):
        if at_us >= truth.span.end_us:
            return
        yield LiveMessage(from_us(at_us), source, name, content)
