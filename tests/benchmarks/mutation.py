"""Mutation score of the kernel (R-14): of small faults put into it, how many do its tests find?

    python3 run.py bench mutation [--packages FOLDER] [--folder KEPT] [--only merkle,charter]
        [--minutes 30] [--longest 1] [--processes 1] [--afresh] [--shown 40]

Faults are mutmut's (operators, constants, arguments left out, conditions turned round, one at a
time, in every function of ``src/vigie/privacy`` without a decorator); how they are tried is the
bench's own (``_mutants.py``), the tests those of ``tests/privacy`` without the longest texts, and
Hypothesis draws 20 examples each: what less finds, more finds. With ``--folder`` what was tried
stays: the next run goes on where this one ended. A fault is tried again when its function changed,
one that nobody found when a test changed, every one with ``--afresh``. mutmut is not among the
house's packages: put it into a folder of its own with

    pip install --target FOLDER --no-deps mutmut libcst

A fault that makes a test run for ever counts as found. Those that nobody found stand with their
lines in ``survived.diff`` of the folder, the first of them here. Those that change nothing that
anybody could see are listed with the reason in ``equal_faults.toml``; they are left out of
``score``, and in ``score_of_all``. The last line is JSON.
"""

from __future__ import annotations

import argparse
import contextlib
import difflib
import hashlib
import importlib.util
import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
import tomllib
from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from _small import sized

ROOT = Path(__file__).resolve().parents[2]
COPIED = ("src", "tests", "docs", "examples", "requirements", "README.md", "pyproject.toml")
KERNEL = Path("src/vigie/privacy")
EQUAL = Path(__file__).with_name("equal_faults.toml")
FOUND = {"found", "timeout"}
GOAL = 0.9


@dataclass(frozen=True)
class Fault:
    """A fault: ``name`` is mutmut's, ``was`` and ``made`` the lines that differ."""

    name: str
    module: str
    function: str
    code: str
    was: tuple[str, ...]
    made: tuple[str, ...]

    def shown(self) -> str:
        lines = [f"- {line}" for line in self.was] + [f"+ {line}" for line in self.made]
        return "\n".join([self.name, *lines])

    def key(self) -> tuple[str, str, str]:
        return self.module, "\n".join(self.was), "\n".join(self.made)


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--packages", default="", help="folder that mutmut was installed into")
    parser.add_argument("--folder", default="", help="keeps what was tried; a new one each time")
    parser.add_argument("--only", default="", help="modules of the kernel, with commas between")
    parser.add_argument("--minutes", type=float, default=600.0, help="most it may take")
    parser.add_argument("--most", type=int, default=100_000, help="most faults")
    parser.add_argument("--longest", type=float, default=600.0, help="most a test may take (s)")
    parser.add_argument("--processes", type=int, default=1)
    parser.add_argument("--afresh", action="store_true", help="try again what was found before")
    parser.add_argument("--shown", type=int, default=40, help="how many not found are printed")
    return sized(parser.parse_args(), most=5)


def copied(folder: Path) -> None:
    """Make a copy of what is mutated and of what tests it, in place of an older one."""
    for name in COPIED:
        if (ROOT / name).is_dir():
            shutil.rmtree(folder / name, ignore_errors=True)
            shutil.copytree(
                ROOT / name, folder / name, ignore=shutil.ignore_patterns("__pycache__")
            )
        else:
            shutil.copy2(ROOT / name, folder / name)


def digest(*paths: Path) -> str:
    """Return one hash of the contents of files."""
    total = hashlib.sha256()
    for path in sorted(path for path in paths if path.is_file()):
        total.update(path.read_bytes())
    return total.hexdigest()[:16]


def of_function(lines: list[str], name: str) -> list[str]:
    """Return the lines of a generated function under one name for all its faults."""
    return [line.rstrip().replace(name, "FAULTY") for line in lines]


