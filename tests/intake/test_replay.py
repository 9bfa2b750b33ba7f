"""Duplicates, disorder and replays end in the state of one clean pass (R-7)."""

from __future__ import annotations

import json
import os
import random
import subprocess
import sys
import tempfile
from collections.abc import Callable, Mapping
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.intake.replay_worker import ANALYSES, aggregates

from vigie.base.clock import FixedClock
from vigie.base.settings import IntakeSettings, Settings
from vigie.intake.connector import Connector
from vigie.intake.service import Intake
from vigie.lake.store import Lake

KEPT = ["fact_id", "source_ref", "kind", "severity", "revision", "earliest_us", "part", "cell"]
RECORD = st.fixed_dictionaries(
    {
        "source_ref": st.integers(0, 6).map(str),
        "revision": st.integers(0, 3),
        "earliest_at": st.sampled_from(
            ["2026-05-30T10:00:00+00:00", "2026-05-30T22:30:00+00:00", "2099-01-01T00:00:00+00:00"]
        ),
    }
)
MESSAGES = st.lists(st.lists(RECORD, min_size=1, max_size=4), min_size=1, max_size=6)


def severity_of(row: Mapping[str, Any]) -> int:
    """One content per reference and revision: a source never says two things at once."""
    return 1 + (int(row["source_ref"]) * 7 + row["revision"] * 3) % 5


def instant_of(row: Mapping[str, Any]) -> str:
    moments = ["2026-05-30T10:00:00+00:00", "2026-05-31T22:30:00+00:00"]
    return moments[(int(row["source_ref"]) + row["revision"]) % 2]


def state(lake: Lake, intake: Intake) -> tuple[list[dict[str, Any]], set[tuple[Any, ...]]]:
    table = lake.scan("facts", columns=KEPT)
    rows = sorted(table.to_pylist(), key=lambda row: row["fact_id"])
    refused = {(q.code, q.row, str(q.params)) for q in intake.quarantine_list(limit=10_000)}
    return rows, refused


@settings(
    max_examples=8, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None
)
@given(messages=MESSAGES, chance=st.randoms(use_true_random=False), replays=st.integers(1, 3))
def test_any_interleaving_ends_as_one_clean_pass(
    messages: list[list[dict[str, Any]]],
    chance: random.Random,
    replays: int,
    clock: FixedClock,
    connectors: Mapping[str, Connector],
    lines: Callable[..., bytes],
    fact: Callable[..., dict[str, Any]],
) -> None:
    contents = [
        lines(*(
            fact(
                row["source_ref"], revision=row["revision"], severity=severity_of(row),
                earliest_at=row["earliest_at"] if "2099" in row["earliest_at"] else instant_of(row),
            )
            for row in message
        ))
        for message in messages
    ]  # fmt: skip

    def run(order: list[bytes], folder: Path, *, stop_often: bool) -> Any:
        config = Settings(intake=IntakeSettings(batch_rows=3))
        with (
            Lake.open(folder / "lake", config.lake, create=True) as lake,
            Intake.open(
                folder / "intake", settings=config, lake=lake, connectors=connectors,
                clock=clock, create=True,
            ) as intake,
        ):  # fmt: skip
            intake.register("log", "probe")
            for content in order:
                intake.accept("log", "m", content)
                if stop_often and chance.random() < 0.5:
                    intake.drain(limit=1)
            intake.drain()
            if stop_often:
                for _ in range(replays):
                    assert intake.replay().accepted == 0
            return state(lake, intake)

    with tempfile.TemporaryDirectory() as clean, tempfile.TemporaryDirectory() as messy:
        expected = run(contents, Path(clean), stop_often=False)
        shuffled = contents + chance.choices(contents, k=3)
        chance.shuffle(shuffled)
        assert run(shuffled, Path(messy), stop_often=True) == expected


