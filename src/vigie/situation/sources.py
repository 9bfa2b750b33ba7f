"""Sources, their health and what was refused, as people read them."""

from __future__ import annotations

from typing import Any

from vigie.audit.line import Scalar
from vigie.base.clock import now_us, to_rfc3339
from vigie.base.errors import Forbidden, NotFound, WrongUsage
from vigie.intake.feeding import FeedState
from vigie.intake.observed import DayVolume, FieldView
from vigie.intake.quarantine import Quarantined
from vigie.intake.sources import BatchInfo, SourceHealth
from vigie.privacy.purposes import Verb
from vigie.situation.caller import Caller
from vigie.situation.home import Home

STATES = ("new", "retried", "resolved", "expired")
MAX_PAGE = 500


def _instant(us: int | None) -> str | None:
    return None if us is None else to_rfc3339(us)


def _batch_json(batch: BatchInfo) -> dict[str, Any]:
    return {
        "batch_id": batch.batch_id,
        "at": to_rfc3339(batch.at_us),
        "name": batch.name,
        "files": list(batch.files),
        "kinds": dict(batch.kinds),
        "messages": batch.messages,
        "read": batch.read,
        "accepted": batch.accepted,
        "duplicates": batch.duplicates,
        "quarantined": batch.quarantined,
        "notices": dict(batch.notices),
        "duration_s": batch.duration_s,
    }


def _fetching_json(one: FeedState) -> dict[str, Any]:
    return {
        "circuit": one.circuit,
        "failures": one.failures,
        "reason": one.reason,
        "next_at": to_rfc3339(one.next_us),
    }


def _source_json(one: SourceHealth) -> dict[str, Any]:
    return {
        "source": one.source,
        "title": {"fr": one.title["fr"], "en": one.title["en"]},
        "connector": one.connector,
        "period_s": one.period_s,
        "last_received_at": _instant(one.last_received_us),
        "last_fact_at": _instant(one.last_fact_us),
        "age_s": one.age_s,
        "state": one.state,
        "messages": one.messages,
        "read": one.read,
        "records": one.records,
        "duplicates": one.duplicates,
        "quarantined": one.quarantined,
        "backlog": one.backlog,
        "notices": dict(one.notices),
        "last_batches": [_batch_json(batch) for batch in one.last_batches],
        "last_error": one.last_error,
        "fetching": None if one.fetching is None else _fetching_json(one.fetching),
    }


def list_sources(home: Home, caller: Caller) -> list[dict[str, Any]]:
    """Return how every source is doing.

    Raises:
        Forbidden: When the role may not see sources.
    """
    view = home.rights.ask(caller, "sources")
    found = home.intake.health(now_us(home.clock))
    return [_source_json(one) for one in found if view.holds(one.source)]


def get_source(home: Home, caller: Caller, name: str) -> dict[str, Any]:
    """Return how one source is doing.

    Raises:
        Forbidden: When the role may not see sources.
        NotFound: When there is no such source.
    """
    for one in list_sources(home, caller):
        if one["source"] == name:
            return one
    raise NotFound(what="source", name=name)


def source_contract(home: Home, caller: Caller, name: str) -> dict[str, Any]:
    """Return what a source should bring beside what it brought: fields, drift, freshness, volume.

    Raises:
        Forbidden: When the role may not see sources.
        NotFound: When there is no such source.
    """
    source = get_source(home, caller, name)
    contract = home.intake.contract(name, now_us(home.clock))
    fresh = ("source", "state", "period_s", "age_s", "last_received_at", "last_fact_at")
    return {
        **{key: source[key] for key in fresh},
        "since": _instant(contract.since_us),
        "fields": [_field_json(one) for one in contract.fields],
        "days": [_day_json(one) for one in contract.days],
    }


def _field_json(one: FieldView) -> dict[str, Any]:
    return {
        "name": one.name,
        "meaning": {"fr": one.meaning["fr"], "en": one.meaning["en"]} if one.meaning else None,
        "privacy": one.privacy or None,
        "expected": one.expected,
        "required": one.required,
        "seen": one.seen,
        "missing": one.missing,
        "last_at": _instant(one.last_us),
        "drift": one.drift or None,
    }


