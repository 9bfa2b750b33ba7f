"""How a message to the public stands: the one place that says what may follow and who may read it.

Acts are folded into a standing; an act that may not follow is refused, also when it stands in the
database already. ``public_at`` and ``cancelled_at`` are all that pages, feeds and panels read: what
they return was approved as it stands by another hand than those that wrote it, was published, and
has not expired.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace

from vigie.base.errors import Conflict
from vigie.desk.public_messages import MessageEntry

DRAFT, SUBMIT, REFUSE, APPROVE, PUBLISH, WITHDRAW = ACTS = (
    *("draft", "submit", "refuse", "approve"),
    *("publish", "withdraw"),
)
DRAFTED, SUBMITTED, APPROVED, PUBLISHED = "draft", "submitted", "approved", "published"
WITHDRAWN, EXPIRED = "withdrawn", "expired"
STATES = (DRAFTED, SUBMITTED, APPROVED, PUBLISHED, WITHDRAWN, EXPIRED)
_FROM = {
    SUBMIT: (DRAFTED,),
    REFUSE: (SUBMITTED, APPROVED),
    APPROVE: (SUBMITTED,),
    PUBLISH: (APPROVED,),
}
_TO = {SUBMIT: SUBMITTED, REFUSE: DRAFTED, APPROVE: APPROVED}


class MessageStepRefused(Conflict):
    """A message to the public may not do what is asked in its state; ``why`` says which bound."""

    code = "message_step_refused"


@dataclass(frozen=True, slots=True)
class Standing:
    """What the acts on a message add up to.

    Attributes:
        message_id: The message; empty before its first act.
        last: The newest act; None before the first.
        state: State of what is being prepared: draft, submitted, approved; empty for nothing.
        working: The draft that is being prepared, as it was written.
        writers: Hands that wrote or handed in what is being prepared.
        published: Every publication, oldest first.
        withdrawn: The act that withdrew the message.
    """

    message_id: str = ""
    last: MessageEntry | None = None
    state: str = ""
    working: MessageEntry | None = None
    writers: frozenset[str] = frozenset()
    published: tuple[MessageEntry, ...] = ()
    withdrawn: MessageEntry | None = None

    @property
    def number(self) -> int:
        """How many acts there were."""
        return 0 if self.last is None else self.last.number

    def refusal(self, act: str, hand: str, at_us: int) -> str:
        """Return why an act may not follow: closed, state, same_hand, expired; empty if it may."""
        if self.withdrawn is not None:
            return "closed"
        if self.published and at_us >= self.published[-1].expires_us:
            return "expired"
        if act in {DRAFT, WITHDRAW}:
            return "state" if act == WITHDRAW and self.last is None else ""
        if self.working is None or self.state not in _FROM.get(act, ()):
            return "state"
        if act == APPROVE and hand in self.writers:
            return "same_hand"
        return "expired" if act != REFUSE and at_us >= self.working.expires_us else ""

    def follow(self, entry: MessageEntry) -> Standing:
        """Return the standing after one more act.

        Raises:
            MessageStepRefused: The act may not follow, or bears another content than what stands.
        """
        why = self.refusal(entry.act, entry.hand, entry.at_us) or self._unlike(entry)
        if why:
            raise MessageStepRefused(
                message=entry.message_id, act=entry.act, state=self.state or "-", why=why
            )
        here = replace(self, message_id=entry.message_id, last=entry)
        if entry.act == DRAFT:
            return replace(here, state=DRAFTED, working=entry, writers=self.writers | {entry.hand})
        if entry.act == WITHDRAW:
            return replace(here, state="", working=None, writers=frozenset(), withdrawn=entry)
        if entry.act == PUBLISH:
            told = (*self.published, entry)
            return replace(here, state="", working=None, writers=frozenset(), published=told)
        writers = self.writers | {entry.hand} if entry.act == SUBMIT else self.writers
        return replace(here, state=_TO[entry.act], writers=writers)

    def _unlike(self, entry: MessageEntry) -> str:
        """Return why an entry does not continue this message: its number, its name, its content."""
        named = not self.message_id or entry.message_id == self.message_id
        if not named or entry.number != self.number + 1:
            return "state"
        if entry.content.get("expires_us") != entry.expires_us:
            return "content"
        if entry.act in {DRAFT, WITHDRAW} or self.working is None:
            return ""
        return "" if entry.content == self.working.content else "content"

    def state_at(self, at_us: int) -> str:
        """Return the state that people are told: what is public first, then what is prepared."""
        if self.withdrawn is not None:
            return WITHDRAWN
        if self.published:
            return EXPIRED if at_us >= self.published[-1].expires_us else PUBLISHED
        if self.working is not None and at_us >= self.working.expires_us:
            return EXPIRED
        return self.state

    def public_at(self, at_us: int) -> MessageEntry | None:
        """Return the publication that the public may read at an instant; None for none."""
        if self.withdrawn is not None or not self.published:
            return None
        last = self.published[-1]
        return last if at_us < last.expires_us else None

    def cancelled_at(self, at_us: int) -> MessageEntry | None:
        """Return the act that withdrew what the public would still be told; None for none."""
        if self.withdrawn is None or not self.published:
            return None
        return self.withdrawn if at_us < self.published[-1].expires_us else None


def fold(entries: Iterable[MessageEntry]) -> Standing:
    """Return what acts add up to, oldest first.

    Raises:
        MessageStepRefused: One of them may not follow those before it.
    """
    standing = Standing()
    for entry in entries:
        standing = standing.follow(entry)
    return standing
