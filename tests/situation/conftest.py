"""The small real home that the interface is tested on, without a server."""

from __future__ import annotations

import importlib.util
import sys
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType

import pytest

from vigie.situation.home import Home

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


@pytest.fixture(scope="session")
def seen_home(tmp_path_factory: pytest.TempPathFactory, sample: ModuleType) -> Iterator[Home]:
    """A home that these tests read and do not change."""
    home, _ = sample.build(tmp_path_factory.mktemp("situation") / "home")
    with home:
        yield home
