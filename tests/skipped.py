"""An honest list of skips at the end: a hook of pytest that ``tests/conftest.py`` takes in."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from typing import Any


def _reasons(skipped: list[Any]) -> Iterator[str]:
    for report in skipped:
        where = report.longrepr
        text = where[2] if isinstance(where, tuple) else str(where)
        yield text.removeprefix("Skipped: ")


def pytest_terminal_summary(terminalreporter: Any) -> None:
    """Say what was skipped, how often, and what to install to run it."""
    reasons = Counter(_reasons(terminalreporter.stats.get("skipped", [])))
    if not reasons:
        return
    terminalreporter.section("skipped, and how to run it")
    for reason, count in reasons.most_common():
        terminalreporter.write_line(f"{count:5d}  {reason}")
