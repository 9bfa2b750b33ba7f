"""Pictures for one designated person, after a line; for nobody else, and nowhere else."""

from __future__ import annotations

import importlib.util
import threading
from datetime import UTC, datetime, timedelta
from pathlib import Path
from urllib.parse import quote

import httpx
import pytest

from vigie.audit.reading import Query, lines_before
from vigie.base.clock import FixedClock, now_us, to_rfc3339, to_us
from vigie.base.errors import WrongUsage
from vigie.jobs.recording import tidy
from vigie.situation.home import Home
from vigie.situation.local import local_caller
from vigie.situation.video import designate_agent, open_stream, put_camera, withdraw_agent
from vigie.watch.recording.condition import raise_alarm
from vigie.watch.recording.recorder import Recorder
from vigie.watch.recording.sheet import CameraSheet
from vigie.watch.recording.source import FileSource

URL = "rtsp://agent:mot-de-passe@10.0.0.7/flux"
SECRET = b"mot-de-passe"
REASON = "Agression signalée quai du Port"
PASSWORD = "correct-horse-battery"


def _clip(path: Path) -> Path:
    av = pytest.importorskip("av")
    assert av
    place = Path(__file__).parents[1] / "watch" / "recording" / "clips.py"
    spec = importlib.util.spec_from_file_location("vigie_tests_clips_web", place)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module.make_clip(path)


def why(text: str) -> dict[str, str]:
    return {"X-Vigie-Reason": quote(text)}


def sign_in(client: httpx.Client, login: str) -> None:
    answer = client.post("/api/session", json={"login": login, "password": PASSWORD})
    assert answer.status_code == 200, answer.text
    client.headers["X-CSRF-Token"] = answer.json()["csrf"]


@pytest.fixture
def roomy(monkeypatch: pytest.MonkeyPatch) -> None:
    """However full this machine's disk is, no recording makes room for another."""
    monkeypatch.setenv("VIGIE_VIDEO__LEAST_FREE_GB", "0")


@pytest.fixture
def filmed(roomy, own, tmp_path: Path) -> tuple[Home, FixedClock, httpx.Client]:
    """A home with one camera that has recorded twenty seconds; an operator is signed in."""
    home, clock, client = own
    ends = to_us(datetime(2026, 6, 1, tzinfo=UTC))
    told = ("cam-1", "Quai du Port", "2026-0142", ends, (1, 5), 15, "set", "PM", "-")
    put_camera(home, local_caller(home, role="admin"), CameraSheet(*told), url=URL)
    source = FileSource(_clip(tmp_path / "clip.mp4"), clock, start_us=now_us(clock))
    recorder = Recorder(home.video.index, "cam-1", source, clock, threading.Event())
    recorder.run(most=1)
    clock.advance(timedelta(seconds=20))
    sign_in(client, "operator")
    return home, clock, client


def designate(home: Home, clock: FixedClock) -> None:
    until = now_us(clock) + 30 * 86_400_000_000
    admin = local_caller(home, role="admin")
    designate_agent(home, admin, "operator", document="ARR-2026-77", until_us=until)


def asked(clock: FixedClock) -> dict[str, object]:
    now = now_us(clock)
    return {
        "cameras": ["cam-1"],
        "from": to_rfc3339(now - 20_000_000),
        "to": to_rfc3339(now),
        "service": "Police municipale",
    }


def test_only_a_designated_person_sees_pictures_and_says_why(filmed) -> None:
    """Requirement: VID-4, VID-5. Each refusal and each viewing is a line; the line comes first."""
    home, clock, client = filmed
    body = asked(clock)
    assert client.post("/api/video/viewings", json=body).status_code == 403
    answer = client.post("/api/video/viewings", json=body, headers=why(REASON))
    assert answer.status_code == 403
    designate(home, clock)
    nameless = {**body, "service": " "}
    answer = client.post("/api/video/viewings", json=nameless, headers=why(REASON + " bis"))
    assert answer.status_code == 422
    answer = client.post("/api/video/viewings", json=body, headers=why(REASON + " ter"))
    assert answer.status_code == 200, answer.text
    lines = lines_before(home.audit, Query(dataset="recordings"), home.audit.count()).lines
    told = lines[0][1]
    assert (told.who, told.outcome, told.reason) == ("operator", "allowed", REASON + " ter")
    assert told.recipient == "Police municipale"
    assert told.subject["cameras"] == ["cam-1"]
    refused = [line.subject.get("why") for _, line in lines if line.outcome == "refused"]
    assert set(refused) == {"reason_required", "agent_not_designated"}


