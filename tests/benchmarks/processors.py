"""One log, two instruction sets: are the aggregates the same bytes? (reliability, R-15)

    python3 run.py bench processors [--folder DIR] [--messages 24] [--threads 1]

The log and the analyses of tests/intake/test_replay.py, once by this machine and once by an aarch64
that qemu-user emulates, with Python 3.11 of Debian 12 (arm64) and the aarch64 wheels of the lock.
What each gives is compared field by field; of an analysis that differs, each column, and by how
much. --folder keeps the emulator, the system and the wheels (1 GB), 1.5 GB of which are fetched
once by apt and pip; by default they are thrown away. Needs Debian with
debootstrap, and root.
A small run fetches nothing: the other machine is this one. The last line is JSON; exit code 1 when
a field differs.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import re
import shutil
import subprocess
import sys
import tempfile
import time
import types
from pathlib import Path
from typing import Any

import pyarrow as pa
from _small import SMALL, sized

ROOT = Path(__file__).resolve().parents[2]
tests = types.ModuleType("tests")
tests.__path__ = [str(ROOT / "tests")]
sys.modules["tests"] = tests

SUITE, MIRROR = "bookworm", "http://deb.debian.org/debian"
PARTS = (
    "python3.11", "python3.11-minimal", "libpython3.11-stdlib", "libstdc++6", "libgomp1",
    "libsqlite3-0", "libffi8", "libexpat1", "zlib1g", "libmagic1", "tzdata",
)  # fmt: skip
GLIBC = (17, 24, 26, 27, 28, 31, 34)
NEEDS = "needs Debian with debootstrap and apt, as root, and the network once"


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--folder", type=Path, default=None, help="keeps what is fetched")
    parser.add_argument("--messages", type=int, default=24, help="of the log")
    parser.add_argument("--threads", type=int, default=1, help="of the lake")
    return sized(parser.parse_args(), messages=4)


class Arm:
    """An aarch64 in a folder.

    Args:
        folder: Where emulator, system and wheels are, or are put.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder.resolve()
        self.qemu = self.folder / "qemu" / "usr" / "bin" / "qemu-aarch64-static"
        self.root, self.site = self.folder / "root", self.folder / "site"
        self.program = self.folder / "python"

    def prepare(self) -> None:
        """Fetch what is not there yet."""
        if shutil.which("debootstrap") is None or shutil.which("apt-get") is None or os.getuid():
            sys.exit(f"bench processors {NEEDS}")
        self.folder.mkdir(parents=True, exist_ok=True)
        if not self.qemu.exists():
            say(["apt-get", "download", "-q", "qemu-user-static"], self.folder)
            (deb,) = self.folder.glob("qemu-user-static_*.deb")
            say(["dpkg", "-x", deb, self.folder / "qemu"], self.folder)
            deb.unlink()
        python = self.root / "usr" / "bin" / "python3.11"
        if not python.exists():
            shutil.rmtree(self.root, ignore_errors=True)
            asked = [
                "--arch=arm64",
                "--foreign",
                "--variant=minbase",
                f"--include={','.join(PARTS)}",
            ]
            say(["debootstrap", *asked, SUITE, self.root, MIRROR], self.folder)
            for deb in (self.root / "var/cache/apt/archives").glob("*.deb"):
                say(["dpkg", "-x", deb, self.root], self.folder)
        if not self.site.exists():
            self._wheels()
        self.program.write_text(f'#!/bin/sh\nexec {self.qemu} -L {self.root} {python} "$@"\n')
        self.program.chmod(0o755)

    def _wheels(self) -> None:
        """Lay out the wheels of the lock; of pure sources, what this environment has."""
        wheels, lock = self.folder / "wheels", self.folder / "lock.txt"
        text = (ROOT / "requirements" / "lock.txt").read_text("utf-8")
        blocks = re.split(r"\n(?=[a-zA-Z0-9])", text)
        lock.write_text("\n".join(one for one in blocks if not one.startswith("odfpy==")))
        platforms = [f"--platform=manylinux_2_{n}_aarch64" for n in GLIBC]
        kinds = ["--only-binary=:all:", "--python-version=3.11", "--implementation=cp"]
        kinds += ["--abi=cp311", "--abi=abi3", "--abi=none", "--platform=manylinux2014_aarch64"]
        asked = ["-q", "--no-deps", *kinds, *platforms, "-r", lock, "-d", wheels]
        say([sys.executable, "-m", "pip", "download", *asked], self.folder)
        partial = self.folder / "site.new"
        shutil.rmtree(partial, ignore_errors=True)
        for wheel in sorted(wheels.glob("*.whl")):
            shutil.unpack_archive(wheel, partial, "zip")
        shutil.rmtree(wheels)
        partial.replace(self.site)


