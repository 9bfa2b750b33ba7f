"""The tensor: its parts fit each other, and it hides what was not yet known."""

from __future__ import annotations

from datetime import date

import numpy as np
import pytest

from vigie.foresight.forecasting.tensor import (
    Calendar,
    Covariate,
    Family,
    Tensor,
    grid_neighbours,
)


def grid(days=10, **more):
    return Tensor.from_grid(np.ones((2, 3, days, 1)), ("theft",), date(2024, 2, 27), **more)


def test_a_corner_has_three_neighbours_and_the_middle_eight():
    counts = grid_neighbours(3, 3).sum(axis=1)

    assert counts.tolist() == [3, 5, 3, 5, 8, 5, 3, 5, 3]


def test_neighbours_are_mutual_and_never_oneself():
    adjacency = grid_neighbours(4, 5).toarray()

    assert (adjacency == adjacency.T).all()
    assert not adjacency.diagonal().any()


def test_a_single_row_has_neighbours_on_its_sides():
    assert grid_neighbours(1, 3).toarray().tolist() == [[0, 1, 0], [1, 0, 1], [0, 1, 0]]


def test_the_calendar_knows_the_leap_day_and_named_holidays():
    named = {date(2024, 2, 29): "bissextile"}

    calendar = Calendar.of(date(2024, 2, 28), 6, per_day=2, holidays=named)

    assert calendar.monthday.tolist() == [28, 28, 29, 29, 1, 1]
    assert calendar.part.tolist() == [0, 1, 0, 1, 0, 1]
    assert calendar.holiday.tolist() == [False, False, True, True, False, False]
    assert calendar.names == {date(2024, 2, 29).toordinal(): "bissextile"}


def test_what_was_not_known_is_hidden_and_what_was_planned_is_not():
    weather = Covariate("rain", Family.WEATHER, np.arange(12.0), known_ahead=False)
    plans = Covariate("crowd", Family.PLANS, np.arange(12.0), known_ahead=True)

    known = grid(ahead=2, covariates=(weather, plans)).until(4)

    assert known.slots == 4
    assert np.isnan(known.covariates[0].values[4:]).all()
    assert known.covariates[0].values[:4].tolist() == [0, 1, 2, 3]
    assert known.covariates[1].values.tolist() == list(range(12))
    assert weather.values[4] == 4


@pytest.mark.parametrize("origin", [0, 11])
def test_an_origin_outside_the_counts_is_refused(origin):
    with pytest.raises(ValueError, match="origin"):
        grid().until(origin)


def test_a_covariate_of_the_wrong_length_is_refused():
    short = Covariate("rain", Family.WEATHER, np.zeros(3), known_ahead=False)

    with pytest.raises(ValueError, match="rain"):
        grid(covariates=(short,))


def test_a_cell_where_nothing_ever_happened_is_not_active():
    counts = np.zeros((1, 2, 7, 1))
    counts[0, 1, 3, 0] = 1

    tensor = Tensor.from_grid(counts, ("theft",), date(2024, 1, 1))

    assert tensor.active.tolist() == [False, True]
