"""Where a message is taken: it is answered for once this disk and the stream both hold it.

The disk is flushed first, so that a power cut of the room loses nothing; then JetStream says that a
majority of its servers has it, so that another host can go on without this one's disk. The entry
stays here, owned by the stream, until whoever leads says that it is processed. What the stream has
lost, or never got, is then published again under the same id: it is left out where it is known.
"""

from __future__ import annotations

import asyncio
import json
import threading
import time
from collections.abc import Iterator
from concurrent.futures import Future
from contextlib import suppress
from functools import partial
from pathlib import Path
from typing import Any, TypeVar

import filelock

from vigie.base.errors import Unavailable, VigieError
from vigie.base.logging import get_logger
from vigie.intake.between.link import Link, import_nats
from vigie.intake.between.parcel import PIECE, Parcel, Piece, pieces
from vigie.intake.between.rows import OVER, UNKNOWN, Held, held, settle, waiting
from vigie.intake.database import Database
from vigie.intake.sealing import Unsealed
from vigie.intake.spool import Spool

LOOK_S = 0.5
"""How often who leads is asked what became of what waits here."""
AGAIN_S = 30.0
"""What nobody knows after so long is published again."""
TRY_S = 1.5
MOST_ASKED = 2_000
LOCK = "relaying.lock"
WINDOW_S = 120.0
"""What comes again within it is left out by the stream; later, by who takes it."""
DAY_S = 86_400
T = TypeVar("T")
log = get_logger(__name__)


def stream_of(link: Link) -> str:
    """Return the name of a home's stream."""
    return f"{link.settings.name}-journal"


async def make_stream(link: Link) -> Any:
    """Make the stream, or have it keep what the settings say; return what the server says of it."""
    nats, settings = import_nats(), link.settings
    js, api = link.client.jetstream(), nats.js.api
    told = api.StreamConfig(
        name=stream_of(link),
        subjects=[link.subject("journal")],
        retention=api.RetentionPolicy.LIMITS,
        storage=api.StorageType.FILE,
        discard=api.DiscardPolicy.NEW,  # full: refused, never forgotten
        num_replicas=settings.replicas,
        max_age=link.keep_days * DAY_S,
        duplicate_window=WINDOW_S,
    )
    try:
        return await js.add_stream(told)
    except nats.js.errors.BadRequestError:  # it is there, and other
        return await js.update_stream(told)


async def publish(link: Link, found: Iterator[Piece]) -> None:
    """Publish an entry's pieces; all are on a majority of the stream's servers when it returns.

    Raises:
        Unavailable: When that is not certain within the time: it may be there all the same.
    """
    nats, errors = import_nats(), import_nats().errors
    due = time.monotonic() + link.settings.ack_s
    for piece in found:
        reason = "no acknowledgement"
        while True:
            left = due - time.monotonic()
            if left <= 0:
                raise Unavailable(what="nats", reason=reason)
            try:
                await link.client.jetstream().publish(
                    link.subject("journal"),
                    piece.content,
                    timeout=min(left, TRY_S),
                    stream=stream_of(link),
                    headers=piece.headers(),
                )
                break
            except (errors.Error, OSError, TimeoutError) as error:
                reason = str(error) or type(error).__name__
                if isinstance(error, nats.js.errors.NoStreamResponseError):
                    with suppress(errors.Error, OSError, TimeoutError):
                        await make_stream(link)
                await asyncio.sleep(min(0.05, left))
        due = max(due, time.monotonic() + TRY_S)  # a large one takes its time, while it goes on