def say(command: list[Any], folder: Path) -> None:
    """Run a command; end the bench with what it said when it fails."""
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)
    if done.returncode:
        sys.exit(f"bench processors {NEEDS}: {command[0]}: {done.stderr.strip()[-400:]}")


WORKER = """
import json, platform, runpy, sys
from pathlib import Path
sys.executable = sys.argv[1] or sys.executable
place, log, kept = map(Path, sys.argv[2:5])
worker = runpy.run_path(sys.argv[6], run_name="worker")
usual, n = worker["as_bytes"], 0
import pyarrow as pa
def as_bytes(table):
    global n
    n += 1
    with pa.ipc.new_file(kept / f"{n}.arrow", table.schema) as file:
        file.write_table(table)
    return usual(table)
worker["aggregates"].__globals__["as_bytes"] = as_bytes
told = worker["aggregates"](place, log, 1, int(sys.argv[5]))
print(json.dumps({"machine": platform.machine(), "told": told}))
"""


def replay(place: Path, log: Path, threads: int, arm: Arm | None) -> dict[str, Any]:
    """Have a machine take the log; return what it gives, and its tables in ``place``."""
    place.mkdir()
    worker = ROOT / "tests" / "intake" / "replay_worker.py"
    program = str(arm.program) if arm else sys.executable
    path = [str(ROOT / "src"), *([str(arm.site)] if arm else sys.path)]
    words = [str(arm.program) if arm else "", place / "home", log, place, str(threads), worker]
    began = time.monotonic()
    done = subprocess.run(
        [program, "-W", "ignore", "-c", WORKER, *words],
        env={**os.environ, "PYTHONPATH": os.pathsep.join(path), "LC_ALL": "C.UTF-8"},
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    if done.returncode:
        sys.exit(f"the other machine failed ({done.returncode}): {done.stderr.strip()[-2_000:]}")
    answer: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return {**answer, "seconds": round(time.monotonic() - began, 1)}


def columns_apart(one: Path, other: Path) -> dict[str, Any]:
    """Return the columns of two tables that differ, and by how much at most."""
    with pa.OSFile(str(one)) as first, pa.OSFile(str(other)) as second:
        left, right = (pa.ipc.open_file(file).read_all() for file in (first, second))
    if left.schema != right.schema or len(left) != len(right):
        return {"rows": [len(left), len(right)]}
    found: dict[str, Any] = {}
    for name in left.column_names:
        pairs = zip(left[name].to_pylist(), right[name].to_pylist(), strict=True)
        apart = [(a, b) for a, b in pairs if a != b and a is not b]
        if apart and all(isinstance(a, float) for a, _ in apart):
            most = max(abs(a - b) / max(abs(a), abs(b), 1e-300) for a, b in apart)
            found[name] = {"rows": len(apart), "relative": most}
        elif apart:
            found[name] = {"rows": len(apart), "first": [str(one)[:80] for one in apart[0]]}
    return found


def differences(here: Path, there: Path, one: dict[str, Any], other: dict[str, Any]) -> Any:
    """Return every field that is not the same bytes."""
    from tests.intake.replay_worker import ANALYSES

    found: dict[str, Any] = {}
    for name, value in one.items():
        if value == other[name]:
            continue
        if name in ANALYSES:
            file = f"{ANALYSES.index(name) + 1}.arrow"
            found[name] = columns_apart(here / file, there / file)
        else:
            pairs = zip(
                *(re.findall(r"[\w.+-]+", str(text)) for text in (value, other[name])), strict=False
            )
            found[name] = [pair for pair in pairs if pair[0] != pair[1]][:5]
    return found


def main() -> None:
    args = arguments()
    from tests.intake.test_replay import police_log

    with tempfile.TemporaryDirectory(prefix="vigie-processors-") as name:
        place = Path(name)
        arm = None if SMALL else Arm(args.folder or place / "aarch64")
        if arm is not None:
            arm.prepare()
        log = place / "log"
        log.write_text("\0".join(police_log()[: args.messages]), "utf-8")
        one = replay(place / "here", log, args.threads, None)
        other = replay(place / "there", log, args.threads, arm)
        differ = differences(place / "here", place / "there", one["told"], other["told"])
    figures = {
        "processors": [one["machine"], other["machine"]],
        "fields": len(one["told"]),
        "facts": one["told"]["facts"],
        "identical": not differ,
        "differ": differ,
        "seconds": [one["seconds"], other["seconds"]],
        "host": platform.processor() or platform.machine(),
        "load": round(os.getloadavg()[0], 1),
    }
    print(json.dumps({"name": "processors", "figures": figures, "baseline": {}, "ratio": {}}))
    if differ:
        raise SystemExit(1)


if __name__ == "__main__":
    main()
