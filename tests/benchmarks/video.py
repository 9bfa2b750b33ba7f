"""Every figure of video in one run: detection, recording, masks, a cut stream, seeks.

    python3 run.py bench video [--seconds 12] [--minutes 1] [--skip-cost|weather|delay|recorded]

It takes some six minutes of a machine that does nothing else and ends with a table: each figure
that has a goal, met or not.

Cost: CPU seconds of this process (``getrusage``), OpenCV and decoder on one thread, on a rendered
street encoded as H.264 (25 pictures a second, GOP 50, no B frames): 720p at 2 Mb/s, 360p at
0.5 Mb/s. Each detector runs as in production, ungated (the worst case: something always moves) and,
for an empty street, gated. Plain decoding of the same file is measured in the same run and told
beside it; cameras per core are seconds of video over CPU seconds. The content is easy: expect 20 to
40 % less on a busy street.

Weather: rendered street corners with rain, drifting and jumping light, headlights that sweep, and
nobody there: every detection is a false alarm, told by camera-hour with its exact 95 % interval. A
rendered street is kinder than a real one.

Delay: from the truth of a drawn scene (``vigie.city.filmed``), plus the time for which its rule
says that it must last, to the signal; each scene after quiet parts of several lengths.

Recorded (``_recorded``): a camera at 720p, 2 Mb/s, ten pictures a second, served by GStreamer's
RTSP server where it is installed: what copying it takes of a core beside a plain recorder in the
same run (ffmpeg, else PyAV), what burning a mask in takes, the gap after a cut of the stream, and a
seek through the served interface. The last line is JSON.
"""

from __future__ import annotations

import argparse
import json
import math
import os
import platform
import resource
import sys
import tempfile
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from fractions import Fraction
from pathlib import Path
from typing import Any

import av
import cv2
import numpy as np
from _small import either, sized
from scipy.stats import chi2

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "tests" / "detectors"))

from _recorded import recorded  # noqa: E402
from scenes import Actor, render  # noqa: E402 -- stands beside the tests of the detectors

import vigie.detectors  # noqa: E402
from vigie.base.clock import FixedClock  # noqa: E402
from vigie.city.filmed.scenes import filmed_scenes  # noqa: E402
from vigie.watch.vision.detector import Detector, discover  # noqa: E402
from vigie.watch.vision.geometry import WHOLE, Zone  # noqa: E402
from vigie.watch.vision.permit import Trial  # noqa: E402
from vigie.watch.vision.pictures import Picture, Pictures  # noqa: E402
from vigie.watch.vision.running import Run, Watched  # noqa: E402

SIZES = {"720p": (1280, 720, 2_000_000), "360p": (640, 360, 500_000)}
GOALS = {"720p": 15.0, "360p": 30.0}
FPS = 25
IDLE_S = either(30.0, 1.0)
"""How much longer the empty street is: a stream falls idle after ten seconds without movement."""

ANALYSES = ("wrong_way", "density", "abandoned_object", "forbidden_zone", "crowd_movement")
"""The detectors whose cost has a goal: those of the eight that Vigie has."""

ZONE = Zone("street", WHOLE.ring, (0.0, -1.0))
CLOCK = FixedClock(datetime(2026, 6, 1, 12, tzinfo=UTC))


def cpu() -> float:
    """Return the CPU seconds of this process."""
    used = resource.getrusage(resource.RUSAGE_SELF)
    return used.ru_utime + used.ru_stime


def walkers(count: int) -> list[Actor]:
    """People who walk to and fro all the time."""

    def way(number: int):
        speed, row = 0.03 + 0.002 * number, 0.2 + 0.07 * (number % 10)
        return lambda second: (0.5 + 0.55 * math.sin(second * speed * 6.0 + number), row)

    return [Actor(way(number), (0.03, 0.12)) for number in range(count)]


def write(path: Path, size: str, seconds: float, actors: list[Actor]) -> Path:
    """Encode a rendered street."""
    width, height, rate = SIZES[size]
    with av.open(str(path), "w") as container:
        stream = container.add_stream("libx264", rate=FPS)
        stream.width, stream.height, stream.pix_fmt = width, height, "yuv420p"
        stream.bit_rate = rate
        stream.options = {"preset": "veryfast", "x264-params": "keyint=50:min-keyint=50:bframes=0"}
        stream.codec_context.time_base = Fraction(1, FPS)
        for number, picture in enumerate(street(actors, seconds)):
            gray = cv2.resize(picture.gray, (width, height), interpolation=cv2.INTER_LINEAR)
            frame = av.VideoFrame.from_ndarray(gray, format="gray").reformat(format="yuv420p")
            frame.pts = number
            container.mux(stream.encode(frame))
        container.mux(stream.encode())
    return path


