"""Pointers: from the pseudonym of a number, a plate or an address to the originals that name it.

They are made when an original is sealed, stand in the same file, and go with it. What they cannot
do is as wanted as what they can: without the keeper of keys nobody makes a pseudonym, one of
another feed or another 30 days is another pseudonym, and nothing leads from a pointer back to what
it was made of. They serve the rights of the persons concerned (AIA-7) and nothing else.
"""

from __future__ import annotations

import sqlite3
from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import date
from typing import Final, NamedTuple

from vigie.base.errors import KeyDestroyed
from vigie.keys.keeper import Keeper
from vigie.privacy.pseudonyms import DAY_US, Identifier, epoch_of

_TABLE: Final = (
    "CREATE TABLE IF NOT EXISTS pointers (token TEXT NOT NULL, fact_id TEXT NOT NULL,"
    " source TEXT NOT NULL, epoch INTEGER NOT NULL, PRIMARY KEY (token, fact_id)) WITHOUT ROWID"
)
TABLES: Final = (
    _TABLE,
    "CREATE INDEX IF NOT EXISTS pointers_by_fact ON pointers (fact_id)",
)
_READ: Final = ""
"""Instead of a pseudonym: this original was read, whether or not it names anything."""


class Pointer(NamedTuple):
    """A pseudonym of a feed and epoch (its first day, days since 1970), and the fact it is in."""

    token: str
    fact_id: str
    source: str
    epoch: int


class Named(NamedTuple):
    """An original that names somebody: its fact, feed and local day."""

    fact_id: str
    source: str
    part: str


def epoch_of_part(part: str) -> int:
    """Return the epoch of the originals of a local day."""
    return epoch_of("sealed", _instant(part))


def _instant(part: str) -> int:
    return (date.fromisoformat(part) - date(1970, 1, 1)).days * DAY_US


def pointers_of(keys: Keeper, rows: Iterable[tuple[str, str, str, str]]) -> list[Pointer]:
    """Return the pointers of originals: fact, feed, local day, text.

    What comes for an epoch whose key is destroyed has none: it could not be asked for again.

    Raises:
        Unavailable: When the keeper of keys cannot be had.
    """
    from vigie.scrub.identifiers import identifiers_in  # noqa: PLC0415 - late: compiles patterns

    found: list[Pointer] = []
    groups: defaultdict[tuple[str, int, Identifier], list[tuple[str, str]]] = defaultdict(list)
    for fact_id, source, part, text in rows:
        epoch = epoch_of_part(part)
        found.append(Pointer(_READ, fact_id, source, epoch))
        for kind, one in identifiers_in(text):
            groups[source, epoch, kind].append((fact_id, one))
    for (source, epoch, kind), named in groups.items():
        try:
            tokens = keys.tokens("sealed", source, epoch * DAY_US, kind, [one for _, one in named])
        except KeyDestroyed:
            continue
        pairs = zip(named, tokens, strict=True)
        found += [Pointer(token, fact, source, epoch) for (fact, _), token in pairs if token]
    return found


def replace(database: sqlite3.Connection, pointers: Sequence[Pointer]) -> None:
    """Let these be all the pointers of their facts; the caller holds the transaction."""
    facts = sorted({(one.fact_id,) for one in pointers})
    database.executemany("DELETE FROM pointers WHERE fact_id = ?", facts)
    database.executemany("INSERT OR REPLACE INTO pointers VALUES (?, ?, ?, ?)", pointers)


def erase(database: sqlite3.Connection, ids: Sequence[str]) -> None:
    """Delete the pointers of facts; the caller holds the transaction."""
    database.executemany("DELETE FROM pointers WHERE fact_id = ?", [(id_,) for id_ in ids])


def epochs(database: sqlite3.Connection) -> list[tuple[str, int]]:
    """Return the feeds and epochs that there are originals of."""
    query = "SELECT DISTINCT source, epoch FROM pointers WHERE token = '' ORDER BY 1, 2"
    return database.execute(query).fetchall()


def named_by(database: sqlite3.Connection, tokens: Sequence[str]) -> list[Named]:
    """Return the originals that pseudonyms point to: one question for each, found or not."""
    query = (
        "SELECT o.fact_id, o.source, o.part FROM pointers p JOIN originals o USING (fact_id)"
        " WHERE p.token = ?"
    )
    return [Named(*row) for token in tokens for row in database.execute(query, (token,))]


def unread(database: sqlite3.Connection, most: int) -> list[tuple[str, str, str, bytes]]:
    """Return fact, feed, local day and sealed text of originals kept before there were pointers."""
    query = (
        "SELECT fact_id, source, part, sealed FROM originals WHERE fact_id NOT IN"
        " (SELECT fact_id FROM pointers WHERE token = '') LIMIT ?"
    )
    return database.execute(query, (most,)).fetchall()