def test_a_viewing_plays_and_seeks_and_its_bytes_are_nobody_elses(filmed) -> None:
    """The playlist, a range of a segment, a picture; another person's session gets none of it."""
    home, clock, client = filmed
    designate(home, clock)
    body = asked(clock)
    opened = client.post("/api/video/viewings", json=body, headers=why(REASON)).json()
    base = f"/api/video/viewings/{opened['viewing_id']}"
    playlist = client.get(f"{base}/playlists/cam-1").text
    assert playlist.count("#EXTINF:4.000,") == 5
    assert playlist.count("#EXT-X-DISCONTINUITY\n") == 4
    assert playlist.endswith("#EXT-X-ENDLIST\n")
    first = home.video.index.segments("cam-1", 0, 1 << 60)[0]
    part = client.get(f"{base}/segments/{first.segment_id}", headers={"Range": "bytes=0-15"})
    assert part.status_code == 206
    assert part.content[4:8] == b"ftyp"
    assert part.headers["cache-control"] == "no-store"
    at = to_rfc3339(first.start_us + 2_500_000)
    picture = client.get(f"{base}/snapshot/cam-1", params={"at": at})
    assert picture.status_code == 200
    assert picture.content[:2] == b"\xff\xd8"
    other = httpx.Client(base_url=client.base_url, timeout=30)
    sign_in(other, "shift_head")
    for way in ("playlists/cam-1", f"segments/{first.segment_id}", "snapshot/cam-1"):
        assert other.get(f"{base}/{way}").status_code == 404
    other.close()
    withdraw_agent(home, local_caller(home, role="admin"), "operator")
    assert client.get(f"{base}/playlists/cam-1").status_code == 404


def test_the_list_says_what_is_missing_and_whether_one_may_look(filmed, as_dpo) -> None:
    """Beforehand, without a picture or a line of a viewing: until when, or why not."""
    home, clock, client = filmed
    told = client.get("/api/video/cameras").json()
    assert told["looker"] == {"why": "agent_not_designated", "until": None, "most_cameras": 16}
    (camera,) = told["items"]
    assert camera["gap"]["reason"] == "source_ended"
    assert camera["gap"]["from"] == camera["last_at"]
    designate(home, clock)
    looker = client.get("/api/video/cameras").json()["looker"]
    assert looker["why"] == "designated"
    assert looker["until"] == to_rfc3339(now_us(clock) + 30 * 86_400_000_000)
    lines = lines_before(home.audit, Query(dataset="recordings"), home.audit.count()).lines
    assert not lines
    told = as_dpo(client).get("/api/video/cameras").json()
    assert told["looker"]["why"] == "not_in_charter"


def test_a_situation_tells_the_numbers_of_the_cameras_that_record(filmed) -> None:
    """The number of a place is the register's own affair until it is a recording's too."""
    home, _, client = filmed
    around = {"lon": 5.37, "lat": 43.2962, "radius_m": 500}

    def numbers() -> list[str | None]:
        return [x["number"] for x in client.get("/api/situation", params=around).json()["cameras"]]

    assert numbers() == [None]
    sheet = home.video.index.camera("cam-1")
    told = {name: getattr(sheet, name) for name in CameraSheet.__slots__}
    home.video.index.put_camera(CameraSheet(**told | {"camera_id": "L0"}))
    assert numbers() == ["L0"]


def test_a_live_list_numbers_the_segments_of_its_camera_one_by_one(filmed) -> None:
    """A player takes a number that is missing for a segment that is: two cameras share none."""
    home, clock, client = filmed
    designate(home, clock)
    body = {"cameras": ["cam-1"], "service": "Police municipale"}
    opened = client.post("/api/video/viewings", json=body, headers=why(REASON)).json()
    way = f"/api/video/viewings/{opened['viewing_id']}/playlists/cam-1"

    def heads() -> tuple[int, list[str]]:
        text = client.get(way).text
        (first,) = (int(x.split(":")[1]) for x in text.split("\n") if "MEDIA-SEQUENCE" in x)
        return first, [x for x in text.split("\n") if x.startswith("../segments")]

    assert heads()[0] == 0
    sheet = home.video.index.camera("cam-1")
    told = {name: getattr(sheet, name) for name in CameraSheet.__slots__}
    home.video.index.put_camera(CameraSheet(**told | {"camera_id": "cam-2"}))
    clip = home.path.parent / "clip.mp4"
    for camera in ("cam-2", "cam-1", "cam-2"):
        source = FileSource(clip, clock, start_us=now_us(clock))
        Recorder(home.video.index, camera, source, clock, threading.Event()).run(most=1)
        clock.advance(timedelta(seconds=20))
    first, named = heads()
    assert first == 4
    assert len(named) == 6
    ids = [one.segment_id for one in home.video.index.segments("cam-1", 0, 1 << 60)]
    assert [int(x.rsplit("/", 1)[1]) for x in named] == ids[4:]


