"""What the verification finds: any edit, deletion, reorder; and what it must not cry over."""

from __future__ import annotations

import random
from datetime import timedelta

import pytest
from tests.benchmarks._tampering import ATTACKS, make, put_back

from vigie.audit import verification
from vigie.audit.segments import RECORD
from vigie.audit.verification import verify
from vigie.base.clock import now_us
from vigie.privacy.checkpoint import parse

YEAR_US = 365 * 86_400_000_000


def codes(audit) -> set[str]:
    return {fault.code for fault in verify(audit).faults}


def test_an_audit_as_it_was_written_is_sound(audit, told, clock):
    for day in range(3):
        for n in range(10):
            audit.append(told(n))
        audit.head()
        clock.advance(timedelta(days=1 + day))
    steps = []
    found = verify(audit, lambda done, total, _name: steps.append((done, total)))
    assert found.sound
    assert (found.lines, found.shredded, found.heads) == (30, 0, 3)
    assert found.root == parse(audit.head()).root
    assert steps[-1] == (60, 60)


def test_what_is_written_meanwhile_is_no_fault(audit, told, clock, reopen):
    """Lines, heads, a new day and a shredding by another process, at every step of the check."""
    for _ in range(4):
        for n in range(10):
            audit.append(told(n))
        clock.advance(timedelta(days=120))
    other, acts = reopen(), 0

    def act(*_: object) -> None:
        nonlocal acts
        other.append(told(acts))
        if acts % 2:
            other.head()
        if acts == 3:
            clock.advance(timedelta(days=1))
            other.append(told(acts))
        if acts == 4:
            other.shred(now_us(clock) - YEAR_US)
        acts += 1

    for _ in range(4):
        found = verify(audit, act)
        assert found.sound, found.faults
    assert acts > 8
    assert found.shredded


def test_a_day_shredded_while_it_is_looked_at_is_no_fault(audit, told, clock, reopen, monkeypatch):
    for n in range(12):
        audit.append(told(n))
        clock.advance(timedelta(days=60))
    other, usual, shredded = reopen(), verification._check_lines, []

    def late(*given):
        if not shredded:
            shredded.append(other.shred(now_us(clock) - YEAR_US))
        return usual(*given)

    monkeypatch.setattr(verification, "_check_lines", late)
    found = verify(audit)
    assert found.sound, found.faults
    assert found.shredded == shredded[0] > 1


def test_the_empty_audit_is_sound(audit):
    audit.head()
    assert verify(audit).sound


def test_what_was_shredded_in_time_is_no_fault(audit, told, clock):
    """Requirement: P-LOG-6, LED-4."""
    for _ in range(20):
        audit.append(told())
        audit.head()
        clock.advance(timedelta(days=30))
    shredded = audit.shred(now_us(clock) - YEAR_US)
    found = verify(audit)
    assert found.sound
    assert found.shredded == shredded == 8
    assert found.heads == 20


def test_all_lines_may_be_shredded(audit, told, clock):
    audit.append(told())
    clock.advance(timedelta(days=400))
    audit.shred(now_us(clock) - YEAR_US)
    assert verify(audit).sound


def test_a_day_taken_away_without_saying_so_is_found(audit, told, clock):
    """Requirement: P-LOG-2."""
    for _ in range(3):
        audit.append(told())
        clock.advance(timedelta(days=1))
    audit.segments()[1].path.unlink()
    faults = verify(audit).faults
    assert [(fault.code, fault.params) for fault in faults] == [
        ("audit_line_missing", {"first": 1, "last": 1})
    ]
    assert faults[0].text("fr").startswith("Les lignes 1 à 1 ont disparu")


@pytest.mark.parametrize("kind", ATTACKS)
def test_every_change_of_a_file_is_found_when_it_is_opened_again(folder, reopen, clock, kind: str):
    """Requirement: P-LOG-2."""
    make(folder, clock, 40)
    assert verify(reopen()).sound
    chance = random.Random(kind)
    missed = []
    for number in range(60):
        with put_back(folder):
            chance.choice(ATTACKS[kind])(folder, chance)
            audit = reopen()
            if verify(audit).sound:
                missed.append(number)
            audit.close()
    assert missed == []


def test_a_single_changed_line_is_named(folder, reopen, clock):
    make(folder, clock, 10)
    segment = next((folder / "lines").iterdir())
    content = segment.read_bytes()
    segment.write_bytes(content.replace(b'"n":4', b'"n":5', 1))
    assert [(f.code, f.params) for f in verify(reopen()).faults] == [
        ("audit_line_changed", {"index": 4})
    ]


def test_an_audit_shortened_below_a_kept_head_is_found(folder, reopen, clock):
    """Requirement: P-LOG-2."""
    make(folder, clock, 10)
    leaves = (folder / "leaves").read_bytes()
    (folder / "leaves").write_bytes(leaves[: 7 * RECORD])
    segment = next((folder / "lines").iterdir())
    end = int.from_bytes(leaves[6 * RECORD + 32 : 7 * RECORD - 1], "big")
    segment.write_bytes(segment.read_bytes()[:end])
    assert codes(reopen()) == {"audit_head_beyond"}


def test_lines_taken_away_at_the_end_are_missed_and_writing_goes_on(folder, reopen, clock, told):
    """Requirement: P-LOG-2."""
    make(folder, clock, 10)
    segment = next((folder / "lines").iterdir())
    segment.write_bytes(segment.read_bytes()[:-100])
    audit = reopen()
    assert audit.append(told()) == 10
    assert [fault.params for fault in verify(audit).faults] == [{"index": 9}]


def test_heads_of_another_key_or_out_of_order_are_found(audit, told, reopen):
    """Requirement: P-LOG-2."""
    notes = []
    for n in range(3):
        audit.append(told(n))
        notes.append(audit.head())
    audit.heads.path.write_text("".join(f"{note}\n" for note in (notes[1], notes[0], notes[2])))
    assert codes(audit) == {"audit_head_forged"}
    audit.heads.path.write_text("".join(f"{note}\n" for note in notes) + "torn")
    assert codes(audit) == {"audit_head_forged"}
    audit.append(told(3))
    audit.head()
    assert codes(audit) == set()


def test_faults_beyond_the_thousandth_are_counted(audit, told, folder):
    for n in range(1_100):
        audit.append(told(n))
    segment = audit.segments()[0].path
    segment.write_bytes(segment.read_bytes().replace(b"amelie", b"aurore"))
    found = verify(audit)
    assert (len(found.faults), found.faulty) == (1_000, 1_100)
