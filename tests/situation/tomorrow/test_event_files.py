"""Event files within rights: read, written, taken over, handed out, looked back on."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from vigie.audit.line import Line
from vigie.base.clock import FixedClock, to_rfc3339, to_us
from vigie.base.errors import (
    Forbidden,
    NamesPerson,
    NotFound,
    StaleVersion,
    StepRefused,
    WrongUsage,
)
from vigie.foresight.dossier.model import Content, State
from vigie.foresight.plans import PlanRecord, get_plan, plans_between
from vigie.privacy.charter import Limits, shipped_charter
from vigie.reports.document import Heading, Paragraph, Report, Table
from vigie.reports.setting import set_pdf
from vigie.situation.around.asked import Wanted
from vigie.situation.around.situation import read_situation
from vigie.situation.caller import Caller
from vigie.situation.closures import filed_closures, list_closures
from vigie.situation.home import Home
from vigie.situation.rights import Rights
from vigie.situation.tomorrow import event_paper
from vigie.situation.tomorrow.entry import tag_of, withdraw
from vigie.situation.tomorrow.event_after import after_action
from vigie.situation.tomorrow.event_files import (
    DATASET,
    compare_versions,
    list_files,
    list_versions,
    read_file,
    read_version,
)
from vigie.situation.tomorrow.event_paper import map_picture, report_pdf
from vigie.situation.tomorrow.event_writing import propose_reuse, read_content, reuse, save_file

PLANNER = Caller("planner", "planner")
OPERATOR = Caller("operator", "operator")
HOUR_US = 3_600_000_000
DAY_US = 86_400_000_000


@pytest.fixture
def own(tmp_path: Path, sample: ModuleType) -> Iterator[tuple[Home, FixedClock]]:
    home, clock = sample.build(tmp_path / "home")
    with home:
        yield home, clock


def plans_of(home: Home) -> list[str]:
    return [one.plan_id for one in plans_between(home.plans, 0, 2**60)]


def save(home: Home, plan_id: str, after: int, content: Content | None = None, **told: object):
    values: dict[str, object] = {"state": State.DRAFT, "why": ""} | told
    content = content or Content(summary=f"Version {after + 1}")
    return save_file(home, PLANNER, plan_id, content=content, after=after, **values)


class Recorder:
    """An audit in memory."""

    def __init__(self) -> None:
        self.lines: list[Line] = []

    def append(self, line: Line) -> int:
        self.lines.append(line)
        return len(self.lines) - 1


def test_a_plan_without_a_file_gets_a_first_proposal_that_nobody_has_saved(
    own: tuple[Home, FixedClock],
) -> None:
    home, _ = own
    plan_id = plans_of(home)[0]
    found = read_file(home, PLANNER, plan_id)
    assert (found["version"], found["state"], found["who"]) == (0, "draft", None)
    assert found["content"]["figures"][0]["likely"] == 5_000.0
    assert found["content"]["first_aid"]["responders"] > 0
    assert home.desk.event_files.list_all() == []


def test_a_version_is_added_compared_and_listed(own: tuple[Home, FixedClock]) -> None:
    home, _ = own
    plan_id = plans_of(home)[0]
    save(home, plan_id, 0, why="demandé par M. Durand")
    save(home, plan_id, 1, state=State.UNDER_REVIEW)
    versions = list_versions(home, PLANNER, plan_id)
    assert [(one["version"], one["state"], one["who"]) for one in versions] == [
        (2, "under_review", "planner"),
        (1, "draft", "planner"),
    ]
    assert versions[1]["why"] == "demandé par M. [nom]"
    assert read_version(home, PLANNER, plan_id, 1)["content"]["summary"] == "Version 1"
    (change,) = compare_versions(home, PLANNER, plan_id, 1, 2)["changes"]
    assert change["fields"][0]["before"] == "Version 1"
    assert [one["plan_id"] for one in list_files(home, PLANNER)] == [plan_id]


def test_who_read_an_older_version_is_refused(own: tuple[Home, FixedClock]) -> None:
    home, _ = own
    plan_id = plans_of(home)[0]
    save(home, plan_id, 0)
    with pytest.raises(StaleVersion):
        save(home, plan_id, 0)


def test_what_is_validated_changes_only_by_going_back(own: tuple[Home, FixedClock]) -> None:
    home, _ = own
    plan_id = plans_of(home)[0]
    kept = Content(summary="Tel quel")
    save(home, plan_id, 0, kept)
    with pytest.raises(StepRefused):
        save(home, plan_id, 1, kept, state=State.VALIDATED)
    save(home, plan_id, 1, kept, state=State.UNDER_REVIEW)
    save(home, plan_id, 2, kept, state=State.VALIDATED)
    with pytest.raises(StepRefused):
        save(home, plan_id, 3, Content(summary="Autre"), state=State.VALIDATED)
    after = Content.model_validate({"summary": "Tel quel", "after": {"lessons": "Bien tenu."}})
    save(home, plan_id, 3, after, state=State.VALIDATED)
    save(home, plan_id, 4, after, state=State.CLOSED)
    with pytest.raises(StepRefused):
        save(home, plan_id, 5, kept, state=State.CLOSED)
    with pytest.raises(StepRefused):
        save(home, plan_id, 5, kept, state=State.DRAFT)


def test_a_person_is_refused_in_contacts_and_scrubbed_from_lessons(
    own: tuple[Home, FixedClock],
) -> None:
    """Requirement: MIN-1."""
    home, _ = own
    plan_id = plans_of(home)[0]
    contact = {"id": "x", "service": "Police", "function": "M. Durand", "telephone": "17"}
    with pytest.raises(NamesPerson):
        save(home, plan_id, 0, Content.model_validate({"contacts": [contact]}))
    lessons = Content.model_validate({"after": {"lessons": "Mme Lopez a tenu la porte."}})
    answer = save(home, plan_id, 0, lessons)
    assert answer["scrubbed"] == 1
    assert "Lopez" not in json.dumps(answer["content"])
    assert "Lopez" not in json.dumps(dict(home.desk.event_files.version(plan_id, 1).content))


@pytest.mark.parametrize("role", ["elected", "analyst", "investigator"])
def test_who_has_no_cell_sees_no_file(seen_home: Home, role: str) -> None:
    with pytest.raises(Forbidden):
        read_file(seen_home, Caller(role, role), plans_of(seen_home)[0])


@pytest.mark.parametrize("role", ["operator", "admin", "dpo"])
def test_who_may_read_may_not_write(seen_home: Home, role: str) -> None:
    caller, plan_id = Caller(role, role), plans_of(seen_home)[0]
    assert read_file(seen_home, caller, plan_id)["may_alter"] is False
    with pytest.raises(Forbidden):
        save_file(seen_home, caller, plan_id, content=Content(), state=State.DRAFT, why="", after=0)


def test_a_partner_sees_no_file_of_plans_that_others_brought(seen_home: Home) -> None:
    partner = seen_home.desk.accounts.get("partner")
    caller = Caller("partner", "partner", partner.account_id)
    with pytest.raises(NotFound):
        read_file(seen_home, caller, plans_of(seen_home)[0])
    assert list_files(seen_home, caller) == []


def test_a_past_file_is_proposed_and_taken_over_for_the_new_hours(
    own: tuple[Home, FixedClock],
) -> None:
    home, _ = own
    first, *_, last = plans_of(home)
    starts = {one.plan_id: one.starts_us for one in plans_between(home.plans, 0, 2**60)}
    post = {
        "id": "p",
        "name": "Parvis",
        "kind": "agents",
        "headcount": 4,
        "from_at": read_file(home, PLANNER, first)["starts_at"],
        "to_at": read_file(home, PLANNER, first)["ends_at"],
    }
    save(home, first, 0, Content.model_validate({"posts": [post]}))
    (proposal,) = propose_reuse(home, PLANNER, last)
    assert (proposal["plan_id"], proposal["same_kind"]) == (first, True)
    assert propose_reuse(home, PLANNER, first) == []
    taken = reuse(home, PLANNER, last, from_plan=first, from_version=1, after=0)
    assert (taken["version"], taken["state"]) == (1, "draft")
    assert taken["content"]["posts"][0]["from_at"] == taken["starts_at"]
    assert taken["content"]["origin"]["plan_id"] == first
    assert starts[last] > starts[first]
    with pytest.raises(NotFound):
        reuse(home, PLANNER, last, from_plan=first, from_version=9, after=1)


def test_every_reading_change_and_handing_out_leaves_its_line(
    own: tuple[Home, FixedClock],
) -> None:
    """Requirement: P-LOG-4."""
    audit = Recorder()
    rights = Rights(shipped_charter(), own[0].desk, own[1], audit, own[0].frame)
    home = replace(own[0], rights=rights)
    plan_id = plans_of(home)[0]
    read_file(home, PLANNER, plan_id)
    save(home, plan_id, 0)
    report_pdf(home, PLANNER, plan_id, language="fr", sheet="A4", recipient="Marins-pompiers")
    with pytest.raises(Forbidden):
        read_file(home, Caller("elected", "elected"), plan_id)
    told = [(one.verb, one.outcome, one.recipient) for one in audit.lines if one.dataset == DATASET]
    assert told == [
        ("consult", "allowed", ""),
        ("alter", "allowed", ""),
        ("disclose", "allowed", "Marins-pompiers"),
        ("consult", "refused", ""),
    ]


def test_equal_files_give_equal_papers(own: tuple[Home, FixedClock]) -> None:
    home, clock = own
    plan_id = plans_of(home)[0]
    save(home, plan_id, 0)
    first, name = report_pdf(home, PLANNER, plan_id, language="fr", sheet="A4")
    clock.advance(timedelta(hours=4))
    again, _ = report_pdf(home, PLANNER, plan_id, language="fr", sheet="A4")
    assert first == again
    assert name == f"dossier-{plan_id}-v1-fr.pdf"
    assert first != report_pdf(home, PLANNER, plan_id, language="en", sheet="A4")[0]
    svg, _ = map_picture(home, PLANNER, plan_id, language="fr", sheet="A3")
    assert svg.startswith("<svg")
    with pytest.raises(WrongUsage):
        map_picture(home, PLANNER, plan_id, language="de", sheet="A3")


def _closing(plan: PlanRecord, hour_us: int) -> Content:
    """Two streets through the middle of a plan for an hour; emergency services pass the second."""
    assert plan.geometry is not None
    middle = plan.geometry.representative_point()
    line = [[middle.x - 0.001, middle.y], [middle.x + 0.001, middle.y]]
    hours = {"from_at": to_rfc3339(hour_us), "to_at": to_rfc3339(hour_us + HOUR_US)}
    streets = [
        {"id": name.lower(), "street": f"Rue {name}", "exempt": exempt, **hours}
        | {"line": {"type": "LineString", "coordinates": line}}
        for name, exempt in (("A", ["residents"]), ("B", ["emergency"]))
    ]
    return Content.model_validate({"closures": streets})


def test_a_validated_files_streets_are_closed_on_the_map_in_situations_and_for_means(
    own: tuple[Home, FixedClock],
) -> None:
    home, clock = own
    now = to_us(clock.now())
    plan = get_plan(home.plans, plans_of(home)[0])
    assert plan.geometry is not None
    middle = plan.geometry.representative_point()
    content = _closing(plan, now - HOUR_US // 2)

    def told(from_us: int = now) -> list[str]:
        found = list_closures(home, OPERATOR, from_us, from_us + 1)
        return [f"{one['street']} v{one['version']}" for one in found]

    def situation() -> dict[str, Any]:
        return read_situation(home, OPERATOR, Wanted(lon=middle.x, lat=middle.y))

    before = situation()
    save(home, plan.plan_id, 0, content)
    save(home, plan.plan_id, 1, content, state=State.UNDER_REVIEW)
    assert told() == []
    save(home, plan.plan_id, 2, content, state=State.VALIDATED)
    assert told() == ["Rue A v3", "Rue B v3"]
    assert told(from_us=now + HOUR_US) == []
    found = situation()
    streets = found["streets_closed"]
    assert [(one["street"], one["in_force"]) for one in streets] == [
        ("Rue A", True),
        ("Rue B", True),
    ]
    assert streets[0]["title"] == plan.title
    assert found["travel"]["closed_filed"] == 1
    assert found["travel"]["closed"] == before["travel"]["closed"] + 1
    save(home, plan.plan_id, 3)
    assert told() == ["Rue A v3", "Rue B v3"]
    view = home.rights.ask(OPERATOR, "plans", subject={"list": "all"})
    nobodys = replace(view, limits=Limits(sources=frozenset()))
    assert filed_closures(home, nobodys, now, now + 1) == []
    tag = tag_of(plan)
    withdraw(home, PLANNER, plan.plan_id, tag=tag, reason="Annulé par l’organisateur")
    assert told() == []
    assert situation()["travel"] == before["travel"]


def test_a_content_that_cannot_be_read_says_where() -> None:
    with pytest.raises(WrongUsage) as caught:
        read_content({"posts": [{"id": "x"}]})
    assert caught.value.params["field"].startswith("posts.0.")


def test_before_its_end_an_event_has_no_after_action(seen_home: Home) -> None:
    ahead = plans_of(seen_home)[-1]
    found = after_action(seen_home, PLANNER, ahead)
    assert found["over"] is False
    assert (found["facts"], found["attendance"]["seen"]) == ([], None)


def test_after_its_end_facts_stand_beside_control_weeks_and_small_counts_are_withheld(
    own: tuple[Home, FixedClock],
) -> None:
    home, clock = own
    clock.advance(timedelta(days=2))
    found = after_action(home, PLANNER, plans_of(home)[0])
    assert found["over"] is True
    assert len(found["facts"]) == 9
    assert found["facts_least"] == 5
    for cell in found["facts"]:
        assert cell["happened"] is None or cell["happened"] == 0 or cell["happened"] >= 5
        assert cell["controls"] == len(found["controls"])


def _paper(home: Home, plan_id: str, caller: Caller, monkeypatch: pytest.MonkeyPatch) -> Report:
    """Return the report that is set as PDF for somebody."""
    kept: list[Report] = []

    def keep(report: Report) -> bytes:
        kept.append(report)
        return set_pdf(report)

    monkeypatch.setattr(event_paper, "set_pdf", keep)
    pdf, _ = report_pdf(home, caller, plan_id, language="fr", sheet="A4")
    assert pdf.startswith(b"%PDF")
    return kept[0]


def test_the_after_action_goes_with_the_paper_once_the_event_is_over(
    own: tuple[Home, FixedClock], monkeypatch: pytest.MonkeyPatch
) -> None:
    home, clock = own
    plan_id = plans_of(home)[0]
    used = {"id": "u", "what": "Barrières", "planned": 200, "used": 260}
    content = Content.model_validate({"after": {"used": [used], "lessons": "Ouvrir plus tôt."}})
    save(home, plan_id, 0, content)
    before = _paper(home, plan_id, PLANNER, monkeypatch)
    assert Heading("Retour d’expérience") not in before.blocks
    clock.advance(timedelta(days=2))
    blocks = _paper(home, plan_id, PLANNER, monkeypatch).blocks
    assert Heading("Retour d’expérience") in blocks
    tables = {one.caption: one for one in blocks if isinstance(one, Table)}
    found = after_action(home, PLANNER, plan_id)
    rings = tables["Faits autour de l’événement, face aux semaines témoins"].rows
    counts = [one["happened"] for one in found["facts"]]
    assert [row[2] for row in rings] == ["tu" if n is None else str(n) for n in counts]
    planned = tables["Affluence : prévue, mesurée, comptée"].rows[0]
    assert planned[1].replace("\u202f", "") == str(round(found["attendance"]["planned"]["likely"]))
    assert tables["Moyens : prévus et employés"].rows[0][1:3] == ["200", "260"]
    assert Paragraph("Ouvrir plus tôt.") in blocks
    told = _paper(home, plan_id, OPERATOR, monkeypatch).blocks
    assert not any(isinstance(one, Table) and "témoins" in one.caption for one in told)
    assert Paragraph("Ouvrir plus tôt.") in told


def test_counting_around_an_event_needs_the_right_to_count(seen_home: Home) -> None:
    with pytest.raises(Forbidden):
        after_action(seen_home, Caller("operator", "operator"), plans_of(seen_home)[0])