def test_nothing_plays_once_the_authorisation_has_ended(filmed) -> None:
    """Requirement: VID-1. An open viewing stops at the instant at which the authorisation ends."""
    home, clock, client = filmed
    designate(home, clock)
    opened = client.post("/api/video/viewings", json=asked(clock), headers=why(REASON)).json()
    base = f"/api/video/viewings/{opened['viewing_id']}"
    sheet = home.video.index.camera("cam-1")
    told = {name: getattr(sheet, name) for name in CameraSheet.__slots__}
    home.video.index.put_camera(
        CameraSheet(**told | {"authorised_until_us": now_us(clock) + 30_000_000})
    )
    assert client.get(f"{base}/playlists/cam-1").status_code == 200
    clock.advance(timedelta(seconds=30))
    assert client.get(f"{base}/playlists/cam-1").status_code == 403
    assert client.get(f"{base}/segments/1").status_code == 403
    (camera,) = client.get("/api/video/cameras").json()["items"]
    assert camera["authorised"] is False


def test_pictures_and_addresses_stand_in_the_recorders_store_alone(filmed) -> None:
    """Requirement: VID-7. Every byte outside the store is looked at; the secret is nowhere."""
    home, clock, client = filmed
    designate(home, clock)
    opened = client.post("/api/video/viewings", json=asked(clock), headers=why(REASON)).json()
    client.get(f"/api/video/viewings/{opened['viewing_id']}/snapshot/cam-1")
    clock.advance(timedelta(hours=2))
    tidy(home)
    marks = (b"\xff\xd8\xff", b"\x89PNG\r\n", b"ftypiso", b"moofmfhd", b"\x00\x00\x00\x01\x67")
    inside = home.video.index.root
    looked = 0
    for path in home.path.rglob("*"):
        if not path.is_file():
            continue
        content = path.read_bytes()
        assert SECRET not in content, path
        if inside not in path.parents:
            looked += 1
            assert not [mark for mark in marks if mark in content], path
    assert looked > 10
    assert open_stream(home, home.video.index.camera("cam-1")) == URL
    assert {p.suffix for p in inside.rglob("*") if p.is_file() and p.parent != inside} == {".mp4"}


def test_the_timeline_tells_gaps_and_the_register_is_the_audits(filmed, as_dpo) -> None:
    """Requirement: VID-2, VID-3. What ended is in the register with its hash."""
    home, clock, client = filmed
    now = now_us(clock)
    window = {"from": to_rfc3339(now - 60_000_000), "to": to_rfc3339(now + 60_000_000)}
    told = client.get("/api/video/cameras/cam-1/timeline", params=window).json()
    assert told["segments"] == 5
    assert len(told["recorded"]) == 1
    assert [one["reason"] for one in told["gaps"]] == ["source_ended"]
    assert "stream" not in client.get("/api/video/cameras").json()["items"][0]
    hashes = [one.sha256 for one in home.video.index.segments("cam-1", 0, 1 << 60)]
    clock.advance(timedelta(days=15))
    raise_alarm(home.video.index, now_us(clock), "dropped", "cam-1", 1)
    assert tidy(home).destroyed == 5
    assert not list(home.video.index.root.rglob("*.mp4"))
    rows = as_dpo(client).get("/api/video/register").json()["items"]
    assert [row["kind"] for row in rows] == ["made", "destroyed"]
    assert rows[1]["sha256"] == hashes
    assert any(one.rule == "recorder_alarm" for one in home.desk.alerts.list_all())


def test_a_hold_keeps_what_the_case_names_and_its_neighbours_go(filmed) -> None:
    """Requirement: VID-2, REQ-5. Held by a shift head, with a case and a reason."""
    home, clock, client = filmed
    sign_in(client, "shift_head")
    first = home.video.index.segments("cam-1", 0, 1 << 60)[0]
    body = {
        "cameras": ["cam-1"],
        "from": to_rfc3339(first.start_us),
        "to": to_rfc3339(first.start_us + 1_000_000),
    }
    without = client.post("/api/video/holds", json=body, headers=why("Réquisition du parquet"))
    assert without.status_code == 422
    headers = why("Réquisition numéro 17 du parquet") | {"X-Vigie-Case": "PV-2026-17"}
    answer = client.post("/api/video/holds", json=body, headers=headers)
    assert answer.status_code == 200, answer.text
    assert answer.json()["segments"] == 1
    clock.advance(timedelta(days=16))
    assert tidy(home).destroyed == 4
    assert [one.segment_id for one in home.video.index.segments("cam-1", 0, 1 << 60)] == [
        first.segment_id
    ]
    home.video.release("PV-2026-17")
    assert tidy(home).destroyed == 1


@pytest.fixture
def as_dpo():
    def change(client: httpx.Client) -> httpx.Client:
        sign_in(client, "dpo")
        return client

    return change


@pytest.mark.parametrize(
    ("camera_id", "kept"),
    [("camera.C001", True), ("QP-012", True), (".C001", False), ("../C001", False), ("a/b", False)],
)
def test_a_camera_records_under_its_number_in_the_register(camera_id: str, kept: bool) -> None:
    told = (camera_id, "Quai du Port", "2026-0142", 1, (1, 5), 15, "set", "PM", "-")
    if kept:
        assert CameraSheet(*told).camera_id == camera_id
        return
    with pytest.raises(WrongUsage):
        CameraSheet(*told)
