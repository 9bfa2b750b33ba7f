"""Grants open an analysis and end it, signals wait for a person, and a rate is published."""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from types import ModuleType

import pytest
from sqlalchemy import text
from tests.detectors.scenes import Actor, encode, render, walk

from vigie.audit.line import Line
from vigie.base.clock import FixedClock, now_us
from vigie.base.errors import (
    AssessmentMissing,
    Conflict,
    DetectionClosed,
    Forbidden,
    NotFound,
    WrongUsage,
)
from vigie.desk.detections import Terms, Verdict
from vigie.model.legal_events import LegalEvent
from vigie.model.times import SECOND_US
from vigie.privacy.charter import shipped_charter
from vigie.situation.caller import Caller
from vigie.situation.detection.grants import end_grant, give_grant, list_grants, permit_of
from vigie.situation.detection.looking import Live, Looking, analyse, try_clip
from vigie.situation.detection.shelf import find_detector, parameters_of
from vigie.situation.detection.verdicts import (
    LEAST_PUBLISHED,
    judge_detection,
    list_detections,
    public_rates,
    rates_of,
)
from vigie.situation.home import Home
from vigie.situation.rights import Rights
from vigie.watch.vision.geometry import WHOLE, Zone
from vigie.watch.vision.permit import UnderGrants

ADMIN = Caller("ada", "admin", "account-1")
HEAD = Caller("head", "shift_head", "account-2")
OPERATOR = Caller("op", "operator", "account-3")
DPO = Caller("dpo", "dpo", "account-4")
PLANNER = Caller("ines", "planner", "account-5")
LANE = Zone("lane", WHOLE.ring, (0.0, -1.0))
AROUND = ((5.36, 43.29), (5.38, 43.29), (5.38, 43.30), (5.36, 43.30))
ELSEWHERE = ((5.40, 43.20), (5.41, 43.20), (5.41, 43.21))
CAMERA = "L0"


class Recorder:
    """An audit in memory."""

    def __init__(self) -> None:
        self.lines: list[Line] = []

    def append(self, line: Line) -> int:
        self.lines.append(line)
        return len(self.lines)

    def told(self) -> list[tuple[str, str, str, str]]:
        return [
            (one.dataset, str(one.verb), one.outcome, str(one.subject.get("why", "")))
            for one in self.lines
        ]


@pytest.fixture
def recorder() -> Recorder:
    return Recorder()


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory, sample: ModuleType) -> Iterator[Home]:
    """One home for all of them; what one test wrote is deleted before the next."""
    built, _ = sample.build(tmp_path_factory.mktemp("detection") / "home")
    with built:
        yield built


@pytest.fixture
def home(built: Home, recorder: Recorder) -> Home:
    built.rights = Rights(shipped_charter(), built.desk, built.clock, recorder, built.frame)
    with built.desk.engine.begin() as connection:
        for table in ("detection_verdicts", "detections", "detection_grants"):
            connection.execute(text(f"DELETE FROM {table}"))
    return built


