"""The journal's database: one writer thread that shares each disk flush among many callers.

SQLite in WAL mode with ``synchronous=FULL`` flushes the log at every commit. A flush takes about a
millisecond or more, so callers never commit by themselves: they hand a job to the one writer, which
runs all the jobs that wait in one transaction and answers each caller once the flush is done. An
answer therefore always means "on disk". A job that fails is rolled back alone; a commit that fails
fails every job of its transaction.
"""

from __future__ import annotations

import asyncio
import contextlib
import functools
import queue
import sqlite3
import threading
import weakref
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

from vigie.base.errors import StoreBroken, Unavailable
from vigie.base.logging import get_logger
from vigie.intake.schema import SCHEMA_VERSION, STEPS
from vigie.intake.sealing import Unsealed

FILE = "intake.db"
GROUP = 4_096
BUSY_S = 60.0
EMPTYING_MS = 2_000

T = TypeVar("T")
log = get_logger(__name__)


Run = Callable[[sqlite3.Connection], Any]
Answer = Callable[[Any, BaseException | None], None]


@dataclass(frozen=True, slots=True)
class _Job:
    """What to seal before, to run in the writer's transaction, and whom to tell what came of it."""

    run: Run
    answer: Answer
    unsealed: Unsealed | None = None


class _LoopAnswers:
    """Answers for futures of one event loop: one wake-up of the loop for all of a flush."""

    def __init__(self, loop: asyncio.AbstractEventLoop) -> None:
        self._loop = loop
        self._guard = threading.Lock()
        self._ready: list[tuple[asyncio.Future[Any], Any, BaseException | None]] = []

    def give(self, future: asyncio.Future[Any], value: Any, problem: BaseException | None) -> None:
        """Note an answer (writer thread)."""
        with self._guard:
            self._ready.append((future, value, problem))
            asleep = len(self._ready) == 1
        if asleep:
            with contextlib.suppress(RuntimeError):  # the loop has ended: nobody waits
                self._loop.call_soon_threadsafe(self._deliver)

    def _deliver(self) -> None:
        with self._guard:
            ready, self._ready = self._ready, []
        for future, value, problem in ready:
            if future.cancelled():
                continue
            if problem is None:
                future.set_result(value)
            else:
                future.set_exception(problem)


def _connect(path: Path) -> sqlite3.Connection:
    connection = sqlite3.connect(
        path, timeout=BUSY_S, isolation_level=None, check_same_thread=False
    )
    connection.row_factory = sqlite3.Row
    try:
        connection.execute("PRAGMA journal_mode = WAL")
        connection.execute("PRAGMA synchronous = FULL")
        connection.execute("PRAGMA secure_delete = ON")
        connection.execute("PRAGMA wal_autocheckpoint = 2000")
    except sqlite3.Error:
        connection.close()
        raise
    return connection


def _prepare(path: Path, *, create: bool) -> None:
    """Make the database, or check that it is one of ours."""
    if not create and not path.is_file():
        raise StoreBroken(reason=f"{FILE} is missing")
    try:
        with contextlib.closing(_connect(path)) as connection:
            _make_tables(connection)
    except sqlite3.DatabaseError as error:
        raise StoreBroken(reason=f"{FILE}: {error}") from error


def _make_tables(connection: sqlite3.Connection) -> None:
    connection.execute("BEGIN IMMEDIATE")
    version = connection.execute("PRAGMA user_version").fetchone()[0]
    if version < SCHEMA_VERSION:
        for statement in "".join(STEPS[version:]).split(";\n"):
            if statement.strip():
                connection.execute(statement)
        connection.execute(f"PRAGMA user_version = {SCHEMA_VERSION}")
    connection.execute("COMMIT")
    if version > SCHEMA_VERSION:
        raise StoreBroken(reason=f"{FILE} was written by a newer version ({version})")


