"""A seeded simulation of clock, network and disk: 200 seeds keep every promise, mistakes are found.

See ``docs/decisions/0052-simulation.md``; thousands of seeds: ``run.py bench simulation``.
"""

from __future__ import annotations

import logging
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import structlog
from tests.simulation.each import each, operations
from tests.simulation.machine import make_home
from tests.simulation.mutants import MUTANTS
from tests.simulation.shrinking import shortest
from tests.simulation.sqlite_files import can_watch
from tests.simulation.story import DAY_US, STARTS, run

from vigie.base.clock import SteadyClock, to_us

SEEDS = 200
BENCH = Path(__file__).parents[1] / "benchmarks" / "simulation.py"
pytestmark = pytest.mark.skipif(not can_watch(), reason="Python's SQLite is not the system's")


@pytest.fixture(scope="module")
def template(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    before = structlog.get_config()
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.CRITICAL))
    home = tmp_path_factory.mktemp("simulated") / "home"
    make_home(home, STARTS[0] - DAY_US)
    yield home
    structlog.configure(**before)


@pytest.mark.parametrize("first", range(0, SEEDS, 25))
def test_every_promise_is_kept(template: Path, tmp_path: Path, first: int):
    """Requirement: P-LOG-4."""
    runs = [run(seed, template, tmp_path / "seed") for seed in range(first, first + 25)]
    broken = [f"seed {one.seed}: {one.broken}" for one in runs if one.broken]
    assert broken == []
    assert sum(one.cuts for one in runs) >= 3
    assert sum(one.refused for one in runs) >= 3
    assert sum(one.acknowledged for one in runs) >= 50


def test_each_operation_may_be_refused(template: Path, tmp_path: Path):
    """Every twentieth; ``run.py bench simulation --each`` refuses each of them in turn.

    Requirement: P-LOG-4.
    """
    folder = tmp_path / "each"
    runs = list(each(template, folder, operations(template, folder)[::20]))
    assert [f"operation {number}: {one.broken}" for number, one in runs if one.broken] == []
    assert len(runs) > 40
    assert all(one.refused for _, one in runs)


@pytest.mark.parametrize("mutant", MUTANTS, ids=lambda one: one.__name__)
def test_a_mistake_is_found(template: Path, tmp_path: Path, mutant: Callable[[], Any]):
    with mutant():
        found = (run(seed, template, tmp_path / "seed") for seed in range(SEEDS))
        assert any(one.broken for one in found)


def test_a_clock_that_follows_every_leap_is_found_and_its_story_is_made_short(
    template: Path, tmp_path: Path
):
    folder = tmp_path / "seed"
    runs = (run(seed, template, folder, steady=False) for seed in range(SEEDS))
    found = next(one for one in runs if one.broken)
    least = shortest(found, template, folder, steady=False)
    assert least.broken
    assert len(least.steps) < len(found.steps)
    assert any(step.what in {"leap", "wrong"} for step in least.steps)


def test_the_same_seed_is_the_same_history_in_another_process(template: Path, tmp_path: Path):
    told = "\n".join(run(7, template, tmp_path / "seed").history)
    again = subprocess.run(
        [sys.executable, BENCH, "--seed", "7", "--seeds", "1", "--history"],
        env=os.environ | {"PYTHONHASHSEED": "5"},
        capture_output=True,
        text=True,
        check=True,
    )
    assert told in again.stdout
    assert len(told.splitlines()) > 20


def test_a_leap_is_believed_once_it_has_stood_for_an_hour():
    wall, up = [1_000_000_000_000_000], [0]
    clock = SteadyClock(lambda: wall[0], lambda: up[0])

    def after(minutes: int, leap_hours: int = 0, nudge_s: int = 0) -> int:
        up[0] += minutes * 60_000_000
        wall[0] += minutes * 60_000_000 + leap_hours * 3_600_000_000 + nudge_s * 1_000_000
        return (to_us(clock.now()) - 1_000_000_000_000_000) // 1_000_000

    assert after(10) == 600
    assert after(0, nudge_s=20) == 620
    assert after(10, leap_hours=24) == 1220
    assert clock.leapt_us() == 24 * 3_600_000_000
    assert after(59) == 1220 + 59 * 60
    assert after(1) == 1220 + 3600 + 24 * 3600
    assert clock.leapt_us() == 0
    assert after(10, leap_hours=-2) == 1220 + 4200 + 24 * 3600
    assert after(10, leap_hours=2) == 1220 + 4800 + 24 * 3600
