"""One flush for many, and no answer without one."""

from __future__ import annotations

import os
import sqlite3
import subprocess
import sys
import textwrap
import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from vigie.base.errors import StoreBroken, Unavailable
from vigie.intake.database import Database

ADD = "INSERT INTO events (type, at_us, data) VALUES (?, 0, '{}')"


@pytest.fixture
def database(tmp_path: Path):
    one = Database(tmp_path / "intake.db", create=True)
    yield one
    one.close()


def add(database: Database, name: str) -> None:
    database.write(lambda c: c.execute(ADD, (name,)).rowcount)


def names(database: Database) -> list[str]:
    return [row["type"] for row in database.rows("SELECT type FROM events ORDER BY id")]


def test_callers_share_transactions(database: Database) -> None:
    busy = threading.Event()
    first = database.submit(lambda _: busy.wait(10))
    rest = [database.submit(lambda c, i=i: c.execute(ADD, (str(i),)).rowcount) for i in range(200)]
    version = database.row("PRAGMA data_version")
    busy.set()
    assert first.result()
    assert [future.result() for future in rest] == [1] * 200
    after = database.row("PRAGMA data_version")
    assert version is not None
    assert after is not None
    # The one that was running, and one for the two hundred that waited.
    assert after[0] - version[0] <= 2
    assert sorted(names(database)) == sorted(map(str, range(200)))


def test_a_failing_job_is_rolled_back_alone(database: Database) -> None:
    busy = threading.Event()
    database.submit(lambda _: busy.wait(10))

    def fail(connection: sqlite3.Connection) -> None:
        connection.execute(ADD, ("half",))
        raise KeyError("bug")

    before = database.submit(lambda c: c.execute(ADD, ("before",)).rowcount)
    failing = database.submit(fail)
    after = database.submit(lambda c: c.execute(ADD, ("after",)).rowcount)
    busy.set()
    assert (before.result(), after.result()) == (1, 1)
    with pytest.raises(KeyError):
        failing.result()
    assert names(database) == ["before", "after"]


def test_many_threads(database: Database) -> None:
    with ThreadPoolExecutor(16) as pool:
        list(pool.map(lambda i: add(database, str(i)), range(400)))
    assert sorted(names(database)) == sorted(map(str, range(400)))


@pytest.mark.skipif(sys.platform != "linux", reason="reads /proc")
def test_a_thread_that_has_ended_holds_no_file(database: Database) -> None:
    """A server begins threads for its answers and lets them go, all day long."""

    def files() -> int:
        held = [os.path.realpath(one) for one in Path("/proc/self/fd").iterdir()]
        return sum(one.startswith(str(database.path.resolve())) for one in held)

    names(database)
    before = files()
    for _ in range(20):
        thread = threading.Thread(target=names, args=(database,))
        thread.start()
        thread.join()
    assert files() - before <= before
    assert names(database) == []


def test_a_full_disk_is_told_and_leaves_nothing_half(database: Database) -> None:
    add(database, "before")
    pages = database.row("PRAGMA page_count")
    assert pages is not None
    database.write(lambda c: c.execute(f"PRAGMA max_page_count = {pages[0] + 3}").fetchone())
    big = "x" * 1_000_000
    with pytest.raises(Unavailable):
        add(database, big)
    assert names(database) == ["before"]
    add(database, "after")  # the writer opened a new connection, without the test's limit
    assert names(database) == ["before", "after"]


@pytest.mark.parametrize("limit_kib", [96, 160, 400])
def test_no_acknowledgement_without_disk(tmp_path: Path, limit_kib: int) -> None:
    """The operating system refuses to let a file grow: SQLite sees real write errors."""
    script = textwrap.dedent(f"""
        import resource, signal, sys
        from pathlib import Path
        from vigie.base.errors import Unavailable
        from vigie.intake.database import Database
        database = Database(Path(sys.argv[1]), create=True)
        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
        hard = resource.getrlimit(resource.RLIMIT_FSIZE)[1]
        resource.setrlimit(resource.RLIMIT_FSIZE, ({limit_kib} * 1024, hard))
        refused = 0
        for i in range(200):
            text = f"{{i}}-" + "x" * 2000
            try:
                database.write(lambda c: c.execute({ADD!r}, (text,)).rowcount)
            except Unavailable:
                refused += 1
                if refused == 3:
                    resource.setrlimit(resource.RLIMIT_FSIZE, (hard, hard))
            else:
                print("kept", i, flush=True)
        print("refused", refused)
        database.close()
    """)
    done = subprocess.run(
        [sys.executable, "-c", script, str(tmp_path / "intake.db")],
        capture_output=True, text=True, check=True, timeout=120,
    )  # fmt: skip
    told = [line.split() for line in done.stdout.splitlines()]
    acknowledged = [line[1] for line in told if line[0] == "kept"]
    refused = [int(line[1]) for line in told if line[0] == "refused"]
    assert refused[0] >= 3
    assert len(acknowledged) == 200 - refused[0]
    again = Database(tmp_path / "intake.db")
    kept = [name.partition("-")[0] for name in names(again)]
    again.close()
    assert kept == acknowledged


def test_a_closed_database_says_so(tmp_path: Path) -> None:
    database = Database(tmp_path / "intake.db", create=True)
    add(database, "kept")
    database.close()
    database.close()
    with pytest.raises(Unavailable):
        add(database, "lost")
    with pytest.raises(Unavailable):
        database.rows("SELECT 1")


def test_closing_finishes_what_was_queued(tmp_path: Path) -> None:
    database = Database(tmp_path / "intake.db", create=True)
    futures = [database.submit(lambda c: c.execute(ADD, ("x",)).rowcount) for _ in range(50)]
    database.close()
    assert [future.result(timeout=0) for future in futures] == [1] * 50


def test_what_is_not_ours_is_not_opened(tmp_path: Path) -> None:
    with pytest.raises(StoreBroken):
        Database(tmp_path / "intake.db")
    (tmp_path / "garbage.db").write_bytes(b"x" * 5000)
    with pytest.raises(StoreBroken):
        Database(tmp_path / "garbage.db")
    newer = sqlite3.connect(tmp_path / "newer.db")
    newer.execute("PRAGMA user_version = 99")
    newer.close()
    with pytest.raises(StoreBroken):
        Database(tmp_path / "newer.db")
