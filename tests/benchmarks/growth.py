"""A lake that grows from ten to two hundred million facts: what its questions take on the way.

    python3 run.py bench growth [--rows 10000000,…,200000000] [--asked 40] [--folder DIR]

A small demo home gets days before it, 136,986 facts each (fifty million a year), as intake and
compaction leave them (``_filling.py``): one sorted file a day, with what is made of it (cube, sums,
spots); days older than half a year are those of the newest half once more, 182 days before. It is
filled to each size, then asked, by a process of its own and by the use cases that the interface
calls, rights and the line of the audit included: the map (a week, a year and all there is in a
viewport, a street to the whole city, of one branch of kinds or of all), what is near (300 to 500 m,
one to three hours), the histogram (two days, a week, a year) and the summary (a day, a week); times
are anywhere in what is filled. Told are clock and processor, and the most memory that the process
held. The index of ids is not made, no question reads it. The folder is kept: a size that was asked
there is not asked again, but the last one with ``--again``, which needs no filling. The last line
is JSON: name, figures, baseline (the bounds asked for), ratio; ``--picture`` draws them.
"""

from __future__ import annotations

import argparse
import json
import math
import os
import platform
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import numpy as np
from _filling import HOTSPOTS, hotspots, write_again, write_facts
from _small import SMALL, either, sized
from map import DAY_US, FILTERS, HOUR_US, say

from situation import make_home as make_demo
from vigie.base.clock import from_us, now_us, to_us
from vigie.lake.cubing import DERIVED
from vigie.lake.store import Lake
from vigie.reports.drawing import Drawing
from vigie.situation.filters import make_filters
from vigie.situation.histogram import histogram
from vigie.situation.home import Home, init_home, open_home
from vigie.situation.local import local_caller
from vigie.situation.mapview import view_map
from vigie.situation.near import near
from vigie.situation.summary import summarise
from vigie.web.etags import to_json

