"""Where messages are processed: whoever leads takes them from the stream into its own journal.

A message is acknowledged to the stream when it is processed, not when it is taken: what a leader
had under way when it died is given at once to the next one, which begins where the last one's
acknowledgements end. What was committed before is left out by the lake, as after any kill.
"""

from __future__ import annotations

import asyncio
import json
import os
import threading
from collections import OrderedDict
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Self

from vigie.base.errors import VigieError
from vigie.base.ids import new_id
from vigie.base.logging import get_logger
from vigie.intake.between.link import Link, import_nats
from vigie.intake.between.parcel import Piece, read_piece
from vigie.intake.between.relay import make_stream, stream_of
from vigie.intake.between.rows import OVER, SHREDDED, WAITING, states, taking
from vigie.intake.database import Database
from vigie.intake.spool import PARTIAL, Spool, sync_folder

FETCH = 100
"""Pieces of large contents among them: more would be more than the client holds back."""
FETCH_S = 2.0
SETTLE_S = 0.1
SETTLE_AT_ONCE = 1_000
ACK_WAIT_S = 300.0
"""What is not processed by then is told again; it is known by its id."""
LEADS = "lead"
AGAIN_S = 0.5
log = get_logger(__name__)


@dataclass(slots=True)
class _Taken:
    """An entry that is not acknowledged to the stream yet.

    Attributes:
        replies: Where each of its pieces is acknowledged.
        numbers: Their places in the stream.
        offsets: The pieces that are here.
    """

    replies: list[str] = field(default_factory=list)
    numbers: set[int] = field(default_factory=set)
    offsets: set[int] = field(default_factory=set)


