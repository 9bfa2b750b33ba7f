"""The live replay: the same truth, beyond "now", as messages in the order they would arrive."""

from __future__ import annotations

import heapq
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from pathlib import Path

import numpy as np

from vigie.base.clock import Clock, from_us, to_us
from vigie.city import counters, levels
from vigie.city.feeds import (
    accidents,
    admissions,
    agenda,
    bikes,
    crowds,
    emergency,
    engines,
    gtfs,
    hub,
    main_courante,
    noise_live,
    patrols,
    reports,
    rescue,
    roadworks,
    series,
    traffic,
    transit_alerts,
    vigilance,
    weather,
)
from vigie.city.feeds.writing import csv_bytes, json_array
from vigie.city.logbook import SOURCE as LOG
from vigie.city.logbook import make_logbook
from vigie.city.manifest import CityManifest, read_manifest
from vigie.city.span import HOUR_US, MINUTE_US, IntArray
from vigie.city.troubles import DRIFT_AFTER_US, drifted, silenced
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


def _operations(truth: Truth, ops: rescue.Operations, since_us: int) -> Iterator[Timed]:
    at_us = ops.stage_us.ravel()
    for row in _after(at_us, since_us):
        which, stage = np.divmod(np.array([row]), ops.stage_us.shape[1])
        (told,) = rescue.documents(truth, ops, which, stage)
        yield int(at_us[row]), rescue.SOURCE, f"{rescue.SOURCE}_{row:08d}.json", hub.one(told)


def _engine_states(fleet: engines.Fleet, since_us: int) -> Iterator[Timed]:
    for at_us, mission, state in fleet.changes(since_us):
        name = f"{engines.SOURCE}_{at_us}_{mission.engine.sign}.json"
        yield at_us, engines.SOURCE, name, hub.one(engines.change(mission, state))


def _engine_positions(
    truth: Truth, fleet: engines.Fleet, since_us: int, clock: Clock
) -> Iterator[Timed]:
    for at_us in _ticks(truth, since_us, engines.PERIOD_US):
        if from_us(at_us) >= clock.now() - FRESH:
            name = f"{engines.SOURCE}_{at_us}.json"
            yield at_us, engines.SOURCE, name, hub.one(fleet.positions(at_us))


def _patrols(truth: Truth, since_us: int, clock: Clock) -> Iterator[Timed]:
    for at_us in _ticks(truth, since_us, patrols.PERIOD_US):
        if from_us(at_us) >= clock.now() - FRESH:
            name = f"{patrols.SOURCE}_{at_us}.csv"
            yield at_us, patrols.SOURCE, name, patrols.message(at_us, truth.seed)


def _after(at_us: IntArray, since_us: int) -> list[int]:
    """Return the positions later than an instant, in order of time."""
    later = np.flatnonzero(at_us > since_us)
    return [int(p) for p in later[np.argsort(at_us[later], kind="stable")].tolist()]


def _citizens(truth: Truth, since_us: int) -> Iterator[Timed]:
    told = reports.make_reports(truth)
    at_us = np.concatenate([told.told.reported_us, told.closed_us])
    which = np.concatenate([np.arange(len(told.told)), np.arange(len(told.told))])
    for row in _after(at_us, since_us):
        request = reports.requests(told, which[row : row + 1], np.array([at_us[row]]))
        name = f"{reports.SOURCE}_{row:08d}.json"
        yield int(at_us[row]), reports.SOURCE, name, json_array(request)


def _accidents(truth: Truth, since_us: int) -> Iterator[Timed]:
    register = accidents.make_accidents(truth)
    for row in _after(register.told.reported_us, since_us):
        number = register.number[row]
        content = accidents.archive(register, np.array([row]), number)
        name = f"{accidents.SOURCE}_{number}.zip"
        yield int(register.told.reported_us[row]), accidents.SOURCE, name, content


def _fines(truth: Truth, since_us: int) -> Iterator[Timed]:
    fines = traffic.make_fines(truth)
    for row in _after(fines.told.reported_us, since_us):
        content = csv_bytes(traffic.HEADER, traffic.rows(fines, np.array([row])))
        name = f"{traffic.SOURCE}_{fines.number[row]}.csv"
        yield int(fines.told.reported_us[row]), traffic.SOURCE, name, content


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
            told = noise_live.observations(truth, expected, at_us - MINUTE_US)
            name = f"{noise_live.SOURCE}_{at_us}.json"
            yield at_us, noise_live.SOURCE, name, noise_live.message(told)


def _vehicles(truth: Truth, since_us: int, clock: Clock) -> Iterator[Timed]:
    for at_us in _ticks(truth, since_us, VEHICLE_PERIOD_S * SECOND_US):
        if from_us(at_us) >= clock.now() - FRESH:
            content, _ = gtfs.snapshot(at_us, truth.seed)
            yield at_us, gtfs.LIVE_SOURCE, f"{gtfs.LIVE_SOURCE}_{at_us}.pb", content


def _bikes(truth: Truth, since_us: int, clock: Clock) -> Iterator[Timed]:
    for at_us in _ticks(truth, since_us, bikes.PERIOD_US):
        if from_us(at_us) >= clock.now() - FRESH:
            name = f"station_status_{at_us // SECOND_US}.json"
            yield at_us, bikes.SOURCE, name, bikes.status(at_us, truth.seed)


