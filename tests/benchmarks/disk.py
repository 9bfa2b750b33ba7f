"""A served home on a disk that is full to the last block, and on one whose calls fail (R-2).

    python3 run.py bench disk [--rounds 8] [--seconds 6] [--seed 1]

The whole server (web, processing, keys, SQLite, DuckDB's spilling, Delta's writer) stands on an
ext4 filesystem of its own, a mounted file. It is pushed to, read, signed in to, written to and
listened to the whole time. In each round, at a random instant and for --seconds, either the
filesystem is filled until nothing is left and filled again as soon as something is freed, or the
calls of every process that change a file on it are refused, by EIO or ENOSPC, each or one in
three. Meanwhile a backup is asked for and ``vigie doctor`` looks. Then the trouble ends. On a full
disk everything is read as before; where calls fail, what needs a line of the audit is refused.

Told: answers by status while it lasted, and what was neither done nor refused as it should be; how
long after the end the last sender was acknowledged again, everything else was answered again, and
what had waited was in the lake. In the end: acknowledged and not in the lake, twice in the lake,
lines of the desk acknowledged and not there, events of the live stream missed or doubled; whether
the audit, every database and the filesystem are sound. Needs root and a C compiler. The last line
is JSON; exit code 1 when something was lost, doubled, broken or answered wrongly.
"""

from __future__ import annotations

import argparse
import errno
import json
import os
import platform
import random
import re
import shutil
import signal
import sqlite3
import subprocess
import sys
import tempfile
import time
from collections import Counter
from contextlib import closing, suppress
from dataclasses import dataclass, field
from pathlib import Path

from _disk_users import Users
from _pushing import SOURCE, family, free_port, kept_refs, lives, make_home, served
from _small import sized
from _volume import Ballast, Failing, volume, why_not

from vigie.audit.verification import verify
from vigie.base.settings import SETTINGS_FILE
from vigie.situation.home import open_home

SIZE = 1_280 * 2**20
GOAL_S = 10.0
LONGEST_S = 90.0
"""What has not come back by then is told as it is."""
FULL = "full"
TROUBLES: tuple[tuple[str, int, int], ...] = (
    (FULL, 0, 1),
    ("EIO", errno.EIO, 1),
    (FULL, 0, 1),
    ("EIO, one in three", errno.EIO, 3),
    ("ENOSPC", errno.ENOSPC, 1),
    ("ENOSPC, one in three", errno.ENOSPC, 3),
)
UNFORESEEN = re.compile(r"Traceback|unforeseen failure")


@dataclass
class Round:
    """What came of one trouble.

    Attributes:
        trouble: Which.
        answers: Number of answers while it lasted, by who asked and status.
        wrong: Answers that were neither what was asked for nor a refusal to try again.
        again_s: Seconds after its end until each who asks had been answered all as wished.
        processed_s: Until what had been acknowledged before its end was processed.
        doctor: What the doctor said of the disk.
        backup: Exit code of a backup asked for meanwhile.
    """

    trouble: str
    answers: dict[str, dict[str, int]] = field(default_factory=dict)
    wrong: list[str] = field(default_factory=list)
    again_s: dict[str, float] = field(default_factory=dict)
    processed_s: float = 0.0
    doctor: str = ""
    backup: int = 0


def vigie(*words: str, home: Path) -> subprocess.CompletedProcess[str]:
    """Run a command of Vigie on the home."""
    command = [sys.executable, "-m", "vigie", *words, "--home", str(home)]
    return subprocess.run(command, capture_output=True, text=True, timeout=300, check=False)


def waiting_since(home: Path, before_us: int) -> int:
    """Return how many messages taken before an instant wait."""
    with closing(sqlite3.connect(home / "intake" / "intake.db", timeout=30)) as connection:
        sql = "SELECT count(*) FROM messages WHERE state = 'pending' AND received_us < ?"
        return int(connection.execute(sql, (before_us,)).fetchone()[0])


def until(done: object, began: float) -> float:
    """Wait until something is so; return how many seconds after ``began`` it was."""
    assert callable(done)
    while not done() and time.monotonic() - began < LONGEST_S:
        time.sleep(0.05)
    return round(time.monotonic() - began, 2)


