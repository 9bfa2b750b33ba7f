"""Searching recordings: closed, then one's own viewing, a case that holds them, a line, times."""

from __future__ import annotations

import json
import threading
from datetime import UTC, datetime, timedelta
from urllib.parse import quote

import pytest
from tests.detectors.scenes import FPS, Actor, encode, render, walk

from vigie.audit.reading import Query, lines_before
from vigie.base.clock import now_us, to_rfc3339, to_us
from vigie.cli.main import run
from vigie.situation.local import local_caller
from vigie.situation.video import designate_agent, put_camera, withdraw_agent
from vigie.watch.recording.recorder import Recorder
from vigie.watch.recording.sheet import CameraSheet
from vigie.watch.recording.source import FileSource

PASSWORD = "correct-horse-battery"
CASE = "2026-0412"
ENDS = to_us(datetime(2027, 6, 1, tzinfo=UTC))


@pytest.fixture
def filmed(monkeypatch: pytest.MonkeyPatch, own, tmp_path):
    """A camera of the register recorded twenty seconds: somebody goes right at 4, left at 12."""
    monkeypatch.setenv("VIGIE_VIDEO__LEAST_FREE_GB", "0")
    home, clock, client = own
    told = ("L0", "Quai du Port", "2026-0142", ENDS, (1, 5), 15, "set", "PM", "-")
    put_camera(home, local_caller(home, role="admin"), CameraSheet(*told), url="rtsp://10.0.0.7/x")
    way = ((0.1, 0.6), (0.9, 0.6))
    actors = [Actor(walk(*way, 4.0, 8.0)), Actor(walk(*way[::-1], 12.0, 16.0))]
    clip = encode(tmp_path / "clip.mp4", render(actors, 20.0), fps=FPS, gop=10)
    source = FileSource(clip, clock, start_us=now_us(clock))
    Recorder(home.video.index, "L0", source, clock, threading.Event()).run(most=1)
    clock.advance(timedelta(seconds=20))
    until = now_us(clock) + 30 * 86_400_000_000
    admin = local_caller(home, role="admin")
    designate_agent(home, admin, "operator", document="ARR-2026-77", until_us=until)
    answer = client.post("/api/session", json={"login": "operator", "password": PASSWORD})
    client.headers["X-CSRF-Token"] = answer.json()["csrf"]
    return home, clock, client


def said(reason: str, case: str = "") -> dict[str, str]:
    return {"X-Vigie-Reason": quote(reason)} | ({"X-Vigie-Case": case} if case else {})


def test_three_doors_then_times_and_nothing_kept(filmed, monkeypatch, capsys) -> None:
    """Requirement: REQ-3, VID-4. A text, one's own viewing, a case that holds it; each is told."""
    home, clock, client = filmed
    now = now_us(clock)
    window = {"from": to_rfc3339(now - 20_000_000), "to": to_rfc3339(now)}
    body = {"cameras": ["L0"], "service": "PM", **window}
    opened = client.post("/api/video/viewings", json=body, headers=said("Vol à l'arraché")).json()
    way = f"/api/video/viewings/{opened['viewing_id']}/search"
    assert client.get("/api/video/cameras").json()["looker"]["search"] is False

    def refused(**more: object) -> tuple[int, str]:
        answer = client.post(way, json={**more}, headers=said("Recherche du vol", CASE))
        return answer.status_code, answer.json()["params"].get("why", "")

    assert refused() == (403, "search_closed")
    basis = "Article fictif, lu par le DPO"
    video = home.settings.video.model_copy(update={"search_basis": basis})
    monkeypatch.setattr(home, "settings", home.settings.model_copy(update={"video": video}))
    assert client.get("/api/video/cameras").json()["looker"]["search"] is True
    assert refused() == (403, "search_not_held")
    home.video.hold(["L0"], now - 20_000_000, now - 1_000_000, CASE)
    assert refused() == (403, "search_not_held")
    home.video.hold(["L0"], now - 2_000_000, now, CASE)
    assert refused(cameras=["other"])[0] == 404
    assert refused(**{"from": to_rfc3339(now - 21_000_000)})[0] == 422
    assert refused(colour="red")[0] == 422
    assert client.post(way, json={}, headers=said("", CASE)).status_code == 403

    before = sorted(path.name for path in home.path.rglob("*") if path.suffix != ".mp4")
    asked = {"towards": [1, 0], "size": "medium", "ring": [[0, 0.3], [1, 0.3], [1, 1], [0, 1]]}
    answer = client.post(way, json=asked, headers=said("Recherche du fuyard", CASE))
    assert answer.headers["content-type"] == "application/x-ndjson"
    lines = [json.loads(line) for line in answer.text.splitlines()]
    kinds = [one["kind"] for one in lines]
    assert sorted(kinds[1:-1]) == ["found", *["went"] * 5]
    assert (kinds[0], kinds[-1]) == ("begin", "end")
    assert (lines[0]["cameras"][0]["lon"], lines[0]["cameras"][0]["pieces"]) == (5.37, 5)
    (found,) = (one for one in lines if one["kind"] == "found")
    begins = to_us(datetime.fromisoformat(found["from"])) - (now - 20_000_000)
    assert begins == pytest.approx(4_000_000, abs=1_000_000)
    assert found["heading"][0] > 0.99
    assert set(found) == {"kind", "camera_id", "from", "to", "movements", "box", "speed", "heading"}
    assert before == sorted(path.name for path in home.path.rglob("*") if path.suffix != ".mp4")

    told = lines_before(home.audit, Query(dataset="recordings"), home.audit.count()).lines
    line = told[0][1]
    assert (line.outcome, line.reason, line.case) == ("allowed", "Recherche du fuyard", CASE)
    assert line.subject["search"] == "movement"
    whys = {one.subject["why"] for _, one in told if one.outcome == "refused"}
    assert whys == {"search_closed", "search_not_held", "reason_required"}

    withdraw_agent(home, local_caller(home, role="admin"), "operator")
    assert client.post(way, json={}, headers=said("Encore une fois", CASE)).status_code == 404


def test_the_same_from_the_terminal(filmed, monkeypatch, capsys) -> None:
    home, clock, _ = filmed
    now = now_us(clock)
    monkeypatch.setenv("VIGIE_PASSWORD", PASSWORD)
    monkeypatch.setenv("VIGIE_VIDEO__SEARCH_BASIS", "Article fictif, lu par le DPO")
    monkeypatch.setattr("vigie.situation.home.clock_of", lambda *_: clock)
    home.video.hold(["L0"], now - 20_000_000, now, CASE)
    words = ["video", "search", "L0", "--home", str(home.path), "--login", "operator", "--json"]
    words += ["--from", to_rfc3339(now - 20_000_000), "--to", to_rfc3339(now), "--case", CASE]
    words += ["--service", "PM", "--reason", "Vol à l'arraché", "--towards", "-1,0"]

    assert run(words) == 0
    told = json.loads(capsys.readouterr().out)
    assert told["ended_by"] == ""
    (found,) = told["items"]
    begins = to_us(datetime.fromisoformat(found["from"])) - (now - 20_000_000)
    assert begins == pytest.approx(12_000_000, abs=1_000_000)
    assert run([*words[:-1], "left"]) == 2
