"""Scenes rendered for tests: a textured ground, boxes that move on it, light, rain; all seeded."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from fractions import Fraction
from pathlib import Path
from typing import Any

import av
import numpy as np
from numpy.typing import NDArray

from vigie.base.clock import FixedClock
from vigie.watch.vision.detections import Detection
from vigie.watch.vision.detector import Detector
from vigie.watch.vision.geometry import WHOLE, Zone
from vigie.watch.vision.permit import Trial
from vigie.watch.vision.pictures import HEIGHT, WIDTH, Picture
from vigie.watch.vision.running import Run, Watched

FPS = 5
CLOCK = FixedClock(datetime(2026, 6, 1, 12, tzinfo=UTC))
Where = tuple[float, float]


@dataclass(frozen=True)
class Actor:
    """A box on the scene.

    Attributes:
        at: Relative middle at a second; None while it is not there.
        size: Relative width and height.
        shade: Gray level.
        sways: Whether its texture changes, as that of somebody who stands.
    """

    at: Callable[[float], Where | None]
    size: Where = (0.05, 0.2)
    shade: int = 40
    sways: bool = True


def walk(start: Where, end: Where, from_s: float, to_s: float) -> Callable[[float], Where | None]:
    """From one place to another between two seconds; not there before and after."""

    def at(second: float) -> Where | None:
        if not from_s <= second <= to_s:
            return None
        share = (second - from_s) / (to_s - from_s)
        return start[0] + share * (end[0] - start[0]), start[1] + share * (end[1] - start[1])

    return at


def stand(place: Where, from_s: float, to_s: float = 1e9) -> Callable[[float], Where | None]:
    """At one place between two seconds."""
    return lambda second: place if from_s <= second <= to_s else None


def ground(seed: int = 7) -> NDArray[np.float32]:
    """Return a textured ground around gray level 130."""
    rng = np.random.default_rng(seed)
    coarse = rng.normal(0.0, 18.0, (HEIGHT // 12, WIDTH // 16))
    whole = np.kron(coarse, np.ones((12, 16))) + 130.0
    return np.asarray(np.clip(whole, 0.0, 255.0), dtype=np.float32)


def render(
    actors: Iterable[Actor],
    seconds: float,
    *,
    light: Callable[[float], float] = lambda _: 1.0,
    rain: int = 0,
    seed: int = 7,
    fps: float = FPS,
    start_us: int = 0,
) -> Iterator[Picture]:
    """Yield the pictures of a scene: light is a factor, rain a number of streaks a picture."""
    rng = np.random.default_rng(seed)
    floor, actors = ground(seed), list(actors)
    coats = [rng.normal(0.0, 22.0, (HEIGHT, WIDTH)).astype(np.float32) for _ in actors]
    grain = [rng.normal(0.0, 2.0, floor.shape).astype(np.float32) for _ in range(7)]
    for number in range(round(seconds * fps)):
        second = number / fps
        scene = floor.copy()
        for actor, coat in zip(actors, coats, strict=True):
            place = actor.at(second)
            if place is not None:
                _draw(scene, actor, coat, place, number)
        scene *= light(second)
        scene += grain[number % len(grain)]
        for _ in range(rain):
            x, y = rng.integers(0, WIDTH), rng.integers(0, HEIGHT - 14)
            scene[y : y + 14, x : x + 1] += 60.0
        gray = np.clip(scene, 0.0, 255.0).astype(np.uint8)
        yield Picture(start_us + round(second * 1_000_000), gray)


def _draw(
    scene: NDArray[np.float32], actor: Actor, coat: NDArray[np.float32], at: Where, number: int
) -> None:
    width, height = actor.size
    left, right = (round((at[0] + side * width / 2) * WIDTH) for side in (-1, 1))
    top, bottom = (round((at[1] + side * height / 2) * HEIGHT) for side in (-1, 1))
    left, right = max(0, left), min(WIDTH, right)
    top, bottom = max(0, top), min(HEIGHT, bottom)
    if left >= right or top >= bottom:
        return
    shift = number % 3 if actor.sways else 0
    texture = np.roll(coat, shift * 2, axis=1)[: bottom - top, : right - left]
    scene[top:bottom, left:right] = actor.shade + texture


def found(
    detector: Detector, pictures: Iterable[Picture], zone: Zone = WHOLE, **params: Any
) -> list[Detection]:
    """Return the detections of a scene, as they stood when they had ended."""
    watched = Watched("camera-1", zone, detector, detector.parameters(**params))
    run = Run(watched, Trial("synthetic"), CLOCK)
    return [one for one in run.detections(pictures, 0) if not one.open]


def encode(path: Path, pictures: Iterable[Picture], *, fps: int = FPS, gop: int = 10) -> Path:
    """Write pictures as H.264 with a keyframe every ``gop`` pictures."""
    with av.open(str(path), "w") as container:
        stream = container.add_stream("libx264", rate=fps)
        stream.width, stream.height, stream.pix_fmt = WIDTH, HEIGHT, "yuv420p"
        stream.options = {
            "preset": "ultrafast",
            "x264-params": f"keyint={gop}:min-keyint={gop}:scenecut=0:bframes=0",
        }
        stream.codec_context.time_base = Fraction(1, fps)
        for number, picture in enumerate(pictures):
            frame = av.VideoFrame.from_ndarray(picture.gray, format="gray")
            frame.pts = number
            container.mux(stream.encode(frame.reformat(format="yuv420p")))
        container.mux(stream.encode())
    return path
