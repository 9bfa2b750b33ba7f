"""A home's time: never early, never back, right again as soon as the clock is believed."""

from __future__ import annotations

import tempfile
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from vigie.base.clock import FixedClock, from_us, latest_us, leapt_us, now_us
from vigie.base.house_clock import (
    BEHIND_US,
    LEAP_US,
    OFF_US,
    RELEASED_US,
    HouseClock,
    doubt_of,
    note_time,
    stamped_us,
    stretches_of,
)
from vigie.base.kernel_time import synchronised
from vigie.base.time_record import FOLDER, Record, RecordFile, Stretch, joined, stamp_of

MINUTE, HOUR, DAY = 60_000_000, 3_600_000_000, 86_400_000_000
TRUE = RELEASED_US + 100 * DAY


@dataclass
class Machine:
    """A machine whose clock is wrong by so much, and the home on its disk."""

    home: Path
    true_us: int = TRUE
    error_us: int = 0
    kept: bool = False
    booted_us: int = TRUE - DAY
    clocks: list[HouseClock] = field(default_factory=list)

    def start(self, *, off_us: int = OFF_US) -> HouseClock:
        return HouseClock(
            RecordFile(self.home),
            off_us=off_us,
            wall_us=lambda: self.true_us + self.error_us,
            elapsed_us=lambda: self.true_us - self.booted_us,
            kept=lambda: self.kept,
        )

    def boot(self, *, off_us: int, error_us: int = 0, kept: bool = False) -> HouseClock:
        self.true_us += off_us
        self.error_us, self.kept, self.booted_us = error_us, kept, self.true_us
        return self.start()


@pytest.fixture
def machine(tmp_path: Path) -> Machine:
    return Machine(tmp_path)


def served(machine: Machine) -> HouseClock:
    """Return the clock of a home that has been served until now."""
    clock = machine.start()
    assert clock.note()
    return clock


def test_the_first_start_takes_the_clock_as_it_finds_it(machine: Machine) -> None:
    machine.error_us = 40 * DAY
    assert now_us(machine.start()) == TRUE + 40 * DAY


def test_no_home_is_earlier_than_the_release(machine: Machine) -> None:
    machine.error_us = -20_000 * DAY
    clock = machine.start()
    assert now_us(clock) == RELEASED_US
    machine.error_us, machine.true_us = 0, TRUE + HOUR
    assert now_us(clock) == TRUE + HOUR
    assert clock.doubt() is None


@pytest.mark.parametrize("error_us", [-20_000 * DAY, -DAY, DAY, 3_650 * DAY])
def test_a_start_with_a_wrong_clock_goes_on_from_the_record(
    machine: Machine, error_us: int
) -> None:
    served(machine)
    clock = machine.boot(off_us=HOUR, error_us=error_us)
    assert now_us(clock) == TRUE
    machine.true_us += 5 * HOUR
    assert now_us(clock) == TRUE + 5 * HOUR, "by the time that the machine is up"
    doubt = clock.doubt()
    assert doubt is not None
    assert (doubt.since_us, doubt.at_us, doubt.ahead_us) == (
        TRUE,
        TRUE + 5 * HOUR,
        HOUR + error_us,
    )
    assert leapt_us(clock) == HOUR + error_us
    assert latest_us(clock) == TRUE + 5 * HOUR + max(0, HOUR + error_us)


def test_a_machine_that_was_off_for_three_days_and_is_synchronised_is_believed_at_once(
    machine: Machine,
) -> None:
    served(machine)
    clock = machine.boot(off_us=3 * DAY, kept=True)
    assert now_us(clock) == TRUE + 3 * DAY
    assert doubt_of(clock) is None
    assert stretches_of(clock) == ()


def test_without_a_word_a_clock_is_believed_for_as_long_as_the_machine_may_have_been_off(
    machine: Machine,
) -> None:
    served(machine)
    assert machine.boot(off_us=OFF_US).doubt() is None
    assert machine.boot(off_us=MINUTE).doubt() is not None
    assert machine.start(off_us=DAY).doubt() is None


def test_a_leap_is_followed_once_the_kernel_says_so(machine: Machine) -> None:
    clock = served(machine)
    machine.error_us = DAY
    machine.true_us += 30 * HOUR
    assert now_us(clock) == TRUE + 30 * HOUR, "however long it stands"
    machine.error_us = LEAP_US - 1
    assert now_us(clock) == machine.true_us + LEAP_US - 1, "a small correction at once"
    machine.error_us, machine.kept = 2 * DAY, True
    assert now_us(clock) == machine.true_us + 2 * DAY


