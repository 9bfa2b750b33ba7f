"""Forecasts and detectors of an authority wait for a signed assessment (AIA-4)."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

from vigie.audit.line import Line
from vigie.audit.reading import Query, lines_before
from vigie.base.clock import FixedClock, now_us, to_us
from vigie.base.errors import AssessmentMissing, Forbidden, VigieError, WrongUsage
from vigie.base.translations import LANGUAGES, translate
from vigie.civic.register import assessing
from vigie.civic.register.gathering import gather
from vigie.civic.register.writing import write_register
from vigie.cli.main import run
from vigie.desk.forecasts import FAILED
from vigie.foresight.whatif.scenario import Scenario
from vigie.jobs.demo_assessment import make_demo_assessment
from vigie.situation.assessed_use import may_use, sign
from vigie.situation.assessment import (
    FILE,
    SIGNATURE,
    UNFINISHED,
    assessed,
    is_required,
    read_document,
)
from vigie.situation.caller import Caller
from vigie.situation.home import Home, init_home, open_home
from vigie.situation.tomorrow.allocation import allocate
from vigie.situation.tomorrow.allocation_case import Asked
from vigie.situation.tomorrow.effects import read_effect, read_effects
from vigie.situation.tomorrow.entry import enter
from vigie.situation.tomorrow.expected import work_out
from vigie.situation.tomorrow.forecast_runs import ask_forecast, carry_out, due
from vigie.situation.tomorrow.forecasts import open_run
from vigie.situation.tomorrow.whatif import adequacies, ask_what_if, keep_at_hand, plan_adequacy
from vigie.web.answers.civic import RegisterAnswer

NOW = datetime(2026, 3, 10, 9, 0, tzinfo=UTC)
TODAY = date(2026, 3, 10)
OFFICER, ANALYST = Caller("d", "dpo"), Caller("a", "analyst")
PLANNER = Caller("p", "planner")
AUTHORITY = {"city": {"name": "Essai"}, "server": {"public_url": "https://vigie.example"}}


def whole_text(**changes: object) -> str:
    """A text that a city has completed."""
    values = assessing.draft("Essai", TODAY, blank="Direction de la tranquillité")
    return assessing.write(values | changes)


@pytest.fixture(scope="module")
def opened(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Home]:
    path = tmp_path_factory.mktemp("assessment") / "home"
    init_home(path, AUTHORITY)
    with open_home(path, clock=FixedClock(NOW)) as home:
        yield home


@pytest.fixture
def home(opened: Home) -> Iterator[Home]:
    clock = opened.clock
    yield opened
    opened.clock = clock
    for name in (FILE, SIGNATURE):
        (opened.path / name).unlink(missing_ok=True)


def last_line(home: Home) -> tuple[int, Line]:
    return lines_before(home.audit, Query(), home.audit.count()).lines[0]


def state(home: Home) -> str:
    return assessed(home.path, home.settings, now_us(home.clock)).state


def at(home: Home, day: date) -> None:
    home.clock = FixedClock(datetime(day.year, day.month, day.day, 12, tzinfo=UTC))


def signed(home: Home, text: str = "") -> None:
    (home.path / FILE).write_text(text or whole_text(), "utf-8")
    sign(home, OFFICER, who="A. Personne", function="déléguée", review_by=date(2026, 9, 1))


def entered(home: Home, start: datetime, end: datetime) -> str:
    ground = "POLYGON ((5.39 43.27, 5.40 43.27, 5.40 43.28, 5.39 43.28, 5.39 43.27))"
    values = {"kind": "event", "title": "Match fictif", "geometry": ground}
    times = {"starts_us": to_us(start), "ends_us": to_us(end), "attendance_likely": 500.0}
    return enter(home, PLANNER, values | times).plan_id


def test_nothing_opens_before_the_signature_and_the_refusal_is_a_line(home: Home) -> None:
    """Requirement: AIA-4."""
    for text in ("", whole_text()):
        if text:
            (home.path / FILE).write_text(text, "utf-8")
        why = "unsigned" if text else "absent"
        with pytest.raises(AssessmentMissing) as refused:
            ask_forecast(home, ANALYST, horizon_days=1)
        assert refused.value.params["state"] == why
        for language in LANGUAGES:
            said = translate(refused.value.code, language, **refused.value.params)
            assert "{" not in said
            assert translate(f"assessment_{why}", language) in said
        line = last_line(home)[1]
        assert line.outcome == "refused"
        assert line.subject["why"] == f"assessment_{why}"
        with pytest.raises(AssessmentMissing):
            open_run(home, ANALYST, "latest")
    assert due(home) is None
    assert home.desk.forecasts.list_all() == []


def test_what_else_foretells_waits_too_and_what_measures_the_past_does_not(home: Home) -> None:
    """A what-if, the effect of an event to come and posts rest on the same models.

    Requirement: AIA-4.
    """
    later = home.clock.now() + timedelta(days=3)
    plan = entered(home, later, later + timedelta(hours=3))
    before = entered(home, later - timedelta(days=9), later - timedelta(days=8))
    posts = Asked(plan_id=plan)
    closed: list[Callable[[], object]] = [
        lambda: ask_what_if(home, PLANNER, plan, Scenario()),
        lambda: plan_adequacy(home, PLANNER, plan),
        lambda: adequacies(home, PLANNER, []),
        lambda: read_effect(home, PLANNER, plan),
        lambda: allocate(home, PLANNER, posts),
    ]
    home.reckoned.needed, home.reckoned.excess = {plan: (1, 2, 3)}, {plan: (1.0, 2.0, 3.0)}
    for ask in closed:
        with pytest.raises(AssessmentMissing) as refused:
            ask()
        assert refused.value.params["use"] == "forecasts"
        assert last_line(home)[1].subject["why"] == "assessment_absent"
    assert (keep_at_hand(home), work_out(home)) == (0, 0)
    assert home.reckoned.needed == home.reckoned.excess == {}
    assert read_effect(home, PLANNER, before)["plan_id"] == before
    assert read_effects(home, PLANNER)["about"]["facts"] == 0
    with pytest.raises(Forbidden) as elected:
        ask_what_if(home, Caller("e", "elected"), plan, Scenario())
    assert not isinstance(elected.value, AssessmentMissing)
    signed(home)
    for ask in closed[:4]:
        ask()


def test_a_signed_text_opens_what_it_covers_until_it_changes_or_its_time_ends(home: Home) -> None:
    """Requirement: AIA-4."""
    signed(home)
    index, line = last_line(home)
    kept = json.loads((home.path / SIGNATURE).read_text("utf-8"))
    assert (line.verb, line.dataset, line.outcome) == ("alter", "register", "allowed")
    assert line.subject["fria"] == kept["sha256"]
    assert kept["line"] == index
    asked = ask_forecast(home, ANALYST, horizon_days=1)
    for day, expected in (
        (TODAY - timedelta(days=1), "to_come"),
        (date(2026, 9, 1), "signed"),
        (date(2026, 9, 2), "review_due"),
        (date(2027, 3, 11), "ended"),
    ):
        at(home, day)
        assert state(home) == expected
        assert may_use(home, "forecasts") == (expected == "signed")
    with pytest.raises(AssessmentMissing):
        carry_out(home, asked)
    assert home.desk.forecasts.get(asked.forecast_id).state == FAILED
    at(home, TODAY)
    with (home.path / FILE).open("a", encoding="utf-8") as file:
        file.write("# one word more\n")
    assert state(home) == "changed"
    signed(home, whole_text(uses=["detection"]))
    with pytest.raises(AssessmentMissing) as refused:
        ask_forecast(home, ANALYST, horizon_days=1)
    assert refused.value.params["state"] == "not_covered"
    assert may_use(home, "detection")


@pytest.mark.parametrize(
    ("wrong", "where"),
    [
        ({"groups": []}, "groups"),
        ({"process": "court"}, "process"),
        ({"uses": ["faces"]}, "uses"),
        ({"oversight": {"who": "x y"}}, "oversight.how"),
        ({"remedies": {}}, "remedies.governance"),
        ({"more": 1}, "more"),
        (
            {"period": {"first": date(2027, 1, 1), "last": date(2026, 1, 1), "frequency": "jour"}},
            "ends before",
        ),
        ({"risks": [{"right": "Vie", "harm": "xx", "groups": ["??"], "measures": "yy"}]}, "group"),
    ],
)
def test_a_text_without_a_part_of_article_27_is_none(
    home: Home, wrong: dict[str, object], where: str
) -> None:
    """Requirement: AIA-4."""
    (home.path / FILE).write_text(whole_text(**wrong), "utf-8")
    found = assessed(home.path, home.settings, now_us(home.clock))
    assert found.state == "invalid"
    assert where in found.reason
    with pytest.raises(WrongUsage):
        sign(home, OFFICER, who="A. Personne", function="déléguée", review_by=date(2026, 9, 1))
    assert not (home.path / SIGNATURE).exists()


def test_a_draft_is_no_assessment_until_the_city_has_completed_it() -> None:
    """Requirement: AIA-4."""
    text = assessing.write(assessing.draft("Essai", TODAY, blank=UNFINISHED))
    with pytest.raises(ValueError, match=UNFINISHED):
        read_document(text.encode())
    assert read_document(whole_text().encode()).groups
    for broken in (b"\xff", b"]", b"version = 1", b"x" * 300_000):
        with pytest.raises(ValueError, match=r"."):
            read_document(broken)


def test_only_the_officer_signs_and_for_a_year_at_most(home: Home) -> None:
    """Requirement: AIA-4."""
    (home.path / FILE).write_text(whole_text(), "utf-8")
    for caller in (ANALYST, Caller("x", "admin")):
        with pytest.raises(Forbidden):
            sign(home, caller, who="A. Personne", function="chef", review_by=date(2026, 9, 1))
    for day in (TODAY, TODAY + timedelta(days=366)):
        with pytest.raises(WrongUsage):
            sign(home, OFFICER, who="A. Personne", function="déléguée", review_by=day)
    with pytest.raises(WrongUsage):
        sign(home, OFFICER, who="", function="déléguée", review_by=date(2026, 9, 1))
    assert state(home) == "unsigned"
    (home.path / SIGNATURE).write_text('{"sha256": "0"}', "utf-8")
    assert state(home) == "unsigned"


def test_a_demonstrations_text_opens_no_city(home: Home, tmp_path: Path) -> None:
    """Requirement: AIA-4."""
    init_home(tmp_path / "demo", {"demo": True})
    with open_home(tmp_path / "demo", clock=FixedClock(NOW)) as demo:
        found = make_demo_assessment(demo)
        assert (found.state, found.required) == ("signed", False)
        assert found.document is not None
        assert found.document.demonstration
        register = gather(demo, demo.rights.charter, demo.retention.rulebook.rules)
        write_register(register, tmp_path / "pages", timezone="Europe/Paris")
        page = (tmp_path / "pages" / "droits-fondamentaux.html").read_text("utf-8")
        assert "Démonstration : ville, texte et signature inventés." in page
        assert found.sha256 in page
        told = RegisterAnswer.model_validate(register).assessment
        assert told.document is not None
        assert told.document.demonstration
    for name in (FILE, SIGNATURE):
        shutil.copy(tmp_path / "demo" / name, home.path / name)
    assert state(home) == "demonstration"
    assert not may_use(home, "forecasts")


def test_who_can_be_reached_by_others_is_taken_for_an_authority_unless_it_says_otherwise(
    opened: Home,
) -> None:
    """Requirement: AIA-4."""
    alone = opened.settings.model_copy(
        update={"server": opened.settings.server.model_copy(update={"public_url": ""})}
    )

    def of(settings: object, **rights: str) -> bool:
        said = alone.rights.model_copy(update=rights)
        return is_required(settings.model_copy(update={"rights": said}))  # type: ignore[attr-defined]

    assert of(opened.settings)
    assert not of(alone)
    assert of(alone, use="authority")
    assert not of(opened.settings, use="study")
    assert not of(opened.settings.model_copy(update={"demo": True}))
    assert of(opened.settings.model_copy(update={"demo": True}), use="authority")
    open_host = alone.server.model_copy(update={"host": "10.0.0.7"})
    assert of(alone.model_copy(update={"server": open_host}))


def test_the_command_line_drafts_checks_and_signs(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Requirement: AIA-4."""
    place, named = tmp_path / "home", ["--home", str(tmp_path / "home")]
    init_home(place, {"rights": {"use": "authority"}})
    assert run(["assessment", "check", *named]) == 1
    assert run(["assessment", "draft", *named]) == 0
    assert run(["assessment", "draft", *named]) != 0
    assert run(["assessment", "check", *named]) == 1
    assert UNFINISHED in capsys.readouterr().err
    text = (place / FILE).read_text("utf-8")
    (place / FILE).write_text(text.replace(UNFINISHED, "Direction de la tranquillité"), "utf-8")
    last = read_document((place / FILE).read_bytes()).period.last
    signing = ["assessment", "sign", *named, "--who", "A. Personne", "--function", "déléguée"]
    assert run([*signing, "--review-by", (last - timedelta(days=9)).isoformat()]) == 0
    capsys.readouterr()
    assert run(["assessment", "check", "--json", *named]) == 0
    told = json.loads(capsys.readouterr().out)
    assert (told["state"], told["signature"]["signed_by"]) == ("signed", "A. Personne")
    with open_home(place) as home:
        assert may_use(home, "forecasts")


def test_an_error_says_its_code(home: Home) -> None:
    with pytest.raises(VigieError) as refused:
        ask_forecast(home, ANALYST, horizon_days=1)
    assert (refused.value.code, refused.value.http_status) == ("assessment_missing", 403)