def put_in(path: Path, kept: Path) -> list[Fault]:
    """Put mutmut's faults into a module, each asleep beside what it is a fault of."""
    before = kept / f"{path.stem}-{digest(path)}.json"
    if before.exists():
        made = json.loads(before.read_text("utf-8"))
        path.write_text(made["code"], "utf-8")
        return [
            Fault(**one | {k: tuple(one[k]) for k in ("was", "made")}) for one in made["faults"]
        ]
    code, faults = generated(path)
    path.write_text(code, "utf-8")
    kept.mkdir(exist_ok=True)
    before.write_text(json.dumps({"code": code, "faults": [vars(one) for one in faults]}), "utf-8")
    return faults


def generated(path: Path) -> tuple[str, list[Fault]]:
    """Return a module with mutmut's faults in it, and which they are."""
    from mutmut.mutation.file_mutation import mutate_file_contents

    made = mutate_file_contents(str(path), path.read_text("utf-8"))
    lines = made.code.splitlines()
    spans = made.line_span_by_function_name
    module, faults = path.stem, []

    def source(name: str) -> list[str]:
        return of_function(lines[spans[name].start - 1 : spans[name].end], name)

    for name in made.mutant_names:
        function = name.partition("__mutmut")[0]
        before, after = source(f"{function}__mutmut_orig"), source(name)
        differ = list(difflib.unified_diff(before, after, n=0, lineterm=""))[2:]
        faults.append(
            Fault(
                name=f"vigie.privacy.{module}.{name}",
                module=module,
                function=f"vigie.privacy.{module}.{function}",
                code=hashlib.sha256("\n".join([*before, *after]).encode()).hexdigest()[:16],
                was=tuple(line[1:].strip() for line in differ if line[0] == "-"),
                made=tuple(line[1:].strip() for line in differ if line[0] == "+"),
            )
        )
    return made.code, faults


def results(path: Path, tests: str) -> dict[tuple[str, str], dict[str, Any]]:
    """Return what came of each fault; what nobody found counts for these tests only."""
    lines = path.read_text("utf-8").splitlines() if path.exists() else []
    told = [json.loads(line) for line in lines]
    return {
        (one["name"], one["code"]): one
        for one in told
        if one["state"] in FOUND or one["tests"] == tests
    }


def run(faults: dict[Fault, bool], folder: Path, args: argparse.Namespace, tests: str) -> None:
    """Try faults, in the folder, until the time is at an end.

    Some have been tried without loading everything again, and are to be tried with it.
    """
    files = sorted((ROOT / "tests" / "privacy").glob("test_*.py"))
    around = set((ROOT / "tests" / "privacy").iterdir()) - set(files)
    plan = {
        "base": digest(*(ROOT / KERNEL).iterdir(), ROOT / "tests" / "conftest.py", *around),
        "files": {str(path.relative_to(ROOT)): digest(path) for path in files},
        "ends": time.time() + args.minutes * 60,
        "processes": args.processes,
        "longest": args.longest,
        "faults": [
            {
                "name": one.name,
                "code": one.code,
                "function": one.function,
                "tests": tests,
                "again": again,
            }
            for one, again in faults.items()
        ],
    }
    (folder / "plan.json").write_text(json.dumps(plan), "utf-8")
    before = [folder, folder / "src", *([Path(args.packages).resolve()] if args.packages else [])]
    environment = os.environ | {
        "HYPOTHESIS_PROFILE": "branches",
        "PYTHONPATH": os.pathsep.join(map(str, before)),
    }
    environment.pop("MUTANT_UNDER_TEST", None)
    script = folder / "tests" / "benchmarks" / "_mutants.py"
    with (folder / "said.log").open("a", encoding="utf-8") as said:
        subprocess.run(
            [sys.executable, str(script)],
            cwd=folder, env=environment, stdout=said, stderr=said, check=True,
        )  # fmt: skip


