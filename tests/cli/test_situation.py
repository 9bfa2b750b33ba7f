"""``vigie situation``: a point, a fact, and what is no subject."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from vigie.cli.main import run
from vigie.situation.home import init_home


@pytest.fixture
def empty(tmp_path: Path) -> Path:
    init_home(tmp_path / "home")
    return tmp_path / "home"


def test_a_point_is_answered_as_json(empty: Path, capsys: pytest.CaptureFixture[str]) -> None:
    code = run(["situation", "5.37,43.29", "--home", str(empty), "--radius", "800", "--json"])
    told = json.loads(capsys.readouterr().out)
    assert code == 0
    assert (told["lon"], told["lat"], told["radius_m"]) == (5.37, 43.29, 800)
    assert told["facts"] == told["links"] == []


def test_a_point_is_told_in_words(empty: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["situation", "5.37,43.29", "--home", str(empty)]) == 0
    assert "500 m" in capsys.readouterr().out


@pytest.mark.parametrize("what", ["somewhere", "plan:x", "5.37"])
def test_what_is_no_subject_is_wrong_usage(empty: Path, what: str) -> None:
    assert run(["situation", what, "--home", str(empty)]) == 2


def test_a_fact_that_does_not_exist_fails(empty: Path) -> None:
    assert run(["situation", "fact:none", "--home", str(empty)]) == 1
