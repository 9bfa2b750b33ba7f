"""The command line of the forecast, on a small home."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from tests.foresight.forecasting.town import town_home

from vigie.cli.main import run
from vigie.foresight.forecasting.shelf import SLOTS, ForecastShelf


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("cli") / "home"
    home, _ = town_home(path, days=112, scale=0.05)
    home.close()
    return path


def last_json(capsys: pytest.CaptureFixture[str]) -> object:
    return json.loads(capsys.readouterr().out.splitlines()[-1])


def test_run_score_and_backtest_answer_in_json(
    folder: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("os.nice", lambda _n: 0)
    monkeypatch.setenv("VIGIE_CITY__TIMEZONE", "Europe/Paris")
    home = ["--home", str(folder), "--json"]
    kind = ["--kind", "rescue.person"]
    by = ["--role", "analyst"]
    assert run(["forecast", "run", *home, *by, *kind, "--horizon", "1", "--slot", "24"]) == 0
    made = last_json(capsys)
    assert isinstance(made, dict)
    assert made["state"] == "ready"
    assert run(["forecast", "score", *home, *by]) == 0
    scores = last_json(capsys)
    assert isinstance(scores, dict)
    assert set(scores["verdicts"][0]["gains"]) <= {"naive", "historical"}
    assert run(["forecast", "score", "--home", str(folder), *by]) == 0
    assert "rescue.person" in capsys.readouterr().out
    table = ForecastShelf(folder).table(made["forecast_id"], SLOTS, kind="rescue.person")
    place = ["--cell", table["cell"][0].as_py(), "--slot", "0", "--role", "planner"]
    told = ["--value", "3", "--why", "Deux paquebots accostent à midi"]
    assert run(["forecast", "override", *home, *place, *told]) == 0
    assert run(["forecast", "overrides", *home, *by]) == 0
    kept = last_json(capsys)
    assert isinstance(kept, dict)
    assert [one["value"] for one in kept["items"]] == [3.0]
    assert run(["forecast", "run", *home, "--role", "elected"]) == 1
    past = ["--grid", "1000", "--horizon", "7"]
    assert run(["backtest", *home, *by, *kind, *past]) == 0
    assert run(["backtest", *home, *by, "--kind", "offence.drugs"]) == 2
    assert run(["backtest", *home, *by, "--from", "yesterday"]) == 2
