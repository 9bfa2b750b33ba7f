"""What runs beside the server of a home: its schedule, and the process that processes."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from vigie.jobs.processing import Processing
from vigie.jobs.schedule import Schedule
from vigie.situation.home import Home


@contextmanager
def processing(home: Home) -> Iterator[None]:
    """Run the process beside the server, and let that of the keys begin.

    Both load the program while this one does. One process does it all where the settings say so.
    """
    home.keys.begin()
    if not home.settings.intake.apart:
        yield
        return
    with Processing(home):
        yield


def scheduled(home: Home) -> Schedule:
    """Return the schedule beside the server, not begun."""
    return Schedule(home, judging=not home.settings.intake.apart)


@contextmanager
def beside(home: Home) -> Iterator[None]:
    """Run what runs beside the server."""
    with processing(home), scheduled(home):
        yield
