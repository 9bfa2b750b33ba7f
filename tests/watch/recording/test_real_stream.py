"""A real RTSP server is recorded by real processes: cut, restarted, killed, and nothing is torn."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import time
from collections.abc import Callable, Iterator
from itertools import pairwise
from pathlib import Path

import av
import pytest

from vigie.base.clock import SystemClock
from vigie.watch.recording.condition import all_health
from vigie.watch.recording.index import Index
from vigie.watch.recording.segment_file import PART
from vigie.watch.recording.space import Space
from vigie.watch.recording.supervisor import Supervisor

EVER = 1 << 60
PATIENCE_S = 90.0
KEYFRAMES_US = 1_000_000


class Camera:
    """An RTSP server on a port of its own."""

    def __init__(self, python: Path, clip: Path) -> None:
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.port = free.getsockname()[1]
        self._command = [str(python), str(Path(__file__).with_name("rtsp_server.py"))]
        self._command += [str(self.port), str(clip)]
        self.url = f"rtsp://127.0.0.1:{self.port}/camera"
        self.start()

    def start(self) -> None:
        self._process = subprocess.Popen(self._command, stdout=subprocess.PIPE)
        assert self._process.stdout is not None
        assert self._process.stdout.readline() == b"ready\n"

    def cut(self) -> None:
        self._process.send_signal(signal.SIGUSR1)

    def stop(self) -> None:
        self._process.kill()
        self._process.communicate()


@pytest.fixture(scope="module")
def long_clip(make_clip: Callable[..., Path], tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make_clip(tmp_path_factory.mktemp("long") / "long.mp4", seconds=120)


@pytest.fixture
def camera(needs_rtsp: Path, long_clip: Path) -> Iterator[Camera]:
    one = Camera(needs_rtsp, long_clip)
    yield one
    one.stop()


def until(holds: Callable[[], object], tick: Callable[[], None]) -> None:
    end = time.monotonic() + PATIENCE_S
    while not holds():
        tick()
        assert time.monotonic() < end, "it does not come"
        time.sleep(0.1)


def test_cut_restart_and_kill_leave_short_gaps_and_no_torn_segment(
    camera: Camera, tmp_path: Path, sheet
) -> None:
    """One recorder, three accidents; after each it records again, and every segment decodes."""
    index = Index(tmp_path / "video")
    index.put_camera(sheet())
    clock = SystemClock()

    def n() -> int:
        return len(index.segments("cam-1", 0, EVER))

    with Supervisor(index, clock, lambda _: camera.url, Space()) as supervisor:
        until(lambda: n() >= 1, supervisor.tick)
        camera.cut()
        until(lambda: index.gaps("cam-1", 0, EVER), supervisor.tick)
        (cut,) = index.gaps("cam-1", 0, EVER)
        assert cut.reason in {"source_ended", "stream_cut", "silent"}
        before = n()
        until(lambda: n() > before, supervisor.tick)

        pid = supervisor.processes["cam-1"]
        os.kill(pid, signal.SIGKILL)
        before = n()
        until(lambda: supervisor.processes.get("cam-1", pid) != pid, supervisor.tick)
        until(lambda: n() >= before + 2, supervisor.tick)

        camera.stop()
        until(
            lambda: all_health(index)["cam-1"].state == "connecting",
            supervisor.tick,
        )
        camera.start()
        until(lambda: all_health(index)["cam-1"].reconnects >= 1, supervisor.tick)
        before = n()
        until(lambda: n() > before, supervisor.tick)
    gaps = index.gaps("cam-1", 0, EVER)
    reasons = [one.reason for one in gaps]
    assert {"restart", "torn"} & set(reasons)
    assert reasons[-1] == "stopped"
    assert [one.to_us for one in gaps[:-1]].count(None) == 0
    found = index.segments("cam-1", 0, EVER)
    assert all(a.end_us <= b.start_us for a, b in pairwise(found))
    for one in found:
        with av.open(str(index.root / one.path)) as held:
            frames = sum(1 for _ in held.decode(video=0))
        assert frames
        assert one.end_us - one.start_us == pytest.approx(frames * 100_000, abs=KEYFRAMES_US)
    listed = {one.path for one in found}
    assert {p.relative_to(index.root).as_posix() for p in index.root.rglob("*.mp4")} == listed
    assert not list(index.root.rglob(f"*{PART}"))


def test_the_parent_ends_its_recorders_however_it_ends(
    camera: Camera, tmp_path: Path, sheet
) -> None:
    """The input of a recorder that loses its parent ends: it closes its segment and ends too."""
    index = Index(tmp_path / "video")
    index.put_camera(sheet())
    supervisor = Supervisor(index, SystemClock(), lambda _: camera.url, Space())
    supervisor.tick()
    until(lambda: "cam-1" in all_health(index) or index.unfinished("cam-1"), lambda: None)
    child = supervisor._children["cam-1"].process
    assert child.stdin is not None
    child.stdin.close()
    assert child.wait(20) == 0


def test_a_cut_leaves_a_gap_of_one_keyframe_interval_at_most(
    needs_rtsp: Path, make_clip: Callable[..., Path], tmp_path: Path, sheet
) -> None:
    """Keyframes 8 s apart: a segment is cut at each, and the stream is cut within one.

    What came before the cut is kept although its segment was not whole, and the camera is asked
    again at once: no waiting for the next cut, none of the backoff of a camera that never answered.
    """
    interval_s = 8
    clip = make_clip(tmp_path / "sparse.mp4", seconds=120, gop=interval_s * 10)
    camera = Camera(needs_rtsp, clip)
    index = Index(tmp_path / "video")
    index.put_camera(sheet())

    def packet_us() -> int:
        return all_health(index)["cam-1"].packet_us or 0 if "cam-1" in all_health(index) else 0

    try:
        with Supervisor(index, SystemClock(), lambda _: camera.url, Space()) as supervisor:
            until(lambda: index.segments("cam-1", 0, EVER), supervisor.tick)
            until(packet_us, supervisor.tick)
            camera.cut()
            until(lambda: index.gaps("cam-1", 0, EVER), supervisor.tick)
            until(lambda: index.gaps("cam-1", 0, EVER)[0].to_us, supervisor.tick)
            (gap,) = index.gaps("cam-1", 0, EVER)
            kept = [one for one in index.segments("cam-1", 0, EVER) if one.end_us <= gap.from_us]
    finally:
        camera.stop()
    assert gap.to_us is not None
    assert 0 <= gap.to_us - gap.from_us <= interval_s * 1_000_000
    assert kept[-1].end_us == gap.from_us
