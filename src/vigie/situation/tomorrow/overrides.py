"""What a person expects instead of a forecast: with a reason, kept, judged beside it (AIA-3).

A forecast proposes; a person who knows better says so, and nothing of the forecast changes: both
numbers stand side by side, and once the slot is over both stand beside what happened.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any, Final

from vigie.base.clock import now_us, to_rfc3339, to_us
from vigie.base.errors import NotFound, WrongUsage
from vigie.desk.forecast_overrides import ForecastOverride
from vigie.desk.forecasts import READY, ForecastRun
from vigie.foresight.entry import scrubbed_reason
from vigie.foresight.forecasting.shelf import HISTORY, SLOTS, ForecastShelf
from vigie.privacy.decision import LEAST_REASON
from vigie.privacy.purposes import Verb
from vigie.situation.caller import Caller
from vigie.situation.home import Home
from vigie.situation.tomorrow.forecast_slots import horizon_of, shown, span_of
from vigie.situation.tomorrow.forecasts import LATEST, kind_of, open_run

MOST: Final = 10_000.0
_NEWEST_RUNS: Final = 100


def override_forecast(
    home: Home,
    caller: Caller,
    name: str,
    *,
    kind: str,
    cell: str,
    slot: int,
    value: float,
    reason: str,
) -> dict[str, Any]:
    """Write down what a person expects in a place and slot instead of what a run does.

    Raises:
        Forbidden: When the role may not, or is told districts only.
        NotFound: When there is no such run or place.
        WrongUsage: When the run has no such kind or slot, the slot is over, the number cannot be
            one, or the reason is too short.
    """
    words = scrubbed_reason(reason)
    if len(words) < LEAST_REASON:
        raise WrongUsage(reason=f"reason: {LEAST_REASON} characters", field="reason")
    if not 0 <= value <= MOST:
        raise WrongUsage(reason=f"value: 0-{MOST:.0f}", field="value")
    subject = {"forecast": name, "kind": kind, "cell": cell[:40], "slot": slot}
    home.rights.ask(caller, "forecasts", Verb.ALTER, subject)
    opened = open_run(home, caller, name, kind=kind, cell=cell[:40])
    if not opened.cells:
        home.rights.refuse(caller, "forecasts", Verb.ALTER, subject, why="districts_only")
    run, wanted = opened.run, kind_of(opened.run, kind)
    if not 0 <= slot < horizon_of(home, run):
        raise WrongUsage(reason=f"slot: 0-{horizon_of(home, run) - 1}", field="slot")
    span = span_of(home, run, slot)
    from_us, to = _instants(span)
    if to <= now_us(home.clock):
        raise WrongUsage(reason=f"slot: {span['to']}", field="slot")
    table = ForecastShelf(home.path).table(run.forecast_id, SLOTS, kind=wanted, cell=cell)
    row = next((one for one in table.to_pylist() if one["slot"] == slot), None)
    if row is None:
        raise NotFound(what="cell", name=cell[:40])
    entered = home.desk.forecast_overrides.enter(
        ForecastOverride(
            forecast_id=run.forecast_id,
            grid=run.asked.grid,
            slot_hours=run.asked.slot_hours,
            kind=wanted,
            cell=cell,
            slot=slot,
            from_us=from_us,
            to_us=to,
            expected=round(float(row["expected"]), 4),
            low=int(row["low80"]),
            high=int(row["high80"]),
            value=float(value),
            reason=words,
            who=caller.name,
            role=caller.role,
        )
    )
    return override_json(entered)


def override_json(one: ForecastOverride) -> dict[str, Any]:
    """Return an override as the interface answers it."""
    return {
        "override_id": one.override_id,
        "forecast_id": one.forecast_id,
        "kind": one.kind,
        "cell": one.cell,
        "slot": one.slot,
        "from": to_rfc3339(one.from_us),
        "to": to_rfc3339(one.to_us),
        "expected": one.expected,
        "low": one.low,
        "high": one.high,
        "value": one.value,
        "reason": one.reason,
        "who": one.who,
        "role": one.role,
        "at": to_rfc3339(one.at_us),
    }


def list_overrides(home: Home, caller: Caller, name: str = LATEST) -> dict[str, Any]:
    """Return what persons expect instead of a run, and how right persons and models were so far.

    Raises:
        Forbidden: When the role may not see forecasts, or is told districts only.
        NotFound: When there is no such run.
    """
    opened = open_run(home, caller, name, of="overrides")
    if not opened.cells:
        subject = {"forecast": name, "of": "overrides"}
        home.rights.refuse(caller, "forecasts", opened.view.verb, subject, why="districts_only")
    of_run = home.desk.forecast_overrides.of_run(opened.run.forecast_id)
    judged = _judged(home, home.desk.forecast_overrides.ended(now_us(home.clock)))
    least = opened.view.least
    return {
        "items": [override_json(one) for one in of_run],
        "judged": [{**override_json(one), **shown(n, least)} for one, n in judged],
        "score": {
            "n": len(judged),
            "person": _mean([abs(one.value - n) for one, n in judged]),
            "model": _mean([abs(one.expected - n) for one, n in judged]),
            "nearer": sum(abs(one.value - n) < abs(one.expected - n) for one, n in judged),
        },
        "least": least,
        "next": None,
    }


def _judged(
    home: Home, ended: Sequence[ForecastOverride]
) -> list[tuple[ForecastOverride, int]]:  # fmt: skip
    """Return the last word on each slot that is over, with what happened, as later runs counted.

    A slot that no later run of the same grid has counted yet is not judged.
    """
    last: dict[tuple[str, str, int, int], ForecastOverride] = {}
    for one in ended:  # newest first
        last.setdefault((one.kind, one.cell, one.from_us, one.to_us), one)
    shelf, runs = ForecastShelf(home.path), home.desk.forecasts.list_all(limit=_NEWEST_RUNS)
    found: list[tuple[ForecastOverride, int]] = []
    for one in last.values():
        run = next((run for run in runs if _counts(run, one)), None)
        if run is None:
            continue
        past = shelf.table(run.forecast_id, HISTORY, kind=one.kind, cell=one.cell).to_pylist()
        counts = {row["slot"]: row["n"] for row in past}
        slot = next((s for s in _slots_before(home, run, one)), None)
        if slot is not None:
            found.append((one, counts.get(slot, 0)))
    return found


def _counts(run: ForecastRun, one: ForecastOverride) -> bool:
    """Say whether a run rests on what happened in a slot."""
    asked = run.asked
    same = (asked.grid, asked.slot_hours) == (one.grid, one.slot_hours)
    return run.state == READY and same and one.kind in asked.kinds and asked.origin_us >= one.to_us


def _slots_before(home: Home, run: ForecastRun, one: ForecastOverride) -> list[int]:
    """Return the number of a slot in a later run: negative, on the city's clock."""
    hours = (run.asked.origin_us - one.from_us) / 3_600_000_000
    about = -round(hours / one.slot_hours)
    wanted = to_rfc3339(one.from_us)
    return [s for s in (about - 1, about, about + 1) if span_of(home, run, s)["from"] == wanted]


def _mean(values: list[float]) -> float | None:
    return round(sum(values) / len(values), 4) if values else None


def _instants(span: dict[str, str]) -> tuple[int, int]:
    low, high = (to_us(datetime.fromisoformat(span[end])) for end in ("from", "to"))
    return low, high
