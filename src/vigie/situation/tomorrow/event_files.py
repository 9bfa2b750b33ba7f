"""Event files: read and compared, within the rights of who asks.

A file belongs to a plan: who may not see the plan does not see its file.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any

from vigie.base.clock import to_rfc3339
from vigie.base.errors import NotFound
from vigie.desk.event_files import Filed, Version
from vigie.foresight.dossier.comparing import changes
from vigie.foresight.dossier.model import STEPS, Content, State
from vigie.foresight.dossier.remarks import Remark, remarks
from vigie.foresight.dossier.starting import first_content
from vigie.foresight.dossier.texts import remark_text
from vigie.foresight.plans import PlanRecord, get_plan, plans_between
from vigie.privacy.purposes import Verb
from vigie.situation.caller import Caller
from vigie.situation.home import Home
from vigie.situation.plans import holds_plan
from vigie.situation.rights import View

DATASET = "event_files"
LONGEST_REASON = 500


@dataclass(frozen=True, slots=True)
class Opened:
    """A file that was opened for somebody.

    Attributes:
        view: What may be seen.
        plan: Its plan as it stands now.
        version: Its newest version; None while there is none.
        content: Its content; a first proposal while there is no version.
    """

    view: View
    plan: PlanRecord
    version: Version | None
    content: Content

    @property
    def number(self) -> int:
        """Number of the newest version, 0 for none."""
        return 0 if self.version is None else self.version.version

    @property
    def state(self) -> State:
        """State of the file."""
        return State.DRAFT if self.version is None else State(self.version.state)


def open_file(
    home: Home, caller: Caller, plan_id: str, verb: Verb = Verb.CONSULT, *, recipient: str = ""
) -> Opened:
    """Open the file of a plan, to read it, change it or hand it out.

    Raises:
        Forbidden: When the role may not.
        NotFound: When there is no such plan, or it is not for the caller to see.
    """
    view = home.rights.ask(
        caller, DATASET, verb, subject={"plan": plan_id[:80]}, recipient=recipient
    )
    plan = _plan(home, caller, view, plan_id)
    version = home.desk.event_files.newest(plan_id)
    content = first_content(plan) if version is None else Content.model_validate(version.content)
    return Opened(view, plan, version, content)


def _plan(home: Home, caller: Caller, view: View, plan_id: str) -> PlanRecord:
    plan = get_plan(home.plans, plan_id)
    if not _holds(home, caller, view, plan):
        raise NotFound(what="plan", name=plan_id)
    return plan


def _holds(home: Home, caller: Caller, view: View, plan: PlanRecord) -> bool:
    """Say whether a plan is for the caller: by its feed and place, or because he entered it."""
    if holds_plan(view)(plan):
        return True
    scope = home.desk.scopes.of_account(caller.account_id) if caller.account_id else None
    return scope is not None and bool(plan.service) and plan.service == scope.partner


def file_json(home: Home, caller: Caller, opened: Opened) -> dict[str, Any]:
    """Return an opened file as the interface answers it."""
    plan, version = opened.plan, opened.version
    return {
        "plan_id": plan.plan_id,
        "title": plan.title,
        "kind": plan.kind,
        "starts_at": to_rfc3339(plan.starts_us),
        "ends_at": to_rfc3339(plan.ends_us),
        "version": opened.number,
        "state": opened.state,
        "next_states": [str(one) for one in STEPS[opened.state]],
        "who": None if version is None else version.who,
        "at": None if version is None else to_rfc3339(version.at_us),
        "why": None if version is None else version.why,
        "may_alter": home.rights.may(caller, DATASET, Verb.ALTER),
        "may_disclose": home.rights.may(caller, DATASET, Verb.DISCLOSE),
        "content": opened.content.model_dump(mode="json"),
        "remarks": [remark_json(one) for one in remarks_on(home, caller, opened)],
    }


def remarks_on(home: Home, caller: Caller, opened: Opened) -> list[Remark]:
    """Return what is to be looked at in a file, among the plans that the caller may see."""
    seen = home.rights.ask(caller, "plans", subject={"plan": opened.plan.plan_id})
    around = plans_between(home.plans, opened.plan.from_us, opened.plan.to_us)
    return remarks(opened.content, opened.plan, list(filter(holds_plan(seen), around)))


def remark_json(remark: Remark) -> dict[str, Any]:
    """Return a remark as the interface answers it."""
    return {
        "code": remark.code,
        "weight": remark.weight,
        "part": remark.part,
        "item": remark.item,
        "text": remark_text(remark),
    }


def version_json(version: Version) -> dict[str, Any]:
    """Return a version without its content."""
    return {
        "version": version.version,
        "state": version.state,
        "who": version.who,
        "at": to_rfc3339(version.at_us),
        "why": version.why,
    }


def read_file(home: Home, caller: Caller, plan_id: str) -> dict[str, Any]:
    """Return the file of a plan; version 0 with a first proposal while there is none.

    Raises:
        Forbidden: When the role may not see event files.
        NotFound: When there is no such plan.
    """
    return file_json(home, caller, open_file(home, caller, plan_id))


def list_files(home: Home, caller: Caller) -> list[dict[str, Any]]:
    """Return the files whose plans the caller may see, that of the latest event first.

    Raises:
        Forbidden: When the role may not see event files.
    """
    view = home.rights.ask(caller, DATASET, subject={"list": "all"})
    return [
        {
            "plan_id": one.heading.plan_id,
            "kind": one.heading.kind,
            "title": one.heading.title,
            "starts_at": to_rfc3339(one.heading.starts_us),
            "ends_at": to_rfc3339(one.heading.ends_us),
            "version": one.version,
            "state": one.state,
        }
        for one in seen_files(home, caller, view)
    ]


def seen_files(home: Home, caller: Caller, view: View) -> list[Filed]:
    """Return the files whose plans the caller may see, that of the latest event first."""
    files = home.desk.event_files.list_all()
    if view.everywhere:
        return files
    found = []
    for one in files:
        try:
            plan = get_plan(home.plans, one.heading.plan_id)
        except NotFound:  # its plan has been forgotten before it
            continue
        if _holds(home, caller, view, plan):
            found.append(one)
    return found


def list_versions(home: Home, caller: Caller, plan_id: str) -> list[dict[str, Any]]:
    """Return the versions of a file without their contents, newest first.

    Raises:
        Forbidden: When the role may not see event files.
        NotFound: When there is no such plan.
    """
    open_file(home, caller, plan_id)
    return [version_json(one) for one in home.desk.event_files.versions(plan_id)]


def read_version(home: Home, caller: Caller, plan_id: str, number: int) -> dict[str, Any]:
    """Return one version with its content.

    Raises:
        Forbidden: When the role may not see event files.
        NotFound: When there is no such plan or version.
    """
    open_file(home, caller, plan_id)
    version = home.desk.event_files.version(plan_id, number)
    return {**version_json(version), "content": dict(version.content)}


def compare_versions(
    home: Home, caller: Caller, plan_id: str, before: int, after: int
) -> dict[str, Any]:
    """Return what changed between two versions; 0 stands for an empty file.

    Raises:
        Forbidden: When the role may not see event files.
        NotFound: When there is no such plan or version.
    """
    open_file(home, caller, plan_id)
    contents = [
        Content()
        if number == 0
        else Content.model_validate(home.desk.event_files.version(plan_id, number).content)
        for number in (before, after)
    ]
    found = changes(*contents)
    return {"before": before, "after": after, "changes": [asdict(one) for one in found]}
