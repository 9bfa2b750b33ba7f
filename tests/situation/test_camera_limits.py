"""Limits of a charter hold for cameras, recordings, clips, masks, grants and signals alike."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator
from dataclasses import replace
from itertools import count
from types import ModuleType
from typing import Any

import pytest

from vigie.audit.line import Line
from vigie.base.clock import now_us
from vigie.base.errors import Forbidden, VigieError
from vigie.desk.detections import Terms
from vigie.privacy.charter import read_charter
from vigie.situation.caller import Caller
from vigie.situation.detection.grants import end_grant, give_grant, list_grants
from vigie.situation.detection.looking import Looking, analyse
from vigie.situation.detection.shelf import find_detector, parameters_of
from vigie.situation.detection.verdicts import judge_detection, list_detections
from vigie.situation.home import Home
from vigie.situation.rights import Rights
from vigie.situation.video import (
    hold,
    list_cameras,
    open_viewing,
    opened_viewing,
    put_camera,
    release,
    timeline,
)
from vigie.situation.video_export import ask_export, read_exports, refuse_stranger
from vigie.situation.video_masks import draw_masks, read_masks
from vigie.watch.masking.exports import Export, begin_export
from vigie.watch.recording.agents import Agent, begin_viewing, designate
from vigie.watch.recording.sheet import CameraSheet
from vigie.watch.vision.geometry import WHOLE, Zone

CONTROL, PORT = "Salle de contrôle", "Service des ports"
KNOWN, ELSEWHERE = "L0", "cam-port"
"""A camera that the register of places knows too, and one of which only the sheet is known."""
HOUR_US = 3_600_000_000
_numbers = count(1)


def head() -> Caller:
    """A head of shift with a reason that was not given before."""
    why = f"Plainte numéro {next(_numbers)} reçue ce matin"
    return Caller("head", "shift_head", "account-1", reason=why, case="PV 12")


class Recorder:
    """An audit in memory."""

    def __init__(self) -> None:
        self.lines: list[Line] = []

    def append(self, line: Line) -> int:
        self.lines.append(line)
        return len(self.lines)


def charter(limits: str) -> str:
    return f"""
