"""``vigie audit`` on a real home: verify, head, proof, list, export, verifier."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from vigie.audit.line import Line
from vigie.cli.main import run
from vigie.privacy.checkpoint import parse, parse_key, signers
from vigie.privacy.purposes import Purpose, Verb
from vigie.situation.home import init_home, open_home

WHY = "contrôle annuel du journal d'audit"


@pytest.fixture
def filled(home: Path) -> Path:
    init_home(home)
    with open_home(home) as opened:
        for n in range(5):
            opened.audit.append(
                Line(n, Verb.CONSULT, "amelie", "operator", Purpose.LIVE_RESPONSE, "facts")
            )
        opened.audit.head()
    return home


def answer(capsys: pytest.CaptureFixture[str], *arguments: str) -> tuple[int, dict]:
    capsys.readouterr()
    code = run(["audit", *arguments, "--json"])
    out = capsys.readouterr().out
    return code, json.loads(out) if out else {}


def test_verify_says_that_it_is_sound_or_what_is_not(filled: Path, capsys):
    """Requirement: P-LOG-2."""
    code, told = answer(capsys, "verify", "--home", str(filled))
    assert code == 0
    assert (told["sound"], told["lines"], told["heads"]) == (True, 5, 1)
    segment = next((filled / "audit" / "lines").iterdir())
    segment.write_bytes(segment.read_bytes().replace(b"amelie", b"aurore", 1))
    code, told = answer(capsys, "verify", "--home", str(filled))
    assert code == 1
    assert [fault["code"] for fault in told["faults"]] == ["audit_line_changed"]
    assert run(["audit", "verify", "--home", str(filled)]) == 1


def test_head_is_a_note_that_the_key_signed(filled: Path, capsys):
    """Requirement: P-LOG-7."""
    code, told = answer(capsys, "head", "--home", str(filled))
    key = parse_key(told["key"])
    assert code == 0
    assert signers(told["checkpoint"], [key]) == [key]
    capsys.readouterr()
    run(["audit", "head", "--home", str(filled)])
    assert parse(capsys.readouterr().out).size == 5


def test_a_line_is_proved_or_not_there(filled: Path, capsys):
    code, told = answer(capsys, "proof", "3", "--home", str(filled))
    assert (code, told["index"], len(told["hashes"])) == (0, 3, 3)
    assert answer(capsys, "proof", "5", "--home", str(filled))[0] == 1
    assert run(["audit", "proof", "3", "--home", str(filled)]) == 0
    assert "index 3" in capsys.readouterr().out


def test_whoever_lists_is_written_down(filled: Path, capsys):
    """Requirement: LED-3."""
    code, rows = answer(
        capsys, "list", "--home", str(filled), "--reason", WHY, "--from", "1970-01-01"
    )
    assert code == 0
    assert [row["who"] for row in rows] == ["amelie"] * 5
    _, rows = answer(capsys, "list", "--home", str(filled), "--reason", WHY, "--limit", "1")
    assert rows[0]["who"].startswith("os:")
    assert (rows[0]["dataset"], rows[0]["reason"]) == ("audit", WHY)


def test_without_a_reason_nothing_is_listed(filled: Path, capsys):
    assert answer(capsys, "list", "--home", str(filled), "--reason", "parce que")[0] == 2
    out = str(filled.parent / "out")
    assert answer(capsys, "export", out, "--home", str(filled), "--lines")[0] == 2
    with open_home(filled) as opened:
        assert opened.audit.count() == 5


def test_an_export_is_verified_by_the_program_that_is_printed(filled: Path, tmp_path: Path, capsys):
    """Requirement: P-LOG-1, P-LOG-7."""
    out = tmp_path / "out"
    code, told = answer(
        capsys, "export", str(out), "--home", str(filled), "--lines", "--reason", WHY
    )
    assert (code, told["size"]) == (0, 6)  # the export itself is a line
    assert run(["audit", "verifier"]) == 0
    program = tmp_path / "verifier.py"
    program.write_text(capsys.readouterr().out, "utf-8")
    command = [sys.executable, "-I", str(program), str(out)]
    found = subprocess.run(command, capture_output=True, text=True, check=False)
    assert found.returncode == 0, found.stderr
    assert "6 lignes" in found.stdout
