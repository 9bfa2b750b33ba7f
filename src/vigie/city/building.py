"""Building a city: one truth, every native feed, the truth apart, a manifest."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import datetime
from importlib import resources
from pathlib import Path

from vigie.base.clock import from_us, require_aware, to_us
from vigie.base.errors import Conflict
from vigie.city.feeds import (
    accidents,
    agenda,
    bikes,
    cameras,
    crowds,
    emergency,
    engines,
    feeling,
    gtfs,
    main_courante,
    noise_live,
    patrols,
    places,
    reports,
    rescue,
    roadworks,
    series,
    traffic,
    transit_alerts,
    vigilance,
    weather,
)
from vigie.city.ledger import Feed, Ledger
from vigie.city.logbook import make_logbook
from vigie.city.manifest import FILE, CityManifest
from vigie.city.record import write_truth
from vigie.city.truth import Truth, make_truth

DEMO_DAYS = 240
DEMO_SCALE = 0.66

Progress = Callable[[str], None]


def _emit(truth: Truth, folder: Path, ledger: Ledger) -> Iterator[Feed]:
    """Write every feed, in the order they are to be ingested."""
    yield places.emit(folder)
    yield cameras.emit(truth, folder, ledger)
    yield gtfs.emit(truth, folder)
    yield agenda.emit(truth, folder, ledger)
    yield roadworks.emit(truth, folder, ledger)
    yield weather.emit(truth, folder)
    yield vigilance.emit(truth, folder)
    yield emergency.emit(truth, folder)
    yield series.emit_noise(truth, folder)
    yield noise_live.emit(truth, folder)
    yield series.emit_traffic(truth, folder)
    yield series.emit_presence(truth, folder)
    yield from crowds.emit(truth, folder)
    yield feeling.emit_lighting(truth, folder)
    yield feeling.emit_survey(truth, folder)
    yield main_courante.emit(truth, make_logbook(truth), folder, ledger)
    operations = rescue.make_operations(truth)
    yield rescue.emit(truth, operations, folder, ledger)
    yield engines.emit(truth, operations, folder, ledger)
    yield patrols.emit(truth, folder)
    yield reports.emit(truth, reports.make_reports(truth), folder, ledger)
    yield accidents.emit(truth, accidents.make_accidents(truth), folder, ledger)
    yield traffic.emit(truth, traffic.make_fines(truth), folder, ledger)
    yield transit_alerts.emit(truth, transit_alerts.make_situations(truth), folder, ledger)
    yield bikes.emit(truth, folder, ledger)
    yield gtfs.emit_realtime(truth, folder)


def _copy_mappings(folder: Path) -> None:
    target = folder / "mappings"
    target.mkdir()
    for entry in sorted(resources.files("vigie.city.mappings").iterdir(), key=lambda e: e.name):
        if entry.name.endswith(".toml"):
            (target / entry.name).write_bytes(entry.read_bytes())


def build(
    folder: Path,
    *,
    seed: int,
    days: int,
    scale: float,
    now: datetime,
    progress: Progress | None = None,
    planted: int = 0,
) -> CityManifest:
    """Build a city into a folder: native feeds, mappings, truth and manifest.

    The same arguments give the same bytes. The clock's time is taken to the second.

    Args:
        folder: Created if it is not there; must be empty.
        seed: Seed of every draw.
        days: Full local days of past before today.
        scale: Volume of facts; 1 is Marseille's order (300,000 log entries a year). Measures and
            plans do not depend on it.
        now: The instant that divides past from future, aware.
        progress: Called with the name of each feed once it is written.
        planted: How many undeclared gatherings are planted besides (``city.outbreaks``).

    Raises:
        Conflict: When the folder is not empty.
        WrongUsage: When an argument is out of range.
    """
    folder.mkdir(parents=True, exist_ok=True)
    if any(folder.iterdir()):
        raise Conflict(f"folder not empty: {folder}", folder=str(folder))
    second = from_us(to_us(require_aware(now)) // 1_000_000 * 1_000_000)
    truth = make_truth(seed=seed, days=days, scale=scale, now=second, planted=planted)
    ledger = Ledger()
    _copy_mappings(folder)
    feeds = []
    for feed in _emit(truth, folder, ledger):
        feeds.append(feed)
        if progress is not None:
            progress(feed.source)
    files = write_truth(truth, folder, ledger)
    manifest = CityManifest(
        seed=seed, days=days, scale=scale, now=second, feeds=tuple(feeds), truth=files
    )
    (folder / FILE).write_text(manifest.to_json(), encoding="utf-8")
    return manifest