def street(actors: list[Actor], seconds: float) -> Iterator[Picture]:
    """Yield a rendered street; an empty one repeats its first second."""
    if actors:
        yield from render(actors, seconds, fps=FPS)
        return
    second = list(render([], 1.0, fps=FPS))
    for number in range(round(seconds * FPS)):
        yield second[number % FPS]


def decode(path: Path) -> float:
    """Return the CPU seconds of decoding every frame of a file and doing nothing with it."""
    start = cpu()
    with av.open(str(path)) as container:
        stream = container.streams.video[0]
        stream.codec_context.thread_type = "NONE"
        for _ in container.decode(stream):
            pass
    return cpu() - start


def analyse(path: Path, detector: Detector, *, gated: bool) -> tuple[float, int]:
    """Return the CPU seconds of a run, and how many frames it decoded."""
    start = cpu()
    run = Run(Watched("c", ZONE, detector, detector.parameters()), Trial("synthetic"), CLOCK)
    pictures = Pictures(path, 0, fps=detector.fps, gated=gated)
    for _ in run.detections(pictures, 0):
        pass
    return cpu() - start, pictures.decoded


def cost(folder: Path, seconds: float, detectors: dict[str, Detector]) -> dict[str, Any]:
    """Return cameras per core by size and detector, and of decoding alone."""
    told: dict[str, Any] = {}
    for size in SIZES:
        busy = write(folder / f"busy_{size}.mp4", size, seconds, walkers(12))
        idle_s = seconds + IDLE_S
        empty = write(folder / f"empty_{size}.mp4", size, idle_s, [])
        plain = decode(busy)
        told[size] = {"decode_only": round(seconds / plain, 1)}
        for name, one in detectors.items():
            used, _ = analyse(busy, one, gated=False)
            told[size][name] = round(seconds / used, 1)
        used, decoded = analyse(empty, detectors["wrong_way"], gated=True)
        told[size]["wrong_way_empty_street_gated"] = round(idle_s / used, 1)
        told[size]["share_decoded_gated"] = round(decoded / (idle_s * FPS), 3)
        told[size]["goal"] = GOALS[size]
        print(size, json.dumps(told[size]), flush=True)
    return told


def weather(minutes: float, seed: int) -> Iterator[Picture]:
    """Yield a street corner in bad weather with nobody there."""
    rng = np.random.default_rng(seed)
    jumps = sorted(rng.uniform(min(20.0, minutes * 30.0), minutes * 60.0, max(1, round(minutes))))

    def light(second: float) -> float:
        jumped = sum(second >= at for at in jumps) % 2
        return (0.9 + 0.08 * math.sin(second / 40.0)) * (0.6 if jumped else 1.0)

    for number, picture in enumerate(
        render([], minutes * 60.0, light=light, rain=30 if seed % 2 else 0, seed=seed)
    ):
        phase = number % 150
        if phase < 8:  # headlights sweep over the ground
            sweep = picture.gray.astype(np.int16)
            left = phase * 80
            sweep[220:300, left : left + 160] += 70
            yield Picture(picture.at_us, np.clip(sweep, 0, 255).astype(np.uint8))
        else:
            yield picture


def false_alarms(minutes: float, detectors: dict[str, Detector]) -> dict[str, Any]:
    """Return false alarms by camera-hour of every detector over four bad corners."""
    corners = [list(weather(minutes, seed)) for seed in range(1, either(5, 2))]
    hours = len(corners) * minutes / 60.0
    told = {}
    for name, one in detectors.items():
        count = 0
        for pictures in corners:
            watched = Watched("c", ZONE, one, one.parameters())
            run = Run(watched, Trial("synthetic"), CLOCK)
            count += sum(not found.open for found in run.detections(pictures, 0))
        low = chi2.ppf(0.025, 2 * count) / 2.0 if count else 0.0
        high = chi2.ppf(0.975, 2 * count + 2) / 2.0
        told[name] = {
            "false_alarms": count,
            "camera_hours": round(hours, 3),
            "per_camera_hour": round(count / hours, 2),
            "low": round(low / hours, 2),
            "high": round(high / hours, 2),
        }
        print(name, json.dumps(told[name]), flush=True)
    return told


LASTS_S = {"street": 0.0, "yard": 0.4, "square": 15.0, "crowd": 5.0}
"""What each rule, as the scene sets it, demands before it tells: ``hold_s`` or ``dwell_s``."""


