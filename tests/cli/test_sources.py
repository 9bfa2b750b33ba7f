"""``vigie sources``: who may register a feed or replay the journal, and what the audit keeps."""

from __future__ import annotations

from pathlib import Path

import pytest

from vigie.audit.reading import Query, lines_before
from vigie.cli.main import run
from vigie.situation.home import init_home, open_home


@pytest.fixture
def made(home: Path) -> Path:
    init_home(home)
    return home


def told(home: Path) -> list[tuple[str, str, dict]]:
    """Return verb, outcome and subject of the lines about sources, the oldest first."""
    with open_home(home) as opened:
        page = lines_before(opened.audit, Query(dataset="sources"), opened.audit.count())
    return [(line.verb, line.outcome, dict(line.subject)) for _, line in reversed(page.lines)]


def test_a_feed_registered_and_a_replay_at_the_machine_leave_their_lines(made: Path):
    assert run(["sources", "register", "carnet", "main_courante", "--home", str(made)]) == 0
    assert run(["sources", "replay", "--source", "carnet", "--home", str(made)]) == 0
    assert run(["sources", "reprocess", "carnet", "--json", "--home", str(made)]) == 0
    assert [(verb, subject) for verb, _, subject in told(made)] == [
        ("alter", {"source": "carnet"}),
        ("collect", {"source": "carnet"}),
        ("alter", {"source": "carnet"}),
    ]


@pytest.mark.parametrize("asked", [["register", "carnet", "main_courante"], ["replay"]])
def test_a_role_that_keeps_no_feeds_is_refused_and_told_of(made: Path, asked: list[str]):
    assert run(["sources", *asked, "--home", str(made), "--role", "analyst"]) == 1
    assert [outcome for _, outcome, _ in told(made)] != ["done"]
    with open_home(made) as opened:
        assert "carnet" not in [one.source for one in opened.intake.health(0)]
