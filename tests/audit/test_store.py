"""Appending: on disk when it returns, in order, by many at once; refused when it cannot be."""

from __future__ import annotations

import errno
import os
import tempfile
import threading
from datetime import timedelta

import pytest

from vigie.audit.room import ROOM, keep_room
from vigie.audit.segments import LINES, RECORD
from vigie.audit.tail import Tail
from vigie.audit.verification import verify
from vigie.base.clock import now_us
from vigie.base.errors import NotFound, StoreBroken, Unavailable, WrongUsage
from vigie.privacy.checkpoint import parse, signers
from vigie.privacy.merkle import root_of, verify_consistency, verify_inclusion


def test_lines_get_indices_in_order_and_are_there_when_opened_again(audit, reopen, told):
    assert [audit.append(told(n)) for n in range(3)] == [0, 1, 2]
    assert reopen().count() == 3
    assert reopen().append(told(3)) == 3
    assert audit.append(told(4)) == 4


def test_a_line_is_on_disk_before_its_index_is_told(audit, told, monkeypatch):
    """Requirement: P-LOG-4."""
    audit.append(told())
    synced = []
    real = os.fdatasync
    monkeypatch.setattr(os, "fdatasync", lambda handle: (synced.append(handle), real(handle))[1])
    audit.append(told(1))
    assert len(synced) == 1


