"""A Vigie home: one folder with settings, lake, desk, intake and the city's frame."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Self

import tomli_w

import vigie.analyses
import vigie.connectors
import vigie.rules
from vigie.analyse import analysis as analysis_kit
from vigie.analyse.analysis import Analysis
from vigie.audit.store import Audit
from vigie.base.clock import Clock, now_us
from vigie.base.errors import Conflict, HomeInvalid
from vigie.base.house_clock import note_time
from vigie.base.settings import CLUSTER_FILE, SETTINGS_FILE, Settings, load_settings
from vigie.base.stopping import Stop
from vigie.base.syslog import Syslog
from vigie.base.timing import Timing
from vigie.desk.store import Desk
from vigie.foresight.clash_book import ClashBook
from vigie.foresight.kept import Kept
from vigie.foresight.plans import PlanBook
from vigie.foresight.reckoned import Reckoned
from vigie.intake import connector as connector_kit
from vigie.intake.connector import Connector
from vigie.intake.service import Intake
from vigie.judge import rule as rule_kit
from vigie.judge.rule import Rule
from vigie.keys.keeper import Keeper
from vigie.lake.sealed import SealedPlane
from vigie.lake.store import Lake
from vigie.situation.act.cards import Cards, load_cards
from vigie.situation.age import FORMAT, FORMAT_FILE, OLDER, require_current
from vigie.situation.assessment import assessed
from vigie.situation.connections import refuse_clear, teller
from vigie.situation.frame import CityFrame, load_frame
from vigie.situation.house_time import clock_of
from vigie.situation.retention.keeper import Retention
from vigie.situation.rights import Rights, load_charter, note_charter
from vigie.watch.recording.archive import Archive


@dataclass
class Home:
    """Everything that stands on one folder.

    Attributes:
        path: The folder.
        settings: Its settings.
        clock: The clock of everything in it.
        audit: Who did what to which data, and what for.
        lake: Facts, measures, plans, places, means.
        desk: People, tokens, alerts.
        plans: Planned uses of public space: what feeds brought, what was entered by hand.
        clashes: Their clashes, kept true while plans change.
        intake: Journal, quarantine, sources, events.
        frame: Zonings, basemap, gazetteer.
        connectors: Source formats by name.
        rules: Rules by name.
        analyses: Analyses by name.
        retention: What it forgets when, and the proof of it.
        rights: The one door before data: what a caller may see.
        keys: The keeper of keys.
        cards: Reflex cards: Vigie's, and the city's own in ``cards/``.
        stop: Ends long reckonings about it between two steps; set when it is closed.
        reckoned: Models of what events bring, and what was worked out with them.
        video: What cameras recorded.
        elsewhere: The other system that is told of log and audit; None without.
        kept: What is dear to work out and asked again and again.
        alert_timing: How long it took from a receipt to the alert that it raised.
    """

    path: Path
    settings: Settings
    clock: Clock
    audit: Audit
    lake: Lake
    desk: Desk
    plans: PlanBook
    clashes: ClashBook
    intake: Intake
    frame: CityFrame
    connectors: Mapping[str, Connector]
    rules: Mapping[str, Rule]
    analyses: Mapping[str, Analysis]
    retention: Retention
    rights: Rights
    keys: Keeper
    cards: Cards
    stop: Stop
    reckoned: Reckoned
    video: Archive
    elsewhere: Syslog | None = None
    kept: Kept = field(default_factory=Kept)
    alert_timing: Timing = field(default_factory=Timing)

    @property
    def assessment(self) -> dict[str, Any]:
        """How it stands towards its assessment of the impact on fundamental rights."""
        return assessed(self.path, self.settings, now_us(self.clock)).as_json()

    def close(self) -> None:
        """Stop what runs and let go of every file."""
        self.reckoned.close()
        note_time(self.clock)
        self.intake.close()
        self.desk.close()
        self.lake.close()
        self.audit.close()
        self.keys.close()
        if self.elsewhere is not None:
            self.elsewhere.close()

    def __enter__(self) -> Self:
        """Return itself."""
        return self

    def __exit__(self, *_: object) -> None:
        """Close."""
        self.close()


def init_home(path: Path, settings: Mapping[str, object] | None = None) -> None:
    """Make an empty home, closed to other users of the machine: folder, settings, format mark.

    Args:
        path: Folder; made when absent, holds nothing but ``vigie.toml`` and ``cluster.toml``
            otherwise, which are kept.
        settings: First content of ``vigie.toml``, when it is not there.

    Raises:
        Conflict: When the folder is a home already or holds other files, or would need a second
            ``vigie.toml``.
    """
    path.mkdir(parents=True, exist_ok=True)
    told = {key: value for key, value in (settings or {}).items() if value != {}}
    there = {one.name for one in path.iterdir()}
    if there - {SETTINGS_FILE, CLUSTER_FILE} or (told and SETTINGS_FILE in there):
        raise Conflict(what="home", name=str(path))
    path.chmod(0o700)
    if SETTINGS_FILE not in there:
        (path / SETTINGS_FILE).write_text(tomli_w.dumps(dict(settings or {})), encoding="utf-8")
    _mark(path)


def is_home(path: Path) -> bool:
    """Return whether the folder is a Vigie home."""
    return (path / FORMAT_FILE).is_file()


def open_home(path: Path, *, clock: Clock | None = None, upgrade: bool = False) -> Home:
    """Open a home: settings, lake, desk, intake, frame.

    Args:
        path: The folder.
        clock: Its clock; by default one that does not believe the machine's blindly.
        upgrade: Bring an older home up to date; without, it is refused.

    Raises:
        HomeInvalid: When the folder is no home, or of another version (``HomeTooNew``,
            ``UpgradePending``).
        SettingsInvalid: When a setting cannot be used.
        Unavailable: When the desk's database does not answer, or the audit cannot be written.
    """
    if not is_home(path):
        raise HomeInvalid(home=str(path), reason=f"no {FORMAT_FILE} file; run vigie init")
    settings = load_settings(path)
    refuse_clear(settings, path)
    require_current(path, settings, upgrade=upgrade)
    held = (path / FORMAT_FILE).read_text("ascii").strip()
    home = _open(path, settings, clock or clock_of(path, settings))
    note_time(home.clock)
    if held in OLDER:  # lake and intake have sealed what they held: no older version may open it
        _mark(path)
    return home


def _open(path: Path, settings: Settings, clock: Clock) -> Home:
    frame = load_frame(path)
    connectors = connector_kit.discover(vigie.connectors)
    with ExitStack() as undo:
        audit, elsewhere = _open_audit(path, settings, clock, undo)
        undo.callback((keys := open_keys(path, settings, clock)).close)
        lake = _open_lake(path, settings, keys)
        undo.callback(lake.close)
        desk = Desk.open(path, settings=settings, clock=clock)
        undo.callback(desk.close)
        intake = _open_intake(
            path, settings, clock, lake=lake, frame=frame, kit=connectors, audit=audit, keys=keys
        )
        undo.callback(intake.close)
        retention = Retention(
            path, settings, clock, lake=lake, desk=desk, intake=intake, audit=audit, keys=keys
        )
        retention.recover()
        most = settings.limits.facts_per_hour
        charter = load_charter(path, settings.rights.charter)
        rights = Rights(charter, desk, clock, audit, frame, most_facts=most)
        plans, stop = PlanBook(lake, desk.plan_versions), Stop()
        rules = rule_kit.discover(vigie.rules)
        home = Home(
            path=path,
            settings=settings,
            clock=clock,
            audit=audit,
            lake=lake,
            desk=desk,
            plans=plans,
            clashes=ClashBook(plans, desk.clash_states, rules, settings.city, clock),
            intake=intake,
            frame=frame,
            connectors=connectors,
            rules=rules,
            analyses=analysis_kit.discover(vigie.analyses),
            retention=retention,
            rights=rights,
            keys=keys,
            cards=load_cards(path, rules),
            stop=stop,
            reckoned=Reckoned(lake, plans, settings.city, stop, settings.forecast),
            video=Archive(path, clock),
            elsewhere=elsewhere,
        )
        note_charter(path)
        undo.pop_all()
    return home


def _open_audit(
    path: Path, settings: Settings, clock: Clock, undo: ExitStack
) -> tuple[Audit, Syslog | None]:
    audit = Audit.open(path / "audit", settings=settings.audit, clock=clock)
    undo.callback(audit.close)
    elsewhere = Syslog.of(settings.log)
    if elsewhere is not None:
        undo.callback(elsewhere.close)
        audit.tell = teller(elsewhere)
    return audit, elsewhere


def _open_lake(path: Path, settings: Settings, keys: Keeper) -> Lake:
    return Lake.open(
        path / "lake",
        settings.lake,
        create=True,
        timezone=settings.city.timezone,
        keys=keys,
        sealed=open_sealed(path, settings, keys),
    )


def _open_intake(
    path: Path,
    settings: Settings,
    clock: Clock,
    *,
    lake: Lake,
    frame: CityFrame,
    kit: Mapping[str, Connector],
    audit: Audit,
    keys: Keeper,
) -> Intake:
    return Intake.open(
        path / "intake",
        settings=settings,
        lake=lake,
        connectors=kit,
        clock=clock,
        create=True,
        gazetteer=frame.gazetteer,
        audit=audit,
        keys=keys,
    )


def _mark(path: Path) -> None:
    """Write the format, whole or not at all."""
    partial = path / f"{FORMAT_FILE}.new"
    partial.write_text(f"{FORMAT}\n", encoding="ascii")
    partial.replace(path / FORMAT_FILE)


def open_keys(path: Path, settings: Settings, clock: Clock) -> Keeper:
    """Return the keeper of a home's keys; its process starts when first asked."""
    ledger = settings.keys.ledger
    return Keeper(
        Path(settings.keys.folder) if settings.keys.folder else path / "keys",
        clock,
        ledger=Path(ledger) if ledger else None,
    )


def open_sealed(path: Path, settings: Settings, keys: Keeper) -> SealedPlane | None:
    """Return the sealed plane of a home that is to keep originals; None of any other."""
    if not settings.sealed.keep:
        return None
    folder = path / "sealed"
    folder.mkdir(mode=0o700, exist_ok=True)
    return SealedPlane(folder, keys, settings.sealed.offences)
