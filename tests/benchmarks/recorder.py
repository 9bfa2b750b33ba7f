"""What recording costs, beside a plain remux in the same run; what a cut, a kill and a seek cost.

    python3 run.py bench recorder [--cameras 2] [--seconds 60] [--seeks 200]

Cameras: a drawn street (``vigie.city.filmed``) and, heavier, moving noise at 720p and 2 Mb/s,
served endlessly by GStreamer's RTSP server where it is installed (else MPEG-TS over TCP; the
answer says which). Reference: a loop of PyAV that remuxes the same stream into one fragmented
file and does nothing else, as ``ffmpeg -c copy`` does, in a process of its own; where ffmpeg is
installed, ffmpeg itself (the answer says which). CPU and memory are those of the kernel for each
process, so that they hold on a shared machine; gaps and seeks are wall time, and the load is told
beside them.

Seek: the playlist of a viewing, then the first bytes of the segment up to the keyframe sought, by
the HTTP interface of a served home, at random instants. The last line is JSON.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from pathlib import Path
from statistics import quantiles
from typing import Any

import av
import httpx
import numpy as np
from _small import sized

from vigie.base.clock import SystemClock, now_us, to_rfc3339, to_us
from vigie.city.filmed.clips import Reel, make_reel
from vigie.city.filmed.scenes import FPS, filmed_scenes
from vigie.jobs.broker import free_port
from vigie.jobs.camera_streams import by_rtsp, by_tcp, has_rtsp
from vigie.situation.caller import Caller
from vigie.situation.home import Home, init_home, open_home
from vigie.situation.video import designate_agent
from vigie.watch.recording.index import Index
from vigie.watch.recording.masks import put_masks
from vigie.watch.recording.segment_file import PART
from vigie.watch.recording.sheet import CameraSheet
from vigie.watch.recording.space import Space
from vigie.watch.recording.supervisor import Supervisor

EVER = 1 << 60
TICKS = os.sysconf("SC_CLK_TCK")
PASSWORD = "correct-horse-battery"
PATIENCE_S = 300.0
MASK = ((0.1, 0.1), (0.4, 0.1), (0.4, 0.4), (0.1, 0.4))
PLAIN = """
import sys, av
with av.open(sys.argv[1], options={"rtsp_transport": "tcp"}) as held:
    video = held.streams.video[0]
    with av.open(sys.argv[2], "w", options={"movflags": "frag_keyframe+empty_moov"}) as out:
        to = out.add_stream_from_template(video)
        for packet in held.demux(video):
            if packet.pts is not None and packet.dts is not None:
                packet.stream = to
                out.mux_one(packet)
