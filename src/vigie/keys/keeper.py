"""The keeper, as the application sees it: it seals, opens, makes pseudonyms and destroys.

No key ever comes here. The keys are in another process, which is started when first needed, is
started again when it dies, and ends with this one. Every request may be made again without harm.
"""

from __future__ import annotations

import subprocess
import sys
import threading
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any, Final, Self, cast

from vigie.base.clock import Clock, now_us
from vigie.base.errors import KeyDestroyed, StoreBroken, Unavailable
from vigie.base.logging import get_logger
from vigie.keys.pipes import Frame, receive, send
from vigie.privacy.envelope import KeyName
from vigie.privacy.pseudonyms import DAY_US, Identifier, Plane, epoch_of, normalise

INTAKE: Final = "intake"
NARRATIVES: Final = "narratives"
MISSIONS: Final = "sealed.missions"
OFFENCES: Final = "sealed.offences"
PSEUDONYMS: Final[dict[Plane, str]] = {"live": "pseudonyms.live", "sealed": "pseudonyms.sealed"}
DOMAINS: Final = (INTAKE, NARRATIVES, MISSIONS, OFFENCES, *PSEUDONYMS.values())
"""Key domains: payloads on their way in; live texts; the sealed plane by regime; pseudonyms."""

ASKED_BYTES = 16 << 20
"""Most bytes in one request, unless one content alone is larger."""

_TRIES = 3
_ERRORS = {error.code: error for error in (KeyDestroyed, StoreBroken, Unavailable)}
log = get_logger(__name__)

Item = tuple[str, bytes]
"""A row's id and its content, plain or sealed."""


def day_of(at_us: int) -> int:
    """Return the day of an instant (epoch µs) as days since 1970, UTC."""
    return at_us // DAY_US


@dataclass(frozen=True, slots=True)
class DomainStatus:
    """How many keys a domain has.

    Attributes:
        domain: Its name.
        keys: Keys that exist.
        first_day: Day of the oldest, days since 1970; None when there is none.
        last_day: Last day that one of them is for.
        destroyed: Keys destroyed so far.
    """

    domain: str
    keys: int
    first_day: int | None
    last_day: int | None
    destroyed: int


