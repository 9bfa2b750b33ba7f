"""Recordings in an inquiry: held at once, packed by hash, told in the register, let go of."""

from __future__ import annotations

import hashlib
import io
import json
import zipfile
from datetime import timedelta
from pathlib import Path

import numpy as np
import pytest
from tests.inquiry.scene import FROM, INSIDE, START, TO, Scene, put_camera

from vigie.base.clock import FixedClock, from_us, now_us
from vigie.desk.evidence_shelf import EvidenceShelf
from vigie.inquiry import cases, evidence, opened
from vigie.situation import video_export
from vigie.situation.caller import Caller
from vigie.situation.home import Home
from vigie.situation.retention.holding import release_hold
from vigie.situation.video_register import read_register
from vigie.watch.masking.exports import clip_path
from vigie.watch.recording.agents import Agent, designate
from vigie.watch.recording.index import Index
from vigie.watch.recording.janitor import Janitor
from vigie.watch.recording.segment_file import Written, place_of
from vigie.watch.recording.space import Space

PICTURES = b"what stands for pictures"
LONG_US = 6_000_000
HOUR_US, DAY_US = 3_600_000_000, 86_400_000_000


def _record(scene: Scene, number: str, start_us: int, content: bytes = PICTURES) -> int:
    index = scene.home.video.index
    path = place_of(number, start_us)
    segment = index.begin(number, path, start_us, 30)
    target = index.root / path
    target.parent.mkdir(parents=True, exist_ok=True)
    target.write_bytes(content)
    sha = hashlib.sha256(content).hexdigest()
    end_us = start_us + LONG_US
    index.finish(segment, Written(path, start_us, end_us, len(content), sha, 10, ((0, 10, 0),)))
    return segment


def test_recordings_are_held_at_once_packed_and_told_in_the_register(tmp_path: Path) -> None:
    """Requirement: REQ-4, REQ-5, VID-3."""
    scene = Scene(tmp_path / "home")
    with scene.home as home:
        put_camera(scene, "CAM-IN", 5.37)
        put_camera(scene, "CAM-OUT", 5.45)
        inside = _record(scene, "CAM-IN", INSIDE)
        _record(scene, "CAM-IN", TO + LONG_US)
        _record(scene, "CAM-OUT", INSIDE)
        case_id = scene.case()
        name = scene.requisition(case_id)
        held = [(one.camera_id, one.from_us, one.to_us) for one in home.video.holds(name)]
        assert held == [("CAM-IN", FROM, TO)]
        sha = scene.approved(case_id, name)
        told = evidence.run(home, scene.door("ines"), case_id, name, sha)
        with zipfile.ZipFile(EvidenceShelf(home.path).path(str(told["package_id"]))) as package:
            rows = [json.loads(one) for one in package.read("data/video.jsonl").splitlines()]
            assert [row["segment_id"] for row in rows] == [str(inside)]
            assert package.read(rows[0]["file"]) == PICTURES
        seen = opened.timeline(home, scene.door("karim"), case_id, str(told["package_id"]))
        (film,) = [one for one in seen["items"] if one["sort"] == "video"]
        assert (film["title"], film["lon"], film["lat"]) == ("CAM-IN", 5.37, 43.30)
        cases.close_case(home, scene.door("ines"), case_id)
        assert all(one.released_us is not None for one in home.video.holds(name))
        register = read_register(home, Caller("dpo", "dpo"))
    kinds = [(row["kind"], row["camera_id"], row["recipient"]) for row in register]
    assert kinds == [
        ("hold", "CAM-IN", ""),
        ("transmitted", "CAM-IN", "Commissariat central"),
        ("release", "CAM-IN", ""),
    ]


def _masked(home: Home, clock: FixedClock, camera_id: str, from_us: int) -> bytes:
    """Return the masked clip of two seconds of a camera that two agents made."""
    made = {}
    for login, role in (("op", "operator"), ("head", "shift_head")):
        made[login] = Caller(login, role, f"account-{login}", reason=f"Extrait masqué de {login}")
        until = now_us(clock) + DAY_US
        designate(home.video.index, Agent(f"account-{login}", "ARR-1", until, "admin", 0))
    asked = video_export.ask_export(
        *(home, made["op"], camera_id, (from_us, from_us + 2_000_000)),
        cover="whole",
        recipient="Conseil de quartier",
    )
    video_export.decide_export(home, made["head"], asked.export_id, drawn=True)
    assert video_export.draw_export(home, asked.export_id)
    return clip_path(home.video.index, asked.export_id).read_bytes()


def _contrast(content: bytes) -> int:
    """Return how far the brightest of a film's first picture is from its darkest."""
    av = pytest.importorskip("av")
    with av.open(io.BytesIO(content)) as held:
        picture = next(held.decode(video=0)).to_ndarray(format="gray")
    return int(picture.max()) - int(picture.min())


