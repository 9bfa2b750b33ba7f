"""A person's right to know what is held of them, and that it goes, where only pseudonyms stand.

The person gives what they are named by (a telephone number, a plate, a NIR, an e-mail address).
Its pseudonym is made anew in each feed and each epoch that is still kept, and the sealed plane says
how many of its texts it points to (AIA-7). This is no search: only oversight may ask, with a
reason, a few times a day; the line in the audit is written first and says of what kind the
identifiers were, never which; no text, place or fact is told. Whether anything was found shows in
the numbers and nowhere else: not in the form of the answer, not in the work, not in its time.
"""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable, Sequence
from datetime import date
from typing import Any, Final, Literal, get_args

from vigie.audit.reading import Query, lines_before
from vigie.base.clock import from_us, now_us, to_rfc3339
from vigie.base.errors import TooManyRequests, WrongUsage
from vigie.base.ids import new_id
from vigie.lake.pointers import Named
from vigie.lake.sealed import REGIMES, Originals, Regime
from vigie.privacy.pseudonyms import EPOCH_DAYS, Identifier, normalise
from vigie.privacy.purposes import Verb
from vigie.situation.caller import Caller
from vigie.situation.home import Home
from vigie.situation.retention.calendar import in_words
from vigie.situation.retention.rulebook import Rulebook

DATASET: Final = "rights_requests"
Act = Literal["access", "erase"]
_VERBS: Final[dict[Act, Verb]] = {"access": Verb.DISCLOSE, "erase": Verb.ERASE}
MOST_IDENTIFIERS: Final = 8
"""Of one person, in one request."""
PER_DAY: Final = 20
"""Requests that one account may answer in 24 hours."""
BEAT_S: Final = 2.0
"""Answers leave at whole multiples of this after they were asked for."""
_DAY_US: Final = 86_400_000_000
_EPOCH_DAY: Final = date(1970, 1, 1).toordinal()

Identifiers = Sequence[tuple[Identifier, str]]


def answer_request(
    home: Home,
    caller: Caller,
    act: Act,
    identifiers: Sequence[tuple[str, str]],
    *,
    beat_s: float = BEAT_S,
    pause: Callable[[float], object] = time.sleep,
) -> dict[str, Any]:
    """Return what is held of whoever identifiers name, or have its texts erased.

    Args:
        home: The home.
        caller: Who answers the person, with the reason.
        act: To tell, or to erase.
        identifiers: Kind and text as the person writes it, all of one person.
        beat_s: See ``BEAT_S``.
        pause: Waits for so many seconds.

    Raises:
        Forbidden: When the charter does not open it, or the reason is missing.
        WrongUsage: When there is none, too many, or one that is not of its kind.
        TooManyRequests: When the account has asked too often today.
        Unavailable: When the line cannot be written, or keys or sealed plane refuse.
    """
    begun = time.monotonic()
    known = _known(identifiers)
    verb = _VERBS[act]
    kinds = Counter(kind for kind, _ in known)
    name = new_id("request")
    subject = {"request": name, "kinds": sorted(kinds), "n": len(known)}
    if home.rights.may(caller, DATASET, verb):
        _refuse_too_many(home, caller)
    view = home.rights.ask(caller, DATASET, verb, subject, recipient="data_subject")
    found = _search(home, known)
    done = None
    if act == "erase":
        ids = sorted({one.fact_id for _, rows in found for one in rows})
        done = home.retention.erase_texts(ids, by=caller, reason=caller.reason)
    sources = [
        _source_json(home.retention.rulebook, searched, rows, done.held if done else set())
        for searched, rows in found
    ]
    told = {
        "request_id": name,
        "act": act,
        "at": to_rfc3339(now_us(home.clock)),
        "line": view.line,
        "identifiers": [{"kind": kind, "n": n} for kind, n in sorted(kinds.items())],
        "keeps_originals": home.lake.keeps_originals,
        "sources": sources,
        "records": sum(one["records"] for one in sources),
        "erased": sum(one["records"] - one["held"] for one in sources) if act == "erase" else 0,
        "held": sum(one["held"] for one in sources),
        "unsearched": _unsearched(home),
    }
    spent = time.monotonic() - begun
    pause(beat_s - spent % beat_s if beat_s else 0.0)
    return told


