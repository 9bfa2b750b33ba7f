"""The expected course of a city."""

from __future__ import annotations

import numpy as np
import pytest
from tests.foresight.effects.small_city import CALENDAR, DAYS, FIRST, HOUR_US, YEARLY, City

from vigie.base.clock import to_us
from vigie.foresight.effects.city_shape import CityShape, city_shape
from vigie.foresight.effects.model import EffectModel

BEGIN = to_us(FIRST)


def _shape(city: City) -> CityShape:
    end = BEGIN + DAYS * 24 * HOUR_US
    return city_shape(
        city.history.facts, CALENDAR, from_us=BEGIN, to_us=end, until_us=end + 30 * 24 * HOUR_US
    )


def test_the_course_gives_back_the_yearly_count_and_the_hours(
    fitted: tuple[City, EffectModel],
) -> None:
    shape = _shape(fitted[0])
    edges = np.array([[BEGIN, BEGIN + DAYS * 24 * HOUR_US]])
    total = shape.between(edges)[:, 0, 0]
    assert total == pytest.approx(np.array(YEARLY) * DAYS / 365, rel=0.06)  # events among them
    night, noon = (BEGIN + (24 * 30 + h) * HOUR_US for h in (1, 12))
    at = np.array([[night, night + HOUR_US], [noon, noon + HOUR_US]])
    small, large = shape.between(at)[0, :, 0]
    assert large / small == pytest.approx(1.4 / 0.3, rel=0.25)


def test_half_an_hour_has_half_of_the_hour_and_days_to_come_go_on(
    fitted: tuple[City, EffectModel],
) -> None:
    shape = _shape(fitted[0])
    whole = shape.between(np.array([[BEGIN, BEGIN + HOUR_US]]))
    half = shape.between(np.array([[BEGIN, BEGIN + HOUR_US // 2]]))
    assert half == pytest.approx(whole / 2)
    later = BEGIN + (DAYS + 10) * 24 * HOUR_US
    tomorrow = shape.between(np.array([[later, later + 24 * HOUR_US]]))[:, 0, 0]
    assert tomorrow == pytest.approx(np.array(YEARLY) / 365, rel=0.15)
