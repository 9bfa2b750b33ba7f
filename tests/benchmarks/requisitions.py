"""Requisitions: what random traces disclose, and what altered bytes stay unseen.

    python3 run.py bench requisitions [--traces 10000] [--bytes 10000] [--minutes 30] [--mbit 4]

* traces: requesters, approvers, replays, changed queries, a program and a borrowed sight act on one
  requisition in any order, on a real desk and audit, against an oracle that knows nothing of how
  cases are kept; a disclosure without two valid approvals, or a refusal of a due one, is one too
  many;
* drill: from an approved requisition to a package that its own verifier, alone, has checked, with
  that many minutes of film recorded by each of three cameras (0: none), 1080p at a constant bit
  rate (``--mbit``; 0: the demonstration's drawn crowd, some tenth of a megabit a second);
* bytes: one bit of one package is changed, anywhere; the verifier has to name the very file.

The last line is JSON.
"""

from __future__ import annotations

import argparse
import io
import json
import resource
import subprocess
import sys
import tempfile
import threading
import time
import zipfile
from collections.abc import Callable
from pathlib import Path
from random import Random
from types import ModuleType
from typing import Any

from _small import either, sized

HERE = ModuleType("tests")
HERE.__path__ = [str(Path(__file__).parents[1])]
sys.modules["tests"] = HERE  # another distribution's folder of that name must not stand in

from tests.inquiry.scene import INSIDE, Scene, put_camera, query  # noqa: E402
from tests.inquiry.traces import PEOPLE, QUERIES, Trace  # noqa: E402

from vigie.desk.evidence_shelf import EvidenceShelf  # noqa: E402
from vigie.inquiry import cases, evidence  # noqa: E402
from vigie.inquiry.verify_evidence import Altered, verify  # noqa: E402

STEPS = 14
PART_S = either(20, 2)
ABOUT_THE_BOUND = 0.7
SCENE_TRACES = 500
"""Traces on one home: its desk stays of the size of a city's year."""


def act(trace: Trace, chance: Random) -> None:
    """Do one random thing; most often about the query that is bound, so that openings fall due."""
    which = chance.choice((0, 1, 2, 3))
    if trace.oracle.bound is not None and chance.random() < ABOUT_THE_BOUND:
        which = trace.oracle.bound
    what = chance.random()
    if what < 0.1:
        trace.bind(chance.choice(PEOPLE), which)
    elif what < 0.5:
        trace.approve(chance.choice(("karim", "dpo", chance.choice(PEOPLE))), which)
    elif what < 0.85:
        trace.run(chance.choice(("ines", chance.choice(PEOPLE))), which)
    elif what < 0.92:
        trace.join(chance.choice(("lea", "dpo")))
    else:
        trace.wait(chance.choice((1, 12, 24)))


def run_traces(n: int, chance: Random) -> dict[str, Any]:
    """Return what traces disclosed, and how many contradicted the oracle."""
    opened = asked = wrong = 0
    begun = time.perf_counter()
    for start in range(0, n, SCENE_TRACES):
        with tempfile.TemporaryDirectory() as folder:
            scene = Scene(Path(folder) / "home")
            with scene.home:
                for _ in range(min(SCENE_TRACES, n - start)):
                    trace = Trace(scene)
                    try:
                        trace.bind("ines", chance.randrange(len(QUERIES)))
                        for _ in range(chance.randint(3, STEPS)):
                            act(trace, chance)
                    except AssertionError as error:
                        wrong += 1
                        print(f"contradiction: {error}")
                    opened, asked = opened + trace.opened, asked + trace.asked
                    cases.close_case(scene.home, scene.door("ines"), trace.case_id)
        print(
            f"{min(n, start + SCENE_TRACES)} traces: {asked} openings asked, {opened} due",
            flush=True,
        )
    return {
        "traces": n,
        "openings_asked": asked,
        "openings_due_and_given": opened,
        "contradictions": wrong,
        "traces_s": round(time.perf_counter() - begun, 1),
    }


def owner_of(whole: bytes) -> Callable[[int], str]:
    """Return the function that says which file a byte of a package belongs to."""
    infos = zipfile.ZipFile(io.BytesIO(whole)).infolist()
    starts = [(one.header_offset, one.filename) for one in infos]
    end = whole.rfind(b"PK\x05\x06")
    at = int.from_bytes(whole[end + 16 : end + 20], "little")
    for one in infos:
        starts.append((at, one.filename))
        at += 46 + len(one.filename)
    starts.append((at, "(ZIP)"))
    return lambda place: [name for begin, name in starts if begin <= place][-1]


def run_bytes(n: int, chance: Random) -> dict[str, Any]:
    """Return how many altered bytes were found, and named rightly."""
    with tempfile.TemporaryDirectory() as folder:
        scene = Scene(Path(folder) / "home")
        with scene.home:
            case_id = scene.case()
            name = scene.requisition(case_id)
            sha = scene.approved(case_id, name, query())
            told = evidence.run(scene.home, scene.door("ines"), case_id, name, sha)
            path = EvidenceShelf(scene.home.path).path(str(told["package_id"]))
            whole = path.read_bytes()
        owner, target, named = owner_of(whole), Path(folder) / "altered.zip", 0
        begun = time.perf_counter()
        for _ in range(n):
            changed, at = bytearray(whole), chance.randrange(len(whole))
            changed[at] ^= 1 << chance.randrange(8)
            target.write_bytes(changed)
            try:
                verify(target)
            except Altered as error:
                named += error.name == owner(at)
    return {
        "altered": n,
        "named": named,
        "package_bytes": len(whole),
        "verify_ms": round(1_000 * (time.perf_counter() - begun) / max(n, 1), 2),
    }


