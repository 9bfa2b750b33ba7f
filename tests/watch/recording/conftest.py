"""Clips, cameras and stores for the tests of the recorder."""

from __future__ import annotations

import importlib.util
import sys
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from types import ModuleType

import pytest

from vigie.base.clock import FixedClock, to_us
from vigie.watch.recording.index import Index
from vigie.watch.recording.sheet import CameraSheet

NOW = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)


def _load(name: str) -> ModuleType:
    full = f"vigie_tests_recording_{name}"
    if full not in sys.modules:
        spec = importlib.util.spec_from_file_location(full, Path(__file__).with_name(f"{name}.py"))
        assert spec is not None
        assert spec.loader is not None
        sys.modules[full] = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(sys.modules[full])
    return sys.modules[full]


@pytest.fixture(scope="session")
def clip(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Twenty seconds, a keyframe each second."""
    pytest.importorskip("av")
    return _load("clips").make_clip(tmp_path_factory.mktemp("clip") / "clip.mp4")


@pytest.fixture(scope="session")
def make_clip() -> Callable[..., Path]:
    """What makes a clip."""
    pytest.importorskip("av")
    return _load("clips").make_clip


@pytest.fixture
def clock() -> FixedClock:
    return FixedClock(NOW)


@pytest.fixture
def sheet() -> Callable[..., CameraSheet]:
    """A sheet that the law allows, with what a test changes."""

    def make(camera_id: str = "cam-1", **changed: object) -> CameraSheet:
        told = {
            "label": "Vieux-Port",
            "authorisation": "2026-0142",
            "authorised_until_us": to_us(datetime(2030, 1, 1, tzinfo=UTC)),
            "purposes": (1, 5),
            "retention_days": 30,
            "masks": "set",
            "service": "Police municipale",
            "stream": "sealed",
        }
        return CameraSheet(camera_id=camera_id, **(told | changed))

    return make


@pytest.fixture
def index(tmp_path: Path) -> Index:
    return Index(tmp_path / "video", durable=False)
