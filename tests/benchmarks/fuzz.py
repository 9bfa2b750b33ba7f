"""Ten thousand mutants of each connector's samples: nothing escapes, no neighbour is lost.

    python3 run.py bench fuzz [--mutants 10000] [--only rescue_cases,siri] [--seed 1]

Each mutant is one to six cuts, flips, insertions, repetitions, removals and splices of a sample of
the connector, valid or not. It is parsed as the kit would; an exception is an escape. Every
thousandth mutants' group then goes through a real intake (journal, checks, commit) together with an
unharmed sample: its records must stand in the lake as they do without mutants beside it. Memory is
the process's own peak, connector by connector. The last line is JSON; exit code 1 when one escaped.
"""

# ruff: noqa: E501 -- tokens are data

from __future__ import annotations

import argparse
import io
import json
import random
import resource
import sys
import tempfile
import time
import tomllib
import traceback
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from _small import either, sized

import vigie.connectors
from vigie.base.clock import Clock
from vigie.base.settings import LakeSettings, Settings
from vigie.intake.connector import Connector, Context, Payload, discover
from vigie.intake.service import Intake
from vigie.lake.store import Lake
from vigie.model.contracts import CONTRACTS

SAMPLES = Path(__file__).resolve().parents[1] / "connectors" / "samples"
NOW = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)
TOGETHER = 1_000
IN_A_GROUP = 40
TOKENS = (
    b'"', b"\x00", b"\n", b"\r", b"\r\n", b";", b",", b"{", b"}", b"]", b"<", b">", b"</", b"&x;", b"]]>",
    b"|", b"^", b"\\", b"~", b"\x0b", b"\x1c\x0d", b"\xff\xfe", b"\xc3", b"\xed\xa0\x80", b"\xef\xbb\xbf",
    b"99999999999999999999", b"-1e308", b"1e999", b"NaN", b"null", b"true", b"[]", b"{}", b"\\ud800",
    b"=cmd()", b"<!DOCTYPE a>", b"0000-00-00T99:99:99", b"2026-13-45", b"-", b"+26:00",
)  # fmt: skip


class FixedClock(Clock):
    """Stands still."""

    def now(self) -> datetime:
        """Return the instant of the samples."""
        return NOW


def samples_of(name: str) -> Iterator[tuple[str, bytes, dict[str, Any]]]:
    """Yield the samples of a connector: path, content, what the context needs."""
    expected = tomllib.loads((SAMPLES / name / "expected.toml").read_text("utf-8"))
    for sample, said in expected.items():
        given = dict(said.get("context", {}))
        if "mapping" in said:
            mapping = SAMPLES / name / "mappings" / said["mapping"]
            given["mapping"] = tomllib.loads(mapping.read_text("utf-8"))
        yield sample, (SAMPLES / name / sample).read_bytes(), given


def mutant(content: bytes, other: bytes, chance: random.Random) -> bytes:
    """Return a content with some harm done to it."""
    data = bytearray(content)
    for _ in range(chance.randint(1, 6)):
        at, kind = chance.randint(0, len(data)), chance.randrange(7)
        if kind == 0:
            del data[at:]
        elif kind == 1 and at < len(data):
            data[at] = chance.randrange(256)
        elif kind == 2:
            data[at:at] = chance.choice(TOKENS)
        elif kind == 3:
            data[at:at] = data[at : at + chance.randint(1, 400)] * chance.randint(1, 3)
        elif kind == 4:
            del data[at : at + chance.randint(1, 60)]
        elif kind == 5 and other:
            start = chance.randrange(len(other))
            data[at:at] = other[start : start + chance.randint(1, 200)]
        elif at < len(data):
            data[at : at + 4] = chance.randbytes(4)
    return bytes(data)


def parse(connector: Connector, content: bytes, given: dict[str, Any]) -> Counter[str]:
    """Parse as the kit would; return how many records, rejects and notices came out."""
    context = Context(**{"source": connector.name, "timezone": "Europe/Paris", "now": NOW} | given)
    found: Counter[str] = Counter()
    for chunk in connector.parse(Payload("m", io.BytesIO(content), size=len(content)), context):
        found["records"] += chunk.table.num_rows
        found["rejects"] += len(chunk.rejects)
        found["notices"] += len(chunk.notices)
        for remark in [*chunk.rejects, *chunk.notices]:
            remark.text("fr")
        if chunk.raw is not None and chunk.table.num_rows:
            chunk.raw(0)
    return found