def grainy(path: Path, mbit: float) -> None:
    """Encode twenty seconds of a moving, grainy 1080p picture at a constant bit rate."""
    import av
    import numpy as np

    from vigie.city.filmed.scenes import FPS

    rate = f"nal-hrd=cbr:vbv-maxrate={round(mbit * 1_000)}:vbv-bufsize={round(mbit * 1_000)}"
    options = {"preset": "ultrafast", "x264-params": f"keyint={2 * FPS}:scenecut=0:{rate}"}
    chance = np.random.default_rng(7)
    blocks = np.kron(chance.integers(0, 255, (270, 480), np.uint8), np.ones((4, 4), np.uint8))
    with av.open(str(path), "w", format="h264") as out:
        stream = out.add_stream("libx264", rate=FPS, options=options)
        stream.width, stream.height, stream.pix_fmt = 1920, 1080, "yuv420p"
        stream.bit_rate = round(mbit * 1e6)
        for number in range(PART_S * FPS):
            moved = np.roll(blocks, (3 * number, 7 * number), (0, 1)) // 2
            grain = chance.integers(0, 40, moved.shape, np.uint8)
            frame = av.VideoFrame.from_ndarray(moved + grain, format="gray")
            for packet in stream.encode(frame.reformat(format="yuv420p")):
                out.mux(packet)
        for packet in stream.encode(None):
            out.mux(packet)


def film(scene: Scene, folder: Path, minutes: int, mbit: float) -> int:
    """Let three cameras in the square have recorded their film; returns the bytes kept."""
    from vigie.jobs import staged_film

    part, clip = folder / "part.h264", folder / "clip.ts"
    if mbit:
        grainy(part, mbit)
    else:
        (drawn,) = [one for one in staged_film.filmed_scenes() if one.detector == "density"]
        part = staged_film.make_reel(drawn, folder).parts[0]
    staged_film.join([part] * (minutes * 60 // PART_S), clip, staged_film.FPS)
    index = scene.home.video.index
    for number, lon in (("CAM-1", 5.365), ("CAM-2", 5.37), ("CAM-3", 5.375)):
        put_camera(scene, number, lon)
        source = staged_film.FileSource(clip, scene.clock, start_us=INSIDE)
        staged_film.Recorder(index, number, source, scene.clock, threading.Event()).run(most=1)
    clip.unlink()
    return sum(path.stat().st_size for path in index.root.rglob("*.mp4"))


def run_drill(minutes: int, mbit: float) -> dict[str, Any]:
    """Return how long the machine takes from an approved requisition to a verified package."""
    if not minutes:
        return {}
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place)
        scene = Scene(folder / "home")
        with scene.home:
            kept = film(scene, folder, minutes, mbit)
            case_id = scene.case()
            begun, spent = time.perf_counter(), time.process_time()
            name = scene.requisition(case_id)
            sha = scene.approved(case_id, name, query())
            told = evidence.run(scene.home, scene.door("ines"), case_id, name, sha)
            path = EvidenceShelf(scene.home.path).path(str(told["package_id"]))
            gathered = time.perf_counter() - begun
            with zipfile.ZipFile(path) as package:
                program = package.extract("verify_evidence.py", folder)
            subprocess.run([sys.executable, "-S", "-I", program, str(path)], check=True)
            children = resource.getrusage(resource.RUSAGE_CHILDREN)
        return {
            "drill_minutes_a_camera": minutes,
            "drill_film_mb": round(kept / 1e6, 1),
            "drill_mbit_s": round(kept * 8 / 1e6 / (3 * 60 * minutes), 2),
            "drill_package_mb": round(path.stat().st_size / 1e6, 1),
            "drill_gathered_s": round(gathered, 1),
            "drill_verified_s": round(time.perf_counter() - begun, 1),
            "drill_processor_s": round(
                time.process_time() - spent + children.ru_utime + children.ru_stime, 1
            ),
        }


def main() -> None:
    """Run what is asked for and print the figures."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--traces", type=int, default=10_000)
    parser.add_argument("--bytes", type=int, default=10_000)
    parser.add_argument("--minutes", type=int, default=30)
    parser.add_argument("--mbit", type=float, default=4.0)
    parser.add_argument("--seed", type=int, default=7)
    given = sized(parser.parse_args(), traces=3, bytes=5, minutes=1, mbit=0.5)
    chance = Random(given.seed)
    figures = run_drill(given.minutes, given.mbit)
    print(json.dumps(figures), flush=True)
    figures |= run_bytes(given.bytes, chance) | run_traces(given.traces, chance)
    answer = {"name": "requisitions", "figures": figures, "baseline": {}, "ratio": {}}
    print(json.dumps(answer))


if __name__ == "__main__":
    main()
