"""Publishing and attacking from the terminal: what is told, and how it ends."""

from __future__ import annotations

import json

import pytest

from vigie.cli.main import run
from vigie.situation.home import init_home


@pytest.fixture
def home(tmp_path):
    init_home(tmp_path / "home")
    return str(tmp_path / "home")


def test_a_week_is_published_shown_and_paid_for(home, capsys):
    assert run(["publish", "run", "week_days", "--home", home, "--week", "2026-W10", "--json"]) == 0
    drawn = json.loads(capsys.readouterr().out)
    assert run(["publish", "show", "week_days", "2026-W10", "--home", home, "--json"]) == 0
    shown = json.loads(capsys.readouterr().out)
    assert run(["publish", "budget", "--home", home, "--json"]) == 0
    budget = json.loads(capsys.readouterr().out)
    assert run(["attack", "--home", home, "--json"]) == 0
    (attacked,) = json.loads(capsys.readouterr().out)
    assert run(["publish", "list", "--home", home, "--json"]) == 0
    listed = json.loads(capsys.readouterr().out)

    assert shown == drawn
    assert attacked["tried"] == 1
    assert [one["week_spent"] for one in budget] == [0.12]
    assert {one["name"]: one["weeks"] for one in listed}["week_days"] == ["2026-W10"]


def test_an_empty_city_shows_no_figure_at_all(home, capsys, monkeypatch):
    monkeypatch.setenv("LC_ALL", "en")
    assert run(["publish", "run", "week_days", "--home", home, "--week", "2026-W10"]) == 0

    assert "withheld" in capsys.readouterr().out


def test_what_is_no_home_is_told(tmp_path, capsys):
    assert run(["publish", "list", "--home", str(tmp_path / "none")]) == 2
    assert "vigie init" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("name", "runs"),
    [
        ("differencing", 300),
        ("geo_mask", 300),
        ("linkage", 30),
        ("membership", 2_000),
        ("suppression", 5),
        ("time_walk", 30),
    ],
)
def test_an_attack_ends_well_when_its_bound_holds(capsys, name, runs):
    assert run(["attack", name, "--runs", str(runs), "--json"]) == 0

    (found,) = json.loads(capsys.readouterr().out)
    assert found["holds"] is True
    assert found["success"] <= found["bound"]


def test_an_attack_that_wins_ends_with_a_failure(capsys, monkeypatch):
    from vigie.civic import attacking
    from vigie.privacy.suppression import small

    weak = attacking.Methods(withhold=small)
    monkeypatch.setattr(attacking, "Methods", lambda: weak)

    assert run(["attack", "suppression", "--runs", "5"]) == 1
    assert "ROMPU" in capsys.readouterr().out or "BROKEN" in capsys.readouterr().out


def test_an_attacker_that_does_not_exist_is_told(capsys):
    assert run(["attack", "telepathy"]) == 1
    assert "telepathy" in capsys.readouterr().err
