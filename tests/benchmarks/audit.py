"""The audit: how long a line takes, how long a million are checked, what stays unseen.

    python3 run.py bench audit [--appends 5000] [--lines 1000000] [--attacks 10000] [--kills 500]

* append: lines one after the other, each on disk (fdatasync) when it returns; then by 8 threads;
* verify: every line, leaf and head of a sound audit;
* attacks: one bit changed, one line taken away, two lines swapped, anywhere, with a head over all
  lines kept; the audit is opened anew and verified each time, as its owner would;
* kills: a child process appends a line, then answers through a pipe, and is killed with -9 at a
  random instant; an answer whose line is not there is one too many.

The last line is JSON.
"""

from __future__ import annotations

import argparse
import json
import multiprocessing
import os
import platform
import random
import signal
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from multiprocessing.connection import Connection
from pathlib import Path

import numpy as np
from _small import sized
from _tampering import ATTACKS, line, make, put_back

from vigie.audit.reading import stored_lines
from vigie.audit.record import SALT, from_text, to_text
from vigie.audit.store import Audit
from vigie.audit.tail import Tail
from vigie.audit.verification import verify
from vigie.base.clock import SystemClock
from vigie.base.settings import AuditSettings

THREADS = 8
BLOCK = 20_000
ATTACKED_LINES = 200


@contextmanager
def opened(folder: Path) -> Iterator[Audit]:
    audit = Audit.open(folder, settings=AuditSettings(), clock=SystemClock())
    try:
        yield audit
    finally:
        audit.close()


def flush_ms(path: Path, n: int) -> dict[str, float]:
    """What the machine itself takes, now, to put 400 bytes on disk: the floor of an append."""
    handle = os.open(path, os.O_WRONLY | os.O_CREAT)
    took = []
    for _ in range(n):
        began = time.perf_counter()
        os.write(handle, bytes(400))
        os.fdatasync(handle)
        took.append(time.perf_counter() - began)
    os.close(handle)
    p50, p99 = np.percentile(np.array(took) * 1e3, [50, 99])
    return {"flush_p50_ms": round(float(p50), 3), "flush_p99_ms": round(float(p99), 3)}


