"""The command line of saved questions."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from tests.foresight.forecasting.town import town_home

from vigie.cli.main import run


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("cli") / "home"
    home, _ = town_home(path, days=20, scale=0.02)
    home.close()
    return path


def test_a_question_is_saved_listed_asked_reported_and_ended(
    folder: Path, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    home = ["--home", str(folder), "--role", "analyst"]

    def ask(*words: str) -> Any:
        assert run(["question", *words, *home, "--json"]) == 0, capsys.readouterr()
        return json.loads(capsys.readouterr().out.splitlines()[-1])

    dates = ["-p", "from=2025-01-01", "-p", "to=2026-12-31"]
    made = ask(
        "save", "Rythme", "week_profile", *dates, "--share", "planner", "--every", "week:0:7"
    )
    name = made["question_id"]
    assert made["schedule"]["weekday"] == 0
    (item,) = ask("list")["items"]
    assert (item["title"], item["shared"]) == ("Rythme", ["planner"])
    assert ask("ask", name)
    table = tmp_path / "rows.csv"
    assert run(["question", "ask", name, *home, "--out", str(table)]) == 0
    assert "weekday" in table.read_text().splitlines()[0]
    pdf = tmp_path / "report.pdf"
    report = ask("report", name, "--out", str(pdf))
    assert report["state"] == "ready"
    assert pdf.read_bytes().startswith(b"%PDF-")
    assert run(["question", "list", *home]) == 0
    assert "ready" in capsys.readouterr().out
    moved = ask("save", "Quatre semaines", "week_profile", "--last", "4:week")
    assert moved["period"] == {"unit": "week", "n": 4}
    assert ask("end", name)["question_id"] == name
    assert [one["title"] for one in ask("list")["items"]] == ["Quatre semaines"]


@pytest.mark.parametrize(
    "words",
    [
        ["--last", "four:week"],
        ["--last", "4:fortnight"],
        [],
        ["--last", "4:week", "--every", "week:7"],
        ["--last", "4:week", "--every", "year:1:7"],
        ["--last", "4:week", "--share", "nobody"],
    ],
)
def test_what_cannot_be_saved_is_wrong_usage(folder: Path, words: list[str]) -> None:
    command = ["question", "save", "Essai", "week_profile", "--home", str(folder)]
    assert run([*command, "--role", "analyst", *words]) == 2
