"""Masks drawn on cameras, and clips that leave masked: who may, what is told, what is covered."""

from __future__ import annotations

import importlib.util
import io
import json
import sys
import zipfile
from datetime import timedelta
from pathlib import Path

import pytest

from vigie.audit.reading import Query, lines_before
from vigie.base.clock import FixedClock, now_us, to_rfc3339
from vigie.base.errors import Conflict, Forbidden, MissingPart
from vigie.jobs.recording import tidy
from vigie.situation import video_export
from vigie.situation.caller import Caller
from vigie.situation.home import Home
from vigie.situation.local import local_caller
from vigie.situation.video import designate_agent, put_camera

_SPEC = importlib.util.spec_from_file_location(
    "vigie_tests_web_video", Path(__file__).with_name("test_video.py")
)
_BESIDE = importlib.util.module_from_spec(_SPEC)
sys.modules["vigie_tests_web_video"] = _BESIDE
_SPEC.loader.exec_module(_BESIDE)
filmed, roomy, sign_in, why = _BESIDE.filmed, _BESIDE.roomy, _BESIDE.sign_in, _BESIDE.why


WINDOW = [[0.25, 0.25], [0.75, 0.25], [0.75, 0.75], [0.25, 0.75]]


def test_masks_are_drawn_by_who_keeps_the_sheet_with_a_reason_and_stay_told(filmed) -> None:
    """Requirement: VID-6. Versions, who and why; a line of the audit; nobody overwrites unseen."""
    home, clock, client = filmed
    way = "/api/video/cameras/cam-1/masks"
    told = client.get(way).json()
    assert (told["version"], told["may_draw"], told["history"]) == (0, False, [])
    drawn = {"rings": [WINDOW], "width": 64, "height": 48, "after": 0}
    assert client.put(way, json=drawn, headers=why("Fenêtres du n° 4")).status_code == 403
    sign_in(client, "admin")
    assert client.put(way, json=drawn).status_code == 403
    made = client.put(way, json=drawn, headers=why("Fenêtres du n° 4"))
    assert made.status_code == 200, made.text
    assert made.json()["rings"] == [WINDOW]
    assert client.put(way, json=drawn, headers=why("Encore une fenêtre du n° 4")).status_code == 412
    crossed = {**drawn, "after": 1, "rings": [[WINDOW[0], WINDOW[2], WINDOW[1], WINDOW[3]]]}
    assert client.put(way, json=crossed, headers=why("Un ruban qui se croise")).status_code == 422
    (version,) = client.get(way).json()["history"]
    assert (version["by"], version["why"], version["from"]) == ("admin", "Fenêtres du n° 4", None)
    assert version["at"] == to_rfc3339(now_us(clock))
    lines = lines_before(home.audit, Query(dataset="cameras"), home.audit.count()).lines
    told = [line for _, line in lines if line.subject.get("act") == "masks"]
    assert [(one.who, one.outcome) for one in told] == [
        ("admin", "allowed"),
        ("admin", "refused"),
    ]
    assert (told[0].subject["version"], told[0].subject["polygons"]) == (1, 1)
    assert told[0].reason == "Fenêtres du n° 4"


def test_a_picture_to_draw_on_is_masked_told_and_kept_nowhere(filmed) -> None:
    """Requirement: VID-5, VID-6. For who is designated, with a reason, never on the disk."""
    av = pytest.importorskip("av")
    home, clock, client = filmed
    local = local_caller(home, role="admin")
    sheet = home.video.index.camera("cam-1")
    put_camera(home, local, sheet, url=f"file:{home.path.parent / 'clip.mp4'}")
    way = "/api/video/cameras/cam-1/aim"
    sign_in(client, "admin")
    assert client.get(way, headers=why("Dessiner les masques")).status_code == 403
    until = now_us(clock) + 86_400_000_000
    designate_agent(home, local, "admin", document="ARR-2026-78", until_us=until)
    assert client.get(way).status_code == 403
    drawn = {"rings": [WINDOW], "width": 64, "height": 48, "after": 0}
    client.put(
        "/api/video/cameras/cam-1/masks", json=drawn, headers=why("Fenêtres du n° 4")
    ).raise_for_status()
    before = {path: path.stat().st_size for path in home.video.index.root.rglob("*.mp4")}
    shown = client.get(way, headers=why("Dessiner les masques"))
    assert shown.status_code == 200, shown.text
    assert shown.headers["cache-control"] == "no-store"
    with av.open(io.BytesIO(shown.content)) as held:
        (still,) = (one.to_ndarray(format="gray") for one in held.decode(video=0))
    assert still.shape == (48, 64)
    assert still[16:32, 20:44].max() <= 24
    assert still[:8, :8].min() > still[16:32, 20:44].max()
    assert before == {path: path.stat().st_size for path in home.video.index.root.rglob("*.mp4")}
    for path in home.path.rglob("*"):
        assert not path.is_file() or b"\xff\xd8\xff" not in path.read_bytes(), path
    lines = lines_before(home.audit, Query(dataset="cameras"), home.audit.count()).lines
    told = [line for _, line in lines if line.subject.get("act") == "aim"]
    assert [one.outcome for one in told] == ["allowed", "refused", "refused"]


