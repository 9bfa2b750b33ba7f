"""What a table withholds cannot be computed back: checked against every table there could be."""

from __future__ import annotations

import itertools

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from vigie.privacy.disclosure import round_to
from vigie.privacy.suppression import TOTAL, lay_out, protect, small, width

FLAT = {"a": TOTAL, "b": TOTAL}
CITY = {"centre": TOTAL, "c1": "centre", "c2": "centre", "north": TOTAL}


def _values(cells):
    return {cell.key: cell.value for cell in cells}


def _withhold(cells, least, *, zero=True):
    zeros = {cell.key for cell in cells if cell.value == 0} if zero else set()
    return protect(cells, small(cells, least, zero=zero), least, shown=zeros)


def _members(keys, parents, cells):
    """Which finest cells each cell sums."""
    return {
        cell.key: [
            number
            for number, (row, column) in enumerate(keys)
            if cell.key[0] in {row, parents[row], TOTAL} and cell.key[1] in {column, TOTAL}
        ]
        for cell in cells
    }


def _widths(keys, parents, cells, hidden, most):
    """The width of each hidden cell over every table, up to ``most``, that agrees with the rest."""
    members = _members(keys, parents, cells)
    shown = [(members[cell.key], cell.value) for cell in cells if cell.key not in hidden]
    values = _values(cells)
    choices = [range(1, most + 1) if key in hidden else [values[key]] for key in keys]
    tables = [
        table
        for table in itertools.product(*choices)
        if all(sum(table[n] for n in numbers) == value for numbers, value in shown)
    ]
    sums = {key: {sum(table[n] for n in members[key]) for table in tables} for key in hidden}
    return {key: max(found) - min(found) for key, found in sums.items()}


def test_a_table_carries_all_its_totals():
    cells = lay_out({("c1", "day"): 4, ("c2", "night"): 3, ("north", "day"): 2}, CITY)

    values = _values(cells)
    assert values[TOTAL, TOTAL] == 9
    assert values["centre", TOTAL] == 7
    assert values["centre", "day"] == 4
    assert values[TOTAL, "day"] == 6
    assert values["c2", "day"] == 0


@given(st.lists(st.integers(0, 30), min_size=6, max_size=6))
def test_at_every_node_as_much_goes_out_as_comes_in(counts):
    rows, columns = ("c1", "c2", "north"), ("day", "night")
    cells = lay_out(dict(zip(itertools.product(rows, columns), counts, strict=True)), CITY)

    balance = {}
    for cell in cells:
        balance[cell.tail] = balance.get(cell.tail, 0) - cell.value
        balance[cell.head] = balance.get(cell.head, 0) + cell.value

    assert set(balance.values()) == {0}


def test_a_row_of_which_nothing_is_said_stands_at_the_top():
    for counts in ({("x", TOTAL): 4}, {("x", "day"): 3, ("x", "night"): 1}):
        cells = lay_out(counts, {"x": "y"})
        values = _values(cells)
        assert values["x", TOTAL] == values["y", TOTAL] == values[TOTAL, TOTAL] == 4
        assert {cell.key[0] for cell in cells} == {"x", "y", TOTAL}
        ends = [node for cell in cells for node in (cell.tail, cell.head)]
        assert None not in [row for row, _ in ends]


def test_a_withheld_sum_may_be_as_low_as_all_that_it_sums():
    lows = {cell.key: cell.low for cell in lay_out({("c1", "day"): 4}, CITY, floor=-5)}
    assert lows["c1", "day"] == lows["c1", TOTAL] == lows["north", "day"] == -5
    assert lows["centre", "day"] == lows["centre", TOTAL] == -10
    assert lows[TOTAL, "day"] == lows[TOTAL, TOTAL] == -15
    assert {cell.low for cell in lay_out({("c1", "day"): 4}, CITY)} == {1}
    assert {cell.low for cell in lay_out({("c1", "day"): 4}, CITY, floor=0)} == {0}


