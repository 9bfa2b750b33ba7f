"""A soak: one server under a steady load for hours; does memory grow, do file handles stay open.

    python3 run.py bench soak --hours 3 [--rate 50] [--connections 8]

Memory (RSS), open files and threads of the server and its children are read every ten seconds. The
slope is Theil and Sen's, over what follows the first fifth: start-up is no leak, and one large
commit does not tip it. The goal (R-11): below 1 MiB an hour, files flat. The last line is JSON.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

from _memory import slope
from _pushing import Client, cpu_s, family, free_port, kept_refs, make_home, served
from _small import sized

EVERY_S = 10.0
WARM = 0.2
MIB = 2**20


@dataclass(frozen=True, slots=True)
class Sample:
    """What a server held at an instant: hours since the start, MiB, open files, threads."""

    hours: float
    rss: float
    files: int
    threads: int


class Paced(Client):
    """Pushes at a rate instead of as fast as it is answered."""

    pause_s = 0.0

    async def _one(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await asyncio.sleep(self.pause_s)
        await super()._one(reader, writer)


def look(pid: int, began: float) -> Sample:
    """Read what a server and its children hold; one that has just ended counts nothing."""
    rss = files = threads = 0
    for one in family(pid):
        try:
            rss += int(Path(f"/proc/{one}/statm").read_text().split()[1]) * os.sysconf(
                "SC_PAGE_SIZE"
            )
            files += len(list(Path(f"/proc/{one}/fd").iterdir()))
            threads += len(list(Path(f"/proc/{one}/task").iterdir()))
        except FileNotFoundError:
            continue
    return Sample((time.monotonic() - began) / 3_600, rss / MIB, files, threads)


async def soak(pid: int, client: Paced, connections: int, seconds: float) -> list[Sample]:
    """Push for some seconds; returns what was read meanwhile."""
    began, samples = time.monotonic(), list[Sample]()
    pushing = asyncio.create_task(client.run(connections))
    while time.monotonic() - began < seconds and not pushing.done():
        samples.append(look(pid, began))
        await asyncio.sleep(min(EVERY_S, seconds / 20))
    client.stopping = True
    await pushing
    return samples


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
            used = cpu_s(child.pid)
            work = soak(child.pid, client, told.connections, told.hours * 3_600)
            samples = asyncio.run(work)
            used = cpu_s(child.pid) - used
        acknowledged = client.pushed.acknowledged
        kept = kept_refs(folder)
    warm = [one for one in samples if one.hours >= told.hours * WARM]
    report = {
        "hours": round(samples[-1].hours, 3),
        "acknowledged": len(acknowledged),
        "refused": client.pushed.refused,
        "lost": len(set(acknowledged) - set(kept)),
        "doubled": len(kept) - len(set(kept)),
        "cpu_ms_per_message": round(used * 1_000 / max(1, len(acknowledged)), 2),
        "rss_mib": [round(warm[0].rss), round(warm[-1].rss)],
        "rss_mib_per_hour": round(slope([(one.hours, one.rss) for one in warm]), 2),
        "files": [warm[0].files, warm[-1].files, max(one.files for one in warm)],
        "files_per_hour": round(slope([(one.hours, one.files) for one in warm]), 2),
        "threads": [warm[0].threads, warm[-1].threads],
    }
    print(json.dumps(report))


if __name__ == "__main__":
    main()
