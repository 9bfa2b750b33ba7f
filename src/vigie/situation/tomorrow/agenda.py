"""The agenda as people read it: days with note, colour and cover, and how past notes did.

Counts of facts stand in it in two places only, as the mean of eight usual days and as sums over the
days of one note: both are asked of ``figures`` within the caller's view, whole days over all its
zones and kinds. Who sees published figures only is told neither; a sum below the view's least count
is withheld. What patrols discovered is no evidence here and is left out.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from datetime import date, timedelta
from typing import Any

import numpy as np
import pyarrow as pa

from vigie.analyse.running import Selection, select_facts
from vigie.base.clock import now_us, to_rfc3339
from vigie.base.errors import NotFound, WrongUsage
from vigie.foresight.agenda import MAX_DAYS, AgendaDay, Beside, agenda
from vigie.foresight.cover import Cover, Ends
from vigie.foresight.danger import Danger, Part
from vigie.foresight.entry import STATES
from vigie.foresight.forecasting.evidence import evidence
from vigie.foresight.noted_days import Reliability, reliability
from vigie.foresight.plans import PlanRecord
from vigie.geo.zonings import Zoning
from vigie.model.taxonomy import TAXONOMY
from vigie.model.times import day_bounds, local_columns
from vigie.privacy.purposes import Verb
from vigie.situation.caller import Caller
from vigie.situation.days import sees_figures_only
from vigie.situation.home import Home
from vigie.situation.rights import View

HOUR_US = 3_600_000_000
PAST_DAYS = 180
"""Days looked back on, to tell how the note did."""

USUAL_DAYS = 63
"""Days counted to tell what is usual: eight of each weekday, and a week more."""

WILD = "wild"
LIMITS = {
    "fr": "Notes recalculées avec ce que l'on sait aujourd'hui des événements passés, sans la part "
    "« faits attendus en plus » : elle a été apprise sur ces mêmes jours. Les faits découverts par "
    "les patrouilles ne comptent pas. Un fait enregistré n'est pas un fait commis.",
    "en": "Notes worked out with what is known today of past events, without the part on expected "
    "facts: it was learnt on these very days. Facts that patrols discovered do not count. A fact "
    "recorded is not a fact committed.",
}


@dataclass(frozen=True)
class PlanFilters:
    """Which plans an agenda lists; the note is the day's, whatever is listed.

    Attributes:
        kinds: Taxonomy codes, each with its branch; empty for all.
        states: States, ``wild`` for what nobody declared; empty for all.
        services: Services that wrote them, or feeds they came by; empty for all.
        zone: Zoning and index of a zone that they touch; None for everywhere.
    """

    kinds: tuple[str, ...] = ()
    states: tuple[str, ...] = ()
    services: tuple[str, ...] = ()
    zone: tuple[Zoning, int] | None = field(default=None, compare=False)

    def takes(self, plan: PlanRecord) -> bool:
        """Say whether a plan is listed."""
        wild = not plan.declared and plan.state != "cancelled"
        state = WILD if wild else plan.state
        if self.states and state not in self.states:
            return False
        if self.kinds and not any(TAXONOMY.is_within(plan.kind, one) for one in self.kinds):
            return False
        if self.services and not {plan.service, plan.source}.intersection(self.services):
            return False
        if self.zone is None:
            return True
        zoning, index = self.zone
        return plan.geometry is not None and bool(zoning.polygons[index].intersects(plan.geometry))


def plan_filters(
    home: Home,
    *,
    kinds: Sequence[str] = (),
    states: Sequence[str] = (),
    services: Sequence[str] = (),
    zone: tuple[str, str] | None = None,
) -> PlanFilters:
    """Return checked filters.

    Raises:
        WrongUsage: An unknown kind or state.
        NotFound: An unknown zoning or zone.
    """
    for code in kinds:
        if code not in TAXONOMY:
            raise WrongUsage(reason=f"kind {code[:80]}", field="kind")
    for state in states:
        if state not in {*STATES, WILD}:
            raise WrongUsage(reason=f"state {state[:20]}", field="state")
    found = None
    if zone is not None:
        zoning = home.frame.zoning(zone[0])
        if zone[1] not in zoning.ids:
            raise NotFound(what="zone", name=":".join(zone))
        found = (zoning, list(zoning.ids).index(zone[1]))
    return PlanFilters(tuple(kinds), tuple(states), tuple(services), found)


def seen_by(view: View) -> Callable[[PlanRecord], bool]:
    """Return whether a plan lies within the view's sources and zones."""
    return lambda plan: view.holds(plan.source, plan.geometry)