class Bench:
    """The server on its disk, who uses it, and what troubles it."""

    def __init__(self, mounted: Path, home: Path, failing: Failing, users: Users) -> None:
        self._mounted, self._home, self._failing, self._users = mounted, home, failing, users

    def round(self, trouble: tuple[str, int, int], seconds: float, before_s: float) -> Round:
        """Let a trouble come and go; return what came of it."""
        name, error, one_in = trouble
        found, ballast = Round(name), Ballast(self._mounted)
        time.sleep(before_s)
        began = time.monotonic()
        if name == FULL:
            ballast.fill()
        else:
            self._failing.refuse(error, one_in)
        try:
            if name == FULL:
                self._look_while_full(found)
            time.sleep(max(0.0, seconds - (time.monotonic() - began)))
        finally:
            ballast.free()
            self._failing.refuse(0)
        ended, ended_us = time.monotonic(), time.time_ns() // 1000
        self._account(found, began, ended)
        until(lambda: all(self._users.well_since(who, ended) for who in self._users.names), ended)
        found.again_s = {who: self._users.again_s(who, ended) for who in self._users.names}
        found.processed_s = until(lambda: not waiting_since(self._home, ended_us), ended)
        return found

    def _look_while_full(self, found: Round) -> None:
        told = vigie("doctor", "--json", home=self._home)
        if told.returncode != 1 or UNFORESEEN.search(told.stderr):
            found.wrong.append(f"doctor: {told.returncode} {told.stderr[-500:]}")
        else:
            rows = json.loads(told.stdout)
            found.doctor = ", ".join(sorted({r["code"] for r in rows if r["state"] == "broken"}))
        copy = vigie("backup", str(self._mounted / "copies"), home=self._home)
        found.backup = copy.returncode
        if copy.returncode == 0 or UNFORESEEN.search(copy.stderr):
            found.wrong.append(f"backup: {copy.returncode} {copy.stderr[-500:]}")

    def _account(self, found: Round, began: float, ended: float) -> None:
        answers: dict[str, Counter[str]] = {}
        for asked in self._users.between(began, ended):
            answers.setdefault(asked.who, Counter())[str(asked.status)] += 1
            if wrong := asked.wrong(failing=found.trouble != FULL):
                found.wrong.append(wrong)
        found.answers = {who: dict(sorted(of.items())) for who, of in sorted(answers.items())}


def integrity(home: Path) -> list[str]:
    """Return the databases of a home that are not whole."""
    broken = []
    for path in sorted({*home.glob("*.db"), *home.glob("*/*.db")}):
        with closing(sqlite3.connect(path, timeout=30)) as database:
            if database.execute("PRAGMA integrity_check").fetchall() != [("ok",)]:
                broken.append(str(path.relative_to(home)))
    return broken


def compare(home: Path, users: Users) -> dict[str, object]:
    """Return what the home holds against what was acknowledged."""
    kept = Counter(kept_refs(home))
    with open_home(home) as opened:
        counted = sum(one.records for one in opened.intake.health(0) if one.source == SOURCE)
        chain = verify(opened.audit)
        replayed = opened.intake.replay(SOURCE)
        quarantined = len(opened.intake.quarantine_list())
        lines = Counter(one.said.text for one in opened.desk.shift.lines(0, 2**62))
    wanted = set(users.acknowledged_lines)
    return {
        "acknowledged": len(users.acknowledged),
        "lost": len(set(users.acknowledged) - kept.keys()),
        "doubled": sum(n - 1 for n in kept.values()),
        "untold": kept.total() - counted,
        "quarantined": quarantined,
        "accepted_by_a_replay_after": replayed.accepted,
        "desk_lines": len(wanted),
        "desk_lines_lost": len(wanted - lines.keys()),
        "desk_lines_doubled": sum(n - 1 for text, n in lines.items() if text in wanted),
        "audit_lines": chain.lines,
        "audit_sound": chain.sound,
        "databases_broken": integrity(home),
    }


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--rounds", type=int, default=8)
    parser.add_argument("--seconds", type=float, default=6.0, help="how long a trouble lasts")
    parser.add_argument("--seed", type=int, default=1)
    return sized(parser.parse_args(), rounds=2, seconds=2.0)


