"""Intake: facts a second in bulk, and messages a second by HTTP, every one found in the lake.

* bulk: police log exports through the full path (parse, contract, locate, deduplicate, commit),
  without free text, then with 150 letters of it to scrub in every row;
* live: the real server, a token, one entry a message, for a minute; then every acknowledged
  message is looked for in the lake.

    python3 run.py bench intake [--rows 500000] [--text-rows 200000] [--seconds 60]

One row in ten has no coordinates and is located by its address. The last line is JSON.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import platform
import resource
import subprocess
import sys
import tempfile
import threading
import time
from collections import Counter
from pathlib import Path
from typing import Any

import numpy as np
from _pushing import (
    CODES,
    HEADER,
    SOURCE,
    Client,
    backlog,
    cpu_s,
    free_port,
    kept_refs,
    make_home,
    peak_rss_mb,
    served,
)
from _small import either, sized

from vigie.city import geography
from vigie.jobs.demo import gazetteer_records
from vigie.situation.frame import save_frame
from vigie.situation.home import init_home, open_home

FILES = either(12, 2)
LOCATED_BY_ADDRESS = 0.1
TEXTS = (
    """Appel d'un riverain qui signale un regroupement bruyant devant le commerce, présence de
    plusieurs individus, musique forte. Patrouille envoyée sur place, rien à signaler.""",
    """Mme Dupont Jeanne, 06 12 34 56 78, signale le véhicule AB-123-CD stationné devant son garage
    depuis deux jours au 12 rue de Rome. Mise en fourrière demandée, attente.""",
    """Constat par patrouille pédestre : dépôt de mobilier sur le trottoir, signalé au service de
    propreté, photos transmises. Le gérant M. Karim Benali est avisé, passage prévu.""",
    """Sur place un homme alcoolisé, confié aux sapeurs-pompiers, refus de soins puis transport.
    Contact famille par courriel famille@example.org, fin d'intervention.""",
)


def write_exports(folder: Path, rows: int, *, text: bool) -> list[Path]:
    """Write police log exports of a year in monthly files; no two rows alike."""
    chance = np.random.default_rng(7 if text else 6)
    streets = [street.name for street in geography.streets()]
    texts = [" ".join(one.split())[:-1] for one in TEXTS]
    paths = []
    number = 0
    for month in range(1, FILES + 1):
        n = rows // FILES
        day, hour, minute = (
            chance.integers(low, high, n) for low, high in ((1, 29), (0, 24), (0, 60))
        )
        lon, lat = chance.normal(5.39, 0.03, n), chance.normal(43.30, 0.02, n)
        by_address = chance.random(n) < LOCATED_BY_ADDRESS
        code, street = chance.integers(0, len(CODES), n), chance.integers(0, len(streets), n)
        lines = [HEADER]
        for i in range(n):
            at = (
                f"{day[i]:02}/{month:02}/2026;{hour[i]:02}:{minute[i]:02}"
                if month < 11
                else (f"{day[i]:02}/{month:02}/2025;{hour[i]:02}:{minute[i]:02}")
            )
            where = (
                f"{1 + number % 150} {streets[street[i]]};;;;;;"
                if by_address[i]
                else f";;;;;{lon[i]:.6f};{lat[i]:.6f}"
            )
            lines.append(
                f"{number:09};{at};{at};;;{CODES[code[i]]};;APPEL;{where};{1 + number % 5};VERT;;;"
                f"{texts[number % len(texts)] + str(number) if text else ''};;;\n"
            )
            number += 1
        path = folder / f"{'text' if text else 'plain'}-{month:02}.csv"
        path.write_text("".join(lines), encoding="utf-8")
        paths.append(path)
    return paths


def make_city_home(folder: Path) -> None:
    init_home(folder, {"log_level": "WARNING"})
    save_frame(folder, zonings={}, basemap={}, gazetteer=gazetteer_records())


def bulk(home: Path, files: list[Path]) -> dict[str, Any]:
    """Ingest files into a fresh home in this process; return figures."""
    with open_home(home) as opened:
        began, cpu = time.perf_counter(), time.process_time()
        report = opened.intake.ingest_paths("main_courante", files, source=SOURCE)
        spent, cpu_spent = time.perf_counter() - began, time.process_time() - cpu
        began = time.perf_counter()
        again = opened.intake.ingest_paths("main_courante", files, source=SOURCE)
        spent_again = time.perf_counter() - began
        assert again.accepted == 0
        assert opened.lake.count("facts") == report.accepted
    return {
        "rows": report.read,
        "accepted": report.accepted,
        "quarantined": report.quarantined,
        "notices": report.notices,
        "seconds": round(spent, 2),
        "facts_per_s": round(report.accepted / spent),
        "facts_per_cpu_s": round(report.accepted / cpu_spent),
        "again_rows_per_s": round(again.read / spent_again),
        "peak_rss_mb": round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024),
    }


