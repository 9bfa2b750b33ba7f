"""The keeper of keys: texts sealed a second, pseudonyms that never meet, copies that open nothing.

* seal: small texts through the keeper's process in groups, and one at a time;
* intake: what sealing adds to a message on its way into the journal, in one run of both;
* tokens: one identifier in many sources and epochs: how many pseudonyms are equal;
* shred: texts of a destroyed key, keystore put back from before: how many open.

    python3 run.py bench keys [--texts 100000] [--tokens 1000000] [--messages 10000]

The last line is JSON.
"""

from __future__ import annotations

import argparse
import contextlib
import hashlib
import json
import shutil
import statistics
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from _small import either, sized

from vigie.base.clock import SystemClock
from vigie.base.errors import KeyDestroyed
from vigie.base.logging import configure_logging
from vigie.base.settings import IntakeSettings
from vigie.intake.database import Database
from vigie.intake.journal import Journal
from vigie.intake.sealing import Unsealed
from vigie.keys.keeper import NARRATIVES, Keeper
from vigie.keys.keystore import LEDGER
from vigie.privacy.envelope import KeyName
from vigie.privacy.pseudonyms import DAY_US

NAME = KeyName(NARRATIVES, "log", 20_605)
TEXT = "Appel d'un riverain qui signale un regroupement bruyant devant le commerce. " * 2


def seal(keeper: Keeper, texts: int) -> dict[str, Any]:
    items = [(f"fact-{n:020}", TEXT.encode()) for n in range(texts)]
    keeper.seal(NAME, "text", items[:1])
    began = time.perf_counter()
    sealed: list[bytes] = []
    for at in range(0, texts, 2_000):
        sealed += keeper.seal(NAME, "text", items[at : at + 2_000])
    spent = time.perf_counter() - began
    began = time.perf_counter()
    for at in range(0, texts, 2_000):
        some = zip(items[at : at + 2_000], sealed[at : at + 2_000], strict=True)
        keeper.open(NAME, "text", [(row, one) for (row, _), one in some])
    opened = time.perf_counter() - began
    alone = []
    for (row, _), one in zip(items[:2_000], sealed[:2_000], strict=True):
        start = time.perf_counter()
        keeper.open(NAME, "text", [(row, one)])
        alone.append(time.perf_counter() - start)
    cuts = statistics.quantiles(alone, n=100)
    return {
        "sealed_per_s": round(texts / spent),
        "opened_per_s": round(texts / opened),
        "one_opened_p50_ms": round(cuts[49] * 1_000, 3),
        "one_opened_p99_ms": round(cuts[98] * 1_000, 3),
    }


def leave_plain(waiting: Sequence[Unsealed]) -> None:
    for one in waiting:
        one.sealed = one.content


def intake(folder: Path, messages: int) -> dict[str, Any]:
    """Submit messages of 300 bytes, 200 under way at a time, with sealing and without, in turn."""
    spent = {"sealed": 0.0, "plain": 0.0}
    for turn in range(4):
        how = ("sealed", "plain")[turn % 2]
        home = folder / f"{how}-{turn}"
        home.mkdir()
        with (
            contextlib.closing(Database(home / "intake.db", create=True)) as database,
            Keeper(home / "keys", SystemClock()) as keys,
            contextlib.closing(
                Journal(home, database, settings=IntakeSettings(), clock=SystemClock(), keys=keys)
            ) as journal,
        ):
            journal.submit("log", "m", b"x" * 300).result()
            if how == "plain":
                database.seal = leave_plain
            began = time.perf_counter()
            for at in range(0, messages, 200):
                some = [
                    journal.submit("log", "m", b"x" * 300) for _ in range(min(200, messages - at))
                ]
                for one in some:
                    one.result()
            spent[how] += time.perf_counter() - began
    return {
        "journal_sealed_per_s": round(2 * messages / spent["sealed"]),
        "journal_plain_per_s": round(2 * messages / spent["plain"]),
    }


def tokens(keeper: Keeper, n: int) -> dict[str, Any]:
    """Make ``n`` pseudonyms: the same numbers in 5 sources, 10 live epochs and 10 sealed ones."""
    each = n // 100
    numbers = [f"06{one:08}" for one in range(each)]
    seen: set[str] = set()
    began = time.perf_counter()
    made = 0
    for source in "abcde":
        for epoch in range(10):
            for plane, days in (("live", 1), ("sealed", 30)):
                found = keeper.tokens(
                    plane,  # type: ignore[arg-type]
                    source,
                    epoch * days * DAY_US,
                    "phone",
                    numbers,
                )
                seen.update(one or "" for one in found)
                made += len(found)
    spent = time.perf_counter() - began
    unkeyed = {hashlib.sha256(f"+33{one[1:]}".encode()).hexdigest() for one in numbers}
    unkeyed |= {hashlib.sha256(one.encode()).hexdigest() for one in numbers}
    return {
        "tokens": made,
        "tokens_equal": made - len(seen),
        "tokens_unkeyed": len(seen & unkeyed),
        "tokens_per_s": round(made / spent),
    }


def shred(folder: Path, texts: int) -> dict[str, Any]:
    """Destroy a key, put the whole older keystore back, try to open every text."""
    store, backup, ledger = folder / "store", folder / "backup", folder / "destroyed.jsonl"
    items = [(f"fact-{n}", TEXT.encode()) for n in range(texts)]
    with Keeper(store, SystemClock(), ledger=ledger) as keeper:
        sealed = keeper.seal(NAME, "text", items)
    shutil.copytree(store, backup)
    with Keeper(store, SystemClock(), ledger=ledger) as keeper:
        began = time.perf_counter()
        keeper.destroy(NARRATIVES, source=NAME.source, day=NAME.day)
        spent = time.perf_counter() - began
    shutil.rmtree(store)
    backup.rename(store)
    (store / LEDGER).unlink(missing_ok=True)
    opened = 0
    with Keeper(store, SystemClock(), ledger=ledger) as keeper:
        for (row, _), one in zip(items, sealed, strict=True):
            with contextlib.suppress(KeyDestroyed):
                keeper.open(NAME, "text", [(row, one)])
                opened += 1
    return {
        "opened_after_restore": opened,
        "tried_after_restore": texts,
        "destroy_ms": round(spent * 1_000, 1),
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--texts", type=int, default=100_000)
    parser.add_argument("--tokens", type=int, default=1_000_000)
    parser.add_argument("--messages", type=int, default=10_000)
    given = sized(parser.parse_args(), texts=200, tokens=1_000, messages=50)
    configure_logging(level="WARNING")
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        with Keeper(folder / "keys", SystemClock()) as keeper:
            figures = seal(keeper, given.texts) | tokens(keeper, given.tokens)
        figures |= intake(folder, given.messages) | shred(folder, either(10_000, 50))
    print(json.dumps(figures))


if __name__ == "__main__":
    main()
