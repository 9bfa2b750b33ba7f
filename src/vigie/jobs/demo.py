"""The demo: the synthetic city built, ingested through the real connectors, and kept alive.

The home is marked as a demo everywhere it is seen. Its accounts have one known first password that
must be changed at the first sign-in.
"""

from __future__ import annotations

import json
import shutil
import time
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from vigie import city
from vigie.base.clock import Clock, now_us, to_us
from vigie.base.errors import Conflict
from vigie.city import geography
from vigie.jobs.demo_assessment import make_demo_assessment
from vigie.jobs.demo_files import make_demo_files
from vigie.jobs.demo_rules import make_demo_rules
from vigie.situation.alerts import watch
from vigie.situation.demonstration import make_demo_accounts
from vigie.situation.frame import save_frame
from vigie.situation.home import Home, init_home, is_home, open_home

MARK = "demo.json"
FEEDS = "feeds"
INBOX = "inbox"
LOOK_BACK_HOURS = 7 * 24
HORIZON_US = 30 * 86_400_000_000
SMALL_DISK = {"quota_gb": 3, "least_free_gb": 1}
"""What a demonstration's cameras may take: four of them for a day are some 2 GB."""

Progress = Callable[[float, float, str], None]


@dataclass(frozen=True, slots=True)
class DemoReport:
    """What stands in the demo home (DESIGN section 7)."""

    facts: int
    measures: int
    plans: int
    alerts: int
    quarantined: int
    clashes: int
    seconds: float


def _silent(_done: float, _total: float, _what: str) -> None:
    """Tell nobody."""


@dataclass(frozen=True, slots=True)
class City:
    """The city that is asked for: its seed, days of history, volume, and its people's language."""

    seed: int
    days: int
    scale: float
    language: str


def make_demo(
    path: Path,
    *,
    clock: Clock,
    seed: int,
    days: int,
    scale: float,
    progress: Progress = _silent,
    language: str = "fr",
) -> DemoReport:
    """Make the demo home, or find it made, and say what stands in it.

    A home left half made by an interruption is made again; a home that is no demo is never touched.

    Raises:
        Conflict: When the folder holds something else than a demo.
    """
    started = time.monotonic()
    if not is_ready(path):
        _clear(path)
        asked = City(seed, days, scale, language)
        _build(path, asked, clock=clock, progress=progress)
    with open_home(path, clock=clock, upgrade=True) as home:  # it can be made again
        return report(home, seconds=time.monotonic() - started)


def is_ready(path: Path) -> bool:
    """Return whether the folder is a demo home that was made to its end."""
    return is_home(path) and read_mark(path).get("ready") is True


def read_mark(path: Path) -> dict[str, Any]:
    """Return what the demo noted about a home; empty where there is no note."""
    try:
        found = json.loads((path / MARK).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return found if isinstance(found, dict) else {}


def _clear(path: Path) -> None:
    if not path.exists() or not any(path.iterdir()):
        return
    if not (path / MARK).is_file():
        raise Conflict(what="home", name=str(path))
    shutil.rmtree(path)


def _build(path: Path, asked: City, *, clock: Clock, progress: Progress) -> None:
    now = clock.now()
    seed, days, scale = asked.seed, asked.days, asked.scale
    settings = {"demo": True, "city": {"name": "Marseille"}, "video": SMALL_DISK}
    init_home(path, settings)
    mark = {"seed": seed, "days": days, "scale": scale, "now_us": to_us(now), "ready": False}
    (path / MARK).write_text(json.dumps(mark), encoding="utf-8")
    save_frame(
        path,
        zonings={
            name: {**zoning.geojson(), "title": dict(zoning.title)}
            for name, zoning in geography.zonings().items()
        },
        basemap=geography.basemap(),
        gazetteer=gazetteer_records(),
    )
    progress(0, 0, "ville / city")
    folder = path / FEEDS
    manifest = city.build(folder, seed=seed, days=days, scale=scale, now=now)
    with open_home(path, clock=clock) as home:
        make_demo_accounts(home.desk)
        for index, feed in enumerate(manifest.feeds):
            progress(index, len(manifest.feeds), feed.source)
            if feed.options or feed.period_s or feed.title:
                home.intake.register(
                    feed.source,
                    feed.connector,
                    options=feed.options,
                    period_s=feed.period_s or None,
                    title=feed.title or None,
                )
            home.intake.ingest_paths(
                feed.connector,
                [folder / name for name in feed.paths],
                mapping=folder / feed.mapping if feed.mapping else None,
                source=feed.source,
            )
        progress(len(manifest.feeds), len(manifest.feeds), "alertes / alerts")
        home.lake.compact()
        watch(home, hours=LOOK_BACK_HOURS)
        make_demo_files(home)
        make_demo_rules(home, asked.language)
        make_demo_assessment(home)
    (path / MARK).write_text(json.dumps({**mark, "ready": True}), encoding="utf-8")


def issue_anew(home: Home, name: str, sources: Sequence[str]) -> tuple[str, str]:
    """Return the secret and the id of a new token for pushing.

    Those of the same name that a demo left behind when it was killed are taken back.
    """
    for one in home.desk.tokens.list_all():
        if one.name == name and not one.revoked:
            home.desk.tokens.revoke(one.token_id)
    secret, token = home.desk.tokens.issue(name, "ingest", sources=tuple(sources))
    return secret, token.token_id


def gazetteer_records() -> list[dict[str, Any]]:
    """Return the synthetic city's streets, known places and arrondissements by name."""
    streets = [
        {
            "name": street.name,
            "kind": "street",
            "district": list(street.arrondissements),
            "line": [[lon, lat] for lon, lat in street.line.coords],
        }
        for street in geography.streets()
    ]
    places = [
        {
            "name": place.name,
            "kind": "place",
            "district": [place.arrondissement],
            "lon": place.lon,
            "lat": place.lat,
        }
        for place in geography.places()
    ]
    zoning = geography.zonings()["arrondissement"]
    districts = [
        {
            "name": label,
            "kind": "district",
            "lon": polygon.representative_point().x,
            "lat": polygon.representative_point().y,
        }
        for label, polygon in zip(zoning.labels, zoning.polygons, strict=True)
    ]
    return [*streets, *places, *districts]


def _clashes(home: Home, at: int) -> int:
    """Return how many clashes the next 30 days hold."""
    found = (one.finding for one in home.clashes.clashes())
    return sum(one.from_us < at + HORIZON_US and one.to_us > at for one in found)


def report(home: Home, *, seconds: float) -> DemoReport:
    """Return what stands in a home."""
    at = now_us(home.clock)
    return DemoReport(
        facts=home.lake.count("facts"),
        measures=home.lake.count("measures"),
        plans=home.lake.count("plans"),
        alerts=home.desk.alerts.count(),
        quarantined=sum(home.intake.quarantine_count().values()),
        clashes=_clashes(home, at),
        seconds=round(seconds, 1),
    )


def as_json(found: DemoReport) -> dict[str, Any]:
    """Return the report as the command line's contract says."""
    return asdict(found)
