"""The restore drill on a home of fifty million facts: copied, erased from, put back, looked at.

    python3 run.py bench drill [--rows 50000000] [--folder DIR]

The home is that of ``bench growth``, with its index of ids made whole. Taken are a copy of all of
it, then, after a thousand facts of one day were erased by name (the verb of the data protection
officer), the copy of the next night. Put back is the *first* copy, which still has them. Looked at
is what came back: counts, the thousand (in every file of the table and in the index), the copies'
contents, ``vigie doctor``. Every step is the command itself in a process of its own. Told are
clock, processor and bytes. The folder's ``copies`` and ``restored`` go first if they are there; the
home stays. The last line is JSON: name, figures, baseline (fifteen minutes), ratio.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import resource
import shutil
import subprocess
import sys
import tempfile
import time
from contextlib import redirect_stdout
from io import StringIO
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
from _filling import finish
from _small import SMALL, sized
from growth import fill
from map import say

from vigie.cli.main import run as command_line
from vigie.situation.caller import Caller
from vigie.situation.home import open_home

ASKED_S = 900.0
ERASED = 1_000


def processor_s() -> float:
    """Return what this process and its children that have ended took of the processor, seconds."""
    both = (resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
    return sum(one.ru_utime + one.ru_stime for one in both)


class Drill:
    """What each step took, and what it said."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.figures: dict[str, Any] = {}

    def step(self, name: str, did: Any) -> Any:
        """Do a step and note its time."""
        clock, spent = time.perf_counter(), processor_s()
        found = did()
        self.figures[name] = {
            "clock_s": round(time.perf_counter() - clock, 1),
            "processor_s": round(processor_s() - spent, 1),
            "load": round(os.getloadavg()[0], 1),
        }
        say(f"{name}: {self.figures[name]}")
        return found

    def vigie(self, *words: str) -> str:
        """Run a command of Vigie; returns what it says. In a small run it is no process."""
        if SMALL:
            with redirect_stdout(StringIO()) as said:
                code = command_line(words)
            if code:
                raise SystemExit(f"vigie {words[0]}: {code}")
            return said.getvalue()
        done = subprocess.run(
            [sys.executable, "-W", "ignore", "-m", "vigie", *words],
            stdout=subprocess.PIPE, check=True, text=True,
        )  # fmt: skip
        return done.stdout


def make_ready(folder: Path, rows: int) -> dict[str, int]:
    """Fill the home and make its index whole; returns the records of each kind."""
    if not (folder / "growth.json").exists() or not (folder / "home").exists():
        fill(folder, rows)
    with open_home(folder / "home") as home:
        finish(home.lake)
        return {kind: home.lake.count(kind) for kind in ("facts", "measures", "plans", "means")}


def erase(folder: Path) -> list[str]:
    """Erase a thousand facts of the middle day by name; returns their ids."""
    with open_home(folder / "home") as home:
        parts = home.lake.parts("facts")
        table = home.lake.tables["facts"]
        day = [f for f in table.current().files if f.part == parts[len(parts) // 2]]
        ids: list[str] = table.read(day)["fact_id"].slice(0, ERASED).to_pylist()
        home.retention.erase("facts", ids, by=Caller("dpo", "dpo"), reason="Demande 2026-14")
    return ids


def look(home_folder: Path, ids: list[str]) -> dict[str, Any]:
    """Return what a home holds, and what of some facts is in it still."""
    with open_home(home_folder) as home:
        lake, wanted = home.lake, pa.array(ids)
        files = sorted((lake.folder / "facts").rglob("part=*/*.parquet"))
        return {
            "records": {k: lake.count(k) for k in ("facts", "measures", "plans", "means")},
            "index_whole": lake.index.version("facts") == lake.version("facts"),
            "came_back": sum(_held(file, wanted) for file in files),
            "in_index": len(lake.index.find("facts", ids)),
        }


def _held(file: Path, ids: pa.Array) -> int:
    """Return how many of some facts a file has, whichever version of the table it is of."""
    found = pq.read_table(file, columns=["fact_id"], partitioning=None)["fact_id"]
    return int(pc.sum(pc.is_in(found, value_set=ids)).as_py())


def run(folder: Path, rows: int) -> dict[str, Any]:
    """Do the drill; returns its figures."""
    drill, home, copies = Drill(folder), str(folder / "home"), str(folder / "copies")
    keys, restored = str(folder / "keys"), folder / "restored"
    for old in (folder / "copies", folder / "keys", restored):
        shutil.rmtree(old, ignore_errors=True)
    before = drill.step("ready", lambda: make_ready(folder, rows))
    take = ("backup", copies, "--home", home, "--keys-to", keys, "--json")
    first = json.loads(drill.step("copy_of_all", lambda: drill.vigie(*take)))
    ids = drill.step("erase", lambda: erase(folder))
    second = json.loads(drill.step("copy_after", lambda: drill.vigie(*take)))
    drill.step("copies_checked", lambda: drill.vigie("backups", copies, "--check"))
    put = ("restore", copies, "--home", str(restored), "--copy", first["copy"], "--keys", keys)
    back = json.loads(drill.step("restore", lambda: drill.vigie(*put, "--json")))
    doctor = drill.step("doctor", lambda: drill.vigie("doctor", "--home", str(restored)))
    say(doctor)
    found = drill.step("looked", lambda: look(restored, ids))
    wanted = {**before, "facts": before["facts"] - len(ids)}
    return drill.figures | {
        "rows": before["facts"],
        "first": first,
        "second": second,
        "back": back,
        "erased": len(ids),
        "found": found,
        "as_it_was": found["records"] == wanted and not found["came_back"] + found["in_index"],
        "index_bytes": (restored / "lake" / "index.db").stat().st_size,
        "cores": os.cpu_count(),
        "machine": platform.platform(),
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--rows", type=int, default=50_000_000)
    parser.add_argument("--folder", type=Path, help="kept; default: in the temporary folder")
    args = sized(parser.parse_args(), rows=1_200)
    folder = args.folder or Path(tempfile.gettempdir()) / f"vigie-bench-drill{'-s' * SMALL}"
    folder.mkdir(parents=True, exist_ok=True)
    figures = run(folder, args.rows)
    ratio = {"restore": round(figures["restore"]["clock_s"] / ASKED_S, 3)}
    told = {"name": "drill", "figures": figures, "baseline": {"restore_s": ASKED_S}}
    print(json.dumps(told | {"ratio": ratio}))


if __name__ == "__main__":
    main()
