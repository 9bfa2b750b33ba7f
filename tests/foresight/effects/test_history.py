"""Models are kept for who asked last, fitted once for two who ask at once, dropped on closing."""

from __future__ import annotations

import gc
import weakref
from functools import partial
from threading import Thread

import pytest
import shapely
from tests.foresight.effects.small_city import City

from vigie.foresight.effects.bins import DAY_US
from vigie.foresight.effects.history import Models, Reach, Standing
from vigie.foresight.effects.model import EffectModel
from vigie.geo.projection import local_projection

Fitted = tuple[City, EffectModel]
PROJECTION = local_projection(5.38, 43.30)


def _standing(model: EffectModel, at_us: int = 0) -> Standing:
    return Standing(model, PROJECTION, at_us, 0)


def test_a_model_is_fitted_once_a_day(fitted: Fitted) -> None:
    models, fits = Models(), list[int]()

    def fit(at_us: int) -> Standing:
        fits.append(at_us)
        return _standing(fitted[1], at_us)

    for at_us in (0, DAY_US - 1, DAY_US, DAY_US + 5):
        models.get(Reach(), at_us, lambda at_us=at_us: fit(at_us))
    assert fits == [0, DAY_US]


def test_two_who_ask_at_once_wait_for_one_fit(fitted: Fitted) -> None:
    models, fits, found = Models(), list[int](), list[Standing]()

    def fit() -> Standing:
        fits.append(1)
        return _standing(fitted[1])

    threads = [Thread(target=lambda: found.append(models.get(Reach(), 0, fit))) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(fits) == 1
    assert len({id(one) for one in found}) == 1


def test_reaches_do_not_share_and_the_latest_asked_for_are_kept(fitted: Fitted) -> None:
    models, fits = Models(most=2), list[Reach]()
    one, other = Reach(("police",)), Reach(("rescue",))
    zone = Reach(area=shapely.box(0, 0, 1, 1))

    def ask(reach: Reach) -> Standing:
        def fit() -> Standing:
            fits.append(reach)
            return _standing(fitted[1])

        return models.get(reach, 0, fit)

    assert ask(one) is not ask(other)
    ask(one)
    ask(zone)
    assert len(models) == 2
    assert ask(one) is ask(one)
    ask(other)
    assert fits == [one, other, zone, other]


def test_closing_lets_go_of_models_and_of_what_was_reckoned_with_them(fitted: Fitted) -> None:
    models = Models()
    standing = models.get(Reach(), 0, lambda: _standing(fitted[1]))
    standing.once("itself", partial(list, [standing]))
    gone = weakref.ref(standing)
    models.close()
    del standing
    gc.collect()
    assert len(models) == 0
    assert gone() is None


def test_what_is_reckoned_once_is_reckoned_again_only_after_a_failure(fitted: Fitted) -> None:
    standing, tries = _standing(fitted[1]), list[int]()

    def fail() -> list[int]:
        tries.append(1)
        raise KeyError

    with pytest.raises(KeyError):
        standing.once("list", fail)
    assert standing.once("list", list[int]) == []
    assert standing.once("list", fail) == []
    assert len(tries) == 1
