"""The stored fields that are kept to be told: how each is used, and taking one up again."""

from __future__ import annotations

from typing import Any

from vigie.base.clock import now_us, to_rfc3339
from vigie.base.errors import NotFound, WrongUsage
from vigie.desk.field_uses import LONGEST_NEED, FieldUse
from vigie.model.contracts import CONTRACTS
from vigie.model.needs import REPORT_DAYS, needs, standing, told_only
from vigie.privacy.decision import LEAST_REASON
from vigie.privacy.purposes import Verb
from vigie.situation.caller import Caller
from vigie.situation.home import Home
from vigie.situation.retention.holding import DATASET
from vigie.situation.retention.unused import drop_days


def list_fields(home: Home, caller: Caller) -> list[dict[str, Any]]:
    """Return every field that is dropped when nobody uses it, and how it stands.

    Raises:
        Forbidden: When the charter does not let the caller.
    """
    home.rights.ask(caller, DATASET, Verb.CONSULT, {"what": "fields"})
    return describe_fields(home)


def describe_fields(home: Home) -> list[dict[str, Any]]:
    """Return the fields as they are told; the caller checks the right to it."""
    known = {(one.dataset, one.field): one for one in home.desk.field_uses.all()}
    days = drop_days(home.retention.rulebook, home.desk.field_uses, now_us(home.clock))
    return [
        _told(home, kind, name, known.get((kind, name)), days)
        for kind in CONTRACTS
        for name in sorted(told_only(kind))
    ]


def _told(home: Home, kind: str, name: str, use: FieldUse | None, days: int) -> dict[str, Any]:
    need, today = needs()[kind][name], home.desk.field_uses.today()
    since, used, gone = (None, None, None) if use is None else (use.since, use.used, use.dropped_us)
    state, idle = standing(today, since, used, dropped=gone is not None, drop_days=days)
    return {
        "dataset": kind,
        "field": name,
        "need": {"fr": need.fr, "en": need.en},
        "state": "unused" if state == "due" else state,
        "since": None if since is None else since.isoformat(),
        "last_used": None if used is None else used.isoformat(),
        "days_used": 0 if use is None else use.days,
        "idle_days": idle,
        "reported_after": REPORT_DAYS,
        "dropped_after": days,
        "dropped_at": None if gone is None else to_rfc3339(gone),
        "taken_up_for": "" if use is None else use.need,
    }


def take_up(home: Home, caller: Caller, dataset: str, name: str, need: str) -> dict[str, Any]:
    """Keep a field that nobody uses, or that was dropped, for the need written.

    What was erased stays erased: from now on what comes is kept, and watched anew.

    Raises:
        Forbidden: When the charter does not let the caller.
        NotFound: When no such field is kept to be told.
        WrongUsage: When the need is not said.
    """
    said = " ".join(need.split())
    if not LEAST_REASON <= len(said) <= LONGEST_NEED:
        raise WrongUsage(reason=f"need: {LEAST_REASON} to {LONGEST_NEED} characters", field="need")
    if name not in told_only(dataset):
        raise NotFound(what="field", name=f"{dataset}.{name}"[:80])
    home.rights.ask(caller, DATASET, Verb.ALTER, {"take_up": f"{dataset}.{name}"})
    home.desk.field_uses.take_up(dataset, name, said)
    return next(
        one for one in describe_fields(home) if (one["dataset"], one["field"]) == (dataset, name)
    )