@pytest.fixture(scope="session")
def wrong(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A clip of 11 s: a car comes the wrong way from second 4 to 7."""
    car = Actor(walk((0.5, -0.1), (0.5, 1.1), 4.0, 7.0), (0.14, 0.2))
    return encode(tmp_path_factory.mktemp("clips") / "wrong.mp4", render([car], 11.0))


def terms(home: Home, seconds: float = 3600.0, **changes: object) -> Terms:
    at = now_us(home.clock)
    told = Terms(
        legal_basis="Loi n° 0000-000 du 1er mars 2026, article 3 (essai)",
        prefect_order="13-2026-03-30-00001",
        attestation="ATT-2026-7",
        occasion="Match au stade",
        place="Boulevard Michelet",
        ring=AROUND,
        cameras=(CAMERA,),
        types=("wrong_way",),
        signed_by="Préfecture de police",
        signed_us=at,
        from_us=at,
        to_us=at + round(seconds * SECOND_US),
    )
    return replace(told, **changes)


def asked(home: Home, address: object, detector: str = "wrong_way", **changes: object) -> Looking:
    found = find_detector(detector)
    told = Looking(CAMERA, str(address), found, parameters_of(found, {}), LANE, now_us(home.clock))
    return replace(told, **changes)


def ignore(_: object) -> None:
    """Take a detection and do nothing."""


LATE = 4_000_000_000_000_000
NOWHERE = "/nowhere/never/opened.mp4"
"""Opening it would raise ``Unavailable``: that another error comes shows that nobody tried."""


def test_it_is_off_by_default_and_the_refusal_is_a_line(home: Home, recorder: Recorder) -> None:
    """Requirement: ALG-1."""
    told = list_grants(home, OPERATOR)
    with pytest.raises(DetectionClosed) as refused:
        analyse(home, HEAD, asked(home, NOWHERE), ignore)

    assert (told["items"], told["open"]) == ([], False)
    assert "31 mars 2025" in told["legal_state"]["fr"]
    assert [one["type"] for one in told["types"]] == [str(one) for one in LegalEvent]
    assert refused.value.params["why"] == "no_grant"
    assert recorder.told()[-1] == ("detections", "collect", "refused", "grant_no_grant")
    assert list_detections(home, OPERATOR, 0, LATE)["items"] == []


def test_under_a_grant_a_signal_is_raised_stored_and_judged(
    home: Home, recorder: Recorder, wrong: Path
) -> None:
    """Requirement: ALG-1, ALG-4, ALG-5."""
    grant = give_grant(home, ADMIN, terms(home))
    told: list[dict[str, object]] = []
    looked = analyse(home, HEAD, asked(home, wrong), told.append)
    (signal,) = list_detections(home, OPERATOR, 0, LATE)["items"]
    judged = judge_detection(home, OPERATOR, signal["detection_id"], "false")

    assert grant["state"] == "in_force"
    assert (looked.why, looked.pictures) == ("", 55)
    assert [one["lasts"] for one in told] == [True, False]
    assert signal["grant_id"] == grant["grant_id"]
    assert (signal["type"], signal["version"], signal["lasts"]) == ("wrong_way", "1", False)
    assert signal["parameters"]["least_travel"] == 0.08
    assert signal["verdict"] is None
    assert judged["verdict"] == "false"
    assert judge_detection(home, HEAD, signal["detection_id"], "true")["verdict"] == "true"
    assert ("detection_grants", "collect", "allowed", "") in recorder.told()
    assert ("detections", "alter", "allowed", "") in recorder.told()


def test_an_authority_looks_at_no_picture_before_its_assessment_is_signed(
    home: Home, recorder: Recorder, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Requirement: AIA-4. A grant alone opens nothing, and what runs under one stops."""
    grant = give_grant(home, ADMIN, terms(home))
    rights = home.settings.rights.model_copy(update={"use": "authority"})
    monkeypatch.setattr(home, "settings", home.settings.model_copy(update={"rights": rights}))
    ways: tuple[Callable[[], object], ...] = (
        lambda: analyse(home, HEAD, asked(home, NOWHERE), ignore),
        lambda: try_clip(home, HEAD, asked(home, __file__)),
    )
    for look in ways:
        with pytest.raises(AssessmentMissing) as refused:
            look()
        assert refused.value.params["state"] == "absent"
        assert recorder.told()[-1] == ("detections", "collect", "refused", "assessment_absent")
    (kept,) = (one for one in home.desk.detections.grants() if one.grant_id == grant["grant_id"])
    under = UnderGrants((permit_of(kept),), CAMERA, (5.37, 43.295))
    live = Live(home, under.chosen(LegalEvent.WRONG_WAY, now_us(home.clock), now_us(home.clock)))
    with pytest.raises(DetectionClosed) as closed:
        live.check(LegalEvent.WRONG_WAY, now_us(home.clock), now_us(home.clock))
    assert closed.value.params["why"] == "assessment"


@pytest.mark.parametrize(
    ("changes", "detector", "why"),
    [
        ({"types": ("density",)}, "wrong_way", "other_type"),
        ({"cameras": ("L9",)}, "wrong_way", "other_camera"),
        ({"ring": ELSEWHERE}, "wrong_way", "other_place"),
        ({}, "density", "other_type"),
    ],
)
def test_a_grant_opens_its_camera_place_and_type_alone(
    home: Home, changes: dict[str, object], detector: str, why: str
) -> None:
    """Requirement: ALG-1, ALG-2."""
    give_grant(home, ADMIN, terms(home, **changes))
    with pytest.raises(DetectionClosed) as refused:
        analyse(home, HEAD, asked(home, NOWHERE, detector), ignore)
    assert refused.value.params["why"] == why


def test_a_grant_ends_by_itself_to_the_second(home: Home, recorder: Recorder, wrong: Path) -> None:
    """Requirement: ALG-7."""
    clock = home.clock
    assert isinstance(clock, FixedClock)
    give_grant(home, ADMIN, terms(home, 60.0))
    clock.advance(timedelta(seconds=59))
    looked = analyse(home, HEAD, asked(home, wrong), ignore)
    clock.advance(timedelta(seconds=1))
    with pytest.raises(DetectionClosed) as refused:
        analyse(home, HEAD, asked(home, NOWHERE), ignore)

    assert (looked.why, looked.pictures) == ("over", 5)
    assert refused.value.params["why"] == "over"
    assert recorder.told()[-1][-1] == "grant_over"
    assert list_grants(home, OPERATOR)["items"] == []
    assert [one["state"] for one in list_grants(home, OPERATOR, past=True)["items"]] == ["over"]


def test_whoever_guards_liberties_may_end_a_grant_at_once(home: Home, wrong: Path) -> None:
    """Requirement: ALG-1."""
    grant = give_grant(home, ADMIN, terms(home))
    with pytest.raises(WrongUsage):
        end_grant(home, DPO, grant["grant_id"], reason="non")
    ended = end_grant(home, DPO, grant["grant_id"], reason="Base légale introuvable")
    with pytest.raises(DetectionClosed) as refused:
        analyse(home, HEAD, asked(home, wrong), ignore)
    with pytest.raises(Conflict):
        end_grant(home, HEAD, grant["grant_id"], reason="Une seconde fois")

    assert (ended["state"], ended["ended_by"]) == ("ended", "dpo")
    assert refused.value.params["why"] == "over"


def test_a_grant_ended_while_an_analysis_runs_stops_it(home: Home, wrong: Path) -> None:
    """Requirement: ALG-1."""
    grant = give_grant(home, ADMIN, terms(home))

    def end_it(found: dict[str, object]) -> None:
        if found["lasts"]:
            end_grant(home, DPO, grant["grant_id"], reason="Contrôle en cours")

    looked = analyse(home, HEAD, asked(home, wrong), end_it)
    (signal,) = list_detections(home, OPERATOR, 0, LATE)["items"]

    assert looked.why == "over"
    assert looked.pictures < 55
    assert not signal["lasts"]


@pytest.mark.parametrize("caller", [HEAD, OPERATOR, DPO, PLANNER, replace(ADMIN, name="token:x")])
def test_nobody_else_enters_a_grant(home: Home, caller: Caller) -> None:
    """Requirement: ALG-1."""
    with pytest.raises(Forbidden):
        give_grant(home, caller, terms(home))
    assert home.desk.detections.grants() == []


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("legal_basis", ""),
        ("prefect_order", " "),
        ("attestation", "x" * 201),
        ("occasion", "a\nb"),
        ("signed_by", ""),
        ("types", ()),
        ("types", ("face",)),
        ("types", ("wrong_way", "wrong_way")),
        ("cameras", ()),
        ("ring", ((5.3, 43.2), (5.4, 43.2))),
        ("ring", ((5.0, 43.0), (6.0, 43.0), (6.0, 44.0))),
        ("ring", ((5.36, float("nan")), (5.38, 43.29), (5.38, 43.30))),
        ("to", None),
        ("signed_at", None),
    ],
)
def test_a_grant_with_a_part_missing_is_none(home: Home, field: str, value: object) -> None:
    """Requirement: ALG-1, ALG-2."""
    good = terms(home)
    changes = {
        "to": {"to_us": good.from_us},
        "signed_at": {"signed_us": good.from_us + 1},
    }.get(field, {field: value})
    with pytest.raises(WrongUsage) as refused:
        give_grant(home, ADMIN, replace(good, **changes))
    assert refused.value.params["field"] == field
    assert home.desk.detections.grants() == []