def _day_json(one: DayVolume) -> dict[str, Any]:
    return {
        "day": one.day.isoformat(),
        "records": one.records,
        "typical": one.typical,
        "low": one.low,
        "high": one.high,
        "weeks": one.weeks,
        "verdict": one.verdict,
    }


def _refused_json(entry: Quarantined, language: str) -> dict[str, Any]:
    return {
        "id": entry.id,
        "source": entry.source,
        "code": entry.code,
        "reason": entry.text(language),
        "params": dict(entry.params),
        "file": entry.file,
        "row": entry.row,
        "at": to_rfc3339(entry.created_us),
        "changed_at": to_rfc3339(entry.changed_us),
        "state": entry.state,
        "attempts": entry.attempts,
    }


def list_refused(
    home: Home,
    caller: Caller,
    *,
    source: str | None,
    code: str | None,
    state: str | None,
    limit: int,
    offset: int,
    language: str,
) -> dict[str, Any]:
    """Return a page of what was refused, newest first, and how many by reason and by state.

    The counts by reason are over every reason, those by state over every state: they say what
    another choice would show.

    Raises:
        Forbidden: When the role may not see the quarantine.
        WrongUsage: When the state does not exist.
    """
    subject = {"source": source, "code": code, "state": state, "limit": limit, "offset": offset}
    view = home.rights.ask(caller, "quarantine", subject=subject)
    if not view.everywhere and not view.holds(source):
        raise Forbidden(why="source_not_named", dataset="quarantine", verb="consult")
    if state is not None and state not in STATES:
        raise WrongUsage(reason=f"state {state[:40]}", field="state")
    entries = home.intake.quarantine_list(
        source=source, code=code, state=state, limit=min(limit, MAX_PAGE), offset=offset
    )
    reasons = home.intake.quarantine_count(source=source, state=state)
    return {
        "items": [_refused_json(entry, language) for entry in entries],
        "total": sum(reasons.values()) if code is None else reasons.get(code, 0),
        "by_code": reasons,
        "by_state": home.intake.quarantine_count(source=source, code=code, by="state"),
    }


def get_refused(home: Home, caller: Caller, id_: str, language: str) -> dict[str, Any]:
    """Return one refused row with its content as received.

    Raises:
        Forbidden: When the role may not see the quarantine.
        NotFound: When there is none of that id.
    """
    view = home.rights.ask(caller, "raw_rows", subject={"id": id_})
    found = home.intake.quarantine_get(id_)
    if not view.holds(found.entry.source):
        raise NotFound(what="quarantine", name=id_)
    return {
        **_refused_json(found.entry, language),
        "raw": found.raw.decode("utf-8", "backslashreplace"),
        "expires_at": _instant(found.expires_us),
    }


def retry_refused(
    home: Home,
    caller: Caller,
    *,
    ids: list[str] | None,
    source: str | None = None,
    code: str | None = None,
    state: str | None = None,
    must_exist: bool = False,
) -> dict[str, Any]:
    """Try refused rows again with today's code and mapping.

    Raises:
        NotFound: When ``must_exist`` and there is no row of one of the ids.
        Forbidden: When the role may not manage sources.
        WrongUsage: When nothing says which rows.
    """
    if not ids and source is None and code is None and state is None:
        raise WrongUsage(reason="ids, source, code or state", field="ids")
    subject: dict[str, Scalar | list[Scalar]] = {
        "ids": list((ids or [])[:MAX_PAGE]),
        "source": source,
        "code": code,
        "state": state,
    }
    view = home.rights.ask(caller, "quarantine", Verb.ALTER, subject=subject)
    if not view.everywhere and not view.holds(source):
        raise Forbidden(why="source_not_named", dataset="quarantine", verb="alter")
    for one in ids or [] if must_exist else []:
        home.intake.quarantine_get(one)
    report = home.intake.quarantine_retry(ids=ids or None, source=source, code=code, state=state)
    return {
        "tried": report.tried,
        "resolved": report.resolved,
        "refused": report.refused,
        "accepted": report.accepted,
        "by_code": dict(report.by_code),
    }