def test_what_was_stamped_late_is_as_much_younger(machine: Machine) -> None:
    served(machine)
    clock = machine.boot(off_us=3 * DAY)
    assert clock.note()
    machine.true_us += 2 * HOUR
    stamped, true = now_us(clock), machine.true_us
    assert true - stamped == 3 * DAY
    machine.true_us += MINUTE
    machine.kept = True
    assert now_us(clock) == machine.true_us
    assert clock.note()
    for reader in (clock, machine.start()):
        assert stamped_us(reader, true) == stamped
        assert stamped_us(reader, TRUE - 1) == TRUE - 1
        assert stamped_us(reader, TRUE + DAY) == TRUE - 1, "nothing was stamped while it was off"
        assert stamped_us(reader, machine.true_us + DAY) == machine.true_us + DAY
    assert stamped_us(FixedClock(from_us(5)), 7) == 7


def test_a_word_of_an_administrator_reaches_every_process(machine: Machine) -> None:
    served(machine)
    server = machine.boot(off_us=3 * DAY)
    assert server.note()
    command = machine.start()
    assert command.doubt() is not None
    assert command.confirm() == 3 * DAY
    assert command.confirm() == 0, "there is no doubt any more"
    machine.true_us += 2_000_000
    assert server.note()
    assert now_us(server) == machine.true_us
    assert server.doubt() is None
    assert RecordFile(machine.home).read() == Record(
        machine.true_us, None, (Stretch(TRUE, TRUE + 2 * MINUTE, 3 * DAY),)
    )


def test_a_word_reaches_who_only_reads(machine: Machine) -> None:
    served(machine)
    beside = machine.boot(off_us=3 * DAY)
    assert now_us(beside) == TRUE
    machine.start().confirm()
    machine.true_us += 1_000_001
    assert now_us(beside) == machine.true_us


def test_a_record_of_the_future_is_left_by_an_administrators_word(machine: Machine) -> None:
    RecordFile(machine.home).write(Record(TRUE + 3_650 * DAY))
    clock = machine.start()
    assert now_us(clock) == TRUE + 3_650 * DAY
    assert clock.confirm() == -3_650 * DAY
    assert now_us(clock) == TRUE
    assert now_us(machine.start()) == TRUE
    assert stamped_us(clock, TRUE) == TRUE


def test_a_kernel_that_is_synchronised_is_believed_behind_the_record(machine: Machine) -> None:
    RecordFile(machine.home).write(Record(TRUE + 3_650 * DAY))
    machine.kept = True
    clock = machine.start()
    assert now_us(clock) == TRUE
    assert clock.note()
    machine.kept = False
    assert now_us(machine.start()) == TRUE


def test_another_hosts_later_time_is_gone_on_from(machine: Machine) -> None:
    clock = served(machine)
    RecordFile(machine.home).write(Record(TRUE + 2 * DAY))
    assert clock.note()
    assert now_us(clock) == TRUE + 2 * DAY
    doubt = clock.doubt()
    assert doubt is not None
    assert doubt.ahead_us == -2 * DAY
    machine.true_us += 2 * DAY + LEAP_US
    assert now_us(clock) == machine.true_us + 2 * DAY
    machine.error_us = 2 * DAY
    assert now_us(clock) == machine.true_us + 2 * DAY
    assert clock.doubt() is None


def test_a_doubt_that_nobody_saw_the_end_of_counts_at_its_longest(machine: Machine) -> None:
    served(machine)
    clock = machine.boot(off_us=DAY)
    machine.true_us += HOUR
    assert clock.note()
    clock = machine.boot(off_us=2 * DAY, kept=True)
    assert stretches_of(clock) == (Stretch(TRUE, TRUE + HOUR + 2 * MINUTE, 3 * DAY),)


@pytest.mark.parametrize("content", ["", "{", "[]", '{"at_us": "x"}', '{"at_us": 1}'])
def test_a_record_that_cannot_be_read_is_none(machine: Machine, content: str) -> None:
    file = RecordFile(machine.home)
    file.path.parent.mkdir()
    file.path.write_text(content)
    assert file.read() is None
    assert now_us(machine.start()) == TRUE