class Relay:
    """Passes on what a process takes; one process of a home sees to what waits.

    Args:
        link: The connection.
        database: The journal's.
        spool: Where large contents lie.
    """

    def __init__(self, link: Link, database: Database, spool: Spool) -> None:
        self._link = link
        self._database = database
        self._spool = spool
        self._lock = filelock.FileLock(database.path.parent / LOCK)
        self._after = 0
        self._tried_s: dict[str, float] = {}
        self._ended = threading.Event()
        self._thread = threading.Thread(target=self._see_to, name="relay", daemon=True)
        self._thread.start()

    def require(self) -> None:
        """Look whether anything can be taken now, before it is.

        Raises:
            Unavailable: When no server is connected.
        """
        self._link.client  # noqa: B018 - raises

    def pass_on(self, written: Future[T], parcel: Parcel, unsealed: Unsealed | None) -> Future[T]:
        """Return what is done once an entry is on disk and in the stream.

        Args:
            written: Done when it is on disk; False: it was not wanted.
            parcel: The entry.
            unsealed: Its content, sealed by then; None when it lies in the spool.
        """
        passed: Future[T] = Future()
        passed.set_running_or_notify_cancel()

        def on_disk(done: Future[T]) -> None:
            problem = done.exception()
            if problem is not None:
                passed.set_exception(problem)
            elif done.result() is False:
                passed.set_result(done.result())
            else:
                payload = None if unsealed is None else unsealed.sealed
                try:
                    sent = self._link.do(publish(self._link, self._pieces(Held(parcel, payload))))
                except Unavailable as error:
                    passed.set_exception(error)
                else:
                    sent.add_done_callback(partial(_answer, passed, done.result()))

        written.add_done_callback(on_disk)
        return passed

    def _pieces(self, one: Held) -> Iterator[Piece]:
        if not one.parcel.spool:
            yield from pieces(one.parcel, one.payload or b"")
            return
        path = self._spool.path(one.parcel.spool)
        yield from file_pieces(one.parcel, path)

    # --- What waits ----------------------------------------------------------------------------

    def _see_to(self) -> None:
        while not self._ended.wait(LOOK_S):
            try:
                if self._lock.is_locked or self._take_lock():
                    self.look()
            except VigieError as error:
                log.warning("what waits is not looked at", reason=error.code)
            except Exception:
                log.exception("what waits is not looked at")
        self._lock.release()

    def _take_lock(self) -> bool:
        try:
            self._lock.acquire(timeout=0)
        except filelock.Timeout:
            return False
        return True

    def look(self) -> int:
        """Ask who leads what became of what waits here; returns how many are settled.

        What is not known there and was tried some time ago is published again.
        """
        if not self._link.up:
            self._tried_s.clear()
            return 0
        began, found = self._after, waiting(self._database, self._after, MOST_ASKED)
        self._after = found[-1][0] if len(found) == MOST_ASKED else 0
        if not found:
            if not began:
                self._tried_s.clear()
            return 0
        ids = [one for _, one in found]
        told = self._ask(ids)
        for name in settle(self._database, told):
            self._spool.drop(name)
        for one in ids:
            self._again(one, told.get(one))
        return sum(state in OVER for state in told.values())

    def _again(self, message_id: str, state: str | None) -> None:
        """Publish an entry again when nobody has known it for some time."""
        now = time.monotonic()
        if state != UNKNOWN:
            self._tried_s.pop(message_id, None)
        elif now - self._tried_s.setdefault(message_id, now) >= AGAIN_S:
            one = held(self._database, message_id)
            if one is not None:
                self._link.do(publish(self._link, self._pieces(one))).result()
                log.info("published again", message=message_id)
            self._tried_s[message_id] = now

    def _ask(self, ids: list[str]) -> dict[str, str]:
        """Return what who leads says of entries; nothing when nobody answers."""
        errors = import_nats().errors

        async def ask() -> Any:
            subject, body = self._link.subject("settled"), json.dumps(ids).encode()
            return await self._link.client.request(subject, body, timeout=TRY_S)

        try:
            answer = self._link.do(ask()).result()
        except (errors.Error, OSError, TimeoutError):
            return {}
        found = json.loads(answer.data)
        return {one: found[one] for one in ids if one in found}

    def close(self) -> None:
        """Stop looking."""
        self._ended.set()
        self._thread.join()


def _answer(passed: Future[T], value: T, sent: Future[None]) -> None:
    if sent.cancelled():
        passed.set_exception(Unavailable(what="nats", reason="stopping"))
        return
    problem = sent.exception()
    if problem is None:
        passed.set_result(value)
    else:
        log.warning("not acknowledged by the stream", reason=str(problem))
        passed.set_exception(problem)


def file_pieces(parcel: Parcel, path: Path) -> Iterator[Piece]:
    """Yield the pieces of a file of the spool; one that is gone has been settled meanwhile.

    Raises:
        Unavailable: When it is not there.
    """
    try:
        whole = path.stat().st_size
        with path.open("rb") as file:
            offset = 0
            while content := file.read(PIECE):
                yield Piece(parcel, offset, whole, content)
                offset += len(content)
    except OSError as error:
        raise Unavailable(what="spool", reason=str(error)) from error
