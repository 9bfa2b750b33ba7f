"""What the city's cameras film: each scene's truth is what its detector tells, and nothing else."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

cv2 = pytest.importorskip("cv2")
pytest.importorskip("av")

from vigie.base.clock import SystemClock  # noqa: E402
from vigie.city.filmed.clips import AUD, make_reel, pictures_of  # noqa: E402
from vigie.city.filmed.rtsp_server import order_of  # noqa: E402
from vigie.city.filmed.scenes import FPS, QUIET_S, FilmedScene, filmed_scenes  # noqa: E402
from vigie.model.legal_events import LegalEvent  # noqa: E402
from vigie.situation.detection.shelf import find_detector, parameters_of  # noqa: E402
from vigie.watch.vision.geometry import Zone  # noqa: E402
from vigie.watch.vision.permit import Trial  # noqa: E402
from vigie.watch.vision.pictures import Picture  # noqa: E402
from vigie.watch.vision.running import Run, Watched  # noqa: E402

SCENES = {one.name: one for one in filmed_scenes()}
DELAY_S = {"street": 3.0, "yard": 3.0, "square": 15.0 + 3.0, "crowd": 5.0 + 3.0}
"""The hold or dwell of each detector as it is set, and the three seconds of the goal."""
BEFORE = {"street": 1, "yard": 1, "square": 2, "crowd": 1}
"""Quiet parts first: the abandoned object learns for 30 s."""


def seen(scene: FilmedScene) -> Iterator[Picture]:
    parts = [*["quiet"] * BEFORE[scene.name], "happening"]
    pictures = (one for part in parts for one in scene.pictures(part, fps=5))
    for number, one in enumerate(pictures):
        yield Picture(number * 200_000, cv2.cvtColor(one, cv2.COLOR_BGR2GRAY))


@pytest.mark.parametrize("name", SCENES)
def test_the_detector_of_a_scene_tells_its_truth_once_and_in_time(name: str) -> None:
    scene = SCENES[name]
    detector = find_detector(scene.detector)
    assert detector.event == LegalEvent(scene.truth.event)
    zone = Zone(scene.name, scene.ring, scene.towards)
    params = parameters_of(detector, scene.parameters)
    run = Run(Watched(name, zone, detector, params), Trial("synthetic"), SystemClock())

    (told,) = [one for one in run.detections(seen(scene), 0) if not one.open]
    begins = BEFORE[name] * QUIET_S + scene.truth.from_s

    assert begins <= told.raised_us / 1e6 <= begins + DELAY_S[name] + 2.5
    assert told.to_us / 1e6 <= BEFORE[name] * QUIET_S + scene.truth.to_s + 5.0


def test_a_happening_comes_once_in_a_while() -> None:
    mount = {"before": 2, "between": 3}

    assert [order_of(mount, step) for step in range(11)] == [0, 0, 1, 0, 0, 0, 1, 0, 0, 0, 1]


def test_clips_are_made_once_and_every_picture_can_be_pushed_alone(tmp_path) -> None:
    scene = SCENES["street"]
    reel = make_reel(scene, tmp_path)
    made = [path.stat().st_mtime_ns for path in reel.parts]
    again = make_reel(scene, tmp_path)

    assert [path.stat().st_mtime_ns for path in again.parts] == made
    for path, seconds in zip(reel.parts, (QUIET_S, scene.seconds), strict=True):
        pictures = pictures_of(path)
        assert len(pictures) == round(seconds * FPS)
        assert b"".join(pictures) == path.read_bytes()
        assert all(one.startswith(AUD) for one in pictures)
