"""The French first-aid grid, to the digit."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vigie.base.errors import WrongUsage
from vigie.model.dps import (
    CoverLevel,
    Degree,
    GridColumn,
    _texts,
    coefficient,
    counted_public,
    declaration_for,
    declarations,
    first_aid_cover,
    grid,
    label,
    reference,
    usual_degrees,
)
from vigie.model.taxonomy import TAXONOMY

LOW, MODERATE, MEDIUM, HIGH = Degree
ORDER = list(CoverLevel)
DEGREES = st.sampled_from(list(Degree))
PUBLIC = st.integers(0, 2_000_000)

# (P1, i) -> RIS, level, first-aiders: computed from the formula of the reference text.
ORACLE = [
    (300, (LOW, LOW, LOW), "0.225", CoverLevel.NONE, 0),
    (1_000, (LOW, LOW, LOW), "0.75", CoverLevel.PAPS, 2),
    (1_600, (MEDIUM, MODERATE, LOW), "1.44", CoverLevel.PE, 4),
    (20_000, (LOW, LOW, LOW), "15", CoverLevel.ME, 16),
    (30_000, (MEDIUM, MEDIUM, LOW), "28.5", CoverLevel.ME, 30),
    (67_394, (LOW, LOW, LOW), "50.5455", CoverLevel.GE, 52),
    (150_000, (HIGH, HIGH, LOW), "131.25", CoverLevel.GE, 132),
]


@pytest.mark.parametrize(("public", "degrees", "ris", "level", "responders"), ORACLE)
def test_the_seven_worked_examples_come_out(public, degrees, ris, level, responders):
    cover = first_aid_cover(public, *degrees)
    assert cover.ris == Decimal(ris)
    assert cover.level is level
    assert cover.responders == responders


def test_the_twelve_coefficients_are_those_of_the_grid():
    expected = dict(zip(Degree, ("0.25", "0.30", "0.35", "0.40"), strict=True))
    assert len(grid()) == 12
    for column in GridColumn:
        for degree in Degree:
            assert coefficient(column, degree) == Decimal(expected[degree])


def test_above_a_hundred_thousand_each_person_counts_for_half():
    assert counted_public(100_000) == 100_000
    assert counted_public(100_001) == Decimal("100000.5")
    assert counted_public(150_000) == 125_000


# A threshold belongs to the level below: the text says "up to".
@pytest.mark.parametrize(
    ("public", "below", "above"),
    [
        # i = 1.00: public / 1000 is the RIS
        (250, CoverLevel.NONE, CoverLevel.PAPS),
        (1_125, CoverLevel.PAPS, CoverLevel.PE),
        (12_000, CoverLevel.PE, CoverLevel.ME),
        (36_000, CoverLevel.ME, CoverLevel.GE),
    ],
)
def test_a_threshold_belongs_to_the_smaller_cover(public, below, above):
    degrees = (MEDIUM, HIGH, LOW)
    assert first_aid_cover(public, *degrees).level is below
    assert first_aid_cover(public + 1, *degrees).level is above


@pytest.mark.parametrize(
    ("public", "responders"),
    [(1_126, 4), (4_000, 4), (4_001, 6), (5_000, 6), (6_000, 6), (6_001, 8), (12_001, 14)],
)
def test_above_four_the_number_goes_up_to_the_next_even(public, responders):
    assert first_aid_cover(public, MEDIUM, HIGH, LOW).responders == responders


def test_where_public_rescue_needs_over_half_an_hour_a_point_is_not_enough():
    far = first_aid_cover(500, LOW, LOW, HIGH)
    near = first_aid_cover(500, LOW, LOW, MEDIUM)
    assert (far.level, far.responders) == (CoverLevel.PE, 4)
    assert (near.level, near.responders) == (CoverLevel.PAPS, 2)


def test_far_rescue_does_not_force_a_cover_where_none_is_required():
    assert first_aid_cover(200, LOW, LOW, HIGH).level is CoverLevel.NONE


def test_one_post_for_twelve_and_one_sector_for_three_posts():
    large = first_aid_cover(67_394, LOW, LOW, LOW)
    assert (large.responders, large.posts, large.sectors) == (52, 5, 2)
    point = first_aid_cover(1_000, LOW, LOW, LOW)
    assert (point.posts, point.sectors) == (1, 0)
    nothing = first_aid_cover(100, LOW, LOW, LOW)
    assert (nothing.posts, nothing.sectors) == (0, 0)


def test_the_steps_that_could_not_be_checked_are_said():
    assert "rescue_unverified" in first_aid_cover(5_000, LOW, LOW, MODERATE).warnings
    assert "rescue_unverified" in first_aid_cover(5_000, LOW, LOW, MEDIUM).warnings
    assert "rescue_unverified" not in first_aid_cover(5_000, MEDIUM, MODERATE, LOW).warnings
    assert "rescue_unverified" not in first_aid_cover(5_000, LOW, LOW, HIGH).warnings


def test_the_computation_is_told_line_by_line():
    steps = {one.symbol: one for one in first_aid_cover(150_000, HIGH, HIGH, LOW).steps}
    assert list(steps) == ["P1", "P2", "E1", "E2", "i", "P", "RIS"]
    assert steps["i"].formula == "0.40 + 0.40 + 0.25"
    assert steps["P"].formula == "100000 + (150000 - 100000) / 2"
    assert steps["RIS"].formula == "1.05 x 125000 / 1000"
    assert steps["RIS"].value == Decimal("131.25")


def test_what_is_to_be_filed_changes_at_1500_and_5000():
    assert [declaration_for(n).code for n in (0, 1_499, 1_500, 4_999, 5_000)] == [
        "town_hall",
        "town_hall",
        "safety_sheet",
        "safety_sheet",
        "safety_file",
    ]
    assert all(one.fr and one.en for one in declarations())


def test_every_cell_and_level_has_its_words_in_both_languages():
    for cell in grid():
        assert cell.fr
        assert cell.en not in {"", cell.fr}
    for level in CoverLevel:
        assert label("level", level, "fr") != label("level", level, "en")
    assert "7 novembre 2006" in reference("fr")
    assert "7 November 2006" in reference("en")


def test_a_kind_is_read_like_the_nearest_kind_above_that_is_listed():
    assert usual_degrees("event.sport.match") == (LOW, LOW, LOW)
    assert usual_degrees("event.festivity.neighbourhood") == usual_degrees("event.festivity")
    assert usual_degrees("event.visit") == usual_degrees("event")
    assert usual_degrees("somewhere.else") == usual_degrees("event")


@pytest.mark.parametrize("code", _texts()["usual"])
def test_every_kind_the_grid_is_filled_for_is_in_the_tree(code):
    assert TAXONOMY.get(code).code == code


@pytest.mark.parametrize("public", [-1, 10_000_001])
def test_a_public_that_cannot_be_is_refused(public):
    with pytest.raises(WrongUsage):
        first_aid_cover(public, LOW, LOW, LOW)


@given(PUBLIC, st.integers(0, 100_000), DEGREES, DEGREES, DEGREES)
def test_more_public_never_asks_for_less(public, more, activity, site, rescue):
    one = first_aid_cover(public, activity, site, rescue)
    two = first_aid_cover(public + more, activity, site, rescue)
    assert two.ris >= one.ris
    assert two.responders >= one.responders
    assert ORDER.index(two.level) >= ORDER.index(one.level)
    assert two.posts >= one.posts


@given(PUBLIC, DEGREES, DEGREES, DEGREES, st.sampled_from(list(GridColumn)))
def test_a_harder_site_never_asks_for_less(public, activity, site, rescue, column):
    degrees = {"activity": activity, "site": site, "rescue": rescue}
    harder = {**degrees, column.value: HIGH}
    one, two = first_aid_cover(public, **degrees), first_aid_cover(public, **harder)
    assert two.responders >= one.responders


@given(PUBLIC, DEGREES, DEGREES, DEGREES)
def test_the_cover_stays_within_the_bounds_of_the_text(public, activity, site, rescue):
    cover = first_aid_cover(public, activity, site, rescue)
    assert Decimal("0.75") <= cover.index <= Decimal("1.20")
    assert cover.responders % 2 == 0
    assert cover.responders >= cover.ris or cover.level in {CoverLevel.NONE, CoverLevel.PAPS}
    assert cover.responders <= cover.ris + 2 or cover.responders in {2, 4}
    assert (cover.posts - 1) * 12 < cover.responders <= cover.posts * 12 or cover.posts == 0
    lower = {"none": 0, "paps": "0.25", "pe": "0.25", "me": 12, "ge": 36}[cover.level]
    assert cover.ris >= Decimal(lower)