class Database:
    """``intake.db``: many readers, one writer thread, one flush shared by all who wait.

    Attributes:
        seal: Seals the contents that wait for one flush, together.
    """

    def __init__(self, path: Path, *, create: bool = False) -> None:
        """Open the database and start its writer.

        Raises:
            StoreBroken: When the file is missing, damaged or of a newer version.
        """
        self.path = path
        self.seal: Callable[[Sequence[Unsealed]], None] | None = None
        _prepare(path, create=create)
        self._jobs: queue.SimpleQueue[_Job | None] = queue.SimpleQueue()
        self._local = threading.local()
        self._loops: weakref.WeakKeyDictionary[asyncio.AbstractEventLoop, _LoopAnswers] = (
            weakref.WeakKeyDictionary()
        )
        self._readers: dict[threading.Thread, sqlite3.Connection] = {}
        self._guard = threading.Lock()
        self._closed = False
        self.log_is_stale = False
        self._thread = threading.Thread(target=self._write_for_ever, name="journal", daemon=True)
        self._thread.start()

    # --- Reading -------------------------------------------------------------------------------

    def reader(self) -> sqlite3.Connection:
        """Return this thread's reading connection.

        Raises:
            Unavailable: When the database is closed.
        """
        connection: sqlite3.Connection | None = getattr(self._local, "connection", None)
        if connection is None:
            with self._guard:
                if self._closed:
                    raise Unavailable(what="journal")
                self._let_go()
                connection = _connect(self.path)
                self._readers[threading.current_thread()] = connection
                connection.execute("PRAGMA query_only = ON")
            self._local.connection = connection
        return connection

    def _let_go(self) -> None:
        """Close the connections of threads that have ended: a server makes such all day long."""
        for thread in [one for one in self._readers if not one.is_alive()]:
            self._readers.pop(thread).close()

    def rows(self, sql: str, *parameters: Any) -> list[sqlite3.Row]:
        """Return all rows of a query.

        Raises:
            Unavailable: When the database cannot be read now.
        """
        try:
            return self.reader().execute(sql, parameters).fetchall()
        except sqlite3.Error as error:
            raise Unavailable(what="journal", reason=str(error)) from error

    def row(self, sql: str, *parameters: Any) -> sqlite3.Row | None:
        """Return the first row of a query, or None."""
        found = self.rows(sql, *parameters)
        return found[0] if found else None

    # --- Writing -------------------------------------------------------------------------------

    def submit(
        self, run: Callable[[sqlite3.Connection], T], unsealed: Unsealed | None = None
    ) -> Future[T]:
        """Queue a job for the writer; the future is done once the job's effects are on disk.

        Args:
            run: Does nothing beside what it writes.
            unsealed: Sealed before ``run`` is called.

        Raises:
            Unavailable: When the database is closed.
        """
        future: Future[T] = Future()

        def answer(value: T, problem: BaseException | None) -> None:
            if not future.set_running_or_notify_cancel():
                return
            if problem is None:
                future.set_result(value)
            else:
                future.set_exception(problem)

        self._put(_Job(run, answer, unsealed))
        return future

    def submit_from_loop(
        self, run: Callable[[sqlite3.Connection], T], unsealed: Unsealed | None = None
    ) -> asyncio.Future[T]:
        """Queue a job from an event loop; see ``submit``."""
        loop = asyncio.get_running_loop()
        answers = self._loops.get(loop)
        if answers is None:
            answers = self._loops.setdefault(loop, _LoopAnswers(loop))
        future: asyncio.Future[T] = loop.create_future()
        self._put(_Job(run, functools.partial(answers.give, future), unsealed))
        return future

    def _put(self, job: _Job) -> None:
        with self._guard:
            if self._closed:
                raise Unavailable(what="journal")
            self._jobs.put(job)

    def write(self, run: Callable[[sqlite3.Connection], T]) -> T:
        """Run a job in the writer and wait until it is on disk.

        Raises:
            Unavailable: When it could not be written (disk full, I/O error): nothing of it stands.
        """
        return self.submit(run).result()

    def empty_log(self) -> bool:
        """Empty the write-ahead log, so that nothing deleted is left in it; say whether it is.

        Readers may keep a part of it in use: then it is emptied another time.
        """
        try:
            with contextlib.closing(_connect(self.path)) as connection:
                connection.execute(f"PRAGMA busy_timeout = {EMPTYING_MS}")
                row = connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
        except sqlite3.Error as error:
            log.warning("journal log not emptied", reason=str(error))
            self.log_is_stale = True
        else:
            self.log_is_stale = bool(row[0])
        return not self.log_is_stale

    def close(self) -> None:
        """Finish the queued jobs, then close every connection."""
        with self._guard:
            if self._closed:
                return
            self._closed = True
            self._jobs.put(None)
        self._thread.join()
        with self._guard:
            for connection in self._readers.values():
                connection.close()
            self._readers.clear()

    def _groups(self) -> Iterator[list[_Job]]:
        """Yield what waits, in order, until the end mark."""
        ending = False
        while not ending:
            group: list[_Job] = []
            job = self._jobs.get()
            while job is not None:
                group.append(job)
                if len(group) >= GROUP:
                    break
                try:
                    job = self._jobs.get_nowait()
                except queue.Empty:
                    break
            ending = job is None
            if group:
                yield group

    def _write_for_ever(self) -> None:
        connection: sqlite3.Connection | None = None
        for found in self._groups():
            group = self._sealed(found)
            try:
                connection = connection or _connect(self.path)
                done = self._transact(connection, group)
            except (sqlite3.Error, OSError) as error:
                log.warning("journal write failed", reason=str(error), jobs=len(group))
                # After a failed flush the connection may believe in pages that never reached the
                # disk: it is thrown away.
                if connection is not None:
                    with contextlib.suppress(sqlite3.Error):
                        connection.close()
                    connection = None
                for job in group:
                    job.answer(None, Unavailable(what="journal", reason=str(error)))
                continue
            for job, (value, problem) in zip(group, done, strict=True):
                job.answer(value, problem)
        if connection is not None:
            connection.close()

    def _sealed(self, group: list[_Job]) -> list[_Job]:
        """Seal what the jobs bring, together; answer those that cannot be sealed, return the rest.

        What cannot be sealed now is not refused for good: the sender tries again.
        """
        waiting = [job.unsealed for job in group if job.unsealed is not None]
        if not waiting or self.seal is None:
            return group
        self.seal(waiting)
        good = []
        for job in group:
            problem = None if job.unsealed is None else job.unsealed.problem
            if problem is None:
                good.append(job)
            else:
                log.warning("a content was not sealed", reason=problem.code)
                job.answer(None, Unavailable(what="keys", reason=problem.code))
        return good

    def _transact(
        self, connection: sqlite3.Connection, group: list[_Job]
    ) -> list[tuple[Any, BaseException | None]]:
        """Run the jobs in one transaction and flush; return what each gave.

        Most groups hold no job that fails; only when one does are they run again, each within its
        own savepoint. Jobs therefore do nothing beside what they write.
        """
        try:
            with _transaction(connection):
                return [(job.run(connection), None) for job in group]
        except (sqlite3.OperationalError, OSError):  # disk full, I/O error
            raise
        except Exception:  # noqa: BLE001  told to the caller below
            with _transaction(connection):
                return [_run_apart(connection, job) for job in group]


@contextlib.contextmanager
def _transaction(connection: sqlite3.Connection) -> Iterator[None]:
    connection.execute("BEGIN IMMEDIATE")
    try:
        yield
        connection.execute("COMMIT")
    except BaseException:
        with contextlib.suppress(sqlite3.Error):
            connection.execute("ROLLBACK")
        raise


def _run_apart(connection: sqlite3.Connection, job: _Job) -> tuple[Any, BaseException | None]:
    """Run a job; if it fails, undo what it wrote and nothing else."""
    connection.execute("SAVEPOINT job")
    try:
        return job.run(connection), None
    except sqlite3.OperationalError:
        raise
    except Exception as problem:  # noqa: BLE001  handed to the caller who waits
        connection.execute("ROLLBACK TO job")
        return None, problem
    finally:
        with contextlib.suppress(sqlite3.Error):
            connection.execute("RELEASE job")
