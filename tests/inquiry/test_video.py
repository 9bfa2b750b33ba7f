"""Recordings in an inquiry: held at once, packed by hash, told in the register, let go of."""

from __future__ import annotations

import hashlib
import json
import zipfile
from datetime import timedelta
from pathlib import Path

from tests.inquiry.scene import FROM, INSIDE, START, TO, Scene
from tests.lake.samples import complete

from vigie.base.clock import from_us
from vigie.desk.evidence_shelf import EvidenceShelf
from vigie.inquiry import cases, evidence
from vigie.situation.caller import Caller
from vigie.situation.video_register import read_register
from vigie.watch.recording.janitor import Janitor
from vigie.watch.recording.segment_file import Written, place_of
from vigie.watch.recording.sheet import CameraSheet
from vigie.watch.recording.space import Space

PICTURES = b"what stands for pictures"
LONG_US = 6_000_000


def _camera(scene: Scene, number: str, lon: float) -> None:
    """Put a camera into the register of places, and let it record."""
    row = {"place_id": f"place-{number}", "source_ref": number, "kind": "place.camera.dome",
           "label": number, "lon": lon, "lat": 43.30, "valid_from": from_us(FROM)}  # fmt: skip
    scene.home.lake.commit("places", complete("places", [row | {"valid_from_us": FROM}]))
    scene.home.video.index.put_camera(
        CameraSheet(
            camera_id=number,
            label=number,
            authorisation="13-2026-1",
            authorised_until_us=TO + 400 * 86_400_000_000,
            purposes=(1,),
            retention_days=30,
            masks="not_needed",
            service="CSU",
            stream="sealed",
        )
    )


def _record(scene: Scene, number: str, start_us: int) -> int:
    index = scene.home.video.index
    path = place_of(number, start_us)
    segment = index.begin(number, path, start_us, 30)
    target = index.root / path
    target.parent.mkdir(parents=True, exist_ok=True)
    target.write_bytes(PICTURES)
    sha = hashlib.sha256(PICTURES).hexdigest()
    end_us = start_us + LONG_US
    index.finish(segment, Written(path, start_us, end_us, len(PICTURES), sha, 10, ((0, 10, 0),)))
    return segment


def test_recordings_are_held_at_once_packed_and_told_in_the_register(tmp_path: Path) -> None:
    """Requirement: REQ-4, REQ-5, VID-3."""
    scene = Scene(tmp_path / "home")
    with scene.home as home:
        _camera(scene, "CAM-IN", 5.37)
        _camera(scene, "CAM-OUT", 5.45)
        inside = _record(scene, "CAM-IN", INSIDE)
        _record(scene, "CAM-IN", TO + LONG_US)
        _record(scene, "CAM-OUT", INSIDE)
        case_id = scene.case()
        name = scene.requisition(case_id)
        held = [(one.camera_id, one.from_us, one.to_us) for one in home.video.holds(case_id)]
        assert held == [("CAM-IN", FROM, TO)]
        sha = scene.approved(case_id, name)
        told = evidence.run(home, scene.door("ines"), case_id, name, sha)
        with zipfile.ZipFile(EvidenceShelf(home.path).path(str(told["package_id"]))) as package:
            rows = [json.loads(one) for one in package.read("data/video.jsonl").splitlines()]
            assert [row["segment_id"] for row in rows] == [str(inside)]
            assert package.read(rows[0]["file"]) == PICTURES
        cases.close_case(home, scene.door("ines"), case_id)
        assert all(one.released_us is not None for one in home.video.holds(case_id))
        register = read_register(home, Caller("dpo", "dpo"))
    kinds = [(row["kind"], row["camera_id"], row["recipient"]) for row in register]
    assert kinds == [
        ("hold", "CAM-IN", ""),
        ("transmitted", "CAM-IN", "Commissariat central"),
        ("release", "CAM-IN", ""),
    ]


def test_recordings_of_a_forgotten_case_end_when_its_hold_lapses(tmp_path: Path) -> None:
    """Requirement: REQ-5, VID-2."""
    scene = Scene(tmp_path / "home")
    with scene.home as home:
        _camera(scene, "CAM-IN", 5.37)
        kept = _record(scene, "CAM-IN", INSIDE)
        beside = _record(scene, "CAM-IN", TO + LONG_US)
        scene.requisition(scene.case())
        janitor = Janitor(home.video.index, home.audit, scene.clock, Space())
        alive = {}
        for days in (31, 88, 91):
            scene.clock.advance(START + timedelta(days=days) - scene.clock.now())
            janitor.run()
            alive[days] = {one.segment_id for one in home.video.index.select("1", ())}
    assert alive == {31: {kept}, 88: {kept}, 91: set()}
    assert beside not in alive[31]


def test_a_home_without_recording_cameras_says_that_video_is_absent(tmp_path: Path) -> None:
    scene = Scene(tmp_path / "home")
    with scene.home as home:
        case_id = scene.case()
        name = scene.requisition(case_id)
        sha = scene.approved(case_id, name)
        told = evidence.run(home, scene.door("ines"), case_id, name, sha)
        with zipfile.ZipFile(EvidenceShelf(home.path).path(str(told["package_id"]))) as package:
            assert not [one for one in package.namelist() if "video" in one]
        assert home.video.holds(case_id) == []
