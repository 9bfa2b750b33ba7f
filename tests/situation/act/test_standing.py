"""How lines stand: corrections end, what is struck counts for nothing, what is open stays open."""

from __future__ import annotations

from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from vigie.desk.shift import By, Said, ShiftLine
from vigie.situation.act.handover import open_ones
from vigie.situation.act.standing import courses, root_of, stand, ticks

BY = By("anne", "operator", "a1")
KEYS = ("alert:a", "alert:b", "5.37000,43.30000")


@st.composite
def logs(draw: st.DrawFn) -> list[ShiftLine]:
    """Any log that the desk can hold: a correction is about an earlier line."""
    lines: list[ShiftLine] = []
    for number in range(1, draw(st.integers(0, 14)) + 1):
        kinds = ["note", "opened", "closed", "tick", *(["correction"] if number > 1 else [])]
        kind = draw(st.sampled_from(kinds))
        said = Said(kind, draw(st.sampled_from(KEYS)), f"mots {number}", card="fire", step="look")
        if kind == "correction":
            about = draw(st.integers(1, number - 1))
            said = Said(
                kind,
                lines[about - 1].said.situation,
                f"mots {number}",
                corrects=about,
                strikes=draw(st.booleans()),
            )
        lines.append(ShiftLine(number, number * 1_000_000, said, BY))
    return lines


@given(log=logs())
def test_corrections_never_loop_and_the_newest_holds(log: list[ShiftLine]) -> None:
    known = {one.number: one for one in log}
    stood = stand(log)
    assert [one.line.number for one in stood] == [
        one.number for one in log if one.said.kind != "correction"
    ]
    for one in log:
        root = root_of(one, known)
        assert root.said.corrects is None
        assert root.number <= one.number
    for line in stood:
        later = [
            one for one in log if one.said.kind == "correction" and root_of(one, known) == line.line
        ]
        assert list(line.corrections) == later
        assert line.text == (later[-1] if later else line.line).said.text
        assert line.struck == (later[-1].said.strikes if later else False)


@given(log=logs(), order=st.randoms())
def test_how_lines_stand_does_not_depend_on_their_order(
    log: list[ShiftLine], order: object
) -> None:
    mixed = list(log)
    order.shuffle(mixed)  # type: ignore[attr-defined]
    assert stand(mixed) == stand(log)


@given(log=logs())
def test_a_situation_is_open_exactly_when_no_closing_came_last(log: list[ShiftLine]) -> None:
    stood = stand(log)
    found = courses(stood)
    for key in KEYS:
        mine = [
            one.line.said.kind for one in stood if one.line.said.situation == key and not one.struck
        ]
        if not mine:
            assert key not in found
            continue
        marks = [kind for kind in mine if kind in {"opened", "closed"}]
        assert (found[key].closed_us is None) == (not marks or marks[-1] == "opened")
        assert found[key].lines == len(mine)


def test_a_tick_that_was_struck_is_not_done() -> None:
    tick = ShiftLine(1, 1, Said("tick", "alert:a", "Vu", card="fire", step="look"), BY)
    strike = ShiftLine(2, 2, Said("correction", "alert:a", "Non", corrects=1, strikes=True), BY)
    again = replace(strike, number=3, said=replace(strike.said, corrects=2, strikes=False))
    assert ("fire", "look") in ticks(stand([tick]))
    assert ticks(stand([tick, strike])) == {}
    assert ("fire", "look") in ticks(stand([tick, strike, again]))


def test_a_correction_whose_line_was_forgotten_stands_alone() -> None:
    orphan = ShiftLine(9, 9, Said("correction", "alert:a", "Mots", corrects=3), BY)
    (one,) = stand([orphan])
    assert (one.text, one.struck) == ("Mots", False)
    assert courses([one]) == {}


@given(log=logs())
def test_every_open_situation_is_handed_over_once(log: list[ShiftLine]) -> None:
    stood = stand(log)
    found = [one.key for one in open_ones(stood)]
    assert len(set(found)) == len(found)
    for key in KEYS:
        last = ""
        for one in stood:
            if one.line.said.situation == key and not one.struck:
                kind = one.line.said.kind
                last = kind if kind in {"opened", "closed"} or not last else last
        assert (key in found) == (last not in {"", "closed"})
