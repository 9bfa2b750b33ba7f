"""Logs: no value can forge a line."""

import json

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
