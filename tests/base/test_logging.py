"""Logs: no value can forge a line, and nobody stands in one."""

import ast
import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vigie.base.logging import configure_logging, get_logger, neutralise


@given(st.text())
def test_control_characters_never_pass(text: str) -> None:
    assert not any(ord(char) < 32 or ord(char) == 127 for char in neutralise(text))


def test_a_forged_line_stays_one_line(capsys: pytest.CaptureFixture[str]) -> None:
    configure_logging(level="INFO", json=True)
    get_logger("t").info("read", file='a\n{"level": "fake"}\x1b[31m')
    lines = capsys.readouterr().err.strip().splitlines()

    assert len(lines) == 1
    assert "\\x0a" in json.loads(lines[0])["file"]


def test_a_line_that_cannot_be_written_is_lost_counted_and_fails_nobody() -> None:
    """A log in a file on a full disk: the journal's thread ended by the line that told of it."""
    script = (
        "import os\nfrom vigie.base.logging import configure_logging, get_logger\n"
        "configure_logging(level='INFO', json=True)\n"
        "log, usual = get_logger('t'), os.dup(2)\n"
        "full = os.open('/dev/full', os.O_WRONLY)\n"
        "os.dup2(full, 2)\n"
        "for n in range(300):\n    log.warning('unheard', n=n, pad='x' * 100)\n"
        "os.dup2(usual, 2)\nlog.warning('heard')\nlog.warning('heard again')\n"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, check=True)
    lines = [json.loads(one) for one in done.stderr.splitlines() if one]
    assert [one["event"] for one in lines] == ["heard", "log lines lost", "heard again"]
    assert lines[1]["n"] == 300


LEVELS = {"debug", "info", "warning", "error", "exception", "critical"}
OF_PERSONS = {"login", "who", "person", "email", "phone", "text", "query", "body", "raw", "secret"}
OF_PERSONS |= {"password", "token", "session", "address", "ip", "lon", "lat", "case"}


def log_calls() -> Iterator[tuple[str, ast.Call]]:
    """Yield every call of a logger in the source, with where it stands."""
    for path in sorted((Path(__file__).parents[2] / "src").rglob("*.py")):
        text = path.read_text("utf-8")
        if "get_logger" not in text:
            continue
        for node in ast.walk(ast.parse(text)):
            func = node.func if isinstance(node, ast.Call) else None
            if isinstance(func, ast.Attribute) and func.attr in LEVELS:
                of = ast.unparse(func.value).lower()
                if of.endswith("log") or "logger" in of:
                    assert isinstance(node, ast.Call)
                    yield f"{path.name}:{node.lineno}", node


def test_what_is_logged_is_said_in_the_code_and_names_nobody() -> None:
    """The sentence is fixed, values stand under names, and no name is one of a person's data."""
    calls = list(log_calls())
    assert len(calls) > 50
    for where, call in calls:
        assert isinstance(call.args[0], ast.Constant), where
        assert len(call.args) == 1, where
        named = {keyword.arg for keyword in call.keywords if keyword.arg}
        assert not named & OF_PERSONS, where
