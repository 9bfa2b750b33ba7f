"""A silent source: fires when stale, silent when late, live or never heard."""

import pytest

from vigie.judge.rule import SourceView
from vigie.rules.source_silent import judge

NOW = 10_000_000_000_000


def test_a_stale_source_is_named_with_how_long() -> None:
    (found,) = judge([SourceView("noise", 60, NOW - 3_600_000_000 * 3, "stale")], NOW)

    assert found.subjects == ("noise",)
    assert found.numbers == {"silent_s": 10_800, "period_s": 60}
    assert "3 h" in found.explanation["fr"]
    assert "60 s" in found.explanation["en"]


@pytest.mark.parametrize("state", ["live", "late", "never"])
def test_it_stays_silent(state: str) -> None:
    last = None if state == "never" else NOW

    assert judge([SourceView("noise", 60, last, state)], NOW) == []