def local_day(home: Home, at_us: int) -> date:
    """Return the city's date at an instant."""
    days = local_columns(np.array([at_us], dtype=np.int64), home.settings.city.timezone).local_day
    found: date = days[0].as_py()
    return found


def agenda_days(
    home: Home, caller: Caller, first: date | None, days: int
) -> tuple[View, list[AgendaDay]]:
    """Return the agenda from a local day (today by default), and the view it is seen by.

    Raises:
        Forbidden: When the role may not see plans.
    """
    at = now_us(home.clock)
    start = first or local_day(home, at)
    asked = {"from": start.isoformat(), "days": days}
    view = home.rights.ask(caller, "plans", subject=asked)
    return view, agenda(
        home.plans,
        home.rules,
        first=start,
        days=max(1, min(days, MAX_DAYS)),
        timezone=home.settings.city.timezone,
        now_us=at,
        seen=seen_by(view),
        beside=_beside(home, caller, at),
        known=home.clashes.open_between,
    )


def _beside(home: Home, caller: Caller, at_us: int) -> Beside:
    today = local_day(home, at_us)
    counts = counts_by_day(home, caller, today - timedelta(days=USUAL_DAYS), today)
    whole = counts is not None and _unbounded(home, caller)
    if not whole:
        return Beside(excess={}, needs={}, counts=counts or {})
    return Beside(excess=home.reckoned.excess, needs=home.reckoned.needed, counts=counts or {})


def _unbounded(home: Home, caller: Caller) -> bool:
    """Say whether a caller's figures have no bounds of feed or zone."""
    limits = home.rights.limits(caller, "figures", Verb.CONSULT)
    return limits.sources is None and limits.zones is None


def counts_by_day(home: Home, caller: Caller, first: date, after: date) -> dict[date, int] | None:
    """Return the facts of whole days, of all kinds, as far as the caller sees them.

    None for who sees published figures only. Days before the first fact are absent; those without
    any in between are 0. Kept for an hour: what is usual does not change within one.

    Raises:
        Forbidden: When the role may not see figures.
    """
    if sees_figures_only(home, caller) or not home.rights.may(caller, "figures"):
        return None
    zone = home.settings.city.timezone
    from_us, to_us = day_bounds(first, zone)[0], day_bounds(after, zone)[0]
    view = home.rights.ask(caller, "figures", subject={"from_us": from_us, "to_us": to_us})
    selection = view.select(Selection(from_us, to_us))
    area = None if selection.area is None else selection.area.wkb
    key = ("day counts", first, after, selection.sources, area)
    hour = now_us(home.clock) // HOUR_US

    def count() -> dict[date, int]:
        names = ("local_day", "kind", "discovered_by")
        table = select_facts(home.lake, selection, names, home.frame.zonings)
        kept, _ = evidence(table)
        rows = kept.group_by("local_day").aggregate([("local_day", "count")])
        return _every_day(rows, after)

    counts = home.plans.kept.of(key, hour, count)
    told = sum(counts.values())
    return counts if told >= view.least else None


def _every_day(rows: pa.Table, after: date) -> dict[date, int]:
    known = dict(
        zip(rows["local_day"].to_pylist(), rows["local_day_count"].to_pylist(), strict=True)
    )
    if not known:
        return {}
    first = min(known)
    return {
        day: known.get(day, 0)
        for day in (first + timedelta(days=i) for i in range((after - first).days))
    }