def test_what_a_judge_asks_for_stays_as_it_was_recorded_and_a_masked_clip_is_another_thing(
    tmp_path: Path,
) -> None:
    """Requirement: REQ-5, VID-3. The package holds the stored bytes, whatever was masked beside."""
    av = pytest.importorskip("av")
    film = tmp_path / "film.mp4"
    with av.open(str(film), "w", options={"movflags": "frag_keyframe+empty_moov"}) as out:
        stream = out.add_stream("libx264", rate=5)
        stream.width, stream.height, stream.pix_fmt = 96, 64, "yuv420p"
        board = np.indices((64, 96)).sum(axis=0) // 2 % 2 * 200 + 25
        for number in range(30):
            frame = av.VideoFrame.from_ndarray(board.astype(np.uint8), "gray").reformat(
                format="yuv420p"
            )
            frame.pts = number
            out.mux(stream.encode(frame))
        out.mux(stream.encode(None))
    stored = film.read_bytes()
    scene = Scene(tmp_path / "home")
    with scene.home as home:
        put_camera(scene, "CAM-IN", 5.37)
        _record(scene, "CAM-IN", INSIDE, stored)
        masked = _masked(home, scene.clock, "CAM-IN", INSIDE)
        case_id = scene.case()
        name = scene.requisition(case_id)
        sha = scene.approved(case_id, name)
        told = evidence.run(home, scene.door("ines"), case_id, name, sha)
        with zipfile.ZipFile(EvidenceShelf(home.path).path(str(told["package_id"]))) as package:
            (row,) = [json.loads(one) for one in package.read("data/video.jsonl").splitlines()]
            given = package.read(row["file"])
            everything = [hashlib.sha256(package.read(one)).digest() for one in package.namelist()]
    assert given == stored
    assert _contrast(given) > 150
    assert _contrast(masked) < 60
    assert hashlib.sha256(masked).digest() not in everything


def test_recordings_of_a_forgotten_case_end_when_its_hold_lapses(tmp_path: Path) -> None:
    """Requirement: REQ-5, VID-2."""
    scene = Scene(tmp_path / "home")
    with scene.home as home:
        put_camera(scene, "CAM-IN", 5.37)
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


def test_whoever_oversees_ends_the_hold_on_recordings_with_that_on_data(tmp_path: Path) -> None:
    """Requirement: REQ-5, VID-3."""
    scene = Scene(tmp_path / "home")
    dpo = Caller("dpo", "dpo")
    with scene.home as home:
        put_camera(scene, "CAM-IN", 5.37)
        _record(scene, "CAM-IN", INSIDE)
        case_id = scene.case()
        first, second = scene.requisition(case_id), scene.requisition(case_id)
        told = opened.holds(home, scene.door("dpo"), case_id)["items"]
        assert [one["cameras"] for one in told] == [["CAM-IN"], ["CAM-IN"]]
        (desk,) = [one["hold_id"] for one in told if one["requisition_id"] == first]
        release_hold(home, dpo, desk)
        alive = {one.case_ref for one in home.video.holds() if one.released_us is None}
        assert alive == {second}
        told = opened.holds(home, scene.door("dpo"), case_id)["items"]
        after = {one["requisition_id"]: (one["standing"], one["cameras"]) for one in told}
        assert after == {first: (False, []), second: (True, ["CAM-IN"])}
        rows = [row for row in read_register(home, dpo) if row["kind"] == "release"]
    assert [(row["camera_id"], row["case"]) for row in rows] == [("CAM-IN", "26/01234")]


def test_four_hundred_days_beside_a_held_evening(tmp_path: Path) -> None:
    """Requirement: REQ-5, VID-2."""
    scene = Scene(tmp_path / "home")
    with scene.home as home:
        numbers = {"CAM-IN": 5.37, "CAM-OUT": 5.45}
        for number, lon in numbers.items():
            put_camera(scene, number, lon)
        ends, held = {}, _record(scene, "CAM-IN", INSIDE)
        case_id = scene.case()
        scene.requisition(case_id)
        index = Index(home.video.index.root, durable=False)
        janitor = Janitor(index, home.audit, scene.clock, Space())
        closing = 60
        for day in range(0, 400, 5):
            start = INSIDE + DAY_US * day + HOUR_US * 4
            ends |= {_record(scene, number, start): start + 30 * DAY_US for number in numbers}
            scene.clock.advance(from_us(start + HOUR_US) - scene.clock.now())
            if day == closing:
                cases.close_case(home, scene.door("ines"), case_id)
            janitor.run()
            alive = {one.segment_id for one in index.select("state = 'whole'", ())}
            due = {name for name, end in ends.items() if end > start + HOUR_US}
            assert alive == due | ({held} if day < closing else set()), day


def test_a_home_without_recording_cameras_says_that_video_is_absent(tmp_path: Path) -> None:
    scene = Scene(tmp_path / "home")
    with scene.home as home:
        case_id = scene.case()
        name = scene.requisition(case_id)
        sha = scene.approved(case_id, name)
        told = evidence.run(home, scene.door("ines"), case_id, name, sha)
        with zipfile.ZipFile(EvidenceShelf(home.path).path(str(told["package_id"]))) as package:
            assert not [one for one in package.namelist() if "video" in one]
        assert home.video.holds() == []
