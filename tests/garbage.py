"""When the suite looks for garbage: hooks of pytest that ``tests/conftest.py`` takes in.

Collecting sixteen thousand tests loads a million objects that stay until the end. Python would look
through all of them again and again, for seconds each time: a third of the time of tests that make
many objects. What stays is set apart once; garbage is looked for among what tests make.
"""

from __future__ import annotations

import atexit
import gc

import pytest

OBJECTS = 20_000
"""New objects between two looks at the youngest; Python's 700 are for a program that has few."""


def pytest_collectstart(collector: pytest.Collector) -> None:
    """Look for none while everything that comes is to stay."""
    if isinstance(collector, pytest.Session):
        gc.disable()


def pytest_collection_finish() -> None:
    """Set apart what was collected."""
    gc.collect()
    gc.freeze()
    atexit.register(gc.unfreeze)  # the end of the process finds everything again
    gc.set_threshold(OBJECTS, 10, 10)
    gc.enable()
