"""What was acknowledged is on disk and is processed by one owner at a time."""

from __future__ import annotations

import asyncio
import errno
import io
import os
import signal
import subprocess
import sys
import textwrap
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from vigie.base.clock import FixedClock, to_us
from vigie.base.errors import NotFound, TooLarge, TooManyRequests, Unavailable
from vigie.base.settings import IntakeSettings
from vigie.intake.database import Database
from vigie.intake.journal import DONE, INLINE_BYTES, SUSPECT, Journal
from vigie.intake.retention import TOO_MUCH, TOO_OLD
from vigie.intake.sealing import key_of
from vigie.intake.service import Intake
from vigie.intake.spool import Spool
from vigie.keys.keeper import Keeper
from vigie.lake.store import Lake

Make = Callable[..., Journal]


@pytest.fixture
def make(tmp_path: Path, clock: FixedClock, keys: Keeper) -> Iterator[Make]:
    opened: list[Journal] = []

    def open_one(**settings: Any) -> Journal:
        database = Database(tmp_path / "intake.db", create=True)
        one = Journal(
            tmp_path, database, settings=IntakeSettings(**settings), clock=clock, keys=keys
        )
        opened.append(one)
        return one

    yield open_one
    for one in opened:
        one.close()
        one.database.close()


@pytest.fixture
def journal(make: Make) -> Journal:
    return make()


def put(journal: Journal, source: str = "a", content: bytes = b"x") -> str:
    return journal.submit(source, "m", content).result()


def end(journal: Journal, messages: list[Any], state: str = DONE) -> None:
    journal.database.write(lambda c: journal.finish_within(c, messages, state, "batch-1"))


def test_messages_come_back_in_order_with_their_content(journal: Journal) -> None:
    ids = [put(journal, content=str(i).encode()) for i in range(5)]
    messages = journal.claim("a", limit=10, limit_bytes=100)
    assert [m.message_id for m in messages] == ids
    assert [journal.open(m).read() for m in messages] == [b"0", b"1", b"2", b"3", b"4"]
    assert len({m.received_us for m in messages}) == 5
    assert journal.claim("a", limit=10, limit_bytes=100) == []
    end(journal, messages)
    assert journal.backlog() == 0
    assert journal.waiting_sources() == []


def test_a_claim_is_bounded_by_number_and_by_bytes_but_never_empty(journal: Journal) -> None:
    for _ in range(6):
        put(journal, content=b"x" * 100)
    assert len(journal.claim("a", limit=2, limit_bytes=10_000)) == 2
    assert len(journal.claim("a", limit=10, limit_bytes=250)) == 2
    assert len(journal.claim("a", limit=10, limit_bytes=10)) == 1


def test_large_payloads_lie_in_the_spool(journal: Journal) -> None:
    content = os.urandom(INLINE_BYTES + 1)
    put(journal, content=content)
    (message,) = journal.claim("a", limit=1, limit_bytes=10**9)
    assert message.spool is not None
    assert message.spool.startswith(message.sha256)
    with journal.open(message) as stream:
        assert stream.read() == content


def test_released_messages_wait_again_and_it_was_no_attempt(journal: Journal) -> None:
    put(journal)
    for _ in range(10):
        messages = journal.claim("a", limit=1, limit_bytes=10)
        assert messages[0].attempts == 0
        journal.release(messages)


def test_a_suspect_message_is_claimed_alone(journal: Journal, make: Make) -> None:
    for i in range(4):
        put(journal, content=str(i).encode())
    journal.database.write(
        lambda c: c.execute("UPDATE messages SET attempts = ? WHERE seq = 2", (SUSPECT,)).rowcount
    )
    taken = [journal.claim("a", limit=10, limit_bytes=10**6) for _ in range(4)]
    assert [[m.seq for m in some] for some in taken] == [[1], [2], [3, 4], []]


def test_what_a_killed_process_owned_is_free_again(tmp_path: Path, make: Make) -> None:
    script = textwrap.dedent("""
        import sys, time
        from pathlib import Path
        from vigie.base.clock import SystemClock
        from vigie.base.settings import IntakeSettings
        from vigie.intake.database import Database
        from vigie.intake.journal import Journal
        from vigie.keys.keeper import Keeper
        folder = Path(sys.argv[1])
        database = Database(folder / "intake.db", create=True)
        keys = Keeper(folder / "keys", SystemClock())
        journal = Journal(
            folder, database, settings=IntakeSettings(), clock=SystemClock(), keys=keys
        )
        for i in range(3):
            journal.submit("a", "m", b"x").result()
        journal.claim("a", limit=2, limit_bytes=100)
        print("claimed", flush=True)
        time.sleep(60)
    """)
    with subprocess.Popen(
        [sys.executable, "-c", script, str(tmp_path)], stdout=subprocess.PIPE, text=True
    ) as child:
        assert child.stdout is not None
        assert child.stdout.readline() == "claimed\n"
        journal = make()
        assert len(journal.claim("a", limit=10, limit_bytes=100)) == 1  # two are owned, alive
        assert journal.recover() == 0
        child.send_signal(signal.SIGKILL)
        child.wait(60)
    assert journal.recover() == 2
    messages = journal.claim("a", limit=10, limit_bytes=100)
    assert [m.attempts for m in messages] == [1, 1]


