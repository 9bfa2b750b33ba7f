"""Legal detection from the terminal: closed, opened by a grant file, tried on test footage."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from tests.detectors.scenes import Actor, encode, render, walk

from vigie.cli.main import run
from vigie.situation.home import init_home

GRANT = """
legal_basis = "Loi n° 0000-000, article 3 (essai)"
prefect_order = "13-2026-00001"
attestation = "ATT-1"
occasion = "Match"
place = "Stade"
ring = [[5.36, 43.29], [5.38, 43.29], [5.38, 43.30]]
cameras = ["c1"]
types = ["wrong_way", "density"]
signed_by = "Préfecture de police"
signed_at = 2026-01-01T08:00:00Z
from = 2026-01-01T08:00:00Z
to = 2026-06-01T08:00:00Z
"""


@pytest.fixture
def home(tmp_path: Path) -> str:
    init_home(tmp_path / "home")
    return str(tmp_path / "home")


def test_a_clip_is_tried_and_nothing_kept(home: str, tmp_path: Path, capsys) -> None:
    car = Actor(walk((0.5, -0.1), (0.5, 1.1), 4.0, 7.0), (0.14, 0.2))
    clip = encode(tmp_path / "wrong.mp4", render([car], 10.0))
    words = ["watch", "try", str(clip), "--home", home, "--detector", "wrong_way", "--json"]
    words += ["--role", "shift_head", "--footage", "synthetic", "-p", "least_points=5"]

    assert run([*words, "--towards", "0,-1", "--zone", "0,0 1,0 1,1 0,1"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert run([*words, "--towards", "0,1"]) == 0
    other = json.loads(capsys.readouterr().out)

    assert (told["trial"], told["stored"]) == (True, False)
    assert [one["type"] for one in told["items"]] == ["wrong_way"]
    assert told["items"][0]["parameters"]["least_points"] == 5
    assert other["items"] == []


@pytest.mark.parametrize(
    ("more", "code"),
    [
        (["--detector", "face"], 1),
        (["--detector", "wrong_way", "-p", "least_points=0"], 2),
        (["--detector", "wrong_way", "-p", "colour=red"], 2),
        (["--detector", "wrong_way", "-p", "colour"], 2),
        (["--detector", "density", "--zone", "0,0 1,1"], 2),
        (["--detector", "density", "--at", "yesterday"], 2),
        (["--detector", "density"], 2),
        (["--detector", "density", "--footage", "synthetic"], 1),
    ],
)
def test_what_cannot_be_tried_is_said_in_words(home: str, capsys, more: list[str], code: int):
    assert run(["watch", "try", "none.mp4", "--home", home, "--role", "shift_head", *more]) == code
    told = capsys.readouterr()
    assert told.err.startswith("vigie: ")
    assert "Traceback" not in told.err


def test_a_grant_is_entered_listed_and_past(home: str, tmp_path: Path, capsys) -> None:
    path = tmp_path / "grant.toml"
    path.write_text(GRANT, "utf-8")
    admin = ["--home", home, "--role", "admin", "--json"]

    assert run(["watch", "grant", str(path), *admin]) == 0
    given = json.loads(capsys.readouterr().out)
    assert run(["watch", "grants", "--past", *admin]) == 0
    listed = json.loads(capsys.readouterr().out)
    assert run(["watch", "end", given["grant_id"], "--reason", "Trop tard de toute façon", *admin])
    path.write_text(GRANT.replace("density", "face"), "utf-8")
    capsys.readouterr()
    assert run(["watch", "grant", str(path), *admin]) == 2

    assert given["state"] == "over"
    assert [one["grant_id"] for one in listed["items"]] == [given["grant_id"]]
    assert "types" in capsys.readouterr().err


def test_without_a_grant_a_camera_is_not_analysed(home: str, capsys) -> None:
    words = ["watch", "analyse", "c1", "--source", "rtsp://127.0.0.1:1/none", "--home", home]
    assert run([*words, "--detector", "density", "--role", "shift_head"]) == 1
    assert run(["watch", "grants", "--home", home, "--role", "shift_head"]) == 0
    assert "31 mars 2025" in capsys.readouterr().err
