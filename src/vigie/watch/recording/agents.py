"""Who may see pictures: agents designated one by one, and what each has said it looks at, and why.

No role opens a recording by itself (law reference, VID-5; CSI L252-3): a designation names one
account, bears the number of its document and ends by itself.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from vigie.base.errors import NotFound, WrongUsage
from vigie.base.ids import new_id
from vigie.watch.recording.index import Index


@dataclass(frozen=True, slots=True)
class Agent:
    """A designation: account, number of the document, until when (exclusive), by whom, when."""

    account_id: str
    document: str
    until_us: int
    granted_by: str
    at_us: int


@dataclass(frozen=True, slots=True)
class Viewing:
    """What one person looks at, after its line is in the audit.

    Attributes:
        viewing_id: Its name.
        account_id: Who looks; nobody else can use it.
        cameras: Which cameras.
        from_us: Start of the window, epoch µs.
        to_us: End of it, exclusive; None for what comes (live).
        until_us: When it ends.
    """

    viewing_id: str
    account_id: str
    cameras: tuple[str, ...]
    from_us: int
    to_us: int | None
    until_us: int


def designate(index: Index, agent: Agent) -> None:
    """Keep a designation in place of the account's last.

    Raises:
        WrongUsage: It has no document, or has ended already.
    """
    if not 0 < len(agent.document.strip()) <= 120:  # noqa: PLR2004 -- a line of a list
        raise WrongUsage(reason="document", field="document")
    if agent.until_us <= agent.at_us:
        raise WrongUsage(reason="until", field="until")
    with index.open() as base:
        base.execute(
            "INSERT OR REPLACE INTO agent VALUES (?, ?, ?, ?, ?)",
            (agent.account_id, agent.document, agent.until_us, agent.granted_by, agent.at_us),
        )


def withdraw(index: Index, account_id: str) -> None:
    """End a designation now, and every viewing of the account with it."""
    with index.open() as base:
        base.execute("DELETE FROM agent WHERE account_id = ?", (account_id,))
        base.execute("DELETE FROM viewing WHERE account_id = ?", (account_id,))


def agents(index: Index) -> list[Agent]:
    """Return every designation, also those that have ended."""
    with index.open() as base:
        return [Agent(*row) for row in base.execute("SELECT * FROM agent ORDER BY account_id")]


def is_designated(index: Index, account_id: str, at_us: int) -> bool:
    """Say whether an account may see pictures at an instant."""
    with index.open() as base:
        row = base.execute(
            "SELECT 1 FROM agent WHERE account_id = ? AND until_us > ?", (account_id, at_us)
        ).fetchone()
    return row is not None and bool(account_id)


def begin_viewing(
    index: Index,
    account_id: str,
    cameras: Sequence[str],
    window: tuple[int, int | None],
    *,
    until_us: int,
    now_us: int,
) -> Viewing:
    """Keep what somebody looks at; viewings that have ended are forgotten."""
    made = Viewing(new_id("viewing"), account_id, tuple(cameras), *window, until_us)
    with index.open() as base:
        base.execute("DELETE FROM viewing WHERE until_us <= ?", (now_us,))
        base.execute(
            "INSERT INTO viewing VALUES (?, ?, ?, ?, ?, ?)",
            (made.viewing_id, account_id, " ".join(cameras), *window, until_us),
        )
    return made


def viewing(index: Index, viewing_id: str, account_id: str, at_us: int) -> Viewing:
    """Return a viewing of an account that has not ended.

    Raises:
        NotFound: There is none of that name for that account now.
    """
    with index.open() as base:
        row = base.execute(
            "SELECT * FROM viewing WHERE viewing_id = ? AND account_id = ? AND until_us > ?",
            (viewing_id, account_id, at_us),
        ).fetchone()
    if row is None:
        raise NotFound(what="viewing", name=viewing_id[:60])
    return Viewing(row[0], row[1], tuple(row[2].split(" ")), *row[3:])