class Keeper:
    """Seals and opens under one key per domain, source and day, without ever holding one.

    Args:
        folder: Of the keystore.
        clock: Tells when a key was destroyed.
        ledger: Second copy of the ledger of destroyed keys; None for none.
    """

    def __init__(self, folder: Path, clock: Clock, *, ledger: Path | None = None) -> None:
        self.folder = folder
        self.ledger = ledger
        self._clock = clock
        self._turn = threading.Lock()
        self._process: subprocess.Popen[bytes] | None = None
        self._closed = False

    def close(self) -> None:
        """End the keeper's process; nothing can be asked afterwards."""
        with self._turn:
            self._closed = True
            self._end()

    def __enter__(self) -> Self:
        """Return itself."""
        return self

    def __exit__(self, *_: object) -> None:
        """Close."""
        self.close()

    def begin(self) -> None:
        """Start the keeper's process, so that who asks first need not wait for it."""
        with self._turn:
            if not self._closed:
                self._started()

    # --- Sealing and opening -------------------------------------------------------------------

    def seal(self, name: KeyName, kind: str, items: Sequence[Item]) -> list[bytes]:
        """Return contents sealed, in order; the key is made when it is the first use of its name.

        Args:
            name: Domain, source and day of the key.
            kind: What the contents are, such as ``payload``; they open as nothing else.
            items: Row's id and content.

        Raises:
            KeyDestroyed: When the key was destroyed: nothing may be kept for that day any more.
            Unavailable: When the keeper cannot be had.
        """
        return self._each("seal", name, kind, items)

    def make(self, names: Sequence[KeyName]) -> None:
        """Make the keys of many days at once: a long load then waits for one flush, not for each.

        Raises:
            Unavailable: When the keeper cannot be had.
        """
        self._ask({"ask": "make", "names": list(names)})

    def open(self, name: KeyName, kind: str, items: Sequence[Item]) -> list[bytes]:
        """Return sealed contents opened, in order.

        Args:
            name: As they were sealed.
            kind: As they were sealed.
            items: Row's id and what was sealed.

        Raises:
            KeyDestroyed: When the key is gone.
            StoreBroken: When one of them was changed, or belongs elsewhere.
            Unavailable: When the keeper cannot be had.
        """
        return self._each("open", name, kind, items)

    def tokens(
        self, plane: Plane, source: str, at_us: int, identifier: Identifier, texts: Sequence[str]
    ) -> list[str | None]:
        """Return each text's pseudonym in its source and epoch; None where it is no identifier.

        Args:
            plane: ``live`` (a new pseudonym each day) or ``sealed`` (every 30 days).
            source: Feed.
            at_us: Instant that the epoch is of, epoch µs.
            identifier: What the texts are.
            texts: As written.

        Raises:
            KeyDestroyed: When the epoch's key is gone.
            Unavailable: When the keeper cannot be had.
        """
        known = [normalise(identifier, text) for text in texts]
        name = KeyName(PSEUDONYMS[plane], source, epoch_of(plane, at_us))
        head = {"ask": "tokens", "plane": plane, "of": identifier, **name._asdict()}
        items = [one.encode("utf-8", "surrogatepass") for one in known if one is not None]
        made = iter(self._ask(head, items)[0]["tokens"] if items else [])
        return [None if one is None else next(made) for one in known]

    # --- Keys ----------------------------------------------------------------------------------

    def destroy(
        self,
        domain: str,
        *,
        source: str | None = None,
        day: int | None = None,
        before: int | None = None,
        but: Collection[str] = (),
    ) -> list[KeyName]:
        """Destroy keys for good: whatever copy of the data is left, nobody can read it.

        The keeper's process ends with it, and its memory; the next request starts another.

        Args:
            domain: One of ``DOMAINS``.
            source: Only of this feed.
            day: Only of this day (days since 1970); with ``source``, on record even without a key.
            before: Only keys whose last day is before this one.
            but: Not those of these feeds.

        Returns:
            The names of the destroyed keys.

        Raises:
            ValueError: When neither ``day`` nor ``before`` is told.
            Unavailable: When keystore or ledger refuse.
        """
        if day is None and before is None:
            msg = "which days?"
            raise ValueError(msg)
        head = {
            "ask": "destroy",
            "domain": domain,
            "source": source,
            "day": day,
            "before": before,
            "but": list(but),
            "at_us": now_us(self._clock),
        }
        names = [KeyName(*name) for name in self._ask(head)[0]["names"]]
        if names:
            with self._turn:
                self._end()
            log.info("keys destroyed", domain=domain, n=len(names))
        return names

    def exists(self, name: KeyName) -> bool:
        """Return whether there is such a key; raises ``Unavailable``."""
        return bool(self._ask({"ask": "look", **name._asdict()})[0]["exists"])

    def destroyed(self, name: KeyName) -> bool:
        """Return whether such a key was destroyed; raises ``Unavailable``."""
        return bool(self._ask({"ask": "look", **name._asdict()})[0]["destroyed"])

    def status(self) -> list[DomainStatus]:
        """Return how many keys each domain has and had; raises ``Unavailable``."""
        head, _ = self._ask({"ask": "status"})
        there: dict[str, tuple[int, int | None, int | None]] = {
            domain: (keys, first, last) for domain, keys, first, last in head["domains"]
        }
        gone: dict[str, int] = head["destroyed"]
        return [
            DomainStatus(domain, *there.get(domain, (0, None, None)), gone.get(domain, 0))
            for domain in sorted({*DOMAINS, *there, *gone})
        ]

    # --- The other process ---------------------------------------------------------------------

    def _each(self, ask: str, name: KeyName, kind: str, items: Sequence[Item]) -> list[bytes]:
        head = {"ask": ask, "kind": kind, **name._asdict()}
        answers: list[bytes] = []
        for some in _portions(items):
            answers += self._ask(head, some)[1]
        return answers

    def _ask(self, head: dict[str, Any], items: Sequence[bytes] = ()) -> Frame:
        for _ in range(_TRIES):
            with self._turn:
                try:
                    answer = self._exchange(head, items)
                except (OSError, EOFError) as error:
                    log.warning("the keeper of keys is started again", reason=type(error).__name__)
                    self._end()
                    continue
            if "error" in answer[0]:
                raise _ERRORS[answer[0]["error"]](**answer[0]["params"])
            return answer
        raise Unavailable(what="keys")

    def _exchange(self, head: dict[str, Any], items: Sequence[bytes]) -> Frame:
        if self._closed:
            raise Unavailable(what="keys")
        process = self._started()
        send(cast("IO[bytes]", process.stdin), head, items)
        return receive(cast("IO[bytes]", process.stdout))

    def _started(self) -> subprocess.Popen[bytes]:
        if self._process is None:
            command = [sys.executable, "-m", "vigie.keys.process", str(self.folder)]
            command += [str(self.ledger)] if self.ledger else []
            self._process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE)
        return self._process

    def _end(self) -> None:
        if self._process is not None:
            self._process.kill()
            self._process.communicate()
            self._process = None


def _portions(items: Sequence[Item]) -> Iterator[list[bytes]]:
    """Yield ids and contents one behind the other, in requests of bounded size."""
    some: list[bytes] = []
    size = 0
    for row_id, content in items:
        if some and size + len(content) > ASKED_BYTES:
            yield some
            some, size = [], 0
        some += [row_id.encode("utf-8", "surrogatepass"), content]
        size += len(content)
    if some:
        yield some
