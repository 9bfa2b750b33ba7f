"""Links against a truth: precision, recall of all true pairs, and a curve that is the truth's."""

import numpy as np
import pytest
from tests.judge.test_linkage import invented

from vigie.judge.linkage_check import calibration, check, merge, scored, spaced, true_pairs


def test_precision_is_of_the_links_and_recall_of_all_true_pairs() -> None:
    linked = np.array([True, True, True, False])
    truth = np.array([True, True, False, True])

    assert scored(linked, truth, 8) == {"links": 3, "precision": 0.667, "recall": 0.25}
    assert scored(np.zeros(0, bool), np.zeros(0, bool), 0)["precision"] == 0.0


def test_the_curve_tells_what_was_shown_and_what_was_true() -> None:
    chance = np.random.default_rng(1)
    shown = chance.random(20_000)
    curve = calibration(shown, chance.random(20_000) < shown)

    assert [one["from"] for one in curve] == [n / 10 for n in range(1, 10)]
    assert all(one["shown"] == pytest.approx(one["true"], abs=0.04) for one in curve)
    assert sum(one["pairs"] for one in curve) == int((shown >= 0.1).sum())


def test_a_city_told_twice_is_checked_against_its_truth() -> None:
    known = invented(5)
    figures, baseline = check(known)

    assert figures["facts"] == 450
    assert figures["true_pairs"] == true_pairs(known) == 150
    assert figures["at_0.5"]["precision"] > 0.9
    assert figures["at_0.5"]["recall"] > 0.5
    assert figures["at_0.9"]["links"] <= figures["at_0.5"]["links"]
    assert 0 <= baseline["recall"] <= 1
    assert figures["groups"]["groups"] > 0


def test_cities_put_together_never_meet() -> None:
    one, two = invented(6), invented(7)
    both = spaced(merge([one, two]))

    assert true_pairs(both) == true_pairs(one) + true_pairs(two)
    assert len(both.reports) == len(one.reports) + len(two.reports)
    assert np.ptp(both.reports.x) > 9e6
