"""Facts as points: metres that are metres, the middle of an interval, and what is left out."""

from datetime import date

import numpy as np
import pyarrow as pa
import pytest
from tests.analyses.facts_table import HOUR, at_metres, facts, frame, us

from vigie.analyse.points import read_points

WEEK = frame(date(2026, 3, 2), date(2026, 3, 9))


def test_distances_are_metres() -> None:
    points = read_points(at_metres([0, 300], [0, 400], [0, 1]), WEEK)

    assert np.hypot(*(np.diff(axis) for axis in (points.x, points.y)))[0] == pytest.approx(
        500, rel=0.003
    )
    assert np.diff(points.day).tolist() == [1]


def test_between_evening_and_morning_counts_at_the_middle() -> None:
    """18:00 to 08:00 local (17:00 to 07:00 UTC in winter): the middle is 01:00, the next day."""
    early = us(2026, 3, 2, 17)
    points = read_points(facts([early], [early + 14 * HOUR]), WEEK)

    assert points.day.tolist() == [(date(2026, 3, 3) - date(1970, 1, 1)).days]


def test_what_has_no_place_or_too_uncertain_a_time_is_left_out_and_said() -> None:
    start = us(2026, 3, 2, 9)
    table = facts([start] * 3, [start, start + 30 * HOUR, start])
    lon = pa.array([5.365, 5.365, None], pa.float64())
    table = table.set_column(table.schema.get_field_index("lon"), "lon", lon)
    points = read_points(table, WEEK, longest_hours=24)

    assert points.row.tolist() == [0]
    assert [note["en"].split(" ", 1)[0] for note in points.notes()] == ["1", "1"]


def test_the_order_of_rows_does_not_matter() -> None:
    table = at_metres([5, 9, 1, 5], [0, 0, 7, 2], [3, 1, 1, 3])
    points, again = (read_points(table.take(order), WEEK) for order in ([0, 1, 2, 3], [2, 0, 3, 1]))

    assert points.x.tolist() == again.x.tolist()
    assert points.day.tolist() == again.day.tolist()


def test_nothing_is_no_point() -> None:
    assert len(read_points(facts([]), WEEK)) == 0