def person(home: Home, clock: FixedClock, login: str, reason: str) -> Caller:
    """Return an account's own person, designated by name."""
    until = now_us(clock) + 30 * 86_400_000_000
    admin = local_caller(home, role="admin")
    designate_agent(home, admin, login, document="ARR-2026-77", until_us=until)
    account = home.desk.accounts.get(login)
    return Caller(login, login, account_id=account.account_id, reason=reason)


def luma(content: bytes) -> list[object]:
    av = pytest.importorskip("av")
    with av.open(io.BytesIO(content)) as held:
        return [one.to_ndarray(format="gray") for one in held.decode(video=0)]


def test_a_masked_clip_is_given_once_another_person_has_seen_and_signed_it(filmed) -> None:
    """Requirement: VID-3, VID-6. Asked, drawn, seen, masked by hand, seen again, signed, given."""
    home, clock, _ = filmed
    window = (now_us(clock) - 18_000_000, now_us(clock) - 13_000_000)
    asker = person(home, clock, "operator", "Extrait pour la réunion publique")
    told = {"cover": "hand", "recipient": "Conseil de quartier"}
    made = video_export.ask_export(home, asker, "cam-1", window, **told)
    name = video_export.draw_export(home, made.export_id).export_id
    head = person(home, clock, "shift_head", "Relecture de l'extrait demandé")
    one, bare = video_export.review_export(home, head, name)
    signer = Caller("shift_head", "shift_head", head.account_id, reason="Rien ne doit en sortir nu")
    with pytest.raises(Conflict):
        video_export.sign_export(home, signer, name, one.sha256)
    head = Caller("shift_head", "shift_head", head.account_id, reason="Visages masqués à la main")
    hand = [(window[0] + 1_000_000, window[0] + 3_000_000, WINDOW)]
    seen, shown = video_export.review_export(home, head, name, masks=hand)
    assert seen.sha256 != one.sha256
    pictures = luma(shown)
    assert len(pictures) == len(luma(bare)) == 50
    assert int(luma(bare)[0].max()) < 200, "no bare film is made to be looked at"
    covered = [bool(picture[16:32, 20:44].max() <= 24) for picture in pictures]
    assert covered == [10 <= n < 30 for n in range(50)]
    with pytest.raises(Forbidden):
        video_export.sign_export(home, asker, name, seen.sha256)
    with pytest.raises(Conflict):
        video_export.sign_export(home, signer, name, one.sha256)
    package = video_export.sign_export(home, signer, name, seen.sha256)
    with zipfile.ZipFile(io.BytesIO(package)) as held:
        assert held.read(f"cam-1-{name}.mp4") == shown
        manifest = json.loads(held.read("manifest.json"))
        assert f"{seen.sha256}  cam-1-{name}.mp4\n" in held.read("SHA256SUMS").decode()
    assert (manifest["asked_by"], manifest["signed_by"]) == ("operator", "shift_head")
    assert (manifest["masked"], manifest["sha256"]) == (True, seen.sha256)
    hashes = {one.sha256 for one in home.video.index.segments("cam-1", *window)}
    assert set(manifest["sources_sha256"]) == hashes
    late = Caller("shift_head", "shift_head", head.account_id, reason="Un masque, mais trop tard")
    with pytest.raises(Conflict):
        video_export.review_export(home, late, name, masks=[])
    lines = lines_before(home.audit, Query(dataset="recordings"), home.audit.count()).lines
    (given,) = [x for _, x in lines if x.verb == "disclose" and x.outcome == "allowed"][:1]
    assert (given.who, given.recipient) == ("shift_head", "Conseil de quartier")
    assert given.subject["sha256"] == [seen.sha256]
    clock.advance(timedelta(days=8))
    tidy(home)
    assert not list(home.video.index.root.glob("_exports/*"))
    (over,) = video_export.list_exports(home.video.index)
    assert (over.state, over.spans) == ("ended", None)


def test_without_the_model_a_clip_is_masked_by_hand_or_whole_and_never_bare(
    filmed, monkeypatch
) -> None:
    """Requirement: VID-6. What cannot find faces says so; the mosaic needs nothing."""
    home, clock, _ = filmed
    monkeypatch.setattr("vigie.watch.masking.model.PACKAGE", "no_package_of_that_name")
    window = (now_us(clock) - 18_000_000, now_us(clock) - 17_000_000)
    asker = person(home, clock, "operator", "Extrait pour la réunion publique")
    with pytest.raises(MissingPart):
        video_export.ask_export(
            home, asker, "cam-1", window, cover="faces", recipient="Conseil de quartier"
        )
    assert video_export.list_exports(home.video.index) == []
    again = Caller("operator", "operator", asker.account_id, reason="Le même extrait, en mosaïque")
    made = video_export.ask_export(
        home, again, "cam-1", window, cover="whole", recipient="Conseil de quartier"
    )
    video_export.draw_export(home, made.export_id)
    head = person(home, clock, "shift_head", "Relecture de l'extrait demandé")
    _, shown = video_export.review_export(home, head, made.export_id)
    for picture in luma(shown):
        fields = [picture[:4, 4 * n : 4 * n + 4] for n in range(16)]
        assert max(int(x.max()) - int(x.min()) for x in fields) < 24
