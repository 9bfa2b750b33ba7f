"""Event files written: a new version, or a past file taken over for a new event.

The writer says which version he has read; where another is the newest, his change is refused. What
may tell of a person is refused or taken out before anything is kept (``foresight.dossier.naming``).
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from pydantic import ValidationError

from vigie.base.clock import to_rfc3339
from vigie.base.errors import NamesPerson, StepRefused, WrongUsage
from vigie.desk.event_files import Heading, Version
from vigie.foresight.dossier.model import STEPS, Content, Origin, State
from vigie.foresight.dossier.naming import doubts_of, scrub_after, scrub_reason
from vigie.foresight.dossier.reusing import PastFile, Proposal, Span, proposals, taken_over
from vigie.foresight.dossier.starting import first_content
from vigie.foresight.plans import PlanRecord
from vigie.privacy.purposes import Verb
from vigie.situation.caller import Caller
from vigie.situation.home import Home
from vigie.situation.tomorrow.event_files import Opened, file_json, open_file, seen_files

LONGEST_REASON = 500


def read_content(value: Mapping[str, Any]) -> Content:
    """Return a content from JSON.

    Raises:
        WrongUsage: Naming the first part that cannot be used.
    """
    try:
        return Content.model_validate(value)
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join(str(part) for part in first["loc"])
        reason = f"{where}: {first['msg']}" if where else str(first["msg"])
        raise WrongUsage(reason=reason[:300], field=where) from error


def save_file(
    home: Home,
    caller: Caller,
    plan_id: str,
    *,
    content: Content,
    state: State,
    why: str,
    after: int,
) -> dict[str, Any]:
    """Add a version to a file and return the file.

    Args:
        home: The home.
        caller: Who writes.
        plan_id: The plan.
        content: The content.
        state: State from now on.
        why: Why; empty for a plain save.
        after: Version that the writer has read; 0 for none.

    Raises:
        Forbidden: When the role may not change event files.
        NotFound: When there is no such plan.
        StaleVersion: When another version is the newest.
        StepRefused: When the state may not follow, or what is validated would be changed.
        NamesPerson: When a text may tell of a person.
    """
    opened = open_file(home, caller, plan_id, Verb.ALTER)
    _check_step(opened, content, state)
    content, scrubbed = _clean(content)
    version = _add(home, caller, opened.plan, content, state=state, why=why, after=after)
    answer = file_json(home, caller, Opened(opened.view, opened.plan, version, content))
    return {**answer, "scrubbed": scrubbed}


def _check_step(opened: Opened, content: Content, state: State) -> None:
    now = opened.state
    if state not in STEPS[now]:
        raise StepRefused(state=str(now), wanted=str(state))
    if opened.version is None or state is State.DRAFT:
        return
    kept = content.planned == opened.content.planned
    closed = now is State.CLOSED and state is State.CLOSED and content != opened.content
    if closed or (now in {State.VALIDATED, State.CLOSED} and not kept):
        raise StepRefused(state=str(now), wanted="changed")


def _clean(content: Content) -> tuple[Content, int]:
    refused = next((one for one in doubts_of(content) if one.refused), None)
    if refused is not None:
        raise NamesPerson(path=refused.path, kind=refused.kind)
    return scrub_after(content)


def _add(
    home: Home,
    caller: Caller,
    plan: PlanRecord,
    content: Content,
    *,
    state: State,
    why: str,
    after: int,
) -> Version:
    heading = Heading(
        plan_id=plan.plan_id,
        kind=plan.kind,
        title=plan.title[:300],
        source=plan.source,
        place_id=plan.place_id,
        starts_us=plan.starts_us,
        ends_us=max(plan.ends_us, plan.starts_us),
    )
    return home.desk.event_files.add(
        heading,
        after=after,
        state=str(state),
        content=content.model_dump(mode="json"),
        who=caller.name,
        why=scrub_reason(why)[:LONGEST_REASON],
    )


def propose_reuse(home: Home, caller: Caller, plan_id: str) -> list[dict[str, Any]]:
    """Return the past files most like a plan, best first, each with why.

    Raises:
        Forbidden: When the role may not see event files.
        NotFound: When there is no such plan.
    """
    opened = open_file(home, caller, plan_id)
    return [_proposal_json(one) for one in proposals(opened.plan, _past(home, caller, opened))]


def _past(home: Home, caller: Caller, opened: Opened) -> list[PastFile]:
    return [
        PastFile(
            plan_id=one.heading.plan_id,
            version=one.version,
            kind=one.heading.kind,
            title=one.heading.title,
            place_id=one.heading.place_id,
            starts_us=one.heading.starts_us,
            state=one.state,
        )
        for one in seen_files(home, caller, opened.view)
    ]


def _proposal_json(found: Proposal) -> dict[str, Any]:
    return {
        "plan_id": found.file.plan_id,
        "version": found.file.version,
        "title": found.file.title,
        "kind": found.file.kind,
        "starts_at": to_rfc3339(found.file.starts_us),
        "state": found.file.state,
        "score": found.score,
        "same_kind": found.same_kind,
        "same_venue": found.same_venue,
        "title_likeness": found.title,
    }


def reuse(
    home: Home, caller: Caller, plan_id: str, *, from_plan: str, from_version: int, after: int
) -> dict[str, Any]:
    """Take a past file over for a plan, as a draft, and return the new file.

    Times move to the plan's hours, places stay. What must be looked at again stands among the
    remarks: works on the ground that day, another attendance.

    Raises:
        Forbidden: When the role may not change event files.
        NotFound: When there is no such plan, file or version.
        StaleVersion: When another version is the newest.
        StepRefused: When the file is validated or closed.
    """
    opened = open_file(home, caller, plan_id, Verb.ALTER)
    if State.DRAFT not in STEPS[opened.state]:
        raise StepRefused(state=str(opened.state), wanted=str(State.DRAFT))
    past = open_file(home, caller, from_plan)
    filed = home.desk.event_files.heading(from_plan)
    version = home.desk.event_files.version(from_plan, from_version)
    origin = Origin(
        plan_id=from_plan,
        version=from_version,
        title=filed.heading.title[:200],
        attendance=past.plan.attendance[1],
    )
    content = taken_over(
        Content.model_validate(version.content),
        origin,
        Span(filed.heading.starts_us, filed.heading.ends_us),
        Span(opened.plan.starts_us, opened.plan.ends_us),
    ).model_copy(update={"figures": first_content(opened.plan).figures})
    why = f"Repris de « {filed.heading.title} » (version {from_version})"
    made = _add(home, caller, opened.plan, content, state=State.DRAFT, why=why, after=after)
    return file_json(home, caller, Opened(opened.view, opened.plan, made, content))