def test_a_camera_that_the_register_does_not_know_is_not_analysed(home: Home) -> None:
    """Requirement: VID-1."""
    give_grant(home, ADMIN, terms(home, cameras=("ghost",)))
    with pytest.raises(NotFound):
        analyse(home, HEAD, asked(home, NOWHERE, camera="ghost"), ignore)


def test_a_trial_on_declared_footage_stores_nothing(
    home: Home, recorder: Recorder, wrong: Path
) -> None:
    found, looked = try_clip(home, HEAD, asked(home, wrong, camera=""), "synthetic")

    assert len(found) == 1
    assert looked.pictures == 55
    assert list_detections(home, OPERATOR, 0, LATE)["items"] == []
    line = recorder.lines[0]
    assert (line.subject["trial"], line.subject["footage"]) == (True, "synthetic")


def test_a_trial_on_a_recording_needs_a_grant_like_any_analysis(home: Home, wrong: Path) -> None:
    """Requirement: ALG-1."""
    with pytest.raises(DetectionClosed):
        try_clip(home, HEAD, asked(home, wrong))
    with pytest.raises(WrongUsage):
        try_clip(home, HEAD, asked(home, wrong, start_us=None))
    with pytest.raises(WrongUsage):
        try_clip(home, HEAD, asked(home, wrong), "mine")
    with pytest.raises(Forbidden):
        try_clip(home, OPERATOR, asked(home, wrong), "synthetic")
    give_grant(home, ADMIN, terms(home))
    found, _ = try_clip(home, HEAD, asked(home, wrong))

    assert len(found) == 1
    assert list_detections(home, OPERATOR, 0, LATE)["items"] == []