def note_record(home: Home, caller: Caller, days: int = PAST_DAYS) -> dict[str, Any]:
    """Return how the note did on past days: facts above expected by note.

    Raises:
        Forbidden: When the role may not see plans or figures.
    """
    at = now_us(home.clock)
    today = local_day(home, at)
    view = home.rights.ask(caller, "plans", subject={"past_days": days})
    figures = home.rights.ask(caller, "figures", subject={"past_days": days})
    first = today - timedelta(days=days)
    counts = counts_by_day(home, caller, first - timedelta(days=USUAL_DAYS), today)
    if counts is None:
        return _record_json(None, figures.least)
    key = ("note record", days, today, view.limits, figures.limits)
    stamp = (home.plans.mark(), at // HOUR_US)

    def work_out() -> Reliability:
        past = agenda(
            home.plans,
            home.rules,
            first=first,
            days=days,
            timezone=home.settings.city.timezone,
            now_us=at,
            seen=seen_by(view),
        )
        return reliability({one.day: one.danger.note for one in past}, counts)

    return _record_json(home.plans.kept.of(key, stamp, work_out), figures.least)


def _record_json(found: Reliability | None, least: int) -> dict[str, Any]:
    if found is None:
        return {
            "withheld": True,
            "days": 0,
            "first": None,
            "last": None,
            "items": [],
            "correlation": None,
            "limits": LIMITS,
        }
    known = found.correlation is not None
    return {
        "withheld": False,
        "days": found.days,
        "first": None if found.first is None else found.first.isoformat(),
        "last": None if found.last is None else found.last.isoformat(),
        "items": [
            {name: _round(value) for name, value in asdict(one).items()}
            for one in found.records
            if one.facts >= least
        ],
        "correlation": {
            "low": _round(found.low),
            "mid": _round(found.correlation),
            "high": _round(found.high),
        }
        if known
        else None,
        "limits": LIMITS,
    }


def _round(value: float | None) -> float | None:
    return round(value, 4) if isinstance(value, float) else value


def _ends_json(ends: Ends, digits: int = 2) -> dict[str, float]:
    return {name: round(value, digits) for name, value in ends._asdict().items()}


def _part_json(part: Part) -> dict[str, Any]:
    return {
        "name": part.name,
        "points": _ends_json(part.points),
        "most": part.most,
        "reason": dict(part.reason),
        "numbers": dict(part.numbers),
        "plans": list(part.plans),
        "estimated": part.estimated,
    }


def danger_json(danger: Danger) -> dict[str, Any]:
    """Return a note as the interface answers it."""
    return {
        "note": danger.note,
        "low": danger.low,
        "high": danger.high,
        "colour": danger.colour,
        "parts": [_part_json(part) for part in danger.parts],
    }


def cover_json(cover: Cover) -> dict[str, Any]:
    """Return what means cover as the interface answers it."""
    return {
        "planned": dict(cover.planned),
        "unstated": cover.unstated,
        "needed": None if cover.needed is None else _ends_json(cover.needed),
        "share": None if cover.share is None else _ends_json(cover.share, 4),
        "estimated": cover.estimated,
        "colour": cover.colour,
    }


def day_json(
    one: AgendaDay, plan_json: Callable[[PlanRecord], Mapping[str, Any]], listed: PlanFilters
) -> dict[str, Any]:
    """Return a day as the interface answers it, with the plans that are listed."""
    plans = [plan for plan in one.plans if listed.takes(plan)]
    return {
        "day": one.day.isoformat(),
        "from": to_rfc3339(one.from_us),
        "to": to_rfc3339(one.to_us),
        "plans": len(one.plans),
        "attendance": dict(zip(("low", "likely", "high"), one.attendance, strict=True)),
        "unknown_attendance": one.unknown_attendance,
        "clashes": len(one.clashes),
        "colour": one.colour,
        "danger": danger_json(one.danger),
        "cover": cover_json(one.cover),
        "listed": [plan.plan_id for plan in plans],
        "items": [plan_json(plan) for plan in plans],
    }
