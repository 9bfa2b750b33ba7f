"""What intake keeps cannot be read on disk, comes back whole, and goes with its day's key."""

from __future__ import annotations

import io
import os
import sqlite3
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given
from hypothesis import settings as checked
from hypothesis import strategies as st

from vigie.base.clock import FixedClock, now_us
from vigie.base.errors import KeyDestroyed, StoreBroken, Unavailable
from vigie.intake.schema import STEPS
from vigie.intake.sealing import BLOCK, key_of
from vigie.intake.service import Intake
from vigie.intake.spool import Spool
from vigie.keys.keeper import INTAKE, Keeper, day_of
from vigie.lake.erasure import find_bytes
from vigie.privacy.envelope import KeyName

NAME = "Jeanne Dupont-Canari"
KEY = KeyName(INTAKE, "log", 20_605)


def test_payloads_spool_and_quarantine_cannot_be_read_on_disk(
    intake: Intake, home: Path, fact: Callable[..., dict[str, Any]], lines: Callable[..., bytes]
) -> None:
    bad = b'{"note": "' + NAME.encode() + b'", \n'
    intake.accept("log", "small", lines(fact("1", text=f"Vu {NAME}, 06 12 34 56 78")))
    intake.accept("log", "refused", bad)
    intake.accept("log", "large", lines(*(fact(f"l-{n}", text=NAME) for n in range(2_000))))
    assert find_bytes(home, [NAME]) == []
    assert intake.drain() == 3
    (entry,) = intake.quarantine_list()
    assert intake.quarantine_get(entry.id).raw == bad
    assert find_bytes(home, [NAME]) == []
    assert find_bytes(home, ["probe"]) != [], "the scan finds what is there"
    assert intake.replay().accepted == 0


@checked(max_examples=15, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    size=st.sampled_from([0, 1, 100, BLOCK - 1, BLOCK, BLOCK + 1, 2 * BLOCK, 2 * BLOCK + 7]),
    moves=st.lists(st.tuples(st.integers(0, 2 * BLOCK + 9), st.integers(0, 3_000)), max_size=9),
)
def test_a_spooled_file_reads_as_it_was_from_anywhere(
    keys: Keeper, tmp_path: Path, size: int, moves: list[tuple[int, int]]
) -> None:
    spool, content = Spool(tmp_path / "spool", keys), os.urandom(size)
    kept = spool.put(content, KEY)
    plain = io.BytesIO(content)
    with spool.open(kept.name, KEY, kept.size) as stream:
        assert stream.read() == content
        for at, n in moves:
            assert stream.seek(at) == plain.seek(at) == stream.tell()
            assert stream.read(n) == plain.read(n)
        assert stream.seek(0, io.SEEK_END) == size
    assert content[:64] not in spool.path(kept.name).read_bytes() or size < 64


def test_blocks_of_a_spooled_file_cannot_be_moved_or_cut_off(keys: Keeper, tmp_path: Path) -> None:
    spool, content = Spool(tmp_path / "spool", keys), os.urandom(3 * BLOCK)
    kept = spool.put(content, KEY)
    path = spool.path(kept.name)
    sealed = path.read_bytes()
    step = len(sealed) // 3
    for forged, size in (
        (sealed[step:], 2 * BLOCK),
        (sealed[: 2 * step], 2 * BLOCK),
        (sealed[step : 2 * step] + sealed[:step] + sealed[2 * step :], 3 * BLOCK),
    ):
        path.write_bytes(forged)
        with spool.open(kept.name, KEY, size) as stream, pytest.raises(StoreBroken):
            stream.read()


def test_a_day_that_is_over_takes_its_keys_and_only_those(
    intake: Intake,
    keys: Keeper,
    clock: FixedClock,
    fact: Callable[..., dict[str, Any]],
    lines: Callable[..., bytes],
) -> None:
    intake.register("stuck", "probe")
    first = now_us(clock)
    intake.accept("log", "m", lines(fact("1")))
    intake.drain()
    intake.accept("stuck", "m", lines(fact("2")))
    clock.advance(timedelta(days=4))
    intake.accept("log", "m", lines(fact("3")) + b"refused\n")
    clock.advance(timedelta(days=5))
    second = first + 4 * 86_400_000_000
    intake.housekeeping.clean()
    gone = {
        (source, day): keys.destroyed(KeyName(INTAKE, source, day_of(us)))
        for source in ("log", "stuck")
        for day, us in (("first", first), ("second", second))
    }
    assert gone[("log", "first")]
    assert not gone[("stuck", "first")], "what waits is never lost"
    assert not gone[("log", "second")], "it is within its term"