def test_a_full_backlog_refuses_and_recovers(make: Make) -> None:
    journal = make(max_backlog=3)
    for _ in range(3):
        put(journal)
    with pytest.raises(TooManyRequests) as refused:
        put(journal)
    assert refused.value.params["retry_s"] > 0
    messages = journal.claim("a", limit=2, limit_bytes=100)
    end(journal, messages)
    journal.forget_backlog(2)
    put(journal)
    assert journal.backlog() == 2


def test_a_disk_nearly_full_refuses(make: Make) -> None:
    journal = make(min_free_bytes=2**60)
    with pytest.raises(Unavailable) as refused:
        put(journal)
    assert refused.value.params["what"] == "disk"
    assert journal.backlog() == 0


def test_a_payload_above_the_limit_is_refused(make: Make) -> None:
    journal = make(max_file_bytes=INLINE_BYTES * 2)
    put(journal, content=b"x" * INLINE_BYTES * 2)
    with pytest.raises(TooLarge):
        put(journal, content=b"x" * (INLINE_BYTES * 2 + 1))


@pytest.mark.parametrize("failing", ["fsync", "write"])
@pytest.mark.parametrize("number", range(1, 5))
@pytest.mark.parametrize("error", [errno.EIO, errno.ENOSPC])
def test_the_nth_failing_call_never_acknowledges(
    journal: Journal, monkeypatch: pytest.MonkeyPatch, failing: str, number: int, error: int
) -> None:
    """SQLite's own tests' idea: fail the n-th operation, for every n (reliability.md, 1)."""
    real: Callable[..., Any] = getattr(os, failing)
    calls = 0

    def broken(*args: Any) -> Any:
        nonlocal calls
        calls += 1
        if calls == number:
            raise OSError(error, os.strerror(error))
        return real(*args)

    content = os.urandom(3 * 2**20)  # three blocks: several writes, two flushes
    with monkeypatch.context() as patch:
        patch.setattr(os, failing, broken)
        try:
            stream = io.BytesIO(content)
            acknowledged = bool(journal.submit_stream("a", "m", stream).result())
        except Unavailable:
            acknowledged = False
    assert acknowledged == (calls < number)
    kept = journal.claim("a", limit=5, limit_bytes=10**9)
    assert len(kept) == int(acknowledged)
    for message in kept:
        with journal.open(message) as opened:
            assert opened.read() == content
    put(journal, content=content)  # and it goes on
    assert not [p for p in journal.spool.folder.iterdir() if p.name.startswith("partial")]


def test_processed_payloads_are_dropped_by_age(journal: Journal, clock: FixedClock) -> None:
    put(journal)
    put(journal, content=os.urandom(INLINE_BYTES * 2))
    end(journal, journal.claim("a", limit=5, limit_bytes=10**9))
    put(journal)
    clock.advance(timedelta(days=8))
    assert journal.prune(before_us=to_us(clock.now()) - 7 * 86_400_000_000) == 2
    assert journal.backlog() == 1  # what waits is never dropped
    for path in journal.spool.folder.iterdir():
        long_ago = clock.now().timestamp() - 7200
        os.utime(path, (long_ago, long_ago))
    journal.prune(before_us=0)
    assert list(journal.spool.folder.iterdir()) == []


def test_processed_payloads_are_dropped_by_size_oldest_first(make: Make) -> None:
    journal = make(max_journal_bytes=250)
    ids = [put(journal, content=b"x" * 100) for _ in range(4)]
    end(journal, journal.claim("a", limit=5, limit_bytes=10**9))
    assert journal.prune(before_us=0) == 2
    assert [m.message_id for m in journal.get_many(ids)] == ids[2:]
    with pytest.raises(NotFound):
        journal.get(ids[0])


@pytest.mark.parametrize("query", [TOO_OLD, TOO_MUCH])
def test_what_is_pruned_is_found_by_one_pass_over_the_journal(journal: Journal, query: str) -> None:
    """A question asked again for each message took minutes after ten seconds of pushes."""
    plan = journal.database.rows(f"EXPLAIN QUERY PLAN {query}", 1, 10)

    assert plan
    assert not [row["detail"] for row in plan if "CORRELATED" in row["detail"]]


def test_the_spool_opens_only_names_of_its_own(tmp_path: Path, keys: Keeper) -> None:
    spool, key = Spool(tmp_path / "spool", keys), key_of("a", 0)
    for name in ("../secret", "a" * 64, "", "/etc/passwd"):
        with pytest.raises(ValueError, match="spool name"):
            spool.open(name, key, 1)
    kept = spool.put(b"x", key)
    spool.drop(kept.name)
    with pytest.raises(Unavailable):
        spool.open(kept.name, key, 1)


def test_many_senders_share_flushes_and_nothing_is_lost(
    intake: Intake, lake: Lake, fact: Callable[..., dict[str, Any]], lines: Callable[..., bytes]
) -> None:
    async def send_all() -> list[str]:
        one_by_one = [
            intake.accept_async("log", "m", lines(fact(f"async-{i}"))) for i in range(200)
        ]
        large = intake.accept_async("log", "m", lines(*(fact(f"l-{i}") for i in range(500))))
        return await asyncio.gather(*one_by_one, large)

    with ThreadPoolExecutor(8) as pool:
        threads = [
            pool.submit(intake.accept, "log", "m", lines(fact(f"thread-{i}"))) for i in range(200)
        ]
        ids = asyncio.run(send_all()) + [future.result() for future in threads]
    assert len(set(ids)) == 401
    assert intake.drain() == 401
    assert lake.count("facts") == 900