def neighbours_lost(connector: Connector, group: list[bytes], good: bytes, given: Any) -> int:
    """Push mutants around an unharmed payload; return how many of its records are missing."""
    half = len(group) // 2
    alone = records_of(connector, [good], given)
    among = records_of(connector, [*group[:half], good, *group[half:]], given)
    return len(alone - among)


def records_of(connector: Connector, messages: list[bytes], given: Any) -> set[tuple[str, str]]:
    """Return kind and reference of the records that messages leave in a lake of their own."""
    said = {name: given[name] for name in ("mapping", "options") if name in given}
    with tempfile.TemporaryDirectory() as name, opened(Path(name), connector) as (intake, lake):
        intake.register("feed", connector.name, **said)
        for number, content in enumerate(messages):
            intake.accept("feed", f"m{number}", content)
        while intake.drain():
            pass
        return {
            (kind, ref)
            for kind in CONTRACTS
            for ref in lake.scan(kind, columns=["source_ref"])["source_ref"].to_pylist()
        }


@contextmanager
def opened(folder: Path, connector: Connector) -> Iterator[tuple[Intake, Lake]]:
    """Open a lake and an intake of one connector."""
    with (
        Lake.open(folder / "lake", LakeSettings(threads=1), create=True) as lake,
        Intake.open(
            folder / "intake",
            settings=Settings(),
            lake=lake,
            connectors={connector.name: connector},
            clock=FixedClock(),
            create=True,
        ) as intake,
    ):
        yield intake, lake


def fuzz(connector: Connector, mutants: int, chance: random.Random) -> dict[str, Any]:
    """Return what became of the mutants of a connector."""
    samples = list(samples_of(connector.name))
    totals: Counter[str] = Counter()
    escaped: list[str] = []
    started, group, lost = time.process_time(), [], 0
    good = [one for one in samples if one[0].startswith("valid/")]
    for number in range(1, mutants + 1):
        _, content, given = chance.choice(samples)
        harmed = mutant(content, chance.choice(samples)[1], chance)
        try:
            totals += parse(connector, harmed, given)
        except BaseException as error:
            if isinstance(error, KeyboardInterrupt):
                raise
            where = traceback.extract_tb(error.__traceback__)[-1]
            escaped.append(f"{type(error).__name__} at {Path(where.filename).name}:{where.lineno}")
        group = [*group[1 - IN_A_GROUP :], harmed]
        if number % TOGETHER == 0 or number == mutants:
            _, unharmed, its = chance.choice(good)
            lost += neighbours_lost(connector, group, unharmed, its)
    return {
        "mutants": mutants,
        "escaped": len(escaped),
        "where": dict(Counter(escaped).most_common(5)),
        "neighbours_lost": lost,
        **dict(totals),
        "cpu_s": round(time.process_time() - started, 1),
        "peak_rss_mb": round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024),
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--mutants", type=int, default=10_000)
    parser.add_argument("--only", default="")
    parser.add_argument("--seed", type=int, default=1)
    asked = sized(parser.parse_args(), mutants=20)
    connectors = discover(vigie.connectors)
    names = asked.only.split(",") if asked.only else sorted(connectors)[: either(None, 3)]
    figures = {}
    for name in names:
        chance = random.Random(f"{asked.seed} {name}")
        figures[name] = fuzz(connectors[name], asked.mutants, chance)
        print(name, figures[name], file=sys.stderr, flush=True)
    failed = sum(one["escaped"] + one["neighbours_lost"] for one in figures.values())
    baseline = {"escaped": 0, "neighbours_lost": 0}
    print(json.dumps({"name": "fuzz", "figures": figures, "baseline": baseline, "ratio": {}}))
    if failed:
        raise SystemExit(1)


if __name__ == "__main__":
    main()
