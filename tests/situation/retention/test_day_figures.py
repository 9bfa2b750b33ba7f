"""Published figures of days end with the last of their facts, and are not made anew."""

from __future__ import annotations

from datetime import date
from pathlib import Path

from tests.situation.retention.homes import NOW, facts, make_home, us

from vigie.base.clock import FixedClock
from vigie.situation.caller import Caller
from vigie.situation.day_shelf import DayShelf
from vigie.situation.days import day_figures
from vigie.situation.filters import Filters

ELECTED = Caller("e", "elected")


def test_tables_of_days_go_at_their_term_and_are_proved(tmp_path: Path) -> None:
    """Requirement: LED-6."""
    with make_home(tmp_path / "home", FixedClock(NOW)) as home:
        shelf = DayShelf(home.path)
        for day in (date(2016, 3, 19), date(2016, 3, 20), date(2016, 3, 21), date(2026, 3, 18)):
            shelf.keep(shelf.path("least-11-all", day), [("total", "total", 20)])
        gone = {"day_figures": 2}
        assert home.retention.look().erased == gone
        assert home.retention.run().erased == gone
        left = sorted(path.stem for path in shelf.folder.rglob("*.json"))
        assert left == ["2016-03-21", "2026-03-18"]
        line = home.desk.retention.destructions()[0]
        assert (line.rule, line.n) == ("day_figures", 2)
        assert (line.first_us, line.last_us) == (us(2016, 3, 19), us(2016, 3, 21))
        assert home.retention.run().erased == {}


def test_a_table_that_has_ended_is_not_made_of_the_facts_that_are_left(tmp_path: Path) -> None:
    """Two tables of one day could be subtracted."""
    with make_home(tmp_path / "home", FixedClock(NOW), day_figures="1 year") as home:
        home.lake.commit("facts", facts([us(2025, 3, 10, 12), us(2025, 4, 10, 12)]))
        view = home.rights.ask(ELECTED, "figures")
        wanted = Filters().within(us(2025, 3, 1), us(2025, 5, 1))
        told = day_figures(home, view, wanted)
        assert min(told.days) == date(2025, 3, 21)
        assert max(told.days) == date(2025, 4, 30)
        shelf = DayShelf(home.path)
        assert shelf.before(date(2025, 3, 21)) == []
        assert len(shelf.before(date(2025, 5, 1))) == len(told.days)
