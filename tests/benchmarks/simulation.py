"""Seeded simulation of clock, network and disk: any failure is replayed from its seed.

    python3 run.py bench simulation [--seeds 1000] [--seed 0] [--history] [--each]

Each seed is a story of its own on an empty home: messages over a network that loses, doubles,
delays and reorders; a disk that is full, fails, or loses what was not flushed; a clock that leaps;
both changes of hour, 29 February, a new year. Journal, audit, keystore, commits and retention are
the real ones. A broken promise is told with its seed and the shortest story that still breaks it;
``--seed S --seeds 1 --history`` tells a story whole. With ``--each`` one story is told as often as
it has writes, flushes, truncations, renamings and removals, twice: each of them is refused once as
on a full disk, once as by one that fails. The same with a story of the desk, one act of each kind
that it writes, and with its migrations. The last line is JSON; exit code 1 when one was broken.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
import tempfile
import time
import types
from pathlib import Path

import structlog
from _small import either, sized

TESTS = Path(__file__).resolve().parents[1]
tests = types.ModuleType("tests")
tests.__path__ = [str(TESTS)]
sys.modules["tests"] = tests

from tests.desk.failing import each as each_of_desk  # noqa: E402
from tests.desk.failing import make_desk  # noqa: E402
from tests.simulation.each import each, operations  # noqa: E402
from tests.simulation.machine import make_home  # noqa: E402
from tests.simulation.shrinking import shortest  # noqa: E402
from tests.simulation.story import DAY_US, STARTS, run  # noqa: E402


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--seeds", type=int, default=1000)
    parser.add_argument("--seed", type=int, default=0, help="the first")
    parser.add_argument("--history", action="store_true", help="tell every story whole")
    parser.add_argument("--each", action="store_true", help="refuse each operation of one story")
    return sized(parser.parse_args(), seeds=2)


def refuse_each(template: Path, folder: Path) -> dict[str, object]:
    """Refuse each operation of a story in turn, by each error; return what came of it."""
    numbers = operations(template, folder)[:: either(1, 100)]
    refused, broken = 0, []
    for number, told in each(template, folder, numbers):
        refused += told.refused
        if told.broken:
            broken.append(number)
            print(f"operation {number}: {told.broken}", *told.history, sep="\n", flush=True)
    return {"operations": len(numbers), "refused": refused, "broken": broken}


def refuse_each_of_desk(template: Path | None, folder: Path) -> dict[str, object]:
    """Refuse each operation of the desk's story in turn, or of its migrations; as above."""
    numbers, refused, broken = set(), 0, []
    for number, told in each_of_desk(template, folder, either(1, 150)):
        numbers.add(number)
        refused += told.refused
        if told.broken:
            broken.append(number)
            print(f"the desk's operation {number}: {told.broken}", flush=True)
    return {"operations": len(numbers), "refused": refused, "broken": broken}


def main() -> None:
    args = arguments()
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(50))
    began, broken = time.process_time(), []
    cuts = refused = acknowledged = 0
    with tempfile.TemporaryDirectory(prefix="vigie-simulation-") as name:
        template, folder = Path(name) / "empty", Path(name) / "seed"
        make_home(template, STARTS[0] - DAY_US)
        in_turn = {}
        if args.each:
            make_desk(Path(name) / "desk")
            in_turn = {
                "home": refuse_each(template, folder),
                "desk": refuse_each_of_desk(Path(name) / "desk", folder),
                "migrations": refuse_each_of_desk(None, folder),
            }
        for seed in range(args.seed, args.seed + args.seeds):
            told = run(seed, template, folder)
            cuts, refused = cuts + told.cuts, refused + told.refused
            acknowledged += told.acknowledged
            if args.history:
                print("\n".join(told.history), flush=True)
            if told.broken:
                broken.append(seed)
                least = shortest(told, template, folder)
                print(f"seed {seed}: {told.broken}", "the shortest:", *least.history, sep="\n",
                      flush=True)  # fmt: skip
    figures = {
        "seeds": args.seeds,
        "first": args.seed,
        "broken": broken,
        "power_cuts": cuts,
        "refused_writes": refused,
        "acknowledged": acknowledged,
        "each": in_turn,
        "user_s": round(time.process_time() - began, 1),
        "cores": os.cpu_count(),
    }
    print(json.dumps({"name": "simulation", "figures": figures, "baseline": {"broken": []},
                      "ratio": {}}))  # fmt: skip
    if broken or any(one["broken"] for one in in_turn.values()):
        raise SystemExit(1)


if __name__ == "__main__":
    main()