def test_threads_share_a_flush_and_each_gets_its_own_index(audit, told):
    found: list[int] = []

    def write(number: int) -> None:
        found.extend(audit.append(told(number * 100 + n)) for n in range(50))

    threads = [threading.Thread(target=write, args=(n,)) for n in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(found) == list(range(400))


def test_a_disk_that_refuses_refuses_the_line_and_nothing_of_it_stays(audit, told, monkeypatch):
    """Requirement: P-LOG-5."""
    audit.append(told())
    before = audit.segments()[0].path.read_bytes()

    def fail(_handle: int) -> None:
        raise OSError(28, "no space")

    with monkeypatch.context() as patched:
        patched.setattr(os, "fdatasync", fail)
        with pytest.raises(Unavailable):
            audit.append(told(1))
    assert audit.segments()[0].path.read_bytes() == before
    assert audit.append(told(2)) == 1


def test_room_is_kept_for_lines_of_a_full_disk(audit, told, folder, reopen, clock):
    """Behind the end of both files: their size, and so what they hold, is what it was."""
    audit.append(told(0))
    other = reopen()
    other.append(told(1))
    audit.append(told(2))
    (segment,) = (folder / LINES).iterdir()
    leaves = folder / "leaves"
    assert leaves.stat().st_size == 3 * RECORD
    assert verify(audit).lines == 3
    with tempfile.TemporaryFile(dir=folder) as probe:
        can = keep_room(probe.fileno(), 0, 0) > 0
    if not can:
        pytest.skip("this filesystem keeps no room")
    for file in (segment, leaves):
        assert file.stat().st_blocks * 512 >= ROOM // 2
    clock.advance(timedelta(days=1))
    audit.append(told(3))
    assert segment.stat().st_blocks * 512 < ROOM // 2, "given to the day that begins"
    assert verify(audit).sound


def test_an_audit_that_cannot_be_opened_is_unavailable(folder, reopen):
    """Requirement: P-LOG-5."""
    folder.write_text("a file in its place")
    with pytest.raises(Unavailable):
        reopen()


def test_a_key_that_is_none_is_said(audit, folder, reopen):
    audit.close()
    (folder / "key").write_text("PRIVATE+KEY+x+00000000+AAAA\n")
    with pytest.raises(StoreBroken):
        reopen()


def test_the_key_is_readable_by_its_owner_alone(audit, folder):
    assert (folder / "key").stat().st_mode & 0o777 == 0o600


def test_a_number_that_is_no_number_is_refused(audit, told):
    with pytest.raises(WrongUsage):
        audit.append(told(subject={"x": float("nan")}))
    with pytest.raises(WrongUsage):
        audit.append(told(reason="x" * 2_000_000))
    assert audit.count() == 0


def test_a_text_that_is_no_unicode_is_written_all_the_same(audit, told):
    assert audit.append(told(reason="moitié \ud800")) == 0


def test_a_new_day_begins_a_new_segment(audit, told, clock, reopen):
    audit.append(told())
    clock.advance(timedelta(days=1))
    audit.append(told(1))
    clock.advance(timedelta(days=-1))
    reopen().append(told(2))
    assert [(one.first, one.day) for one in audit.segments()] == [
        (0, "2026-03-01"),
        (1, "2026-03-02"),
        (2, "2026-03-01"),
    ]


def test_a_head_is_signed_over_all_lines_and_kept_once(audit, told):
    """Requirement: P-LOG-3, LED-4."""
    for n in range(5):
        audit.append(told(n))
    note = audit.head()
    assert signers(note, [audit.public_key]) == [audit.public_key]
    found = parse(note)
    assert found.size == 5
    assert found.root == root_of([leaf.leaf for leaf in audit.leaves.read(0, 5)])
    assert found.extra == ("time 2026-03-01T08:00:00Z",)
    assert audit.head() == note
    assert audit.heads.notes() == [note]
    audit.append(told(5))
    assert len({*audit.heads.notes(), audit.head()}) == 2


def test_the_empty_audit_has_a_head(audit):
    assert parse(audit.head()).size == 0


@pytest.mark.parametrize("n", [1, 255, 256, 257, 700])
def test_every_line_is_proved_across_tiles(audit, told, n):
    """Requirement: P-LOG-1."""
    audit.append(told())
    leaf = audit.leaves.read(0, 1)[0]
    # Leaves alone are enough for proofs: they stay when what the lines said is gone.
    with audit.leaves.path.open("ab") as file:
        for number in range(1, n):
            file.write(number.to_bytes(32, "big") + leaf.end.to_bytes(7, "big") + b"\n")
    assert audit.leaves.path.stat().st_size == n * RECORD
    root = root_of([one.leaf for one in audit.leaves.read(0, n)])
    for index in {0, n // 2, n - 1}:
        proof = audit.prove(index)
        point = parse(proof.note)
        assert (point.size, point.root) == (n, root)
        assert verify_inclusion(index, n, proof.leaf, proof.hashes, root)
    for before in {1, n // 3 + 1, n}:
        hashes = audit.consistency(before, n)
        assert verify_consistency(before, n, audit.root(before), root, hashes)


def test_what_is_not_there_is_neither_proved_nor_compared(audit, told):
    audit.append(told())
    with pytest.raises(NotFound):
        audit.prove(1)
    with pytest.raises(WrongUsage):
        audit.consistency(1, 2)
    with pytest.raises(WrongUsage):
        audit.root(2)


def test_old_days_are_shredded_and_old_proofs_still_verify(audit, told, clock, folder):
    """Requirement: P-LOG-6, LED-4."""
    for n in range(20):
        audit.append(told(n, who="canari-jaune", reason="é canari rouge"))
    old = audit.prove(7)
    salts = [audit.segments()[0].read(0)[44:60]]
    clock.advance(timedelta(days=400))
    audit.append(told(20))
    assert audit.shred(now_us(clock) - 365 * 86_400_000_000) == 20
    assert audit.shred(now_us(clock) - 365 * 86_400_000_000) == 0
    content = b"".join(path.read_bytes() for path in folder.rglob("*") if path.is_file())
    for needle in (b"canari-jaune", b"canari rouge", *salts):
        assert needle not in content
    point = parse(old.note)
    assert verify_inclusion(7, point.size, old.leaf, old.hashes, point.root)
    again = audit.prove(7)
    new = parse(again.note)
    assert again.leaf == old.leaf
    assert verify_inclusion(7, new.size, again.leaf, again.hashes, new.root)
    hashes = audit.consistency(point.size, new.size)
    assert verify_consistency(point.size, new.size, point.root, new.root, hashes)


def test_a_line_on_disk_whose_writer_was_refused_is_told_among_the_shredded(
    audit, told, clock, monkeypatch
):
    audit.append(told())

    def refuse(*_: object) -> None:
        raise OSError(errno.EIO, "no leaf")

    with monkeypatch.context() as broken:
        broken.setattr(Tail, "_add_leaves", refuse)
        with pytest.raises(Unavailable):
            audit.append(told(1))
    clock.advance(timedelta(days=400))
    assert audit.shred(now_us(clock) - 365 * 86_400_000_000) == 2
    assert verify(audit).sound


def test_today_is_never_shredded(audit, told, clock):
    audit.append(told())
    assert audit.shred(now_us(clock) + 10**15) == 0