def test_what_was_copied_before_its_term_cannot_be_read_after(
    intake: Intake,
    home: Path,
    keys: Keeper,
    clock: FixedClock,
    fact: Callable[..., dict[str, Any]],
    lines: Callable[..., bytes],
) -> None:
    at = now_us(clock)
    ids = [intake.accept("log", "m", lines(fact(f"{n}", text=NAME))) for n in range(50)]
    intake.drain()
    database = sqlite3.connect(home / "intake" / "intake.db")
    copied = database.execute("SELECT message_id, payload FROM messages").fetchall()
    database.close()
    assert len(copied) == len(ids)
    clock.advance(timedelta(days=9))
    intake.housekeeping.clean()
    for row in copied:
        with pytest.raises(KeyDestroyed):
            keys.open(key_of("log", at), "payload", [row])


def test_a_push_is_refused_for_now_when_the_keeper_cannot_be_had(
    intake: Intake, keys: Keeper, fact: Callable[..., dict[str, Any]], lines: Callable[..., bytes]
) -> None:
    intake.accept("log", "m", lines(fact("1")))
    keys.close()
    with pytest.raises(Unavailable):
        intake.accept("log", "m", lines(fact("2")))


def test_an_older_home_is_sealed_when_it_is_opened(
    home: Path,
    open_intake: Callable[..., Intake],
    fact: Callable[..., dict[str, Any]],
    lines: Callable[..., bytes],
    clock: FixedClock,
) -> None:
    contents = write_older(home / "intake", lines, fact, now_us(clock))
    assert find_bytes(home / "intake", [NAME]) != []
    for _ in range(2):
        one = open_intake()
        messages = one._journal.get_many(list(contents))
        assert [m.message_id for m in messages] == list(contents)
        for message in messages:
            with one._journal.open(message) as stream:
                assert stream.read() == contents[message.message_id]
        assert one.quarantine_get("q1").raw == NAME.encode()
        assert one.quarantine_get("q2").raw == b""
        one.close()
        assert find_bytes(home, [NAME]) == []
    assert len(list((home / "intake" / "spool").iterdir())) == 1


def test_what_is_past_its_term_in_an_older_home_is_not_sealed_but_gone(
    home: Path,
    open_intake: Callable[..., Intake],
    keys: Keeper,
    fact: Callable[..., dict[str, Any]],
    lines: Callable[..., bytes],
    clock: FixedClock,
) -> None:
    write_older(home / "intake", lines, fact, now_us(clock))
    keys.destroy(INTAKE, source="log", day=day_of(now_us(clock)))
    one = open_intake()
    assert one._journal.backlog() == 0
    assert one.quarantine_get("q1").raw == b""
    one.close()
    assert find_bytes(home, [NAME]) == []


def write_older(
    folder: Path,
    lines: Callable[..., bytes],
    fact: Callable[..., dict[str, Any]],
    at: int,
) -> dict[str, bytes]:
    """Write a journal as the version before wrote it; returns contents by message."""
    (folder / "spool").mkdir(parents=True)
    small = {f"msg-{n}": lines(fact(str(n), text=NAME)) for n in range(5)}
    large = lines(*(fact(f"l-{n}", text=NAME) for n in range(9_000)))
    spooled = f"{'0' * 64}-{'a' * 24}"
    (folder / "spool" / spooled).write_bytes(large)
    with sqlite3.connect(folder / "intake.db") as older:
        older.execute("PRAGMA journal_mode=WAL")
        older.executescript("".join(STEPS[:3]))
        older.execute("PRAGMA user_version = 3")
        insert = (
            "INSERT INTO messages (message_id, source, name, media, received_us, sha256, size,"
            " payload, spool) VALUES (?, 'log', 'm', '', ?, '', ?, ?, ?)"
        )
        for n, (id_, content) in enumerate(small.items()):
            older.execute(insert, (id_, at + n, len(content), content, None))
        older.execute(insert, ("msg-large", at + 9, len(large), None, spooled))
        older.executemany(
            "INSERT INTO quarantine (quarantine_id, source, message_id, file, media, row, code,"
            " params, raw, received_us, created_us, changed_us)"
            " VALUES (?, 'log', 'm', 'f', '', 1, 'bad_row', '{}', ?, ?, ?, ?)",
            [("q1", NAME.encode(), at, at, at), ("q2", b"", at, at, at)],
        )
    older.close()
    return {**small, "msg-large": large}
