"""Level and shares followed from day to day: what a surprise changes, where, and for how long."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from functools import lru_cache

import numpy as np
import pytest
from tests.foresight.forecasting.counted import FIRST, KINDS, counted, truth

from vigie.foresight.forecasting.models import place_filter
from vigie.foresight.forecasting.models.city_filter import track_city
from vigie.foresight.forecasting.models.discounting import When
from vigie.foresight.forecasting.models.layered import Layered
from vigie.foresight.forecasting.models.protocol import walked
from vigie.foresight.forecasting.models.tracked import Tracked
from vigie.foresight.forecasting.scoring import deviance
from vigie.foresight.forecasting.tensor import Tensor

UPTO = 180


@lru_cache
def tensor():
    return counted(rows=6, columns=6, days=220, ahead=28)


@lru_cache
def fitted():
    return Tracked().fit(tensor(), UPTO)


def shown(change):
    """Return the tensor with its counts as ``change`` leaves them."""
    counts = tensor().counts.copy()
    change(counts)
    return replace(tensor(), counts=counts)


def test_where_the_truth_is_steady_it_comes_nearly_as_near_as_the_layers_do():
    wanted = truth(rows=6, columns=6, days=220).reshape(36, 220, 2)[:, UPTO:]
    seen = tensor().counts[:, UPTO:]
    told = walked(fitted(), tensor(), UPTO, 220)
    layered = walked(Layered().fit(tensor(), UPTO), tensor(), UPTO, 220)

    assert deviance(told, seen).mean() < 1.01 * deviance(layered, seen).mean()
    assert abs(told.sum() / wanted.sum() - 1.0) < 0.05


@pytest.mark.parametrize("origin", [UPTO, 200])
def test_what_lies_ahead_changes_nothing(origin):
    def change(counts):
        counts[:, origin:] = 9.0

    told = fitted().predict(shown(change), origin, 7)

    assert np.array_equal(told, fitted().predict(tensor(), origin, 7))


def test_another_past_than_the_one_learnt_from_is_followed_anew():
    def change(counts):
        counts[:, 100:UPTO] *= 2.0

    told = fitted().predict(shown(change), UPTO, 1)

    assert told.sum() > 1.5 * fitted().predict(tensor(), UPTO, 1).sum()


def test_a_busy_day_raises_the_next_one_more_than_the_next_week():
    def change(counts):
        counts[:, UPTO - 1] *= 1.6

    busy = track_city(shown(change), UPTO)
    usual = track_city(tensor(), UPTO)
    when = When.beyond(UPTO, 8)
    ratio = [
        city.totals(tensor(), counts[:, :UPTO], when).sum(axis=1)
        for city, counts in ((busy, shown(change).counts), (usual, tensor().counts))
    ]
    ratio = ratio[0] / ratio[1]

    assert ratio[0] > 1.03
    assert 0.0 < ratio[7] - 1.0 < 0.5 * (ratio[0] - 1.0)


def test_a_named_day_is_told_from_the_one_of_that_name_a_year_ago():
    days, feast = 400, FIRST + timedelta(days=20)
    named = {feast: "Feast", date(feast.year + 1, 1, 28): "Feast"}
    mean = np.full((5, 5, days, 2), 8.0)
    mean[:, :, 20] *= 1.8
    counts = np.random.default_rng(2).poisson(mean)
    with_name, without = (
        Tensor.from_grid(counts, KINDS, FIRST, holidays=holidays) for holidays in (named, {})
    )
    upto = (date(feast.year + 1, 1, 28) - FIRST).days

    told, plain = (Tracked().fit(one, upto).predict(one, upto, 1) for one in (with_name, without))

    assert told.sum() > 1.15 * plain.sum()


def test_a_surprise_moves_its_place_most_and_its_neighbours_more_than_far_places():
    def change(counts):
        counts[14, UPTO - 10 : UPTO] += 6.0

    seen = shown(change)
    rhythm = np.ones_like(seen.counts)
    when = When.beyond(UPTO, 1)
    found = []
    for one in (seen, tensor()):
        places = place_filter.track_places(one, UPTO, rhythm)
        told = places.shares(one.counts[:, :UPTO], rhythm[:, :UPTO], rhythm[:, :1], when)
        assert np.allclose(told.sum(axis=0), 1.0)
        share = np.zeros((36, 2))
        share[places.places] = told[:, 0]
        found.append(share.sum(axis=1))
    moved = found[0] / np.maximum(found[1], 1e-9)

    assert moved[14] == max(moved)
    assert moved[13] > moved[35]
    assert moved[20] > moved[5]


def test_where_places_are_too_many_the_layers_say_where(monkeypatch):
    monkeypatch.setattr(place_filter, "MOST_STATES", 10)

    model = Tracked().fit(tensor(), UPTO)
    layered = walked(model.layered, tensor(), UPTO, 190)
    told = walked(model, tensor(), UPTO, 190)

    assert model.places is None
    busy = layered > 0.1
    share, other = told / told.sum(axis=0), layered / layered.sum(axis=0)
    assert np.allclose(share[busy], other[busy], rtol=0.02)


def test_parts_of_a_day_are_refused():
    with pytest.raises(ValueError, match="days"):
        Tracked().fit(counted(days=400, slot_hours=6), 300)
