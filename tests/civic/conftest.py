"""The small real home that the interface is tested on, one for each test that publishes."""

from __future__ import annotations

import importlib.util
import sys
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from types import ModuleType

import pytest

from vigie.audit.line import Line
from vigie.base.clock import FixedClock
from vigie.base.errors import Unavailable
from vigie.base.settings import LakeSettings
from vigie.civic.publishing import Publisher, Shelf, counting
from vigie.geo.zonings import Zoning
from vigie.lake.store import Lake

TIMEZONE = "Europe/Paris"

SAMPLE = Path(__file__).parents[1] / "web" / "sample_home.py"


def _load() -> ModuleType:
    name = "vigie_tests_web_sample_home"
    if name not in sys.modules:
        spec = importlib.util.spec_from_file_location(name, SAMPLE)
        assert spec is not None
        assert spec.loader is not None
        sys.modules[name] = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(sys.modules[name])
    return sys.modules[name]


@pytest.fixture(scope="session")
def sample() -> ModuleType:
    """The module that builds small homes."""
    return _load()


@dataclass
class City:
    """What publishing needs of a home: its folder, facts, zonings and a clock."""

    path: Path
    lake: Lake
    zonings: dict[str, Zoning]
    clock: FixedClock
    lines: list[Line] = field(default_factory=list)
    full: bool = False

    def append(self, line: Line) -> int:
        """The audit of the test: remembers lines, or cannot write one more."""
        if self.full:
            raise Unavailable(what="audit")
        self.lines.append(line)
        return len(self.lines) - 1

    def publisher(self) -> Publisher:
        count = counting(self.lake, self.zonings, TIMEZONE)
        return Publisher(Shelf(self.path), count, TIMEZONE, self.clock, self)


@pytest.fixture
def city(tmp_path: Path, sample: ModuleType) -> Iterator[City]:
    """Twenty days of facts until the Monday of the 14th week."""
    zonings = {
        name: Zoning.from_geojson(name, area) for name, area in sample.frame()["zonings"].items()
    }
    lake = Lake.open(tmp_path / "lake", LakeSettings(), create=True, timezone=TIMEZONE)
    lake.commit("facts", sample.facts())
    yield City(tmp_path, lake, zonings, FixedClock(sample.NOW))
    lake.close()