def _situations(truth: Truth, since_us: int) -> Iterator[Timed]:
    situations = transit_alerts.make_situations(truth)
    at_us = transit_alerts.stages(situations).ravel()
    for row in _after(at_us, since_us):
        element = transit_alerts.element(situations[row // 2], row % 2)
        content = transit_alerts.delivery([element], int(at_us[row]))
        name = f"{transit_alerts.SOURCE}_{row:08d}.xml"
        yield int(at_us[row]), transit_alerts.SOURCE, name, content


def _hourly(truth: Truth, since_us: int) -> Iterator[Timed]:
    hours = series.HourlySeries(truth)
    for at_us in _ticks(truth, since_us, HOUR_US):
        slot = int((at_us - truth.span.start_us) // HOUR_US) - 1
        for source, name, content in hours.messages(slot):
            yield at_us, source, f"{source}_{at_us}_{name}", content


def _crowds(truth: Truth, since_us: int) -> Iterator[Timed]:
    level = levels.presence(truth)
    boarded = counters.boardings(truth, level)
    for at_us in _ticks(truth, since_us, crowds.QUARTER_US):
        rows = crowds.density_rows(truth, level, at_us - crowds.QUARTER_US)
        content = csv_bytes(crowds.DENSITY_HEADER, rows)
        yield at_us, crowds.DENSITY, f"{crowds.DENSITY}_{at_us}.csv", content
        if at_us % HOUR_US == 0:
            slot = int((at_us - truth.span.start_us) // HOUR_US) - 1
            content = csv_bytes(crowds.BOARDINGS_HEADER, crowds.boarding_rows(truth, boarded, slot))
            yield at_us, crowds.BOARDINGS, f"{crowds.BOARDINGS}_{at_us}.csv", content


def _weather(truth: Truth, since_us: int) -> Iterator[Timed]:
    for hour_us in _ticks(truth, since_us - weather.LATE_US, HOUR_US):
        at_us = hour_us + weather.LATE_US
        yield (
            at_us,
            weather.WEATHER,
            f"{weather.WEATHER}_{at_us}.json",
            weather.hour_message(truth, at_us),
        )


def _arrivals(truth: Truth, since_us: int) -> Iterator[Timed]:
    for told in emergency.days_told(truth):
        if told.made_us > since_us:
            name = f"{emergency.EMERGENCY}_{told.site}_{told.day.isoformat()}.json"
            yield told.made_us, emergency.EMERGENCY, name, emergency.message([told])


def _truth_of(manifest: CityManifest) -> Truth:
    return make_truth(
        seed=manifest.seed, days=manifest.days, scale=manifest.scale, now=manifest.now
    )


def live(folder: Path, clock: Clock, *, since: datetime | None = None) -> Iterator[LiveMessage]:
    """Yield what the city sends after it was built, in order of time, for 30 days.

    It never sleeps: the caller waits until ``message.at`` (or does not, to catch up). Facts, plans
    and hourly series are never skipped; vehicle positions, bikes and minute noise older than two
    minutes by the clock are, so that a demo that was off does not replay a day of positions.

    Args:
        folder: A built city; the truth is made again from its manifest, to the byte.
        clock: Tells what is too old to be worth sending.
        since: Only later messages; the manifest's ``now`` by default.
    """
    manifest = read_manifest(folder)
    truth = _truth_of(manifest)
    since_us = truth.now_us if since is None else to_us(since)
    operations = rescue.make_operations(truth)
    fleet = engines.Fleet(truth, operations)
    streams = [
        _log(truth, since_us),
        _operations(truth, operations, since_us),
        _engine_states(fleet, since_us),
        _citizens(truth, since_us),
        _accidents(truth, since_us),
        _fines(truth, since_us),
        _plans(truth, since_us),
        _warnings(truth, since_us),
        _situations(truth, since_us),
        _hourly(truth, since_us),
        _crowds(truth, since_us),
        _weather(truth, since_us),
        _arrivals(truth, since_us),
        drifted(_noise(truth, since_us, clock), truth.now_us + DRIFT_AFTER_US),
        _vehicles(truth, since_us, clock),
        silenced(_bikes(truth, since_us, clock)),
        _engine_positions(truth, fleet, since_us, clock),
        _patrols(truth, since_us, clock),
    ]
    for at_us, source, name, content in heapq.merge(*streams):
        if at_us >= truth.span.end_us:
            return
        yield LiveMessage(from_us(at_us), source, name, content)


def live_admissions(folder: Path, *, since: datetime) -> Iterator[LiveMessage]:
    """Yield what one hospital's own system sends to its edge (HL7 v2 ADT), in order of time.

    Args:
        folder: A built city.
        since: Only later messages; they may lie before the city's now.
    """
    truth = _truth_of(read_manifest(folder))
    for at_us, source, name, content in admissions.admissions(truth, to_us(since)):
        yield LiveMessage(from_us(at_us), source, name, content)


def hospital_past(folder: Path, *, until: date) -> Iterator[tuple[str, date, list[int]]]:
    """Yield site, day and arrivals by hour of the days before one, of one hospital's own records.

    Args:
        folder: A built city.
        until: First local day that is not told.
    """
    site = admissions.site()
    past = emergency.past_days(_truth_of(read_manifest(folder)), until)
    return (one for one in past if one[0] == site)