class Taker:
    """Takes what is in the stream while it is entered.

    Args:
        link: The connection.
        database: The journal's.
        spool: Where large contents lie.
        wake: Told when something was taken.
        most: Most entries taken and not processed.
    """

    def __init__(
        self,
        link: Link,
        database: Database,
        spool: Spool,
        wake: Callable[[], None],
        *,
        most: int,
    ) -> None:
        self._link = link
        self._database = database
        self._spool = spool
        self._wake = wake
        self._most = most
        self._nats = import_nats()
        self._taken: OrderedDict[str, _Taken] = OrderedDict()
        self._ended = threading.Event()
        self._running: Any = None

    def __enter__(self) -> Self:
        """Begin; does not wait for the servers."""
        self._link.hear(self._link.subject("settled"), self._say)
        self._running = self._link.do(self._run())
        return self

    def __exit__(self, *_: object) -> None:
        """Stop taking; what is under way is given to the next who leads."""
        self._ended.set()
        self._running.cancel()

    @property
    def open(self) -> int:
        """How many entries are taken and not acknowledged."""
        return len(self._taken)

    async def _run(self) -> None:
        while not self._ended.is_set():
            try:
                await self._take_over()
            except (self._nats.errors.Error, OSError, TimeoutError, VigieError) as error:
                log.warning(
                    "the stream is not to be had", reason=str(error) or type(error).__name__
                )
            except Exception:
                log.exception("the stream is not taken from")
            await asyncio.sleep(AGAIN_S)

    # --- Stream and consumer -------------------------------------------------------------------

    async def _take_over(self) -> None:
        """Take from where the last leader's acknowledgements end, until something fails."""
        await make_stream(self._link)
        js, api = self._link.client.jetstream(), self._nats.js.api
        stream = await js.stream_info(stream_of(self._link))
        before = await js.consumers_info(stream.config.name)
        floors = [one.ack_floor.stream_seq for one in before if one.name.startswith(LEADS)]
        # After a power cut a stream may have lost its end, and be behind what was acknowledged.
        start = min(max(floors, default=0), stream.state.last_seq) + 1
        name = new_id(LEADS)
        await js.add_consumer(
            stream.config.name,
            api.ConsumerConfig(
                durable_name=name,
                deliver_policy=api.DeliverPolicy.BY_START_SEQUENCE,
                opt_start_seq=start,
                ack_policy=api.AckPolicy.EXPLICIT,
                ack_wait=ACK_WAIT_S,
                max_ack_pending=self._most,
                num_replicas=self._link.settings.replicas,
            ),
        )
        for one in before:
            if one.name.startswith(LEADS):
                await js.delete_consumer(stream.config.name, one.name)
        log.info("takes from the stream", start=start)
        self._taken.clear()
        held = await js.pull_subscribe_bind(durable=name, stream=stream.config.name)
        settling = asyncio.create_task(self._settle_for_ever())
        try:
            while not settling.done():
                try:
                    found = await held.fetch(FETCH, timeout=FETCH_S)
                except TimeoutError:
                    await self._still_leads(js, stream.config.name, name)
                    continue
                await self._take(found)
            settling.result()
        finally:
            settling.cancel()
            with suppress(self._nats.errors.Error):
                await held.unsubscribe()

    async def _still_leads(self, js: Any, stream: str, name: str) -> None:
        """Look whether the consumer is still there: another who leads has deleted it."""
        await js.consumer_info(stream, name)

    # --- Taking --------------------------------------------------------------------------------

    async def _take(self, found: list[Any]) -> None:
        written = []
        for message in found:
            try:
                piece = read_piece(message.headers, message.data)
            except ValueError:
                log.exception("a message of the stream is not understood", subject=message.subject)
                await message.term()
                continue
            entry = self._note(piece, message)
            if not piece.parcel.spool:
                written.append(self._insert(piece, piece.content))
            elif await asyncio.to_thread(self._put, piece, entry):
                written.append(self._insert(piece, None))
        await asyncio.gather(*written)
        self._wake()

    def _note(self, piece: Piece, message: Any) -> _Taken:
        entry = self._taken.setdefault(piece.parcel.message_id, _Taken())
        entry.replies.append(message.reply)
        entry.numbers.add(message.metadata.sequence.stream)
        return entry

    def _insert(self, piece: Piece, payload: bytes | None) -> asyncio.Future[int]:
        return self._database.submit_from_loop(taking(piece.parcel, payload))

    def _put(self, piece: Piece, entry: _Taken) -> bool:
        """Write a piece to the spool; say whether the content is whole and on disk now."""
        path = self._spool.path(piece.parcel.spool)
        known = states(self._database, [piece.parcel.message_id])
        if path.exists() or known[piece.parcel.message_id] in OVER:
            return True
        partial = Path(f"{self._spool.folder / PARTIAL}{piece.parcel.message_id}")
        handle = os.open(partial, os.O_CREAT | os.O_RDWR, 0o600)
        try:
            os.pwrite(handle, piece.content, piece.offset)
            entry.offsets |= set(range(piece.offset, piece.offset + len(piece.content), 1 << 12))
            if len(entry.offsets) < -(-piece.whole // (1 << 12)):
                return False
            os.fsync(handle)
        finally:
            os.close(handle)
        partial.replace(path)
        sync_folder(self._spool.folder)
        return True

    # --- Settling ------------------------------------------------------------------------------

    async def _settle_for_ever(self) -> None:
        while True:
            await asyncio.sleep(SETTLE_S)
            while await self._settle() >= SETTLE_AT_ONCE:
                pass

    async def _settle(self) -> int:
        """Acknowledge to the stream what is processed; returns how many entries."""
        some = list(self._taken)[:SETTLE_AT_ONCE]
        if not some:
            return 0
        told = await asyncio.to_thread(states, self._database, some)
        settled = 0
        for one, state in told.items():
            if state not in OVER:
                self._taken.move_to_end(one)
                continue
            entry = self._taken.pop(one)
            if state == SHREDDED:
                await self._shred(entry)
            for reply in entry.replies:
                await self._link.client.publish(reply, b"+ACK")
            settled += 1
        return settled

    async def _shred(self, entry: _Taken) -> None:
        """Have the servers write over what may not be kept."""
        js = self._link.client.jetstream()
        for number in sorted(entry.numbers):
            with suppress(self._nats.js.errors.NotFoundError, self._nats.js.errors.BadRequestError):
                await js.delete_msg(stream_of(self._link), number)

    async def _say(self, message: Any) -> None:
        """Say how entries stand that another host holds."""
        if self._ended.is_set():
            return
        ids = [str(one) for one in json.loads(message.data)]
        told = await asyncio.to_thread(states, self._database, ids)
        told |= {one: WAITING for one in ids if one in self._taken and told[one] not in OVER}
        await message.respond(json.dumps(told).encode())
