"""Weekday and hour: uncertain times spread, certain ones do not, too uncertain ones stay out."""

from datetime import date

import pytest
from tests.analyses.facts_table import HOUR, facts, frame, us

from vigie.analyses.week_profile import ProfileParameters, run

WEEK = frame(date(2026, 3, 2), date(2026, 3, 9))


def _cells(table: object) -> dict[tuple[int, int], float]:
    return {(r["weekday"], r["hour"]): r["facts"] for r in table.to_pylist()}


def test_between_evening_and_morning_gives_a_fourteenth_to_each_hour() -> None:
    # Ratcliffe's example: "between 18:00 and 08:00", local time (17:00 UTC in winter).
    early = us(2026, 3, 2, 17)
    found = run(facts([early], [early + 14 * HOUR]), ProfileParameters(), WEEK)
    cells = _cells(found.table)

    assert sum(cells.values()) == pytest.approx(1)
    assert cells[0, 18] == pytest.approx(1 / 14)
    assert cells[1, 7] == pytest.approx(1 / 14)
    assert cells[1, 8] == 0


def test_a_known_time_is_one_hour() -> None:
    cells = _cells(run(facts([us(2026, 3, 4, 9, 30)]), ProfileParameters(), WEEK).table)

    assert cells[2, 10] == 1


def test_too_uncertain_is_left_out_and_said() -> None:
    early = us(2026, 3, 2, 9)
    found = run(facts([early, early], [early, early + 100 * HOUR]), ProfileParameters(), WEEK)

    assert found.base == 1
    assert "1 facts too uncertain" in found.notes[0]["en"]
