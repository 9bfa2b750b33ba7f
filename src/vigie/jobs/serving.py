"""What runs beside the server of a home: its schedule, and the process that processes."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager

from vigie.jobs.processing import Processing
from vigie.jobs.schedule import Schedule
from vigie.situation.home import Home


@contextmanager
def beside(home: Home) -> Iterator[None]:
    """Run what runs beside the server; one process does it all where the settings say so."""
    apart = home.settings.intake.apart
    with ExitStack() as running:
        if apart:
            running.enter_context(Processing(home))
        running.enter_context(Schedule(home, judging=not apart))
        yield
