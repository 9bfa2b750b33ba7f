"""``vigie shift`` and ``vigie duty``: what the room writes and who is there, from the terminal."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from vigie.cli.main import run
from vigie.situation.home import init_home


@pytest.fixture
def home(tmp_path: Path) -> Path:
    init_home(tmp_path / "home")
    return tmp_path / "home"


def asked(capsys: pytest.CaptureFixture[str], home: Path, *words: str) -> tuple[int, Any]:
    code = run([*words, "--home", str(home), "--role", "shift_head", "--json"])
    out = capsys.readouterr().out
    return code, json.loads(out) if out else None


def test_a_note_is_scrubbed_corrected_and_told_in_the_log_and_the_handover(
    home: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Requirement: ALG-4."""
    here = "5.37,43.29"
    code, note = asked(
        capsys, home, "shift", "note", "Jean Dupont, 06 12 34 56 78, au port", "--situation", here
    )
    assert (code, note["number"]) == (0, 1)
    assert "Dupont" not in note["text"]
    assert "06 12" not in note["text"]
    code, other = asked(capsys, home, "shift", "note", "Doublon", "--corrects", "1", "--strikes")
    assert (code, other["number"]) == (0, 2)
    code, log = asked(capsys, home, "shift", "log")
    assert code == 0
    assert [(one["number"], one["struck"]) for one in log["items"]] == [(1, True)]
    assert log["items"][0]["corrections"][0]["text"] == "Doublon"
    code, draft = asked(capsys, home, "shift", "handover", "--hours", "2")
    assert code == 0
    assert "Doublon" in draft["text"]
    code, signed = asked(capsys, home, "shift", "handover", "--list")
    assert (code, signed["items"]) == (0, [])


def test_the_log_and_the_cards_are_told_in_words(
    home: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LC_ALL", "en_GB.UTF-8")
    words = ["--home", str(home), "--role", "shift_head"]
    assert run(["shift", "note", "Foule au port", "--situation", "5.37,43.29", *words]) == 0
    assert run(["shift", "note", "Erreur", "--corrects", "1", "--strikes", *words]) == 0
    capsys.readouterr()
    assert run(["shift", "log", *words]) == 0
    assert "(struck)" in capsys.readouterr().out
    assert run(["shift", "cards", *words]) == 0
    assert "steps" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("words", "code"),
    [
        (["shift", "note", "Erreur de saisie", "--corrects", "7"], 1),
        (["shift", "handover", "--signed", "none"], 1),
        (["shift", "log", "--role", "nobody"], 2),
        (["duty", "withdraw", "none"], 1),
        (["duty", "enter", "operator", "--from", "soon", "--to", "later"], 2),
        (["duty", "enter", "dupont", "--from", "2999-01-01", "--to", "2999-01-02"], 2),
    ],
)
def test_what_cannot_be_is_told_by_the_exit_code(home: Path, words: list[str], code: int) -> None:
    role = [] if "--role" in words else ["--role", "shift_head"]
    assert run([*words, "--home", str(home), *role]) == code


def test_a_turn_of_duty_is_entered_shown_and_withdrawn(
    home: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    from datetime import timedelta

    from vigie.base.clock import SystemClock

    monkeypatch.setenv("LC_ALL", "en_GB.UTF-8")
    now = SystemClock().now()
    span = ["--from", now.isoformat(), "--to", (now + timedelta(hours=8)).isoformat()]
    for role in ("operator", "shift_head"):
        code, made = asked(capsys, home, "duty", "enter", role, *span, "--vacant")
        assert (code, made["held"]) == (0, False)
    code, duty = asked(capsys, home, "duty", "show")
    assert (code, duty["now"], len(duty["gaps"])) == (0, [], 1)
    assert run(["duty", "show", "--home", str(home), "--role", "shift_head"]) == 0
    assert "Nobody is on duty" in capsys.readouterr().out
    code, _ = asked(capsys, home, "duty", "withdraw", made["turn_id"])
    assert code == 0
    code, duty = asked(capsys, home, "duty", "show")
    assert [one["role"] for one in duty["now"]] == ["shift_head"]
