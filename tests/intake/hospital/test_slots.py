"""Merging hours: no small group, none by subtraction either, nothing lost, whatever the order."""

from __future__ import annotations

import itertools
import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vigie.intake.hospital.slots import HOURS, Slot, merge_slots, show_parts

LEAST = 11
REST = ""
FEW = st.one_of(st.just(0), st.integers(0, 3), st.integers(0, 40))
DAY = st.lists(FEW, min_size=HOURS, max_size=HOURS)
PARTS = st.fixed_dictionaries({"a": DAY, "b": DAY, "c": DAY, REST: DAY})
SUMS = st.dictionaries(st.sampled_from("abcde"), st.integers(0, 60), max_size=5)


def subsets(shown):
    return itertools.chain.from_iterable(
        itertools.combinations(sorted(shown), size) for size in range(1, len(shown) + 1)
    )


@given(SUMS, st.sampled_from([1, 5, 11, 20]))
def test_no_subtraction_from_the_whole_gives_a_small_group(parts: dict[str, int], least: int):
    """Requirement: HEA-2."""

    shown = show_parts(parts, least)

    assert all(shown[name] == parts[name] >= least for name in shown)
    for chosen in subsets(shown):
        rest = sum(parts.values()) - sum(shown[name] for name in chosen)
        assert rest == 0 or rest >= least


@given(SUMS)
def test_parts_that_are_all_large_or_nobody_are_all_shown(parts: dict[str, int]):
    large = {name: 11 + count if count else 0 for name, count in parts.items()}

    assert show_parts(large, LEAST) == {name: count for name, count in large.items() if count}


def test_a_hidden_part_is_in_the_whole_and_never_shown():
    assert show_parts({"a": 30, REST: 40}, LEAST, hidden=(REST,)) == {"a": 30}
    assert show_parts({"a": 30, REST: 4}, LEAST, hidden=(REST,)) == {}
    assert show_parts({"a": 30, REST: 0}, LEAST, hidden=(REST,)) == {"a": 30}


def test_a_small_part_takes_the_next_one_with_it():
    assert show_parts({"a": 30, "b": 20, "c": 3}, LEAST) == {"a": 30}
    assert show_parts({"a": 30, "b": 3, "c": 20}, LEAST) == {"a": 30}
    assert show_parts({"a": 3, "b": 20, "c": 30}, LEAST) == {}
    assert show_parts({"a": 30, "b": 0, "c": 20}, LEAST) == {"a": 30, "c": 20}


@pytest.mark.parametrize("hidden", [(), ("d",)], ids=("none_hidden", "rest_hidden"))
def test_who_knows_the_rule_reconstructs_no_small_part(hidden):
    """Every world of up to 34 persons in parts: what is told leaves several possible.

    A rule that shows whatever is large, and withholds the smallest of them for a small rest, fails
    this test: 31 persons, ``a`` shown as 11, leave only 10 and 10.

    Requirement: HEA-2.
    """
    names = "abcd" if hidden else "abc"
    worlds: dict[tuple[int, tuple[tuple[str, int], ...]], list[set[int]]] = {}
    for counts in itertools.product(range(35), repeat=len(names) - 1):
        for total in range(max(LEAST, sum(counts)), 35):
            world = (*counts, total - sum(counts))
            parts = dict(zip(names, world, strict=True))
            told = (total, tuple(show_parts(parts, LEAST, hidden).items()))
            possible = worlds.setdefault(told, [set() for _ in names])
            for values, count in zip(possible, world, strict=True):
                values.add(count)

    found_out = [
        (told, name, values)
        for told, possible in worlds.items()
        for name, values in zip(names, possible, strict=True)
        if len(values) == 1 and 0 < min(values) < LEAST
    ]
    assert found_out == []