version = "1"
date = 2026-11-26
[roles]
shift_head = ["live_response"]
[[entry]]
roles = ["shift_head"]
purposes = ["live_response"]
datasets = ["cameras", "recordings", "detections", "detection_grants"]
verbs = ["consult", "collect", "alter", "disclose"]
fields = ["open", "internal"]
precision = "exact"
least = 0
reason = true
why = "A test."
{limits}
"""


def bounded(home: Home, limits: str) -> tuple[Home, Recorder]:
    """The same home under a charter with limits, and its audit."""
    audit = Recorder()
    rights = Rights(read_charter(charter(limits)), home.desk, home.clock, audit, home.frame)
    return replace(home, rights=rights), audit


def sheet(camera: str, service: str, until_us: int) -> CameraSheet:
    return CameraSheet(camera, "Quai", "13-1", until_us, (1,), 10, "burnt", service, "-")


def terms(home: Home, camera: str) -> Terms:
    at = now_us(home.clock)
    ring = ((5.36, 43.29), (5.38, 43.29), (5.38, 43.30), (5.36, 43.30))
    return Terms(
        *("Loi n° 0000-000 (essai)", "13-2026-03-30-00001", "ATT-2026-7", "Match", "Stade"),
        *(ring, (camera,), ("wrong_way",), "Préfecture de police", at, at, at + HOUR_US),
    )


def signal(camera: str, grant_id: str, at: int) -> dict[str, Any]:
    told: dict[str, Any] = {"grant_id": grant_id, "type": "wrong_way", "camera": camera}
    told |= {"detector": "wrong_way", "version": "1", "parameters": {}, "lasts": False}
    told |= {"from_us": at - 9, "raised_us": at - 8, "to_us": at - 7, "score": 1.0}
    return told | {"zone": "lane", "level": "", "path": []}


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory, sample: ModuleType) -> Iterator[Home]:
    """A home with two cameras, each with a grant, a signal, a clip and a viewing under way."""
    built, _ = sample.build(tmp_path_factory.mktemp("limits") / "home")
    with built:
        at = now_us(built.clock)
        index = built.video.index
        index.root.mkdir(mode=0o700, exist_ok=True)
        for camera, service in ((KNOWN, CONTROL), (ELSEWHERE, PORT)):
            index.put_camera(sheet(camera, service, at + 24 * HOUR_US))
            held = built.desk.detections.give(terms(built, camera), who="ada", role="admin")
            assert held.terms.cameras == (camera,)
            built.desk.detections.raised(signal(camera, held.grant_id, at))
            told = (camera, at - HOUR_US, at, "whole", "ada", "Une plainte", "Parquet", at)
            begin_export(index, Export("", *told, at + HOUR_US, "asked"))
        designate(index, Agent("account-1", "A-1", at + 24 * HOUR_US, "ada", at))
        yield built


LIMITS = {
    "service": f'camera_groups = ["{CONTROL}"]',
    "zone": 'zones = ["arrondissement:west", "arrondissement:east"]',
    "source": 'sources = ["places"]',
}
"""Each leaves the camera that the register knows and shuts the other out."""


@pytest.fixture(scope="module", params=LIMITS.values(), ids=list(LIMITS))
def cut(request: pytest.FixtureRequest, home: Home) -> tuple[Home, Recorder]:
    return bounded(home, request.param)


def grant_of(home: Home, camera: str) -> str:
    held = home.desk.detections.grants()
    return next(one.grant_id for one in held if one.terms.cameras == (camera,))


def signal_of(home: Home, camera: str) -> str:
    rows = home.desk.detections.between(0, 2**60, limit=10)
    return next(str(one["detection_id"]) for one in rows if one["camera"] == camera)


def test_lists_hold_what_lies_within(home: Home, cut: tuple[Home, Recorder]) -> None:
    everywhere, _ = bounded(home, "")
    for shown, cameras in ((everywhere, {KNOWN, ELSEWHERE}), (cut[0], {KNOWN})):
        assert {one["camera_id"] for one in list_cameras(shown, head())} == cameras
        assert {one["camera_id"] for one in read_exports(shown, head())} == cameras
        grants = list_grants(shown, head())["items"]
        assert {name for one in grants for name in one["cameras"]} == cameras
        signals = list_detections(shown, head(), 0, now_us(home.clock))["items"]
        assert {one["camera"] for one in signals} == cameras


def look_again(home: Home, camera: str) -> object:
    at = now_us(home.clock)
    ends = {"until_us": at + HOUR_US, "now_us": at}
    made = begin_viewing(home.video.index, "account-1", [camera], (at - 1, at), **ends)
    return opened_viewing(home, head(), made.viewing_id, camera)


def analysed(home: Home, camera: str) -> object:
    found = find_detector("wrong_way")
    zone = Zone("lane", WHOLE.ring, (0.0, -1.0))
    asked = Looking(camera, "/none.mp4", found, parameters_of(found, {}), zone, now_us(home.clock))
    return analyse(home, head(), asked, print)


def keep_sheet(home: Home, camera: str) -> object:
    own = {KNOWN: CONTROL, ELSEWHERE: PORT}[camera]
    return put_camera(home, head(), sheet(camera, own, now_us(home.clock) + 24 * HOUR_US))


def ask_clip(home: Home, camera: str) -> object:
    at = now_us(home.clock)
    asked = {"cover": "whole", "recipient": "Parquet"}
    return ask_export(home, head(), camera, (at - HOUR_US // 10, at), **asked)


LIVE = {"from_us": None, "to_us": None, "service": "CSU"}
MASK = [[[0.1, 0.1], [0.9, 0.1], [0.9, 0.9]]]
ACTS: dict[str, Callable[[Home, str], object]] = {
    "timeline": lambda home, camera: timeline(home, head(), camera, 1, 2),
    "sheet": keep_sheet,
    "hold": lambda home, camera: hold(home, head(), [KNOWN, camera], 1, 2),
    "viewing": lambda home, camera: open_viewing(home, head(), [camera], **LIVE),
    "a look at what is open": look_again,
    "clip": ask_clip,
    "an act on a clip": lambda home, camera: refuse_stranger(home, head(), camera, {}),
    "masks": lambda home, camera: read_masks(home, head(), camera),
    "new masks": lambda home, camera: draw_masks(home, head(), camera, MASK, (64, 48), after=0),
    "grant": lambda home, camera: give_grant(home, head(), terms(home, camera)),
    "verdict": lambda home, camera: judge_detection(home, head(), signal_of(home, camera), "true"),
    "analysis": analysed,
    "end of a grant": lambda home, camera: end_grant(
        home, head(), grant_of(home, camera), reason="Fin de la manifestation"
    ),
}


@pytest.mark.parametrize("act", ACTS)
def test_what_lies_beyond_is_refused_in_a_line(cut: tuple[Home, Recorder], act: str) -> None:
    home, audit = cut
    with pytest.raises(Forbidden) as refused:
        ACTS[act](home, ELSEWHERE)
    assert refused.value.params["why"] == "limits"
    assert (audit.lines[-1].outcome, audit.lines[-1].subject["why"]) == ("refused", "limits")


@pytest.mark.parametrize("act", ACTS)
def test_what_lies_within_is_not(home: Home, act: str) -> None:
    """It is done, or fails for another reason: there is no recording and no stream here."""
    ours, audit = bounded(home, LIMITS["service"])
    with contextlib.suppress(VigieError):
        ACTS[act](ours, KNOWN)
    assert "limits" not in {one.subject.get("why") for one in audit.lines}


def test_a_camera_moved_to_another_service_is_refused_both_ways(home: Home) -> None:
    ours, _ = bounded(home, LIMITS["service"])
    until_us = now_us(home.clock) + 24 * HOUR_US
    for camera, service in ((KNOWN, PORT), (ELSEWHERE, CONTROL), ("new", PORT)):
        with pytest.raises(Forbidden):
            put_camera(ours, head(), sheet(camera, service, until_us))


def test_a_release_waits_for_every_camera_of_the_case(home: Home) -> None:
    everywhere, _ = bounded(home, "")
    at = now_us(home.clock)
    hold(everywhere, head(), [KNOWN, ELSEWHERE], at - 1, at)
    ours, _ = bounded(home, LIMITS["service"])
    with pytest.raises(Forbidden):
        release(ours, head())
    assert release(everywhere, head())["case"] == "PV 12"