"""


def noise(folder: Path) -> Reel:
    """Return ten seconds of moving noise at 720p, some 2 Mb/s: what a busy street costs."""
    chance, path = np.random.default_rng(3), folder / "noise.h264"
    rough = chance.integers(60, 180, (90, 160, 3), dtype=np.uint8)
    with av.open(str(path), "w", format="h264") as out:
        stream = out.add_stream("libx264", rate=FPS)
        stream.width, stream.height, stream.pix_fmt = 1280, 720, "yuv420p"
        stream.bit_rate = 2_000_000
        stream.options = {
            "preset": "superfast",
            "x264-params": "keyint=20:min-keyint=20:scenecut=0:bframes=0:aud=1:repeat-headers=1",
        }
        for number in range(10 * FPS):
            shown = np.roll(rough, number, axis=1).repeat(8, axis=0).repeat(8, axis=1)
            frame = av.VideoFrame.from_ndarray(shown, format="rgb24").reformat(format="yuv420p")
            frame.pts = number
            out.mux(stream.encode(frame))
        out.mux(stream.encode())
    return Reel("noise", (path, path), 1, 1)


def used(pid: int) -> tuple[float, float]:
    """Return the CPU seconds and the resident MB of a process."""
    fields = Path(f"/proc/{pid}/stat").read_text("ascii").rpartition(") ")[2].split()
    cpu = (int(fields[11]) + int(fields[12])) / TICKS
    return cpu, int(fields[21]) * os.sysconf("SC_PAGE_SIZE") / 1e6


def until(holds: Callable[[], object], tick: Callable[[], None]) -> None:
    """Wait for something.

    Raises:
        TimeoutError: It does not come.
    """
    ends = time.monotonic() + PATIENCE_S
    while not holds():
        tick()
        if time.monotonic() > ends:
            raise TimeoutError
        time.sleep(0.05)


def sheet_of(number: int, masks: str = "not_needed") -> CameraSheet:
    """Return the sheet of a camera."""
    ends = to_us(datetime(2099, 1, 1, tzinfo=UTC))
    told = (f"cam-{number}", "Banc", "BANC-1", ends, (1,), 1, masks, "Banc", "sealed")
    return CameraSheet(*told)


def plain_by() -> str:
    """Return what the reference is: ffmpeg where it is installed, else a loop of PyAV."""
    return "ffmpeg" if shutil.which("ffmpeg") else "PyAV"


def _plain_command(url: str, path: Path) -> list[str]:
    if plain_by() == "PyAV":
        return [sys.executable, "-c", PLAIN, url, str(path)]
    how = ["-rtsp_transport", "tcp"] if url.startswith("rtsp") else []
    out = ["-c", "copy", "-movflags", "frag_keyframe+empty_moov", str(path)]
    return ["ffmpeg", "-v", "error", "-y", *how, "-i", url, *out]


@contextmanager
def plain(url: str, path: Path) -> Iterator[int]:
    """Run the reference while the block lasts; yields its process."""
    process = subprocess.Popen(_plain_command(url, path), stdin=subprocess.DEVNULL)
    try:
        yield process.pid
    finally:
        process.kill()
        process.wait()


def cost(
    index: Index, url: str, cameras: int, seconds: float, size: tuple[int, int] | None = None
) -> dict[str, Any]:
    """Return CPU share and memory of each recorder and of a plain remuxer.

    With the size of the pictures, a mask is burnt into every camera.
    """
    for number in range(cameras):
        sheet = index.put_camera(sheet_of(number, "burnt" if size else "not_needed"))
        if size:
            told = {"by_name": "banc", "why": "banc d'essai", "at_us": now_us(SystemClock())}
            put_masks(index, sheet.camera_id, (MASK,), size, **told)
    clock = SystemClock()
    with Supervisor(index, clock, lambda _: url, Space()) as supervisor:
        until(
            lambda: all(index.segments(f"cam-{n}", 0, EVER) for n in range(cameras)),
            supervisor.tick,
        )
        beside = index.root.parent / "plain.mp4"
        with plain(url, beside) as reference:
            until(lambda: beside.exists() and beside.stat().st_size, supervisor.tick)
            pids = [*supervisor.processes.values(), reference]
            before, began = [used(pid)[0] for pid in pids], time.monotonic()
            while time.monotonic() - began < seconds:
                supervisor.tick()
                time.sleep(0.5)
            passed = time.monotonic() - began
            after = [used(pid) for pid in pids]
    shares = [100 * (cpu - old) / passed for (cpu, _), old in zip(after, before, strict=True)]
    return {
        "cpu_percent_per_camera": round(sum(shares[:-1]) / cameras, 2),
        "rss_mb_per_camera": round(sum(rss for _, rss in after[:-1]) / cameras, 1),
        "plain_cpu_percent": round(shares[-1], 2),
        "plain_rss_mb": round(after[-1][1], 1),
    }


def kill(index: Index, url: str) -> dict[str, Any]:
    """Return the gap that ``kill -9`` of a recorder leaves, and what of a file is torn."""
    clock, name = SystemClock(), "cam-0"
    with Supervisor(index, clock, lambda _: url, Space()) as supervisor:
        n = len(index.segments(name, 0, EVER))
        until(lambda: len(index.segments(name, 0, EVER)) > n, supervisor.tick)
        at_us = now_us(clock)
        os.kill(supervisor.processes[name], signal.SIGKILL)
        until(
            lambda: [one for one in index.gaps(name, at_us - 9_000_000, EVER) if one.to_us],
            supervisor.tick,
        )
    gap = next(one for one in index.gaps(name, at_us - 9_000_000, EVER) if one.to_us)
    torn = 0
    for one in index.segments(name, 0, EVER):
        with av.open(str(index.root / one.path)) as held:
            torn += not any(True for _ in held.decode(video=0))
    left = len(list(index.root.rglob(f"*{PART}")))
    return {"gap_s": round((gap.to_us - gap.from_us) / 1e6, 2), "torn": torn, "unfinished": left}


def seek(home: Home, seeks: int) -> dict[str, Any]:
    """Return how long a seek takes, ms: the playlist, then the bytes of the keyframe's fragment."""
    index, clock = home.video.index, home.clock
    home.desk.accounts.create(
        "operator", name="O", role="operator", password=PASSWORD, must_change_password=False
    )
    until_us = now_us(clock) + 86_400_000_000
    designate_agent(home, Caller("admin", "admin"), "operator", document="B", until_us=until_us)
    found = index.segments("cam-0", 0, EVER)
    chance, took = random.Random(7), []
    with serving(home) as client:
        told = {"login": "operator", "password": PASSWORD}
        client.headers["X-CSRF-Token"] = client.post("/api/session", json=told).json()["csrf"]
        body = {"cameras": ["cam-0"], "service": "Banc"}
        body |= {"from": to_rfc3339(found[0].start_us), "to": to_rfc3339(found[-1].end_us)}
        why = {"X-Vigie-Reason": "banc d'essai du lecteur"}
        viewing = client.post("/api/video/viewings", json=body, headers=why).json()["viewing_id"]
        base = f"/api/video/viewings/{viewing}"
        for _ in range(seeks):
            one = chance.choice(found)
            offsets = [offset for _, offset in index.keyframes(one.segment_id)]
            at = chance.choice(offsets)
            began = time.perf_counter()
            client.get(f"{base}/playlists/cam-0").raise_for_status()
            part = {"Range": f"bytes={at}-{at + 65_535}"}
            client.get(f"{base}/segments/{one.segment_id}", headers=part).raise_for_status()
            took.append(1e3 * (time.perf_counter() - began))
    return {"seeks": seeks, "segments": len(found), "p95_ms": round(quantiles(took, n=20)[-1], 1)}