SIZES = "10000000,25000000,50000000,100000000,200000000"
PER_DAY = either(50_000_000 // 365, 200)
ANEW_DAYS = either(182, 4)
"""Twenty-six weeks: what is older are those days once more."""
WIDE_PX = 1_000
BOUNDS_MS = {
    "map_week": 500.0,
    "map_year": 500.0,
    "map_year_all_kinds": 500.0,
    "map_ever": 500.0,
    "map_ever_all_kinds": 500.0,
    "near": 200.0,
}
BOUND_MB = 4_096
Ask = Callable[[np.random.Generator, tuple[int, int]], Any]


# --- The rows ----------------------------------------------------------------------------------


def make_home(folder: Path) -> Path:
    """Return a demo home; in a small run a bare one."""
    if not SMALL:
        return make_demo(folder)
    if not (folder / "home").exists():
        init_home(folder / "home", {"log_level": "WARNING"})
    return folder / "home"


def standing_days(lake: Lake, until: date) -> int:
    """Return how many days before one are filled; what a fill that was cut short left beyond goes.

    New days are written from the oldest on: those of a broken run do not join on to what stands.
    """
    table = lake.tables["facts"]
    full = {file.part for file in table.current().files if file.rows >= PER_DAY}
    days = 0
    while (until - timedelta(days=days + 1)).isoformat() in full:
        days += 1
    oldest = (until - timedelta(days=days)).isoformat()
    apart = [f for f in table.current().files if f.rows >= PER_DAY and f.part < oldest]
    if apart:
        with lake.tables.lock("facts"):
            table.commit([], apart, metadata={"vigie.operation": "bench"})
    return days


def fill(folder: Path, rows: int) -> dict[str, Any]:
    """Put days before those that are there until the home holds so many; returns what it took."""
    kept = folder / "growth.json"
    told = json.loads(kept.read_text("utf-8")) if kept.exists() else {"days": 0, "by_days": {}}
    days = round(rows / PER_DAY)
    with open_home(make_home(folder)) as home:
        if not told["days"]:
            told["until"] = from_us(now_us(home.clock)).date().isoformat()
        if days > told["days"]:
            until = date.fromisoformat(told["until"])
            there = standing_days(home.lake, until)
            more, anew = days - there, max(0, min(days, ANEW_DAYS) - there)
            begun = time.process_time()
            if anew:
                first = until - timedelta(days=there + anew)
                write_facts(home.lake, PER_DAY * anew, anew, first)
            if more > anew:
                first = until - timedelta(days=days)
                write_again(home.lake, more - anew, first, timedelta(days=ANEW_DAYS))
            written = time.process_time()
            cubes = home.lake.refresh_cubes()
            told["by_days"][str(days)] = {
                "filled_days": more,
                "filled_processor_s": round(written - begun, 1),
                "cubes": cubes,
                "cubes_processor_s": round(time.process_time() - written, 1),
            }
            told["days"] = days
            kept.write_text(json.dumps(told), "utf-8")
    if told["days"] != days:
        raise SystemExit(f"{folder} holds {told['days']} days: {rows} rows were not asked in time")
    found: dict[str, Any] = told["by_days"].get(str(days), {})
    return {**found, "days": days, "until": told["until"]}


# --- The questions -----------------------------------------------------------------------------


def window(rng: np.random.Generator, span: tuple[int, int], length_us: int) -> tuple[int, int]:
    """Return a window somewhere in what is filled, from a whole hour on."""
    room = max(1, (span[1] - span[0] - length_us) // HOUR_US)
    start = span[0] + int(rng.integers(room)) * HOUR_US
    return start, min(start + length_us, span[1])


def questions(home: Home) -> dict[str, Ask]:
    """Return each sort of question, which draws place, time and filter when it is asked."""
    caller, spots = local_caller(home, role="operator", purpose=""), hotspots()

    def place(rng: np.random.Generator, off: float) -> tuple[float, float]:
        lon, lat = spots[rng.integers(HOTSPOTS)] + rng.normal(0, off, 2)
        return float(lon), float(lat)

    def kinds(rng: np.random.Generator) -> tuple[str, ...]:
        return (FILTERS[int(rng.integers(len(FILTERS)))],)

    def asked_map(days: int | None, *, kind: bool = True) -> Ask:
        def ask(rng: np.random.Generator, span: tuple[int, int]) -> Any:
            lon, lat = place(rng, 0.005)
            wide = float(np.exp(rng.uniform(np.log(0.008), np.log(0.27))))
            box = (lon - wide / 2, lat - wide / 3.2, lon + wide / 2, lat + wide / 3.2)
            zoom = math.log2(360 * WIDE_PX / (512 * wide))
            start, end = (None, None) if days is None else window(rng, span, days * DAY_US)
            some = kinds(rng) if kind else ()
            filters = make_filters(home.frame, from_us=start, to_us=end, bbox=box, kinds=some)
            return view_map(home, caller, filters, math.floor(zoom * 2) / 2).as_json()

        return ask

    def asked_near(rng: np.random.Generator, span: tuple[int, int]) -> Any:
        lon, lat = place(rng, 0.003)
        start, end = window(rng, span, int(rng.integers(1, 4)) * HOUR_US)
        filters = make_filters(home.frame, from_us=start, to_us=end)
        radius = float(rng.uniform(300, 500))
        return near(home, caller, filters, lon=lon, lat=lat, radius_m=radius)

    def asked_histogram(days: int) -> Ask:
        def ask(rng: np.random.Generator, span: tuple[int, int]) -> Any:
            start, end = window(rng, span, days * DAY_US)
            filters = make_filters(home.frame, from_us=start, to_us=end, kinds=kinds(rng))
            return histogram(home, caller, filters, "hour" if days <= 3 else "day").as_json()

        return ask

    def asked_summary(days: int) -> Ask:
        def ask(rng: np.random.Generator, span: tuple[int, int]) -> Any:
            start, end = window(rng, span, days * DAY_US)
            filters = make_filters(home.frame, from_us=start, to_us=end, kinds=kinds(rng))
            return summarise(home, caller, filters).as_json()

        return ask

    return {
        "map_week": asked_map(7),
        "map_year": asked_map(365),
        "map_year_all_kinds": asked_map(365, kind=False),
        "map_ever": asked_map(None),
        "map_ever_all_kinds": asked_map(None, kind=False),
        "near": asked_near,
        "histogram_2_days": asked_histogram(2),
        "histogram_week": asked_histogram(7),
        "histogram_year": asked_histogram(365),
        "summary_day": asked_summary(1),
        "summary_week": asked_summary(7),
    }


def memory_mb() -> dict[str, int]:
    """Return the most that this process had in memory, files' pages included, and its share now."""
    status = Path("/proc/self/status").read_text()
    rollup = Path("/proc/self/smaps_rollup").read_text()
    return {
        "most_mb": int(status.partition("VmHWM:")[2].split()[0]) // 1024,
        "pss_mb": int(rollup.partition("Pss:")[2].split()[0]) // 1024,
    }


def measure(folder: Path, asked: int, until: date, days: int) -> dict[str, Any]:
    """Ask every sort of question; returns percentiles, in milliseconds, and memory."""
    end = to_us(datetime(until.year, until.month, until.day, tzinfo=UTC))
    span = (end - days * DAY_US, end)
    begun = time.process_time()
    with open_home(make_home(folder)) as home:
        told: dict[str, Any] = {"opened_processor_s": round(time.process_time() - begun, 2)}
        told["rows"] = home.lake.count("facts")
        for kind in ("facts", *DERIVED):
            files = home.lake.snapshot().versions[kind].files
            told[f"{kind}_bytes_per_row"] = round(sum(f.size for f in files) / told["rows"], 1)
        for name, ask in questions(home).items():
            rng = np.random.default_rng([7, len(name)])
            for _ in range(max(2, asked // 10)):
                to_json(ask(rng, span))
            clock, processor = [], []
            for _ in range(asked):
                before = time.perf_counter(), time.process_time()
                to_json(ask(rng, span))
                clock.append((time.perf_counter() - before[0]) * 1_000)
                processor.append((time.process_time() - before[1]) * 1_000)
            told[name] = {
                f"{what}_{p}_ms": round(float(np.percentile(spent, int(p[1:]))), 1)
                for what, spent in (("clock", clock), ("processor", processor))
                for p in ("p50", "p95")
            }
            told[name]["load"] = round(os.getloadavg()[0], 1)
        return told | memory_mb()


# --- The run -----------------------------------------------------------------------------------


def point(folder: Path, rows: int, asked: int, *, again: bool = False) -> dict[str, Any]:
    """Return what one size took, from the folder if it was asked there before."""
    kept = folder / f"asked-{rows}.json"
    if again or not kept.exists():
        filled = fill(folder, rows)
        words = [sys.executable, "-W", "ignore", __file__, "--one", "--asked", str(asked)]
        words += ["--until", filled["until"], "--days", str(filled["days"])]
        done = subprocess.run([*words, "--folder", str(folder)], check=True, stdout=subprocess.PIPE)
        kept.write_text(json.dumps({**filled, **json.loads(done.stdout)}), "utf-8")
    found: dict[str, Any] = json.loads(kept.read_text("utf-8"))
    return found


def sorts(points: list[dict[str, Any]]) -> list[str]:
    return [name for name, told in points[0].items() if isinstance(told, dict)]


def table(points: list[dict[str, Any]]) -> Iterator[str]:
    """Yield lines: each question's 50th and 95th percentile, clock and processor."""
    yield "rows (million)".ljust(18) + "".join(f"{p['rows'] / 1e6:>24.1f}" for p in points)
    for name in sorts(points):
        cells = (
            f"{t['clock_p50_ms']:.0f} {t['clock_p95_ms']:.0f}"
            f" | {t['processor_p50_ms']:.0f} {t['processor_p95_ms']:.0f}"
            for t in (p[name] for p in points)
        )
        yield name.ljust(18) + "".join(f"{cell:>24}" for cell in cells)
    yield "most MB in memory".ljust(18) + "".join(f"{p['most_mb']:>24}" for p in points)


WIDTH, HEIGHT, LEFT, RIGHT, TOP, BOTTOM = 720, 400, 60, 150, 20, 44
INKS = (
    "#b5321c", "#1d6fa5", "#2b7a3d", "#8a5a00", "#6b4fa0", "#0f7c7c", "#a0346e", "#555555",
    "#c46a00", "#3d4fd0", "#7a7a00",
)  # fmt: skip


def draw(points: list[dict[str, Any]]) -> str:
    """Return the 95th percentiles of processor over the number of facts, both logarithmic."""
    drawing = Drawing(WIDTH, HEIGHT, title="95th percentile by number of facts")
    spent = {name: [p[name]["processor_p95_ms"] for p in points] for name in sorts(points)}
    rows = [p["rows"] for p in points]
    most = 10 ** math.ceil(math.log10(max(max(spent.values(), key=max))))
    least = 10 ** math.floor(math.log10(min(min(spent.values(), key=min))))

    def at(n: float, ms: float) -> tuple[float, float]:
        across = math.log(n / rows[0]) / (math.log(rows[-1] / rows[0]) or 1)
        up = math.log(ms / least) / (math.log(most / least) or 1)
        wide, high = WIDTH - LEFT - RIGHT, HEIGHT - TOP - BOTTOM
        return round(LEFT + across * wide, 1), round(HEIGHT - BOTTOM - up * high, 1)

    def line(a: tuple[float, float], b: tuple[float, float], **how: str) -> None:
        drawing.add(drawing.root, "line", x1=a[0], y1=a[1], x2=b[0], y2=b[1], **how)

    drawing.add(drawing.root, "rect", width=WIDTH, height=HEIGHT, fill="#ffffff")
    for power in range(round(math.log10(least)), round(math.log10(most)) + 1):
        left, right = at(rows[0], 10**power), at(rows[-1], 10**power)
        line(left, right, stroke="#dddddd")
        drawing.text(drawing.root, left[0] - 6, left[1] + 4, f"{10**power:,} ms",
                     font_size=11, text_anchor="end")  # fmt: skip
    for n in rows:
        x, y = at(n, least)
        drawing.text(drawing.root, x, y + 16, f"{n / 1e6:.3g} M", font_size=11,
                     text_anchor="middle")  # fmt: skip
    drawing.text(drawing.root, LEFT, HEIGHT - 8, "facts in the lake; processor of one question, "
                 "95th percentile; dashed: asked for", font_size=11)  # fmt: skip
    used: list[float] = []
    for ink, (name, values) in sorted(
        zip(INKS, spent.items(), strict=True), key=lambda one: one[1][1][-1]
    ):
        places = [at(n, ms) for n, ms in zip(rows, values, strict=True)]
        drawing.add(drawing.root, "polyline", points=" ".join(f"{x},{y}" for x, y in places),
                    fill="none", stroke=ink, stroke_width=2)  # fmt: skip
        x, y = places[-1]
        y = min([y, *(one - 14 for one in used)])
        used.append(y)
        drawing.text(drawing.root, x + 8, y + 4, name.replace("_", " "), font_size=12, fill=ink)
        if name in BOUNDS_MS and least <= BOUNDS_MS[name] <= most:
            bound = BOUNDS_MS[name]
            line(at(rows[0], bound), at(rows[-1], bound), stroke=ink, stroke_dasharray="5 4")
    return drawing.write()


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--rows", default=SIZES, help="numbers of facts, growing")
    parser.add_argument("--asked", type=int, default=40, help="questions of each sort")
    parser.add_argument("--folder", type=Path, help="kept; default: in the temporary folder")
    parser.add_argument("--picture", type=Path, help="an SVG of the growth is written there")
    parser.add_argument("--again", action="store_true", help="ask the last size once more")
    parser.add_argument("--one", action="store_true", help=argparse.SUPPRESS)
    parser.add_argument("--until", type=date.fromisoformat, help=argparse.SUPPRESS)
    parser.add_argument("--days", type=int, help=argparse.SUPPRESS)
    return sized(parser.parse_args(), asked=2)


def main() -> None:
    args = arguments()
    folder = args.folder or Path(tempfile.gettempdir()) / f"vigie-bench-growth{'-s' * SMALL}"
    folder.mkdir(parents=True, exist_ok=True)
    if args.one:
        print(json.dumps(measure(folder, args.asked, args.until, args.days)))
        return
    sizes = either([int(one) for one in args.rows.split(",")], [600, 1_200])
    last = max(sizes)
    points = [
        point(folder, rows, args.asked, again=args.again and rows == last) for rows in sorted(sizes)
    ]
    for text in table(points):
        say(text)
    picture = args.picture or folder / "growth.svg"
    picture.write_text(draw(points), "utf-8")
    figures: dict[str, Any] = {
        "by_rows": points,
        "cores": os.cpu_count(),
        "machine": platform.platform(),
        "days": points[-1]["days"],
    }
    spent = {name: points[-1][name]["clock_p95_ms"] for name in BOUNDS_MS}
    ratio = {name: round(ms / BOUNDS_MS[name], 2) for name, ms in spent.items()}
    ratio["memory"] = round(points[-1]["most_mb"] / BOUND_MB, 2)
    baseline = {f"{name}_ms": bound for name, bound in BOUNDS_MS.items()} | {"memory_mb": BOUND_MB}
    told = {"name": "growth", "figures": figures, "baseline": baseline, "ratio": ratio}
    print(json.dumps(told))


if __name__ == "__main__":
    main()
