"""``vigie inform``: a file becomes a draft, another login approves, a withdrawal asks why.

Requirement: R1.
"""

from __future__ import annotations

import getpass
import json
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from vigie.base.clock import SystemClock
from vigie.cli.main import run
from vigie.situation.home import init_home


@pytest.fixture
def home(tmp_path: Path) -> Path:
    init_home(tmp_path / "home")
    return tmp_path / "home"


def written(folder: Path, **changes: Any) -> str:
    told = {
        "title_fr": "Vent violent",
        "title_en": "Strong wind",
        "text_fr": "Les parcs sont fermés.",
        "text_en": "Parks are closed.",
        "category": "Met",
        "urgency": "Expected",
        "severity": "Moderate",
        "certainty": "Likely",
        "zone": "city",
        "expires": (SystemClock().now() + timedelta(hours=5)).isoformat(),
    }
    path = folder / "message.json"
    path.write_text(json.dumps(told | changes), encoding="utf-8")
    return str(path)


def asked(capsys: pytest.CaptureFixture[str], *words: str) -> tuple[int, Any]:
    code = run(["inform", *words, "--json"])
    out = capsys.readouterr().out
    return code, json.loads(out) if out else None


def test_one_login_writes_and_another_approves(
    home: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    where = ("--home", str(home))
    code, made = asked(capsys, "draft", written(home.parent), *where)
    assert (code, made["state"]) == (0, "submitted")
    name = made["message_id"]
    code, _ = asked(capsys, "approve", name, *where)
    assert code == 1
    monkeypatch.setattr(getpass, "getuser", lambda: "other")
    code, told = asked(capsys, "approve", name, *where)
    assert (code, told["state"]) == (0, "published")
    assert told["history"][-1]["by"] == "os:other"
    code, listed = asked(capsys, "list", *where)
    assert [one["state"] for one in listed["items"]] == ["published"]
    assert run(["inform", "list", *where]) == 0
    assert "Vent violent" in capsys.readouterr().out
    assert asked(capsys, "withdraw", name, "--reason", "Le vent tombe", *where)[0] == 0
    assert asked(capsys, "list", *where)[1]["items"][0]["state"] == "withdrawn"


@pytest.mark.parametrize(
    "changes",
    [{"title_fr": "M. Jean Dupont"}, {"expires": "tomorrow"}, {"who": "x"}, {"zone": "nowhere:1"}],
)
def test_a_file_that_is_no_message_is_wrong_usage(home: Path, changes: dict[str, Any]) -> None:
    assert run(["inform", "draft", written(home.parent, **changes), "--home", str(home)]) == 2


def test_a_file_that_is_not_there_is_wrong_usage(home: Path) -> None:
    assert run(["inform", "draft", str(home / "none.json"), "--home", str(home)]) == 2
