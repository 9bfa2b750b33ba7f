"""Streets that event files close, told wherever closed ground is: map, situation, ways of means.

A file's closures hold from its validation on: the newest version that was validated, while a draft
is being written over it too, for what was ordered in the street is not undone by a draft. A file
that is closed afterwards was validated. They go with their plan: who may not see the plan is told
nothing, and a plan that was called off closes nothing. Street, hours and who passes are told;
everything else in a file is for those who may open it. A closure without a line stands nowhere.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Final

from shapely.geometry import mapping
from shapely.geometry.base import BaseGeometry

from vigie.base.clock import to_rfc3339, to_us
from vigie.base.errors import NotFound
from vigie.desk.event_files import Version
from vigie.foresight.dossier.model import Closure, Exempt, State
from vigie.foresight.plans import PlanRecord, get_plan
from vigie.situation.caller import Caller
from vigie.situation.home import Home
from vigie.situation.plans import holds_plan
from vigie.situation.rights import View

VALIDATED: Final = (State.VALIDATED, State.CLOSED)


@dataclass(frozen=True, slots=True)
class FiledClosure:
    """A street that a validated file closes.

    Attributes:
        plan_id: Plan of the file.
        version: Version that was validated.
        item: Id of the closure in the file.
        street: Street.
        shape: Line on the map, WGS 84.
        from_us: From when, epoch µs.
        to_us: Until when.
        exempt: Who passes all the same.
    """

    plan_id: str
    version: int
    item: str
    street: str
    shape: BaseGeometry
    from_us: int
    to_us: int
    exempt: tuple[Exempt, ...]

    @property
    def stops_means(self) -> bool:
        """Whether emergency services go round it as well."""
        return Exempt.EMERGENCY not in self.exempt


def filed_closures(
    home: Home, view: View, from_us: int, to_us: int
) -> list[tuple[FiledClosure, PlanRecord]]:
    """Return the closures of validated files that touch a window, by start, with their plans.

    Args:
        home: The home.
        view: What the caller may see of plans.
        from_us: Start of the window, epoch µs.
        to_us: End, exclusive.
    """
    files = home.desk.event_files
    every = home.kept.of("filed closures", files.mark(), lambda: _read(files.latest(VALIDATED)))
    found = []
    for one in every:
        if one.from_us < to_us and one.to_us > from_us:
            plan = _plan(home, view, one.plan_id)
            if plan is not None:
                found.append((one, plan))
    return found


def _read(versions: list[Version]) -> tuple[FiledClosure, ...]:
    every = (one for version in versions for one in _closures(version))
    return tuple(sorted(every, key=lambda one: (one.from_us, one.plan_id, one.item)))


def _closures(version: Version) -> Iterator[FiledClosure]:
    for told in version.content.get("closures", ()):
        one = Closure.model_validate(told)
        if one.line is not None:
            yield FiledClosure(
                plan_id=version.plan_id,
                version=version.version,
                item=one.id,
                street=one.street,
                shape=one.line.geometry(),
                from_us=to_us(one.from_at),
                to_us=to_us(one.to_at),
                exempt=one.exempt,
            )


def _plan(home: Home, view: View, plan_id: str) -> PlanRecord | None:
    try:
        plan = get_plan(home.plans, plan_id)
    except NotFound:  # its plan has been forgotten before it
        return None
    return plan if plan.state != "cancelled" and holds_plan(view)(plan) else None


def closure_json(view: View, closure: FiledClosure, plan: PlanRecord) -> dict[str, Any]:
    """Return a closure as the interface answers it."""
    return {
        "closure_id": f"{closure.plan_id}:{closure.item}",
        "plan_id": closure.plan_id,
        "version": closure.version,
        "title": view.blank({"title": plan.title})["title"],
        "street": closure.street,
        "from": to_rfc3339(closure.from_us),
        "to": to_rfc3339(closure.to_us),
        "exempt": [str(one) for one in closure.exempt],
        "geometry": dict(mapping(closure.shape)),
    }


def list_closures(home: Home, caller: Caller, from_us: int, to_us: int) -> list[dict[str, Any]]:
    """Return the streets that validated event files close in a window, by start.

    Raises:
        Forbidden: When the role may not see plans.
    """
    subject = {"from_us": from_us, "to_us": to_us, "closures": "event_files"}
    view = home.rights.ask(caller, "plans", subject=subject)
    found = filed_closures(home, view, from_us, to_us)
    return [closure_json(view, closure, plan) for closure, plan in found]
