"""The two studies: their pages say what their figures say, and their code runs on real data."""

from __future__ import annotations

import importlib
import json
import re
import shlex
import shutil
import subprocess
import sys
from collections.abc import Callable
from datetime import date, datetime
from pathlib import Path
from types import ModuleType
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
import pytest

ROOT = Path(__file__).resolve().parents[2]
STUDIES = ROOT / "examples" / "studies"
PAGES = ROOT / "docs" / "explanation"
SHOWN = (ROOT / "examples" / "README.md").read_text("utf-8")
NAMES = ("chicago", "montgomery")
LARGEST = 100_000


@pytest.fixture
def load(monkeypatch: pytest.MonkeyPatch) -> Callable[[str], ModuleType]:
    """Import a module of the studies as their command does."""
    monkeypatch.syspath_prepend(str(STUDIES))
    return importlib.import_module


def _figures(name: str) -> dict[str, Any]:
    found: dict[str, Any] = json.loads((PAGES / "studies" / f"{name}.json").read_text("utf-8"))
    return found


@pytest.mark.parametrize("name", NAMES)
def test_the_page_says_what_the_figures_say(name, load):
    """Every number of a page is looked up: the committed page is the template filled again."""
    template = (STUDIES / "pages" / f"{name}.md.in").read_text("utf-8")

    filled = load("page").render(template, _figures(name))

    assert filled == (PAGES / f"study-{name}.md").read_text("utf-8")
    assert template.count("{{") > 20
    assert "{{" not in filled


@pytest.mark.parametrize("name", NAMES)
def test_a_page_shows_small_plots_that_are_there(name):
    shown = re.findall(r"!\[[^]]+\]\(([^)]+)\)", (PAGES / f"study-{name}.md").read_text("utf-8"))
    kept = [*(PAGES / "studies" / name).iterdir(), PAGES / "studies" / f"{name}.json"]

    assert sorted(shown) == sorted(f"studies/{name}/{p.name}" for p in kept if p.suffix == ".svg")
    assert max(path.stat().st_size for path in kept) < LARGEST


def test_a_changed_figure_changes_the_page(load):
    page = load("page")

    assert (
        page.render("{{a.0.b|.1f}} of {{n|,}}", {"a": [{"b": 1.26}], "n": 1234}) == "1.3 of 1,234"
    )
    assert page.render("{{table t}}", {"tables": {"t": page.table(["x"], [["1"]])}}) == (
        "| x |\n| --- |\n| 1 |"
    )
    with pytest.raises(KeyError):
        page.render("{{a.c}}", {"a": {}})


def test_figures_are_written_to_five_digits(load):
    told = load("page").rounded({"x": 1.23456789, "days": [date(2016, 1, 2)], "n": 3, "yes": True})

    assert told == {"x": 1.2346, "days": ["2016-01-02"], "n": 3, "yes": True}


def _inside(table: pa.Table, columns: tuple[str, str], box: tuple[float, ...]) -> pa.Table:
    lon, lat = (table[name] for name in columns)
    west, south, east, north = box
    kept = pc.and_(pc.greater(lon, west), pc.less(lon, east))
    kept = pc.and_(kept, pc.and_(pc.greater(lat, south), pc.less(lat, north)))
    return table.filter(kept)


def _between(table: pa.Table, column: str, first: date, after: date) -> pa.Table:
    at = table[column].cast(pa.timestamp("us"))
    start, end = (datetime(d.year, d.month, d.day) for d in (first, after))
    return table.filter(pc.and_(pc.greater_equal(at, start), pc.less(at, end)))


def _study(name: str, tmp_path: Path, first: date, after: date) -> tuple[list[Path], Any]:
    """Run the command that the page shows, on a slice; return its files and its figures."""
    (shown,) = re.findall(rf"^python3 run\.py (study {name} .*)$", SHOWN, re.MULTILINE)
    folders = {"../shared/data": str(tmp_path / "data"), "/tmp/study": str(tmp_path / "out")}
    words = [folders.get(word, word) for word in shlex.split(shown)[1:]]
    assert sorted(folders.values()) == sorted({*words} & {*folders.values()})
    small = ["--draws", "99", "--first", first.isoformat(), "--after", after.isoformat()]
    command = [sys.executable, STUDIES / "study.py", *words, *small]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr[-2_000:]
    told = json.loads(done.stdout.splitlines()[-1])
    figures = json.loads((tmp_path / "out" / "studies" / f"{name}.json").read_text("utf-8"))
    return [Path(file) for file in told["files"]], figures


def test_chicago_runs_end_to_end_on_a_slice(shared_dir, tmp_path):
    """The streets around two venues over half a year, with all the other sources."""
    first, after = date(2017, 4, 1), date(2017, 10, 1)
    source, data = shared_dir / "data" / "chicago", tmp_path / "data" / "chicago"
    data.mkdir(parents=True)
    for path in source.iterdir():
        shutil.copyfile(path, data / path.name)
    points = data / "crime_points_2016_2017.parquet"
    whole = pq.read_table(points)
    near = _inside(whole, ("lon", "lat"), (-87.69, 41.85, -87.61, 41.90))
    pq.write_table(_between(near, "time", first, after), points)

    files, figures = _study("chicago", tmp_path, first, after)

    assert all(path.stat().st_size > 100 for path in files)
    assert figures["ingested"]["chicago_rides"]["duplicates"] == 62
    assert figures["ingested"]["chicago_weather"]["duplicates"] == 2 * 52
    assert figures["games"]["Wrigley Field"]["games"] > 60
    assert len(figures["beside"]["pairs"]) == 12
    assert all(pair["low"] < pair["value"] < pair["high"] for pair in figures["beside"]["pairs"])
    assert figures["themes"]["theft"]["near_repeat"]["bands"][0]["pairs"] > 0


def test_montgomery_runs_end_to_end_on_a_slice(shared_dir, tmp_path):
    """One town over four months."""
    first, after = date(2016, 2, 1), date(2016, 6, 1)
    name = "calls_2015-12_2016-06.parquet"
    data = tmp_path / "data" / "montgomery_911"
    data.mkdir(parents=True)
    whole = pq.read_table(shared_dir / "data" / "montgomery_911" / name)
    near = _inside(whole, ("lng", "lat"), (-75.38, 40.09, -75.28, 40.15))
    pq.write_table(near, data / name)

    files, figures = _study("montgomery", tmp_path, first, after)

    assert all(path.stat().st_size > 100 for path in files)
    assert figures["ingested"]["montgomery_911"]["accepted"] == near.num_rows
    assert figures["themes"]["medical"]["trend"]["base"] > 1_000
    assert figures["scan"]["clusters"]
    assert sum(map(sum, figures["themes"]["fire"]["week"]["shares"])) == pytest.approx(1, abs=0.01)
