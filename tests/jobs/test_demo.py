"""The demo's own tokens."""

from __future__ import annotations

from pathlib import Path

from vigie.jobs.demo import issue_anew
from vigie.situation.home import init_home, open_home


def test_a_token_that_a_killed_demo_left_is_taken_back(tmp_path: Path) -> None:
    init_home(tmp_path / "home", {"demo": True})
    with open_home(tmp_path / "home") as home:
        other, _ = home.desk.tokens.issue("another", "ingest", sources=("a",))
        first, left = issue_anew(home, "demo", ["a"])
        second, new = issue_anew(home, "demo", ["a", "b"])
        revoked = {one.token_id: one.revoked for one in home.desk.tokens.list_all()}

        assert len({other, first, second}) == 3
        assert (revoked.pop(left), revoked.pop(new)) == (True, False)
        assert set(revoked.values()) == {False}