@pytest.mark.parametrize(
    ("counts", "parents", "said"),
    [
        ({("nowhere", TOTAL): 1}, FLAT, "a count stands outside of the finest cells"),
        ({("centre", "day"): 1}, CITY, "a count stands outside of the finest cells"),
        (
            {("a", TOTAL): 1, ("a", "day"): 1},
            FLAT,
            "a count stands outside of the finest cells",
        ),
        ({("x", TOTAL): 1}, {"x": "y", "y": "z", "z": "y"}, "rows turn in a circle"),
    ],
)
def test_what_is_no_table_is_refused(counts, parents, said):
    with pytest.raises(ValueError, match=f"^{said}$"):
        lay_out(counts, parents)


def test_the_cheapest_that_suffices_is_withheld_too():
    cells = lay_out({("a", TOTAL): 3, ("b", TOTAL): 40, ("c", TOTAL): 12}, FLAT | {"c": TOTAL})
    assert _withhold(cells, 11) == {("a", TOTAL), ("c", TOTAL)}
    cells = lay_out({("a", TOTAL): 3, ("b", TOTAL): 40, ("c", TOTAL): 13}, FLAT | {"c": TOTAL})
    assert _withhold(cells, 5) == {("a", TOTAL), ("c", TOTAL)}


def test_what_is_withheld_already_hides_before_what_is_shown():
    cells = lay_out({("a", TOTAL): 3, ("b", TOTAL): 40, ("c", TOTAL): 12}, FLAT | {"c": TOTAL})
    both = {("a", TOTAL), ("b", TOTAL)}
    assert protect(cells, both, 11) == both


def test_a_cell_that_can_give_one_gives_it():
    cells = lay_out({("a", TOTAL): 10, ("b", TOTAL): 2}, FLAT)
    assert width(cells, {("a", TOTAL), ("b", TOTAL)}, ("a", TOTAL), 100) == 9 + 1


def test_what_one_way_took_of_a_cell_no_other_takes_again():
    """Up by two ways, both through (b, day), which has three to give; down to 1."""
    keys = list(itertools.product("ab", ("day", "night", "dawn")))
    counts = dict(zip(keys, (9, 2, 6, 4, 50, 50), strict=True))
    cells = lay_out(counts, FLAT)
    assert width(cells, set(keys), ("a", "day"), 100) == 8 + 3


def test_what_is_just_enough_is_not_small():
    cells = lay_out({("a", TOTAL): 11, ("b", TOTAL): 0}, FLAT)
    assert small(cells, 11) == frozenset()
    assert small(cells, 11, zero=False) == {("b", TOTAL)}
    assert small(cells, 12) == {("a", TOTAL), (TOTAL, TOTAL)}


def test_what_one_cell_cannot_hide_two_do_together():
    counts = {("a", TOTAL): 2, ("b", TOTAL): 12, ("c", TOTAL): 13}
    cells = lay_out(counts, FLAT | {"c": TOTAL})
    hidden = protect(cells, small(cells, 21), 20)
    assert hidden == {("a", TOTAL), ("b", TOTAL), ("c", TOTAL)}
    assert width(cells, hidden, ("a", TOTAL), 100) == 1 + 11 + 12


def test_a_table_of_rows_and_columns_hides_a_rectangle():
    keys = list(itertools.product("abc", ("day", "night", "dawn")))
    counts = dict(zip(keys, (3, 50, 60, 20, 70, 30, 80, 90, 40), strict=True))
    cells = lay_out(counts, dict.fromkeys("abc", TOTAL))
    rectangle = {("a", "day"), ("a", "night"), ("b", "day"), ("b", "night")}
    other = {("a", "day"), ("a", "dawn"), ("b", "day"), ("b", "dawn")}
    assert _withhold(cells, 11) in (frozenset(rectangle), frozenset(other))


def test_the_single_small_cell_of_a_line_takes_another_with_it():
    cells = lay_out({("a", TOTAL): 3, ("b", TOTAL): 40}, FLAT)

    assert small(cells, 11) == {("a", TOTAL)}
    assert _withhold(cells, 11) == {("a", TOTAL), ("b", TOTAL)}


def test_a_table_without_small_counts_is_shown_whole():
    cells = lay_out({("a", TOTAL): 30, ("b", TOTAL): 0}, FLAT)

    assert _withhold(cells, 11) == frozenset()


def test_where_zero_would_tell_it_is_withheld_too():
    cells = lay_out({("a", TOTAL): 0, ("b", TOTAL): 40}, FLAT, floor=-5)

    assert small(cells, 11, zero=False) == {("a", TOTAL)}
    assert _withhold(cells, 11, zero=False) == {("a", TOTAL), ("b", TOTAL)}


