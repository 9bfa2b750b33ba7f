"""``vigie linkage``: figures against a truth, weights learnt anew, and what is asked wrongly."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from tests.lake.samples import START_US, complete, fact

from vigie.city.known_reports import TELLINGS
from vigie.cli.main import run
from vigie.judge.linkage import read_weights
from vigie.situation.home import init_home, open_home

MINUTE_US = 60_000_000


def _city(home: Path, seed: int) -> Path:
    """Return a home with two hundred incidents, half of them told by two sources."""
    chance = np.random.default_rng(seed)
    init_home(home)
    rows, told = [], []
    for n in range(200):
        lon, lat = 5.37 + chance.normal(0, 0.02), 43.3 + chance.normal(0, 0.02)
        at = START_US + int(chance.integers(0, 5_000)) * MINUTE_US
        for source in ("rescue", "police")[: 1 + n % 2]:
            near = {"lon": lon + chance.normal(0, 1e-4), "lat": lat + chance.normal(0, 1e-4)}
            late = at + int(chance.integers(0, 5)) * MINUTE_US
            rows.append(fact(f"{n}", late, source=source, accuracy_m=20.0, **near))
            told.append((source, f"{n}", n))
    with open_home(home) as opened:
        opened.lake.commit("facts", complete("facts", rows))
    (home / TELLINGS).parent.mkdir(parents=True)
    columns = zip(("source", "source_ref", "incident"), zip(*told, strict=True), strict=True)
    pq.write_table(pa.table({name: list(values) for name, values in columns}), home / TELLINGS)
    return home


def test_links_are_checked_against_the_truth(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    home = str(_city(tmp_path / "one", 1))

    assert run(["linkage", "--home", home, "--json"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert told["figures"]["true_pairs"] == 100
    assert told["figures"]["at_0.5"]["recall"] > 0.5
    assert set(told["baseline"]) == {"links", "precision", "recall"}
    assert run(["linkage", "--home", home]) == 0
    assert "at_0.5" in capsys.readouterr().out


def test_weights_are_learnt_into_a_file_that_can_be_read(tmp_path: Path) -> None:
    homes = [str(_city(tmp_path / name, seed)) for seed, name in enumerate(("fit", "other"))]
    out = tmp_path / "weights.toml"
    code = run(
        ["linkage", "--learn", "--fit", homes[0], "--calibrate", homes[1], "--out", str(out)]
    )
    learnt = read_weights(out.read_text("utf-8"))

    assert code == 0
    assert learnt.learnt["fitted"] == "fit"
    assert learnt.learnt["facts"] == 300


def test_learning_needs_to_know_on_what(tmp_path: Path) -> None:
    assert run(["linkage", "--learn", "--fit", str(tmp_path)]) == 2