@contextmanager
def serving(home: Home) -> Iterator[httpx.Client]:
    """Serve the home in a process of its own while the block lasts; yields a client."""
    port = free_port()
    command = [sys.executable, "-m", "vigie", "serve", "--home", str(home.path)]
    process = subprocess.Popen([*command, "--port", str(port)], stdout=subprocess.DEVNULL)
    try:
        with httpx.Client(base_url=f"http://127.0.0.1:{port}", timeout=60, trust_env=False) as one:
            until(lambda: _answers(one), lambda: None)
            yield one
    finally:
        process.terminate()
        process.wait()


def _answers(client: httpx.Client) -> bool:
    with suppress(httpx.TransportError):
        return client.get("/api/session").status_code < 500
    return False


def main() -> None:
    """Run it and print the answer."""
    parser = argparse.ArgumentParser(description="Cost of recording; gaps; seeks.")
    parser.add_argument("--cameras", type=int, default=2)
    parser.add_argument("--seconds", type=float, default=60.0)
    parser.add_argument("--seeks", type=int, default=200)
    asked = sized(parser.parse_args(), cameras=1, seconds=1, seeks=4)
    rtsp = has_rtsp()
    figures: dict[str, Any] = {"streams": "rtsp" if rtsp else "tcp", "cameras": asked.cameras}
    figures["plain_by"] = plain_by()
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place)
        reels = [make_reel(filmed_scenes()[0], folder / "reels"), noise(folder)]
        init_home(folder / "home", {"server": {"require_second_factor": []}})
        with open_home(folder / "home", clock=SystemClock()) as home:
            with by_rtsp(reels, FPS) if rtsp else by_tcp(reels) as urls:
                figures["drawn_360p"] = cost(
                    Index(folder / "drawn"), urls["street"], asked.cameras, asked.seconds
                )
                index = home.video.index
                figures["noise_720p"] = cost(index, urls["noise"], asked.cameras, asked.seconds)
                figures["kill_9"] = kill(index, urls["noise"])
            figures["seek"] = seek(home, asked.seeks)
    figures["load"] = [round(one, 1) for one in os.getloadavg()]
    told = figures["noise_720p"]
    baseline = {"plain_cpu_percent": told["plain_cpu_percent"], "rss_mb": told["plain_rss_mb"]}
    ratio = {"cpu": round(told["cpu_percent_per_camera"] / max(0.01, told["plain_cpu_percent"]), 2)}
    print(
        json.dumps({"name": "recorder", "figures": figures, "baseline": baseline, "ratio": ratio})
    )


if __name__ == "__main__":
    main()