def test_what_must_stay_shown_and_be_withheld_is_refused():
    cells = lay_out({("a", TOTAL): 3, ("b", TOTAL): 40}, FLAT)

    with pytest.raises(ValueError, match=r"^a cell to withhold must stay shown$"):
        protect(cells, {("a", TOTAL)}, 11, shown={("a", TOTAL)})


def test_a_cell_whose_neighbours_must_stay_shown_cannot_be_protected():
    cells = lay_out({("a", TOTAL): 3, ("b", TOTAL): 40}, FLAT)

    with pytest.raises(ValueError, match=r"^the cell \('a', 'total'\) cannot be protected$"):
        protect(cells, {("a", TOTAL)}, 11, shown={("b", TOTAL), (TOTAL, TOTAL)})


def test_totals_of_rounded_counts_agree_with_them():
    counts = {("a", TOTAL): 13, ("b", TOTAL): 14}
    cells = lay_out({key: round_to(count, 5) for key, count in counts.items()}, FLAT)

    assert _values(cells) == {("a", TOTAL): 15, ("b", TOTAL): 15, (TOTAL, TOTAL): 30}


@settings(max_examples=40, deadline=None)
@given(st.lists(st.integers(0, 6), min_size=4, max_size=4), st.integers(2, 4))
def test_no_table_that_agrees_with_what_is_shown_narrows_a_withheld_cell(counts, least):
    keys = [(row, column) for row in "ab" for column in ("day", "night")]
    cells = lay_out(dict(zip(keys, counts, strict=True)), FLAT)

    hidden = _withhold(cells, least)

    for key, wide in _widths(keys, FLAT, cells, hidden, max(counts) + least).items():
        assert wide >= least
        assert width(cells, hidden, key, least) == least


@settings(max_examples=40, deadline=None)
@given(
    st.lists(st.integers(1, 5), min_size=4, max_size=4),
    st.sets(st.integers(0, 8), min_size=1),
)
def test_the_width_computed_is_the_one_of_all_tables(counts, withheld):
    keys = [(row, column) for row in "ab" for column in ("day", "night")]
    cells = lay_out(dict(zip(keys, counts, strict=True)), FLAT)
    hidden = {cells[number].key for number in withheld}

    for key, exact in _widths(keys, FLAT, cells, hidden, most=9).items():
        assert width(cells, hidden, key, 4) == min(exact, 4)


@settings(max_examples=60, deadline=None)
@given(st.lists(st.integers(0, 9), min_size=3, max_size=3), st.integers(2, 4))
def test_zones_within_zones_protect_each_other(counts, least):
    keys = [("c1", TOTAL), ("c2", TOTAL), ("north", TOTAL)]
    cells = lay_out(dict(zip(keys, counts, strict=True)), CITY)

    hidden = _withhold(cells, least)

    for wide in _widths(keys, CITY, cells, hidden, max(counts) + least).values():
        assert wide >= least


@settings(max_examples=100, deadline=None)
@given(
    st.lists(st.integers(0, 25), min_size=6, max_size=6),
    st.sampled_from([5, 11]),
)
def test_shown_figures_of_nested_selections_differ_by_nothing_or_by_enough(counts, least):
    rows, columns = ("c1", "c2", "north"), ("day", "night")
    keys = list(itertools.product(rows, columns))
    cells = lay_out(dict(zip(keys, counts, strict=True)), CITY)
    hidden = _withhold(cells, least)
    members = {key: set(found) for key, found in _members(keys, CITY, cells).items()}

    shown = [cell for cell in cells if cell.key not in hidden]
    for inner, outer in itertools.permutations(shown, 2):
        if members[inner.key] <= members[outer.key]:
            difference = outer.value - inner.value
            assert difference == 0 or difference >= least


@given(st.lists(st.integers(-5, 25), min_size=6, max_size=6))
def test_the_same_table_gives_the_same_answer(counts):
    keys = list(itertools.product(("c1", "c2", "north"), ("day", "night")))
    cells = lay_out(dict(zip(keys, counts, strict=True)), CITY, floor=-5)

    assert _withhold(cells, 5, zero=False) == _withhold(list(cells), 5, zero=False)
