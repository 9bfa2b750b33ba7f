"""A cluster over hosts made of network namespaces; who leads is cut off from the database.

    python3 run.py bench hosts [--cut 12] [--rounds 3]

Four hosts on a bridge: the database, two that serve one home on a shared volume (the kernel is
one, so locks of files hold), and the users, who push to both. In each round the host that leads
and the database no longer hear each other, for --cut seconds, while users still reach both; then
it heals. Said of each round: when another led, and how long after healing one led, both hosts took
messages again, and what had waited was processed. In the end: acknowledged and not in the lake,
twice in the lake. Needs root, iproute2 and PostgreSQL. The last line is JSON.
"""

from __future__ import annotations

import argparse
import json
import os
import signal
import sqlite3
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing, contextmanager
from pathlib import Path

import httpx
from sqlalchemy import create_engine, make_url, text

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "tests"))

from _pushing import SOURCE, family, kept_refs, make_home  # noqa: E402
from _small import sized  # noqa: E402

from namespaces import Hosts, why_not  # noqa: E402
from postgres import postgres  # noqa: E402
from vigie.desk.leading import NAME  # noqa: E402

PORT = 8_000
DESK = "VIGIE_DESK__URL"
ACCEPTED = 202
ENOUGH_S = 300.0
PACE_S = 0.05
PATIENCE_S = 5.0
HEAD = "NUMERO;DATE_DEBUT;HEURE_DEBUT;CODE_NATURE;NATURE;LONGITUDE;LATITUDE;GRAVITE;ETAT\r\n"
LEADS = (
    "SELECT a.application_name FROM pg_locks l JOIN pg_stat_activity a USING (pid)"
    f" WHERE l.locktype = 'advisory' AND l.granted AND a.application_name LIKE '{NAME} %'"
)
SERVING = ("one", "two")


def users(token: str, addresses: list[str]) -> None:
    """Push to every address in turn until told to stop; a line for each answer, or its lack."""
    stop = threading.Event()
    signal.signal(signal.SIGTERM, lambda *_: stop.set())

    def push(place: int) -> None:
        n = 0
        with httpx.Client(timeout=PATIENCE_S) as client:
            while not stop.is_set():
                n += 1
                ref = f"{place}-{n}"
                line = f"{ref};30/03/2026;09:{n % 60:02d};TN;Tapage;5,37;43,29;2;VERT\r\n"
                headers = {"Authorization": f"Bearer {token}", "Content-Type": "text/csv"}
                began, status = time.monotonic(), 0
                try:
                    status = client.post(
                        f"{addresses[place]}/api/ingest/{SOURCE}",
                        content=(HEAD + line).encode(),
                        headers=headers,
                    ).status_code
                except httpx.HTTPError:
                    status = 0
                told = json.dumps([ref, place, status, began, time.monotonic()])
                os.write(1, f"{told}\n".encode())  # one write: two threads share the line
                stop.wait(PACE_S)

    threads = [threading.Thread(target=push, args=(place,)) for place in range(len(addresses))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


class Room:
    """What the bench sees of the hosts: answers, who leads, what waits."""

    def __init__(self, home: Path, desk: str, log: Path, pids: dict[str, int]) -> None:
        self._home = home
        self._engine = create_engine(desk)
        self._log = log
        self._pids = pids

    def answers(self) -> list[tuple[str, int, int, float, float]]:
        lines = self._log.read_text().splitlines()
        return [tuple(json.loads(line)) for line in lines if line.endswith("]")]  # type: ignore[misc]

    def leaders(self) -> set[str]:
        """Return the hosts that hold the lead, by the database."""
        with self._engine.connect() as connection:
            names = connection.execute(text(LEADS)).scalars().all()
        pids = {int(name.rsplit(" ", 1)[1]) for name in names}
        return {host for host, pid in self._pids.items() if pids & set(family(pid))}

    def waiting(self) -> int:
        with closing(sqlite3.connect(self._home / "intake" / "intake.db", timeout=30)) as base:
            query = "SELECT count(*) FROM messages WHERE state = 'pending'"
            return int(base.execute(query).fetchone()[0])

    def served_since(self, instant: float) -> bool:
        """Say whether both hosts have taken a message that was sent after an instant."""
        took = {place for _, place, status, began, _ in self.answers()
                if status == ACCEPTED and began > instant}  # fmt: skip
        return took == {0, 1}


def until(ready: Callable[[], bool], what: str) -> float:
    """Wait; return the instant."""
    deadline = time.monotonic() + ENOUGH_S
    while not ready():
        if time.monotonic() > deadline:
            raise SystemExit(f"not within {ENOUGH_S:.0f} s: {what}")
        time.sleep(0.1)
    return time.monotonic()


@contextmanager
def running(command: list[str], log: Path) -> Iterator[subprocess.Popen[bytes]]:
    """Run a program for as long as the block lasts; what it says goes to a file."""
    with log.open("wb") as out:
        child = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=out, stderr=out)
    try:
        yield child
    finally:
        child.terminate()
        try:
            child.wait(60)
        except subprocess.TimeoutExpired:
            child.kill()
            child.wait()