def test_a_disk_that_refuses_stops_no_clock(machine: Machine) -> None:
    (machine.home / FOLDER).write_text("a file where the folder should be")
    clock = machine.start()
    assert not clock.note()
    assert now_us(clock) == TRUE
    assert not note_time(FixedClock(from_us(TRUE)))
    assert not HouseClock().note()


def test_the_kernel_can_be_asked() -> None:
    assert synchronised() in (True, False)


STRETCHES = st.lists(
    st.tuples(st.integers(1, 9 * DAY), st.integers(0, DAY), st.integers(MINUTE, 9 * DAY)),
    max_size=4,
)


@given(gaps=STRETCHES, at=st.lists(st.integers(0, 90 * DAY), min_size=2, max_size=20))
def test_a_stamp_never_comes_before_an_earlier_one(
    gaps: list[tuple[int, int, int]], at: list[int]
) -> None:
    """Stretches as they come: each begins after the last, in the time that the home then had."""
    late: tuple[Stretch, ...] = ()
    begin = 0
    for gap, lasts, late_us in gaps:
        begin += gap
        late = joined(late, Stretch(begin, begin + lasts, late_us))
        begin += lasts + late_us
    instants = sorted(at)
    stamps = [stamp_of(late, one) for one in instants]
    assert stamps == sorted(stamps)
    assert all(stamp <= true for stamp, true in zip(stamps, instants, strict=True))
    for one in late:
        middle = (one.from_us + one.to_us) // 2
        if one.to_us > one.from_us:
            assert stamp_of(late, middle + one.late_us) == middle


def test_stretches_that_overlap_are_one() -> None:
    late = joined((Stretch(0, 10, 5), Stretch(30, 40, 5)), Stretch(8, 20, 7))
    assert late == (Stretch(0, 20, 7), Stretch(30, 40, 5))


class WrongClocks(RuleBasedStateMachine):
    """Whatever becomes of the machine's clock, a home is never early, and right once told."""

    @initialize(off=st.integers(1, 9 * DAY))
    def open(self, off: int) -> None:
        self.folder = tempfile.TemporaryDirectory()
        self.machine = Machine(Path(self.folder.name))
        self.clock = served(self.machine)
        self.stamps = [(TRUE, TRUE)]
        self.off_us = 0

    @rule(by=st.integers(1, 3 * DAY))
    def pass_time(self, by: int) -> None:
        self.machine.true_us += by
        self.clock.note()

    @rule(error=st.sampled_from((-9_000 * DAY, -DAY, -2 * HOUR, 2 * HOUR, DAY, 3_650 * DAY)))
    def stand_wrong(self, error: int) -> None:
        self.machine.error_us, self.machine.kept = error, False
        self.clock.note()

    @rule(off=st.integers(0, 5 * DAY), error=st.sampled_from((-9_000 * DAY, -20 * DAY, DAY, 0)))
    def start_again(self, off: int, error: int) -> None:
        self.clock.note()
        self.off_us += off
        self.clock = self.machine.boot(off_us=off, error_us=error)
        self.clock.note()

    @rule(word=st.booleans())
    def set_right(self, *, word: bool) -> None:
        """By a source of time, or by a hand and somebody's word."""
        self.machine.error_us, self.machine.kept = 0, word
        self.machine.true_us += 1_000_001
        if not word:
            self.clock.confirm()
        assert now_us(self.clock) == self.machine.true_us
        self.clock.note()
        for stamp, true in self.stamps:
            assert stamped_us(self.clock, true - HOUR) <= stamp, "nothing ends an hour early"
            late = stamped_us(self.clock, true + HOUR + self.off_us)
            assert late >= stamp, "nothing is kept for longer than what nobody can know"

    @invariant()
    def never_early(self) -> None:
        if hasattr(self, "clock"):
            now = now_us(self.clock)
            assert now <= self.machine.true_us + OFF_US
            assert now >= self.stamps[-1][0] - HOUR
            self.stamps.append((now, self.machine.true_us))

    def teardown(self) -> None:
        if hasattr(self, "folder"):
            self.folder.cleanup()


TestWrongClocks = WrongClocks.TestCase
TestWrongClocks.settings = settings(
    max_examples=60,
    stateful_step_count=15,
    deadline=None,
    phases=[Phase.explicit, Phase.reuse, Phase.generate],
)


def test_figures_fit_each_other() -> None:
    assert BEHIND_US < LEAP_US < OFF_US
    assert from_us(RELEASED_US).date().isoformat() == "2026-11-01"