def measure(args: argparse.Namespace, scratch: Path, mounted: Path) -> dict[str, object]:
    """Let the troubles come and go; return the figures."""
    chance, home, port = random.Random(args.seed), mounted / "home", free_port()
    token, failing = make_home(home), Failing(mounted, scratch)
    with (home / SETTINGS_FILE).open("a", encoding="utf-8") as file:
        file.write("\n[server]\nrequire_second_factor = []\n")
    spill = mounted / "spill"
    spill.mkdir()
    users = Users(home, port, token)
    rounds: list[Round] = []
    os.environ["TMPDIR"], usual = str(spill), os.environ.get("TMPDIR")
    with failing.begun():
        serving = served(home, port)
        server = serving.__enter__()
    processes = family(server.pid)
    try:
        with users:
            for number in range(args.rounds):
                trouble = TROUBLES[number % len(TROUBLES)]
                found = bench_round(Bench(mounted, home, failing, users), trouble, args, chance)
                rounds.append(found)
                print(json.dumps(vars(found)), flush=True)
        processes = family(server.pid)
        server.send_signal(signal.SIGTERM)
        code = ended(server, processes)
    finally:
        for one in processes:
            with suppress(ProcessLookupError):
                os.kill(one, signal.SIGKILL)
        serving.__exit__(None, None, None)
        os.environ.pop("TMPDIR")
        if usual is not None:
            os.environ["TMPDIR"] = usual
    log = (home.parent / "server.log").read_text("utf-8", "replace")
    if kept := os.environ.get("VIGIE_BENCH_KEEP"):
        shutil.copy(home.parent / "server.log", kept)
    wrong = [one for found in rounds for one in found.wrong]
    again = [max(found.again_s.values()) for found in rounds]
    return {
        "rounds": [vars(found) for found in rounds],
        "refused_calls": failing.refused,
        "wrong": len(wrong),
        "tracebacks": len(UNFORESEEN.findall(log)),
        "exit_code": code,
        "acknowledged_again_s_most": max(found.again_s["push"] for found in rounds),
        "answered_again_s_most": max(again),
        "processed_again_s_most": max(found.processed_s for found in rounds),
        **users.figures(),
        **compare(home, users),
        "cores": os.cpu_count(),
        "machine": platform.platform(),
    }


def ended(server: subprocess.Popen[bytes], processes: list[int]) -> int | None:
    """Return the exit code of a server told to stop; None unless all its processes have ended."""
    try:
        code = server.wait(LONGEST_S)
    except subprocess.TimeoutExpired:
        return None
    began = time.monotonic()
    left = until(lambda: not any(lives(one) for one in processes), began)
    return code if left < LONGEST_S else None


def bench_round(
    bench: Bench, trouble: tuple[str, int, int], args: argparse.Namespace, chance: random.Random
) -> Round:
    """Let one trouble come at a random instant."""
    return bench.round(trouble, args.seconds, chance.uniform(0.5, 3.0))


def main() -> None:
    args = arguments()
    if reason := why_not():
        raise SystemExit(reason)
    with tempfile.TemporaryDirectory(prefix="vigie-bench-disk-") as name:
        scratch = Path(name)
        with volume(scratch, SIZE) as mounted:
            figures = measure(args, scratch, mounted)
    zero = ("lost", "doubled", "untold", "desk_lines_lost", "desk_lines_doubled", "wrong",
            "stream_doubled", "exit_code")  # fmt: skip
    baseline = {**dict.fromkeys(zero, 0), "answered_again_s_most": GOAL_S}
    print(json.dumps({"name": "disk", "figures": figures, "baseline": baseline, "ratio": {}}))
    sound = figures["audit_sound"] and not figures["databases_broken"]
    if not sound or any(figures[one] != 0 for one in zero):
        raise SystemExit(1)


if __name__ == "__main__":
    main()
