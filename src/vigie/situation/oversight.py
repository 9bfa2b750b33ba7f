"""Who looked at what: the audit read by whom the charter lets, each reading written down first."""

from __future__ import annotations

from vigie.audit.reading import Page, Query, lines_before
from vigie.audit.store import DATASET, Proof
from vigie.base.errors import Unavailable
from vigie.privacy.purposes import Verb
from vigie.situation.caller import Caller
from vigie.situation.home import Home

MAX_LINES = 1_000


def list_lines(home: Home, caller: Caller, query: Query) -> Page:
    """Return a page of the audit, newest first.

    Raises:
        Forbidden: When the charter does not open the audit to the caller (LED-3).
        Unavailable: When the reading cannot be written down.
    """
    view = home.rights.ask(caller, DATASET, Verb.CONSULT, query.subject())
    if view.line is None:
        raise Unavailable(what=DATASET)
    return lines_before(home.audit, query, view.line)


def published_head(home: Home) -> str:
    """Return the newest signed head that was kept; anybody may have it, it says nothing of anybody.

    Raises:
        Unavailable: When there is none yet and none can be kept.
    """
    return home.audit.heads.last() or home.audit.head()


def prove_line(home: Home, index: int) -> Proof:
    """Return the proof of a line: hashes, from which nobody learns what it says.

    Raises:
        NotFound: When there is no such line.
        Unavailable: When its head cannot be kept.
    """
    return home.audit.prove(index)