def one_round(hosts: Hosts, room: Room, seconds: float) -> dict[str, object]:
    """Cut the leader's host off from the database and heal; say what was seen."""
    until(lambda: len(room.leaders()) == 1, "one that leads")
    (leader,) = room.leaders()
    cut_at = time.monotonic()
    hosts.cut(leader, "desk")
    other_at: float | None = None
    while time.monotonic() < cut_at + seconds:
        now = room.leaders()
        if other_at is None and now and leader not in now:
            other_at = time.monotonic()
        time.sleep(0.1)
    hosts.heal(leader, "desk")
    healed = time.monotonic()
    took = until(lambda: room.served_since(healed), "both hosts take messages")
    led = until(lambda: len(room.leaders()) == 1, "one that leads")
    statuses: dict[str, int] = {}
    for _, _, status, began, _ in room.answers():
        if cut_at <= began <= healed:
            statuses[str(status)] = statuses.get(str(status), 0) + 1
    known = len(room.answers())
    empty = until(lambda: room.waiting() < 2 / PACE_S, "what was acknowledged is processed")
    return {
        "cut_off": leader,
        "other_led_after_s": None if other_at is None else round(other_at - cut_at, 1),
        "recovered_s": round(max(took, led, empty) - healed, 1),
        "answers_while_cut": statuses,
        "messages": known,
    }


def describe(home: Path, desk: str, at: dict[str, str]) -> None:
    """Write how the home is served on the hosts; their net is a cable, so in clear."""
    clear = json.dumps([at[name] for name in ("desk", *SERVING)])
    (home / "cluster.toml").write_text(
        f"clear_hosts = {clear}\n[desk]\nurl = {json.dumps(desk)}\n"
        "[cluster]\nweb = 1\njobs = 1\n[lake]\nthreads = 1\n"
    )


def main() -> None:
    """Cut, heal, compare and report."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--cut", type=float, default=12.0, help="Seconds of each partition.")
    parser.add_argument("--rounds", type=int, default=3, help="How many partitions.")
    parser.add_argument("--users", nargs="*", help=argparse.SUPPRESS)
    told = sized(parser.parse_args(), cut=1.0, rounds=1)
    if told.users:
        users(told.users[0], told.users[1:])
        return
    if reason := why_not():
        raise SystemExit(reason)
    programs = max(Path("/usr/lib/postgresql").glob("*/bin/initdb")).parent
    with ExitStack() as stack:
        scratch = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="vigie-hosts-")))
        home, log = scratch / "home", scratch / "users.log"
        hosts = stack.enter_context(Hosts(["desk", *SERVING, "users"]))
        at, within = hosts.addresses, hosts.within("desk")
        sockets = scratch / "sockets"
        sockets.mkdir()
        scratch.chmod(0o711)
        sockets.chmod(0o777)
        far = stack.enter_context(postgres(programs, at["desk"], within, sockets))()
        url = make_url(far)
        near = f"postgresql+psycopg://vigie@/{url.database}?host={sockets}&port={url.port}"
        os.environ[DESK] = near
        token = make_home(home)
        describe(home, far, at)
        serve = [sys.executable, "-m", "vigie", "serve", "--profile", "cluster"]
        serve += ["--home", str(home), "--port", str(PORT), "--host"]
        os.environ.pop(DESK)
        with ExitStack() as serving:
            pids = {
                name: serving.enter_context(
                    running([*hosts.within(name), *serve, at[name]], scratch / f"{name}.log")
                ).pid
                for name in SERVING
            }
            addresses = [f"http://{at[name]}:{PORT}" for name in SERVING]
            pushing = [sys.executable, __file__, "--users", token, *addresses]
            room = Room(home, near, log, pids)
            with running([*hosts.within("users"), *pushing], log):
                until(lambda: room.served_since(0), "both hosts serve")
                rounds = [one_round(hosts, room, told.cut) for _ in range(told.rounds)]
        answers = room.answers()
        acknowledged = {ref for ref, _, status, *_ in answers if status == ACCEPTED}
        os.environ[DESK] = near
        kept = kept_refs(home)
        os.environ.pop(DESK)
    report = {
        "rounds": rounds,
        "acknowledged": len(acknowledged),
        "unknown": sum(status == 0 for _, _, status, *_ in answers),
        "lost": len(acknowledged - set(kept)),
        "doubled": len(kept) - len(set(kept)),
        "recovered_s_most": max(float(str(one["recovered_s"])) for one in rounds),
    }
    print(json.dumps(report))


if __name__ == "__main__":
    main()
