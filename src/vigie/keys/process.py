"""The keeper's process: the only one that holds a key; it answers until its parent ends."""

from __future__ import annotations

import contextlib
import ctypes
import resource
import signal
import sqlite3
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from vigie.base.errors import KeyDestroyed, StoreBroken, Unavailable, VigieError
from vigie.keys.keystore import Keystore
from vigie.keys.pipes import Frame, receive, send
from vigie.privacy.envelope import NONCE_BYTES, EnvelopeRefused, KeyName, derive, random_bytes
from vigie.privacy.pseudonyms import EPOCH_DAYS, token

_PR_SET_DUMPABLE = 4

Head = dict[str, Any]
Items = list[bytes]


class Desk:
    """Answers one request after the other."""

    def __init__(self, keystore: Keystore) -> None:
        self._keystore = keystore
        self._answers: dict[str, Callable[[Head, Items], Frame]] = {
            "hello": lambda _head, _items: ({}, []),
            "make": self._make,
            "seal": self._seal,
            "open": self._open,
            "tokens": self._tokens,
            "destroy": self._destroy,
            "look": self._look,
            "status": self._status,
        }

    def answer(self, head: Head, items: Items) -> Frame:
        """Return the answer to a request; a failure is told by its code and facts."""
        try:
            return self._answers[head["ask"]](head, items)
        except (KeyDestroyed, StoreBroken, Unavailable) as error:
            return {"error": error.code, "params": error.params}, []
        except EnvelopeRefused:
            return {"error": StoreBroken.code, "params": {"reason": "sealed content"}}, []
        except sqlite3.Error as error:
            params = {"what": "keystore", "reason": str(error)}
            return {"error": Unavailable.code, "params": params}, []

    def _make(self, head: Head, _items: Items) -> Frame:
        self._keystore.make([KeyName(*name) for name in head["names"]])
        return {}, []

    def _seal(self, head: Head, items: Items) -> Frame:
        key, kind = self._keystore.at_work(_name(head), make=True), head["kind"]
        nonces = random_bytes(NONCE_BYTES * len(items))
        sealed = [
            key.seal(kind, row_id, content, nonces[at : at + NONCE_BYTES])
            for (row_id, content), at in zip(
                _pairs(items), range(0, len(nonces), NONCE_BYTES), strict=False
            )
        ]
        return {}, sealed

    def _open(self, head: Head, items: Items) -> Frame:
        key, kind = self._keystore.at_work(_name(head)), head["kind"]
        return {}, [key.open(kind, row_id, sealed) for row_id, sealed in _pairs(items)]

    def _tokens(self, head: Head, items: Items) -> Frame:
        days = EPOCH_DAYS[head["plane"]]
        secret = derive(self._keystore.key(_name(head), days=days, make=True), "token")
        made = [token(secret, head["of"], item.decode("utf-8", "surrogatepass")) for item in items]
        return {"tokens": made}, []

    def _destroy(self, head: Head, _items: Items) -> Frame:
        names = self._keystore.destroy(
            head["domain"],
            source=head["source"],
            day=head["day"],
            before=head["before"],
            but=head["but"],
            at_us=head["at_us"],
        )
        return {"names": names}, []

    def _look(self, head: Head, _items: Items) -> Frame:
        name = _name(head)
        exists, destroyed = self._keystore.exists(name), self._keystore.destroyed(name)
        return {"exists": exists, "destroyed": destroyed}, []

    def _status(self, _head: Head, _items: Items) -> Frame:
        counts, destroyed = self._keystore.counts(), self._keystore.destroyed_counts()
        return {"domains": counts, "destroyed": destroyed}, []


def _name(head: Head) -> KeyName:
    return KeyName(head["domain"], head["source"], head["day"])


def _pairs(items: Items) -> Iterator[tuple[str, bytes]]:
    """Yield each row's id and content."""
    for at in range(0, len(items), 2):
        yield items[at].decode("utf-8", "surrogatepass"), items[at + 1]


def shut_off() -> None:
    """Let neither a core dump nor another process of this account show this one's memory."""
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    if sys.platform == "linux":
        ctypes.CDLL(None, use_errno=True).prctl(_PR_SET_DUMPABLE, 0, 0, 0, 0)
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the parent decides when this one ends


def main(folder: str, ledger: str = "") -> None:
    """Open the keystore of a folder and answer on standard output until standard input ends."""
    shut_off()
    wanted, answers = sys.stdin.buffer, sys.stdout.buffer
    with contextlib.suppress(EOFError, BrokenPipeError):
        try:
            keystore = Keystore(Path(folder), Path(ledger) if ledger else None)
        except (OSError, VigieError) as error:
            known = error if isinstance(error, VigieError) else None
            params = known.params if known else {"what": "keystore", "reason": str(error)}
            receive(wanted)
            send(answers, {"error": known.code if known else Unavailable.code, "params": params})
            return
        desk = Desk(keystore)
        try:
            while True:
                head, items = desk.answer(*receive(wanted))
                send(answers, head, items)
        finally:
            keystore.close()


if __name__ == "__main__":
    main(*sys.argv[1:])