def append_ms(folder: Path, n: int) -> dict[str, float]:
    """Median and percentiles of one append alone; then lines a second by threads."""
    with opened(folder) as audit:
        took = []
        cpu = time.process_time()
        for number in range(n):
            one = line(number)
            began = time.perf_counter()
            audit.append(one)
            took.append(time.perf_counter() - began)
        cpu = time.process_time() - cpu

        def many() -> None:
            for number in range(n // THREADS):
                audit.append(line(number))

        threads = [threading.Thread(target=many) for _ in range(THREADS)]
        began = time.perf_counter()
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        together = time.perf_counter() - began
    p50, p99, p999 = np.percentile(np.array(took) * 1e3, [50, 99, 99.9])
    return {
        "append_p50_ms": round(float(p50), 3),
        "append_p99_ms": round(float(p99), 3),
        "append_p999_ms": round(float(p999), 3),
        "append_cpu_ms": round(cpu / n * 1e3, 3),
        "append_threads_per_s": round(n // THREADS * THREADS / together),
    }


def verify_s(folder: Path, n: int) -> dict[str, float]:
    """Seconds for a check of ``n`` lines in 10 days, with a head kept after each."""
    with opened(folder) as audit:
        key = audit.public_key
    tail = Tail(folder)
    began = time.perf_counter()
    for start in range(0, n, BLOCK):
        day = f"2026-01-{1 + start * 10 // n:02d}"
        block = [(os.urandom(SALT), to_text(line(i))) for i in range(start, min(n, start + BLOCK))]
        tail.add(block, day)
    tail.close()
    made = time.perf_counter() - began
    with opened(folder) as audit:
        began = time.perf_counter()
        audit.head()
        first_head = time.perf_counter() - began
        began, cpu = time.perf_counter(), time.process_time()
        found = verify(audit)
        took, cpu = time.perf_counter() - began, time.process_time() - cpu
        began = time.perf_counter()
        audit.prove(n // 3)
        proof = time.perf_counter() - began
    assert found.sound
    assert found.lines == n
    assert key == audit.public_key
    return {
        "verify_lines": n,
        "verify_s": round(took, 2),
        "verify_cpu_s": round(cpu, 2),
        "made_s": round(made, 2),
        "first_head_s": round(first_head, 2),
        "proof_s": round(proof, 3),
    }


def attacked(folder: Path, n: int, seed: int) -> dict[str, int]:
    """How many of ``n`` changes, a third of each kind, are found."""
    make(folder, SystemClock(), ATTACKED_LINES)
    chance = random.Random(seed)
    found = dict.fromkeys(ATTACKS, 0)
    kinds = [kind for kind in ATTACKS for _ in range(-(-n // len(ATTACKS)))][:n]
    for kind in kinds:
        with put_back(folder):
            chance.choice(ATTACKS[kind])(folder, chance)
            with opened(folder) as audit:
                found[kind] += not verify(audit).sound
    tried = {f"{kind}_tried": kinds.count(kind) for kind in ATTACKS}
    return tried | {f"{kind}_found": count for kind, count in found.items()}


def answer(folder: Path, first: int, pipe: Connection) -> None:
    """Append a line, then answer with its number, until killed."""
    with opened(folder) as audit:
        for number in range(first, first + 1_000_000):
            audit.append(line(number))
            pipe.send_bytes(number.to_bytes(8, "big"))


def killed(folder: Path, n: int, seed: int) -> dict[str, int]:
    """Kill a process that answers ``n`` times; count answers without a line."""
    chance = random.Random(seed)
    context = multiprocessing.get_context("fork")
    answered: set[int] = set()
    for kill in range(n):
        ours, theirs = context.Pipe(duplex=False)
        child = context.Process(target=answer, args=(folder, kill * 1_000_000, theirs))
        child.start()
        theirs.close()
        until = time.monotonic() + chance.uniform(0.0, 0.06)
        killed_it = False
        try:
            while True:
                answered.add(int.from_bytes(ours.recv_bytes(), "big"))
                if not killed_it and time.monotonic() > until:
                    os.kill(child.pid or 0, signal.SIGKILL)
                    killed_it = True
        except EOFError:
            child.join()
    with opened(folder) as audit:
        kept = {
            int(from_text(stored.text).subject["n"])  # type: ignore[arg-type]
            for _, stored in stored_lines(audit, 0, audit.count())
        }
        assert verify(audit).sound
    return {
        "kills": n,
        "answers": len(answered),
        "answers_without_a_line": len(answered - kept),
        "lines_without_an_answer": len(kept - answered),
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--appends", type=int, default=5_000)
    parser.add_argument("--lines", type=int, default=1_000_000)
    parser.add_argument("--attacks", type=int, default=10_000)
    parser.add_argument("--kills", type=int, default=500)
    parser.add_argument("--seed", type=int, default=1)
    args = sized(parser.parse_args(), appends=80, lines=300, attacks=6, kills=2)
    figures: dict[str, object] = {}
    with tempfile.TemporaryDirectory(prefix="vigie-bench-audit-") as name:
        work = Path(name)
        for part in (
            lambda: flush_ms(work / "flush", args.appends),
            lambda: append_ms(work / "append", args.appends),
            lambda: verify_s(work / "verify", args.lines),
            lambda: attacked(work / "attacks", args.attacks, args.seed),
            lambda: killed(work / "kills", args.kills, args.seed),
        ):
            told = part()
            print(told, flush=True)
            figures |= told
    figures |= {"cores": os.cpu_count(), "machine": platform.platform()}
    missed = args.attacks - sum(int(str(figures[f"{kind}_found"])) for kind in ATTACKS)
    baseline = {"append_p99_ms": 5, "verify_s": 10, "missed": 0, "answers_without_a_line": 0}
    figures["missed"] = missed
    print(json.dumps({"name": "audit", "figures": figures, "baseline": baseline, "ratio": {}}))
    if missed or figures["answers_without_a_line"]:
        raise SystemExit(1)


if __name__ == "__main__":
    main()
