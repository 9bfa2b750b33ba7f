"""Killed at any instant, started again: nothing acknowledged is lost, nothing is there twice."""

from __future__ import annotations

import json
import random
import signal
import subprocess
import sys
import textwrap
import time
from collections import Counter
from pathlib import Path

import pytest

from vigie.base.clock import SystemClock
from vigie.base.settings import Settings
from vigie.intake.service import Intake
from vigie.lake.store import Lake

pytestmark = pytest.mark.usefixtures("forked_programs")

HEADED = textwrap.dedent("""
    from datetime import datetime
    import pyarrow as pa
    from vigie.intake.connector import Connector, Parsed, headed_lines
    from vigie.model.contracts import TIMESTAMP
    from vigie.model.notices import Reject

    def parse(payload, context):
        rows = [line.split(";") for line in payload.content.read().decode().splitlines()[1:]]
        good = [(i, row) for i, row in enumerate(rows, 1) if row[1]]
        yield Parsed(
            "facts",
            pa.table({
                "source_ref": [row[0] for _, row in good],
                "kind": ["offence.property.theft"] * len(good),
                "earliest_at": pa.array(
                    [datetime.fromisoformat(row[1]) for _, row in good], TIMESTAMP),
            }),
            rows=pa.array([i for i, _ in good], pa.int64()),
            narratives=pa.array(["Un texte"] * len(good), pa.string()),
            rejects=[Reject("bad_time", row=i, raw=row[0].encode())
                     for i, row in enumerate(rows, 1) if not row[1]],
            read=len(rows),
        )

    CONNECTOR = Connector("headed", {"fr": "x", "en": "x"}, ("facts",), (".csv",), parse,
                          joins=headed_lines)
""")

SERVER = HEADED + textwrap.dedent("""
    import sys, threading
    from pathlib import Path
    from vigie.base.clock import SystemClock
    from vigie.base.settings import Settings, IntakeSettings
    from vigie.intake.service import Intake
    from vigie.lake.store import Lake

    home, start = Path(sys.argv[1]), int(sys.argv[2])
    settings = Settings(intake=IntakeSettings(linger_ms=20))
    lake = Lake.open(home / "lake", settings.lake, create=True)
    intake = Intake.open(home / "intake", settings=settings, lake=lake,
                         connectors={"headed": CONNECTOR}, clock=SystemClock(), create=True)
    intake.register("log", "headed")
    intake.start()
    lock = threading.Lock()

    def send(worker):
        i = 0
        while True:
            ref = f"{start}-{worker}-{i}"
            at = "" if i % 10 == 9 else "2026-05-30T10:00:00+00:00"
            intake.accept("log", ref, f"ref;at\\n{ref};{at}\\n".encode())
            with lock:
                print(ref, flush=True)
            i += 1

    for worker in range(4):
        threading.Thread(target=send, args=(worker,), daemon=True).start()
    threading.Event().wait()
""")


def run_and_kill(home: Path, start: int, after_s: float) -> list[str]:
    """Run the server under load, kill it after a while; return what it acknowledged."""
    log = home / f"acknowledged-{start}"
    with log.open("w") as out:
        child = subprocess.Popen([sys.executable, "-c", SERVER, str(home), str(start)], stdout=out)
        while log.stat().st_size == 0:  # it has begun to acknowledge
            assert child.poll() is None
            time.sleep(0.01)
        time.sleep(after_s)
        child.send_signal(signal.SIGKILL)
        child.wait(30)
    lines = log.read_text().split("\n")
    return [line for line in lines[:-1] if line.startswith(f"{start}-")]


@pytest.mark.parametrize("seed", [1])
def test_killed_again_and_again_under_load(home: Path, seed: int) -> None:
    chance = random.Random(seed)
    acknowledged: list[str] = []
    for start in range(3):
        acknowledged += run_and_kill(home, start, chance.uniform(0.0, 0.7))
    namespace: dict[str, object] = {}
    exec(HEADED, namespace)  # the server's connector
    settings = Settings()
    with (
        Lake.open(home / "lake", settings.lake) as lake,
        Intake.open(
            home / "intake",
            settings=settings,
            lake=lake,
            connectors={"headed": namespace["CONNECTOR"]},  # type: ignore[dict-item]
            clock=SystemClock(),
        ) as intake,
    ):
        intake.drain()
        good = {ref for ref in acknowledged if not ref.endswith("9")}
        kept = Counter(lake.scan("facts", columns=["source_ref"])["source_ref"].to_pylist())
        assert good <= kept.keys()
        assert max(kept.values()) == 1
        bad = [q.file for q in intake.quarantine_list(limit=10**6)]
        assert {ref for ref in acknowledged if ref.endswith("9")} <= set(bad)
        assert len(set(bad)) == len(bad)
        (health,) = intake.health(0)
        assert health.backlog == 0
        assert health.quarantined == len(bad)
        for row in lake.scan("facts", columns=["fact_id"]).to_pylist()[:50]:
            assert lake.narrative(row["fact_id"]) == "Un texte"
        assert intake.replay().accepted == 0


def test_a_bulk_load_killed_in_the_middle_is_finished_by_the_next_run(home: Path) -> None:
    rows = 6_000
    path = home / "big.csv"
    body = "".join(f"{i};2026-05-30T10:00:00+00:00\n" for i in range(rows))
    path.write_text("ref;at\n" + body + "bad;\n")
    script = HEADED + textwrap.dedent("""
        import sys, json
        from pathlib import Path
        from vigie.base.clock import SystemClock
        from vigie.base.settings import Settings, IntakeSettings
        from vigie.intake.service import Intake
        from vigie.lake.store import Lake
        from dataclasses import replace

        def small(payload, context):
            (whole,) = parse(payload, context)
            for first in range(0, whole.table.num_rows, 500):
                print("chunk", flush=True)
                yield replace(
                    whole, table=whole.table.slice(first, 500), rows=whole.rows[first:first + 500],
                    narratives=whole.narratives[first:first + 500],
                    rejects=whole.rejects if first == 0 else [],
                    read=500 + (len(whole.rejects) if first == 0 else 0))

        home = Path(sys.argv[1])
        settings = Settings(intake=IntakeSettings(batch_rows=500))
        lake = Lake.open(home / "lake", settings.lake, create=True)
        intake = Intake.open(home / "intake", settings=settings, lake=lake, create=True,
            connectors={"headed": replace(CONNECTOR, parse=small)}, clock=SystemClock())
        report = intake.ingest_paths("headed", [home / "big.csv"], source="log")
        print(json.dumps(report.as_json()), flush=True)
        intake.close()
    """)
    command = [sys.executable, "-c", script, str(home)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as child:
        assert child.stdout is not None
        for _ in range(8):
            child.stdout.readline()
        child.send_signal(signal.SIGKILL)
    done = subprocess.run(command, capture_output=True, text=True, check=True, timeout=120)
    report = json.loads(done.stdout.splitlines()[-1])
    assert report["accepted"] + report["duplicates"] == rows
    assert 0 < report["accepted"] < rows
    assert report["quarantined"] == 1
    with Lake.open(home / "lake", Settings().lake) as lake:
        assert lake.count("facts") == rows