def test_a_program_says_nothing_about_a_signal_and_a_fourth_word_is_none(home: Home) -> None:
    """Requirement: ALG-4."""
    with pytest.raises(Forbidden):
        judge_detection(home, replace(HEAD, name="token:x"), "none", "true")
    with pytest.raises(WrongUsage):
        judge_detection(home, HEAD, "none", "maybe")
    with pytest.raises(NotFound):
        judge_detection(home, HEAD, "none", "true")


def verdict(number: int, word: str, kind: str = "density") -> Verdict:
    return Verdict(f"d{number}", 1, kind, kind, "1", word, 0, "op", "operator", 0)


def test_a_rate_is_published_from_eleven_verdicts_on(home: Home) -> None:
    """Requirement: ALG-5."""
    few = [verdict(n, "false") for n in range(LEAST_PUBLISHED - 1)]
    unknown = [verdict(90 + n, "unknown") for n in range(5)]
    enough = [*few, verdict(50, "true"), *unknown]

    assert rates_of([*few, *unknown])[LegalEvent.DENSITY] is None
    rate = rates_of(enough)[LegalEvent.DENSITY]
    assert rate is not None
    assert (rate["n"], rate["unknown"], rate["false_share"]) == (11, 5, 0.9091)
    assert (rate["low"], rate["high"]) == (0.5872, 0.9977)  # Clopper and Pearson's, 10 of 11
    public = public_rates(home)
    assert [one["granted"] for one in public["items"]] == [False] * 8
    assert {one["proof"] for one in public["items"]} == {"fitted", "not_validated"}


def test_no_way_leads_from_a_signal_to_a_dispatch(repo_root: Path) -> None:
    """Requirement: ALG-4."""
    rooms = [repo_root / "src/vigie/situation/detection", repo_root / "src/vigie/watch/vision"]
    modules = [path for room in rooms for path in room.glob("*.py")]
    imported = {
        name
        for path in modules
        for node in ast.walk(ast.parse(path.read_text("utf-8")))
        if isinstance(node, ast.ImportFrom)
        for name in [node.module or ""]
    }
    assert len(modules) > 12
    assert not [name for name in imported if name.startswith("vigie.situation.act")]
    assert not [name for name in imported if "shift" in name or "dispatch" in name]