def equal_faults() -> dict[tuple[str, str, str], str]:
    """Return the faults that change nothing, by module and lines, with the reason."""
    table = tomllib.loads(EQUAL.read_text("utf-8"))
    return {
        (module, one["was"].strip(), one["made"].strip()): one["why"]
        for module, some in table.items()
        for one in some
    }


def told(faults: list[Fault], came: dict[tuple[str, str], dict[str, Any]]) -> dict[str, Any]:
    """Print a row for each module, and return the figures of all."""
    equal = equal_faults()
    rows: dict[str, Counter[str]] = {}
    states: Counter[str] = Counter()
    took = 0.0
    for fault in faults:
        row = rows.setdefault(fault.module, Counter())
        one = came.get((fault.name, fault.code))
        states[one["state"] if one else "not tried"] += 1
        row["faults"] += 1
        if one is None:
            continue
        took += one["s"]
        same = fault.key() in equal
        if same and one["state"] in FOUND:
            print(f"listed as equal, and found: {fault.name}")
        row["tried"] += 1
        row["found"] += one["state"] in FOUND
        row["equal"] += same and one["state"] not in FOUND
    for module, row in sorted(rows.items()):
        print(module, *(f"{name} {row[name]}" for name in ("faults", "tried", "found", "equal")))
    total = sum(rows.values(), Counter[str]())
    there = {fault.key() for fault in faults}
    for module, was, made in equal:
        if module in rows and (module, was, made) not in there:
            print(f"listed as equal, and there is no such fault: {module}\n- {was}\n+ {made}")
    score = total["found"] / max(1, total["tried"] - total["equal"])
    return {
        "faults": total["faults"],
        "tried": total["tried"],
        "found": total["found"],
        "equal": total["equal"],
        "score": round(score, 4),
        "score_of_all": round(total["found"] / max(1, total["tried"]), 4),
        "reached": score >= GOAL and total["tried"] == total["faults"],
        "seconds_a_fault": round(took / max(1, total["tried"]), 2),
        "states": states,
    }


def main() -> None:
    args = arguments()
    there = importlib.util.find_spec("mutmut") or (Path(args.packages or "-") / "mutmut").exists()
    if not there:
        raise SystemExit(f"{sys.executable} has no mutmut; see --help for how it is installed")
    if args.packages:
        sys.path.append(str(Path(args.packages).resolve()))
    with contextlib.ExitStack() as stack:
        name = args.folder or stack.enter_context(
            tempfile.TemporaryDirectory(prefix="vigie-mutation-")
        )
        folder = Path(name).resolve()
        folder.mkdir(parents=True, exist_ok=True)
        copied(folder)
        tests = digest(*(ROOT / "tests" / "privacy").iterdir(), ROOT / "tests" / "conftest.py")
        stack.enter_context(contextlib.chdir(folder))
        all_faults = [
            fault
            for path in sorted((folder / KERNEL).glob("*.py"))
            for fault in put_in(path, folder / "made")
        ]
        asked = args.only.split(",") if args.only else sorted({one.module for one in all_faults})
        # In an order of no meaning: a run that ends early has tried a fair part of a module.
        all_faults.sort(key=lambda one: one.code)
        faults = [one for name in asked for one in all_faults if one.module == name][: args.most]
        lines = folder / "results.jsonl"
        if args.afresh:
            lines.unlink(missing_ok=True)
        before = results(lines, tests)
        left = {
            one: (one.name, one.code) in before
            for one in faults
            if before.get((one.name, one.code), {"again": True}).get("again")
        }
        if left:
            run(left, folder, args, tests)
        came = results(lines, tests)
        equal = equal_faults()
        survived = [
            one
            for one in faults
            if came.get((one.name, one.code), {"state": "found"})["state"] not in FOUND
            and one.key() not in equal
        ]
        shown = [one.shown() for one in survived]
        (folder / "survived.diff").write_text("\n\n".join([*shown, ""]), "utf-8")
        print("\n\n".join(shown[: args.shown]))
        figures = told(faults, came)
    print(json.dumps(figures))


if __name__ == "__main__":
    main()
