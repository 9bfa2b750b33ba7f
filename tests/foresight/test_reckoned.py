"""What is reckoned about events stands with its home: one fit a reach, none when it is closed."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from tests.web import sample_home

from vigie.base.clock import FixedClock, now_us
from vigie.base.errors import Stopping
from vigie.foresight.effects.history import Reach
from vigie.foresight.reckoned import NOTHING, Reckoned
from vigie.situation.home import Home


@pytest.fixture
def home(tmp_path: Path) -> Iterator[Home]:
    found, _ = sample_home.build(tmp_path / "home")
    with found:
        yield found


def test_a_reach_is_fitted_once_and_no_other_sees_it(home: Home) -> None:
    at = now_us(home.clock)
    whole, part = (home.reckoned.standing(at, one) for one in (None, Reach(("police",))))
    assert home.reckoned.standing(at) is whole
    assert part is not whole
    facts = [len(one.model.history.facts) for one in (whole, part)]
    assert facts[0] > facts[1]


def test_closed_it_holds_nothing_and_fits_nothing(home: Home) -> None:
    at = now_us(home.clock)
    reckoned = Reckoned(home.lake, home.plans, home.settings.city, home.stop)
    reckoned.standing(at)
    reckoned.excess = {"one": (1.0, 2.0, 3.0)}
    reckoned.close()
    assert len(reckoned.models) == 0
    assert reckoned.excess == NOTHING
    assert isinstance(home.clock, FixedClock)
    home.clock.advance(timedelta(days=2))
    with pytest.raises(Stopping):
        reckoned.standing(now_us(home.clock))
