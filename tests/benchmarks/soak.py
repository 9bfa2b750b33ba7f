"""A soak: one server under a steady load for hours; does memory grow, do file handles stay open.

    python3 run.py bench soak --hours 3 [--rate 50] [--connections 8]

Memory, open files and threads of the server and its children are read every ten seconds, by
process. The slope is Theil and Sen's, over what follows the first fifth: start-up is no leak, and
one large commit does not tip it. The goal (R-11): below 1 MiB an hour, files flat. What counts is
pages of a process's own, the least of each minute (``_memory``); pages in all are told beside, and
which threads a process has more of at the end. The last line is JSON.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import tempfile
import time
from collections import Counter
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from _memory import Watch, name_of, slope
from _pushing import Client, backlog, cpu_s, family, free_port, kept_refs, make_home, served
from _small import sized

EVERY_S = 10.0
WARM = 0.2


@dataclass(frozen=True, slots=True)
class Sample:
    """What a server held at an instant: hours since the start, MiB, open files, threads by name."""

    hours: float
    rss: float
    files: Counter[str] = field(default_factory=Counter)
    threads: Counter[tuple[str, str]] = field(default_factory=Counter)


class Paced(Client):
    """Pushes at a rate instead of as fast as it is answered."""

    pause_s = 0.0

    async def _one(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await asyncio.sleep(self.pause_s)
        await super()._one(reader, writer)


def look(watch: Watch, began: float) -> Sample:
    """Read what a server and its children hold; one that has just ended counts nothing."""
    watch.look()
    files: Counter[str] = Counter()
    threads: Counter[tuple[str, str]] = Counter()
    rss = 0.0
    for one in family(watch.pid):
        with suppress(OSError):
            folder, name = Path(f"/proc/{one}"), name_of(one)
            rss += watch.held[one].all[-1] if one in watch.held else 0.0
            files[name] += len(list((folder / "fd").iterdir()))
            for thread in (folder / "task").iterdir():
                threads[name, (thread / "comm").read_text().strip()] += 1
    return Sample((time.monotonic() - began) / 3_600, rss, files, threads)


async def soak(watch: Watch, client: Paced, connections: int, seconds: float) -> list[Sample]:
    """Push for some seconds; returns what was read meanwhile."""
    began, samples = time.monotonic(), list[Sample]()
    pushing = asyncio.create_task(client.run(connections))
    while time.monotonic() - began < seconds and not pushing.done():
        samples.append(look(watch, began))
        watch.waiting.append(await asyncio.to_thread(backlog, watch.home))
        await asyncio.sleep(min(EVERY_S, seconds / 20))
    client.stopping = True
    await pushing
    return samples


def more_threads(before: Sample, after: Sample) -> dict[str, int]:
    """Return which threads there are more of, by process and name."""
    more = after.threads - before.threads
    return {f"{process}: {name}": n for (process, name), n in more.most_common()}


def held(samples: list[Sample], warm: list[Sample]) -> dict[str, Any]:
    """Return what memory, files and threads were, and how fast they grew after the warm-up."""
    files = [one.files.total() for one in warm]
    threads = [one.threads.total() for one in warm]
    return {
        "hours": round(samples[-1].hours, 3),
        "rss_mib": [round(warm[0].rss), round(warm[-1].rss)],
        "rss_mib_per_hour": round(slope([(one.hours, one.rss) for one in warm]), 2),
        "files": [files[0], files[-1], max(files)],
        "files_per_hour": round(slope([(one.hours, one.files.total()) for one in warm]), 2),
        "threads": [threads[0], threads[-1], max(threads)],
        "threads_more": more_threads(warm[0], warm[-1]),
    }


def main() -> None:
    """Soak and report."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--hours", type=float, default=3.0, help="How long.")
    parser.add_argument("--rate", type=float, default=50.0, help="Messages a second.")
    parser.add_argument("--connections", type=int, default=8, help="Connections that push.")
    told = sized(parser.parse_args(), hours=0.001, rate=10, connections=2)
    with tempfile.TemporaryDirectory(prefix="vigie-soak-") as scratch:
        folder, port = Path(scratch) / "home", free_port()
        token = make_home(folder)
        client = Paced(port, token, "soak")
        client.pause_s = told.connections / told.rate
        with served(folder, port) as child:
            watch = Watch(child.pid, folder)
            used = cpu_s(child.pid)
            work = soak(watch, client, told.connections, told.hours * 3_600)
            samples = asyncio.run(work)
            used = cpu_s(child.pid) - used
        acknowledged = client.pushed.acknowledged
        kept = kept_refs(folder)
    warm = [one for one in samples if one.hours >= told.hours * WARM]
    own = watch.figures()
    report = {
        "acknowledged": len(acknowledged),
        "refused": client.pushed.refused,
        "lost": len(set(acknowledged) - set(kept)),
        "doubled": len(kept) - len(set(kept)),
        "cpu_ms_per_message": round(used * 1_000 / max(1, len(acknowledged)), 2),
        **held(samples, warm),
        "own_mib": own["by_process"],
        "own_mib_per_hour": own["mb_per_hour"],
        "passing": own["passing"],
    }
    print(json.dumps(report))


if __name__ == "__main__":
    main()
