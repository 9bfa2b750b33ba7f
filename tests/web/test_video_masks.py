"""Masks drawn on cameras, and clips that leave masked: who may, what is told, what is covered."""

from __future__ import annotations

import base64
import hashlib
import importlib.util
import io
import json
import sys
import zipfile
from datetime import timedelta
from pathlib import Path

import httpx
import numpy as np
import pytest

from vigie.audit.reading import Query, lines_before
from vigie.audit.verify_audit import signed
from vigie.base.clock import FixedClock, now_us, to_rfc3339
from vigie.base.errors import MissingPart
from vigie.cli.main import run
from vigie.jobs.clip_drawing import ClipDrawer
from vigie.jobs.recording import tidy
from vigie.situation import video_export, video_review
from vigie.situation.caller import Caller
from vigie.situation.home import Home
from vigie.situation.local import local_caller
from vigie.situation.video import designate_agent, put_camera
from vigie.watch.masking.exports import Export
from vigie.watch.masking.following import follow

_SPEC = importlib.util.spec_from_file_location(
    "vigie_tests_web_video", Path(__file__).with_name("test_video.py")
)
_BESIDE = importlib.util.module_from_spec(_SPEC)
sys.modules["vigie_tests_web_video"] = _BESIDE
_SPEC.loader.exec_module(_BESIDE)
filmed, roomy, sign_in, why = _BESIDE.filmed, _BESIDE.roomy, _BESIDE.sign_in, _BESIDE.why
PASSWORD = _BESIDE.PASSWORD


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


def cv2_blur(picture: np.ndarray) -> np.ndarray:
    """Return a picture without its finest grain, as a lens gives it."""
    cv2 = pytest.importorskip("cv2")
    return cv2.GaussianBlur(picture, (5, 5), 0)


def luma(content: bytes) -> list[object]:
    av = pytest.importorskip("av")
    with av.open(io.BytesIO(content)) as held:
        return [one.to_ndarray(format="gray") for one in held.decode(video=0)]


def as_person(home: Home, clock: FixedClock, client: httpx.Client, login: str) -> None:
    """Sign an account in that is designated by name."""
    person(home, clock, login, "")
    sign_in(client, login)


EXPORTS = "/api/video/exports"


def ask_one(home: Home, clock: FixedClock, client: httpx.Client, window: tuple[int, int]) -> str:
    """Ask for a clip as somebody who becomes designated; return its address."""
    asked = {"camera_id": "cam-1", "cover": "hand", "recipient": "Conseil de quartier"}
    asked |= {"from": to_rfc3339(window[0]), "to": to_rfc3339(window[1])}
    reason = why("Extrait pour la réunion publique")
    assert client.post(EXPORTS, json=asked, headers=reason).status_code == 403, "not designated"
    as_person(home, clock, client, "operator")
    reason = why("Extrait pour la réunion du quartier")
    made = client.post(EXPORTS, json=asked, headers=reason)
    assert made.status_code == 201, made.text
    name = made.json()["export_id"]
    way = f"{EXPORTS}/{name}"
    assert not video_export.draw_export(home, name), "nothing is drawn that nobody let be"
    own = client.post(f"{way}/decision", json={"drawn": True}, headers=why("Je me le permets bien"))
    assert own.status_code == 403
    return way


def assert_sealed(home: Home, files: dict[str, bytes]) -> None:
    """Check sums and seal of a package as whoever gets it does."""
    sums = files["SHA256SUMS"].decode()
    for line in sums.splitlines():
        sha256, file = line.split("  ")
        assert hashlib.sha256(files[file]).hexdigest() == sha256
    text, _, signature = files["seal.txt"].decode().rpartition("\n\n")
    assert sums in text + "\n"
    assert sealed_by(str(home.audit.public_key), text + "\n", signature)
    assert not sealed_by(
        str(home.audit.public_key), text.replace("cam-1", "cam-2") + "\n", signature
    )


def assert_told(home: Home, sha256: str, number: int) -> None:
    """Check the lines of the audit: what was done, in order, and to whom the film went."""
    lines = lines_before(home.audit, Query(dataset="recordings"), home.audit.count()).lines
    acts = [x.subject.get("act") for _, x in reversed(lines) if x.outcome == "allowed"]
    done = ["asked", "approved", "reviewed", "masked"]
    assert acts[-5:] == [*(f"export_{one}" for one in done), "transmitted"]
    (line,) = [(n, x) for n, x in lines if x.verb == "disclose" and x.outcome == "allowed"][:1]
    assert (line[1].who, line[1].recipient) == ("shift_head", "Conseil de quartier")
    assert (line[1].subject["sha256"], line[0]) == ([sha256], number)


def look(client: httpx.Client, way: str) -> tuple[dict[str, str], bytes]:
    """Open a review; return what names it, and the film."""
    opened = client.post(f"{way}/review", headers=why("Relecture de l'extrait demandé")).json()
    seen = {"viewing": opened["viewing_id"]}
    return seen, client.get(f"{way}/film", params=seen).content


