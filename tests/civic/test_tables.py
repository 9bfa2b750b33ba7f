"""A release is made of noised counts alone, and what it withholds stays uncertain."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from vigie.civic.noise import add_noise, half_width, stated_loss
from vigie.civic.tables import PUBLIC_TABLES, lay_out_noised, make_figures
from vigie.privacy.budget import LIMITS
from vigie.privacy.suppression import TOTAL, width

ROWS = dict.fromkeys(("a", "b", "c"), TOTAL)
KEYS = [(row, column) for row in ROWS for column in ("day", "night")]


def _silent(counts, _cost):
    return list(counts)


@pytest.mark.parametrize(("cost", "expected"), [(1_000, 3), (500, 6)])
def test_the_half_width_is_the_one_of_the_law_reference(cost, expected):
    assert half_width(cost) == expected


@pytest.mark.parametrize(("cost", "cells"), [(1_000, 1), (250, 1), (250, 6)])
def test_ninety_five_draws_in_a_hundred_lie_within_the_half_width(cost, cells):
    draws = np.array(add_noise([0] * 20_000 * cells, cost)).reshape(20_000, cells).sum(axis=1)
    h = half_width(cost, cells)

    assert np.mean(np.abs(draws) <= h) > 0.945
    assert np.mean(np.abs(draws) <= h - 1) < 0.955


def test_opendp_certifies_the_loss_that_the_ledger_is_charged():
    for table in PUBLIC_TABLES.values():
        assert stated_loss(table.cost) == pytest.approx(table.cost / 1000, rel=1e-9)


def test_no_counts_need_no_noise():
    assert add_noise([], 100) == []


def test_a_year_of_all_tables_stays_within_its_allowance():
    weekly = sum(table.cost for table in PUBLIC_TABLES.values())

    assert weekly <= LIMITS["week"]
    assert 53 * weekly <= LIMITS["year"]


@settings(max_examples=80, deadline=None)
@given(st.lists(st.integers(0, 80), min_size=6, max_size=6))
def test_a_withheld_figure_stays_uncertain_by_the_threshold_at_least(counts):
    table = dict(zip(KEYS, counts, strict=True))
    figures = make_figures(table, ROWS, 1_000, _silent)
    withheld = {one.key for one in figures if one.value is None}
    cells = lay_out_noised(table, ROWS, 1_000, _silent)

    assert all(width(cells, withheld, key, 11) == 11 for key in withheld)


@given(st.lists(st.integers(0, 80), min_size=6, max_size=6))
def test_a_release_depends_on_nothing_but_the_noised_counts(counts):
    """Other counts under the same draw give the same page, pattern of the withheld included."""
    table = dict(zip(KEYS, counts, strict=True))
    drawn = [count + 1 for count in counts]

    one = make_figures(table, ROWS, 500, lambda *_: drawn)
    other = make_figures(dict.fromkeys(KEYS, 0), ROWS, 500, lambda *_: drawn)

    assert one == other


def test_a_figure_is_shown_from_the_threshold_and_its_half_width_on():
    table = dict.fromkeys(KEYS, 14)

    shown = {one.key: one.value for one in make_figures(table, ROWS, 1_000, _silent)}
    hidden = make_figures(dict.fromkeys(KEYS, 13), ROWS, 1_000, _silent)

    assert shown["a", "day"] == 14
    assert all(one.value is None for one in hidden if TOTAL not in one.key)