def _known(identifiers: Sequence[tuple[str, str]]) -> list[tuple[Identifier, str]]:
    if not 1 <= len(identifiers) <= MOST_IDENTIFIERS:
        raise WrongUsage(reason=f"1 to {MOST_IDENTIFIERS} identifiers", field="identifiers")
    known: dict[tuple[Identifier, str], None] = {}
    for number, (kind, text) in enumerate(identifiers, start=1):
        one = next((one for one in get_args(Identifier) if one == kind), None)
        form = None if one is None else normalise(one, text)
        if one is None or form is None:
            raise WrongUsage(reason=f"{kind[:20]}, n° {number}", field="identifiers")
        known[one, form] = None
    return list(known)


def _refuse_too_many(home: Home, caller: Caller) -> None:
    """Count today's lines of the account in the audit, which is where requests are written."""
    now = now_us(home.clock)
    query = Query(from_us=now - _DAY_US, who=caller.name, dataset=DATASET, outcome="allowed",
                  limit=PER_DAY)  # fmt: skip
    lines = [line for _, line in lines_before(home.audit, query, home.audit.count()).lines]
    if len(lines) >= PER_DAY:
        oldest = min(line.at_us for line in lines)
        raise TooManyRequests(retry_s=max(1, (oldest + _DAY_US - now) // 1_000_000))


def _search(home: Home, known: Identifiers) -> list[tuple[_Searched, list[Named]]]:
    found: list[tuple[_Searched, list[Named]]] = []
    for regime in REGIMES:
        originals = home.lake.originals(regime)
        if originals is not None:
            found += _search_regime(originals, regime, known)
    return found


_Searched = tuple[str, Regime, list[int]]
"""A feed, its legal regime, and the epochs that are kept of it."""


def _search_regime(
    originals: Originals, regime: Regime, known: Identifiers
) -> list[tuple[_Searched, list[Named]]]:
    epochs = originals.epochs()
    named = originals.naming(epochs, known)
    by_source: dict[str, list[int]] = {}
    for source, epoch in epochs:
        by_source.setdefault(source, []).append(epoch)
    return [
        ((source, regime, days), [one for one in named if one.source == source])
        for source, days in by_source.items()
    ]


def _source_json(
    book: Rulebook, searched: _Searched, rows: Sequence[Named], held: set[str]
) -> dict[str, Any]:
    source, regime, epochs = searched
    rule = book.rules[f"sealed_{regime}"]
    return {
        "source": source,
        "regime": rule.regime,
        "controller": rule.controller,
        "purposes": [str(one) for one in rule.purposes],
        "term": in_words(rule.term),
        "epochs": len(epochs),
        "epoch_days": EPOCH_DAYS["sealed"],
        "since_on": date.fromordinal(_EPOCH_DAY + min(epochs)).isoformat(),
        "records": len(rows),
        "held": sum(one.fact_id in held for one in rows),
        "first_on": min((one.part for one in rows), default=""),
        "last_on": max((one.part for one in rows), default=""),
    }


def _unsearched(home: Home) -> list[dict[str, Any]]:
    """Return what may name a person and is opened by nobody: sealed on its way in, for days."""
    now, book = now_us(home.clock), home.retention.rulebook
    return [
        {
            "store": name,
            "title": dict(book.rules[name].title),
            "term": in_words(book.rules[name].term),
            "ends_on": from_us(2 * now - book.before(book.rules[name], now)).date().isoformat(),
        }
        for name in ("journal", "quarantine")
    ]