def put_by_hand(client: httpx.Client, way: str, since: int) -> None:
    """Put a mask over the second and third second of a clip."""
    times = {"from": to_rfc3339(since + 1_000_000), "to": to_rfc3339(since + 3_000_000)}
    body = {"masks": [{**times, "ring": WINDOW}]}
    put = client.put(f"{way}/masks", json=body, headers=why("Visage à la fenêtre, main"))
    assert put.status_code == 200, put.text


def assert_ends(home: Home, clock: FixedClock) -> None:
    """A week later neither film nor boxes are left."""
    clock.advance(timedelta(days=8))
    tidy(home)
    assert not list(home.video.index.root.glob("_exports/*"))
    (over,) = video_export.list_exports(home.video.index)
    assert (over.state, over.spans, over.hand) == ("ended", None, ())


def sealed_by(key: str, text: str, signature: str) -> bool:
    """Say whether a note is signed by a key, as whoever gets the package checks it."""
    _, _, encoded = key.split("+", 2)
    told = base64.b64decode(signature.strip().rsplit(" ", 1)[1])
    return signed(base64.b64decode(encoded)[1:], text.encode(), told[4:])


def test_a_masked_clip_is_given_once_another_person_let_it_be_drawn_and_signed_it(filmed) -> None:
    """Requirement: VID-3, VID-6. Asked, let be, drawn, seen, masked, seen again, signed, given."""
    home, clock, client = filmed
    now = now_us(clock)
    window = (now - 18_000_000, now - 13_000_000)
    way = ask_one(home, clock, client, window)
    name = way.rpartition("/")[2]
    as_person(home, clock, client, "shift_head")
    early = client.post(f"{way}/review", headers=why("Je regarde avant l'heure"))
    assert early.status_code == 409
    let = client.post(
        f"{way}/decision", json={"drawn": True}, headers=why("Demande fondée, à masquer")
    )
    assert (let.status_code, let.json()["state"]) == (200, "drawing")
    late = why("Finalement je le refuse")
    assert client.post(f"{way}/decision", json={"drawn": False}, headers=late).status_code == 409
    steps: list[float] = []
    assert video_export.draw_export(home, name, steps.append)
    assert steps == sorted(steps)
    assert len(steps) > 40, "a bar that moves"
    (listed,) = client.get(EXPORTS).json()["items"]
    assert (listed["state"], listed["pictures"], listed["progress"]) == ("ready", 50, 1000)
    seen, bare = look(client, way)
    assert int(luma(bare)[0].max()) < 200, "no bare film is made to be looked at"
    body = {"sha256": hashlib.sha256(bare).hexdigest()}
    unmasked = client.post(f"{way}/signature", json=body, headers=why("Rien n'y est à masquer"))
    assert unmasked.status_code == 409

    put_by_hand(client, way, window[0])
    assert client.get(f"{way}/film", params=seen).status_code == 409, "it is drawn anew"
    assert video_export.draw_export(home, name)
    shown = client.get(f"{way}/film", params=seen)
    assert shown.headers["cache-control"] == "no-store"
    pictures = luma(shown.content)
    covered = [bool(picture[16:32, 20:44].max() <= 24) for picture in pictures]
    assert covered == [10 <= n < 30 for n in range(50)]

    before = why("La version d'avant les masques")
    assert client.post(f"{way}/signature", json=body, headers=before).status_code == 409
    body = {"sha256": hashlib.sha256(shown.content).hexdigest()}
    given = client.post(f"{way}/signature", json=body, headers=why("Tout est regardé, signé"))
    assert given.status_code == 200, given.text
    with zipfile.ZipFile(io.BytesIO(given.content)) as held:
        files = {one: held.read(one) for one in held.namelist()}
    assert files[f"cam-1-{name}.mp4"] == shown.content
    manifest = json.loads(files["manifest.json"])
    told = [manifest[one] for one in ("asked_by", "decided_by", "signed_by", "masked", "sha256")]
    assert told == ["operator", "shift_head", "shift_head", True, body["sha256"]]
    hashes = {one.sha256 for one in home.video.index.segments("cam-1", *window)}
    assert set(manifest["sources_sha256"]) == hashes
    assert_sealed(home, files)
    late = client.put(f"{way}/masks", json={"masks": []}, headers=why("Un masque, mais trop tard"))
    assert late.status_code == 409

    assert_told(home, body["sha256"], manifest["audit_line"])
    assert_ends(home, clock)


