"""Every look at a home, one after the other; one that fails itself is a finding too."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from functools import partial
from pathlib import Path

from vigie.base.clock import Clock
from vigie.base.errors import SettingsInvalid
from vigie.base.logging import get_logger
from vigie.base.settings import load_settings
from vigie.jobs.doctor import frame, stores
from vigie.jobs.doctor.finding import Finding, broken
from vigie.situation.home import is_home

log = get_logger(__name__)


def examine(home: Path, clock: Clock) -> Iterator[Finding]:
    """Yield what every look finds; nothing of the home is opened for writing but its locks.

    Args:
        home: The folder.
        clock: The machine's clock.
    """
    yield from _look("home", partial(frame.look_at_folder, home))
    if not is_home(home):
        return
    yield from _look("rights", partial(frame.look_at_rights, home))
    try:
        settings = load_settings(home)
    except SettingsInvalid as error:
        yield frame.look_at_settings(home, error)
        return
    looks: tuple[tuple[str, Callable[[], Iterable[Finding]]], ...] = (
        ("charter", partial(frame.look_at_charter, home, settings)),
        ("assessment", partial(frame.look_at_assessment, home, settings, clock)),
        ("disk", partial(frame.look_at_disk, home, settings)),
        ("clock", partial(frame.look_at_clock, home, settings, clock)),
        ("locks", partial(stores.look_at_locks, home)),
        ("databases", partial(stores.look_at_databases, home)),
        ("postgresql", partial(frame.look_at_database, home, settings)),
        ("nats", partial(frame.look_at_nats, settings)),
        ("version", partial(frame.look_at_version, home, settings)),
        ("lake", partial(stores.look_at_lake, home)),
        ("keys", partial(stores.look_at_keys, home, settings, clock)),
        ("audit", partial(stores.look_at_audit, home, settings, clock)),
        ("fields", partial(stores.look_at_fields, home)),
        ("copies", partial(frame.look_at_copies, home, settings, clock)),
        ("certificates", partial(frame.look_at_certificates, settings, clock)),
        ("refusals", partial(frame.look_at_refusals, home, clock)),
    )
    for name, look in looks:
        yield from _look(name, look)


def _look(name: str, look: Callable[[], Iterable[Finding]]) -> Iterator[Finding]:
    try:
        yield from look()
    except Exception as error:
        log.exception("a look failed", part=name)
        yield broken(name, "look_failed", look=name, why=type(error).__name__)
