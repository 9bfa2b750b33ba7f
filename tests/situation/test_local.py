"""The Python door and the command line ask as any other: role, purpose, reason, a line each."""

from __future__ import annotations

import json
from pathlib import Path
from types import ModuleType

import pytest

import vigie
from vigie.base.errors import Forbidden, NotFound, PurposeRefused, ReasonRequired, WrongUsage
from vigie.cli import main
from vigie.privacy.purposes import Verb
from vigie.situation.caller import Caller
from vigie.situation.delegation import grant_scope
from vigie.situation.home import Home, open_home
from vigie.situation.local import local_caller


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory, sample: ModuleType) -> Path:
    """The folder of a home, closed."""
    path = tmp_path_factory.mktemp("local") / "home"
    home, _ = sample.build(path)
    home.close()
    return path


def test_the_door_reads_as_a_role_and_leaves_its_line(folder: Path) -> None:
    """Requirement: LED-1."""
    with vigie.open(folder) as city:
        assert city.caller.name.startswith("os:")
        assert len(city.facts(kind="road")) > 0
        assert city.facts(kind="road").table["source_ref"].null_count == 0
        assert city.analyse("daily_trend").base > 0
        assert len(city.records("plans")) == 5
        city.agenda(days=3)
    with vigie.open(folder, role="analyst", purpose="analysis") as city:
        table = city.facts().table
        assert table["source_ref"].null_count == table.num_rows
    with vigie.open(folder, role="elected") as city:
        city.agenda(days=1)
        for read in (
            city.facts,
            lambda: city.analyse("daily_trend"),
            lambda: city.records("means"),
        ):
            with pytest.raises(Forbidden):
                read()


def test_an_answer_in_python_tells_feeds_by_their_titles(folder: Path) -> None:
    """Codes stay codes in a table unless words are asked for; a chart speaks the home language."""
    with vigie.open(folder) as city:
        title = {one.source: one.title for one in city.home.intake.sources()}
        found = city.analyse("same_incident", least=0.1)
        plain, told = found.to_pandas(), found.to_pandas(words="en")
        codes = set(plain["first"])
        assert "log" in codes & set(title)
        assert title["log"]["en"] not in codes
        both = {code: title.get(code, {"fr": code, "en": code}) for code in codes}
        assert set(told["First source"]) == {one["en"] for one in both.values()}
        drawn = {row["first"] for row in found.chart()["data"]["values"]}
        assert drawn == {one["fr"] for one in both.values()}


def test_an_answer_in_python_tells_kinds_and_parts_by_words(folder: Path) -> None:
    """Where a chart picks its rows by a code, the code stays in the chart."""
    with vigie.open(folder) as city:
        themes = city.analyse("before_after", by="theme")
        assert "road" in set(themes.to_pandas()["group"])
        assert "Traffic, parking, road safety" in set(themes.to_pandas(words="en")["Group"])
        parts = city.analyse("trend_seasonal", days=48)
        codes = set(parts.to_pandas()["part"])
        assert codes >= {"level", "hour"}
        assert set(parts.to_pandas(words="en")["Part"]).isdisjoint(codes)
        assert {row["part"] for row in parts.chart()["data"]["values"]} == codes


def test_a_role_or_purpose_that_is_none_does_not_open_the_door(folder: Path) -> None:
    with pytest.raises(WrongUsage):
        vigie.open(folder, role="king")
    with pytest.raises(PurposeRefused):
        vigie.open(folder, role="analyst", purpose="oversight")


def run(*words: str) -> int:
    return main.run(list(words))


def told(capsys: pytest.CaptureFixture[str]) -> object:
    return json.loads(capsys.readouterr().out)


def test_the_command_line_asks_too(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    home = ("--home", str(folder), "--json")
    assert run("quarantine", "list", *home) == 0
    (row, *_) = told(capsys)
    assert run("quarantine", "show", row["id"], *home) == 1
    assert "15" in capsys.readouterr().err
    reason = ("--reason", "Correspondance à corriger")
    assert run("quarantine", "show", row["id"], *reason, *home) == 0
    assert told(capsys)["raw"]
    assert run("quarantine", "list", "--role", "analyst", *home) == 1
    assert run("analyse", "daily_trend", "--role", "elected", *home) == 1
    capsys.readouterr()
    assert run("analyse", "daily_trend", *home) == 0
    assert run("agenda", "--days", "2", "--role", "elected", *home) == 0
    assert run("sources", "list", *home) == 0
    assert run("partner", "list", "rescue", *home) == 0
    assert run("partner", "grant", "partner", "transport", "--home", str(folder)) == 0
    assert run("partner", "grant", "partner", "nobody", "--home", str(folder)) == 1
    capsys.readouterr()
    issue = ("token", "issue", "figures", "--read-as", "analyst", "--for")
    assert run(*issue, "analysis", *home) == 0
    assert run(*issue, "oversight", *home) == 1


def test_a_scope_is_granted_within_the_services_rights(seen_home: Home) -> None:
    admin = Caller("admin", "admin")
    for wrong, error in (
        ({"login": "partner", "service": "none"}, NotFound),
        ({"login": "none", "service": "rescue"}, NotFound),
        ({"login": "admin", "service": "rescue"}, WrongUsage),
        ({"login": "partner", "service": "rescue", "sources": ["police"]}, WrongUsage),
    ):
        with pytest.raises(error):
            grant_scope(seen_home, admin, **wrong)
    with pytest.raises(Forbidden):
        grant_scope(seen_home, Caller("o", "operator"), login="partner", service="rescue")


def test_a_reason_is_asked_of_the_local_person_as_of_any_other(seen_home: Home) -> None:
    caller = local_caller(seen_home, role="dpo")
    with pytest.raises(ReasonRequired):
        seen_home.rights.ask(caller, "audit")
    reasoned = local_caller(seen_home, role="dpo", reason="Contrôle mensuel des accès")
    assert seen_home.rights.ask(reasoned, "audit").verb is Verb.CONSULT


def test_the_line_names_the_account_of_the_machine(folder: Path) -> None:
    with open_home(folder) as home:
        caller = local_caller(home, role="operator")
        before = home.audit.count()
        view = home.rights.ask(caller, "facts", subject={"fact": "none"})
        assert view.line == before
        assert home.audit.count() == before + 1