@given(PARTS)
def test_every_slot_keeps_the_rule_and_so_does_every_union_of_slots(hours):
    slots = merge_slots(hours, LEAST, hidden=(REST,))

    for slot in slots:
        whole = sum(sum(counts[slot.first : slot.end]) for counts in hours.values())
        assert slot.shown
        assert REST not in slot.shown
        assert min(slot.shown.values()) >= LEAST
        for name, count in slot.shown.items():
            assert count == sum(hours[name][slot.first : slot.end])
        for chosen in subsets(slot.shown):
            rest = whole - sum(slot.shown[name] for name in chosen)
            assert rest == 0 or rest >= LEAST


@given(PARTS)
def test_slots_cover_the_day_once_and_lose_no_total(hours):
    slots = merge_slots(hours, LEAST, hidden=(REST,))

    if slots:
        assert [slots[0].first, slots[-1].end] == [0, HOURS]
        assert [slot.end for slot in slots[:-1]] == [slot.first for slot in slots[1:]]
        for name in slots[0].shown:
            assert sum(slot.shown[name] for slot in slots) == sum(hours[name])


@given(PARTS)
def test_slots_are_aligned_to_the_local_day(hours):
    for slot in merge_slots(hours, LEAST, hidden=(REST,)):
        length = slot.end - slot.first
        assert length in {1, 2, 4, 8, 24}
        assert slot.first % length == 0


@given(DAY)
def test_a_total_is_told_exactly_when_the_day_is_large_enough(total: list[int]):
    slots = merge_slots({"total": total}, LEAST)

    assert bool(slots) == (sum(total) >= LEAST)


@given(DAY)
def test_no_slot_of_a_total_could_be_cut_further(total: list[int]):
    thirds = {24: 3}
    for slot in merge_slots({"total": total}, LEAST):
        length = slot.end - slot.first
        if length > 1:
            step = length // thirds.get(length, 2)
            pieces = [sum(total[at : at + step]) for at in range(slot.first, slot.end, step)]
            assert min(pieces) < LEAST


@given(PARTS)
def test_a_breakdown_is_never_finer_than_its_total(hours):
    """So the total of each of its slots can be told, and the rule was kept against it."""
    total = [sum(one) for one in zip(*hours.values(), strict=True)]
    ends = {slot.end for slot in merge_slots({"total": total}, LEAST)}

    for slot in merge_slots(hours, LEAST, hidden=(REST,)):
        assert slot.end in ends


@given(st.lists(st.tuples(st.integers(0, 23), st.sampled_from("abc")), max_size=80), st.randoms())
def test_the_order_of_arrivals_has_no_say(arrivals, chance: random.Random):
    def counted(people):
        hours = {name: [0] * HOURS for name in "abc"}
        for hour, name in people:
            hours[name][hour] += 1
        return merge_slots(hours, LEAST)

    shuffled = list(arrivals)
    chance.shuffle(shuffled)
    assert counted(shuffled) == counted(arrivals)


def test_hours_merge_until_there_are_eleven():
    total = [0] * HOURS
    total[0:8] = [11, 11, 3, 9, 2, 2, 3, 4]
    total[8:16] = [4] * 8
    total[20] = 11

    assert [(s.first, s.end, s.shown["total"]) for s in merge_slots({"total": total}, LEAST)] == [
        (0, 1, 11), (1, 2, 11), (2, 4, 12), (4, 8, 11), (8, 12, 16), (12, 16, 16), (16, 24, 11),
    ]  # fmt: skip


def test_a_quiet_day_is_one_slot_and_a_quieter_one_is_none():
    quiet = [1] * 12 + [0] * 12

    assert merge_slots({"total": quiet}, LEAST) == [Slot(0, 24, {"total": 12})]
    assert merge_slots({"total": [0, *quiet[:10], *[0] * 13]}, LEAST) == []


@pytest.mark.parametrize(
    ("hours", "least"), [({"a": [1] * 23}, 11), ({"a": [-1] * 24}, 11), ({"a": [1] * 24}, 0)]
)
def test_what_is_no_day_of_counts_is_refused(hours, least):
    with pytest.raises(ValueError, match=r"hours|negative"):
        merge_slots(hours, least)