def bulk_apart(folder: Path, rows: int, *, text: bool) -> dict[str, Any]:
    """Run ``bulk`` in a process of its own, so that its peak memory is its own."""
    files = write_exports(folder, rows, text=text)
    home = folder / ("home-text" if text else "home-plain")
    make_city_home(home)
    command = [sys.executable, __file__, "--bulk", str(home), *map(str, files)]
    done = subprocess.run(command, stdout=subprocess.PIPE, check=True)
    figures: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return figures


class Watch(threading.Thread):
    """Looks at the backlog twice a second: messages are in the lake when it is short."""

    def __init__(self, home: Path) -> None:
        super().__init__(daemon=True)
        self.most = 0
        self.ending = threading.Event()
        self._home = home

    def run(self) -> None:
        while not self.ending.wait(0.5):
            self.most = max(self.most, backlog(self._home))


def live(folder: Path, seconds: float, connections: int) -> dict[str, Any]:
    """Push to the real server for a while; look for every acknowledged message in the lake."""
    home = folder / "home-live"
    token = make_home(home)
    port = free_port()
    with served(home, port) as server:
        client = Client(port, token, "live")
        watch = Watch(home)
        watch.start()

        async def push() -> None:
            running = asyncio.create_task(client.run(connections))
            await asyncio.sleep(seconds)
            client.stopping = True
            await running

        began, used = time.perf_counter(), cpu_s(server.pid)
        asyncio.run(push())
        spent = time.perf_counter() - began
        began = time.perf_counter()
        while backlog(home):
            time.sleep(0.05)
        drained = time.perf_counter() - began
        watch.ending.set()
        used = cpu_s(server.pid) - used
        peak = peak_rss_mb(server.pid)
        server.terminate()
        server.wait(60)
    kept = Counter(kept_refs(home))
    acknowledged = set(client.pushed.acknowledged)
    ms = np.array(client.pushed.seconds) * 1000
    return {
        "messages": len(acknowledged),
        "messages_per_s": round(len(acknowledged) / spent),
        "seconds": round(spent, 1),
        "connections": connections,
        "ack_p50_ms": round(float(np.percentile(ms, 50)), 1),
        "ack_p95_ms": round(float(np.percentile(ms, 95)), 1),
        "ack_p99_ms": round(float(np.percentile(ms, 99)), 1),
        "refused": client.pushed.refused,
        "lost": len(acknowledged - kept.keys()),
        "doubled": sum(n - 1 for n in kept.values()),
        "most_waiting": watch.most,
        "server_cpu_ms_per_message": round(1000 * used / max(1, len(acknowledged)), 3),
        "drained_after_s": round(drained, 1),
        "server_peak_rss_mb": round(peak),
    }


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--rows", type=int, default=500_000)
    parser.add_argument("--text-rows", type=int, default=200_000)
    parser.add_argument("--seconds", type=float, default=60.0)
    parser.add_argument("--connections", type=int, default=32)
    parser.add_argument("--no-live", action="store_true")
    parser.add_argument("--bulk", nargs="+", type=Path, help=argparse.SUPPRESS)
    return parser.parse_args()


def main() -> None:
    args = sized(arguments(), rows=240, text_rows=120, seconds=1, connections=4)
    if args.bulk:
        print(json.dumps(bulk(args.bulk[0], args.bulk[1:])))
        return
    with tempfile.TemporaryDirectory(prefix="vigie-bench-intake-") as name:
        folder = Path(name)
        figures: dict[str, Any] = {
            "cores": os.cpu_count(),
            "load_before": round(os.getloadavg()[0], 1),
            "machine": platform.platform(),
        }
        figures["bulk"] = bulk_apart(folder, args.rows, text=False)
        figures["bulk_with_text"] = bulk_apart(folder, args.text_rows, text=True)
        del figures["bulk_with_text"]["facts_per_cpu_s"]  # children scrub too, and are not counted
        if not args.no_live:
            figures["live"] = live(folder, args.seconds, args.connections)
    # What was promised; the ratio is what is reached of it.
    baseline = {"bulk_facts_per_s": 50_000, "live_messages_per_s": 1_000}
    reached = {"bulk_facts_per_s": figures["bulk"]["facts_per_s"]}
    if "live" in figures:
        reached["live_messages_per_s"] = figures["live"]["messages_per_s"]
    ratio = {key: round(value / baseline[key], 2) for key, value in reached.items()}
    print(json.dumps({"name": "intake", "figures": figures, "baseline": baseline, "ratio": ratio}))


if __name__ == "__main__":
    main()