def test_a_mask_by_hand_goes_with_what_it_was_put_on() -> None:
    """Requirement: VID-6. Followed over a film that moves; what is lost stays covered, and told."""
    pytest.importorskip("cv2")
    chance = np.random.default_rng(4)
    ground = cv2_blur(chance.integers(40, 90, (180, 320), dtype=np.uint8))
    thing = cv2_blur(chance.integers(90, 250, (40, 30), dtype=np.uint8))

    def picture(number: int) -> np.ndarray:
        shown = ground.copy()
        left, top = 20 + 4 * number, 60 + number
        if number < 45:
            shown[top : top + 40, left : left + 30] = thing
        return shown

    film = [(number * 100_000, picture(number)) for number in range(60)]
    ring = tuple((x / 320, y / 180) for x, y in ((20, 60), (50, 60), (50, 100), (20, 100)))
    path, lost_us = follow(film, ring, 6_000_000)
    for number in range(45):
        box = path.at(number * 100_000)
        left, top = (20 + 4 * number) / 320, (60 + number) / 180
        assert box.left <= left
        assert box.top <= top
        assert box.right >= left + 30 / 320
        assert box.bottom >= top + 40 / 180
        assert box.area < 8 * 30 * 40 / (320 * 180)
    assert lost_us is not None
    assert 4_500_000 <= lost_us <= 4_800_000
    assert path.at(5_900_000) is not None, "what was lost stays covered where it was"


def test_the_command_line_walks_the_whole_way(filmed, tmp_path: Path, monkeypatch, capsys) -> None:
    """Ask, let be, draw, look, follow by hand, sign: each a command with its own person."""
    home, clock, _ = filmed
    for login in ("operator", "shift_head"):
        person(home, clock, login, "")
    monkeypatch.setenv("VIGIE_PASSWORD", PASSWORD)
    monkeypatch.setattr("vigie.situation.home.clock_of", lambda *_: clock)
    now = now_us(clock)
    times = ["--from", to_rfc3339(now - 18_000_000), "--to", to_rfc3339(now - 16_000_000)]

    def say(*words: object, who: str, why: str) -> dict[str, object]:
        more = ["--home", str(home.path), "--login", who, "--reason", why, "--json"]
        assert run(["video", *map(str, words), *more]) == 0, capsys.readouterr().err
        told = json.loads(capsys.readouterr().out)
        return told[0] if isinstance(told, list) else told

    out, hand = tmp_path / "look.mp4", tmp_path / "hand.json"
    asked = say(
        *("export", "cam-1", *times, "--cover", "whole", "--recipient", "Conseil"),
        who="operator",
        why="Extrait pour la réunion publique",
    )
    name = asked["export_id"]
    assert asked["state"] == "asked"
    let = say("approve", name, who="shift_head", why="Demande fondée, mosaïque entière")
    assert let["state"] == "ready"
    look = say("review", name, "--out", out, who="shift_head", why="Relecture de l'extrait")
    assert hashlib.sha256(out.read_bytes()).hexdigest() == look["sha256"]
    mask = {"from": times[1], "to": times[3], "ring": WINDOW, "follow": True}
    hand.write_text(json.dumps([mask]))
    words = ("review", name, "--out", out, "--masks", hand)
    again = say(*words, who="shift_head", why="Un masque de plus, suivi")
    assert again["sha256"] != look["sha256"]
    package = tmp_path / "package.zip"
    words = ("sign", name, "--sha256", again["sha256"], "--out", package)
    say(*words, who="shift_head", why="Tout est regardé et masqué")
    assert zipfile.ZipFile(package).testzip() is None
    assert say("exports", who="operator", why="Où en est ma demande")["state"] == "signed"


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
    head = person(home, clock, "shift_head", "Mosaïque de tout, soit")
    video_export.decide_export(home, head, made.export_id, drawn=True)
    drawer = ClipDrawer(home)
    command = drawer.tick()
    assert command[-1] == made.export_id
    assert drawer.tick() == ()
    assert drawer._process is not None
    assert drawer._process.wait(timeout=120) == 0
    head = person(home, clock, "shift_head", "Relecture de l'extrait demandé")
    seen = video_review.open_review(home, head, made.export_id)["viewing_id"]
    for picture in luma(video_review.read_film(home, head, made.export_id, seen)):
        fields = [picture[:4, 4 * n : 4 * n + 4] for n in range(16)]
        assert max(int(x.max()) - int(x.min()) for x in fields) < 24
    assert_drawn_again(home, person(home, clock, "shift_head", "Un masque de plus"), drawer, made)


def assert_drawn_again(home: Home, head: Caller, drawer: ClipDrawer, made: Export) -> None:
    """Masks put before it was seen that a process ended break nothing; a killed one does."""
    mask = video_review.HandAsked(made.from_us, made.to_us, WINDOW)
    video_review.mask_export(home, head, made.export_id, [mask])
    assert drawer.tick()[-1:] == [made.export_id]
    assert drawer._process is not None
    drawer._process.kill()
    drawer._process.wait(timeout=120)
    assert drawer.tick() == ()
    (over,) = video_export.list_exports(home.video.index)
    assert (over.state, over.failure) == ("failed", "interrupted")