def delays(detectors: dict[str, Detector]) -> dict[str, Any]:
    """Return how late signals are, seconds of the film, over the drawn scenes."""
    late: dict[str, list[float]] = {}
    missed = 0
    for scene in filmed_scenes()[: either(None, 1)]:
        one = detectors[scene.detector]
        gray = {
            part: [cv2.cvtColor(it, cv2.COLOR_BGR2GRAY) for it in scene.pictures(part, fps=5)]
            for part in ("quiet", "happening")
        }
        zone = Zone(scene.name, scene.ring, scene.towards)
        for lead in either((185, 200, 215), (185,)):
            film = [*(gray["quiet"] * 3)[-lead:], *gray["happening"]]
            pictures = [Picture(number * 200_000, it) for number, it in enumerate(film)]
            watched = Watched("c", zone, one, one.parameters(**scene.parameters))
            run = Run(watched, Trial("synthetic"), CLOCK)
            told = [it for it in run.detections(pictures, 0) if not it.open]
            due = lead / 5 + scene.truth.from_s + LASTS_S[scene.name]
            missed += not told
            late.setdefault(scene.name, []).extend(it.raised_us / 1e6 - due for it in told[:1])
    every = [one for some in late.values() for one in some]
    return {
        "signals": len(every),
        "missed": missed,
        "p95_s": round(float(np.quantile(every, 0.95)), 2),
        "goal_s": 3.0,
        "by_scene": {name: round(max(some), 2) for name, some in late.items() if some},
    }


def summary(figures: dict[str, Any]) -> list[dict[str, Any]]:
    """Return each figure that has a goal: what it is, what it should be, whether it is met."""
    rows: list[tuple[str, float, str, float]] = []
    for size, told in figures.get("cameras_per_core", {}).items():
        own = {name: n for name, n in told.items() if name in ANALYSES}
        worst = min(own, key=lambda name: own[name])
        rows.append(
            (f"cameras a core, {size}, {worst} (the dearest)", own[worst], ">=", GOALS[size])
        )
    if "delay" in figures:
        rows.append(("event delay p95, s", figures["delay"]["p95_s"], "<=", 3.0))
        rows.append(("events missed", figures["delay"]["missed"], "<=", 0))
    told = figures.get("recorded")
    if told:
        rows += [
            ("recorder, % of a core", told["copied_720p"]["cpu_percent_per_camera"], "<=", 1.5),
            (
                "longest gap after a cut, s",
                told["cut"]["longest_gap_s"],
                "<=",
                told["cut"]["keyframe_s"],
            ),
            ("seek p95, ms", told["seek"]["p95_ms"], "<=", 300.0),
        ]
    return [
        {
            "figure": name,
            "value": value,
            "goal": f"{sign} {goal:g}",
            "met": value >= goal if sign == ">=" else value <= goal,
        }
        for name, value, sign, goal in rows
    ]


def main() -> None:
    """Run it and print the answer."""
    parser = argparse.ArgumentParser(description="Cost and false alarms of legal detection.")
    parser.add_argument("--seconds", type=float, default=12.0, help="Length of each clip.")
    parser.add_argument("--minutes", type=float, default=1.0, help="Length of each bad corner.")
    parser.add_argument("--skip-weather", action="store_true")
    parser.add_argument("--skip-cost", action="store_true")
    parser.add_argument("--skip-delay", action="store_true")
    parser.add_argument("--skip-recorded", action="store_true")
    asked = sized(parser.parse_args(), seconds=1, minutes=0.1)
    detectors = discover(vigie.detectors)
    start = time.monotonic()
    figures: dict[str, Any] = {}
    with tempfile.TemporaryDirectory() as folder:
        if not asked.skip_cost:
            figures["cameras_per_core"] = cost(Path(folder), asked.seconds, detectors)
    if not asked.skip_weather:
        figures["weather"] = false_alarms(asked.minutes, detectors)
    if not asked.skip_delay:
        figures["delay"] = delays(detectors)
    if not asked.skip_recorded:
        figures["recorded"] = recorded(either(max(10.0, asked.seconds), 1.0))
    costs = figures.get("cameras_per_core", {})
    baseline = {size: told["decode_only"] for size, told in costs.items()}
    ratio = {
        size: {name: round(told[name] / told["decode_only"], 3) for name in detectors}
        for size, told in costs.items()
    }
    figures["load"] = [round(one, 1) for one in os.getloadavg()]
    figures["machine"] = f"{platform.processor() or platform.machine()}, {os.cpu_count()} cores"
    figures["elapsed_s"] = round(time.monotonic() - start, 1)
    figures["memory_mb"] = round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024.0)
    figures["summary"] = summary(figures)
    for row in figures["summary"]:
        word = "met    " if row["met"] else "NOT MET"
        print(f"{word} {row['figure']}: {row['value']} (goal {row['goal']})")
    print(json.dumps({"name": "video", "figures": figures, "baseline": baseline, "ratio": ratio}))


if __name__ == "__main__":
    main()