def test_a_replay_restores_what_the_lake_lost(
    home: Path,
    clock: FixedClock,
    connectors: Mapping[str, Connector],
    lines: Callable[..., bytes],
    fact: Callable[..., dict[str, Any]],
) -> None:
    config = Settings()

    def open_on(lake: Lake) -> Intake:
        return Intake.open(
            home / "intake", settings=config, lake=lake, connectors=connectors, clock=clock,
            create=True,
        )  # fmt: skip

    with Lake.open(home / "first", config.lake, create=True) as lake, open_on(lake) as intake:
        intake.register("log", "probe")
        intake.register("other", "probe")
        for i in range(30):
            intake.accept("log", "m", lines(fact(str(i)), fact(f"bad-{i}", lon=0.0, lat=0.0)))
        intake.accept("other", "m", lines(fact("x", text="Un texte.")))
        intake.drain()
        before = state(lake, intake)
        counted = [(one.read, one.records, one.quarantined) for one in intake.health(0)]
    with Lake.open(home / "second", config.lake, create=True) as lake, open_on(lake) as intake:
        report = intake.replay("other")
        assert (report.messages, report.accepted) == (1, 1)
        report = intake.replay()
        assert (report.messages, report.accepted, report.duplicates) == (31, 30, 1)
        assert state(lake, intake) == before
        assert [(one.read, one.quarantined) for one in intake.health(0)] == [
            (read, quarantined) for read, _, quarantined in counted
        ]


@pytest.mark.parametrize("days", [3, 8])
def test_a_replay_reaches_as_far_as_payloads_are_kept(
    intake: Intake,
    clock: FixedClock,
    lines: Callable[..., bytes],
    fact: Callable[..., dict[str, Any]],
    days: int,
) -> None:
    intake.accept("log", "m", lines(fact("1")))
    intake.drain()
    clock.advance(timedelta(days=days))
    intake.housekeeping.clean()
    assert intake.replay().messages == (1 if days < 7 else 0)


def police_log() -> list[str]:
    """Return messages of a police log: revised, repeated, out of order, some refused."""
    chance = random.Random(5)
    head = (
        "NUMERO;DATE_DEBUT;HEURE_DEBUT;CODE_NATURE;NATURE;LONGITUDE;LATITUDE;GRAVITE;ETAT;MAJ\r\n"
    )
    told = []
    for number in range(24):
        rows = []
        for _ in range(20):
            ref, at = chance.randrange(400), chance.randrange(61)
            code = chance.choice(("TN", "VS", "CB", "DEG", "ZZZ"))
            where = f"{5.3 + ref % 97 / 500:.4f};{43.22 + ref % 89 / 500:.4f}".replace(".", ",")
            when = f"{1 + at % 30:02d}/{4 + at // 31:02d}/2026;{ref % 24:02d}:{number:02d}"
            made = f"31/05/2026 10:{number:02d}"
            rows.append(f"2026-{ref};{when};{code};;{where};{1 + ref % 5};VERT;{made}\r\n")
        told.append(f"{head}\r\n{''.join(rows)}")
    return told


def test_two_machines_make_the_same_aggregates_of_one_log_byte_for_byte(tmp_path: Path) -> None:
    """R-15: this process, and one of another hash seed, time zone, language, rhythm, threads."""
    log = tmp_path / "log"
    log.write_text("\0".join(police_log()), "utf-8")
    worker = Path(__file__).with_name("replay_worker.py")
    there = {"PYTHONHASHSEED": "4711", "TZ": "Pacific/Auckland", "LANG": "C"}
    with subprocess.Popen(
        [sys.executable, worker, tmp_path / "there", log, "9", "2"],
        env={**os.environ, **there},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    ) as process:
        here = json.loads(json.dumps(aggregates(tmp_path / "here", log, every=1, threads=1)))
        out, error = process.communicate(timeout=300)
    assert process.returncode == 0, error.decode()[-2_000:]
    assert json.loads(out.splitlines()[-1]) == here
    assert here["facts"] > 200
    assert all(here[name][1] > 0 for name in ANALYSES), here
