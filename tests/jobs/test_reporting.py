"""Reports of saved questions: a process of their own makes them, and one that breaks is noted."""

from __future__ import annotations

import importlib.util
import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from types import ModuleType

import pytest

from vigie.desk.questions import Saved
from vigie.jobs import reporting
from vigie.jobs.reporting import Reporter
from vigie.situation.caller import Caller
from vigie.situation.home import Home
from vigie.situation.questions.reports import ask_report
from vigie.situation.questions.saved import list_questions, save_question

ANALYST = Caller("os:analyst", "analyst")
SAMPLE = Path(__file__).parents[1] / "web" / "sample_home.py"


def _load() -> ModuleType:
    name = "vigie_tests_web_sample_home"
    if name not in sys.modules:
        spec = importlib.util.spec_from_file_location(name, SAMPLE)
        assert spec is not None
        assert spec.loader is not None
        sys.modules[name] = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(sys.modules[name])
    return sys.modules[name]


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Home]:
    opened, _ = _load().build(tmp_path_factory.mktemp("reporting") / "home")
    with opened:
        yield opened


def wanted(home: Home, title: str) -> str:
    saved = Saved(title, "week_profile", unit="fixed", from_us=0, to_us=1)
    begin, end = 1_772_000_000_000_000, 1_775_000_000_000_000
    saved = replace(saved, unit="", from_us=begin, to_us=end)
    name = save_question(home, ANALYST, saved)["question_id"]
    return str(ask_report(home, ANALYST, name)["report_id"])


def state(home: Home, report: str) -> tuple[str, dict[str, str] | None]:
    for question in list_questions(home, ANALYST)["items"]:
        for one in question["reports"]:
            if one["report_id"] == report:
                return one["state"], one["failure"]
    raise AssertionError(report)


def test_a_process_makes_what_is_wanted_and_there_is_one_at_a_time(home: Home) -> None:
    report = wanted(home, "Rythme")
    reporter = Reporter(home)
    command = reporter.tick()
    assert report in command
    assert reporter.tick() == ()
    assert reporter._process is not None
    assert reporter._process.wait(timeout=120) == 0
    assert state(home, report) == ("ready", None)
    assert home.desk.questions.report(report)[1] is not None
    assert reporter.tick() == ()
    reporter.close()
    assert state(home, report) == ("ready", None)


def test_a_process_that_ends_without_a_word_is_a_failure(
    home: Home, monkeypatch: pytest.MonkeyPatch
) -> None:
    report = wanted(home, "Rythme interrompu")
    monkeypatch.setattr(reporting, "command_for", lambda _home, _name: [sys.executable, "-c", "1"])
    reporter = Reporter(home)
    assert reporter.tick()
    assert reporter._process is not None
    reporter._process.wait(timeout=60)
    assert reporter.tick() == ()
    told, failure = state(home, report)
    assert told == "failed"
    assert failure is not None
    assert failure["en"].startswith("The report was broken off")
