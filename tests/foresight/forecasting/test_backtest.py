"""Rolling origins: each slot forecast once, from nothing later; weeks choose, later weeks judge."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from vigie.base.errors import WrongUsage
from vigie.foresight.forecasting.backtest import (
    LEAST_LEARN,
    block_bootstrap,
    origins,
    roll,
    stretch_between,
    stretch_of,
    weekly,
)
from vigie.foresight.forecasting.models import MODELS
from vigie.foresight.forecasting.tensor import Floats, Tensor

FIRST = date(2026, 1, 5)
SIMPLE = {name: MODELS[name] for name in ("naive", "historical")}


def town(weeks: int, kinds: int = 1, seed: int = 3, cells: int = 6) -> Tensor:
    chance = np.random.default_rng(seed)
    rates = chance.gamma(2.0, 0.5, (cells, 1, kinds))
    counts = chance.poisson(np.broadcast_to(rates, (cells, 7 * weeks, kinds)))
    grid = counts.reshape(2, cells // 2, 7 * weeks, kinds)
    names = tuple(f"k{n}" for n in range(kinds))
    return Tensor.from_grid(grid, names, FIRST, ahead=28)


@given(st.integers(0, 60))
def test_a_short_history_is_not_judged_and_a_long_one_by_sixteen_weeks(weeks: int) -> None:
    tensor = town(max(weeks, 1))
    found = stretch_of(tensor)
    if weeks < 14:
        assert found is None
        return
    assert found is not None
    assert found.begin >= LEAST_LEARN * 7
    assert found.end == tensor.slots
    assert (found.end - found.begin) // 7 == min(weeks - LEAST_LEARN, 16)
    assert found.begin < found.judged < found.end
    assert (found.end - found.judged) // 7 >= 4


@given(st.integers(14, 30), st.integers(1, 28))
def test_every_slot_is_forecast_and_judging_begins_at_an_origin(weeks: int, horizon: int) -> None:
    stretch = stretch_of(town(weeks))
    assert stretch is not None
    at = origins(stretch, horizon)
    assert at[0] == stretch.begin
    assert stretch.judged in at
    reached = {slot for one in at for slot in range(one, min(one + horizon, stretch.end))}
    assert reached == set(range(stretch.begin, stretch.end))


@dataclass
class Peeking:
    """A model that writes down how much it was shown."""

    name: str = "peeking"
    shown: list[tuple[int, int]] = field(default_factory=list)

    def fit(self, tensor: Tensor, upto: int) -> Peeking:
        self.shown.append((tensor.slots, upto))
        return self

    def predict(self, tensor: Tensor, origin: int, horizon: int) -> Floats:
        self.shown.append((tensor.slots, origin))
        return np.full((tensor.counts.shape[0], horizon, len(tensor.kinds)), float(origin))


def test_no_model_is_shown_a_count_from_its_origin_on() -> None:
    tensor, spy = town(16), Peeking()
    stretch = stretch_of(tensor)
    assert stretch is not None
    rolled = roll(tensor, stretch, 7, models={**SIMPLE, "peeking": lambda: spy})
    assert all(slots == origin for slots, origin in spy.shown)
    first = rolled.means["peeking"][0, :, 0]
    assert (np.diff(first) >= 0).all()
    assert first[0] == stretch.begin


def test_a_model_that_cannot_run_is_left_out_and_named() -> None:
    @dataclass
    class Broken(Peeking):
        def fit(self, tensor: Tensor, upto: int) -> Peeking:
            raise ValueError("too little")

    tensor = town(16)
    stretch = stretch_of(tensor)
    assert stretch is not None
    rolled = roll(tensor, stretch, 7, models={**SIMPLE, "broken": Broken})
    assert rolled.missing == {"broken": "history"}
    assert set(rolled.means) == set(SIMPLE)


def test_a_stretch_asked_for_needs_weeks_within_and_before() -> None:
    tensor = town(30)
    found = stretch_between(tensor, 70, 210)
    assert (found.begin, found.end) == (70, 210)
    for begin, end in ((0, 210), (180, 210), (70, 400)):
        with pytest.raises(WrongUsage):
            stretch_between(tensor, begin, end)


@given(st.lists(st.floats(-5, 5), min_size=4, max_size=20))
def test_the_interval_of_weeks_holds_their_mean_unless_they_all_agree(values: list[float]) -> None:
    low, high = block_bootstrap(np.array(values))
    assert low - 1e-9 <= float(np.mean(values)) <= high + 1e-9
    assert min(values) - 1e-9 <= low <= high <= max(values) + 1e-9


def test_a_week_is_the_mean_of_its_slots_and_the_last_one_ends_at_the_end() -> None:
    values = np.arange(16.0)[None, :]
    assert weekly(values, 7).tolist() == [5.0, 12.0]
