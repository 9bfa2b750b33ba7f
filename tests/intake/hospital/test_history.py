"""A site is told alone where its own past allows it, and its past is nobody's to write."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from pathlib import Path

import pytest

from vigie.base.clock import FixedClock, from_us
from vigie.intake.hospital.edge import Edge
from vigie.intake.hospital.history import FEWEST_WEEKS, WEEKS, History
from vigie.intake.hospital.passages import (
    ARRIVALS,
    LEAST,
    HospitalOptions,
    figures,
    hour_start_us,
)
from vigie.intake.hospital.slots import HOURS, pieces_of, spans
from vigie.intake.hospital.state import load

MONDAY = date(2026, 11, 16)
ZONE = "Europe/Paris"
EACH_THIRD = [2] * 8 + [1] * 8 + [3] * 8
"""16, 8 and 24 persons: the middle third is small, the day is not."""


def weeks(history: History, counts: dict[int, list[int]], n: int, site: str = "s") -> History:
    """Note ``n`` Mondays; the week numbers that ``counts`` names have other hours."""
    for week in range(1, n + 1):
        hours = counts.get(week, counts[0])
        history.note(site, MONDAY - timedelta(weeks=week), hours, LEAST)
    return history


@pytest.mark.parametrize(
    ("known", "small", "told"),
    [(FEWEST_WEEKS - 1, 0, False), (FEWEST_WEEKS, 0, True), (20, 1, True), (20, 2, False),
     (WEEKS, 2, True), (WEEKS, 3, False)],
)  # fmt: skip
def test_alone_in_a_slot_that_held_eleven_in_95_percent_of_weeks(
    known: int, small: int, told: bool
) -> None:
    """Requirement: HEA-3."""
    quiet = dict.fromkeys(range(1, small + 1), [1] * 10 + [0] * 14)
    history = weeks(History(), {0: [1] * 11 + [0] * 13, **quiet}, known)
    assert ((0, HOURS) in history.alone("s", MONDAY)) is told
    assert history.alone("s", MONDAY + timedelta(days=1)) == frozenset(), "another weekday"
    assert history.alone("other", MONDAY) == frozenset()


def test_a_slot_is_cut_no_finer_than_the_past_allows_however_busy_the_day() -> None:
    """Requirement: HEA-3."""
    history = weeks(History(), {0: EACH_THIRD}, WEEKS)
    alone = history.alone("s", MONDAY)
    assert alone == {(0, 24), (0, 8), (16, 24), (16, 20), (20, 24)}
    busy = {ARRIVALS: [50] * HOURS}
    assert figures(busy, alone)[0] == {ARRIVALS: [(0, 24, 1200)]}
    assert figures(busy, frozenset()) == ({}, 1)
    assert len(figures(busy)[0][ARRIVALS]) == HOURS


def test_the_day_itself_has_no_say_and_old_weeks_are_forgotten() -> None:
    history = weeks(History(), {0: [0] * HOURS}, WEEKS)
    history.note("s", MONDAY, [99] * HOURS, LEAST)
    assert history.alone("s", MONDAY) == frozenset()
    history.forget_before(MONDAY)
    assert list(history.sites["s"]) == [MONDAY]
    assert History.read(history.stored()) == history


def test_what_is_remembered_of_a_day_is_no_count() -> None:
    one, other = ([n] * HOURS for n in (11, 4_000))
    history = History()
    history.note("s", MONDAY, one, LEAST)
    first = history.stored()
    history.note("s", MONDAY, other, LEAST)
    assert history.stored() == first


def test_the_tree_of_slots_is_the_one_that_days_are_cut_by() -> None:
    every = list(spans(0, HOURS))
    assert len(every) == len(set(every)) == 46
    assert {piece for span in every for piece in pieces_of(*span)} | {(0, HOURS)} == set(every)


def test_a_young_edge_tells_nothing_learns_and_tells_when_its_weeks_allow(tmp_path: Path) -> None:
    """Requirement: HEA-3. A whole edge over weeks, with the state on the disk between two days."""
    day, clock = date(2026, 9, 7), FixedClock(_at(date(2026, 9, 7)))
    path, options = tmp_path / "state.json", HospitalOptions(ZONE, site="130000001")
    told: dict[date, int] = {}
    Edge(options, path, clock)
    for week in range(FEWEST_WEEKS + 2):
        on = day + timedelta(weeks=week)
        edge = Edge(options, path, clock)
        clock.advance(timedelta(days=2))
        edge.take_file(_rpu(on, 30))
        edge.settle()
        clock.advance(timedelta(days=5))
        told[on] = len(edge.outbox)
    assert list(told.values()) == [0] * FEWEST_WEEKS + [1, 2]
    known = load(path, ZONE, 0).history.sites["130000001"]
    assert len(known) == FEWEST_WEEKS + 2


def _at(day: date) -> datetime:
    return from_us(hour_start_us(day, 0, ZONE))


def _rpu(day: date, n: int) -> bytes:
    extract = f"{day + timedelta(days=1):%d/%m/%Y} 03:30:00"
    people = "".join(
        f"<PATIENT><ENTREE>{day:%d/%m/%Y} {k % 24:02d}:{k // 24:02d}</ENTREE></PATIENT>"
        for k in range(n)
    )
    return (
        "<OSCOUR><ETABLISSEMENT><FINESS>130000001</FINESS>"
        f"<EXTRACT>{extract}</EXTRACT></ETABLISSEMENT><PASSAGES>{people}</PASSAGES></OSCOUR>"
    ).encode()
